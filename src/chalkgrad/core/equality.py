"""Are two formulas equal?

Decided by their values at many points, to 50 digits, and *undecided* where that cannot tell.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy

from chalkgrad.core.evaluate import Evaluator
from chalkgrad.core.node import VARIABLE, Node, toposort
from chalkgrad.core.precise import DIGITS, Precise, precise
from chalkgrad.core.shape import broadcast

__all__ = ["Comparison", "compare"]

_SIMPLE = tuple(Fraction(n) for n in ("0", "1", "-1", "2", "-2", "1/2", "-1/2", "3", "-3"))
_TOLERANCE_DIGITS = DIGITS - 15
# With one sample a sum over samples would look the same as a mean.
_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was found out about two formulas.

    Args:
        equal: whether they are, or `None` if it could not be decided.
        points: how many points both had a value at.
        largest_difference: the largest relative difference met.
        at: where they differ: values of the variables, in the shape of each; empty if none was found.
        left: the value of the first formula there.
        right: the value of the second.
    """

    equal: bool | None
    points: int
    largest_difference: float
    at: Mapping[Node, Any]
    left: Any = None
    right: Any = None


class _StandIns(Precise):
    """Numbers of many digits, with a value for functions that have none: to be equal for any f is to be so for one."""

    def unnamed(self, value: Any, name: str, order: int) -> Any:
        """The derivative of some order of what stands in for a function: a sine wave of its own."""
        chance = random.Random(name)
        rate, shift = (self.exact_number(Fraction(chance.randint(500, 1500), 1000)) for _ in range(2))
        return rate**order * self.sin(rate * value + (shift + order * self.pi / 2))


def compare(
    left: Node, right: Node, *, known: Mapping[Node, Any] | None = None, points: int = 24, seed: int = 0
) -> Comparison:
    """Compare two formulas at simple points first, then at random ones.

    Args:
        left: one formula.
        right: the other; their shapes must broadcast.
        known: values that are not to be varied.
        points: how many random points to try.
        seed: fixes the random points.

    Returns:
        Equal if both agree to 35 digits at every point where both have a value (at least 3 of them); different, with
        the simplest point found, as soon as they do not; undecided if they have values at too few points.
    """
    broadcast("a comparison", [left.shape, right.shape])
    if left is right:
        return Comparison(True, 0, 0.0, {})
    fixed = dict(known or {})
    leaves = [n for n in toposort([left, right]) if n.op is VARIABLE and n not in fixed]
    xp = _StandIns(DIGITS)
    evaluator = Evaluator([left, right], [*fixed, *leaves], xp)
    given = [xp.array(value) for value in fixed.values()]
    met, largest = 0, 0.0
    for point in _points(leaves, points, seed):
        difference, values = _difference(evaluator(*given, *[xp.array(value) for value in point]))
        if difference is None:
            continue
        met += 1
        largest = max(largest, difference)
        if difference > 10.0**-_TOLERANCE_DIGITS:
            return Comparison(False, met, difference, dict(zip(leaves, point, strict=True)), *values)
    return Comparison(True if met >= 3 or (met and not leaves) else None, met, largest, {})


def _difference(values: Sequence[Any]) -> tuple[float | None, Sequence[Any]]:
    """The largest difference of two values relative to their size, or `None` where one has no value."""
    xp = precise(DIGITS)
    worst = 0.0
    for a, b in numpy.broadcast(*[numpy.asarray(value, dtype=object) for value in values]):
        if not (xp.context.isfinite(a) and xp.context.isfinite(b)):
            return None, values
        worst = max(worst, float(abs(a - b) / max(1, abs(a), abs(b))))
    return worst, values


def _points(leaves: Sequence[Node], points: int, seed: int) -> Iterator[list[Any]]:
    """Values for the leaves: the same simple number everywhere, simple numbers mixed, then random ones."""
    chance = random.Random(seed)
    for number in _SIMPLE:
        yield [_filled(leaf, lambda number=number: number) for leaf in leaves]
    # With few variables, the simplest counterexample has most of them 0 or 1.
    for mix in itertools.islice(itertools.product(_SIMPLE[:4], repeat=min(len(leaves), 4)), 64):
        numbers = itertools.cycle(mix)
        yield [_filled(leaf, lambda numbers=numbers: next(numbers)) for leaf in leaves]
    for _ in range(points):
        yield [_filled(leaf, lambda: Fraction(chance.randint(-300, 300), 100)) for leaf in leaves]
    for _ in range(points // 2):
        # Formulas with roots and logarithms may only have values at positive numbers.
        yield [_filled(leaf, lambda: Fraction(chance.randint(1, 300), 100)) for leaf in leaves]


def _filled(leaf: Node, number: Any) -> Any:
    if not leaf.shape:
        return number()
    rows, columns = (axis.size or _SAMPLES for axis in leaf.shape)
    return [[number() for _ in range(columns)] for _ in range(rows)]
