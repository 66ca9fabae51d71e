"""The sections that scripts for all libraries have in common."""

from __future__ import annotations

import functools
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy

from chalkgrad.core.algebra import add
from chalkgrad.core.node import Node, variable
from chalkgrad.solving.statements import Statement
from chalkgrad.training.export import code
from chalkgrad.training.export.code import Code
from chalkgrad.training.export.expressions import WIDTH, Dialect, ExpressionWriter, helpers_used
from chalkgrad.training.export.keras_words import KERAS
from chalkgrad.training.export.layout import listed
from chalkgrad.training.export.numpy_words import NUMPY
from chalkgrad.training.export.recipe import Recipe
from chalkgrad.training.export.schedules import EASE, rate_function
from chalkgrad.training.export.source_text import Identifiers, inside_quotes
from chalkgrad.training.export.torch_words import TORCH

__all__ = ["Script", "decimal"]

# Whatever any of the scripts says beside the names of the problem: so the archive is the same for all of them.
_RESERVED = (
    "np torch nn F keras ops layers math Path data X Y N rows step epoch model dense linear prediction logits "
    "penalty memory optimizer parameters parameter gradient weight weights objective group tensor learned quantities "
    "updated nothing learning_rate_at learning_rate ease squares DTYPE loss_function Network self inputs name "
    "names layer shift factor"
).split()

_RESERVED_WITHIN = "parameter gradient memory t np torch ops math".split()

_DRAWN_ANEW = "With dropout every run leaves out other units, so its losses are not those of another run."
_AS_TRAINED = "Which units dropout leaves out in these steps lies there, too; a longer training draws them."


def decimal(value: Fraction) -> str:
    """A setting as people write it."""
    written = code.number(Fraction(value))
    return written.text if written.is_simple else repr(float(value))


