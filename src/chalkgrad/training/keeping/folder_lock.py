"""A folder that one process at a time may write to.

The lock is one of the operating system, held by an open file: it ends with the process, however that ends. So none is
ever left behind, and nothing has to be guessed from the number of a process.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from chalkgrad.errors import Fault, UsageError
from chalkgrad.files import refusal

__all__ = ["held"]

LOCK_NAME = "run.lock"
_PLACE = 1 << 30  # Windows keeps a locked byte from being read, so it is one far behind the text
_BUSY = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder.

    Args:
        folder: the folder; it must be there.

    Raises:
        UsageError: `folder-in-use` with the process that holds it; `cannot-write`.
    """
    path = folder / LOCK_NAME
    try:
        number = _taken(path)
    except OSError as error:
        if error.errno in _BUSY and path.exists():
            raise _in_use(folder, path) from None
        raise refusal(path, error) from error
    try:
        yield
    finally:
        _release(number, path)


def _taken(path: Path) -> int:
    """The open and locked file, with the number of this process in it."""
    while True:
        number = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _lock(number)
            if _is_still_there(number, path):
                os.ftruncate(number, 0)
                os.write(number, f"{os.getpid()}\n".encode())
                return number
        except BaseException:
            os.close(number)
            raise
        os.close(number)  # whoever held it has removed the file meanwhile


if sys.platform == "win32":
    import msvcrt

    def _lock(number: int) -> None:
        os.lseek(number, _PLACE, os.SEEK_SET)
        msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
        os.lseek(number, 0, os.SEEK_SET)

    def _is_still_there(number: int, path: Path) -> bool:
        return True  # an open file cannot be removed

    def _release(number: int, path: Path) -> None:
        os.close(number)
        with suppress(OSError):
            path.unlink()

else:
    import fcntl

    def _lock(number: int) -> None:
        # Some network file systems know no locks: then two runs in one folder are up to the user.
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
                raise

    def _is_still_there(number: int, path: Path) -> bool:
        try:
            there, ours = path.stat(), os.fstat(number)
        except FileNotFoundError:
            return False
        return (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)

    def _release(number: int, path: Path) -> None:
        with suppress(OSError):
            path.unlink()
        os.close(number)


def _in_use(folder: Path, path: Path) -> UsageError:
    try:
        process = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        process = ""
    whose = f"process {process}" if process.isdecimal() else "another process"
    message = f'{whose} is writing to "{folder}"'
    return UsageError(Fault("folder-in-use", message, hint="wait until it has finished, or choose another folder"))
