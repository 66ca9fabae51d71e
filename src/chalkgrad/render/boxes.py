"""Mathematics as a tree of boxes: what is printed, before it is known where.

LaTeX, MathML, Typst and terminal text are each written from this one tree, so no formula is ever printed twice by
different code, and text from outside can only ever be a leaf that its writer escapes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "Accent",
    "Box",
    "Cases",
    "Fenced",
    "FractionBox",
    "Identifier",
    "MatrixBox",
    "NumberBox",
    "Root",
    "Row",
    "Script",
    "Sign",
    "TextBox",
    "Under",
    "row",
]


@dataclass(frozen=True, slots=True)
class Box:
    """The base of all boxes."""


@dataclass(frozen=True, slots=True)
class Identifier(Box):
    """A letter or a word that names something: `x`, `W`, `α` (Greek as the letter itself), `relu`.

    A single letter is set in italics; a word of several letters is set upright, as an operator name is.
    """

    text: str


@dataclass(frozen=True, slots=True)
class NumberBox(Box):
    """A number as it is to be read, in ASCII: `0.5933`, `-2`, `1`. Powers of ten are a `Row` with a `Script`."""

    text: str


@dataclass(frozen=True, slots=True)
class Sign(Box):
    """A sign, named by its Unicode character.

    `kind` says how it is spaced and where a long line may break:
    `relation` (= ≈ ← → < ≥ ≠), `binary` (+ − · × ⊙ /), `prefix` (− ∂ ∇ Σ), `postfix` (ᵀ ′ !), `punctuation` (, ;).
    """

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class TextBox(Box):
    """Plain words inside mathematics: `if`, `new`, `otherwise`. Escaped by every writer."""

    text: str


@dataclass(frozen=True, slots=True)
class Row(Box):
    """Boxes one after the other."""

    parts: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class FractionBox(Box):
    """A numerator over a denominator; in a terminal, one line with a slash where that can be read."""

    above: Box
    below: Box


@dataclass(frozen=True, slots=True)
class Script(Box):
    """A base with a subscript, a superscript, or both."""

    base: Box
    sub: Box | None = None
    sup: Box | None = None


@dataclass(frozen=True, slots=True)
class Accent(Box):
    """A base under an accent: `hat`, `bar`, `tilde`."""

    base: Box
    accent: str


@dataclass(frozen=True, slots=True)
class Fenced(Box):
    """A box between fences that grow with it: `()`, `[]`, `||` (absolute value), `‖‖` (norm)."""

    body: Box
    left: str = "("
    right: str = ")"


@dataclass(frozen=True, slots=True)
class Root(Box):
    """A square root."""

    body: Box


@dataclass(frozen=True, slots=True)
class MatrixBox(Box):
    """Rows of boxes between brackets. Every row has the same length."""

    rows: tuple[tuple[Box, ...], ...]


@dataclass(frozen=True, slots=True)
class Cases(Box):
    """A value for each condition, behind one brace: pairs of (value, condition)."""

    rows: tuple[tuple[Box, Box], ...]


@dataclass(frozen=True, slots=True)
class Under(Box):
    """A box with a brace below it and a label below that, such as a shape `(1×3)`."""

    body: Box
    label: Box


def row(*parts: Box | Sequence[Box]) -> Box:
    """Put boxes side by side, flattening rows in rows.

    >>> row(Identifier("x"), row(Sign("+", "binary"), NumberBox("1")))  # doctest: +ELLIPSIS
    Row(parts=(Identifier(text='x'), Sign(text='+', kind='binary'), NumberBox(text='1')))
    """
    flat: list[Box] = []
    for part in parts:
        for box in (part,) if isinstance(part, Box) else part:
            flat.extend(box.parts if isinstance(box, Row) else (box,))
    return flat[0] if len(flat) == 1 else Row(tuple(flat))
