"""What a reader of handwriting does to numbers: one glyph taken for another, a point or a minus lost."""

from __future__ import annotations

import random
import re

# 5 becomes a letter; the others are taken for each other.
PAIRS = ("17", "06", "38", "27")
READER_PAIRS = ("17", "06", "38")
PERSIAN = "۰۱۲۳۴۵۶۷۸۹"
_DIGIT = rf"[\d{PERSIAN}]"
_NUMBER = rf"(?<![\d.\w{PERSIAN}])(?P<minus>-\s?)?(?P<digits>{_DIGIT}+(?P<point>POINT){_DIGIT}+)"
NUMBER = re.compile(_NUMBER.replace("POINT", r"\.|٫|\{,\}"))
SLASHED = re.compile(_NUMBER.replace("POINT", "/"))


def _others(glyph: str, pairs: tuple[str, ...]) -> list[str]:
    return [pair[1 - pair.index(glyph)] for pair in pairs if glyph in pair]


def undone(text: str) -> list[float]:
    """All numbers that a printed number may have been before one glyph of it was damaged."""
    sign, digits = (-1.0, text[1:]) if text.startswith("-") else (1.0, text)
    found = [
        digits[:place] + other + digits[place + 1 :]
        for place, glyph in enumerate(digits)
        for other in _others(glyph, PAIRS)
    ]
    bare = digits.replace(".", "")
    found += [bare[:place] + "." + bare[place:] for place in range(len(bare) + 1)]
    return [sign * float(candidate) for candidate in found if candidate != digits and candidate.strip(".")]


def damaged(text: str, chance: random.Random, slashed: bool = False) -> str | None:
    """A line with one glyph of one number damaged, or nothing where no number has a point.

    Args:
        text: the line.
        chance: where choices come from.
        slashed: whether decimals stand behind a slash on this page.
    """
    numbers = list((SLASHED if slashed else NUMBER).finditer(text))
    chance.shuffle(numbers)
    for match in numbers:
        ways = _ways(match, may_slash=r"\frac" in text or "/" not in text)
        if ways:
            return text[: match.start()] + chance.choice(ways) + text[match.end() :]
    return None


def _ways(match: re.Match[str], may_slash: bool) -> list[str]:
    digits, point, minus = match["digits"], match["point"], match["minus"] or ""
    whole, _, part = digits.partition(point)
    ways = [
        digits[:place] + other + digits[place + 1 :]
        for place, glyph in enumerate(digits)
        for other in _others(glyph, READER_PAIRS)
    ]
    if "5" in digits:
        ways.append(digits.replace("5", "S", 1))
    ways.append(whole + part)
    if len(part) > 1:
        ways.append(f"{whole}{part[0]}{point}{part[1:]}")
    # Where a slash is a division, nobody could tell.
    if point in ".٫" and may_slash:
        ways.append(f"{whole}/{part}")
    before = match.string[: match.start()].rstrip()
    signed = [minus + way for way in ways]
    # A minus between two terms is none of a number's; one after a bracket or a sign of equality is.
    if minus and (before.endswith(("(", "=", "&", "approx", "≈", "[", ",", "}")) or not before):
        signed += [digits, digits]
    return signed
