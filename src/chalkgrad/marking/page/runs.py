"""What is read together: a display by itself, or a line of text with the formulas in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chalkgrad.marking.page.blocks import LONGEST_LINE, Stretch, formulas_in, text_lines

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
    """

    start: int
    end: int
    inner_start: int
    inner_end: int
    is_typed: bool


@dataclass(frozen=True, slots=True)
class Run:
    """Pieces that may form one chain. A run that is too long to be a person's is not looked into."""

    pieces: tuple[Piece, ...]

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.pieces[0].start

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.pieces[-1].end

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
    rest = iter(formulas)
    formula, done = next(rest, None), 0
    for line in text_lines(text, formulas):
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
