"""What two values side by side can mean: on a page, a product is whatever the sizes allow.

Values are NumPy arrays with no axis (numbers), one (vectors, neither rows nor columns) or two (matrices).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy

from chalkgrad.marking.choosing import Unresolved

__all__ = ["added", "as_value", "products_of", "same_value"]


def as_value(array: Any) -> Any:
    """An array with the axes of length 1 taken away: a row and a column are the same vector."""
    if isinstance(array, float):
        return numpy.float64(array)
    found = numpy.asarray(array)
    if found.ndim and found.dtype == numpy.float64 and 1 not in found.shape:
        return found
    # Recorded numbers are objects.
    return numpy.squeeze(found if found.dtype == object else found.astype(numpy.float64, copy=False))[()]


def products_of(left: Any, right: Any, sign: str, is_dot: bool | None = None) -> list[Any]:
    """The values that `left sign right` can have, the likeliest first.

    Args:
        left: the value before.
        right: the value after.
        sign: what stands between; empty for nothing.
        is_dot: for two vectors, whether transposition signs say that it is a dot product (or else an outer one).

    Raises:
        Unresolved: if the sizes fit in no way.
    """
    options = list(_options(left, right, sign, is_dot))
    if not options:
        raise Unresolved(f"the sizes {_size(left)} and {_size(right)} do not fit")
    return options


def _options(left: Any, right: Any, sign: str, is_dot: bool | None) -> Iterator[Any]:
    if left.ndim == 0 or right.ndim == 0:
        yield left * right
    elif left.ndim == right.ndim == 1:
        yield from _vectors(left, right, sign, is_dot)
    elif sign in ("⊙", "*") and left.shape == right.shape:
        yield left * right
    elif left.ndim == 1:
        yield from _vector_and_matrix(left, right)
    elif right.ndim == 1:
        yield from _vector_and_matrix(right, left.T)
    else:
        yield from _matrices(left, right, sign)


def _vectors(left: Any, right: Any, sign: str, is_dot: bool | None) -> Iterator[Any]:
    if left.shape != right.shape:
        yield numpy.outer(left, right)
        return
    if sign in ("⊙", "*"):
        yield left * right
        return
    entries, dot, outer = left * right, left @ right, numpy.outer(left, right)
    # Whoever writes vectors as rows has a bᵀ for a dot product, so the signs only say what comes first.
    yield from {None: (entries, dot, outer), True: (dot, outer, entries), False: (outer, dot, entries)}[is_dot]


def _vector_and_matrix(vector: Any, matrix: Any) -> Iterator[Any]:
    """A vector before a matrix; after it is the same with the matrix transposed."""
    rows, columns = matrix.shape
    if vector.size == rows:
        yield vector @ matrix
    if vector.size == columns:
        yield matrix @ vector
        yield matrix * vector
    if vector.size == rows:
        yield matrix * vector[:, None]


def _matrices(left: Any, right: Any, sign: str) -> Iterator[Any]:
    for one in (left, left.T):
        for other in (right, right.T):
            if one.shape[1] == other.shape[0]:
                yield one @ other
    if left.shape == right.shape and sign in ("", "·", "×"):
        yield left * right


def added(left: Any, right: Any) -> Any:
    """The sum of two values; a number or a vector is added to each row.

    Raises:
        Unresolved: if the sizes do not fit.
    """
    if left.ndim == right.ndim == 2 and left.shape != right.shape and left.shape == right.T.shape:
        return left + right.T
    try:
        return left + right
    except ValueError:
        raise Unresolved(f"{_size(left)} and {_size(right)} cannot be added") from None


def same_value(left: Any, right: Any, tolerance: float = 1e-6) -> bool:
    """Whether two values agree, up to transposition, relative to the size of the larger."""
    if isinstance(left, float) and isinstance(right, float):
        is_finite = math.isfinite(left) and math.isfinite(right)
        return is_finite and abs(left - right) <= tolerance * max(1e-3, abs(right))
    left, right = as_value(left), as_value(right)
    if left.shape != right.shape:
        if left.ndim != 2 or left.T.shape != right.shape:
            return False
        left = left.T
    if not (numpy.isfinite(left).all() and numpy.isfinite(right).all()):
        return False
    close = tolerance * max(1e-3, float(numpy.abs(right).max(initial=0.0)))
    if bool((numpy.abs(left - right) <= close).all()):
        return True
    is_square = left.ndim == 2 and left.shape[0] == left.shape[1]
    return is_square and bool((numpy.abs(left.T - right) <= close).all())


def _size(value: Any) -> str:
    return {0: "a number", 1: f"{value.size} numbers"}.get(value.ndim) or "×".join(map(str, value.shape))
