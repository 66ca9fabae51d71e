"""A page from a file: its bytes become text, or a message says why they do not."""

from __future__ import annotations

import codecs
from collections.abc import Collection
from pathlib import Path

from chalkgrad.errors import Fault, Place, ProblemError
from chalkgrad.marking.page.read import read_page
from chalkgrad.marking.page.written import Page

__all__ = ["MOST_BYTES", "read_page_file", "text_of"]

MOST_BYTES = 50_000_000
"""Far more than any page, pictures in its text included."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_page_file(path: str | Path, words: Collection[str] = ()) -> Page:
    """Read a page of working from a file in UTF-8 or UTF-16.

    Args:
        path: the file; its name becomes the name of the page.
        words: names of more than one letter that the problem uses.

    Returns:
        The page.

    Raises:
        ProblemError: `file-not-found`, `file-not-readable`, `file-too-large`, `not-text`, `empty-page`,
            `page-too-long`.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "page.md")
    ...     _ = file.write_text("$h_1 = 0.593$", encoding="utf-8")
    ...     read_page_file(file).name
    'page.md'
    """
    path = Path(path)
    text = text_of(_bytes(path), path.name)
    if not text.strip("\ufeff\0 \t\r\n\f\v"):
        raise ProblemError(Fault("empty-page", f"`{path.name}` is empty", hint="write the working into it"))
    return read_page(text, path.name, words)


def text_of(raw: bytes, name: str) -> str:
    """Bytes as text: UTF-8, or UTF-16 and UTF-32 as their first bytes say; UTF-16 is also told by its zero bytes.

    Args:
        raw: the whole file.
        name: what to call it in messages.

    Raises:
        ProblemError: `not-text`.

    >>> text_of("σ".encode("utf-16"), "page.txt")
    'σ'
    """
    encoding = next((encoding for mark, encoding in _MARKS if raw.startswith(mark)), _guessed(raw))
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = f"`{name}` is no text in UTF-8: byte {error.start + 1} is 0x{raw[error.start]:02X}"
        hint = "save the page as UTF-8; a picture or a PDF must be turned into text first"
        raise ProblemError(Fault("not-text", message, Place(name, line, 1), hint)) from None


def _guessed(raw: bytes) -> str:
    """UTF-16 without a mark has a zero in nearly every second byte of what is written in Latin letters."""
    head = raw[:4000]
    half = len(head) // 2
    if half and len(raw) % 2 == 0:
        if head[1::2].count(0) * 3 > half and head[::2].count(0) * 10 < half:
            return "utf-16-le"
        if head[::2].count(0) * 3 > half and head[1::2].count(0) * 10 < half:
            return "utf-16-be"
    return "utf-8"


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise ProblemError(Fault("file-not-found", f"there is no file `{path}`")) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ProblemError(Fault("file-not-readable", f"`{path}` cannot be read: {reason}")) from None
    if len(raw) > MOST_BYTES:
        message = f"`{path.name}` has more than {MOST_BYTES:,} bytes"
        raise ProblemError(Fault("file-too-large", message, hint="a page of working is text of a few thousand bytes"))
    return raw
