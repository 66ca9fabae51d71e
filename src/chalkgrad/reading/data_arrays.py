"""Samples that are arrays already: IDX images and labels, NumPy archives, the sets that ship with scikit-learn.

Headers are checked against the size of the file before memory is taken: a few bytes can claim to be terabytes.
"""

from __future__ import annotations

import gzip
import math
import struct
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from chalkgrad.errors import Fault, ProblemError, UsageError, nearest
from chalkgrad.reading.dataset import Dataset

__all__ = ["load_archive", "load_images", "load_set", "pixel_names"]

_MOST_BYTES = 4 * 1024**3
_CHUNK = 16 * 1024**2
_GZIP_MAGIC = b"\x1f\x8b"
_MOST_SQUEEZED = 1032  # deflate packs at most 1032 bytes into one
_MOST_EXACT = {np.float32: 2**24, np.float64: 2**53}  # the largest whole number up to which each is held
_BYTE_TYPE = 0x08
_IDX_TYPES = {0x09: "signed bytes", 0x0B: "short integers", 0x0C: "integers", 0x0D: "floats", 0x0E: "doubles"}


def load_images(images: Path, labels: Path) -> Dataset:
    """Read images and labels from two IDX files, packed with gzip or not.

    Returns:
        The samples: `x` holds one image a row, its pixels row by row, as bytes; `y` the class numbers.

    Raises:
        ProblemError: `not-idx`, `wrong-size`, `file-not-readable`.

    Source of the format: LeCun, Cortes and Burges, The MNIST database.
    """
    pixels, classes = _idx(images, dimensions=3), _idx(labels, dimensions=1)
    if len(pixels) != len(classes):
        message = f"{images.name} holds {len(pixels):,} images and {labels.name} {len(classes):,} labels"
        raise ProblemError(Fault("wrong-size", message, hint="the two files must belong together"))
    x = pixels.reshape(len(pixels), -1)
    names = tuple(str(number) for number in range(int(classes.max()) + 1))
    size = f"{pixels.shape[1]} by {pixels.shape[2]}"
    summary = f"{len(x):,} images of {size} from {images.name}, {len(names)} classes"
    shape = pixels.shape[1:]
    return Dataset(x, classes.astype(np.int64), pixel_names(shape), names, summary, image_shape=shape)


def pixel_names(shape: tuple[int, ...]) -> tuple[str, ...]:
    """What the pixels of a picture are called, row by row, and their channels one by one.

    Args:
        shape: rows and columns, and the channels if there are any.

    >>> pixel_names((1, 2)), pixel_names((1, 1, 3))
    (('pixel 1,1', 'pixel 1,2'), ('pixel 1,1 red', 'pixel 1,1 green', 'pixel 1,1 blue'))
    """
    channels = ("",) if len(shape) == 2 else (" red", " green", " blue", " alpha")[: shape[2]]
    places = ((row, column) for row in range(1, shape[0] + 1) for column in range(1, shape[1] + 1))
    return tuple(f"pixel {row},{column}{channel}" for row, column in places for channel in channels)


def _idx(path: Path, dimensions: int) -> NDArray[np.uint8]:
    try:
        with path.open("rb") as raw:
            is_packed = raw.read(2) == _GZIP_MAGIC
            raw.seek(0)
            limit = path.stat().st_size * (_MOST_SQUEEZED if is_packed else 1)
            stream: Any = gzip.GzipFile(fileobj=raw) if is_packed else raw
            return _idx_array(stream, path.name, dimensions, limit)
    except (OSError, EOFError, zlib.error) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise ProblemError(Fault("file-not-readable", f"`{path.name}` cannot be read: {why}")) from None


def _idx_array(stream: IO[bytes], name: str, dimensions: int, limit: int) -> NDArray[np.uint8]:
    shape = _idx_shape(stream, name, dimensions)
    wanted = math.prod(shape)
    if wanted == 0:
        raise ProblemError(Fault("wrong-size", f"{name} holds no samples"))
    if wanted > min(limit, _MOST_BYTES):
        claimed = " by ".join(f"{size:,}" for size in shape)
        raise ProblemError(Fault("wrong-size", f"the header of {name} claims {claimed} bytes, more than it can hold"))
    content = np.empty(wanted, dtype=np.uint8)
    read = _filled(stream, content)
    if read != wanted or stream.read(1):
        more = "more" if read == wanted else f"{read:,}"
        raise ProblemError(Fault("wrong-size", f"the header of {name} claims {wanted:,} bytes, and there are {more}"))
    return content.reshape(shape)


