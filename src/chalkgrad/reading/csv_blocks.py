"""The text of a CSV file in blocks of whole rows, so that a long file takes no more memory than a short one."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chalkgrad.errors import Fault, Place, ProblemError

__all__ = ["Block", "text_blocks"]

_BYTES = 2**20
_LONGEST_ROW = 64 * 2**20  # a quote that is not closed in so much text is none


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows: the number of the first line, counted from 1, and the text, with a newline at the end of each line."""

    first_line: int
    text: str


def text_blocks(path: Path, name: str, size: int = _BYTES) -> Iterator[Block]:
    """Read a file in blocks; no row is cut, though a quoted cell may hold newlines.

    Args:
        path: the file.
        name: what to call it in messages.
        size: how many bytes to read at a time.

    Raises:
        ProblemError: `not-utf-8`, `file-not-readable`.
    """
    decoder = _Decoder(name)
    rest, line = "", 1
    try:
        with path.open("rb") as file:
            while True:
                content = file.read(size)
                rest += decoder.decoded(content)
                cut = _end_of_rows(rest) if content else len(rest)
                if cut:
                    yield Block(line, rest[:cut])
                    line += rest.count("\n", 0, cut)
                    rest = rest[cut:]
                if not content:
                    return
    except OSError as error:
        raise ProblemError(Fault("file-not-readable", f"`{name}` cannot be read: {error.strerror}")) from None


def _end_of_rows(text: str) -> int:
    """Where the last whole row ends; 0 if a quote is still open there."""
    end = text.rfind("\n") + 1
    return 0 if text.count('"', 0, end) % 2 and end < _LONGEST_ROW else end


class _Decoder:
    """Bytes to text with `\\n` behind every line, however lines end."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.bytes_read = self.lines_read = 0
        self._bytes = codecs.getincrementaldecoder("utf-8-sig")()
        self._lines = io.IncrementalNewlineDecoder(None, translate=True)

    def decoded(self, content: bytes) -> str:
        waiting = len(self._bytes.getstate()[0])
        try:
            text = self._lines.decode(self._bytes.decode(content, not content), not content)
        except UnicodeDecodeError as error:
            place = Place(self.name, self.lines_read + 1 + error.object.count(b"\n", 0, error.start), 1)
            number = self.bytes_read - waiting + error.start + 1
            message = f"{self.name} is not UTF-8: byte {number} is 0x{error.object[error.start]:02X}"
            raise ProblemError(Fault("not-utf-8", message, place, "save the file as UTF-8")) from None
        self.bytes_read += len(content)
        self.lines_read += text.count("\n")
        return text
