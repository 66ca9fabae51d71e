"""From a quantity to those that belong to it: its gradients, its new value, its change, what stands before it."""

from __future__ import annotations

from collections.abc import Iterable

from chalkgrad.marking.course import Course
from chalkgrad.marking.quantities import Quantity, quantities_by_symbols

__all__ = ["Relations"]


class Relations:
    """Which quantities belong to which.

    Args:
        course: the working of the problem.
    """

    def __init__(self, course: Course) -> None:
        self.course = course
        self.by_symbols = quantities_by_symbols(course)

    def new_values(self, old: Quantity) -> list[Quantity]:
        """What an optimizer step makes of a parameter; nothing for anything else."""
        if old.kind != "given":
            return []
        stage = self.course.stage(old.stage)
        symbols = tuple(stage.units.updated.get(node) for node in old.flat)
        found = self.by_symbols.get((old.stage, symbols, "update"))
        return [found] if found is not None else []

    def changes(self, parameters: Iterable[Quantity]) -> list[Quantity]:
        """By how much a step changes parameters: what it adds, what it subtracts, or the gradient itself."""
        known = list(parameters)
        found: list[Quantity] = []
        for quantity in known:
            stage = self.course.stage(quantity.stage)
            for role in ("change", "step"):
                of = stage.side_by(role)
                change = self.by_symbols.get((quantity.stage, tuple(of.get(node) for node in quantity.flat), "change"))
                found += [change] if change is not None else []
        return [*found, *self.gradients(known)]

    def before(self, quantities: Iterable[Quantity]) -> Iterable[Quantity]:
        """The pre-activations of some quantities, if they have any; else they themselves."""
        for quantity in quantities:
            stage = self.course.stage(quantity.stage)
            made = stage.statements.get(quantity.flat[0]) if quantity.is_single else None
            if made is not None and made.formula.op.role == "activation" and len(made.formula.arguments) == 1:
                before = self.by_symbols.get((quantity.stage, (made.formula.arguments[0],), "forward"))
                yield before or quantity
            else:
                yield quantity

    def gradients(self, quantities: Iterable[Quantity]) -> list[Quantity]:
        """The gradients of the loss by some quantities, with the regularizer's part after those without."""
        found: list[Quantity] = []
        for quantity in quantities:
            if quantity.kind not in ("given", "forward", "loss"):
                continue
            stage = self.course.stage(quantity.stage)
            for mapping, kind in ((stage.gradients, "gradient"), (stage.units.totals, "regularize")):
                symbols = tuple(mapping.get(node) for node in quantity.flat)
                known = self.by_symbols.get((quantity.stage, symbols, kind))
                if known is not None:
                    found.append(known)
        return list(dict.fromkeys(found))
