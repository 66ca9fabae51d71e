"""Damaged digits: whether one confused glyph would make a line right."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from chalkgrad.marking.arithmetic import Arithmetic, NumberPart
from chalkgrad.marking.digits import DigitStyle, Misreading, misreadings, plain_numbers
from chalkgrad.marking.fitting import How
from chalkgrad.marking.page.written import Number

__all__ = ["Mending", "explained", "mending_of"]

# One glyph that a reader always takes for another may stand several times in a line.
_MOST_TOGETHER, _MOST_NUMBERS_TOGETHER = 3, 7
_MOST_HYPOTHESES = 1_000
# In a long line one confused glyph of many would explain too much.
_MOST_NUMBERS = 40
_ALIKE = ("17", "06", "38", "27", "5S", "01", "1/", "1.", "23")
_LOST = frozenset("01.")
_FAR = 3


def _swaps() -> dict[str, dict[str, int]]:
    """For each glyph that was read, what may have been meant, and how far that is."""
    found: dict[str, dict[str, int]] = {}
    for pair in _ALIKE:
        one, other = pair[0], pair[1]
        found.setdefault(one, {})[other] = found.setdefault(other, {})[one] = 1
    for glyph in "/,":
        found.setdefault(glyph, {})["."] = 0
    return found


_SWAPS = _swaps()


@dataclass(frozen=True, slots=True)
class Mending:
    """Another reading of some numbers of a line, under which it is right.

    Args:
        readings: the other values, by place.
        words: what was confused, with the numbers.
        suggestion: what stands for what, as in "0.138 for 0.738".
    """

    readings: Mapping[int, Misreading]
    words: str
    suggestion: str


def mending_of(
    parts: Sequence[NumberPart], arithmetic: Arithmetic, how_fits: Callable[[NumberPart], How], style: DigitStyle
) -> Mending | None:
    """The likeliest reading of the numbers of a line, one glyph confused, under which it is right, or `None`.

    Args:
        parts: those of its parts that are numbers alone.
        arithmetic: works them out.
        how_fits: how well the last part is what it is said to be.
        style: how numbers are written on the page.
    """
    line = _Line(parts, arithmetic, how_fits)
    within: Mending | None = None
    for readings, misread in itertools.islice(_hypotheses(line, style), _MOST_HYPOTHESES):
        again = line.read_as(readings)
        if again is None or (any(m.is_all for _, m in misread) and not line.is_all(again)):
            continue
        found = _mending(readings, misread)
        if arithmetic.is_exact(again):
            return found
        within = within or found
    return within or _of_result(line, style)


def _mending(readings: Mapping[int, Misreading], misread: Sequence[tuple[Number, Misreading]]) -> Mending:
    said = ", ".join(f"{m.text} for {n.text}" for n, m in misread)
    return Mending(readings, "; ".join(dict.fromkeys(m.words for _, m in misread)), said)


def _of_result(line: _Line, style: DigitStyle) -> Mending | None:
    """Another reading of the result under which it fits and is what some part before it comes to.

    What was rounded on the way may keep the other parts from being the same number, as in a line that was read rightly.
    """
    *before, last = line.parts
    if not before or not last.is_printed:
        return None
    for number in plain_numbers(last.term):
        for misread in misreadings(number, style):
            (again,) = line.arithmetic.again([last], {number.start: misread}) or (last,)
            if misread.is_all or line.how_fits(again) > How.FOLLOWS:
                continue
            if any(line.arithmetic.equal(part, again) for part in before):
                return _mending({number.start: misread}, [(number, misread)])
    return None


class _Line:
    """A line that does not hold, and where it does not.

    Args:
        parts: those of its parts that are numbers alone.
        arithmetic: works them out.
        how_fits: how well the last part is what it is said to be.
    """

    def __init__(
        self, parts: Sequence[NumberPart], arithmetic: Arithmetic, how_fits: Callable[[NumberPart], How]
    ) -> None:
        self.parts, self.arithmetic, self.how_fits = parts, arithmetic, how_fits
        self._equal = [arithmetic.equal(one, other) for one, other in itertools.pairwise(parts)]
        self._has_result = how_fits(parts[-1]) <= How.LOOSELY

    def may_lie_at(self, places: Collection[int]) -> bool:
        """Whether the line may hold with other numbers in some of its parts, the others as they are."""
        if not self._has_result and len(self.parts) - 1 not in places:
            return False
        return all(held or place in places or place + 1 in places for place, held in enumerate(self._equal))

    def read_as(self, readings: Mapping[int, Misreading]) -> Sequence[NumberPart] | None:
        """The parts with some numbers read in another way, or `None` if the line does not hold with them."""
        again = self.arithmetic.again(self.parts, readings)
        if len(again) != len(self.parts):
            return None
        changed = {n for n, part in enumerate(again) if part is not self.parts[n]}
        if not self.may_lie_at(changed) or (len(again) - 1 in changed and self.how_fits(again[-1]) > How.LOOSELY):
            return None
        pairs = {n for place in changed for n in (place - 1, place) if 0 <= n < len(self._equal)}
        return again if all(self.arithmetic.equal(again[n], again[n + 1]) for n in sorted(pairs)) else None

    def is_all(self, again: Sequence[NumberPart]) -> bool:
        """Whether the line holds with nothing rounded at all."""
        return self.how_fits(again[-1]) is How.TRUE and self.arithmetic.is_exact(again)


Hypothesis = tuple[dict[int, Misreading], list[tuple[Number, Misreading]]]


def _hypotheses(line: _Line, style: DigitStyle) -> Iterator[Hypothesis]:
    """One number read otherwise: digits, then points, then a sign that was lost; then the same digits in several."""
    every = [
        (number, place, list(misreadings(number, style)))
        for place, part in enumerate(line.parts)
        for number in plain_numbers(part.term)
    ]
    last = len(line.parts) - 1
    alone = [(number, options) for number, place, options in every if line.may_lie_at((place,))]
    if len(alone) > _MOST_NUMBERS:
        return
    yield from _single(alone, lambda misread: bool(misread.pair))
    yield from _single(alone, lambda misread: not misread.pair)
    yield from _without_minus([number for number, place, _ in every if place == last and line.may_lie_at((last,))])
    is_long = len(every) > _MOST_NUMBERS
    for pair in dict.fromkeys(m.pair for *_, options in every for m in options if m.pair and not is_long):
        yield from _together([(number, options) for number, _, options in every], pair)
    yield from _without_minus([number for number, place, _ in every if place != last and line.may_lie_at((place,))])


def _without_minus(numbers: Sequence[Number]) -> Iterator[Hypothesis]:
    """One number whose minus was lost."""
    for number in numbers:
        lost = _lost_minus(number)
        yield {number.start: lost}, [(number, lost)]


def _single(
    every: Sequence[tuple[Number, list[Misreading]]], wanted: Callable[[Misreading], bool]
) -> Iterator[Hypothesis]:
    """One number read otherwise."""
    for number, options in every:
        for misread in filter(wanted, options):
            if misread.value == float(number.value):
                continue
            yield {number.start: misread}, [(number, misread)]


def _lost_minus(number: Number) -> Misreading:
    decimals = max(0, number.readings[0].decimals or 0)
    return Misreading(-float(number.value), f"-{float(number.value):.{decimals}f}", "a minus sign that was lost")


def _together(every: Sequence[tuple[Number, list[Misreading]]], pair: str) -> Iterator[Hypothesis]:
    """Several numbers of a line with the same confusion; each may also have it twice."""
    choices: list[list[tuple[Number, Misreading] | None]] = []
    for number, options in every:
        found: list[tuple[Number, Misreading] | None] = [(number, m) for m in options if m.pair == pair]
        if number.text.count(pair[0]) > 1:
            text = number.text.replace(pair[0], pair[1])
            try:
                both = Misreading(float(text), text, f"a {pair[1]} read as {pair[0]}", pair)
            except ValueError:
                pass
            else:
                found.append((number, both))
        if found:
            choices.append([None, *found])
    if not 1 <= len(choices) <= _MOST_NUMBERS_TOGETHER:
        return
    for chosen in itertools.product(*choices):
        misread = [pair_ for pair_ in chosen if pair_ is not None]
        is_twice = len(misread) == 1 and misread[0][1].text.count(pair[1]) > misread[0][0].text.count(pair[1]) + 1
        if (1 < len(misread) <= _MOST_TOGETHER) or is_twice:
            yield {number.start: m for number, m in misread}, misread


@lru_cache(maxsize=50_000)
def explained(text: str, target: float, most: int = 3) -> int | None:
    """How many confused or lost glyphs turn a number into what was read, or `None` if more than a few.

    Args:
        text: the digits as they were read, with a sign perhaps.
        target: the number that may have stood there.
        most: how many glyphs may be confused.
    """
    digits = text.lstrip("-−+")
    lost_sign = int(("-" in text or "−" in text) != (target < 0) and target != 0)
    best: int | None = None
    shown = max(1, len(re.sub(r"\D", "", digits)) - 1)
    for decimals in range(max(1, shown - 1), min(6, shown + 2)):
        for scaled in _rounded_and_cut(abs(target), decimals):
            cost = _distance(digits, scaled, most) + lost_sign
            if cost <= most and (best is None or cost < best):
                best = cost
    return best


def _rounded_and_cut(size: float, decimals: int) -> list[str]:
    rounded = f"{size:.{decimals}f}"
    cut = f"{int(size * 10**decimals) / 10**decimals:.{decimals}f}"
    return list(dict.fromkeys([rounded, cut]))


@lru_cache(maxsize=50_000)
def _distance(read: str, meant: str, most: int) -> int:
    """An edit distance in which glyphs that look alike are near, and a slash is a point; a larger one is cut short."""
    if abs(len(read) - len(meant)) > most:
        return most + 1
    gaps = [_gap(glyph) for glyph in meant]
    row = [0, *itertools.accumulate(gaps)]
    for glyph in read:
        row = _next_row(row, glyph, meant, gaps)
        if min(row) > most:
            return most + 1
    return row[-1]


def _next_row(last: Sequence[int], glyph: str, meant: str, gaps: Sequence[int]) -> list[int]:
    """The distances of what was read so far, one glyph further, from each beginning of what was meant."""
    own, swaps = _gap(glyph), _SWAPS.get(glyph, {})
    cost = last[0] + own
    row = [cost]
    for place, other in enumerate(meant):
        cost += gaps[place]
        swapped = last[place] + (0 if glyph == other else swaps.get(other, _FAR))
        if swapped < cost:
            cost = swapped
        if last[place + 1] + own < cost:
            cost = last[place + 1] + own
        row.append(cost)
    return row


def _gap(glyph: str) -> int:
    return 1 if glyph in _LOST else _FAR
