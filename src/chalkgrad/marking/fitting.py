"""How a printed number stands to a quantity: as it is, or as it follows from the writer's other numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy

from chalkgrad.marking.digits import agrees
from chalkgrad.marking.ledger import Ledger, Said
from chalkgrad.marking.products import as_value
from chalkgrad.marking.quantities import Quantity
from chalkgrad.marking.worlds import World

__all__ = ["Fit", "How", "fit_of"]


class How(IntEnum):
    """How well a number fits, the best first."""

    TRUE = 0
    """It is the unrounded value, to its printed digits."""
    FOLLOWS = 1
    """It is what the writer's printed numbers give."""
    LOOSELY = 2
    """It lies where the writer's numbers may lead, given how they were rounded."""
    NOT = 3
    OTHER_SIZE = 4
    """It has another number of entries."""


@dataclass(frozen=True)
class Fit:
    """How a printed number fits a quantity.

    Args:
        how: how well.
        quantity: the quantity.
        value: the printed numbers, in the order of its symbols.
        unit: one unit in the last place of each.
        expected: its true numbers.
        follows: what the writer's numbers make of it.
    """

    how: How
    quantity: Quantity
    value: Any
    unit: Any
    expected: Any
    follows: Any


def fit_of(quantity: Quantity, value: Any, unit: Any, true: World, ledger: Ledger, width: Any = 0.0) -> Fit:
    """How numbers fit a quantity.

    Args:
        quantity: the quantity.
        value: the numbers, an array with up to two axes.
        unit: one unit in the last place of each.
        true: the world of the problem.
        ledger: the world of the writer.
        width: by how much the numbers may be off because those that they were worked out from were rounded.
    """
    expected = quantity.value(true.array)
    best: Fit | None = None
    follows = quantity.value(ledger.follows_each)
    if numpy.ndim(value) == 0 and value == 0 and not (numpy.any(expected) and numpy.any(follows)):
        # Of several numbers, one 0 says that all of them are.
        value = numpy.zeros(numpy.shape(expected))
    for shown, place in _orientations(value, unit, numpy.shape(expected)):
        found = Fit(How.NOT, quantity, shown, place, expected, follows)
        how = _how(found, ledger, width)
        if best is None or how < best.how:
            best = Fit(how, quantity, shown, place, expected, follows)
    return best or Fit(How.OTHER_SIZE, quantity, value, unit, expected, expected)


def _how(fit: Fit, ledger: Ledger, width: Any) -> How:
    if agrees(fit.value, fit.unit, fit.expected):
        return How.TRUE
    if agrees(fit.value, fit.unit, fit.follows):
        return How.FOLLOWS
    slack = as_value(ledger.slack_each(fit.quantity.stage, fit.quantity.symbols))
    if agrees(fit.value, fit.unit, fit.follows, slack) or (
        numpy.any(width) and agrees(fit.value, fit.unit, fit.follows, width)
    ):
        return How.LOOSELY
    return How.NOT


def _orientations(value: Any, unit: Any, shape: tuple[int, ...]) -> Sequence[tuple[Any, Any]]:
    """The numbers as they stand and transposed, where that has the right sizes."""
    found = []
    if numpy.shape(value) == shape:
        found.append((value, unit))
    if numpy.ndim(value) == 2 and value.T.shape == shape:
        found.append((value.T, unit.T if numpy.ndim(unit) == 2 else unit))
    return found


def rests_on_wrong(quantity: Quantity, ledger: Ledger) -> bool:
    """Whether a quantity follows from a number of the page that is wrong."""
    return any(said.is_wrong for said in sources_of(quantity, ledger))


def sources_of(quantity: Quantity, ledger: Ledger) -> list[Said]:
    """The numbers of the page that a quantity rests on."""
    found: dict[tuple[int, Any], Said] = {}
    for symbol in quantity.flat:
        found.update(ledger.sources(quantity.stage, symbol))
    return list(found.values())
