"""What speaks for a cause beside its number: the letters of the line, the numbers in it, and how rare such a hit is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property

import numpy

from chalkgrad.core.algebra import subtract
from chalkgrad.marking.evidence import Evidence
from chalkgrad.marking.mistakes.rewriting import holds
from chalkgrad.marking.replay import Key, Lane, Replay
from chalkgrad.marking.worlds import leaves_of, worlds_of

__all__ = ["Support"]

# How many times likelier a cause is whose formula is that of the line, letter by letter; and how unlikely one whose
# formula is not, where the line has the right formula no more than the cause does.
_LETTERS_AGREE, _LETTERS_DIFFER = 1e4, 0.02
# What each number in the line is worth that a formula does not use.
_UNUSED = 0.25
# Formulas agree if they do in this many worlds, to this relative error.
_WORLDS, _LETTERS_TOLERANCE = 3, 1e-6
# How likely it is that a number is wrong for a reason that is on no list, beside a mistake of rank 1: at the step
# itself, and at every other open step.
_UNKNOWN, _UNKNOWN_ELSEWHERE = 1.0, 0.2
_MOST_ENTRIES = 3
# A number speaks against a slip if it is so much nearer to what it should be without it.
_MOST_ROUNDED = 0.1


class Support:
    """The weight of evidence for causes of one claim.

    Args:
        evidence: what the page shows.
        replay: the open steps in the writer's world.
    """

    def __init__(self, evidence: Evidence, replay: Replay) -> None:
        self.evidence, self.replay = evidence, replay
        self._fitting: dict[tuple[float, ...], bool] = {}

    def fits(self, values: tuple[float, ...]) -> bool:
        """Whether numbers agree with what the page says."""
        if values not in self._fitting:
            self._fitting[values] = bool(self.evidence.fits(values))
        return self._fitting[values]

    def is_gainsaid(self, lane: Lane) -> bool:
        """Whether another number of the page shows that the steps of a lane were done rightly."""
        return any(self._shows_right(lane, key) for key in lane if key not in self.replay.steps.claimed)

    def _shows_right(self, lane: Lane, key: Key) -> bool:
        evidence, (number, symbol) = self.evidence, key
        for made in evidence.course.stage(number).statements.values():
            if not evidence.is_stated(number, made.symbol) or symbol not in leaves_of(made.formula):
                continue
            said = evidence.world.value(number, made.symbol)
            right, wrong = self.replay.both(lane, number, made.formula)
            if abs(right - said) < _MOST_ROUNDED * abs(wrong - said):
                return True
        return False

    def states_error(self, key: Key) -> bool:
        """Whether the page says the difference of prediction and target that a step uses."""
        stage = self.evidence.course.stage(key[0])
        return any(
            self.evidence.is_stated(key[0], made.symbol)
            and holds(self.replay.steps.statements[key].formula, made.formula)
            for made in stage.side.values()
            if made.formula.op is subtract
        )

    def of_each(self, lanes: Sequence[Lane]) -> list[float]:
        """How much more than its number speaks for what each lane does."""
        letters = self._letters(lanes)
        return [factor * _UNUSED ** self._unused(lane) for factor, lane in zip(letters, lanes, strict=True)]

    def chance(self, values: Sequence[float]) -> float:
        """The weight of a slip that is on no list and hits the number all the same."""
        elsewhere = len(self.replay.steps.keys) - len(self.evidence.symbols)
        weight = _UNKNOWN + _UNKNOWN_ELSEWHERE * max(0, elsewhere)
        shares = []
        for place, (value, plain) in enumerate(zip(values, self.replay.plain, strict=True)):
            width = self._width(values, place)
            if abs(value - plain) > width:
                spread = max(abs(value - plain), 0.1 * abs(value), 0.1 * abs(plain)) if math.isfinite(plain) else 1.0
                shares.append(min(1.0, width / (2 * spread)))
        for share in sorted(shares)[:_MOST_ENTRIES]:
            weight *= share
        return weight * float(_UNUSED ** self._unused({}))

    def _width(self, values: Sequence[float], place: int) -> float:
        """How far a number can be moved before it does not agree with the page any more, from end to end."""
        return sum(self._reach(values, place, direction) for direction in (1.0, -1.0))

    def _reach(self, values: Sequence[float], place: int, direction: float) -> float:
        size = abs(values[place]) or 1.0
        low, high = 0.0, 1e-9 * size
        while high < 10 * size and self._fits_moved(values, place, direction * high):
            low, high = high, 4 * high
        for _ in range(8):
            middle = (low + high) / 2
            if self._fits_moved(values, place, direction * middle):
                low = middle
            else:
                high = middle
        return high

    def _fits_moved(self, values: Sequence[float], place: int, by: float) -> bool:
        moved = list(values)
        moved[place] += by
        return self.fits(tuple(moved))

    # --- letters ------------------------------------------------------------------------------------------------------

    @cached_property
    def _replays(self) -> list[Replay]:
        """The open steps in some sampled worlds."""
        worlds = worlds_of(self.evidence.course, self.evidence.stage) if self.evidence.formulas else ()
        return [Replay(self.replay.steps, world) for world in worlds]

    @cached_property
    def _readings(self) -> list[list[tuple[float, ...]]]:
        """What the letters of the line give in each of those worlds, for each way of reading them."""
        found = []
        for formula in self.evidence.formulas:
            said = [formula(replay.world) for replay in self._replays]
            numbers = [tuple(map(float, one)) for one in said if one is not None and len(one) == self._size]
            if len(numbers) == len(self._replays) >= _WORLDS and numbers not in found:
                found.append(numbers)
        return found

    @property
    def _size(self) -> int:
        return len(self.evidence.symbols)

    @cached_property
    def has_right_letters(self) -> bool:
        """Whether the letters of the line are right, so that the slip is in the numbers alone."""
        return any(
            all(_close(replay.plain, said) for replay, said in zip(self._replays, reading, strict=True))
            for reading in self._readings
        )

    def _letters(self, lanes: Sequence[Lane]) -> list[float]:
        if not lanes or not self._readings or self.has_right_letters:
            return [1.0] * len(lanes)
        agree: set[int] = set()
        for reading in self._readings:
            left = list(range(len(lanes)))
            for replay, said in zip(self._replays, reading, strict=True):
                rows = replay.run([lanes[number] for number in left]).tolist() if left else []
                left = [number for number, row in zip(left, rows, strict=True) if _close(row, said)]
            agree.update(left)
        return [_LETTERS_AGREE if number in agree else _LETTERS_DIFFER for number in range(len(lanes))]

    # --- numbers in the line ------------------------------------------------------------------------------------------

    def _unused(self, lane: Lane) -> int:
        """How many numbers of the line a formula does not use."""
        operands = self.evidence.operands
        if not operands:
            return 0
        numbers = [abs(n) for values in self.replay.numbers(lane).values() for n in values]
        known = numpy.array([number for number in numbers if math.isfinite(number)])
        return sum(not bool(numpy.any(numpy.abs(known - operand) <= _unit_of(operand))) for operand in operands)


def _close(numbers: Sequence[float], others: Sequence[float]) -> bool:
    return all(
        abs(one - other) <= _LETTERS_TOLERANCE * max(1.0, abs(one), abs(other))
        for one, other in zip(numbers, others, strict=True)
    )


def _unit_of(number: float) -> float:
    """One unit in the last place of a number as it is written."""
    text = repr(float(number))
    mantissa, _, exponent = text.partition("e")
    places = len(mantissa.partition(".")[2].rstrip("0"))
    return float(10.0 ** (int(exponent or 0) - places))
