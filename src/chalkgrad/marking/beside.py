"""Slopes and differences, which stand beside the working, by the quantities that they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chalkgrad.core.node import Node
from chalkgrad.marking.course import Course, Stage
from chalkgrad.marking.quantities import Quantity

__all__ = ["beside"]

Named = tuple[int, tuple[Node, ...]]


def beside(
    course: Course, quantities: Sequence[Quantity], role: str, of: Iterable[Quantity], above: set[Named] | None
) -> list[Quantity]:
    """The slopes or the differences of some quantities.

    Args:
        course: the working of the problem.
        quantities: those to look among.
        role: `slope` or `error`.
        of: pre-activations, of which the slopes are wanted, or predictions, of which the differences are.
        above: of slopes, the stages and symbols of what is differentiated; `None` for any.
    """
    names = None if above is None else {tuple(node.name for node in flat) for _, flat in above}
    found: list[Quantity] = []
    for quantity in of:
        stage = course.stage(quantity.stage)
        for other in quantities:
            if other.kind == role and other.stage == quantity.stage and len(other.flat) == len(quantity.flat):
                fits = _is_difference(stage, other, quantity) if role == "error" else _is_slope(other, quantity, names)
                if fits:
                    found.append(other)
    return list(dict.fromkeys(found))


def _is_difference(stage: Stage, other: Quantity, prediction: Quantity) -> bool:
    made = (stage.side[symbol] for symbol in other.flat)
    return all(one.formula.arguments[0] is node for one, node in zip(made, prediction.flat, strict=True))


def _is_slope(other: Quantity, by: Quantity, names: set[tuple[str, ...]] | None) -> bool:
    """Whether a symbol such as `dh/dz_h` ends with a pre-activation, and begins with one of the names."""
    halves = [symbol.name.partition("/d") for symbol in other.flat]
    begins = tuple(half[0][1:] for half in halves)
    return [half[2] for half in halves] == [node.name for node in by.flat] and (names is None or begins in names)
