"""Numbers as they stand on a page: three scripts of digits, points and commas, slashes for points, letters for digits.

Where the digits may be read in more than one way, all ways are given, the likeliest first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from chalkgrad.marking.page.written import Reading
from chalkgrad.reading.numerals import MAXIMUM_DIGITS, latin_digits

__all__ = ["LOOKS_LIKE", "NumberStyle", "WrittenDigits", "number_at", "style_of"]

_D = "[0-9۰-۹٠-٩０-９]"
_POINTS = r"(?:\.|٫|\{,\})"
_PLAIN = re.compile(rf"{_D}+(?:{_POINTS}{_D}+)*|(?:\.|٫){_D}+")
_BROKEN = re.compile(rf"{_D}+\. {_D}+(?![\w.])")
_COMMAS = re.compile(rf"{_D}{{1,60}}(?:,{_D}{{1,60}}){{1,12}}(?![\w.])")
_THOUSANDS = re.compile(
    rf"(?!0){_D}{{1,3}}(?:(?P<mark>\\,|[\u2009\u202f\u00a0٬]){_D}{{3}})(?:(?P=mark){_D}{{3}})*(?!{_D})(?:[.٫]{_D}+)?"
)
_BLANK_THOUSANDS = re.compile(rf"(?!0){_D}{{1,3}}(?: {_D}{{3}}){{1,6}}(?![\w.,/])")
_BROKEN_TYPED = re.compile(
    rf"[0۰]\. {_D}+(?![\w.])|{_D}{{1,2}}\. {_D}{{3,}}(?![\w.])|{_D}{{1,2}}\. {_D}{{2,}}[ \t]*(?=\n|\Z)"
)
# Between two entries of a list stands a blank, or few digits behind it.
_COMMA_IN_LIST = re.compile(rf"0,{_D}{{3,}}(?![\w.])")
_BROKEN_SLASH = re.compile(rf"{_D}+/ {_D}+(?![\w./])")
# Letters that look like digits. Others and a bar do so only directly behind a point, where no factor can begin; and
# behind all digits a letter may as well be one.
_LIKE = "OolISBZ"
_MENDED = re.compile(
    rf"(?=[0-9۰-۹.{{}},٫]{{0,30}}[{_LIKE}DQi|zqgb])(?=[{_LIKE}.{{}},٫]{{0,30}}[0-9۰-۹])"
    rf"[0-9۰-۹{_LIKE}]{{1,20}}{_POINTS}(?:[{_LIKE}DQi|zqgb]?[0-9۰-۹{_LIKE}]{{0,20}}[0-9۰-۹]|[{_LIKE}|])(?![\w.|])"
)
_MENDED_BEHIND = re.compile(rf"[0-9{_LIKE}]{{1,20}}{_POINTS}[0-9{_LIKE}]{{1,20}}[0-9]([{_LIKE}])(?![\w.({{^])")
# Far beyond what anybody writes, and far from where float64 ends.
_LARGEST_EXPONENT = 99
_EXPONENT = re.compile(r"[eE]([+\-−]?)([0-9]{1,3})(?![\w.])")
_SLASHED = re.compile(rf"/({_D}+(?:\.{_D}+)?)(?![\w/^({{]|\*\*|[.,]{_D})")
_SLASHED_FACTOR = re.compile(rf"/({_D}+)(?![\w/]|[.,]{_D})")
# A number with nothing behind it that any of the others takes in; most numbers are such.
_USUAL = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,20})?(?=[)\]}+=*^&−-]|[ \n]?\Z|[ \n](?:\\[a-z]|[^\d%\\\s])|\\[a-z])")
_VULGAR = re.compile(r"([0-9]{0,9})([¼-¾⅐-⅞])")
_PERCENT = re.compile(r" ?\\?%")
LOOKS_LIKE = dict(zip("OolISBZDQi|zqgb", "001158200112996", strict=True))
_ALONE = re.compile(rf"(?<![A-Za-z\d.])[{_LIKE}](?![A-Za-z\d.,/{{٫])")

_POINT_ON_PAGE = re.compile(rf"(?<![\d./]){_D}*[.٫]{_D}+(?![./])")
_COMMA_ON_PAGE = re.compile(rf"(?<![\w.,\[(/]){_D}+(?:,|\{{,\}}){_D}+(?![\w.,\])])")
_SLASH_ON_PAGE = re.compile(rf"(?<![\w/.^}})])({_D}+)/({_D}+)(?![\w/.^])")
_USUAL_DENOMINATORS = frozenset("10 12 15 16 20 24 25 30 32 50 60 64 100 120 128 1000 10000".split())


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How numbers are written on a page.

    Args:
        slash_decimals: whether `4/47` is likely to be 4.47.
        comma_decimals: whether `0,35` is one number inside brackets too.
        percent_comments: whether `%` begins a comment, as in a LaTeX document.
        letters: those that look like digits and stand somewhere by themselves, so that they are names.
    """

    slash_decimals: bool = False
    comma_decimals: bool = False
    percent_comments: bool = False
    letters: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WrittenDigits:
    """A number that was found: where it ends, and the ways to read it; none, and why, where nothing can be meant."""

    end: int
    readings: tuple[Reading, ...] = ()
    why: str = ""


