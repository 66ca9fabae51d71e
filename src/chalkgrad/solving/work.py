"""The working of a solution as plain data: one entry for each statement, with what it follows from and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chalkgrad.core.node import Node, toposort
from chalkgrad.render.boxes import Box, Fenced, Script, Sign, row
from chalkgrad.render.latex import latex
from chalkgrad.render.notation import Labels, write_node
from chalkgrad.solving.derivation import Derivation, WorkedStep
from chalkgrad.solving.labels import Numbering, letters_of
from chalkgrad.solving.plain_values import plain
from chalkgrad.solving.statements import Statement, View
from chalkgrad.solving.steps import Batch, StepValues
from chalkgrad.solving.words import reason, rule

__all__ = ["work_data"]

# What an id says behind the name; a value says nothing, and the optimizer's lines say their own names.
_SUFFIXES = {"value": "", "gradient": ".gradient", "total": ".total", "parameter": ".new"}


def work_data(derivation: Derivation) -> list[dict[str, Any]]:
    """The working in the form that `chalkgrad solve FILE --json` gives it.

    An id is `step.view.name`, with `@sample` (from 0) where several stand side by side and `.gradient`, `.way1`,
    `.total`, `.new` or the name of an optimizer's line behind it; where there are no numbers it has no step. `from`
    names the lines that a formula uses, for parameters those of the step before.
    """
    entries: list[dict[str, Any]] = []
    for name in derivation.asking.views:
        known: dict[Node, str] = {}
        for step in derivation.shown_steps:
            entries += _step_entries(derivation, step, step.exact[name], known)
        view = derivation.views.get((name, 1))
        if not derivation.steps and view is not None:
            entries += _ViewEntries(derivation, view, None, known, f"{name}.").entries()
    entries.sort(key=lambda entry: entry["step"] or 0)
    return entries


def _step_entries(
    derivation: Derivation, step: WorkedStep, numbers: StepValues, known: dict[Node, str]
) -> Iterator[dict[str, Any]]:
    view = numbers.view
    prefix = f"{step.batch.step}.{view.name}."
    yield from _ViewEntries(derivation, view, numbers, known, prefix).entries()


class _ViewEntries:
    """The entries of one view of one step.

    Args:
        derivation: the solution.
        view: whose statements.
        numbers: the numbers of the step, or `None` for formulas alone.
        known: the id of the statement behind each symbol so far; what the step leaves behind is added.
        prefix: how every id begins.
    """

    def __init__(
        self, derivation: Derivation, view: View, numbers: StepValues | None, known: dict[Node, str], prefix: str
    ) -> None:
        self.view, self.numbers, self.known, self.prefix = view, numbers, known, prefix
        self.batch: Batch | None = None if numbers is None else numbers.batch
        samples = self.batch.samples if self.batch else ()
        self.lettering = letters_of(derivation.problem.graph(view.samples), view, samples)
        self.letters = self.lettering.labels()
        self.digits = Labels() if numbers is None else Numbering(numbers.values, derivation.asking.style, view).labels()
        self.activated = {
            s.formula: s.symbol for s in view.statements if s.role == "value" and s.formula.op.role == "activation"
        }
        self.taken: set[str] = set()

    def entries(self) -> list[dict[str, Any]]:
        # Within the step, a parameter is the one that the step before left.
        here = dict(self.known)
        made = []
        for statement in self.view.statements:
            here[statement.symbol] = self._id(statement)
            made.append(self._entry(statement, here))
        left = [*self.view.updated.items(), *self.view.states.values()]
        self.known.update({old: here[new] for old, new in left})
        return made

    def _entry(self, statement: Statement, ids: dict[Node, str]) -> dict[str, Any]:
        return {
            "id": ids[statement.symbol],
            "kind": statement.kind,
            "of": statement.of,
            "rule": rule(statement),
            "from": [ids[node] for node in self._used(statement) if node in ids],
            "latex": self._latex(statement, self.letters),
            "substituted": "" if self.numbers is None else self._latex(statement, self.digits),
            "value": None if self.numbers is None else plain(self.numbers.values[statement.symbol]),
            "words": reason(statement),
            "view": self.view.name,
            "epoch": None if self.batch is None else self.batch.epoch,
            "step": None if self.batch is None else self.batch.step,
            "sample": self._sample(statement),
        }

    def _sample(self, statement: Statement) -> int | None:
        """Which of all samples, from 0."""
        if self.batch is None or statement.sample is None or not self.batch.samples:
            return None
        return self.batch.samples[statement.sample]

    def _id(self, statement: Statement) -> str:
        name = statement.of
        if statement.sample is not None and self.view.samples > 1:
            name += f"@{self._sample(statement)}"
        if statement.role == "way":
            name += ".way" + statement.symbol.name.rpartition(":")[2]
        else:
            name += _SUFFIXES.get(statement.role, f".{statement.role}")
        # Entries of two quantities may share a name; ids never do.
        while name in self.taken:
            name += "'"
        self.taken.add(name)
        return self.prefix + name

    def _used(self, statement: Statement) -> list[Node]:
        """The symbols that stand in a formula as it is printed, where the value of an activation has its own letter."""
        named = {formula: symbol for formula, symbol in self.activated.items() if formula is not statement.formula}
        order = toposort([statement.formula], stops=named)
        return list(dict.fromkeys(named.get(node, node) for node in order))

    def _latex(self, statement: Statement, labels: Labels) -> str:
        relation = Sign("←" if statement.kind == "update" else "=", "relation")
        # An activation is written out though its value has a letter; a gradient passed on unchanged is that letter.
        formula = write_node(statement.formula, labels, expand=bool(statement.formula.arguments))
        return latex(row(self._label(statement), relation, formula))

    def _label(self, statement: Statement) -> Box:
        """The letter of a statement; of one way among several, the letter with what it leads through."""
        own = self.lettering.boxes[statement.symbol]
        if statement.role != "way":
            return own
        return Script(Fenced(own), sub=self.lettering.of(statement.steps[0].via))
