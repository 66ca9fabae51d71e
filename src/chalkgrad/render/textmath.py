"""Mathematics as text: on several lines for a terminal, on one line for running text."""

from __future__ import annotations

from functools import lru_cache

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
from chalkgrad.render.characters import clean, combined, lowered, raised
from chalkgrad.render.spacing import is_power_of_ten, joined
from chalkgrad.render.textblock import TextBlock, beside, fence, grid, padded, stacked

__all__ = ["box_text", "text_block"]

_LARGE_OPERATORS = frozenset("Σ∑Π∏")
_RAISED_SIGNS = "ᵀ⊤′"
_COMMA = Sign(",", "punctuation")
_MINUS = "−"


def box_text(box: Box) -> str:
    """A box on one line of plain text; a matrix is written `[[1, 2], [3, 4]]`.

    >>> from chalkgrad.render.names import name_box
    >>> box_text(name_box("z_h1")), box_text(name_box("a^(2)_1"))
    ('z_h1', 'a₁⁽²⁾')
    """
    return _Writer(flat=True).write(box).lines[0]


# A line is measured to see whether it fits, and then written: mostly the same box.
@lru_cache(1024)
def text_block(box: Box) -> TextBlock:
    """A box as two-dimensional text: a matrix takes a line for each row."""
    return _Writer(flat=False).write(box)


