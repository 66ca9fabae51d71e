"""Numbers as people type them: Latin, Persian and Arabic-Indic digits; decimal point, comma or `٫`; exponents.

Values are exact fractions, so `0.1` is one tenth and nothing is lost before a number is asked for.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction

from chalkgrad.errors import Fault, FormulaError, Place

__all__ = ["MAXIMUM_DIGITS", "MAXIMUM_EXPONENT", "NumberLiteral", "latin_digits", "read_literal", "read_number"]

MAXIMUM_DIGITS = 60
MAXIMUM_EXPONENT = 400

_LATIN = {zero + digit: str(digit) for zero in (0x06F0, 0x0660, 0xFF10) for digit in range(10)}
_SIGNS = {ord(sign): "-" for sign in "−–﹣－"} | {ord("＋"): "+", ord("٫"): ".", ord("،"): ","}
_INVISIBLE = dict.fromkeys(map(ord, "\u200c\u200d\u200e\u200f\u2066\u2067\u2068\u2069\ufeff"))
_NUMBER = re.compile(r"([+-]?)(?:([0-9]+)(?:\.([0-9]*)|,([0-9]+))?|[.,]([0-9]+))(?:[eE]([+-]?[0-9]+))?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:([,٬'_ \u00a0\u202f])[0-9]{3})(?:\1[0-9]{3})*(?:\.[0-9]+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class NumberLiteral:
    """A number and how it was typed. `decimals` counts the digits after the separator; `0.10` has two."""

    value: Fraction
    text: str
    decimals: int = 0
    is_decimal: bool = False


def latin_digits(text: str) -> str:
    """The same text with Persian and Arabic-Indic digits as Latin ones.

    >>> latin_digits("x۱۲")
    'x12'
    """
    return text.translate(_LATIN)


def read_number(text: str, place: Place | None = None) -> Fraction:
    """Read one number exactly.

    Args:
        text: a number with an optional sign, in any of the three scripts of digits: `-0.35`, `۰٫۳۵`, `0,35`, `.35`,
            `1e-3`, `0{,}35`, `½`, `2½`.
        place: where the text stands, for the fault.

    Returns:
        The exact value.

    Raises:
        FormulaError: `not-a-number`, `thousands-separator`, `too-many-digits`, `exponent-too-large`.

    >>> read_number("۰٫۳۵")
    Fraction(7, 20)
    """
    return read_literal(text, place).value


def read_literal(text: str, place: Place | None = None) -> NumberLiteral:
    """Read one number as `read_number` does, and keep how it was typed."""
    if len(text) > 4 * MAXIMUM_DIGITS:
        raise FormulaError(_too_many_digits(place))
    plain = latin_digits(text).translate(_SIGNS).translate(_INVISIBLE).replace("{,}", ",").strip()
    found = _NUMBER.fullmatch(plain)
    if found is None:
        return _read_vulgar_fraction(text, plain, place)
    sign, whole, behind_point, behind_comma, alone, exponent = found.groups()
    digits, decimals = whole or "", behind_point or behind_comma or alone or ""
    if len(digits) + len(decimals) > MAXIMUM_DIGITS:
        raise FormulaError(_too_many_digits(place))
    scale = _read_exponent(exponent, place) - len(decimals)
    value = int(sign + digits + decimals) * Fraction(10) ** scale
    return NumberLiteral(value, text, len(decimals), bool(decimals or exponent))


def _read_exponent(text: str | None, place: Place | None) -> int:
    """The power of ten behind `e`, within the limit; long digit strings are refused before they are converted."""
    size = (text or "0").lstrip("+-").lstrip("0") or "0"
    if len(size) > 4 or int(size) > MAXIMUM_EXPONENT:
        message = f"the exponent of a number must lie between -{MAXIMUM_EXPONENT} and {MAXIMUM_EXPONENT}"
        raise FormulaError(Fault("exponent-too-large", message, place, "Write the number with a smaller exponent."))
    return int(text or 0)


def _read_vulgar_fraction(text: str, plain: str, place: Place | None) -> NumberLiteral:
    """Read `½`, `2¾`, `-⅓`; whatever is left over is no number."""
    found = re.fullmatch(r"([+-]?)([0-9]{0,60})(\S)", plain, re.ASCII)
    parts = unicodedata.normalize("NFKC", found[3]).split("\u2044") if found else []
    if found is None or len(parts) != 2 or not all(part.isascii() and part.isdigit() for part in parts):
        raise FormulaError(_not_a_number(text, plain, place))
    value = int(found[2] or 0) + Fraction(int(parts[0]), int(parts[1]))
    return NumberLiteral(-value if found[1] == "-" else value, text)


def _not_a_number(text: str, plain: str, place: Place | None) -> Fault:
    """Why a text is no number."""
    shown = text if len(text) <= 40 else f"{text[:40]}..."
    if _THOUSANDS.fullmatch(plain):
        message = f"{shown!r} has separators between thousands, which look like decimal commas"
        return Fault("thousands-separator", message, place, "Leave the separators out: 1234567.5.")
    hint = "Numbers look like 3, -0.35, 0,35, ۰٫۳۵ or 1e-3."
    return Fault("not-a-number", f"a number was expected, but {shown!r} was read", place, hint)


def _too_many_digits(place: Place | None) -> Fault:
    """The fault of a number that is too long."""
    hint = "Round it, or write it with an exponent such as 1e-70."
    return Fault("too-many-digits", f"a number may have at most {MAXIMUM_DIGITS} digits", place, hint)
