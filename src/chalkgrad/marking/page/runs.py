"""What is read together: a display by itself, or a line of text with the formulas in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from chalkgrad.marking.page.blocks import LONGEST_LINE, Stretch, formulas_in, text_lines
from chalkgrad.marking.page.tall_brackets import Stroke, pictures_in

__all__ = ["Piece", "Run", "runs_of"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of typed text, or a formula between delimiters.

    Args:
        start: where it begins, delimiters included.
        end: where it ends, delimiters included.
        inner_start: where its content begins.
        inner_end: where its content ends.
        is_typed: whether it is typed text.
        part: what it is of a formula over several lines, where it is no text: `open`, `cell`, `row` or `close`.
        bracket: of such a part, the bracket.
    """

    start: int
    end: int
    inner_start: int
    inner_end: int
    is_typed: bool
    part: str = ""
    bracket: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Pieces that may form one chain. A run that is too long to be a person's is not looked into."""

    pieces: tuple[Piece, ...]

    @property
    def start(self) -> int:
        """Where it begins."""
        return min(piece.start for piece in self.pieces)

    @property
    def end(self) -> int:
        """Where it ends."""
        return max(piece.end for piece in self.pieces)

    @property
    def is_too_long(self) -> bool:
        """Whether nobody writes so much without a break."""
        return self.end - self.start > LONGEST_LINE


def runs_of(text: str) -> list[Run]:
    """The runs of a page, in order. A picture that is part of the text is passed over.

    >>> [len(run.pieces) for run in runs_of("so $a = 1$\\n$$b = 2$$")]
    [2, 1]
    """
    runs: list[Run] = []
    begun = position = 0
    first = _body_of_document(text)
    for line in text.split("\n"):
        if position < first:
            begun = position + len(line) + 1
        elif len(line) > LONGEST_LINE:
            runs.extend(_ordinary_runs(text[begun:position], begun))
            if "data:image" not in line[:1000]:
                end = position + len(line)
                runs.append(Run((Piece(position, end, position, end, True),)))
            begun = position + len(line) + 1
        position += len(line) + 1
    return [*runs, *_ordinary_runs(text[begun:], begun)]


def _body_of_document(text: str) -> int:
    """Where the words of a LaTeX document begin; what stands before says how it is to look."""
    preamble = text.find("\\documentclass")
    return text.find("\\begin{document}") if preamble >= 0 else 0


def _ordinary_runs(text: str, offset: int) -> list[Run]:
    """The runs of lines of which none is too long."""
    formulas = formulas_in(text)
    runs: list[list[Piece]] = []
    pictures = _Pictures(text, offset)
    rest = iter(formulas)
    formula, done = next(rest, None), 0
    for line in text_lines(text, formulas):
        if pictures.cover(line.start):
            runs.append(pictures.run_at(line.start))
            continue
        run: list[Piece] = []
        at = max(line.start, done)
        while formula is not None and formula.start < line.end:
            if formula.end > at:
                if formula.start > at:
                    run.append(_typed(at, formula.start, offset))
                if formula.is_display:
                    runs.extend([run, [_formula(formula, offset)]])
                    run = []
                else:
                    run.append(_formula(formula, offset))
                at = done = formula.end
            formula = next(rest, None)
        if at < line.end:
            run.append(_typed(at, line.end, offset))
        runs.append(run)
    return _joined([Run(tuple(run)) for run in runs if run], text, offset)


class _Pictures:
    """The formulas over several lines, by their lines."""

    def __init__(self, text: str, offset: int) -> None:
        self.offset = offset
        self.found = {line: picture for picture in pictures_in(text) for line in range(picture.first, picture.last + 1)}
        self.starts = [0, *(place + 1 for place, sign in enumerate(text) if sign == "\n")] if self.found else []

    def cover(self, place: int) -> bool:
        """Whether the line of a place is part of such a formula."""
        return bool(self.found) and bisect_right(self.starts, place) - 1 in self.found

    def run_at(self, place: int) -> list[Piece]:
        """The formula whose baseline is the line of a place; nothing for its other lines."""
        line = bisect_right(self.starts, place) - 1
        picture = self.found[line]
        if line != picture.baseline:
            return []
        return [_stroke(stroke, self.offset) for stroke in picture.strokes]


def _stroke(stroke: Stroke, offset: int) -> Piece:
    start, end = stroke.start + offset, stroke.end + offset
    part = "" if stroke.part == "text" else stroke.part
    return Piece(start, end, start, end, True, part, stroke.kind)


_GOES_ON = re.compile(r"\s*(?:[×·⋅⊙∘+]|[*/] |\\(?:times|cdot|odot)\b)")
_STAYS_OPEN = re.compile(r"[=≈+\-−×·⋅⊙*/(]\s*\Z")


def _stays_in_brackets(written: str) -> bool:
    """Whether a list such as `[[1, 2],` is closed on a later line."""
    return "=" in written and "[" in written and written.count("[") > written.count("]")


def _joined(runs: Sequence[Run], text: str, offset: int) -> list[Run]:
    """Lines of typed text joined where the first ends with an operator, or the next one begins with one."""
    found: list[Run] = []
    for run in runs:
        before = found[-1] if found else None
        if before is not None and before.pieces[-1].is_typed and run.pieces[0].is_typed:
            between = text[before.end - offset : run.start - offset]
            end = text[max(before.start, before.end - 40) - offset : before.end - offset]
            goes_on = bool(_GOES_ON.match(text, run.start - offset) or _STAYS_OPEN.search(end))
            goes_on = goes_on or _stays_in_brackets(text[before.start - offset : before.end - offset])
            is_near = not between.strip() and between.count("\n") <= 2
            if goes_on and is_near and run.end - before.start <= LONGEST_LINE:
                found[-1] = Run(before.pieces + run.pieces)
                continue
        found.append(run)
    return found


def _typed(start: int, end: int, offset: int) -> Piece:
    return Piece(start + offset, end + offset, start + offset, end + offset, True)


def _formula(found: Stretch, offset: int) -> Piece:
    places: Sequence[int] = (found.start, found.end, found.inner_start, found.inner_end)
    start, end, inner_start, inner_end = (place + offset for place in places)
    return Piece(start, end, inner_start, inner_end, False)
