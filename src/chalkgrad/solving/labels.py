"""What the symbols of a view look like on paper, and the numbers that are put in their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalkgrad.core.graph import Graph
from chalkgrad.core.node import Node
from chalkgrad.core.notation import Precedence
from chalkgrad.render.boxes import Accent, Box, Fenced, FractionBox, Identifier, MatrixBox, NumberBox, Script, Sign, row
from chalkgrad.render.names import name_box, with_superscript
from chalkgrad.render.notation import Labels, Written
from chalkgrad.render.numbers import NumberStyle, ShownNumber, show_number
from chalkgrad.solving.statements import GRADIENT_NORM, Statement, View

__all__ = ["LOSS_LETTER", "Lettering", "Numbering", "letter_of_memory", "letters_of", "partial_box", "value_box"]

LOSS_LETTER = Identifier("L")

_SETTINGS: dict[str, Box] = {
    "learning_rate": Identifier("η"),
    "momentum": Identifier("μ"),
    "decay": Identifier("ρ"),
    "beta1": Script(Identifier("β"), sub=NumberBox("1")),
    "beta2": Script(Identifier("β"), sub=NumberBox("2")),
    "epsilon": Identifier("ε"),
    "weight_decay": Script(Identifier("λ"), sub=Identifier("w")),
    "momentum_decay": Identifier("ψ"),
    "t": Identifier("t"),
    "l1": Script(Identifier("λ"), sub=NumberBox("1")),
    "l2": Identifier("λ"),
}
_MEMORY: dict[str, Box] = {
    "velocity": Identifier("v"),
    "squares": Identifier("s"),
    "m": Identifier("m"),
    "v": Identifier("v"),
    "m_hat": Accent(Identifier("m"), "hat"),
    "v_hat": Accent(Identifier("v"), "hat"),
    "mu": Script(Identifier("μ"), sub=Identifier("t")),
    "mu_next": Script(Identifier("μ"), sub=row(Identifier("t"), Sign("+", "binary"), NumberBox("1"))),
    "mu_product": Script(Identifier("μ"), sub=Sign("∏", "prefix")),
    "norm": Fenced(Identifier("g"), "‖", "‖"),
    "clipped": Accent(Identifier("g"), "hat"),
}
_SHARED = ("mu", "mu_next", "mu_product", "norm")


def setting_box(name: str) -> Box:
    """The letter of a number of the optimizer or regularizer."""
    return _SETTINGS.get(name) or name_box(name)


def letter_of_memory(name: str) -> Box:
    """The letter of what an optimizer or regularizer makes of a gradient; a teacher's own is called by its name."""
    return Identifier("g") if name == "total" else _MEMORY.get(name) or name_box(name)


def memory_box(name: str, parameter: str) -> Box:
    """What an optimizer remembers of a parameter."""
    letter = letter_of_memory(name)
    return letter if name in _SHARED else with_subscript(letter, name_box(parameter))


def with_subscript(letter: Box, sub: Box) -> Box:
    """A letter with a subscript, in brackets if it has one already."""
    return Script(Fenced(letter) if isinstance(letter, Script) else letter, sub=sub)


def partial_box(above: Box, below: Box) -> Box:
    """∂above/∂below."""
    curly = Sign("∂", "prefix")
    return FractionBox(row(curly, above), row(curly, below))