def style_of(text: str) -> NumberStyle:
    """How the numbers of a page are written, told from all of them together.

    A slash is a decimal point where many slashed numbers would be odd fractions, such as `0/35`, and hardly any number
    has a point.

    >>> style_of("a = 0/35, b = 4/47").slash_decimals, style_of("a = 1/2, b = 0.35").slash_decimals
    (True, False)
    """
    slashed = _SLASH_ON_PAGE.findall(text)
    odd = sum(_is_odd(latin_digits(above), latin_digits(below)) for above, below in slashed)
    points = sum(1 for _ in _POINT_ON_PAGE.finditer(text))
    commas = sum(1 for _ in _COMMA_ON_PAGE.finditer(text))
    has_slashes = odd > 0 and 4 * odd >= len(slashed) and 3 * points <= odd
    is_document = "\\documentclass" in text or "\\begin{document}" in text
    return NumberStyle(has_slashes, commas > points, is_document, frozenset(_ALONE.findall(text)))


def _is_odd(above: str, below: str) -> bool:
    """Whether nobody would write this as a fraction."""
    if above.strip("0") == "" or below.startswith("0"):
        return True
    return len(below) > 1 and below not in _USUAL_DENOMINATORS


def number_at(
    text: str, start: int, end: int, style: NumberStyle, *, in_brackets: bool = False, is_typed: bool = True
) -> WrittenDigits | None:
    """Read the number that begins at a place, or give None where none does.

    Args:
        text: the page.
        start: where to read.
        end: where the formula ends.
        style: how numbers are written on this page.
        in_brackets: whether a comma or a blank between two numbers may part them.
        is_typed: whether the formula is typed text, where a blank behind a point is no slip.
    """
    if usual := _USUAL.match(text, start, end):
        return WrittenDigits(usual.end(), _plain_readings(usual[0]))
    if mended := _MENDED.match(text, start, end) or _behind(text, start, end, style):
        return _mended(mended)
    vulgar = _vulgar_fraction(text, start, end)
    if vulgar is not None:
        return vulgar
    thousands = _THOUSANDS.match(text, start, end) or (not in_brackets and _BLANK_THOUSANDS.match(text, start, end))
    if thousands:
        return _with_exponent(text, end, thousands.end(), [re.sub(r"\\,|[^\w.٫]|٬", "", thousands[0])], "", style)
    if broken := _broken(text, start, end, style, is_typed):
        digits = re.sub(r"\s", "", broken[0]).replace("/", ".")
        return _with_exponent(text, end, broken.end(), [digits], "a blank behind the point", style)
    if not in_brackets or style.comma_decimals or _COMMA_IN_LIST.match(text, start, end):
        commas = _COMMAS.match(text, start, end)
        found = _with_commas(text, end, commas, style) if commas else None
        if found is not None:
            return found
    plain = _PLAIN.match(text, start, end)
    return _plain(text, start, end, plain, style) if plain else None


def _behind(text: str, start: int, end: int, style: NumberStyle) -> re.Match[str] | None:
    """`0.22l`: a letter behind a few digits, where it is no name of the page."""
    found = _MENDED_BEHIND.match(text, start, end)
    return found if found and found[1] not in style.letters else None


def _broken(text: str, start: int, end: int, style: NumberStyle, is_typed: bool) -> re.Match[str] | None:
    """A blank behind the point; in typed text only behind a zero, where no sentence ends."""
    found = (_BROKEN_TYPED if is_typed else _BROKEN).match(text, start, end)
    if found is None and style.slash_decimals:
        return _BROKEN_SLASH.match(text, start, end)
    return found


def _plain(text: str, start: int, end: int, plain: re.Match[str], style: NumberStyle) -> WrittenDigits:
    digits = re.sub(r"٫|\{,\}", ".", latin_digits(plain[0]))
    slash = _SLASHED.match(text, plain.end(), end)
    if slash is None and style.slash_decimals:
        # `0/75(1 - a)` and `0/27^2` can be no fractions; `1/2(a - b)^2` can.
        slash = _SLASHED_FACTOR.match(text, plain.end(), end)
        slash = slash if slash and _is_odd(digits, latin_digits(slash[1])) else None
    stands_alone = start == 0 or text[start - 1] not in "/^"
    if slash and digits.isdigit() and stands_alone and (style.slash_decimals or "." not in slash[1]):
        return _slashed(digits, latin_digits(slash[1]), slash.end(), style)
    if digits.count(".") < 2:
        return _with_exponent(text, end, plain.end(), [digits], "", style)
    if digits.count(".") > 2:
        return WrittenDigits(plain.end(), why="this number has more than one point")
    return WrittenDigits(plain.end(), _readings(_one_point(digits), "one of two points left out"))