def _filled(stream: IO[bytes], content: NDArray[np.uint8]) -> int:
    """Read into an array, without a second copy beside it; how many bytes there were."""
    view, read = content.data, 0
    while read < len(view):
        count = stream.readinto(view[read : read + _CHUNK])  # type: ignore[attr-defined]
        if not count:
            break
        read += count
    return read


def _idx_shape(stream: IO[bytes], name: str, dimensions: int) -> tuple[int, ...]:
    head = stream.read(4)
    if len(head) < 4 or head[:2] != b"\0\0":
        message = f"{name} is not an IDX file: expected it to start with two zero bytes"
        raise ProblemError(Fault("not-idx", message, hint="images and labels of MNIST are such files"))
    kind, found = head[2], head[3]
    if kind != _BYTE_TYPE:
        read = _IDX_TYPES.get(kind, f"type 0x{kind:02X}")
        raise ProblemError(Fault("not-idx", f"{name} holds {read}; expected unsigned bytes"))
    if found != dimensions:
        swapped = "images and labels may have changed places" if found in (1, 3) else ""
        message = f"{name} has {found} dimensions; expected {dimensions}"
        raise ProblemError(Fault("not-idx", message, hint=swapped))
    sizes = stream.read(4 * dimensions)
    if len(sizes) < 4 * dimensions:
        raise ProblemError(Fault("not-idx", f"{name} ends within its header"))
    return struct.unpack(f">{dimensions}I", sizes)


