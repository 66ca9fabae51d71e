"""An array namespace of 50 digits: the second engine.

Arrays are NumPy object arrays of mpmath numbers, so the very same `forward` of every op runs on it. It holds a context
of its own and so is safe with threads and leaves mpmath's global precision alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy

__all__ = ["DIGITS", "Precise", "precise"]

DIGITS = 50

# Beyond e^11500, about 10^5000, a number is infinite here: towers of powers would fill the memory with its digits.
_LARGEST_LOGARITHM = 11_500
_LARGEST_ANGLE = 10**15
# Numbers of one matrix further apart than this many binary digits are multiplied one by one.
_LONGEST_WHOLE = 2_000


class Precise:
    """The functions of an array namespace that forwards use, on numbers of `digits` decimal digits."""

    def __init__(self, digits: int = DIGITS) -> None:
        from mpmath import MPContext  # type: ignore[import-untyped]

        self.context = MPContext()
        self.context.dps = digits
        context = self.context
        self.pi = +context.pi
        self.exp = _each(lambda v: self._raised(context.exp, v))
        self.expm1 = _each(lambda v: self._raised(context.expm1, v))
        self.log = _each(lambda v: context.log(v) if v > 0 else (-context.inf if v == 0 else context.nan))
        self.log1p = _each(context.log1p)
        self.sqrt = _each(lambda v: context.sqrt(v) if v >= 0 else context.nan)
        self.tanh = _each(context.tanh)
        self.sin = _each(lambda v: self._turned(context.sin, v))
        self.cos = _each(lambda v: self._turned(context.cos, v))
        self.erf = _each(context.erf)
        self.abs = _each(abs)
        self.sign = _each(context.sign)
        self.heaviside = _each(lambda v, at: context.mpf(v > 0) if v != 0 else context.mpf(at), 2)
        self.maximum = _each(lambda a, b: self._pick(max, a, b), 2)
        self.minimum = _each(lambda a, b: self._pick(min, a, b), 2)
        self.power = _each(self._power, 2)
        self.divide = _each(self._divide, 2)
        self._where = _each(lambda test, a, b: context.mpf(a if test else b), 3)

    def exact_number(self, number: Fraction) -> Any:
        """A constant to all digits; whole numbers stay whole, so that powers of them are exact."""
        if number.denominator == 1:
            return self.context.mpf(number.numerator)
        return self.context.mpf(number.numerator) / number.denominator

    def array(self, values: Any) -> Any:
        """Numbers or nested lists of exact numbers as an array of this namespace; a scalar stays one."""
        if isinstance(values, numpy.ndarray) and values.dtype == numpy.float64 and numpy.isfinite(values).all():
            return self._from_floats(values)
        return numpy.frompyfunc(self._number, 1, 1)(numpy.asarray(values, dtype=object))

    def _from_floats(self, values: Any) -> Any:
        """Floats to all their digits, without the many questions that `mpf` asks of each: networks have a million."""
        from mpmath.libmp import from_man_exp  # type: ignore[import-untyped]

        mantissas, exponents = _mantissas(values)
        make = self.context.make_mpf
        numbers = [make(from_man_exp(m, e)) for m, e in zip(mantissas, exponents, strict=True)]
        return _object_array(numbers, numpy.shape(values))

    def matmul(self, left: Any, right: Any) -> Any:
        """The matrix product: each entry worked out exactly, in whole numbers, and rounded once.

        Sums of products of whole numbers are many times quicker than those of mpmath's numbers.
        """
        one = _whole(left)
        if one is None or not _is_finite(right):
            return left @ right
        # A column of zeros adds nothing; behind a ReLU there are many, and in pictures.
        used = [k for k in range(left.shape[1]) if any(one[0][:, k])]
        other = _whole(right[used])
        if other is None:
            return left @ right
        if not used:
            return self.array(numpy.zeros((left.shape[0], right.shape[1])))
        return self._scaled(one[0][:, used] @ other[0], one[1] + other[1])

    def _scaled(self, whole: Any, exponent: int) -> Any:
        """Whole numbers times a power of two, rounded to the digits of this namespace."""
        from mpmath.libmp import from_man_exp, round_nearest

        make, digits = self.context.make_mpf, self.context.prec
        numbers = [make(from_man_exp(int(n), exponent, digits, round_nearest)) for n in whole.flat]
        return _object_array(numbers, whole.shape)

    def _number(self, value: Any) -> Any:
        if isinstance(value, Fraction):
            return self.exact_number(value)
        return self.context.mpf(value)

    def _pick(self, which: Callable[..., Any], a: Any, b: Any) -> Any:
        return self.context.nan if a != a or b != b else self.context.mpf(which(a, b))

    def _power(self, base: Any, exponent: Any) -> Any:
        if self.context.isnan(base) or self.context.isnan(exponent):
            return self.context.nan
        if self.context.isinf(base) or self.context.isinf(exponent):
            return self.context.mpf(float(numpy.float64(base) ** numpy.float64(exponent)))
        if base == 0 and exponent < 0:
            return self.context.inf
        if base < 0 and exponent != int(exponent):
            return self.context.nan
        if base != 0 and abs(exponent * self.context.log(abs(base))) > _LARGEST_LOGARITHM:
            grows = (abs(base) > 1) == (exponent > 0)
            return (
                self.context.inf * (base**1 / abs(base) if _is_odd(exponent) else 1) if grows else self.context.mpf(0)
            )
        return base ** (int(exponent) if exponent == int(exponent) and abs(exponent) < 2**31 else exponent)

    def _raised(self, function: Callable[..., Any], value: Any) -> Any:
        """e to a power, infinite or 0 where it would have thousands of digits before or behind its point."""
        if abs(value) > _LARGEST_LOGARITHM and self.context.isfinite(value):
            value = value * self.context.inf
        return function(value)

    def _turned(self, function: Callable[..., Any], value: Any) -> Any:
        """A function of an angle, which has no value where float64 does not even know its whole turns."""
        return function(value) if abs(value) < _LARGEST_ANGLE else self.context.nan

    def _divide(self, above: Any, below: Any) -> Any:
        if below != 0:
            return above / below
        return self.context.nan if above == 0 else above * self.context.inf

    def where(self, test: Any, chosen: Any, other: Any) -> Any:
        """Entries of `chosen` where the test holds, else of `other`."""
        return self._where(test, chosen, other)

    def sum(self, value: Any, axis: tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
        """The sum over all entries or over axes."""
        return numpy.sum(value, axis=axis, keepdims=keepdims)

    def max(self, value: Any, axis: tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
        """The largest entry, of all or over axes."""
        return numpy.max(value, axis=axis, keepdims=keepdims)

    def result_type(self, *values: Any) -> Any:
        """The dtype of every array of this namespace."""
        return numpy.dtype(object)

    def broadcast_to(self, value: Any, shape: tuple[int, ...]) -> Any:
        """The value repeated to a shape."""
        return numpy.broadcast_to(numpy.asarray(value, dtype=object), shape)

    def stack(self, values: Any) -> Any:
        """Scalars one after the other."""
        return numpy.array(list(values), dtype=object)


def _mantissas(values: Any) -> tuple[list[int], list[int]]:
    """Floats as whole numbers times powers of two."""
    fractions, exponents = numpy.frexp(numpy.ravel(values))
    return numpy.ldexp(fractions, 53).astype(numpy.int64).tolist(), (exponents.astype(numpy.int64) - 53).tolist()


def _is_finite(matrix: Any) -> bool:
    """Whether no entry is an infinity or not a number; mpmath marks those by an exponent without a mantissa."""
    if matrix.dtype != object:
        return bool(numpy.isfinite(matrix).all())
    parts = (entry._mpf_ if hasattr(entry, "_mpf_") else (0, entry - entry == 0, 1) for entry in matrix.flat)
    return all(part[1] or not part[2] for part in parts)


def _whole(matrix: Any) -> tuple[Any, int] | None:
    """A matrix as whole numbers times one power of two, exactly; `None` if they would be too long, or are infinite."""
    if not _is_finite(matrix):
        return None
    mantissas, exponents = _object_mantissas(list(matrix.flat)) if matrix.dtype == object else _mantissas(matrix)
    used = [exponent for mantissa, exponent in zip(mantissas, exponents, strict=True) if mantissa]
    lowest = min(used, default=0)
    if max(used, default=0) - lowest > _LONGEST_WHOLE:
        return None
    numbers = [m << (e - lowest) if m else 0 for m, e in zip(mantissas, exponents, strict=True)]
    return _object_array(numbers, matrix.shape), lowest


def _object_mantissas(entries: list[Any]) -> tuple[list[int], list[int]]:
    """Numbers of mpmath, and floats between them, as whole numbers times powers of two."""
    parts = [entry._mpf_ if hasattr(entry, "_mpf_") else (0, 0, 0) for entry in entries]
    mantissas, exponents = [-part[1] if part[0] else part[1] for part in parts], [part[2] for part in parts]
    floats = [k for k, entry in enumerate(entries) if not hasattr(entry, "_mpf_")]
    given = _mantissas(numpy.array([float(entries[k]) for k in floats]))
    for k, mantissa, exponent in zip(floats, *given, strict=True):
        mantissas[k], exponents[k] = mantissa, exponent
    return mantissas, exponents


def _object_array(entries: list[Any], shape: tuple[int, ...]) -> Any:
    made = numpy.empty(len(entries), dtype=object)
    made[:] = entries
    return made.reshape(shape)


def _is_odd(exponent: Any) -> bool:
    return bool(exponent == int(exponent) and int(exponent) % 2 == 1) if abs(exponent) < 2**64 else False


def _each(scalar: Callable[..., Any], arguments: int = 1) -> Any:
    """A function of scalars, on arrays entry by entry."""
    return numpy.frompyfunc(scalar, arguments, 1)


_of_this_thread = threading.local()


def precise(digits: int = DIGITS) -> Precise:
    """The namespace of this many digits, one for each thread: mpmath changes a context's precision while it works."""
    known: dict[Any, Precise] = _of_this_thread.__dict__
    if digits not in known:
        known[digits] = Precise(digits)
    return known[digits]
