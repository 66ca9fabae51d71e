"""What a page shows of a slip, and what was found to have caused it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chalkgrad.core.node import Node
from chalkgrad.marking.course import Course
from chalkgrad.marking.worlds import World

__all__ = ["Cause", "Evidence", "Formula"]

Formula = Callable[[World], Sequence[float] | None]


@dataclass(frozen=True)
class Evidence:
    """A claim that does not follow, as the search for its cause sees it.

    Args:
        course: the working as it should be.
        stage: the number of the stage that the claim speaks of.
        symbols: the symbols of the unit view whose numbers it says; one, or the entries of a matrix row by row.
        world: the writer's numbers: what the page says, and what follows from it.
        fits: whether numbers, one for each symbol, agree with what the page says to its printed digits.
        is_stated: whether the page says the number of a symbol at a stage, so that no slip hides behind it.
        formulas: if the claim has a formula in letters: for each way of reading it, its numbers in another world, or
            `None` where it has none there.
        operands: the numbers that stand in the line before its result, without their signs.
    """

    course: Course
    stage: int
    symbols: tuple[Node, ...]
    world: World
    fits: Callable[[Sequence[float]], bool]
    is_stated: Callable[[int, Node], bool]
    formulas: tuple[Formula, ...] = ()
    operands: tuple[float, ...] = ()


@dataclass(frozen=True)
class Cause:
    """A known mistake that gives what the page says.

    Args:
        code: the code of the mistake.
        words: what happened, in a sentence with the names of the problem.
        rule: the rule that was broken, in a sentence.
        stage: the stage of the step that was done wrong.
        symbol: what that step works out.
        other: the code of a second mistake that had to be made with it, or empty.
        values: the numbers that the mistake gives, one for each symbol of the claim.
        sure: whether it explains the claim so much better than chance and every other cause that it may be told.
    """

    code: str
    words: str
    rule: str
    stage: int
    symbol: Node
    other: str = ""
    values: tuple[float, ...] = ()
    sure: bool = False
