"""Matrices typed over several lines, and shapes below braces: the rows between tall brackets, read where they belong.

    z = ⎡1  2⎤ x + b
        ⎣3  4⎦

A tall bracket stands around the line on which the formula goes on, its middle one. In the other lines there are parts
of brackets, powers at their corners, and notes below braces; where anything else is, the lines are left as they are.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Literal

from chalkgrad.render.characters import cell_width

__all__ = ["Picture", "Stroke", "pictures_in"]

# The first, middle and last piece of each bracket.
_LEFT = {"⎡": ("⎢", "⎣", "["), "⎛": ("⎜", "⎝", "(")}
_RIGHT = {"⎤": ("⎥", "⎦", "["), "⎞": ("⎟", "⎠", "(")}
_BRACES = re.compile(r"[╰─┬╯⏟]+")
_NOTE = re.compile(r"\d+×\d+")
_SEPARATE = re.compile(r"\S+(?: \S+)*")
_SIGNS = re.compile(r"[⎡⎛⎤⎞⏟╰]")
_MOST_SIGNS = 5_000
_TALLEST = 60
_MOST = 60  # brackets beside and inside each other

Part = Literal["text", "open", "cell", "row", "close"]


@dataclass(frozen=True, slots=True)
class Stroke:
    """A part of a picture: text on one line, or what a tall bracket says.

    Args:
        part: `text`; `open` and `close` of a bracket; `cell` and `row` between the entries of a matrix.
        start: where it begins in the text.
        end: where it ends.
        kind: of a bracket, `[` around a matrix or `(`.
    """

    part: Part
    start: int
    end: int
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A formula over several lines.

    Args:
        first: its first line, counted from 0.
        last: its last line.
        baseline: the line on which it goes on.
        strokes: its parts in the order in which they are read.
    """

    first: int
    last: int
    baseline: int
    strokes: tuple[Stroke, ...]


@dataclass(frozen=True, slots=True)
class _Bracket:
    column: int
    top: int
    bottom: int
    kind: str

    @property
    def baseline(self) -> int:
        return self.top + (self.bottom - self.top) // 2

    @property
    def extent(self) -> tuple[int, int, str]:
        return self.top, self.bottom, self.kind


class _Odd(Exception):
    """The lines are no picture that is known."""


@dataclass
class _Canvas:
    """Lines by columns, as a terminal shows them."""

    lines: Sequence[str]
    starts: Sequence[int]
    places: dict[int, list[int]] = field(default_factory=dict)

    def columns(self, line: int) -> list[int]:
        """For each column of a line, the place in it of the character that stands there."""
        if line not in self.places:
            text = self.lines[line]
            self.places[line] = [place for place, sign in enumerate(text) for _ in range(cell_width(sign))]
        return self.places[line]

    def at(self, line: int, column: int) -> str:
        """The character in a column, or a blank."""
        if not 0 <= line < len(self.lines):
            return " "
        places = self.columns(line)
        return self.lines[line][places[column]] if 0 <= column < len(places) else " "

    def place(self, line: int, column: int) -> int:
        """Where a column begins in the text."""
        places = self.columns(line)
        inside = places[column] if column < len(places) else len(self.lines[line])
        return self.starts[line] + inside


def pictures_in(text: str) -> list[Picture]:
    """The formulas of a text that stand over several lines, from the top down.

    >>> [picture] = pictures_in("z = ⎡1  2⎤ x\\n    ⎣3  4⎦")
    >>> [stroke.part for stroke in picture.strokes]
    ['text', 'open', 'text', 'cell', 'text', 'row', 'text', 'cell', 'text', 'close', 'text']
    """
    signs = list(_SIGNS.finditer(text))
    if not 0 < len(signs) <= _MOST_SIGNS:
        return []
    lines = text.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    canvas = _Canvas(lines, starts)
    numbers = sorted({bisect_right(starts, sign.start()) - 1 for sign in signs})
    lefts, rights = _brackets(canvas, numbers, _LEFT), _brackets(canvas, numbers, _RIGHT)
    braces = {number - 1 for number in numbers if number and ("⏟" in lines[number] or "╰" in lines[number])}
    found = []
    for baseline in sorted({*lefts, *braces}):
        here = lefts.get(baseline, [])
        if len(here) > _MOST:
            continue
        picture = _Drawing(canvas, baseline, here, rights.get(baseline, []), baseline in braces).picture()
        if picture is not None:
            found.append(picture)
    return found


def _brackets(
    canvas: _Canvas, numbers: Sequence[int], pieces: dict[str, tuple[str, str, str]]
) -> dict[int, list[_Bracket]]:
    """The brackets that begin on some lines, by the line that they stand around."""
    around: dict[int, list[_Bracket]] = {}
    for number in numbers:
        for column in range(len(canvas.columns(number))):
            found = _bracket_at(canvas, number, column, pieces)
            if found is not None:
                around.setdefault(found.baseline, []).append(found)
    return around


