"""Samples from a NumPy archive; nothing in it is unpickled.

Headers are checked against the size of the file before memory is taken: a few bytes can claim to be terabytes.
"""

from __future__ import annotations

import math
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chalkgrad.errors import Fault, ProblemError, nearest
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.row_store import RowStore, fits_memory

__all__ = ["load_archive"]

_CHUNK = 1_000_000  # so many numbers are looked at a time
_MOST_SQUEEZED = 1032  # deflate packs at most 1032 bytes into one
_MOST_EXACT = {np.float32: 2**24, np.float64: 2**53}  # the largest whole number up to which each is held
_LOCAL_HEADER = struct.Struct("<26xHH")  # of a zip file: how long the name and the extra field behind it are


def load_archive(path: Path, x_name: str, y_name: str | None, budget: int | None = None) -> Dataset:
    """Read samples from a NumPy archive.

    Args:
        path: the `.npz` file.
        x_name: its array of inputs; of more than two dimensions, all but the first are laid out in a row, and samples
            of two (or three, the last of them 1, 3 or 4 channels) are pictures.
        y_name: its array of targets, or None for `y` if there is one.
        budget: the bytes that an array may take in memory; by default half of what is available. Beyond it an array
            that is only stored is mapped as it is, a packed one is unpacked into a file.

    Returns:
        The samples; whole numbers in one dimension are class numbers. Floats and bytes stay as they are, other whole
        numbers become the shortest float that holds each of them.

    Raises:
        ProblemError: `not-npz`, `no-such-array`, `not-numbers`, `wrong-size`, `number-too-long`, `file-not-readable`.
        UsageError: `cannot-write`, when an array does not fit in memory, and not on the disk either.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = tuple(entry.removesuffix(".npy") for entry in archive.namelist())
            wanted_y = y_name or ("y" if "y" in names else None)
            x = _member(path, archive, x_name, budget)
            y = _member(path, archive, wanted_y, budget) if wanted_y else None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ProblemError(Fault("not-npz", f"`{path.name}` is not a NumPy archive: {error}")) from None
    except OSError as error:
        raise ProblemError(Fault("file-not-readable", f"`{path.name}` cannot be read: {error.strerror}")) from None
    return _dataset(path.name, x, y, budget)


@dataclass(frozen=True, slots=True)
class _Header:
    """What an array says of itself: its shape, its type, whether columns come first, and where its numbers start."""

    shape: tuple[int, ...]
    is_fortran: bool
    dtype: np.dtype[Any]
    start: int


def _member(path: Path, archive: zipfile.ZipFile, name: str, budget: int | None) -> NDArray[Any]:
    names = [entry.removesuffix(".npy") for entry in archive.namelist()]
    if name not in names:
        hint = nearest(name, names) or f"it holds {', '.join(names[:12])}"
        raise ProblemError(Fault("no-such-array", f"there is no array `{name}` in {path.name}", hint=hint))
    header = _header(path, archive, name)
    count = math.prod(header.shape)
    if not header.shape or not count:
        raise ProblemError(Fault("wrong-size", f"the array `{name}` in {path.name} holds no samples"))
    if fits_memory(count, header.dtype, budget):
        values = _in_memory(archive, path.name, name)
    else:
        values = _on_disk(path, archive, name, header)
    if values.dtype.kind not in "biuf" or not _all_finite(values):
        message = f"the array `{name}` in {path.name} holds more than finite numbers"
        raise ProblemError(Fault("not-numbers", message))
    return values


def _header(path: Path, archive: zipfile.ZipFile, name: str) -> _Header:
    """The header of an array; one that claims more than its part of the archive can hold is refused."""
    part, file = archive.getinfo(f"{name}.npy"), path.name
    is_packed = part.compress_type != zipfile.ZIP_STORED
    limit = min(part.file_size, path.stat().st_size * (_MOST_SQUEEZED if is_packed else 1))
    try:
        with archive.open(part) as stream:
            version = np.lib.format.read_magic(stream)
            read_header = {
                (1, 0): np.lib.format.read_array_header_1_0,
                (2, 0): np.lib.format.read_array_header_2_0,
            }[version]
            shape, is_fortran, dtype = read_header(stream)
            start = stream.tell()
    except (ValueError, KeyError, TypeError, SyntaxError):
        raise ProblemError(Fault("not-npz", f"the array `{name}` in {file} cannot be read")) from None
    if dtype.hasobject:
        raise ProblemError(Fault("not-numbers", f"the array `{name}` in {file} holds objects; expected numbers"))
    if math.prod(shape) * dtype.itemsize > limit:
        message = f"the header of the array `{name}` in {file} claims more than the file can hold"
        raise ProblemError(Fault("wrong-size", message))
    return _Header(shape, is_fortran, dtype, start)


def _in_memory(archive: zipfile.ZipFile, file: str, name: str) -> NDArray[Any]:
    try:
        with archive.open(f"{name}.npy") as stream:
            return np.asarray(np.lib.format.read_array(stream, allow_pickle=False))
    except (ValueError, TypeError, SyntaxError):
        raise ProblemError(Fault("not-npz", f"the array `{name}` in {file} cannot be read")) from None


def _on_disk(path: Path, archive: zipfile.ZipFile, name: str, header: _Header) -> NDArray[Any]:
    """An array as a map: of its part of the archive if that is only stored, else of a file it is unpacked into."""
    part = archive.getinfo(f"{name}.npy")
    if part.compress_type == zipfile.ZIP_STORED and not part.flag_bits & 1:
        with path.open("rb") as raw:
            raw.seek(part.header_offset)
            lengths = _LOCAL_HEADER.unpack(raw.read(_LOCAL_HEADER.size))
        offset = part.header_offset + _LOCAL_HEADER.size + sum(lengths) + header.start
        order: Any = "F" if header.is_fortran else "C"
        return np.memmap(path, header.dtype, "r", offset, header.shape, order)
    # Columns first is rows first of the same array turned over.
    shape = header.shape[::-1] if header.is_fortran else header.shape
    width = math.prod(shape[1:])
    store = RowStore(width, header.dtype, budget=0)
    with archive.open(part) as stream:
        stream.seek(header.start)
        for rows in _slices(shape[0], width):
            count = len(range(*rows.indices(shape[0]))) * width
            content = stream.read(count * header.dtype.itemsize)
            if len(content) != count * header.dtype.itemsize:
                raise ProblemError(Fault("not-npz", f"the array `{name}` in {path.name} cannot be read"))
            store.append(np.frombuffer(content, header.dtype).reshape(-1, width))
    found = store.finish().reshape(shape)
    return found.T if header.is_fortran else found


def _slices(count: int, width: int) -> Iterator[slice]:
    step = max(1, _CHUNK // max(1, width))
    return (slice(start, start + step) for start in range(0, count, step))


def _all_finite(values: NDArray[Any]) -> bool:
    return values.dtype.kind != "f" or all(
        np.isfinite(values[rows]).all() for rows in _slices(len(values), values[0].size)
    )


def _dataset(name: str, x: NDArray[Any], y: NDArray[Any] | None, budget: int | None) -> Dataset:
    if y is not None and len(x) != len(y):
        message = f"{name} holds {len(x):,} inputs and {len(y):,} targets"
        raise ProblemError(Fault("wrong-size", message, hint="the two arrays must belong together"))
    inputs = _rows_of(x, _held_by(x, name), budget)
    summary = f"{len(inputs):,} samples of {inputs.shape[1]} numbers from {name}"
    made = Dataset(inputs, None, summary=summary, image_shape=_image_shape(x.shape[1:]))
    if y is None:
        return made
    if y.ndim == 1 and y.dtype.kind in "biu" and y.min() >= 0:
        classes = tuple(str(number) for number in range(int(y.max()) + 1)) if y.max() < len(y) else ()
        return replace(made, y=y.astype(np.int64), class_names=classes)
    single = y.dtype.newbyteorder("=") == np.float32
    return replace(made, y=_rows_of(y, np.dtype(np.float32 if single else np.float64), budget))


def _held_by(x: NDArray[Any], name: str) -> np.dtype[Any]:
    """The type that holds each of the inputs: bytes, float32 or float64."""
    native = x.dtype.newbyteorder("=")
    if x.dtype.kind == "b":
        return np.dtype(np.uint8)
    if native in (np.uint8, np.float32, np.float64):
        return native
    if x.dtype.kind == "f":
        return np.dtype(np.float32 if x.dtype.itemsize < 4 else np.float64)
    largest = max(abs(int(x.min())), abs(int(x.max())))
    if largest > _MOST_EXACT[np.float64]:
        message = f"the inputs in {name} reach {largest:,}, and float64 holds whole numbers up to 2^53"
        raise ProblemError(Fault("number-too-long", message, hint="give them in another unit"))
    return np.dtype(np.float32 if largest <= _MOST_EXACT[np.float32] else np.float64)


def _rows_of(values: NDArray[Any], dtype: np.dtype[Any], budget: int | None) -> NDArray[Any]:
    """Samples by numbers, in a type; what is mapped is not copied into memory."""
    if not isinstance(values, np.memmap):
        return values.reshape(len(values), -1).astype(dtype, copy=False)
    if values.dtype == dtype and values.flags.c_contiguous:
        return values.reshape(len(values), -1)
    store = RowStore(values[0].size, dtype, budget)
    for rows in _slices(len(values), values[0].size):
        store.append(values[rows].reshape(-1, values[0].size))
    return store.finish()


def _image_shape(shape: tuple[int, ...]) -> tuple[int, ...] | None:
    if len(shape) == 3 and shape[2] in (1, 3, 4):
        return shape[:2] if shape[2] == 1 else shape
    return shape if len(shape) == 2 else None
