"""Files that are written whole or not at all: under another name first, synced, then renamed."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import IO

from chalkgrad.errors import Fault, UsageError

__all__ = ["extend", "refusal", "write_whole"]

_LONGEST_STEM = 200  # bytes; names have at most 255 in most file systems, and the temporary one is longer

_WHAT_TO_DO = {
    errno.ENOSPC: "make room on this disk, or write to another one",
    errno.EDQUOT: "make room within your quota, or write to another place",
    errno.EFBIG: "this disk takes no file so large: write to another one",
    errno.EROFS: "nothing can be written to this disk: write to another place",
    errno.EACCES: "write to a place that you may change, or ask for the permission",
    errno.EPERM: "write to a place that you may change, or ask for the permission",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.ENOENT: "make the folder first, or name one that is there",
    errno.ENOTDIR: "a part of the path is a file: name a folder that is there",
    errno.EISDIR: "name a file in it",
    errno.EEXIST: "something of that name is there already: choose another name",
    errno.ELOOP: "the link leads to itself: name the file",
    errno.EIO: "the disk reports an error: write to another one",
}


def write_whole(path: str | Path, content: bytes | str) -> None:
    """Write a file whole or not at all, so that neither a crash nor a full disk leaves a half of it behind.

    The content goes to a temporary name in the same folder, to the disk, and then takes the place of the file in one
    move. A link stays a link; a device such as `/dev/stdout` is written as it is, for nothing can take its place.

    Args:
        path: the file; one that is there is replaced and keeps its permissions.
        content: what it shall hold; text is written in UTF-8, with line ends as they are.

    Raises:
        UsageError: `cannot-write`; what stood there before is untouched, and nothing unfinished is left.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(Path(folder, "a.txt"), "whole")
    ...     Path(folder, "a.txt").read_text()
    'whole'
    """
    raw = content.encode() if isinstance(content, str) else content
    try:
        mode = _mode(path)
        if mode is not None and not stat.S_ISREG(mode):
            Path(path).write_bytes(raw)
        else:
            _replace(Path(os.path.realpath(path)), raw, mode)
    except (OSError, ValueError) as error:
        raise refusal(path, error) from error


def refusal(path: str | Path, error: OSError | ValueError) -> UsageError:
    """What to say when the system does not let a path be written, and what to do about it: `cannot-write`.

    Args:
        path: what was to be written.
        error: what the system said; a ValueError stands for a name that no file can have.
    """
    if isinstance(error, ValueError):  # a zero byte in the name
        return UsageError(Fault("cannot-write", f"cannot write {str(path)!r}: {error}"))
    message = f'cannot write "{path}": {error.strerror or error}'
    return UsageError(Fault("cannot-write", message, hint=_WHAT_TO_DO.get(error.errno or 0, "")))


def extend(path: str | Path, keep: int, content: bytes | str) -> int:
    """Put content behind the first `keep` bytes of a file, in the place of whatever stands there, and sync it.

    A crash may leave a part of the content; writing it again with the same `keep` mends that.

    Args:
        path: the file; it must be there.
        keep: how many bytes of it are known to be good.
        content: what shall follow; text is written in UTF-8.

    Returns:
        How many bytes the file now has.

    Raises:
        UsageError: `cannot-write`; the file then ends behind `keep`, if the system lets that be done.
    """
    raw = content.encode() if isinstance(content, str) else content
    try:
        with open(path, "r+b", buffering=0) as file:
            try:
                file.seek(keep)
                file.truncate()
                _write_all(file, raw)
                os.fsync(file.fileno())
            except OSError:
                with suppress(OSError):
                    file.truncate(keep)
                raise
    except (OSError, ValueError) as error:
        raise refusal(path, error) from error
    return keep + len(raw)


def _write_all(file: IO[bytes], raw: bytes) -> None:
    rest = memoryview(raw)
    while rest:
        rest = rest[file.write(rest) :]


def _mode(path: str | Path) -> int | None:
    """What stands at a path and who may do what with it; None where nothing stands.

    A folder is refused, and so is a file that was protected against writing: moving another one over it is writing too.
    """
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return mode


def _replace(path: Path, raw: bytes, mode: int | None) -> None:
    """Write under another name in the same folder, sync, and move it into place."""
    stem = os.fsencode(path.name)[:_LONGEST_STEM].decode("utf-8", "ignore")
    # Processes of two machines may share a number and a folder, and threads share theirs.
    unfinished = path.with_name(f".{stem}.{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        with unfinished.open("xb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            unfinished.chmod(stat.S_IMODE(mode))
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Bring the new name itself to the disk, on systems where a folder can be opened."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
