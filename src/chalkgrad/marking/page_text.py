"""The text of a page: of a file, of standard input, of bytes; with a clear word where it is none."""

from __future__ import annotations

import codecs
from pathlib import Path

from chalkgrad.errors import Fault, ProblemError

__all__ = ["MOST_BYTES", "page_text", "read_page_text"]

# A long page of working has some tens of thousands of characters; an endless one must not fill the memory.
MOST_BYTES = 2_000_000

_PICTURES = {b"%PDF": "a PDF", b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture", b"GIF8": "a picture"}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HINT = "Give the text that a handwriting reader makes of it: Markdown with LaTeX, LaTeX, or plain text."


def page_text(raw: bytes | str, name: str) -> str:
    """The text of a page, in UTF-8, or in UTF-16 or UTF-32 as its first bytes say.

    Args:
        raw: what was read, at most one byte more than `MOST_BYTES` of it.
        name: what to call it in messages.

    Raises:
        ProblemError: `page-too-large`, `page-not-text`, `not-utf-8`, `empty-page`.
    """
    if len(raw) > MOST_BYTES:
        message = f"{name} is too large: a page to mark has at most {MOST_BYTES:,} characters"
        raise ProblemError(Fault("page-too-large", message, hint="Mark it page by page."))
    text = _decoded(raw, name) if isinstance(raw, bytes) else raw
    if "\0" in text:
        raise ProblemError(Fault("page-not-text", f"{name} is no text", hint=_HINT))
    if not text.strip("\ufeff \t\r\n"):
        raise ProblemError(Fault("empty-page", f"{name} is empty: there is nothing to mark"))
    return text.removeprefix("\ufeff")


def _decoded(raw: bytes, name: str) -> str:
    for start, kind in _PICTURES.items():
        if raw.startswith(start):
            raise ProblemError(Fault("page-not-text", f"{name} is {kind} and no text", hint=_HINT))
    encoding = next((encoding for mark, encoding in _MARKS if raw.startswith(mark)), _guessed(raw))
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = f"{name} is not UTF-8 text: byte 0x{raw[error.start]:02X} in line {line}"
        raise ProblemError(Fault("not-utf-8", message, hint="Save the page as UTF-8.")) from None


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


def read_page_text(path: Path, name: str | None = None) -> str:
    """The text of a file.

    Args:
        path: the file.
        name: what to call it in messages; by default as its path says.

    Raises:
        ProblemError: `page-not-found`, `page-not-readable`, and all that `page_text` raises.
    """
    shown = name if name is not None else str(path)
    try:
        with path.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise ProblemError(Fault("page-not-found", f"there is no page {shown}")) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise ProblemError(Fault("page-not-readable", f"{shown} cannot be read: {why}")) from None
    return page_text(raw, shown)