@dataclass
class Script:
    """A script being written.

    Args:
        recipe: what it does.
        dialect: the library that it uses.
    """

    recipe: Recipe
    dialect: Dialect

    def __post_init__(self) -> None:
        self.recipe.refuse_if_untrained()
        helpers = [name for dialect in (NUMPY, TORCH, KERAS) for name in dialect.helpers]
        batches = [f"batch_{number}" for number in range(1, self.recipe.steps + 1)]
        self.identifiers = Identifiers([*_RESERVED, *helpers, *batches])
        # Whoever comes first keeps the name: the data, then the parameters, then what is worked out from them.
        for node in (*self.recipe.graph.inputs, *self.recipe.graph.parameters):
            self.identifiers.of(node)
        for line in self.recipe.graph.lines:
            self.identifiers.of(line.symbol)

    @cached_property
    def names(self) -> dict[Node, Code]:
        """What each quantity of a step is called, from the data to the gradients."""
        recipe, of = self.recipe, self.identifiers.of
        symbols = [*recipe.graph.inputs, *recipe.graph.parameters, *(line.symbol for line in recipe.graph.lines)]
        names = {node: code.name(of(node)) for node in [*symbols, *recipe.masks.values()]}
        by_name = {node.name: of(node) for node in symbols}
        for statement in recipe.view.statements:
            if statement.kind in ("chain", "accumulate", "regularize"):
                like = "gradient_norm" if statement.role == "norm" else _gradient_name(statement, by_name)
                names[statement.symbol] = code.name(of(statement.symbol, like))
        for name, symbol in recipe.view.settings.items():
            names[symbol] = code.name(name if name == "learning_rate" else of(symbol, name), is_plain=True)
        return names

    def name(self, node: Node) -> str:
        """What a quantity is called."""
        return self.names[node].text

    def writer(self, names: Mapping[Node, Code] | None = None) -> ExpressionWriter:
        """Writes formulas with the names of the script."""
        known = self.names if names is None else names
        return ExpressionWriter(self.dialect, known, own=self.recipe.own_ops, take=self.identifiers.take)

    def archive(self) -> bytes:
        """The numbers beside the script."""
        return self.recipe.archive({node: written.text for node, written in self.names.items()})

    # --- sections ---

    def head(self, what: str, *notes: str) -> list[str]:
        """The text at the top: the title, what the script does, where its numbers are."""
        steps = f"{self.recipe.steps} training steps" if self.recipe.steps > 1 else "training step"
        about = (
            f"The first {steps}, {what}. Printed is the loss before each step. The numbers, such as the weights to "
            f"start from, lie in {self.recipe.stem}.npz beside this file."
        )
        lines = [f'"""{inside_quotes(self.recipe.problem.title)}']
        for paragraph in (about, *notes):
            lines += ["", *textwrap.wrap(paragraph, WIDTH, break_long_words=False, break_on_hyphens=False)]
        return [*lines, '"""']

    def dropout_note(self, as_trained: bool = False) -> tuple[str, ...]:
        """A word on which units are left out: those of the training, or others in every run."""
        return (_AS_TRAINED if as_trained else _DRAWN_ANEW,) if self.recipe.rates else ()

    def loading(self, wrap: str = "{0}") -> list[str]:
        """The lines that load the data."""
        recipe = self.recipe
        lines = [f'data = np.load(Path(__file__).with_name("{recipe.stem}.npz"))']
        for number, name in enumerate(recipe.inputs):
            loaded = wrap.format(f'data["{name}"]')
            lines.append(f"{name.upper()} = {loaded}" + ("  # one row for each sample" if not number else ""))
        if recipe.scaler is not None and "x" in recipe.inputs:
            lines.append('# X is scaled already: new inputs must be, too, as (x - data["shift"]) * data["factor"].')
        return lines

    def batch(self, cast: str = "", turn: bool = True) -> list[str]:
        """The lines that take the samples of a step; in columns where the problem has them so, if `turn` is set."""
        names = self.recipe.inputs
        if not names:
            return []
        turned = ".T" if self.recipe.columns and turn else ""
        taken = ", ".join(f"{name.upper()}[rows]{cast}{turned}" for name in names)
        note = "  # one column for each sample" if turned else ""
        return ['rows = data[f"batch_{step}"]', f"{', '.join(names)} = {taken}{note}"]

    def count(self, lines: Sequence[str]) -> list[str]:
        """The number of samples, where some lines use it."""
        return ["N = len(rows)"] if self.recipe.inputs and any("N" in _words(line) for line in lines) else []

    def constants(self, *names: str) -> list[str]:
        """The numbers of the optimizer and of the regularizer by name; all but a learning rate that changes."""
        numbers = {**self.recipe.problem.settings, **self.recipe.problem.strengths}
        settings = self.recipe.view.settings
        return [
            f"{self.name(settings[name])} = {repr(float(value)) if name == 'learning_rate' else decimal(value)}"
            for name, value in numbers.items()
            if (not names or name in names) and not (name == "learning_rate" and self.rate_lines())
        ]

    def rate_lines(self) -> list[str]:
        """The function of the learning rate, if it changes."""
        return rate_function(self.recipe)

    @property
    def is_one_line(self) -> bool:
        """Whether one line is all that the optimizer takes."""
        return len(self.update_statements()) == 1

    def update(self) -> list[str]:
        """The optimizer as a function, from its own lines."""
        statements = self.update_statements()
        optimizer = self.recipe.problem.optimizer
        names, memory = self.update_names()
        body: list[str] = []
        writer = self.writer(names)
        for statement in statements[:-1]:
            body += writer.assignment(names[statement.symbol].text, statement.formula, 4)
        kept = ", ".join(f"{name}={names[new].text}" for name, new in memory.items())
        body += [f"    memory.update({kept})"] if kept else []
        body += writer.assignment("return", statements[-1].formula, 4)
        title = inside_quotes(optimizer.facts.title or optimizer.name)
        t = ", t" if any("t" in _words(line) for line in body) else ""
        head = f"def {self.update_name()}(parameter, gradient, memory{t}):"
        return [head, f'    """{title[:1].upper()}{title[1:]}: the parameter after one step."""', *body]

    def update_name(self) -> str:
        """What the function of the optimizer is called."""
        name = f"{self.recipe.problem.optimizer.name}_step"
        return self.identifiers.of(variable(f"{name}:function"), name)

    @property
    def needs_step_number(self) -> bool:
        """Whether the optimizer counts its steps."""
        return any("t)" in line for line in self.update()[:1])

    def update_statements(self) -> list[Statement]:
        """The lines of the update of one parameter, one that has a shape if any has."""
        model = self._model_parameter
        return [s for s in self.recipe.view.statements if s.kind == "update" and s.of == model.name]

    @property
    def _model_parameter(self) -> Node:
        return max(self.recipe.learned, key=lambda node: len(node.shape))

    def update_names(self) -> tuple[dict[Node, Code], dict[str, Node]]:
        """The names within the function of the optimizer, and what it remembers: name and new symbol."""
        view, model = self.recipe.view, self._model_parameter
        names = {symbol: self.names[symbol] for symbol in view.settings.values()}
        local = Identifiers([*_RESERVED_WITHIN, *(written.text for written in names.values())])
        names |= {model: code.name("parameter"), view.totals[model]: code.name("gradient")}
        memory: dict[str, Node] = {}
        for (node, name), (old, new) in view.states.items():
            if node is model:
                names[old] = code.call(f'memory["{name}"]')
                memory[name] = new
        for statement in self.update_statements():
            role = "updated" if statement.role == "parameter" else statement.role
            names[statement.symbol] = code.name(local.take(role))
        names[view.settings["t"]] = code.name("t", is_plain=True)
        return names, memory

    def memory(self, keys: Sequence[str]) -> list[str]:
        """What the optimizer remembers of each parameter before the first step."""
        state = self.recipe.problem.optimizer.state
        if not state:
            return []
        start = ", ".join(f'"{name}": {float(value)}' for name, value in state.items())
        quoted = [f'"{key}"' for key in keys]
        inline = f"memory = {{name: {{{start}}} for name in [{', '.join(quoted)}]}}"
        note = "# What the optimizer remembers of each parameter, before the first step."
        if len(inline) <= WIDTH:
            return [note, inline]
        return [*listed("names", quoted, note), f"memory = {{name: {{{start}}} for name in names}}"]

    def written(self, writer: ExpressionWriter, kind: str, mask: str = "", indent: int = 4) -> list[str]:
        """The lines of a kind of statement, such as `forward`.

        Args:
            writer: what writes the formulas.
            kind: which statements; `backward`, `penalty` and `clipping` for parts of the way back.
            mask: how the factors of dropout are drawn, with `{mask}`, `{units}` and `{rate}`.
            indent: how far to the right the lines will stand.
        """
        symbols = {drawn: symbol for symbol, drawn in self.recipe.masks.items()}
        lines: list[str] = []
        for statement in self.recipe.view.statements:
            if not {statement.kind, statement.role} & _KINDS.get(kind, {kind}):
                continue
            for drawn in statement.formula.arguments:
                if mask and drawn in symbols:
                    settings = {
                        "mask": self.name(drawn),
                        "units": self.name(symbols[drawn]),
                        "rate": self.recipe.rates[symbols[drawn]],
                    }
                    lines.append(f"{' ' * indent}{self.name(drawn)} = {mask.format(**settings)}  # dropout")
            lines += writer.assignment(self.name(statement.symbol), statement.formula, indent)
        return [line[indent:] for line in lines]

    def penalty(self) -> list[str]:
        """What the regularizers add to the objective for one parameter, as a function."""
        problem, settings = self.recipe.problem, self.recipe.view.settings
        model = max(self.recipe.penalized, key=lambda node: len(node.shape))
        terms = [problem.ops.regularizer(name).penalty(model, settings[name]) for name in problem.strengths]
        writer = self.writer({**{s: self.names[s] for s in settings.values()}, model: code.name("weight")})
        body = writer.assignment("return", functools.reduce(add, terms), 4)
        return ["def penalty(weight):", '    """What the regularizer adds for one parameter."""', *body]

    def helpers(self, lines: Sequence[str]) -> list[list[str]]:
        """The functions that some lines call, each as its lines."""
        known = {**self.dialect.helpers, "ease": EASE}
        return [source.strip("\n").split("\n") for source in helpers_used(lines, known)]

    def shape_note(self, node: Node) -> str:
        """The size of a parameter, and whether it stays."""
        notes = [" × ".join(map(str, numpy.shape(self.recipe.parameters[node.name])))] if node.shape else []
        notes += [] if node in self.recipe.learned else ["stays as it is"]
        return f"  # {', '.join(notes)}" if notes else ""


_KINDS = {"backward": {"chain", "accumulate"}, "penalty": {"total"}, "clipping": {"norm", "clipped"}}


def _gradient_name(statement: Statement, by_name: Mapping[str, str]) -> str:
    name = f"d_{by_name[statement.of]}"
    if statement.role == "way":
        return f"{name}_way_{statement.symbol.name.rpartition(':')[2]}"
    return f"{name}_{statement.role}" if statement.role in ("total", "clipped") else name


def _words(line: str) -> set[str]:
    """The identifiers of a line."""
    return set(re.findall(r"\w+", line.partition("#")[0]))
