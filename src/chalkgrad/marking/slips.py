"""What to try: known mistakes at every open step, at one place or at all units alike, alone or two at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chalkgrad.core.node import Node
from chalkgrad.marking.course import Course
from chalkgrad.marking.mistakes import MISTAKES, Edit, Mistake, Site, Surroundings
from chalkgrad.marking.mistakes.copying import copied_from
from chalkgrad.marking.replay import Key, OpenSteps

__all__ = ["Slip", "copies_at", "edits_at", "pairs_of", "slips_at", "surroundings_of"]

# Beyond this many pairs the page waits; and only what is common happens twice in one line.
_MOST_PAIRS = 1_500
_RANK_IN_PAIRS = 2
# Two mistakes are looked for at so many open steps, nearest to the claim.
_NEAR = 12

_BY_CODE = {mistake.code: mistake for mistake in MISTAKES}
_COMMON = tuple(mistake for mistake in MISTAKES if mistake.rank == 1)


@dataclass(frozen=True, eq=False)
class Slip:
    """A mistake made at one step, or in the same way at several."""

    mistake: Mistake
    changes: Mapping[Key, Edit]
    is_one_of_several: bool = False
    """Whether the same could have been done at other steps just as well."""

    @property
    def place(self) -> Key:
        """The first step at which it is made."""
        return next(iter(self.changes))


def slips_at(steps: OpenSteps) -> list[Slip]:
    """Every mistake at every open step, and each that can be made alike at several."""
    alike: dict[Any, dict[Key, Edit]] = {}
    found: list[tuple[Any, Mistake, Key, Edit]] = []
    for key in steps.keys:
        group = (key[0], surroundings_of(steps.course, key[0]).group(steps.statements[key]))
        for mistake, edit in edits_at(steps, key):
            way = (group, mistake.code, edit.variant)
            found.append((way, mistake, key, edit))
            alike.setdefault(way, {}).setdefault(key, edit)
    several = {way: changes for way, changes in alike.items() if len(changes) > 1}
    alone = [Slip(mistake, {key: edit}, way in several) for way, mistake, key, edit in found]
    return alone + [Slip(_BY_CODE[code], changes) for (_, code, _), changes in several.items()]


def copies_at(steps: OpenSteps, is_known: Callable[[int, Node], bool]) -> list[Slip]:
    """Any number that the writer has, put in for another of its kind in the step of a single number."""
    if len(steps.claimed) != 1 or steps.claimed[0] not in steps.statements:
        return []
    (key,) = steps.claimed
    stage = steps.course.stage(key[0])
    around = surroundings_of(steps.course, key[0])
    known = [node for node in stage.true if node in around.parameters or is_known(key[0], node)]
    site = Site(around, steps.statements[key], steps.statements[key].formula, bool(stage.before))
    return [Slip(_BY_CODE["copied-wrong-line"], {key: edit}) for edit in copied_from(site, known)]


def surroundings_of(course: Course, stage: int) -> Surroundings:
    """What stands around the symbols of a stage; worked out once for all stages that look alike."""
    view = course.stage(stage).units
    return course.once(("surroundings", id(view)), lambda: Surroundings(course.problem, view))


def edits_at(steps: OpenSteps, key: Key) -> tuple[tuple[Mistake, Edit], ...]:
    """Every known mistake at an open step; worked out once for all stages that look alike."""
    course, (number, symbol) = steps.course, key
    stage = course.stage(number)
    kept = ("edits", id(stage.units), symbol, bool(stage.before))
    if kept not in course.kept:
        statement = steps.statements[key]
        site = Site(surroundings_of(course, number), statement, statement.formula, bool(stage.before))
        course.kept[kept] = tuple(_edits_of(site, MISTAKES))
    found: tuple[tuple[Mistake, Edit], ...] = course.kept[kept]
    return found


def _edits_of(site: Site, mistakes: Iterable[Mistake]) -> Iterator[tuple[Mistake, Edit]]:
    for mistake in mistakes:
        for edit in mistake.edits(site):
            if edit.formula is not site.formula or edit.borrowed:
                yield mistake, edit


def pairs_of(slips: Sequence[Slip], steps: OpenSteps) -> list[tuple[Slip, ...]]:
    """Two mistakes at once, one of them among the most common, the most common first."""
    near = set(steps.nearest[:_NEAR])
    usual = [slip for slip in slips if slip.mistake.rank <= _RANK_IN_PAIRS and near.issuperset(slip.changes)]
    usual.sort(key=lambda slip: slip.mistake.rank)
    found: list[tuple[Slip, ...]] = list(_twice_at_a_step(usual, steps))
    for number, one in enumerate(slip for slip in usual if slip.mistake.rank == 1):
        for other in usual[number + 1 :]:
            if len(found) >= _MOST_PAIRS:
                return found
            if not set(one.changes) & set(other.changes):
                found.append((one, other))
    return found


def _twice_at_a_step(slips: Sequence[Slip], steps: OpenSteps) -> Iterator[tuple[Slip, ...]]:
    """A second, common mistake made with the formula that a first one left."""
    left = _MOST_PAIRS // 2
    for slip in slips:
        ways: dict[tuple[str, str], dict[Key, Edit]] = {}
        for key, edit in slip.changes.items():
            for mistake, second in _second_edits(steps, key, edit):
                ways.setdefault((mistake.code, second.variant), {}).setdefault(key, second)
        for (code, _), changes in ways.items():
            if code != slip.mistake.code and len(changes) == len(slip.changes):
                left -= 1
                yield slip, Slip(_BY_CODE[code], changes)
        if left < 0:
            return


def _second_edits(steps: OpenSteps, key: Key, first: Edit) -> tuple[tuple[Mistake, Edit], ...]:
    """Every common mistake at a step that a first one has changed already."""
    course, (number, symbol) = steps.course, key
    stage = course.stage(number)
    kept = ("second edits", id(stage.units), symbol, bool(stage.before), first.formula)
    if kept not in course.kept:
        site = Site(surroundings_of(course, number), steps.statements[key], first.formula, bool(stage.before))
        course.kept[kept] = tuple(_edits_of(site, _COMMON))
    found: tuple[tuple[Mistake, Edit], ...] = course.kept[kept]
    borrowed = first.borrowed
    if not borrowed:
        return found
    return tuple((m, replace(edit, borrowed={**borrowed, **edit.borrowed})) for m, edit in found)