class _Writer:
    """Writes boxes as blocks of text; with `flat`, each on a single line."""

    def __init__(self, flat: bool) -> None:
        self.flat = flat

    def write(self, box: Box) -> TextBlock:
        """The block of any box."""
        match box:
            case Identifier(text) | Sign(text):
                return TextBlock((clean(text),))
            case TextBox(text):
                return TextBlock((clean(text).strip(),))
            case NumberBox(text):
                return TextBlock((clean(text).replace("-", _MINUS),))
            case Row(parts):
                return self._row(parts)
            case FractionBox():
                return self._fraction(box)
            case Script():
                return self._script(box)
            case Accent(base, accent):
                return self._accent(self.write(base), accent)
            case Fenced(body, left, right):
                return fence(self.write(body), clean(left), clean(right))
            case Root(body):
                return self._root(body)
            case _:
                return self._table(box)

    def _table(self, box: Box) -> TextBlock:
        match box:
            case MatrixBox(rows):
                return self._matrix(rows)
            case Cases(rows):
                return self._cases(rows)
            case Under(body, label):
                return self._under(body, label)
            case _:
                raise TypeError(f"{type(box).__name__} cannot be written as text")

    def _row(self, parts: tuple[Box, ...]) -> TextBlock:
        blocks: list[TextBlock] = []
        boxes = joined(parts)
        for index, box in enumerate(boxes):
            previous = boxes[index - 1] if index else None
            block = self._factor(box, boxes[index + 1 : index + 2], previous)
            if previous is not None and _gap(previous, box) and not _is_ten(boxes, index):
                blocks.append(TextBlock((" ",)))
            blocks.append(block)
        return beside(blocks) if blocks else TextBlock(("",))

    def _factor(self, box: Box, following: list[Box], previous: Box | None) -> TextBlock:
        """A box of a row; a fraction that a factor stands beside gets brackets, so that it is clear what is below."""
        neighbours = [*following, *([previous] if previous is not None else [])]
        beside_a_factor = any(not isinstance(neighbour, Sign) for neighbour in neighbours)
        block = self.write(box)
        if isinstance(box, FractionBox) and block.height == 1 and beside_a_factor and not _is_plain_fraction(box):
            return fence(block, "(", ")")
        return block

    def _fraction(self, box: FractionBox) -> TextBlock:
        above, below = self.write(box.above), self.write(box.below)
        if above.height > 1 or below.height > 1:
            bar = TextBlock(("─" * max(above.width, below.width),))
            return stacked([above, bar, below], baseline=above.height)
        if _needs_brackets(box.above, _SUMS_AND_RELATIONS):
            above = fence(above, "(", ")")
        if _needs_brackets(box.below, None):
            below = fence(below, "(", ")")
        return beside([above, TextBlock(("/",)), below])

    def _script(self, box: Script) -> TextBlock:
        base = self.write(box.base)
        if isinstance(box.base, (Row, FractionBox)):
            base = fence(base, "(", ")")
        sub = "" if box.sub is None else _index(box.sub, "_")
        if box.sup is not None and box.sub is not None:
            sub = _small_indices(box.sub) or sub  # behind a raised (1) nothing is typed as in `h1_2`
        if isinstance(box.base, Identifier) and len(box.base.text) == 1 and sub[1:2].isdigit():
            sub = sub.removeprefix("_")  # `h1_2`, as it is typed
        sup = "" if box.sup is None else _index(box.sup, "^")
        if base.height > 1:
            return self._cornered(base, sub, sup)
        # A typed-out `_h1` must not swallow a small raised `²` behind it.
        raised_first = "_" in sub or sup.endswith(("]", ")", "}"))
        return beside([base, TextBlock((sup + sub if raised_first else sub + sup,))])

    def _cornered(self, base: TextBlock, sub: str, sup: str) -> TextBlock:
        """A tall base with its scripts at its corners on the right."""
        width = max(len(sub), len(sup))
        lines = (sup, *[""] * (base.height - 2), sub)
        return beside([base, TextBlock(tuple(padded(line, width) for line in lines), base.baseline)])

    def _accent(self, base: TextBlock, accent: str) -> TextBlock:
        if base.height == 1 and len(base.lines[0]) == 1:
            return TextBlock((combined(base.lines[0], accent),))
        name = TextBlock((clean(accent),))
        return beside([name, fence(base, "(", ")")])

    def _root(self, body: Box) -> TextBlock:
        return beside([TextBlock(("√",)), fence(self.write(body), "(", ")")])

    def _matrix(self, rows: tuple[tuple[Box, ...], ...]) -> TextBlock:
        cells = [[self.write(cell) for cell in row] for row in rows]
        if self.flat:
            written = ["[" + ", ".join(cell.lines[0] for cell in row) + "]" for row in cells]
            return TextBlock((f"[{', '.join(written)}]",))
        if not rows or not rows[0]:
            return TextBlock(("[ ]",))
        align = "".join("r" if all(map(_is_number, column)) else "c" for column in zip(*rows, strict=True))
        body = grid(cells, align)
        return fence(body if body.height > 1 else TextBlock((f" {body.lines[0]} ",)), "[", "]")

    def _cases(self, rows: tuple[tuple[Box, Box], ...]) -> TextBlock:
        cells = [[self.write(cell) for cell in pair] for pair in rows]
        if self.flat:
            return TextBlock(("{" + "; ".join(f"{a.lines[0]} {b.lines[0]}" for a, b in cells) + "}",))
        body = grid(cells, "ll")
        if body.height == 2:  # the point of the brace needs a line of its own
            body = TextBlock((body.lines[0], "", body.lines[1]), 1)
        return fence(TextBlock(tuple(f" {line}" for line in body.lines), body.baseline), "{", "")

    def _under(self, body: Box, label: Box) -> TextBlock:
        block = self.write(body)
        if self.flat:
            return block
        shape = TextBlock((box_text(label).replace(" × ", "×"),))
        return stacked([block, TextBlock((_brace(block.width),)), shape], baseline=block.baseline)


def _is_ten(boxes: list[Box], index: int) -> bool:
    """Whether the box at the index belongs to a power of ten, `2.5×10⁻³`, which is set without spaces."""
    return is_power_of_ten(boxes, index) or is_power_of_ten(boxes, index - 1)


_SUMS_AND_RELATIONS = frozenset({"+", "−", "-", "±", "=", "≈", "<", ">", "≤", "≥", "≠"})


def _brace(width: int) -> str:
    if width < 3:
        return "⏟"
    left = (width - 3) // 2
    return f"╰{'─' * left}┬{'─' * (width - 3 - left)}╯"


def _gap(left: Box, right: Box) -> bool:
    """Whether a space belongs between two boxes of a row."""
    if isinstance(left, Sign):
        return _gap_after(left, right)
    if isinstance(right, Sign):
        return right.kind in {"relation", "binary", "prefix"} and right.text != "/"
    if isinstance(_core(right), Fenced):  # a function's argument stands close, and so do brackets side by side
        applied = isinstance(_core(left), (Identifier, Fenced)) and not _is_transposed(left)
        return not applied and _opens(right)
    return True


