"""Inputs brought to one scale, exactly: the numbers of a longhand solution must not depend on rounding on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

__all__ = ["scaled"]

# Roots are taken to more digits than the second engine has.
_DIGITS = 60

Column = Sequence[Fraction]


def scaled(rows: Sequence[Sequence[Fraction]], how: str) -> tuple[tuple[Fraction, ...], ...]:
    """Scale each input over all samples.

    Args:
        rows: the inputs of each sample.
        how: `standard` (mean 0 and standard deviation 1, of the samples themselves), `0..1` (from the smallest to the
            largest), or `none`.

    Returns:
        The scaled rows. An input that is the same in all samples becomes 0.

    >>> scaled([[Fraction(1)], [Fraction(3)]], "0..1")
    ((Fraction(0, 1),), (Fraction(1, 1),))
    """
    if how == "none" or not rows:
        return tuple(tuple(row) for row in rows)
    scale = _SCALES[how]
    columns = [scale(column) for column in zip(*rows, strict=True)]
    return tuple(zip(*columns, strict=True))


def _zero_to_one(column: Column) -> Column:
    low, high = min(column), max(column)
    return [(value - low) / (high - low) if high > low else Fraction(0) for value in column]


def _standard(column: Column) -> Column:
    mean = sum(column, Fraction(0)) / len(column)
    variance = sum(((value - mean) ** 2 for value in column), Fraction(0)) / len(column)
    deviation = _root(variance)
    return [(value - mean) / deviation if deviation else Fraction(0) for value in column]


def _root(value: Fraction) -> Fraction:
    with localcontext() as context:
        context.prec = _DIGITS
        return Fraction((Decimal(value.numerator) / Decimal(value.denominator)).sqrt())


_SCALES: dict[str, Callable[[Column], Column]] = {"standard": _standard, "0..1": _zero_to_one}
