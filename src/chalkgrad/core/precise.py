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
        return numpy.frompyfunc(self._number, 1, 1)(numpy.asarray(values, dtype=object))

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
