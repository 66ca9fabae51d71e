"""Damaged digits: whether one confused glyph would make a line right."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from chalkgrad.marking.arithmetic import Arithmetic, NumberPart
from chalkgrad.marking.digits import Misreading, misreadings, plain_numbers
from chalkgrad.marking.page.written import Number

__all__ = ["Mending", "explained", "mending_of"]

# One glyph that a reader always takes for another may stand several times in a line.
_MOST_TOGETHER, _MOST_NUMBERS_TOGETHER = 3, 7
_MOST_HYPOTHESES = 600
# In a long line one confused glyph of many would explain too much.
_MOST_NUMBERS = 40
_CHEAP = {frozenset(pair) for pair in ("17", "06", "38", "27", "5S", "01", "1/", "1.", "23")}
_LOST = frozenset("01.")


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
    parts: Sequence[NumberPart],
    arithmetic: Arithmetic,
    is_right: Callable[[Sequence[NumberPart]], bool],
    persian: bool,
) -> Mending | None:
    """The likeliest reading of the numbers of a line, one glyph confused, under which it is right, or `None`.

    Args:
        parts: those of its parts that are numbers alone.
        arithmetic: works them out.
        is_right: whether the line is right with these parts.
        persian: whether the page has Persian digits.
    """
    numbers = [number for part in parts for number in plain_numbers(part.term)]
    if len(numbers) > _MOST_NUMBERS:
        return None
    within: Mending | None = None
    for readings, misread in itertools.islice(_hypotheses(numbers, parts[-1].term.start, persian), _MOST_HYPOTHESES):
        again = arithmetic.again(parts, readings)
        if not is_right(again):
            continue
        said = ", ".join(f"{m.text} for {n.text}" for n, m in misread)
        found = Mending(readings, "; ".join(dict.fromkeys(m.words for _, m in misread)), said)
        if arithmetic.is_exact(again):
            return found
        within = within or found
    return within


Hypothesis = tuple[dict[int, Misreading], list[tuple[Number, Misreading]]]


def _hypotheses(numbers: Sequence[Number], last: int, persian: bool) -> Iterator[Hypothesis]:
    """One number read otherwise: digits, then points, then a sign that was lost; then the same digits in several."""
    every = [(number, list(misreadings(number, persian))) for number in numbers]
    yield from _single(every, lambda misread: bool(misread.pair))
    yield from _single(every, lambda misread: not misread.pair)
    result = [number for number in numbers if number.start >= last]
    yield from _without_minus(result)
    for pair in dict.fromkeys(m.pair for _, options in every for m in options if m.pair):
        yield from _together(every, pair)
    yield from _without_minus([number for number in numbers if number.start < last])


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


def _distance(read: str, meant: str, most: int) -> int:
    """An edit distance in which glyphs that look alike are near, and a slash is a point."""
    row = [0]
    for glyph in meant:
        row.append(row[-1] + _gap(glyph))
    for glyph in read:
        last, row = row, [row[0] + _gap(glyph)]
        for place, other in enumerate(meant):
            row.append(min(last[place] + _swap(glyph, other), last[place + 1] + _gap(glyph), row[place] + _gap(other)))
        if min(row) > most:
            return most + 1
    return row[-1]


def _gap(glyph: str) -> int:
    return 1 if glyph in _LOST else 3


def _swap(read: str, meant: str) -> int:
    if read == meant or (read in "/," and meant == "."):
        return 0
    return 1 if frozenset((read, meant)) in _CHEAP else 3
