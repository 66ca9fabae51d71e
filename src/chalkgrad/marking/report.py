"""A marked page as data: what each line says, and what we say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

__all__ = ["Claim", "FirstMistake", "MarkItem", "MarkedLine", "Marks", "Report", "Verdict"]


class Verdict(StrEnum):
    """What is said of a claim."""

    RIGHT = "right"
    """It follows from unrounded working."""
    ROUNDED = "rounded"
    """It follows from the writer's own rounded numbers."""
    CARRIED = "carried"
    """It follows from an earlier wrong number of the writer's."""
    WRONG = "wrong"
    UNREAD = "unread"
    """It could not be read for sure; a person should look."""
    UNDECIDED = "undecided"
    """It was read, but whether it holds could not be told."""
    NOT_ABOUT_THIS = "not_about_this"
    """It says nothing about the problem."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that somebody says, and what we say of it.

    Args:
        line: the line of the page, counted from 1.
        start: where it begins in the text of the page.
        end: where it ends.
        text: the part of the page.
        quantity: what it speaks of, in the file's names: `z_h1`, `dloss/dw1`, `w1'` for a new value; empty if unknown.
        title: the quantity in words, as in "the gradient of w1".
        step: which optimizer step, counted from 1.
        named: what the page calls it.
        found_by: how it was found: `name`, `formula`, `value`, `order`, or empty.
        claimed: what the page says: a number, rows of numbers, or `None` for a formula.
        expected: what it should be, without rounding.
        follows: what follows from the writer's own earlier numbers, where that differs from `expected`.
        verdict: what we say of it.
        sources: the earlier lines that it rests on.
        cause: the code of the mistake that it shows, or empty.
        words: the verdict in a sentence.
        correct: what the line should have been, as text.
        suggestion: for an unread claim, what would make the line right.
        trivial: whether it follows from an earlier mistake that left nothing to work out, such as a unit that is dead.
        formula_holds: whether the formula or the numbers put in are right, whatever comes of them.
    """

    line: int
    start: int
    end: int
    text: str
    verdict: Verdict
    words: str
    quantity: str = ""
    title: str = ""
    step: int | None = None
    named: str = ""
    found_by: str = ""
    claimed: Any = None
    expected: Any = None
    follows: Any = None
    sources: tuple[int, ...] = ()
    cause: str = ""
    correct: str = ""
    suggestion: str = ""
    trivial: bool = False
    formula_holds: bool = False


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """A line of the page with what it claims; `kind` is `math` or `prose`."""

    number: int
    text: str
    kind: str
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class FirstMistake:
    """Where the working first went wrong.

    Args:
        line: the line of the page.
        quantity: what is wrong there.
        cause: the code of the mistake, or empty where none was found.
        words: what happened.
        rule: the rule that was broken, in a sentence, or empty.
        correct: what the line should have been.
    """

    line: int
    quantity: str
    cause: str
    words: str
    rule: str = ""
    correct: str = ""


@dataclass(frozen=True, slots=True)
class MarkItem:
    """The marks for one quantity.

    Args:
        quantity: in the file's names.
        title: in words.
        step: which optimizer step.
        possible: how many marks it is worth.
        earned: how many were earned.
        line: the line that earned or lost them, or `None` where the page does not say the quantity.
        verdict: the verdict that decided, or `None`.
        words: why, in a sentence.
    """

    quantity: str
    title: str
    step: int | None
    possible: float
    earned: float
    line: int | None
    verdict: Verdict | None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of a page. What is unread is in no sum and is listed for a person to look at."""

    earned: float
    possible: float
    items: tuple[MarkItem, ...] = ()
    to_look_at: tuple[MarkItem, ...] = ()


@dataclass(frozen=True)
class Report:
    """A marked page.

    Args:
        title: that of the problem.
        page: the name of the page.
        lines: the lines of the page, in order.
        first_mistake: where it first went wrong, or `None`.
        marks: what was earned.
        naming: what the page calls each quantity of the problem that it speaks of.
        quantities: how many quantities the problem has.
        notes: remarks on the page as a whole, such as that it may belong to another problem.
    """

    title: str
    page: str
    lines: tuple[MarkedLine, ...]
    first_mistake: FirstMistake | None
    marks: Marks
    naming: Mapping[str, str] = field(default_factory=dict)
    quantities: int = 0
    notes: tuple[str, ...] = ()

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All claims, from the top of the page down."""
        return tuple(claim for line in self.lines for claim in line.claims)

    def count(self, verdict: Verdict) -> int:
        """How many claims have a verdict."""
        return sum(claim.verdict is verdict for claim in self.claims)
