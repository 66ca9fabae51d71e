"""Mathematics as Typst: every name, number and word is a string of its own, so that none can be code."""

from __future__ import annotations

import re
from collections.abc import Sequence

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
from chalkgrad.render.characters import GREEK, clean
from chalkgrad.render.layout import Line
from chalkgrad.render.measure import height_in_lines
from chalkgrad.render.spacing import Gap, is_tall, merged, spaced, without_labels

__all__ = ["aligned_typst", "quoted", "typst_math"]

# Signs that Typst knows how to space; all others are strings with a class.
_SIGNS = {
    "+": "plus",
    "-": "minus",
    "−": "minus",
    "·": "dot.op",
    "⋅": "dot.op",
    "×": "times",
    "⊙": "dot.o",
    "±": "plus.minus",
    "∘": "compose",
    "/": "slash",
    "=": "eq",
    "≈": "approx",
    "←": "arrow.l",
    "→": "arrow.r",
    "⇒": "arrow.r.double",
    "↦": "arrow.r.bar",
    "<": "lt",
    ">": "gt",
    "≤": "lt.eq",
    "≥": "gt.eq",
    "≠": "eq.not",
    "∈": "in",
    "∝": "prop",
    "∂": "partial",
    "∇": "nabla",
    "Σ": "sum",
    "∑": "sum",
    "Π": "product",
    "∏": "product",
    "∞": "infinity",
    "⋯": "dots.h.c",
    "…": "dots.h",
    "⋮": "dots.v",
    "⋱": "dots.down",
    "ᵀ": "top",
    "⊤": "top",
    "′": "prime",
    ",": "comma",
    ";": "semi",
    ":": "colon",
    "!": "excl",
}
_FENCES = {
    "(": "paren.l",
    ")": "paren.r",
    "[": "bracket.l",
    "]": "bracket.r",
    "{": "brace.l",
    "}": "brace.r",
    "|": "bar.v",
    "‖": "bar.v.double",
    "∥": "bar.v.double",
    "⟨": "chevron.l",
    "⟩": "chevron.r",
}
_CLASSES = {"relation": "relation", "binary": "binary", "punctuation": "punctuation"}
_ACCENTS = {"hat": "hat", "bar": "macron", "tilde": "tilde"}
_GREEK = frozenset(GREEK.values())
_NUMBER = re.compile(r"\d+(\.\d+)?", re.ASCII)
_LINE_HEIGHT = 1.35  # ems of one row of a matrix


def quoted(text: str) -> str:
    """Text as a Typst string.

    >>> quoted("50 #x")
    '"50 #x"'
    """
    return '"' + clean(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def aligned_typst(lines: Sequence[Line]) -> str:
    """The lines of a formula as Typst mathematics, aligned at their relations where there are several."""
    if len(lines) == 1:
        return _line(lines[0])
    return " \\\n  ".join(_aligned_line(line) for line in lines)


def _line(line: Line) -> str:
    left = "" if line.left is None else typst_math(line.left) + " "
    return left + _relation(line) + typst_math(line.box)


def _aligned_line(line: Line) -> str:
    left = "" if line.left is None else typst_math(line.left) + " "
    indent = f"#h({line.indent}em) " if line.indent else ""
    # An empty term makes Typst set a sign at the beginning of a line as one between two terms.
    continued = "" if line.relation or not line.indent else '"" '
    return f"{left}& {indent}{continued}{_relation(line)}{typst_math(line.box)}"


def _relation(line: Line) -> str:
    return _sign(Sign(line.relation, "relation")) + " " if line.relation else ""


def typst_math(box: Box) -> str:
    """A box as Typst mathematics, without the dollar signs.

    >>> from chalkgrad.render.names import name_box
    >>> typst_math(name_box("w1"))
    'attach(w, b: 1)'
    """
    match box:
        case Identifier(text):
            return _identifier(text)
        case NumberBox(text):
            return _number(text)
        case TextBox(text):
            return quoted(text.strip())
        case Sign():
            return _sign(box)
        case Row(parts):
            return _row(parts)
        case FractionBox(above, below):
            return f"frac({typst_math(above)}, {typst_math(below)})"
        case Script():
            return _script(merged(box))
        case Accent(base, accent):
            return f"{_ACCENTS.get(accent, 'hat')}({typst_math(base)})"
        case Fenced():
            return _fenced(box)
        case Root(body):
            return f"sqrt({typst_math(body)})"
        case _:
            return _table(box)


def _row(parts: tuple[Box, ...]) -> str:
    """Boxes side by side. Typst shows a space that stands beside words, so there none is written."""
    written = ""
    last: Box | None = None
    for gap, part in spaced(parts):
        before_word = _is_word(part) and not isinstance(last, Sign)
        separator = "" if last is None or _is_word(last) else "#h(0pt)" if before_word else " "
        space = f"#h({gap.value}em)" if gap is not Gap.NONE else ""
        written += (space or separator) + typst_math(part)
        last = part
    return written or '""'


def _is_word(box: Box) -> bool:
    """Whether a box is written as words, which Typst spaces by the letter."""
    return isinstance(box, TextBox) or (isinstance(box, Identifier) and not _is_letter(box.text))


def _table(box: Box) -> str:
    match box:
        case MatrixBox(rows):
            written = "; ".join(", ".join(map(typst_math, cells)) for cells in rows)
            return f'mat(delim: "[", {written})'
        case Cases(rows):
            return f"cases({', '.join(f'{typst_math(value)} & quad {typst_math(when)}' for value, when in rows)})"
        case Under(body, label):
            return f"underbrace({typst_math(body)}, {typst_math(label)})"
        case _:
            raise TypeError(f"{type(box).__name__} cannot be written as Typst")


def _identifier(text: str) -> str:
    return text if _is_letter(text) else f"upright({quoted(text)})"


def _is_letter(text: str) -> bool:
    return len(text) == 1 and ((text.isascii() and text.isalpha()) or text in _GREEK)


def _number(text: str) -> str:
    plain = text.removeprefix("-")
    if not _NUMBER.fullmatch(plain):
        return quoted(text)
    return plain if plain == text else f'class("normal", minus {plain})'


def _sign(sign: Sign) -> str:
    known = _SIGNS.get(sign.text)
    if known is None:
        known = quoted(sign.text)
        return f'class("{_CLASSES[sign.kind]}", {known})' if sign.kind in _CLASSES else known
    return f'class("normal", {known})' if known == "minus" and sign.kind == "prefix" else known


def _script(box: Script) -> str:
    sub = "" if box.sub is None else f", b: {typst_math(box.sub)}"
    sup = "" if box.sup is None else f", t: {typst_math(box.sup)}"
    return f"attach({typst_math(box.base)}{sub}{sup})"


def _fenced(box: Fenced) -> str:
    left, right = (_FENCES.get(sign, quoted(sign)) if sign else "" for sign in (box.left, box.right))
    content = f"{left} {typst_math(box.body)} {right}".strip()
    if not is_tall(box.body):
        return content
    bare = without_labels(box.body)
    # A shape below the body does not make the fences longer.
    size = f"size: #{_LINE_HEIGHT * height_in_lines(bare):.2f}em, " if bare != box.body else ""
    return f"lr({size}{content})"