def _gap_after(sign: Sign, right: Box) -> bool:
    if sign.kind == "prefix":
        return sign.text in _LARGE_OPERATORS or sign.text in "⋯"
    return sign.text != "/"


def _opens(box: Box) -> bool:
    """Whether a bracket (perhaps with a power) shows its opening side."""
    inner = _core(box)
    return isinstance(inner, Fenced) and bool(inner.left)


def _is_transposed(box: Box) -> bool:
    return isinstance(box, Script) and isinstance(box.sup, Sign) and box.sup.text != "′"


def _core(box: Box) -> Box:
    while isinstance(box, (Script, Accent)):
        box = box.base
    return box


def _is_number(box: Box) -> bool:
    return isinstance(box, NumberBox)


def _is_plain_fraction(box: FractionBox) -> bool:
    """Whether a fraction is of numbers or of differentials, as `1/2` or `∂L/∂w`, which nobody misreads."""
    return all(isinstance(part, (NumberBox, Identifier)) or _is_differential(part) for part in (box.above, box.below))


def _is_differential(box: Box) -> bool:
    """Whether a box is ∂ (or d) before one name."""
    if isinstance(box, Sign):
        return box.text in {"∂", "d"}
    return isinstance(box, Row) and len(box.parts) == 2 and getattr(box.parts[0], "text", "") in {"∂", "d"}


def _needs_brackets(box: Box, only: frozenset[str] | None) -> bool:
    """Whether a part of a slashed fraction needs brackets: above for sums alone (`only`), below for any product."""
    if isinstance(box, FractionBox):
        return True
    if not isinstance(box, Row) or _is_differential(box):
        return False
    if only is None:
        return len(joined(box.parts)) > 1
    return any(isinstance(part, Sign) and part.text in only and index for index, part in enumerate(box.parts))


def _index(box: Box, mark: str) -> str:
    """A subscript (`_`) or superscript (`^`): in small characters where there are such, else as a name is typed."""
    text = box_text(box)
    together = text.replace(" ", "")
    small = lowered(together) if mark == "_" else raised(together)
    if small is not None:
        return small
    if mark == "^" and isinstance(box, Row) and all(isinstance(part, Fenced) for part in box.parts):
        return "".join(_index(part, mark) for part in joined(box.parts))  # a layer and a sample: `^[2]⁽¹⁾`
    typed = _typed_indices(box) if mark == "_" else _typed(box)
    return mark + (f"{{{text}}}" if typed is None else typed)


def _small_indices(box: Box) -> str | None:
    """Numbers with commas between them, in small characters."""
    parts = box.parts if isinstance(box, Row) else (box,)
    small = [lowered(part.text) if isinstance(part, NumberBox) else "," for part in parts]
    plain = all(isinstance(part, NumberBox) or part == Sign(",", "punctuation") for part in parts)
    return "".join(filter(None, small)) if plain and all(small) else None


def _typed(box: Box) -> str | None:
    """A name as it is typed in a problem file (`h1_2`), or None for what is no name."""
    match box:
        case NumberBox(text) if text.startswith("-"):
            return None
        case Identifier(text) | NumberBox(text):
            return clean(text)
        case Sign(text) if text in _RAISED_SIGNS:
            return text
        case Accent():
            return box_text(box)
        case Fenced(body, left, right) if left in ("[", "("):
            inner = _typed(body)
            return None if inner is None else f"{left}{inner}{right}"
        case Script(base, sub, sup):
            return _typed_script(base, sub, sup)
        case _:
            return None


def _typed_script(base: Box, sub: Box | None, sup: Box | None) -> str | None:
    head = _typed(base)
    above = "" if sup is None else _typed(sup)
    below = "" if sub is None else _typed_indices(sub)
    if head is None or above is None or below is None:
        return None
    if above:
        head += f"^{above}"
    joined_on = not below or (below[0].isdigit() and len(head) == 1)
    return head + below if joined_on else f"{head}_{below}"


def _typed_indices(sub: Box) -> str | None:
    """Subscripts as they are typed: `1_2` for 1,2, and `ij` for letters without a comma."""
    parts = sub.parts if isinstance(sub, Row) else (sub,)
    typed = [_typed(part) for part in parts if part != _COMMA]
    if None in typed:
        return None
    return ("_" if _COMMA in parts else "").join(text for text in typed if text is not None)
