"""Every place at which a known mistake can be made in small problems, and the number that it gives there."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tests.marking.mistakes.problems import PROBLEMS, course

from chalkgrad.core.node import Node
from chalkgrad.marking.course import Course, Stage
from chalkgrad.marking.evidence import Evidence
from chalkgrad.marking.mistakes import MISTAKES, Edit, Mistake, Site, Surroundings
from chalkgrad.marking.replay import Replay, open_steps
from chalkgrad.marking.worlds import TrueWorld

__all__ = ["DECIMALS", "Slip", "evidence", "slips_in", "slips_of"]

DECIMALS = 5
# So many places for one mistake in one step of a problem; the first, in the order of the working.
_MOST_AT_A_STAGE = 3


@dataclass(frozen=True, eq=False)
class Slip:
    """A mistake made at one step.

    Args:
        course: the working.
        stage: the number of the stage.
        symbol: what the step works out.
        mistake: the mistake.
        edit: the way it was made.
        right: the number without it.
        wrong: the number with it.
    """

    course: Course
    stage: int
    symbol: Node
    mistake: Mistake
    edit: Edit
    right: float
    wrong: float

    @property
    def surroundings(self) -> Surroundings:
        """What stands around the step."""
        return Surroundings(self.course.problem, self.course.stage(self.stage).units)

    def __str__(self) -> str:
        title = self.course.problem.title
        return f"{self.mistake.code} {self.edit.variant!r} at {self.symbol.name}, step {self.stage} of {title!r}"


def slips_in(course: Course) -> Iterator[Slip]:
    """Every slip of every step of a course of which the number is another."""
    for stage in course.stages:
        around = Surroundings(course.problem, stage.units)
        for symbol in stage.statements:
            yield from _slips_at(course, stage, around, symbol)


def _slips_at(course: Course, stage: Stage, around: Surroundings, symbol: Node) -> Iterator[Slip]:
    made = stage.statements[symbol]
    replay = Replay(open_steps(course, stage.number, [symbol], lambda stage, node: True), TrueWorld(course))
    (right,) = replay.plain
    site = Site(around, made, made.formula, bool(stage.before))
    tried = [(mistake, edit) for mistake in MISTAKES for edit in mistake.edits(site)]
    wrong = replay.run([{(stage.number, symbol): edit} for _, edit in tried]) if tried else []
    for (mistake, edit), (number,) in zip(tried, wrong, strict=True):
        if math.isfinite(number) and abs(round(number, DECIMALS) - right) > 10**-DECIMALS:
            yield Slip(course, stage.number, symbol, mistake, edit, right, float(number))


@cache
def _by_code() -> dict[str, tuple[Slip, ...]]:
    found: dict[str, list[Slip]] = {mistake.code: [] for mistake in MISTAKES}
    for name in PROBLEMS:
        here: Counter[tuple[int, str]] = Counter()
        for slip in slips_in(course(name)):
            here[slip.stage, slip.mistake.code] += 1
            if here[slip.stage, slip.mistake.code] <= _MOST_AT_A_STAGE:
                found[slip.mistake.code].append(slip)
    return {code: tuple(slips) for code, slips in found.items()}


def slips_of(code: str) -> tuple[Slip, ...]:
    """Some slips of a mistake from every problem in which it can be made."""
    return _by_code()[code]


def evidence(course: Course, stage: int, symbol: Node, number: float) -> Evidence:
    """A page that says all numbers rightly, and one of them as given, rounded."""
    said, unit = round(number, DECIMALS), 0.5 * 10.0**-DECIMALS + 1e-12
    return Evidence(
        course,
        stage,
        (symbol,),
        TrueWorld(course),
        lambda values: abs(values[0] - said) <= unit,
        lambda stage, node: True,
    )
