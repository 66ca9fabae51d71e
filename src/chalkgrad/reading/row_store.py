"""Rows of numbers that come block by block: in memory up to a budget, beyond it in a file that is mapped."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from chalkgrad.errors import Fault, UsageError
from chalkgrad.reading.memory import memory_budget

__all__ = ["RowStore", "fits_memory"]


def fits_memory(count: int, dtype: DTypeLike, budget: int | None = None) -> bool:
    """Whether so many numbers may be in memory.

    Args:
        count: how many numbers.
        dtype: their type; what is shorter than float32 counts as float32, in which it is worked with.
        budget: the bytes they may take; by default half of the available memory.
    """
    return count * max(4, np.dtype(dtype).itemsize) <= (memory_budget() if budget is None else budget)


class RowStore:
    """Collects rows; no more of them are in memory than the budget allows.

    The file, where there is one, lies in the folder for temporary files (`TMPDIR`) and is removed with the last array
    that reads it, at the latest when Python ends.

    Args:
        width: how many numbers a row has.
        dtype: of what type they are.
        budget: the bytes that may be in memory; by default half of what is available.
    """

    def __init__(self, width: int, dtype: DTypeLike, budget: int | None = None) -> None:
        self.width, self.dtype = width, np.dtype(dtype)
        self.rows = 0
        self._budget = memory_budget() if budget is None else budget
        self._kept = bytearray()
        self._folder: Path | None = None
        self._file: IO[bytes] | None = None
        self._removal: weakref.finalize[..., Any] | None = None

    def append(self, block: NDArray[Any]) -> None:
        """Add rows.

        Raises:
            UsageError: `cannot-write`, when the file cannot be written, as on a full disk.
        """
        content = np.ascontiguousarray(block, self.dtype).reshape(-1).view(np.uint8).data
        self.rows += len(block)
        if self._file is None and fits_memory(self.rows * self.width, self.dtype, self._budget):
            self._kept += content
            return
        try:
            self._opened().write(content)
        except OSError as error:
            raise self._refusal(error) from None

    def finish(self) -> NDArray[Any]:
        """All rows: an array in memory, or a map of the file that can only be read."""
        if self._file is None:
            return np.frombuffer(self._kept, self.dtype).reshape(self.rows, self.width)
        assert self._folder is not None
        assert self._removal is not None
        try:
            with self._file as file:
                file.seek(0)
                self._write_header(file)
        except OSError as error:
            raise self._refusal(error) from None
        mapped: NDArray[Any] = np.load(self._folder / "rows.npy", mmap_mode="r")
        self._removal.detach()
        weakref.finalize(mapped, shutil.rmtree, self._folder, ignore_errors=True)
        return mapped

    def _opened(self) -> IO[bytes]:
        """The file, with all that was in memory moved into it."""
        if self._file is None:
            self._folder = Path(tempfile.mkdtemp(prefix="chalkgrad-"))
            self._file = (self._folder / "rows.npy").open("wb")
            self._removal = weakref.finalize(self, _discard, self._file, self._folder)
            self._write_header(self._file)
            self._file.write(self._kept)
            self._kept = bytearray()
        return self._file

    def _write_header(self, file: IO[bytes]) -> None:
        # NumPy leaves room in the header for the number of rows to grow, so that it can be written again.
        header = {"descr": np.lib.format.dtype_to_descr(self.dtype), "fortran_order": False}
        np.lib.format.write_array_header_1_0(file, {**header, "shape": (self.rows, self.width)})

    def _refusal(self, error: OSError) -> UsageError:
        if self._removal is not None:
            self._removal()
        folder = self._folder or Path(tempfile.gettempdir())
        message = f"the samples do not fit in memory, and cannot be written to {folder.parent}: {error.strerror}"
        return UsageError(Fault("cannot-write", message, hint="set TMPDIR to a folder with more room"))


def _discard(file: IO[bytes], folder: Path) -> None:
    with contextlib.suppress(OSError):  # what could not be written before cannot be written now
        file.close()
    shutil.rmtree(folder, ignore_errors=True)
