"""Printed numbers: how exact their digits make them, and what a reader may have taken them for."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy

from chalkgrad.marking.page import written
from chalkgrad.marking.page.written import Number, Term

__all__ = [
    "CONFUSED",
    "DigitStyle",
    "Misreading",
    "Printed",
    "agrees",
    "misreadings",
    "plain_numbers",
    "printed",
    "printed_number",
    "unit_of",
]

# Pairs of glyphs that readers of handwriting confuse, each the one that was read and the one that was meant.
CONFUSED = ("17", "71", "06", "60", "38", "83", "27", "72", "49", "94")
PERSIAN_CONFUSED = ("01", "10", "23", "32", "05", "50", "69", "96", "34", "43")
# So many digits are the beginning and the end of another number by no chance.
_TELLING = 3
_LATIN = str.maketrans({**{chr(0x6F0 + d): str(d) for d in range(10)}, **{chr(0x660 + d): str(d) for d in range(10)}})


@dataclass(frozen=True)
class Printed:
    """Numbers as they are printed, and one unit in the last place of each; arrays of the same shape."""

    value: Any
    unit: Any


@dataclass(frozen=True, slots=True)
class Misreading:
    """What a number may have been before it was read wrongly.

    Args:
        value: the number.
        text: its digits.
        words: what was confused.
        pair: the glyph and what it may have been, as in `71`, or empty for points and signs.
        is_all: whether its digits are all of the number, so that none was rounded off.
    """

    value: float
    text: str
    words: str
    pair: str = ""
    is_all: bool = False

    @property
    def unit(self) -> float:
        """One unit in the last place of its digits."""
        if self.is_all:
            return 0.0
        decimals = len(self.text.partition(".")[2])
        return _place(decimals) if decimals else (1.0 if abs(self.value) >= 10 else 0.0)


def unit_of(number: Number, reading: int = 0) -> float:
    """One unit in the last printed place; 0 for a number that is exact as it stands.

    A whole number of one digit is meant exactly: nobody rounds 4.47 to 4.
    """
    found = number.readings[reading]
    if found.decimals is None:
        return 0.0
    if found.decimals == 0:
        return 1.0 if abs(found.value) >= 10 else 0.0
    # A power of ten behind the digits may put the last of them before the point: 0.67e3 has -1 decimals.
    return _place(found.decimals)


@lru_cache(maxsize=1_000)
def _place(decimals: int) -> float:
    return float(Fraction(10) ** -decimals)


def printed(term: Term, readings: Mapping[int, Misreading] | None = None) -> Printed | None:
    """The numbers of a term that is nothing but printed numbers: one, or a matrix of them; `None` for anything else.

    Args:
        term: what is printed.
        readings: by place, what a number is taken for instead of what was read.
    """
    term = _bare(term)
    readings = readings or {}
    if isinstance(term, written.Matrix):
        rows = [[printed_number(entry, readings) for entry in row] for row in term.rows]
        if any(entry is None for row in rows for entry in row) or len({len(row) for row in rows}) != 1:
            return None
        pairs = numpy.array([[entry for entry in row if entry is not None] for row in rows], dtype=numpy.float64)
        values, units = pairs[..., 0], pairs[..., 1]
        if units.any():
            # Among decimals a whole number has lost the zeros at its end.
            units[units == 0] = units[units > 0].min()
        return Printed(numpy.squeeze(values), numpy.squeeze(units))
    found = printed_number(term, readings)
    return None if found is None else Printed(numpy.float64(found[0]), numpy.float64(found[1]))


def printed_number(term: Term, readings: Mapping[int, Misreading]) -> tuple[float, float] | None:
    """The value and the unit of one printed number, with a sign or a power of ten perhaps."""
    term = _bare(term)
    if isinstance(term, Number):
        if term.start in readings:
            return readings[term.start].value, readings[term.start].unit
        return float(term.value), unit_of(term)
    if isinstance(term, written.Negative):
        found = printed_number(term.operand, readings)
        return None if found is None else (-found[0], found[1])
    if isinstance(term, written.Sum) and len(term.terms) == 1:
        found = printed_number(term.terms[0], readings)
        return found if found is None or term.signs[0] == "+" else (-found[0], found[1])
    if isinstance(term, written.Product) and len(term.factors) == 2:
        ten = _power_of_ten(term.factors[1])
        found = printed_number(term.factors[0], readings)
        return None if ten is None or found is None else (found[0] * ten, (found[1] or 1.0) * ten)
    return None


def _power_of_ten(term: Term) -> float | None:
    term = _bare(term)
    if not isinstance(term, written.Power):
        return None
    base, exponent = printed_number(term.base, {}), printed_number(term.exponent, {})
    if base is None or exponent is None or base[0] != 10 or exponent[0] != int(exponent[0]) or abs(exponent[0]) > 300:
        return None
    return float(10.0 ** exponent[0])


def _bare(term: Term) -> Term:
    while isinstance(term, written.Group | written.Annotated | written.Transpose):
        (term,) = term.children()
    return term


def plain_numbers(term: Term) -> Iterator[Number]:
    """Every number inside a term, from left to right."""
    return (found for found in written.inside(term) if isinstance(found, Number))


def agrees(value: Any, unit: Any, target: Any, slack: Any = 0.0) -> bool:
    """Whether a printed number is a target, rounded or cut off, within one unit in its last place and some slack."""
    if isinstance(value, float) and isinstance(target, float) and isinstance(unit, float) and isinstance(slack, float):
        return _is_near(value, unit, target, slack)
    values, targets = numpy.asarray(value), numpy.asarray(target)
    if values.shape != targets.shape:
        return False
    # Entry by entry: most numbers that are asked after do not even have the first one right.
    rooms = _each(unit, targets.shape), targets.ravel().tolist(), _each(slack, targets.shape)
    return all(map(_is_near, values.ravel().tolist(), *rooms))


def _is_near(value: float, unit: float, target: float, slack: float) -> bool:
    room = unit * (1 + 1e-9) + slack + 1e-9 * max(1.0, abs(target))
    return math.isfinite(target) and bool(abs(value - target) <= room)


def _each(number: Any, shape: tuple[int, ...]) -> Iterable[float]:
    """A number for each entry of a shape, row by row."""
    if isinstance(number, float):
        return itertools.repeat(number)
    array = numpy.asarray(number)
    entries: list[float] = (array if array.shape == shape else numpy.broadcast_to(array, shape)).ravel().tolist()
    return entries


@dataclass(frozen=True, slots=True)
class DigitStyle:
    """How numbers are written on a page.

    Args:
        is_persian: whether decimals stand behind a slash, and so digits are Persian, of which others look alike.
        count: how many digits its numbers mostly have; 0 where that is not known.
        is_significant: whether digits are counted from the first that is no zero, and not from the point.
    """

    is_persian: bool = False
    count: int = 0
    is_significant: bool = False

    @classmethod
    def of(cls, texts: Iterable[str], is_persian: bool = False) -> DigitStyle:
        """The style of a page.

        Args:
            texts: its numbers.
            is_persian: whether decimals stand behind a slash.

        >>> DigitStyle.of(["0.0240", "1.180", "0.4680", "12.34"])
        DigitStyle(is_persian=False, count=4, is_significant=True)
        """
        decimals = [plain for plain in map(_plain_digits, texts) if "." in plain]
        styles = [
            (times, is_significant, count)
            for is_significant in (False, True)
            for count, times in Counter(_length(text, is_significant) for text in decimals).items()
        ]
        _, is_significant, count = max(styles, key=lambda style: (style[0], not style[1]), default=(0, False, 0))
        return cls(is_persian, count, is_significant)

    def excess(self, text: str) -> int:
        """How many digits a number has more than most."""
        return _length(text, self.is_significant) - self.count if self.count else 0


def _length(text: str, is_significant: bool) -> int:
    whole, _, decimals = text.partition(".")
    return len((whole + decimals).lstrip("0")) if is_significant else len(decimals)


def _plain_digits(text: str) -> str:
    return text.translate(_LATIN).replace("{,}", ".").replace(",", ".").replace("٫", ".")


def misreadings(number: Number, style: DigitStyle = DigitStyle()) -> Iterator[Misreading]:
    """What a number may have been if one glyph of it was confused, lost, doubled, or moved.

    Args:
        number: the number as it was read.
        style: how numbers are written on the page; a longer one may have a digit twice, a shorter one have lost one.
    """
    text = _plain_digits(number.text)
    if "/" in text and number.readings[0].decimals:
        text = text.replace("/", ".", 1)
    if number.readings[0].how and number.readings[0].decimals is not None:
        # What was mended when it was read has the digits of what it was taken for.
        text = _decimal(number.readings[0])
    for reading in number.readings[1:]:
        yield Misreading(float(reading.value), _decimal(reading), reading.how or "read another way")
    seen = {text}
    is_persian = style.is_persian or any("٠" <= glyph <= "۹" for glyph in number.text)
    for changed, words, pair, is_all in (*_changed(text, is_persian), *_of_other_length(text, style)):
        if changed in seen or not re.fullmatch(r"\d*\.?\d+", changed):
            continue
        seen.add(changed)
        shown = changed if not changed.startswith(".") else f"0{changed}"
        yield Misreading(float(changed), shown, words, pair, is_all)


def _decimal(reading: written.Reading) -> str:
    return f"{float(reading.value):.{max(0, reading.decimals)}f}" if reading.decimals else str(reading.value)


# The digits, what was confused, the pair of glyphs, and whether the digits must be all of the number.
Changed = tuple[str, str, str, bool]


def _changed(text: str, persian: bool) -> Iterator[Changed]:
    pairs = CONFUSED + (PERSIAN_CONFUSED if persian else ())
    for place, glyph in enumerate(text):
        for pair in pairs:
            if pair[0] == glyph:
                yield text[:place] + pair[1] + text[place + 1 :], f"a {pair[1]} read as {glyph}", pair, False
    if "/" in text:
        yield text.replace("/", ".", 1), "a slash for the decimal point", "", False
        return
    whole, point, decimals = text.partition(".")
    digits = whole + decimals
    for place in range(len(digits)):
        moved = f"{digits[:place].lstrip('0') or '0'}.{digits[place:]}"
        yield moved, "a decimal point that was moved" if point else "a decimal point that was lost", "", False
    yield f"0.0{digits.lstrip('0')}", "a decimal point that was moved", "", False
    if point:
        yield digits.lstrip("0") or "0", "a decimal point too many", "", False


def _of_other_length(text: str, style: DigitStyle) -> Iterator[Changed]:
    """A number without a digit that stands twice, with one that was lost behind its point, or with a zero less there.

    Where that does not make it as long as others are, what it becomes must be all of the number, with none rounded off;
    and then no digit but a zero gets lost.
    """
    excess = style.excess(text)
    for place in range(1, len(text)):
        if text[place] == text[place - 1]:
            yield text[:place] + text[place + 1 :], f"a {text[place]} read twice", "", excess != 1
    whole, _, decimals = text.partition(".")
    for place in (place for place, digit in enumerate(decimals) if digit == "0"):
        yield f"{whole}.{decimals[:place]}{decimals[place + 1 :]}", "a 0 too many", "", True
    is_short = excess == -1 and len((whole + decimals).lstrip("0")) >= _TELLING
    for place, digit in itertools.product(range(len(decimals)), "0123456789" if is_short else "0"):
        yield f"{whole}.{decimals[:place]}{digit}{decimals[place:]}", f"a {digit} that was lost", "", not is_short
