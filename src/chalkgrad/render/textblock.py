"""Blocks of characters with a baseline: what two-dimensional mathematics in a terminal is put together from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalkgrad.render.characters import cell_width

__all__ = ["TextBlock", "beside", "fence", "grid", "padded", "stacked"]

# The first, middle, last and repeated piece of each bracket that grows, left and right.
_PIECES = {
    "(": "⎛⎜⎝⎜",
    ")": "⎞⎟⎠⎟",
    "[": "⎡⎢⎣⎢",
    "]": "⎤⎥⎦⎥",
    "{": "⎧⎨⎩⎪",
    "}": "⎫⎬⎭⎪",
    "|": "││││",
    "‖": "║║║║",
}


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Lines of one width (short ones count as padded), of which line `baseline` is where the writing goes on."""

    lines: tuple[str, ...]
    baseline: int = 0

    @property
    def width(self) -> int:
        """Columns of the widest line."""
        return max(map(cell_width, self.lines), default=0)

    @property
    def height(self) -> int:
        """How many lines there are."""
        return len(self.lines)

    @property
    def below(self) -> int:
        """How many lines there are below the baseline."""
        return self.height - 1 - self.baseline


def padded(text: str, width: int, align: str = "l") -> str:
    """Text filled with spaces to a width: `l`eft, `r`ight or `c`entred."""
    room = max(0, width - cell_width(text))
    before = {"l": 0, "r": room}.get(align, room // 2)
    return " " * before + text + " " * (room - before)


def beside(blocks: Sequence[TextBlock]) -> TextBlock:
    """Blocks side by side on one baseline.

    >>> beside([TextBlock(("x",)), TextBlock(("⎡1⎤", "⎣2⎦"), 1)]).lines
    (' ⎡1⎤', 'x⎣2⎦')
    """
    if all(len(block.lines) == 1 for block in blocks):
        return TextBlock(("".join(block.lines[0] for block in blocks),))
    above = max((block.baseline for block in blocks), default=0)
    below = max((block.below for block in blocks), default=0)
    lines = [""] * (above + 1 + below)
    for block in blocks:
        start, width = above - block.baseline, block.width
        for index in range(len(lines)):
            inside = start <= index < start + block.height
            lines[index] += padded(block.lines[index - start] if inside else "", width)
    return TextBlock(tuple(lines), above)


def stacked(blocks: Sequence[TextBlock], baseline: int, align: str = "c") -> TextBlock:
    """Blocks one below the other; `baseline` is the line of the whole."""
    width = max(block.width for block in blocks)
    shift = [(width - block.width) // 2 if align == "c" else 0 for block in blocks]
    lines = [padded(" " * by + line, width) for block, by in zip(blocks, shift, strict=True) for line in block.lines]
    return TextBlock(tuple(lines), baseline)


def fence(body: TextBlock, left: str, right: str) -> TextBlock:
    """A block between fences as tall as it is.

    >>> fence(TextBlock(("1", "2")), "[", "]").lines
    ('⎡1⎤', '⎣2⎦')
    """
    fences = [TextBlock(_tall(sign, body.height), body.baseline) for sign in (left, right)]
    return beside([fences[0], body, fences[1]])


def _tall(sign: str, height: int) -> tuple[str, ...]:
    if height == 1 or sign not in _PIECES:
        return (sign,) * height
    top, middle, bottom, piece = tuple(_PIECES[sign])
    between = [piece] * (height - 2)
    if sign in "{}" and between:
        between[len(between) // 2] = middle
    return (top, *between, bottom)


def grid(rows: Sequence[Sequence[TextBlock]], align: str, gap: int = 2) -> TextBlock:
    """A table of blocks, columns aligned by one letter each; its baseline is its middle line."""
    widths = [max(cell.width for cell in column) for column in zip(*rows, strict=True)]
    lines: list[str] = []
    for cells in rows:
        placed = [
            TextBlock(tuple(padded(line, width, how) for line in _squared(cell)), cell.baseline)
            for cell, width, how in zip(cells, widths, align, strict=True)
        ]
        spaces = TextBlock((" " * gap,))
        spread = [block for cell in placed for block in (spaces, cell)][1:]
        lines += beside(spread).lines
    return TextBlock(tuple(lines), (len(lines) - 1) // 2)


def _squared(block: TextBlock) -> list[str]:
    """The lines of a block, all of its width, so that they stay together when they are aligned."""
    return [padded(line, block.width) for line in block.lines]
