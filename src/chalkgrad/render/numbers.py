"""Numbers as they are printed: rounded as by hand, never to nothing, and always with the truth about `=` or `≈`."""

from __future__ import annotations

import math
import numbers
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from chalkgrad.errors import EvaluationError, Fault, ProblemError
from chalkgrad.render.boxes import Box, NumberBox, Script, Sign, TextBox, row

__all__ = ["NumberStyle", "ShownNumber", "show_number"]

_MOST_DIGITS = 40
_LARGEST_WRITTEN_OUT = Fraction(10**7)
_SMALLEST_WRITTEN_OUT = Fraction(1, 10**4)
_LARGEST_INTEGER = 10**15
# About 10^30000; the digits of anything beyond would only fill the memory.
_LARGEST_EXPONENT_OF_TWO = 100_000
_STYLE_TEXT = re.compile(r"\s*(\d+)\s*(significant|decimals?|places)?(?:\s+(?:digits|figures))?\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How numbers are rounded when they are printed.

    Args:
        places: decimals, or significant digits where `significant` is true.
        significant: count significant digits instead of decimals.
    """

    places: int = 4
    significant: bool = False

    @classmethod
    def parse(cls, text: int | str) -> NumberStyle:
        """Read `show.round`: a count of decimals, or a count with `significant`.

        Raises:
            ProblemError: `bad-rounding`, when it is neither, or not between 0 and 40 (1 and 40 significant).

        >>> NumberStyle.parse(3), NumberStyle.parse("4 significant")
        (NumberStyle(places=3, significant=False), NumberStyle(places=4, significant=True))
        """
        match = None if isinstance(text, bool) else _STYLE_TEXT.fullmatch(str(text))
        style = cls(int(match[1]), match[2] == "significant") if match else None
        if style is None or not int(style.significant) <= style.places <= _MOST_DIGITS:
            raise ProblemError(
                Fault(
                    "bad-rounding",
                    f"`{text}` does not say how to round; expected a count of decimals from 0 to {_MOST_DIGITS}, "
                    f"or of significant digits from 1 to {_MOST_DIGITS}.",
                    hint="write `round: 4` or `round: 4 significant`",
                )
            )
        return style


@dataclass(frozen=True, slots=True)
class ShownNumber:
    """A number as it is printed.

    Args:
        box: the printed number as mathematics.
        text: the same in plain ASCII, which `float` reads back.
        exact: the printed number is the number itself, so the relation before it is `=` and not `≈`.
        printed: the printed number as an exact fraction; None for an infinity or what is not a number.
    """

    box: Box
    text: str
    exact: bool
    printed: Fraction | None

    @property
    def value(self) -> Fraction:
        """The printed number exactly, to go on computing with.

        Raises:
            EvaluationError: `not-finite`, for an infinity or what is not a number.
        """
        if self.printed is None:
            raise EvaluationError(Fault("not-finite", f"`{self.text}` cannot be rounded and carried on with."))
        return self.printed

    @property
    def relation(self) -> str:
        """The sign that belongs before it: `=` or `≈`."""
        return "=" if self.exact else "≈"


def show_number(value: Any, style: NumberStyle | None = None) -> ShownNumber:
    """Print a number as by hand: short where it is exact, else rounded half away from zero.

    A number that the asked decimals would leave with fewer than three digits (or fewer than were asked for) is printed
    to as many significant digits instead; below 10⁻⁴ and above 10⁷ it is printed with a power of ten.

    Args:
        value: an int, float, `Fraction`, `Decimal`, NumPy scalar or mpmath `mpf`.
        style: how to round; four decimals unless told.

    >>> show_number(0.593269).text, show_number(Fraction(151, 400)).text, show_number(2.93141e-5).text
    ('0.5933', '0.3775', '2.931e-05')
    """
    style = style or NumberStyle()
    try:
        return _shown(value, style)
    except TypeError:  # a signalling NaN cannot be looked up
        return _shown.__wrapped__(value, style)


# The same number stands in many lines of a solution. Numbers of different types may be equal and yet be meant
# differently (0.1 in binary and in decimal), so they are kept apart.
@lru_cache(maxsize=8192, typed=True)
def _shown(value: Any, style: NumberStyle) -> ShownNumber:
    exact = _exactly(value)
    if isinstance(exact, float):
        return _not_finite(exact)
    size = abs(exact)
    if size == 0 or (size.denominator == 1 and size < _LARGEST_INTEGER):
        return _written_out(exact, size, 0)
    if _too_small_or_large(size) or style.significant:
        return _to_significant(exact, size, max(1, style.places))
    if _digits_shown(size, style.places) < min(3, max(1, style.places)) and not _fits(size, style.places):
        return _to_significant(exact, size, max(1, style.places))
    return _written_out(exact, _round(size, style.places), style.places)


def _exactly(value: Any) -> Fraction | float:
    """The value as an exact fraction; a float only for infinities and what is not a number."""
    if hasattr(value, "_mpf_"):
        return _from_mpf(value._mpf_)
    if isinstance(value, numbers.Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    # The shortest text of a float is what its user wrote: 0.15, not 0.1499999999999999944.
    decimal = value if isinstance(value, Decimal) else Decimal(str(value))
    if not decimal.is_finite():
        return math.nan if decimal.is_nan() else float(decimal)
    is_binary = not isinstance(value, Decimal)
    return _nearest_short_decimal(Fraction(decimal), digits=15, keep=12) if is_binary else Fraction(decimal)


def _from_mpf(parts: tuple[int, int, int, int]) -> Fraction | float:
    """The exact value of an mpmath number, from its sign, mantissa and exponent of two."""
    sign, mantissa, exponent = int(parts[0]), int(parts[1]), int(parts[2])
    if mantissa == 0:
        # mpmath marks its three special numbers by an exponent without a mantissa.
        specials: dict[int, Fraction | float] = {0: Fraction(0), -456: math.inf, -789: -math.inf}
        return specials.get(exponent, math.nan)
    if abs(exponent) > _LARGEST_EXPONENT_OF_TWO:
        return Fraction(0) if exponent < 0 else -math.inf if sign else math.inf
    size = Fraction(mantissa << exponent) if exponent >= 0 else Fraction(mantissa, 1 << -exponent)
    return _nearest_short_decimal(-size if sign else size, digits=40, keep=36)


def _nearest_short_decimal(value: Fraction, digits: int, keep: int) -> Fraction:
    """The decimal of at most `keep` digits that the value differs from by rounding alone, if there is one.

    0.05 · 0.15 at 50 digits is off 0.0075 by 1e-53; by hand it is 0.0075, and 0.00745 rounds up.
    """
    if value == 0:
        return value
    size = abs(value)
    short = _round(size, keep - 1 - _exponent(size))
    close = abs(short - size) * 10**digits <= size
    return (short if value > 0 else -short) if close else value


def _not_finite(value: float) -> ShownNumber:
    if math.isnan(value):
        return ShownNumber(TextBox("not a number"), "nan", False, None)
    infinity = Sign("∞", "prefix")
    box = infinity if value > 0 else row(Sign("−", "prefix"), infinity)
    return ShownNumber(box, "inf" if value > 0 else "-inf", True, None)


def _to_significant(exact: Fraction, size: Fraction, digits: int) -> ShownNumber:
    """Print to significant digits: written out where that is readable, else with a power of ten."""
    rounded = _round(size, digits - 1 - _exponent(size))
    exponent = _exponent(rounded)  # rounding may have carried: 9.9996 to four digits is 10.00
    if _too_small_or_large(rounded):
        return _power_of_ten(exact, rounded, exponent, digits - 1)
    return _written_out(exact, rounded, max(0, digits - 1 - exponent))


def _too_small_or_large(size: Fraction) -> bool:
    return size < _SMALLEST_WRITTEN_OUT or size >= _LARGEST_WRITTEN_OUT


def _written_out(exact: Fraction, rounded: Fraction, places: int) -> ShownNumber:
    is_exact = rounded == abs(exact)
    text = _minus(exact) + _digits(rounded, places, short=is_exact)
    return ShownNumber(NumberBox(text), text, is_exact, Fraction(text))


def _power_of_ten(exact: Fraction, rounded: Fraction, exponent: int, places: int) -> ShownNumber:
    is_exact = rounded == abs(exact)
    mantissa = _minus(exact) + _digits(rounded / Fraction(10) ** exponent, places, short=is_exact)
    power = Script(NumberBox("10"), sup=NumberBox(str(exponent)))
    text = f"{mantissa}e{exponent:+03d}"
    return ShownNumber(row(NumberBox(mantissa), Sign("×", "binary"), power), text, is_exact, Fraction(text))


def _minus(value: Fraction) -> str:
    return "-" if value < 0 else ""


def _digits(size: Fraction, places: int, short: bool) -> str:
    """A size that has at most `places` decimals, written out; `short` leaves trailing zeros away."""
    scaled = str(int(size * 10**places)).rjust(places + 1, "0")
    whole, decimals = (scaled[:-places], scaled[-places:]) if places else (scaled, "")
    if short:
        decimals = decimals.rstrip("0")
    return f"{whole}.{decimals}" if decimals else whole


def _round(size: Fraction, places: int) -> Fraction:
    """Round a size to decimals (negative: to tens, hundreds), half away from zero as by hand."""
    # In whole numbers: every number of a solution comes by here many times, and fractions are slow.
    above, below = size.numerator, size.denominator
    if places >= 0:
        scale = 10**places
        return Fraction((2 * above * scale + below) // (2 * below), scale)
    scale = 10**-places
    return Fraction((2 * above + below * scale) // (2 * below * scale) * scale)


def _exponent(size: Fraction) -> int:
    """The power of ten of the first digit."""
    bits = size.numerator.bit_length() - size.denominator.bit_length()
    guess = math.floor((bits + 1) * math.log10(2)) + 1  # at least as large, and too large by two at most
    above, below = size.numerator, size.denominator
    while above < below * 10**guess if guess >= 0 else above * 10**-guess < below:
        guess -= 1
    return guess


def _fits(size: Fraction, places: int) -> bool:
    """Whether the size needs no more than so many decimals."""
    return bool(10**places % size.denominator == 0)


def _digits_shown(size: Fraction, places: int) -> int:
    """How many of its significant digits so many decimals show; none or fewer when it is smaller than all of them."""
    return places + 1 + _exponent(size)
