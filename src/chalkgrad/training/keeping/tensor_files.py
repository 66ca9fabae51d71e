"""Named arrays in one file, in the safetensors format: numbers and texts, and nothing that could be run.

Each file carries a fingerprint of everything in it, so that one bit that changed on a disk is noticed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from chalkgrad.errors import Fault, ProblemError, UsageError
from chalkgrad.training.keeping.foreign_files import foreign_kind
from chalkgrad.training.keeping.tensor_header import (
    DTYPES,
    LENGTH_BYTES,
    MOST_HEADER_BYTES,
    TensorHeader,
    read_header,
    shown_name,
)

__all__ = ["Arrays", "packed", "read_tensors"]

Arrays = dict[str, NDArray[Any]]

FINGERPRINT = "sha256"
_HEAD_BYTES = 256  # enough to tell what a foreign file is


def packed(
    arrays: Mapping[str, NDArray[Any]], metadata: Mapping[str, str], allowed: Sequence[str] = tuple(DTYPES)
) -> bytes:
    """The bytes of a file with these arrays and texts; the same for the same content, whatever its order.

    Args:
        arrays: each array by its name, of any layout in memory.
        metadata: texts beside them.
        allowed: the kinds of number that may be kept, as the format spells them.

    Raises:
        UsageError: `wrong-dtype`, for an array that such a file would not keep as it is.
    """
    from safetensors.numpy import save

    laid_out = {name: _laid_out(name, arrays[name], allowed) for name in sorted(arrays)}
    raw = save(laid_out)
    start = LENGTH_BYTES + int.from_bytes(raw[:LENGTH_BYTES], "little")
    body = memoryview(raw)[start:]
    tree = json.loads(raw[LENGTH_BYTES:start])
    texts = {**metadata, FINGERPRINT: _fingerprint(tree, metadata, body)}
    # The package writes texts in another order each time.
    header = json.dumps({"__metadata__": dict(sorted(texts.items())), **tree}, separators=(",", ":")).encode()
    header += b" " * (-len(header) % LENGTH_BYTES)  # so that the arrays start where processors like them to
    return b"".join((len(header).to_bytes(LENGTH_BYTES, "little"), header, body))


def _laid_out(name: str, array: NDArray[Any], allowed: Sequence[str]) -> NDArray[Any]:
    """An array row by row and in little-endian bytes, which is all that the package can write."""
    given = np.asarray(array)
    wanted = given.dtype.newbyteorder("<")
    if wanted not in [DTYPES[word] for word in allowed]:
        expected = " or ".join(DTYPES[word].name for word in allowed)
        message = f"{shown_name(name)} holds {given.dtype.name}; expected {expected}"
        raise UsageError(Fault("wrong-dtype", message, hint="turn it into one of these first"))
    return np.asarray(given, dtype=wanted, order="C")


def _fingerprint(entries: Mapping[str, Any], metadata: Mapping[str, str], body: memoryview | bytes) -> str:
    """A hash over names, shapes, texts and numbers."""
    said = json.dumps([entries, dict(metadata)], sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(said.encode())
    digest.update(body)
    return digest.hexdigest()


def read_tensors(
    path: str | Path,
    allowed: Sequence[str] = tuple(DTYPES),
    accept: Callable[[TensorHeader], None] = lambda header: None,
) -> tuple[Arrays, dict[str, str]]:
    """Read a file of arrays; whatever it claims is checked before memory is taken for it.

    Args:
        path: the file.
        allowed: the kinds of number that are read, as the format spells them.
        accept: looks at the header before the arrays are read, and raises what it does not like.

    Returns:
        The arrays, which may be written to, and the texts beside them.

    Raises:
        ProblemError: `file-not-found`, `file-not-readable`, `not-weights`, `damaged-weights`, `wrong-dtype`.
    """
    path = Path(path)
    _check_is_file(path)
    try:
        with path.open("rb") as stream:
            return _read(stream, path.name, allowed, accept)
    except OSError as error:
        raise _unreadable(f"`{path.name}` cannot be read: {error.strerror or error}") from None


def _check_is_file(path: Path) -> None:
    """Refuse what has no content of its own: opening a pipe would wait for somebody to write to it."""
    try:
        is_file, is_folder, is_there = path.is_file(), path.is_dir(), path.exists()
    except (OSError, ValueError) as error:
        raise _unreadable(f"`{path.name}` cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if is_folder:
        inside = next((name for name in ("best.safetensors", "weights.safetensors") if (path / name).is_file()), "")
        hint = f"name `{path.name}/{inside}`" if inside else "name a file in it"
        raise _unreadable(f"`{path.name}` is a directory; expected a file of weights", hint)
    if not is_there:
        raise ProblemError(Fault("file-not-found", f"there is no file `{path}`"))
    if not is_file:
        raise _unreadable(f"`{path.name}` is no file; expected a file of weights")


def _unreadable(message: str, hint: str = "") -> ProblemError:
    return ProblemError(Fault("file-not-readable", message, hint=hint))


def _read(
    stream: IO[bytes], file: str, allowed: Sequence[str], accept: Callable[[TensorHeader], None]
) -> tuple[Arrays, dict[str, str]]:
    size = os.fstat(stream.fileno()).st_size
    head = stream.read(_HEAD_BYTES)
    length = _header_length(head, size, file)
    stream.seek(LENGTH_BYTES)
    text = stream.read(length)
    header = read_header(text, file, size - LENGTH_BYTES - length, allowed)
    accept(header)
    raw = b"".join((head[:LENGTH_BYTES], text, stream.read(size - LENGTH_BYTES - length)))
    metadata = dict(header.metadata)
    _check_fingerprint(metadata, text, raw, file)
    return _unpacked(raw, header, file), metadata


def _header_length(head: bytes, size: int, file: str) -> int:
    """How long the header is, if this can be such a file at all."""
    length = int.from_bytes(head[:LENGTH_BYTES], "little")
    # A true file may start with the bytes of a pickle: they are the length of its header.
    if size > LENGTH_BYTES and head[LENGTH_BYTES : LENGTH_BYTES + 1] == b"{":
        if length <= min(size - LENGTH_BYTES, MOST_HEADER_BYTES):
            return length
        if foreign_kind(head) is None:
            message = f"`{file}` is damaged: its header claims {length:,} bytes, and {size - LENGTH_BYTES:,} follow"
            raise ProblemError(Fault("damaged-weights", message, hint="it may have been cut off: take another copy"))
    raise ProblemError(_foreign(head, file))


def _foreign(head: bytes, file: str) -> Fault:
    if not head:
        return Fault("not-weights", f"`{file}` is empty", hint="its writing may have been cut short: take another copy")
    kind, hint = foreign_kind(head) or ("not a file of weights", "expected one in the safetensors format")
    return Fault("not-weights", f"`{file}` is {kind}", hint=hint)


def _check_fingerprint(metadata: dict[str, str], text: bytes, raw: bytes, file: str) -> None:
    """Take the fingerprint out of the texts, if the file has one, and hold the content against it."""
    kept = metadata.pop(FINGERPRINT, None)
    if kept is None:
        return
    tree = json.loads(text)
    del tree["__metadata__"]
    if _fingerprint(tree, metadata, memoryview(raw)[LENGTH_BYTES + len(text) :]) != kept:
        message = f"`{file}` is damaged: its content is not what was saved"
        hint = f"take another copy; if you changed it yourself, remove `{FINGERPRINT}` from its metadata"
        raise ProblemError(Fault("damaged-weights", message, hint=hint))


def _unpacked(raw: bytes, header: TensorHeader, file: str) -> Arrays:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        found = load(raw)
    except SafetensorError as error:
        message = f"`{file}` is damaged: {error}"
        raise ProblemError(Fault("damaged-weights", message, hint="take another copy of it")) from None
    return {name: found[name] for name in header.entries}
