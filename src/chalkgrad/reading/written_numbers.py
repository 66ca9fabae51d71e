"""Exact numbers that remember how they were typed."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, Self

from chalkgrad.errors import Fault, FormulaError

__all__ = ["WrittenNumber", "exact", "read_written"]

# A float64 has at most 767 digits that matter and no power of ten beyond 308; what is longer is a slip or an attack.
_MOST_DIGITS = 800
_MOST_EXPONENT = 400

_PLAIN = re.compile(r"([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d+))?", re.ASCII)
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")


class WrittenNumber(Fraction):
    """A fraction with the text that it was read from; arithmetic with it gives plain fractions.

    >>> exact("0.10") * 10, str(exact("0.10"))
    (Fraction(1, 1), '0.10')
    """

    __slots__ = ("written",)
    written: str

    def __new__(cls, value: Fraction | int, written: str) -> Self:
        """The number `value`, typed as `written`."""
        number = super().__new__(cls, value)
        number.written = written
        return number

    def __str__(self) -> str:
        return self.written

    def __repr__(self) -> str:
        return f"WrittenNumber({self.written!r})"

    # A Fraction rebuilds itself from numerator and denominator, which would lose the written text.
    def __reduce__(self) -> tuple[Any, ...]:
        return (WrittenNumber, (Fraction(self.numerator, self.denominator), self.written))

    # Fraction makes one of its own class of a float that it is compared with.
    @classmethod
    def from_float(cls, f: Any) -> Any:
        """The fraction that a float is; it was never typed."""
        return Fraction.from_float(f)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: Any) -> Self:
        return self


def exact(text: str) -> WrittenNumber:
    """The number that `text` says, which is known to be one: for defaults and tests."""
    return WrittenNumber(Fraction(text), text)


def plain_number(text: str) -> WrittenNumber | None:
    """The number that `text` says in the way of YAML 1.2 (`1`, `-0.5`, `1e-3`, `0x1F`), or None.

    Raises:
        FormulaError: `number-too-long` for a number with more digits than any float64 has.
    """
    if _BASED.fullmatch(text):
        _refuse_long(text, digits=len(text), exponent=0)
        return WrittenNumber(int(text, 0), text)
    found = _PLAIN.fullmatch(text)
    if found is None or not (found[2] or found[3]):
        return None
    sign, whole, decimals = found[1], found[2], found[3] or ""
    exponent = _exponent(found[4] or "0")
    _refuse_long(text, digits=len(whole) + len(decimals), exponent=exponent)
    digits = int(sign + (whole + decimals))
    power = exponent - len(decimals)
    value = Fraction(digits * 10**power) if power >= 0 else Fraction(digits, 10**-power)
    return WrittenNumber(value, text)


def _exponent(text: str) -> int:
    """The exponent, cut off where its length alone says that it is too large."""
    return int(text) if len(text) <= 9 else 10**9


def _refuse_long(text: str, digits: int, exponent: int) -> None:
    if digits > _MOST_DIGITS or abs(exponent) > _MOST_EXPONENT:
        shown = text if len(text) <= 24 else text[:21] + "..."
        raise FormulaError(
            Fault(
                "number-too-long",
                f"`{shown}` is beyond what a number here can be",
                hint=f"at most {_MOST_DIGITS} digits and powers of ten from -{_MOST_EXPONENT} to {_MOST_EXPONENT}",
            )
        )


def read_written(text: str) -> WrittenNumber:
    """The number that a text says: plain, as a fraction `1/3`, or in any script (`۰٫۳۵`, `0,35`).

    Raises:
        FormulaError: if it says no number.
    """
    stripped = text.strip()
    plain = plain_number(stripped)
    if plain is not None:
        return plain
    above, slash, below = stripped.partition("/")
    if not slash:
        return WrittenNumber(_number_in_any_script(stripped), stripped)
    divisor = read_written(below) if "/" not in below else None
    if not divisor:
        raise FormulaError(Fault("not-a-number", f"`{stripped[:40]}` is not a number"))
    return WrittenNumber(read_written(above) / divisor, stripped)


def _number_in_any_script(text: str) -> Fraction:
    if len(text) > _MOST_DIGITS:
        _refuse_long(text, digits=len(text), exponent=0)
    from chalkgrad.reading.numerals import read_number

    return read_number(text)
