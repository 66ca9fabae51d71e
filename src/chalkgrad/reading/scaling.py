"""Inputs brought to one scale: exactly, so that a solution does not depend on rounding on the way, and as arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from chalkgrad.core.aligned import aligned_empty
from chalkgrad.errors import Fault, ProblemError

__all__ = ["Scaler", "scaled"]

# Roots are taken to more digits than the second engine has.
_DIGITS = 60

# So many numbers are scaled at a time: 8 MB in float64.
_BLOCK = 1_000_000

Column = Sequence[Fraction]
Floats = NDArray[np.float64]


def scaled(
    rows: Sequence[Sequence[Fraction]], how: str, fitted_on: Sequence[Sequence[Fraction]] | None = None
) -> tuple[tuple[Fraction, ...], ...]:
    """Scale each input.

    Args:
        rows: the inputs of each sample.
        how: `standard` (mean 0 and standard deviation 1), `0..1` (from the smallest to the largest), or `none`.
        fitted_on: the samples that fix the scale; by default the rows themselves.

    Returns:
        The scaled rows. An input that is the same in all samples becomes 0.

    >>> scaled([[Fraction(1)], [Fraction(3)]], "0..1")
    ((Fraction(0, 1),), (Fraction(1, 1),))
    """
    if how == "none" or not rows:
        return tuple(tuple(row) for row in rows)
    scale = _SCALES[how]
    fixing = rows if fitted_on is None else fitted_on
    pairs = zip(zip(*rows, strict=True), zip(*fixing, strict=True), strict=True)
    return tuple(zip(*[scale(column, known) for column, known in pairs], strict=True))


def _zero_to_one(column: Column, known: Column) -> Column:
    low, high = min(known), max(known)
    return [(value - low) / (high - low) if high > low else Fraction(0) for value in column]


def _standard(column: Column, known: Column) -> Column:
    mean = sum(known, Fraction(0)) / len(known)
    variance = sum(((value - mean) ** 2 for value in known), Fraction(0)) / len(known)
    deviation = _root(variance)
    return [(value - mean) / deviation if deviation else Fraction(0) for value in column]


def _root(value: Fraction) -> Fraction:
    with localcontext() as context:
        context.prec = _DIGITS
        return Fraction((Decimal(value.numerator) / Decimal(value.denominator)).sqrt())


_SCALES: dict[str, Callable[[Column, Column], Column]] = {"standard": _standard, "0..1": _zero_to_one}


@dataclass(frozen=True, eq=False)
class Scaler:
    """What is taken off each input, and what the rest is multiplied by: (x - shift) * factor.

    Args:
        shift: float64, one entry for each input.
        factor: float64, one entry for each input; 0 for an input that is the same in all samples.
    """

    shift: Floats
    factor: Floats

    @classmethod
    def fit(cls, x: NDArray[Any], rows: NDArray[np.int64], how: str) -> Scaler:
        """Find the numbers of a scale from some of the samples, in blocks.

        Args:
            x: samples by inputs; may lie on disk.
            rows: the samples that the numbers are taken from, no others.
            how: `standard`, `0..1` or `none`, as in `scaled`.

        Raises:
            ProblemError: `cannot-be-scaled`, for numbers that float64 cannot hold the spread of.

        >>> Scaler.fit(np.array([[1.0], [3.0], [9.0]]), np.array([0, 1]), "0..1")
        Scaler(shift=array([1.]), factor=array([0.5]))
        """
        if how == "none" or not len(rows):
            return cls(np.zeros(x.shape[1]), np.ones(x.shape[1]))
        low, high = _ends(x, rows)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            shift, spread = (low, high - low) if how == "0..1" else _moments(x, rows)
            # A mean is rounded, so the deviations of one and the same number need not be 0.
            factor = np.where(high > low, 1.0 / spread, 0.0)
        wrong = np.flatnonzero(~np.isfinite(factor) | ~np.isfinite(shift) | ~np.isfinite(spread))
        if wrong.size:
            k = wrong[0]
            message = f"input {k + 1} cannot be scaled: it goes from {low[k]:g} to {high[k]:g}"
            raise ProblemError(
                Fault("cannot-be-scaled", message, hint="give it in another unit, or write `scale: none`")
            )
        return cls(shift, factor)

    def apply(self, x: NDArray[Any], dtype: DTypeLike = np.float64) -> NDArray[Any]:
        """Scale samples; worked out in float64 and kept in `dtype`.

        Args:
            x: samples by inputs.
            dtype: of the answer.
        """
        found = aligned_empty(x.shape, dtype)
        if not self.shift.any() and (self.factor == 1).all():
            found[...] = x
            return found
        for block in _blocks(len(x), x.shape[1]):
            found[block] = (x[block] - self.shift) * self.factor
        return found


def _blocks(count: int, width: int) -> Iterator[slice]:
    size = max(1, _BLOCK // max(1, width))
    return (slice(start, start + size) for start in range(0, count, size))


def _each(x: NDArray[Any], rows: NDArray[np.int64]) -> Iterator[Floats]:
    """The rows as float64, block by block."""
    return (x[rows[block]].astype(np.float64) for block in _blocks(len(rows), x.shape[1]))


def _ends(x: NDArray[Any], rows: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """The smallest and the largest number of each input."""
    ends = [(block.min(axis=0), block.max(axis=0)) for block in _each(x, rows)]
    return np.min([low for low, _ in ends], axis=0), np.max([high for _, high in ends], axis=0)


def _moments(x: NDArray[Any], rows: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Mean and standard deviation in two passes; the second also takes out what rounding left in the mean.

    Source: Chan, Golub and LeVeque, Algorithms for computing the sample variance (1983), equation 1.8.
    """
    count = len(rows)
    mean = sum((block.sum(axis=0) for block in _each(x, rows)), np.zeros(x.shape[1])) / count
    first, second = np.zeros(x.shape[1]), np.zeros(x.shape[1])
    for block in _each(x, rows):
        block -= mean
        first += block.sum(axis=0)
        second += np.square(block, out=block).sum(axis=0)
    return mean + first / count, np.sqrt((second - first**2 / count) / count)
