"""Every gradient against the loss itself, nudged up and down at 50 digits."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy

from chalkgrad.core.evaluate import Evaluator
from chalkgrad.core.gradient import compose
from chalkgrad.core.node import VARIABLE, Node, toposort
from chalkgrad.core.precise import precise
from chalkgrad.solving.statements import View
from chalkgrad.solving.steps import StepValues

__all__ = ["Differences", "measure_differences"]

# A step of 1e-20 with 50 digits leaves 30 good ones in the difference; a kink within it is felt, a curve is not.
_NUDGE = Fraction(1, 10**20)
# A loss much larger than its slope has fewer digits left for the difference: 39 of its 50, and 20 go to the nudge.
_LOSS_DIGITS = 39
_MOST_NUDGED = 60
# Entries of large problems are nudged together: this many numbers are worked out at most for those nudged alone.
_MOST_NUMBERS = 8_000


@dataclass
class Differences:
    """What was found.

    Args:
        worst: the largest deviation, relative to slopes larger than 1.
        alone: how many entries were nudged one by one.
        together: how many more were nudged with the others of their quantity, each by its own amount.
        kinks: how many lie where the slope jumps, so that it must be between those of both sides.
        beyond: how many could not be tried, because the loss is infinite or not a number there.
    """

    worst: float = 0.0
    alone: int = 0
    together: int = 0
    kinks: int = 0
    beyond: int = 0


def measure_differences(numbers: StepValues, into: Differences) -> None:
    """Nudge every entry of each leaf that has a gradient, and add what is found."""
    if numbers.view.loss is None:
        return
    loss = _Loss(numbers)
    entries = list(_entries(numbers))
    work = sum(int(numpy.size(numbers.values[s.symbol])) for s in numbers.view.statements if s.role == "value")
    alone = min(_MOST_NUDGED, max(6, _MOST_NUMBERS // max(1, work)))
    for leaf, index in entries[:: max(1, -(-len(entries) // alone))]:
        _nudge_alone(loss, leaf, index, into)
    if len(entries) > alone:
        for leaf in dict.fromkeys(leaf for leaf, _ in entries):
            _nudge_together(loss, leaf, into)


def _entries(numbers: StepValues) -> Iterator[tuple[Node, tuple[int, ...]]]:
    produced = {statement.symbol for statement in numbers.view.statements}
    for leaf, gradient in numbers.view.gradients.items():
        if leaf not in produced:
            for index in numpy.ndindex(getattr(numbers.values[gradient], "shape", ())):
                yield leaf, index


class _Loss:
    """The loss of a step as a function of its leaves."""

    def __init__(self, numbers: StepValues) -> None:
        self.numbers, view = numbers, numbers.view
        if ("loss", precise()) not in view.evaluators:
            formula = _formula(view)
            leaves = tuple(node for node in toposort([formula]) if node.op is VARIABLE)
            view.evaluators["loss", precise()] = (leaves, Evaluator([formula], leaves, precise()))
        self.leaves, self.evaluator = view.evaluators["loss", precise()]
        self.here = self.moved_by(None, 0)

    def moved_by(self, leaf: Node | None, step: Any) -> Any:
        """The loss where one leaf is moved."""
        known = self.numbers.values
        values = [known[node] + step if leaf is not None and node is leaf else known[node] for node in self.leaves]
        (result,) = self.evaluator(*values)
        return result[0, 0] if getattr(result, "shape", ()) else result


def _formula(view: View) -> Node:
    assert view.loss is not None
    return compose([s.line for s in view.statements if s.role == "value"], [view.loss])[0]


def _nudge_alone(loss: _Loss, leaf: Node, index: tuple[int, ...], into: Differences) -> None:
    value, gradient = loss.numbers.values[leaf], loss.numbers.values[loss.numbers.view.gradients[leaf]]
    nudge = precise().exact_number(_NUDGE) * max(1, abs(value[index] if index else value))
    step = nudge
    if index:
        step = value * 0
        step[index] = nudge
    found = _deviation(loss, leaf, step, nudge, gradient[index] if index else gradient)
    if found is None:
        into.beyond += 1
        return
    into.worst, into.alone, into.kinks = max(into.worst, found[0]), into.alone + 1, into.kinks + found[1]


def _nudge_together(loss: _Loss, leaf: Node, into: Differences) -> None:
    """All entries at once: a wrong slope of any of them shows. Kinks may hide each other, so none is judged."""
    value, gradient = loss.numbers.values[leaf], loss.numbers.values[loss.numbers.view.gradients[leaf]]
    chance = random.Random(0)
    xp = precise()
    amounts = [xp.exact_number(Fraction(chance.randint(500, 1500), 1000)) for _ in range(numpy.size(value))]
    direction = numpy.array(amounts, dtype=object).reshape(value.shape) if numpy.shape(value) else amounts[0]
    nudge = xp.exact_number(_NUDGE) * max(1, *(abs(entry) for entry in numpy.ravel(value)), 1)
    found = _deviation(loss, leaf, direction * nudge, nudge, numpy.sum(gradient * direction))
    if found is not None and not found[1]:
        into.worst, into.together = max(into.worst, found[0]), into.together + int(numpy.size(value))


def _deviation(loss: _Loss, leaf: Node, step: Any, nudge: Any, claimed: Any) -> tuple[float, bool] | None:
    """How far a gradient is from the slope, and whether there is a kink at the point."""
    below, here, above = loss.moved_by(leaf, -step), loss.here, loss.moved_by(leaf, step)
    if not all(precise().context.isfinite(value) for value in (below, here, above)):
        return None
    backward, forward = (here - below) / nudge, (above - here) / nudge
    scale = max(1, abs(backward), abs(forward), abs(here) / nudge / precise().exact_number(Fraction(10**_LOSS_DIGITS)))
    if abs(backward - forward) <= 1e-12 * scale:
        return float(abs(claimed - (above - below) / (2 * nudge)) / scale), False
    low, high = min(backward, forward), max(backward, forward)
    return float(max(0, low - claimed, claimed - high) / scale), True
