"""Memory that begins at a cache line: vector units read it fastest, and JAX on a processor takes it as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy
from numpy.typing import DTypeLike, NDArray

__all__ = ["ALIGNMENT", "aligned_empty", "is_aligned"]

# The length of a cache line in bytes; also what XLA asks of memory that it does not copy.
ALIGNMENT = 64


def aligned_empty(shape: Sequence[int], dtype: DTypeLike) -> NDArray[Any]:
    """An array of this shape that holds anything; its first entry lies at the beginning of a cache line.

    >>> is_aligned(aligned_empty((3, 5), "float32"))
    True
    """
    kind = numpy.dtype(dtype)
    size = int(numpy.prod(shape, dtype=int)) * kind.itemsize
    raw = numpy.empty(size + ALIGNMENT, dtype=numpy.uint8)
    start = -raw.ctypes.data % ALIGNMENT
    return raw[start : start + size].view(kind).reshape(shape)


def is_aligned(array: NDArray[Any]) -> bool:
    """Whether an array lies row by row in one piece that begins at a cache line."""
    return array.flags.c_contiguous and array.ctypes.data % ALIGNMENT == 0
