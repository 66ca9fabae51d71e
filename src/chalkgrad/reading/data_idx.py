"""Images and labels in IDX files, as those of MNIST are, packed with gzip or not.

Headers are checked against the size of the file before memory is taken: a few bytes can claim to be terabytes.
"""

from __future__ import annotations

import contextlib
import gzip
import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chalkgrad.errors import Fault, ProblemError
from chalkgrad.reading.dataset import Dataset, pixel_names
from chalkgrad.reading.row_store import RowStore, fits_memory

__all__ = ["is_idx", "load_images"]

Bytes = NDArray[np.uint8]

_CHUNK = 16 * 1024**2
_GZIP_MAGIC = b"\x1f\x8b"
_MOST_SQUEEZED = 1032  # deflate packs at most 1032 bytes into one
_BYTE_TYPE = 0x08
_IDX_TYPES = {0x09: "signed bytes", 0x0B: "short integers", 0x0C: "integers", 0x0D: "floats", 0x0E: "doubles"}


def load_images(images: Path, labels: Path | None, budget: int | None = None) -> Dataset:
    """Read images and labels from two IDX files, packed with gzip or not.

    Args:
        images: the file of the images.
        labels: the file of the labels; None where they are not known.
        budget: the bytes that the images may take in memory; by default half of what is available. Beyond it a plain
            file is mapped as it is, a packed one is unpacked into a file.

    Returns:
        The samples: `x` holds one image a row, its pixels row by row, as bytes; `y` the class
        numbers, if there are labels.

    Raises:
        ProblemError: `not-idx`, `wrong-size`, `file-not-readable`.
        UsageError: `cannot-write`, when a packed file does not fit in memory, and not on the disk either.

    Source of the format: LeCun, Cortes and Burges, The MNIST database.
    """
    with _opened(images, 3) as pictures:
        y = None if labels is None else _labels(labels, images.name, pictures.shape[0])
        fits = fits_memory(math.prod(pictures.shape), np.uint8, budget)
        x = pictures.in_memory() if fits else pictures.on_disk()
    shape = pictures.shape[1:]
    made = Dataset(x.reshape(len(x), -1), y, pixel_names(shape), image_shape=shape)
    summary = f"{len(x):,} images of {shape[0]} by {shape[1]} from {images.name}"
    if y is None:
        return replace(made, summary=summary)
    names = tuple(str(number) for number in range(int(y.max()) + 1))
    return replace(made, class_names=names, summary=f"{summary}, {len(names)} classes")


def _labels(path: Path, images: str, count: int) -> NDArray[np.int64]:
    """The labels of so many images."""
    with _opened(path, 1) as classes:
        if classes.shape[0] != count:
            message = f"{images} holds {count:,} images and {path.name} {classes.shape[0]:,} labels"
            raise ProblemError(Fault("wrong-size", message, hint="the two files must belong together"))
        return classes.in_memory().astype(np.int64)


def is_idx(path: Path) -> bool:
    """Whether a file, packed with gzip or not, begins as an IDX file of bytes does."""
    try:
        with path.open("rb") as raw:
            is_packed = raw.read(2) == _GZIP_MAGIC
            raw.seek(0)
            stream: Any = gzip.GzipFile(fileobj=raw) if is_packed else raw
            return bool(stream.read(3) == bytes((0, 0, _BYTE_TYPE)))
    except (OSError, EOFError, zlib.error):
        return False


@contextlib.contextmanager
def _readable(path: Path) -> Iterator[None]:
    """What goes wrong while a file is read is a fault of the file."""
    try:
        yield
    except (OSError, EOFError, zlib.error) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise ProblemError(Fault("file-not-readable", f"`{path.name}` cannot be read: {why}")) from None


@contextlib.contextmanager
def _opened(path: Path, dimensions: int) -> Iterator[_IdxFile]:
    """An IDX file whose header is read."""
    with contextlib.ExitStack() as stack:
        with _readable(path):
            raw = stack.enter_context(path.open("rb"))
            is_packed = raw.read(2) == _GZIP_MAGIC
            raw.seek(0)
            stream: Any = gzip.GzipFile(fileobj=raw) if is_packed else raw
            file = _IdxFile(path, stream, is_packed, _shape(stream, path.name, dimensions))
            file.check_claim()
        yield file


@dataclass(slots=True)
class _IdxFile:
    """A file behind its header."""

    path: Path
    stream: Any
    is_packed: bool
    shape: tuple[int, ...]

    @property
    def wanted(self) -> int:
        """How many bytes the header claims."""
        return math.prod(self.shape)

    def check_claim(self) -> None:
        """Refuse a header that claims nothing, or more than the file can hold."""
        if self.wanted == 0:
            raise ProblemError(Fault("wrong-size", f"{self.path.name} holds no samples"))
        if self.wanted > self.path.stat().st_size * (_MOST_SQUEEZED if self.is_packed else 1):
            claimed = " by ".join(f"{length:,}" for length in self.shape)
            message = f"the header of {self.path.name} claims {claimed} bytes, more than it can hold"
            raise ProblemError(Fault("wrong-size", message))

    def in_memory(self) -> Bytes:
        """The bytes, read into one array."""
        content = np.empty(self.wanted, dtype=np.uint8)
        view, read = content.data, 0
        with _readable(self.path):
            while count := self.stream.readinto(view[read : read + _CHUNK]) if read < self.wanted else 0:
                read += count
            self._check_end(read)
        return content.reshape(self.shape)

    def on_disk(self) -> Bytes:
        """The bytes as a map: of the file itself, or of a file that it is unpacked into."""
        with _readable(self.path):
            return self._unpacked() if self.is_packed else self._mapped()

    def _mapped(self) -> Bytes:
        offset = self.stream.tell()
        there = self.path.stat().st_size - offset
        if there != self.wanted:
            raise self._wrong_length(there)
        return np.memmap(self.path, np.uint8, "r", offset, self.shape)

    def _unpacked(self) -> Bytes:
        width = math.prod(self.shape[1:])
        store = RowStore(width, np.uint8, budget=0)
        step = max(1, _CHUNK // width)
        for start in range(0, self.shape[0], step):
            size = min(step, self.shape[0] - start) * width
            content = self.stream.read(size)
            if len(content) != size:
                raise self._wrong_length(start * width + len(content))
            store.append(np.frombuffer(content, dtype=np.uint8).reshape(-1, width))
        self._check_end(self.wanted)
        return store.finish().reshape(self.shape)

    def _check_end(self, read: int) -> None:
        if read != self.wanted:
            raise self._wrong_length(read)
        if self.stream.read(1):
            raise self._wrong_length(self.wanted + 1)

    def _wrong_length(self, read: int) -> ProblemError:
        there = "more" if read > self.wanted else f"{read:,}"
        message = f"the header of {self.path.name} claims {self.wanted:,} bytes, and there are {there}"
        return ProblemError(Fault("wrong-size", message))


def _shape(stream: Any, name: str, dimensions: int) -> tuple[int, ...]:
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