def _bracket_at(canvas: _Canvas, top: int, column: int, pieces: dict[str, tuple[str, str, str]]) -> _Bracket | None:
    """The bracket whose first piece stands at a place, if it is whole."""
    sign = canvas.at(top, column)
    if sign not in pieces:
        return None
    middle, last, kind = pieces[sign]
    bottom = top + 1
    while bottom < top + _TALLEST and canvas.at(bottom, column) == middle:
        bottom += 1
    return _Bracket(column, top, bottom, kind) if canvas.at(bottom, column) == last else None


@dataclass
class _Drawing:
    """Reads one picture; `seen` are the places outside the baseline that are accounted for."""

    canvas: _Canvas
    baseline: int
    lefts: Sequence[_Bracket]
    rights: Sequence[_Bracket]
    has_braces: bool
    strokes: list[Stroke] = field(default_factory=list)
    seen: set[tuple[int, int]] = field(default_factory=set)

    def picture(self) -> Picture | None:
        first = min([self.baseline, *(bracket.top for bracket in self.lefts)])
        last = max([self.baseline + 2 * self.has_braces, *(bracket.bottom for bracket in self.lefts)])
        last = min(last, len(self.canvas.lines) - 1)
        try:
            self._along(0, len(self.canvas.columns(self.baseline)))
            for line in range(first, last + 1):
                if line != self.baseline:
                    self._account_for(line)
        except _Odd:
            return None
        return Picture(first, last, self.baseline, tuple(self.strokes))

    def _along(self, begin: int, end: int) -> None:
        """What stands on the baseline between two columns."""
        brackets = {bracket.column: bracket for bracket in self.lefts}
        column = written = begin
        while column < end:
            bracket = brackets.get(column)
            if bracket is None:
                column += 1
                continue
            self._text(self.baseline, written, column)
            column = written = self._bracketed(bracket, end)
        self._text(self.baseline, written, end)

    def _bracketed(self, left: _Bracket, end: int) -> int:
        """A bracket and what is inside; the column behind it."""
        right = self._partner(left, end)
        rows = range(left.top, left.bottom + 1)
        self.seen.update((row, column) for row in rows for column in (left.column, right))
        self._sign("open", left.top, left.column, left.kind)
        if left.kind == "[":
            for row in rows:
                if row > left.top:
                    self._sign("row", row, left.column)
                self._cells(row, left.column + 1, right)
        else:
            self._along(left.column + 1, right)
        self._sign("close", left.bottom, right, left.kind)
        return self._corner(left, right + 1)

    def _partner(self, left: _Bracket, end: int) -> int:
        """The column of the bracket that closes one."""
        depth = 0
        ours = [b.column for b in self.lefts if b.extent == left.extent and b.column > left.column]
        closing = {b.column for b in self.rights if b.extent == left.extent and left.column < b.column < end}
        for column in sorted({*ours, *closing}):
            if column not in closing:
                depth += 1
            elif depth == 0:
                return column
            else:
                depth -= 1
        raise _Odd

    def _cells(self, row: int, begin: int, end: int) -> None:
        """The entries of a row, which are at least two blanks apart."""
        written = "".join(self.canvas.at(row, column) for column in range(begin, end))
        for number, entry in enumerate(_SEPARATE.finditer(written)):
            if number:
                self._sign("cell", row, begin + entry.start() - 1)
            self._text(row, begin + entry.start(), begin + entry.end())
        self.seen.update((row, column) for column in range(begin, end))

    def _corner(self, bracket: _Bracket, column: int) -> int:
        """A power or a transpose at the upper corner of a bracket that is taller than two lines."""
        begin = column
        while bracket.top < self.baseline and self.canvas.at(bracket.top, column).strip():
            self.seen.add((bracket.top, column))
            column += 1
        self._text(bracket.top, begin, column)
        return column

    def _text(self, row: int, begin: int, end: int) -> None:
        start, stop = self.canvas.place(row, begin), self.canvas.place(row, end)
        written = self.canvas.lines[row][start - self.canvas.starts[row] : stop - self.canvas.starts[row]]
        if written.strip():
            blank = len(written) - len(written.lstrip())
            self.strokes.append(Stroke("text", start + blank, start + len(written.rstrip())))

    def _sign(self, part: Part, row: int, column: int, kind: str = "") -> None:
        place = self.canvas.place(row, column)
        self.strokes.append(Stroke(part, place, place + 1, kind))

    def _account_for(self, line: int) -> None:
        """Outside the baseline there are only brackets with what is in them, and braces with their notes."""
        columns = range(len(self.canvas.columns(line)))
        rest = "".join(" " if (line, column) in self.seen else self.canvas.at(line, column) for column in columns)
        known = (_BRACES, _NOTE) if self.has_braces and line > self.baseline else ()
        for pattern in known:
            rest = pattern.sub(lambda found: " " * len(found[0]), rest)
        if rest.strip():
            raise _Odd
