"""What stands next to what: raised signs joined to their base, and gaps between factors that would run together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum

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
from chalkgrad.render.names import with_superscript

__all__ = ["Gap", "children", "is_power_of_ten", "is_tall", "joined", "merged", "spaced", "without_labels"]

_RAISED_SIGNS = frozenset("ᵀ⊤′*")
_TIMES = Sign("×", "binary")
_LARGE_OPERATORS = frozenset("Σ∑Π∏")
_TALL = (FractionBox, MatrixBox, Cases, Under)


def joined(parts: tuple[Box, ...]) -> list[Box]:
    """The parts of a row, with every raised sign (ᵀ, ′) made the superscript of what stands before it."""
    boxes: list[Box] = []
    for part in parts:
        if isinstance(part, Sign) and part.kind == "postfix" and part.text in _RAISED_SIGNS and boxes:
            boxes[-1] = with_superscript(boxes[-1], part)
        else:
            boxes.append(part)
    return boxes


def is_power_of_ten(boxes: Sequence[Box], index: int) -> bool:
    """Whether the box at the index is the × of a number such as 2.5×10⁻³."""
    if not 0 < index < len(boxes) - 1 or boxes[index] != _TIMES:
        return False
    following = boxes[index + 1]
    return isinstance(following, Script) and following.base == NumberBox("10") and following.sup is not None


class Gap(Enum):
    """How much space belongs between two boxes of a row, beyond what their signs bring along."""

    NONE = 0.0
    THIN = 0.17
    WORD = 0.28


def spaced(parts: tuple[Box, ...]) -> list[tuple[Gap, Box]]:
    """The parts of a row, each with the gap that belongs before it.

    Typeset letters need none (`xW`), but words, numbers and matrices do (`out y`, `2 3`).
    """
    boxes = joined(parts)
    return [(_gap(boxes[i - 1], box) if i else Gap.NONE, box) for i, box in enumerate(boxes)]


def _gap(left: Box, right: Box) -> Gap:
    first, second = _core(left), _core(right)
    if isinstance(first, TextBox) or isinstance(second, TextBox):
        return Gap.NONE if _is_punctuation(first) or _is_punctuation(second) else Gap.WORD
    return Gap.THIN if _run_together(first, second) else Gap.NONE


def _run_together(first: Box, second: Box) -> bool:
    """Whether two factors would be read as one without a gap."""
    if isinstance(first, Sign) or isinstance(second, Sign):
        return False
    if _is_word(first) or isinstance(first, NumberBox):
        return _is_word(second) or isinstance(second, (NumberBox, Identifier if _is_word(first) else NumberBox))
    return _is_word(second) or (isinstance(first, MatrixBox) and isinstance(second, MatrixBox))


def _core(box: Box) -> Box:
    """What a box is without its scripts and accents."""
    while isinstance(box, (Script, Accent)):
        box = box.base
    return box


def _is_word(box: Box) -> bool:
    return isinstance(box, Identifier) and len(box.text) > 1


def _is_punctuation(box: Box) -> bool:
    return isinstance(box, Sign) and box.kind == "punctuation"


def merged(box: Script) -> Script:
    """A script of a script as one, where the inner one leaves the place free: (w₂)ᵀ is w with 2 below and ᵀ above."""
    inner = box.base
    if isinstance(inner, Script) and box.sub is None and inner.sup is None:
        return Script(inner.base, inner.sub, box.sup)
    if isinstance(inner, Script) and box.sup is None and inner.sub is None:
        return Script(inner.base, box.sub, inner.sup)
    return box


def without_labels(box: Box) -> Box:
    """The box without the braces and labels below it: what fences around it are as tall as."""
    match box:
        case Under(body, _):
            return without_labels(body)
        case Row(parts):
            return Row(tuple(map(without_labels, parts)))
        case Fenced(body):
            return replace(box, body=without_labels(body))
        case Script(base):
            return replace(box, base=without_labels(base))
        case _:
            return box


def children(box: Box) -> tuple[Box, ...]:
    """The boxes directly inside a box, in reading order."""
    match box:
        case Row(parts):
            return parts
        case FractionBox(above, below):
            return (above, below)
        case Script(base, sub, sup):
            return tuple(part for part in (base, sub, sup) if part is not None)
        case Accent(base, _):
            return (base,)
        case Fenced(body) | Root(body):
            return (body,)
        case MatrixBox(rows):
            return tuple(cell for cells in rows for cell in cells)
        case Cases(pairs):
            return tuple(cell for pair in pairs for cell in pair)
        case Under(body, label):
            return (body, label)
        case _:
            return ()


def is_tall(box: Box) -> bool:
    """Whether fences around the box must grow.

    >>> is_tall(FractionBox(NumberBox("1"), NumberBox("2"))), is_tall(NumberBox("1"))
    (True, False)
    """
    tall_sign = isinstance(box, Sign) and box.text in _LARGE_OPERATORS
    return tall_sign or isinstance(box, _TALL) or any(is_tall(child) for child in children(box))
