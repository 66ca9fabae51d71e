"""How wide a typeset box is, roughly, in ems: enough to know where a long line has to break."""

from __future__ import annotations

from chalkgrad.render.boxes import (
    Accent,
    Box,
    Cases,
    Fenced,
    FractionBox,
    Identifier,
    MatrixBox,
    NumberBox,
    Root,
    Row,
    Script,
    Sign,
    TextBox,
    Under,
)
from chalkgrad.render.characters import cell_width
from chalkgrad.render.document import Inline, Mark, Math, Piece
from chalkgrad.render.marks import MARKS
from chalkgrad.render.spacing import children

__all__ = ["height_in_lines", "inline_width", "measure"]

# Widths of Computer Modern at its design size, rounded up: digits 0.5 em, italics 0.57 em, relations with their space.
_DIGIT = 0.5
_LETTER = 0.58
_SIGN = {"relation": 1.35, "binary": 1.25, "prefix": 0.75, "postfix": 0.5, "punctuation": 0.45}
_DOT = 0.75
_FENCE = 0.42
_BRACKET = 0.6
_COLUMN_GAP = 1.0
_SCRIPT = 0.72


def measure(box: Box) -> float:
    """The width of a box in ems.

    >>> measure(NumberBox("0.25"))
    2.0
    """
    match box:
        case Identifier(text) | TextBox(text):
            return _LETTER * cell_width(text)
        case NumberBox(text):
            return _DIGIT * len(text) + (0.28 if text.startswith("-") else 0)
        case Sign(text, kind):
            return _DOT if text in "·⋅" else _SIGN.get(kind, 1.0)
        case Row(parts):
            return sum(map(measure, parts))
        case Script(base, sub, sup):
            return measure(base) + _SCRIPT * max(measure(part) if part else 0.0 for part in (sub, sup))
        case Accent(base, _):
            return measure(base)
        case FractionBox(above, below):
            return max(measure(above), measure(below)) + 0.25
        case Fenced(body, left, right):
            return measure(body) + _FENCE * (bool(left) + bool(right))
        case Root(body):
            return measure(body) + 0.9
        case Under(body, label):
            return max(measure(body), _SCRIPT * measure(label))
        case _:
            return _measure_table(box)


def _measure_table(box: Box) -> float:
    """The width of a matrix or of cases: the widest cell of each column, gaps and fences."""
    if not isinstance(box, (MatrixBox, Cases)):
        raise TypeError(f"no width is known for {type(box).__name__}")
    columns = [max(map(measure, column)) for column in zip(*box.rows, strict=True)]
    fences = 2 * _BRACKET if isinstance(box, MatrixBox) else _BRACKET
    return sum(columns) + _COLUMN_GAP * max(0, len(columns) - 1) + fences


def height_in_lines(box: Box) -> float:
    """How many lines high a box is, roughly.

    >>> height_in_lines(FractionBox(NumberBox("1"), NumberBox("2")))
    2.0
    """
    match box:
        case FractionBox(above, below):
            return height_in_lines(above) + height_in_lines(below)
        case MatrixBox(rows) | Cases(rows):
            return sum((max(map(height_in_lines, cells), default=1.0) for cells in rows), 0.0)
        case _:
            return max(map(height_in_lines, children(box)), default=1.0)


def inline_width(inline: Inline) -> float:
    """How wide a line of text is, in ems."""
    return sum(measure(piece.box) if isinstance(piece, Math) else 0.5 * len(_plain(piece)) for piece in inline)


def _plain(piece: Piece) -> str:
    if isinstance(piece, Mark):
        return f"  {MARKS[piece.kind].word}"
    return piece if isinstance(piece, str) else getattr(piece, "text", "")
