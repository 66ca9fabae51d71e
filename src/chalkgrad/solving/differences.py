"""Every gradient against the loss itself, nudged up and down at 50 digits."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy

from chalkgrad.core.evaluate import Evaluator
from chalkgrad.core.gradient import Line, compose
from chalkgrad.core.node import VARIABLE, Node, toposort
from chalkgrad.core.precise import precise
from chalkgrad.solving.steps import StepValues

__all__ = ["Differences", "measure_differences"]

# A step of 1e-20 with 50 digits leaves 30 good ones in the difference; a kink within it is felt, a curve is not.
_NUDGE = Fraction(1, 10**20)
# A loss much larger than its slope has fewer digits left for the difference: 39 of its 50, and 20 go to the nudge.
_LOSS_DIGITS = 39
_MOST_NUDGED = 60
# Entries of large problems are nudged together: this many numbers are worked out at most for those nudged alone.
_MOST_NUMBERS = 8_000
# Of matrix products of so many factors, which are quick, with some units alone.
_MOST_FACTORS = 400_000


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


def measure_differences(numbers: StepValues, into: Differences, around: StepValues | None = None) -> None:
    """Nudge what has a gradient, and add what is found: every entry of each leaf, or all that is shown of some units.

    Args:
        numbers: the step, to 50 digits.
        into: where to add.
        around: for some units alone, the numbers of the matrix view around them, in which they are nudged.
    """
    if numbers.view.loss is None:
        return
    loss = _Loss(numbers if around is None else around)
    entries = list(_entries(numbers) if around is None else _shown_entries(numbers, around))
    alone = _affordable(loss, some_units=around is not None)
    for entry in entries[:: max(1, -(-len(entries) // alone))]:
        _nudge_alone(loss, entry, into)
    if len(entries) > alone:
        for leaf in dict.fromkeys(entry.leaf for entry in entries):
            _nudge_together(loss, [entry for entry in entries if entry.leaf is leaf], into)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of a quantity, and its gradient."""

    leaf: Node
    index: tuple[int, ...]
    gradient: Any


def _entries(numbers: StepValues) -> Iterator[_Entry]:
    produced = {statement.symbol for statement in numbers.view.statements}
    for leaf, symbol in numbers.view.gradients.items():
        if leaf not in produced:
            gradient = numbers.values[symbol]
            for index in numpy.ndindex(getattr(gradient, "shape", ())):
                yield _Entry(leaf, index, gradient[index] if index else gradient)


def _shown_entries(numbers: StepValues, around: StepValues) -> Iterator[_Entry]:
    """Shown units and weights, as entries of the matrices around them."""
    worked_out = {statement.symbol for statement in numbers.view.statements}
    for node, symbol in numbers.view.gradients.items():
        leaf, index = numbers.view.taken[node]
        if leaf in around.values and symbol in worked_out:
            yield _Entry(leaf, index, numbers.values[symbol])


def _affordable(loss: _Loss, some_units: bool) -> int:
    """How many entries may be nudged alone, so that the check does not take much longer than the solution."""
    values = loss.numbers.values
    symbols = {line.symbol for line in loss.lines}
    if not some_units:
        return min(
            _MOST_NUDGED, max(6, _MOST_NUMBERS // max(1, sum(int(numpy.size(values[node])) for node in symbols)))
        )
    used = {node for line in loss.lines for node in toposort([line.formula]) if node.op is VARIABLE}
    return min(_MOST_NUDGED, max(2, _MOST_FACTORS // sum(int(numpy.size(values[node])) for node in used)))


class _Loss:
    """The loss of a step as a function of any quantity before it."""

    def __init__(self, numbers: StepValues) -> None:
        self.numbers, self.view = numbers, numbers.view
        self.lines = [s.line for s in self.view.statements if s.role == "value"]
        self.here = self.moved_by(None, 0)

    def moved_by(self, leaf: Node | None, step: Any) -> Any:
        """The loss where one quantity is moved."""
        leaves, evaluator = self._behind(leaf if self.view.name == "matrix" else None)
        known = self.numbers.values
        values = [known[node] + step if leaf is not None and node is leaf else known[node] for node in leaves]
        (result,) = evaluator(*values)
        return result[0, 0] if getattr(result, "shape", ()) else result

    def _behind(self, leaf: Node | None) -> tuple[tuple[Node, ...], Evaluator]:
        """What makes the loss of everything, or of what a quantity leads to and the known numbers beside that."""
        key = ("loss", leaf, precise())
        if key not in self.view.evaluators:
            lines = self.lines if leaf is None else _led_to(leaf, self.lines)
            assert self.view.loss is not None
            (formula,) = compose(lines, [self.view.loss])
            leaves = tuple(node for node in toposort([formula]) if node.op is VARIABLE)
            self.view.evaluators[key] = (leaves, Evaluator([formula], leaves, precise()))
        found: tuple[tuple[Node, ...], Evaluator] = self.view.evaluators[key]
        return found


def _led_to(leaf: Node, lines: list[Line]) -> list[Line]:
    """The lines that a quantity has a part in; its own is none of them."""
    moved, found = {leaf}, []
    for line in lines:
        if line.symbol is not leaf and not moved.isdisjoint(toposort([line.formula])):
            moved.add(line.symbol)
            found.append(line)
    return found


def _nudge_alone(loss: _Loss, entry: _Entry, into: Differences) -> None:
    value, index = loss.numbers.values[entry.leaf], entry.index
    nudge = precise().exact_number(_NUDGE) * max(1, abs(value[index] if index else value))
    step = nudge
    if index:
        step = numpy.zeros(value.shape, dtype=object)
        step[index] = nudge
    found = _deviation(loss, entry.leaf, step, nudge, entry.gradient)
    if found is None:
        into.beyond += 1
        return
    into.worst, into.alone, into.kinks = max(into.worst, found[0]), into.alone + 1, into.kinks + found[1]


def _nudge_together(loss: _Loss, entries: list[_Entry], into: Differences) -> None:
    """All entries at once: a wrong slope of any of them shows. Kinks may hide each other, so none is judged."""
    value, chance, xp = loss.numbers.values[entries[0].leaf], random.Random(0), precise()
    amounts = [xp.exact_number(Fraction(chance.randint(500, 1500), 1000)) for _ in entries]
    nudge = xp.exact_number(_NUDGE) * max(1, *(abs(entry) for entry in numpy.ravel(value)), 1)
    step = nudge * amounts[0]
    if entries[0].index:
        step = numpy.zeros(value.shape, dtype=object)
        for entry, amount in zip(entries, amounts, strict=True):
            step[entry.index] = amount * nudge
    claimed = sum(entry.gradient * amount for entry, amount in zip(entries, amounts, strict=True))
    found = _deviation(loss, entries[0].leaf, step, nudge, claimed)
    if found is not None and not found[1]:
        into.worst, into.together = max(into.worst, found[0]), into.together + len(entries)


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
