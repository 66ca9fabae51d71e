"""Samples that are scaled when they are looked at: bytes of images stay bytes, and a file stays on disk."""

from __future__ import annotations

from typing import Any, Literal

import numpy
from numpy.typing import NDArray

from chalkgrad.reading.scaling import Scaler

__all__ = ["ScaledRows", "is_on_disk"]

Array = NDArray[Any]


class ScaledRows:
    """An array of samples by features, of which rows are scaled as they are taken.

    It has of an array what training asks for: `shape`, `dtype`, `nbytes`, rows by their numbers, and `take`.

    Args:
        raw: the samples as they are, in any type; may be a memory map.
        scaler: what is done to them.
        dtype: the type in which they come.
    """

    def __init__(self, raw: Array, scaler: Scaler, dtype: Any) -> None:
        self.raw, self.dtype = raw, numpy.dtype(dtype)
        self._shift = scaler.shift.astype(self.dtype) if scaler.shift.any() else None
        self._factor = scaler.factor.astype(self.dtype) if (scaler.factor != 1).any() else None
        self._taken: dict[int, Array] = {}

    @property
    def shape(self) -> tuple[int, ...]:
        """How many samples, and of how many features."""
        return self.raw.shape

    @property
    def nbytes(self) -> int:
        """How much memory they take: nothing for what lies on disk."""
        return 0 if is_on_disk(self) else self.raw.nbytes

    def __len__(self) -> int:
        return len(self.raw)

    def __getitem__(self, rows: Any) -> Array:
        return self._scaled(self.raw[rows], numpy.empty(self.raw[rows].shape, self.dtype))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return self[:].astype(self.dtype if dtype is None else dtype, copy=False)

    def take(self, rows: Array, axis: int, out: Array, mode: Literal["raise", "wrap", "clip"] = "clip") -> Array:
        """Rows, scaled, brought into `out` without an allocation, as `numpy.ndarray.take` does it."""
        if len(rows) not in self._taken:
            self._taken = {len(rows): numpy.empty((len(rows), self.shape[1]), self.raw.dtype)}
        raw = self._taken[len(rows)]
        self.raw.take(rows, axis, raw, mode)
        return self._scaled(raw, out)

    def scaled(self, raw: Any) -> Any:
        """Rows as they are, scaled; they may be arrays of another library than NumPy."""
        value = raw.astype(self.dtype)
        value = value if self._shift is None else value - self._shift
        return value if self._factor is None else value * self._factor

    def _scaled(self, raw: Array, out: Array) -> Array:
        if self._shift is not None:
            numpy.subtract(raw, self._shift, out, casting="same_kind")
            raw = out
        if self._factor is not None:
            numpy.multiply(raw, self._factor, out, casting="same_kind")
        elif self._shift is None:
            numpy.copyto(out, raw, casting="same_kind")
        return out


def is_on_disk(x: Any) -> bool:
    """Whether samples are read from a file when they are looked at."""
    array = x.raw if isinstance(x, ScaledRows) else x
    while isinstance(array, numpy.ndarray):
        if isinstance(array, numpy.memmap):
            return True
        array = array.base
    return False
