"""Samples that are arrays already: IDX images and labels, NumPy archives, the sets that ship with scikit-learn.

Headers are checked against the size of the file before memory is taken: a few bytes can claim to be terabytes.
"""

from __future__ import annotations

import gzip
import math
import struct
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from chalkgrad.errors import Fault, ProblemError, UsageError, nearest
from chalkgrad.reading.data_sources import Dataset

__all__ = ["load_archive", "load_images", "load_set"]

_MOST_BYTES = 4 * 1024**3
_GZIP_MAGIC = b"\x1f\x8b"
_MOST_SQUEEZED = 1032  # deflate packs at most 1032 bytes into one
_BYTE_TYPE = 0x08
_IDX_TYPES = {0x09: "signed bytes", 0x0B: "short integers", 0x0C: "integers", 0x0D: "floats", 0x0E: "doubles"}


def load_images(images: Path, labels: Path) -> Dataset:
    """Read images and labels from two IDX files, packed with gzip or not.

    Returns:
        The samples: `x` holds one image a row, its pixels row by row; `y` the class numbers.

    Raises:
        ProblemError: `not-idx`, `wrong-size`, `file-not-readable`.

    Source of the format: LeCun, Cortes and Burges, The MNIST database.
    """
    pixels, classes = _idx(images, dimensions=3), _idx(labels, dimensions=1)
    if len(pixels) != len(classes):
        message = f"{images.name} holds {len(pixels):,} images and {labels.name} {len(classes):,} labels"
        raise ProblemError(Fault("wrong-size", message, hint="the two files must belong together"))
    x = pixels.reshape(len(pixels), -1).astype(np.float64)
    names = tuple(str(number) for number in range(int(classes.max()) + 1))
    size = f"{pixels.shape[1]} by {pixels.shape[2]}"
    summary = f"{len(x):,} images of {size} from {images.name}, {len(names)} classes"
    return Dataset(x, classes.astype(np.int64), _pixel_names(pixels.shape), names, summary)


def _pixel_names(shape: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(f"pixel {row},{column}" for row in range(1, shape[1] + 1) for column in range(1, shape[2] + 1))


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
    content = stream.read(wanted + 1)
    if len(content) != wanted:
        more = "more" if len(content) > wanted else f"{len(content):,}"
        raise ProblemError(Fault("wrong-size", f"the header of {name} claims {wanted:,} bytes, and there are {more}"))
    return np.frombuffer(content, dtype=np.uint8).reshape(shape)


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
        x_name: its array of inputs; of more than two dimensions, all but the first are laid out in a row.
        y_name: its array of targets, or None for `y` if there is one.

    Returns:
        The samples; whole numbers in one dimension are class numbers.

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
    if values.dtype.kind not in "biuf" or not np.isfinite(values).all():
        raise ProblemError(Fault("not-numbers", f"the array `{name}` in {file} holds more than finite numbers"))
    if values.ndim == 0 or values.size == 0:
        raise ProblemError(Fault("wrong-size", f"the array `{name}` in {file} holds no samples"))
    return np.asarray(values)


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
    inputs = x.reshape(len(x), -1).astype(np.float64)
    summary = f"{len(inputs):,} samples of {inputs.shape[1]} numbers from {name}"
    if y is None:
        return Dataset(inputs, None, summary=summary)
    if y.ndim == 1 and y.dtype.kind in "biu" and y.min() >= 0:
        classes = tuple(str(number) for number in range(int(y.max()) + 1)) if y.max() < len(y) else ()
        return Dataset(inputs, y.astype(np.int64), (), classes, summary)
    return Dataset(inputs, y.reshape(len(y), -1).astype(np.float64), summary=summary)


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
    summary = f"{len(x):,} samples of {x.shape[1]} numbers: {name} of scikit-learn"
    if not hasattr(bunch, "target_names"):
        return Dataset(x, np.asarray(bunch.target, dtype=np.float64).reshape(-1, 1), features, (), summary)
    classes = tuple(str(entry) for entry in bunch.target_names)
    return Dataset(x, np.asarray(bunch.target, dtype=np.int64), features, classes, f"{summary}, {len(classes)} classes")
