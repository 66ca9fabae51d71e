"""A document of a few block types. Derivations, catalogues, reports and runs build one; the writers know only these.

Inline text is a tuple of pieces: `str` is plain text (escaped by every writer), `Math` a formula in the line,
`Strong` and `Code` what they say, `Link` leads to a file beside, `Mark` is a mark at a line. Use `words(...)` to put
pieces together.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from chalkgrad.render.boxes import Box
from chalkgrad.render.marks import MARKS

__all__ = [
    "Bar",
    "Bars",
    "Block",
    "BulletList",
    "Code",
    "CodeBlock",
    "Document",
    "Figure",
    "Fold",
    "Formula",
    "Heading",
    "Inline",
    "Link",
    "Mark",
    "Marked",
    "Math",
    "Paragraph",
    "Part",
    "Remark",
    "Strong",
    "Table",
    "prose",
    "words",
]


@dataclass(frozen=True, slots=True)
class Math:
    """A formula inside a line of text."""

    box: Box


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that matter."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Words to be typed as they stand."""

    text: str


# Letters that mean nothing in an address, and the escapes for all others; no scheme, no host, no root.
_ADDRESS = re.compile(r"[A-Za-z0-9._~%-][A-Za-z0-9._~%/-]*(#[A-Za-z0-9._~-]+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to a file beside this one, where the format can.

    Args:
        text: the words.
        address: where, from the folder of this file; whatever is no plain letter must be escaped with `%`.

    Raises:
        ValueError: for an address that could lead to another machine or run something.
    """

    text: str
    address: str

    def __post_init__(self) -> None:
        if not _ADDRESS.fullmatch(self.address):
            raise ValueError(f"a link leads to a file beside this one, not to {self.address!r}")


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark as colour, sign and word; `kind` is one of `chalkgrad.render.marks.MARKS`."""

    kind: str

    def __post_init__(self) -> None:
        if self.kind not in MARKS:
            raise ValueError(f"there is no mark {self.kind!r}")


Piece = str | Math | Strong | Code | Link | Mark
Inline = tuple[Piece, ...]


def words(*pieces: Piece | Box) -> Inline:
    """Pieces of a line of text; a bare box is a formula in the line."""
    return tuple(Math(piece) if isinstance(piece, Box) else piece for piece in pieces)


_CODE = re.compile(r"`([^`]+)`")


def prose(text: str) -> Inline:
    """A sentence of ours, in which what stands between backticks is code; a backtick that is left alone stays one.

    >>> prose("Unless `initial` is written, ...")
    ('Unless ', Code(text='initial'), ' is written, ...')
    """
    return tuple(Code(piece) if k % 2 else piece for k, piece in enumerate(_CODE.split(text)) if piece)


@dataclass(frozen=True, slots=True)
class Block:
    """The base of all blocks."""


@dataclass(frozen=True, slots=True)
class Heading(Block):
    """A heading; level 1 is the title of the document, 2 a section, 3 and 4 below."""

    text: Inline
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph(Block):
    """A paragraph of text."""

    text: Inline


@dataclass(frozen=True, slots=True)
class Part:
    """One link of a chain `left = a = b ≈ c`: a relation sign and what stands behind it."""

    relation: str
    box: Box


@dataclass(frozen=True, slots=True)
class Formula(Block):
    """A displayed chain of relations: `left`, then parts `= a`, `= b`, `≈ c`.

    It is set on one line where it fits, else one part a line with the relations aligned; a part that is still too
    wide breaks before a `+`, `−`, `·`, `×` or `⊙` outside all brackets. `note` is a short reason set behind or below.
    """

    left: Box | None
    parts: tuple[Part, ...]
    note: Inline = ()


@dataclass(frozen=True, slots=True)
class Table(Block):
    """A table with a header row. `align` has one of `l`, `r`, `c` a column; empty means all left."""

    header: tuple[Inline, ...]
    rows: tuple[tuple[Inline, ...], ...]
    align: str = ""
    caption: Inline = ()


@dataclass(frozen=True, slots=True)
class BulletList(Block):
    """A list of short items."""

    items: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class CodeBlock(Block):
    """Lines shown as they stand, in a fixed-width letter."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Remark(Block):
    """A remark beside the text; `kind` is `note`, `warning`, `passed` or `failed`, each with a sign and a word."""

    text: Inline
    kind: str = "note"


@dataclass(frozen=True, slots=True)
class Figure(Block):
    """A picture that is part of the document itself, as SVG, as PNG or as both.

    Where both are given, a writer takes SVG, which stays sharp; LaTeX takes PNG, since TeX can hold no SVG.

    Args:
        alt: what the picture shows, in a sentence, for who cannot see it.
        caption: what stands below it.
        svg: the picture as SVG that draws on nothing outside itself; as `<img>` in HTML, no script in it runs.
        png: the picture as PNG.
        width: its width as a share of the line, from 0.05 to 1.

    Raises:
        ValueError: with neither SVG nor PNG, with something else in their place, or with another width.
    """

    alt: str
    caption: Inline = ()
    svg: str = ""
    png: bytes = b""
    width: float = 1.0

    def __post_init__(self) -> None:
        if not self.svg and not self.png:
            raise ValueError("a figure needs a picture, as SVG or as PNG")
        if self.svg and "<svg" not in self.svg:
            raise ValueError("what was given as SVG is none")
        if self.png and not self.png.startswith(b"\x89PNG\r\n\x1a\n"):
            raise ValueError("what was given as PNG is none")
        if not 0.05 <= self.width <= 1:
            raise ValueError(f"the width of a figure is a share of the line, from 0.05 to 1, not {self.width}")

    @property
    def picture(self) -> tuple[str, bytes]:
        """The format of the picture, `svg` or `png`, and its bytes; SVG where there are both."""
        return ("svg", self.svg.encode()) if self.svg else ("png", self.png)

    def data_uri(self) -> str:
        """The picture itself as an address, for HTML and Markdown."""
        format, content = self.picture
        kind = {"svg": "image/svg+xml", "png": "image/png"}[format]
        return f"data:{kind};base64,{base64.b64encode(content).decode()}"


@dataclass(frozen=True, slots=True)
class Fold(Block):
    """Blocks that a reader may skip: folded where the format can (HTML), else set below their title."""

    title: Inline
    blocks: tuple[Block, ...]
    open: bool = False


@dataclass(frozen=True, slots=True)
class Marked(Block):
    """A line of somebody's own, as it stands, with a mark at it and what is said of it below.

    Args:
        label: what stands before it, such as the number of the line.
        text: the line, in the direction in which it is written; no writer reads anything into it.
        mark: the mark, or `None` for a line that is passed over.
        blocks: what is said of it.
    """

    label: str
    text: str
    mark: Mark | None = None
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it is of, how long it is, at least 0, and the number in words."""

    label: Inline
    value: float
    text: str


@dataclass(frozen=True, slots=True)
class Bars(Block):
    """Bars side by side, the longest as long as there is room."""

    bars: tuple[Bar, ...]

    def share(self, bar: Bar) -> float:
        """How long a bar is as a share of the longest."""
        longest = max((each.value for each in self.bars), default=0.0)
        return bar.value / longest if longest > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Document:
    """A titled sequence of blocks."""

    title: str
    blocks: tuple[Block, ...]
    language: str = "en"