def _with_commas(text: str, end: int, commas: re.Match[str], style: NumberStyle) -> WrittenDigits | None:
    groups = latin_digits(commas[0]).split(",")
    may_be_thousands = all(len(group) == 3 for group in groups[1:]) and 0 < len(groups[0].lstrip("0")) < 4
    if len(groups) == 2 and not may_be_thousands:
        return _with_exponent(text, end, commas.end(), [".".join(groups)], "", style)
    if len(groups) == 2:
        readings = (
            *_readings([".".join(groups)], "the comma as a decimal point"),
            *_readings(["".join(groups)], "the comma between thousands"),
        )
        return WrittenDigits(commas.end(), readings)
    if may_be_thousands:
        return WrittenDigits(commas.end(), _readings(["".join(groups)], "the commas between thousands"))
    return None


def _slashed(above: str, below: str, end: int, style: NumberStyle) -> WrittenDigits:
    """`4/47`: a fraction, or the Persian way to write 4.47."""
    if len(above) + len(below) > MAXIMUM_DIGITS:
        return WrittenDigits(end, why=f"a number of more than {MAXIMUM_DIGITS} digits")
    if "." in below:
        decimals = _readings(_one_point(f"{above}.{below}"), "one of two points left out")
    else:
        decimals = _readings([f"{above}.{below}"], "the slash as a decimal point")
    denominator = Fraction(below)
    fraction = (Reading(Fraction(above) / denominator, None),) if denominator else ()
    return WrittenDigits(end, decimals + fraction if style.slash_decimals else fraction + decimals)


def _mended(found: re.Match[str]) -> WrittenDigits:
    """`0.S5`: a letter that looks like a digit stands in its place."""
    letters = dict.fromkeys(letter for letter in found[0] if letter in LOOKS_LIKE)
    how = ", ".join(f"{letter} read as {LOOKS_LIKE[letter]}" for letter in letters)
    digits = re.sub(r"٫|\{,\}", ".", "".join(LOOKS_LIKE.get(sign, sign) for sign in found[0]))
    if len(digits) > MAXIMUM_DIGITS:
        return WrittenDigits(found.end(), why=f"a number of more than {MAXIMUM_DIGITS} digits")
    return WrittenDigits(found.end(), _readings([digits], how))


def _with_exponent(text: str, limit: int, end: int, digits: list[str], how: str, style: NumberStyle) -> WrittenDigits:
    """Add an exponent such as `e-3` or a percent sign behind the digits."""
    if len(digits[0]) > MAXIMUM_DIGITS:
        return WrittenDigits(end, why=f"a number of more than {MAXIMUM_DIGITS} digits")
    if exponent := _EXPONENT.match(text, end, limit):
        power = int(("-" if exponent[1] in {"-", "−"} else "") + exponent[2])
        if abs(power) > _LARGEST_EXPONENT:
            return WrittenDigits(exponent.end(), why=f"a power of ten beyond {_LARGEST_EXPONENT}")
        return WrittenDigits(exponent.end(), _readings(digits, how, power))
    percent = _PERCENT.match(text, end, limit)
    if percent and not (style.percent_comments and "\\" not in percent[0]):
        return WrittenDigits(percent.end(), _readings(digits, how, -2))
    return WrittenDigits(end, _readings(digits, how))


def _readings(candidates: list[str], how: str, power: int = 0) -> tuple[Reading, ...]:
    """Digits with one point at most as readings; a power of ten moves the last printed place."""
    found = []
    for digits in candidates:
        whole, _, behind = latin_digits(digits).replace("٫", ".").partition(".")
        decimals = len(behind) - power
        digits_alone = int(whole + behind or "0")
        value = Fraction(digits_alone, 10**decimals) if decimals >= 0 else Fraction(digits_alone * 10**-decimals)
        found.append(Reading(value, decimals if power else max(decimals, 0), how))
    return tuple(found)


@lru_cache(maxsize=20_000)
def _plain_readings(digits: str) -> tuple[Reading, ...]:
    return _readings([digits], "")


def _one_point(digits: str) -> list[str]:
    """`1.5.3` with one of its points left out, in both ways."""
    return list(_points_left_out(digits.split(".")))


def _points_left_out(groups: list[str]) -> Iterator[str]:
    for place in range(1, len(groups)):
        yield "".join(groups[:place]) + "." + "".join(groups[place:])


def _vulgar_fraction(text: str, start: int, end: int) -> WrittenDigits | None:
    """`½` and `2½`."""
    found = _VULGAR.match(text, start, end)
    if found is None:
        return None
    above, _, below = unicodedata.normalize("NFKC", found[2]).partition("\u2044")
    value = int(found[1] or 0) + Fraction(int(above), int(below))
    return WrittenDigits(found.end(), (Reading(value, None),))