class Lettering:
    """The letters of a view.

    Args:
        view: whose symbols.
        samples: the number (from 1) of each sample of the batch among all samples.
        preactivations: the names of quantities whose gradients are written δ.
    """

    def __init__(self, view: View, samples: tuple[int, ...], preactivations: frozenset[str]) -> None:
        self.view, self.samples, self.preactivations = view, samples, preactivations
        self.boxes: dict[Node, Box] = {symbol: setting_box(name) for name, symbol in view.settings.items()}
        self.boxes[GRADIENT_NORM] = _MEMORY["norm"]
        self.differentiated = {gradient: of for of, gradient in view.gradients.items()}
        for statement in view.statements:
            self._add(statement)
        for (node, name), (old, _) in view.states.items():
            self.boxes[old] = self.memory(name, node)

    def _add(self, statement: Statement) -> None:
        symbol, role = statement.symbol, statement.role
        if role == "value":
            self.boxes[symbol] = self.quantity(statement)
        elif role in ("gradient", "way"):
            self.boxes[symbol] = self.gradient(statement)
        elif role == "total":
            self.boxes[symbol] = Script(Identifier("g"), sub=name_box(statement.of))
        elif role == "parameter":
            self.boxes[symbol] = name_box(statement.of)
        else:
            self.boxes[symbol] = memory_box(role, statement.of)

    def quantity(self, statement: Statement) -> Box:
        """A quantity of the forward pass: its name, with the number of its sample where there are several."""
        base = LOSS_LETTER if statement.of in ("loss", "loss_n") else name_box(statement.of)
        if statement.of == "loss_n" and statement.sample is None:
            return with_superscript(base, Fenced(Identifier("n")))
        return self._with_sample(base, statement.sample)

    def _with_sample(self, base: Box, sample: int | None) -> Box:
        if sample is None or self.view.samples == 1:
            return base
        number = NumberBox(str(self.samples[sample]))
        return with_superscript(base, Fenced(number))

    def gradient(self, statement: Statement) -> Box:
        """∂L/∂q, or δ for a pre-activation."""
        if statement.of in self.preactivations:
            return self._with_sample(Script(Identifier("δ"), sub=name_box(statement.of[2:])), statement.sample)
        below = self.of(statement.steps[0].of) if statement.steps else name_box(statement.of)
        return partial_box(self.loss, below)

    @property
    def loss(self) -> Box:
        """The letter of what is differentiated."""
        loss = self.view.loss
        assert loss is not None
        return self.boxes.get(loss, LOSS_LETTER if loss.name in ("loss", "loss_n") else name_box(loss.name))

    def of(self, symbol: Node) -> Box:
        """The label of a symbol; inputs and parameters are called by their names."""
        if symbol in self.boxes:
            return self.boxes[symbol]
        if symbol in self.view.taken:
            return self._taken(symbol)
        name, _, sample = symbol.name.partition("#")
        return self._with_sample(name_box(name), int(sample) - 1 if sample else None)

    def _taken(self, symbol: Node) -> Box:
        """The label of what comes from a unit that is not shown: a quantity, or the gradient by one."""
        of = self.differentiated.get(symbol, symbol)
        name, _, sample = of.name.partition("#")
        position = int(sample) - 1 if sample else None
        if of is symbol:
            return self._with_sample(name_box(name), position)
        if name in self.preactivations:
            return self._with_sample(Script(Identifier("δ"), sub=name_box(name[2:])), position)
        return partial_box(self.loss, self.of(of))

    def memory(self, name: str, node: Node) -> Box:
        """What the optimizer remembers of a parameter."""
        return memory_box(name, node.name)

    def labels(self, shapes: bool = False) -> Labels:
        """The labels for writing formulas of this view."""
        written: dict[Node, Written] = _Every(lambda node: Written(self.of(node)) if node.name else None)
        for statement in self.view.statements:
            if statement.role == "value" and statement.formula.arguments and statement.formula.op.role == "activation":
                written[statement.formula] = Written(self.boxes[statement.symbol])
            if statement.role == "way":
                own = Labels(_Every(lambda node: Written(self.of(node)) if node.name else None), shapes)
                written[statement.symbol] = Written(_write(statement.formula, own), Precedence.PRODUCT)
        return Labels(written, shapes)


def _write(node: Node, labels: Labels) -> Box:
    from chalkgrad.render.notation import write_node

    return write_node(node, labels)


def letters_of(graph: Graph, view: View, samples: tuple[int, ...]) -> Lettering:
    """The letters of a view, with δ for gradients of pre-activations; `samples` count from 0."""
    names = {name for units in graph.unit_names.values() for name in units} | {node.name for node in graph.unit_names}
    before = frozenset(name for name in names if name.startswith("z_") and name[2:] in names)
    return Lettering(view, tuple(sample + 1 for sample in samples), before)


class _Every(dict[Node, Written]):
    """Labels that are made when they are asked for."""

    def __init__(self, make: Callable[[Node], Written | None]) -> None:
        super().__init__()
        self.make = make

    def __contains__(self, node: object) -> bool:
        if super().__contains__(node):
            return True
        made = self.make(node) if isinstance(node, Node) else None
        if made is not None and isinstance(node, Node):
            self[node] = made
        return made is not None


class Numbering:
    """The numbers of a step, as they are printed in place of letters.

    Args:
        values: the value of each symbol, to 50 digits.
        style: how numbers are rounded.
        view: whose statements; the value of an activation also stands for its formula.
    """

    def __init__(self, values: Mapping[Node, Any], style: NumberStyle, view: View) -> None:
        self.values, self.style = values, style
        self.formulas = {
            statement.formula: statement.symbol
            for statement in view.statements
            if statement.role == "value" and statement.formula.op.role == "activation"
        }

    def labels(self) -> Labels:
        """The numbers as labels."""
        return Labels(_Every(self._written))

    def _written(self, node: Node) -> Written | None:
        symbol = self.formulas.get(node, node)
        if symbol not in self.values:
            return None
        box, _ = value_box(self.values[symbol], self.style)
        return Written(box, binding(self.values[symbol], box))


def binding(value: Any, box: Box) -> Precedence:
    """How tightly a printed number binds: a minus sign needs brackets in a product, a power of ten in a power."""
    if isinstance(box, NumberBox):
        return Precedence.NEGATION if box.text.startswith("-") else Precedence.ATOM
    if isinstance(box, MatrixBox):
        return Precedence.ATOM
    return Precedence.NEGATION if hasattr(value, "shape") is False and value < 0 else Precedence.PRODUCT


def value_box(value: Any, style: NumberStyle) -> tuple[Box, bool]:
    """A value as it is printed, and whether that is exactly it; a matrix of one entry is a number."""
    shape = getattr(value, "shape", ())
    if not shape:
        shown = show_number(value, style)
        return shown.box, shown.exact
    if shape == (1, 1):
        return value_box(value[0, 0], style)
    shown_rows: list[list[ShownNumber]] = [[show_number(entry, style) for entry in line] for line in value]
    exact = all(number.exact for line in shown_rows for number in line)
    return MatrixBox(tuple(tuple(number.box for number in line) for line in shown_rows)), exact
