"""What a file is that should hold weights and does not: told by its first bytes, so that nothing of it is run."""

from __future__ import annotations

import re

__all__ = ["foreign_kind"]

_SAVE_AGAIN = "load it where you trust it, and save its arrays with `safetensors.numpy.save_file`"
_FROM_TORCH = "in PyTorch: `safetensors.torch.save_file(model.state_dict(), path)`"
_FROM_KERAS = "in Keras: `safetensors.numpy.save_file({w.path: w.numpy() for w in model.weights}, path)`"
_RUNS_CODE = "it could run code and is not read"

_TORCH_BEFORE_1_6 = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
_PICKLE = re.compile(rb"\x80[\x02-\x05]|[\]})(]q\x00|\(?[dl]p\d+\n|\(?c[\w.]+\n[\w.]+\n")  # the last two: protocol 0
_ZIP = b"PK\x03\x04"
_ZIP_NAME = 30  # where the name of the first member stands, PKWARE APPNOTE.TXT, section 4.3.7
_STARTS = (
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file", _FROM_KERAS),
    (b"\x93NUMPY", "a single NumPy array", _SAVE_AGAIN),
    (b"\x1f\x8b", "packed with gzip", "unpack it first"),
    (b"GGUF", "a GGUF file", _SAVE_AGAIN),
    (b"%PDF", "a PDF", ""),
    (b"version https://git-lfs", "a pointer of Git LFS and not the file itself", "fetch it with `git lfs pull`"),
)


def foreign_kind(head: bytes) -> tuple[str, str] | None:
    """What a file is by its first bytes, and what to do about it, both in words.

    Args:
        head: the first bytes, some 100 or more.

    Returns:
        The kind, to stand behind "it is", and a hint; None where the bytes say nothing known.

    >>> foreign_kind(b"\\x80\\x04\\x95")[0]
    'a pickle: it could run code and is not read'
    """
    if head.startswith(_TORCH_BEFORE_1_6):
        return f"an old PyTorch file, which is a pickle: {_RUNS_CODE}", _FROM_TORCH
    if head.startswith(_ZIP):
        return _kind_of_zip(head)
    for start, kind, hint in _STARTS:
        if head.startswith(start):
            return kind, hint
    if _PICKLE.match(head):
        return f"a pickle: {_RUNS_CODE}", _SAVE_AGAIN
    if head.lstrip()[:1] in (b"{", b"["):
        return "JSON and not weights", ""
    return None


def _kind_of_zip(head: bytes) -> tuple[str, str]:
    """Which program wrote a zip archive: told by the name of its first member, which stands at its start."""
    length = int.from_bytes(head[26:28], "little")
    name = head[_ZIP_NAME : _ZIP_NAME + length].decode("utf-8", "replace")
    if name.endswith((".pkl", "/byteorder", "/.format_version")):
        return f"a PyTorch file, which holds a pickle: {_RUNS_CODE}", _FROM_TORCH
    if name.endswith(".npy"):
        return "a NumPy archive", _SAVE_AGAIN
    if name in ("metadata.json", "config.json", "model.weights.h5"):
        return "a Keras file", _FROM_KERAS
    return "a zip archive", _SAVE_AGAIN