def load_archive(path: Path, x_name: str, y_name: str | None) -> Dataset:
    """Read samples from a NumPy archive; nothing in it is unpickled.

    Args:
        path: the `.npz` file.
        x_name: its array of inputs; of more than two dimensions, all but the first are laid out in a row, and samples
            of two (or three, the last of them 1, 3 or 4 channels) are pictures.
        y_name: its array of targets, or None for `y` if there is one.

    Returns:
        The samples; whole numbers in one dimension are class numbers. Floats and bytes stay as they are, other whole
        numbers become the shortest float that holds each of them.

    Raises:
        ProblemError: `not-npz`, `no-such-array`, `not-numbers`, `wrong-size`, `file-not-readable`.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = tuple(entry.removesuffix(".npy") for entry in archive.namelist())
            wanted_y = y_name or ("y" if "y" in names else None)
            x = _member(archive, path.name, x_name, names)
            y = _member(archive, path.name, wanted_y, names) if wanted_y else None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ProblemError(Fault("not-npz", f"`{path.name}` is not a NumPy archive: {error}")) from None
    except OSError as error:
        raise ProblemError(Fault("file-not-readable", f"`{path.name}` cannot be read: {error.strerror}")) from None
    return _archive_dataset(path.name, x, y)


def _member(archive: zipfile.ZipFile, file: str, name: str, names: tuple[str, ...]) -> NDArray[Any]:
    if name not in names:
        hint = nearest(name, names) or f"it holds {', '.join(names[:12])}"
        raise ProblemError(Fault("no-such-array", f"there is no array `{name}` in {file}", hint=hint))
    _check_claim(archive, file, name)
    try:
        with archive.open(f"{name}.npy") as stream:
            values = np.lib.format.read_array(stream, allow_pickle=False)
    except (ValueError, TypeError, SyntaxError):
        raise ProblemError(Fault("not-npz", f"the array `{name}` in {file} cannot be read")) from None
    if values.dtype.kind not in "biuf" or not _all_finite(values):
        raise ProblemError(Fault("not-numbers", f"the array `{name}` in {file} holds more than finite numbers"))
    if values.ndim == 0 or values.size == 0:
        raise ProblemError(Fault("wrong-size", f"the array `{name}` in {file} holds no samples"))
    return np.asarray(values)


def _all_finite(values: NDArray[Any]) -> bool:
    flat = values.reshape(-1)
    return values.dtype.kind != "f" or all(
        np.isfinite(flat[start : start + _CHUNK]).all() for start in range(0, flat.size, _CHUNK)
    )


def _check_claim(archive: zipfile.ZipFile, file: str, name: str) -> None:
    """Refuse an array whose header claims more than its part of the archive can hold."""
    part = archive.getinfo(f"{name}.npy")
    limit = min(part.file_size, part.compress_size * _MOST_SQUEEZED, _MOST_BYTES)
    try:
        with archive.open(part) as stream:
            version = np.lib.format.read_magic(stream)
            read_header = {
                (1, 0): np.lib.format.read_array_header_1_0,
                (2, 0): np.lib.format.read_array_header_2_0,
            }[version]
            shape, _, dtype = read_header(stream)
    except (ValueError, KeyError, TypeError, SyntaxError):
        raise ProblemError(Fault("not-npz", f"the array `{name}` in {file} cannot be read")) from None
    if dtype.hasobject:
        raise ProblemError(Fault("not-numbers", f"the array `{name}` in {file} holds objects; expected numbers"))
    if math.prod(shape) * dtype.itemsize > limit:
        message = f"the header of the array `{name}` in {file} claims more than the file can hold"
        raise ProblemError(Fault("wrong-size", message))


def _archive_dataset(name: str, x: NDArray[Any], y: NDArray[Any] | None) -> Dataset:
    if y is not None and len(x) != len(y):
        message = f"{name} holds {len(x):,} inputs and {len(y):,} targets"
        raise ProblemError(Fault("wrong-size", message, hint="the two arrays must belong together"))
    inputs = _inputs(x.reshape(len(x), -1), name)
    summary = f"{len(inputs):,} samples of {inputs.shape[1]} numbers from {name}"
    made = Dataset(inputs, None, summary=summary, image_shape=_image_shape(x.shape[1:]))
    if y is None:
        return made
    if y.ndim == 1 and y.dtype.kind in "biu" and y.min() >= 0:
        classes = tuple(str(number) for number in range(int(y.max()) + 1)) if y.max() < len(y) else ()
        return replace(made, y=y.astype(np.int64), class_names=classes)
    targets = y.reshape(len(y), -1)
    single = targets.dtype.newbyteorder("=") == np.float32
    return replace(made, y=targets.astype(np.float32 if single else np.float64))


def _inputs(x: NDArray[Any], name: str) -> NDArray[Any]:
    """Inputs in a type that holds each of them: bytes, float32 or float64."""
    if x.dtype.kind == "b":
        return x.astype(np.uint8)
    native = x.dtype.newbyteorder("=")
    if native in (np.uint8, np.float32, np.float64):
        return x.astype(native, copy=False)
    if x.dtype.kind == "f":
        return x.astype(np.float32 if x.dtype.itemsize < 4 else np.float64)
    largest = max(abs(int(x.min())), abs(int(x.max())))
    if largest > _MOST_EXACT[np.float64]:
        message = f"the inputs in {name} reach {largest:,}, and float64 holds whole numbers up to 2^53"
        raise ProblemError(Fault("number-too-long", message, hint="give them in another unit"))
    return x.astype(np.float32 if largest <= _MOST_EXACT[np.float32] else np.float64)


def _image_shape(shape: tuple[int, ...]) -> tuple[int, ...] | None:
    if len(shape) == 3 and shape[2] in (1, 3, 4):
        return shape[:2] if shape[2] == 1 else shape
    return shape if len(shape) == 2 else None


def load_set(name: str) -> Dataset:
    """One of the data sets that ship with scikit-learn; nothing is downloaded.

    Raises:
        UsageError: `missing-extra`, when scikit-learn is not installed.
    """
    try:
        from sklearn import datasets
    except ImportError:
        hint = "pip install 'chalkgrad[sklearn]'"
        raise UsageError(Fault("missing-extra", f"the set `{name}` comes with scikit-learn", hint=hint)) from None
    bunch = getattr(datasets, f"load_{name}")()
    x = np.asarray(bunch.data, dtype=np.float64)
    features = tuple(str(feature) for feature in bunch.feature_names)
    shape = tuple(bunch.images.shape[1:]) if hasattr(bunch, "images") else None
    summary = f"{len(x):,} samples of {x.shape[1]} numbers: {name} of scikit-learn"
    made = Dataset(x, None, features, (), summary, image_shape=shape)
    if not hasattr(bunch, "target_names"):
        return replace(made, y=np.asarray(bunch.target, dtype=np.float64).reshape(-1, 1))
    classes = tuple(str(entry) for entry in bunch.target_names)
    numbers = np.asarray(bunch.target, dtype=np.int64)
    return replace(made, y=numbers, class_names=classes, summary=f"{summary}, {len(classes)} classes")
