"""The search for the cause of a wrong number: known mistakes, replayed with the writer's own numbers.

A mistake is tried at the step that was claimed and at every open step before it, at one place or at all units alike. Of
those that give what the page says, the likeliest is named, and only if it is much likelier than the others and than
chance: with two printed digits a number is hit by many a wrong formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy

from chalkgrad.marking.course import Course
from chalkgrad.marking.evidence import Cause, Evidence
from chalkgrad.marking.mistakes import MISTAKES, Edit, Mistake, Site, Surroundings
from chalkgrad.marking.replay import Key, OpenSteps, Replay, open_steps
from chalkgrad.marking.support import Support
from chalkgrad.marking.telling import words_of

__all__ = ["causes_of", "edits_at", "surroundings_of"]

# A cause is sure if it has this share of everything that could explain the number.
_SURE = 0.85
# Beyond this many pairs the page waits; and only what is common happens twice in one line.
_MOST_PAIRS = 1_500
_RANK_IN_PAIRS = 2
# Two mistakes are looked for at so many open steps, nearest to the claim.
_NEAR = 12
# Relative to the number itself: two numbers that are closer are the same.
_SAME = 1e-9
# How much rarer a second mistake in the same line is.
_TWO_AT_ONCE = 0.02

_BY_CODE = {mistake.code: mistake for mistake in MISTAKES}
_COMMON = tuple(mistake for mistake in MISTAKES if mistake.rank == 1)


@dataclass(frozen=True, eq=False)
class _Slip:
    """A mistake made at one step, or in the same way at several."""

    mistake: Mistake
    changes: Mapping[Key, Edit]

    @property
    def place(self) -> Key:
        """The first step at which it is made."""
        return next(iter(self.changes))


@dataclass(frozen=True, eq=False)
class _Found:
    """Slips that together give what the page says, and how likely that is."""

    slips: tuple[_Slip, ...]
    values: tuple[float, ...]
    weight: float


def causes_of(evidence: Evidence) -> tuple[Cause, ...]:
    """The known mistakes that give what a page says, the likeliest first; none if the right formula gives it too.

    Args:
        evidence: what the page shows.

    Returns:
        The causes, each code once. Only the first can be sure. Two mistakes at once are only looked for where no single
        one gives what the page says.
    """
    steps = open_steps(evidence.course, evidence.stage, evidence.symbols, evidence.is_stated)
    if not any(key in steps.statements for key in steps.claimed):
        return ()
    replay = Replay(steps, evidence.world)
    if evidence.fits(replay.plain):
        return ()
    support = Support(evidence, replay)
    singles = [(slip,) for slip in _slips(steps)]
    found = _found(singles, support) or _found(_pairs([slip for (slip,) in singles], steps), support)
    return _told(found, support)


# --- what to try ------------------------------------------------------------------------------------------------------


def _slips(steps: OpenSteps) -> list[_Slip]:
    """Every mistake at every open step, and each that can be made alike at several."""
    alike: dict[Any, dict[Key, Edit]] = {}
    found: list[_Slip] = []
    for key in steps.keys:
        group = (key[0], surroundings_of(steps.course, key[0]).group(steps.statements[key]))
        for mistake, edit in edits_at(steps, key):
            found.append(_Slip(mistake, {key: edit}))
            alike.setdefault((group, mistake.code, edit.variant), {}).setdefault(key, edit)
    several = [(code, changes) for (_, code, _), changes in alike.items() if len(changes) > 1]
    return found + [_Slip(_BY_CODE[code], changes) for code, changes in several]


def surroundings_of(course: Course, stage: int) -> Surroundings:
    """What stands around the symbols of a stage; worked out once for all stages that look alike."""
    view = course.stage(stage).units
    key = ("surroundings", id(view))
    if key not in course.kept:
        course.kept[key] = Surroundings(course.problem, view)
    found: Surroundings = course.kept[key]
    return found


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


def _pairs(slips: Sequence[_Slip], steps: OpenSteps) -> list[tuple[_Slip, ...]]:
    """Two mistakes at once, one of them among the most common, the most common first."""
    near = set(steps.nearest[:_NEAR])
    usual = [slip for slip in slips if slip.mistake.rank <= _RANK_IN_PAIRS and near.issuperset(slip.changes)]
    usual.sort(key=lambda slip: slip.mistake.rank)
    found: list[tuple[_Slip, ...]] = list(_twice_at_a_step(usual, steps))
    for number, one in enumerate(slip for slip in usual if slip.mistake.rank == 1):
        for other in usual[number + 1 :]:
            if len(found) >= _MOST_PAIRS:
                return found
            if not set(one.changes) & set(other.changes):
                found.append((one, other))
    return found


def _twice_at_a_step(slips: Sequence[_Slip], steps: OpenSteps) -> Iterator[tuple[_Slip, ...]]:
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
                yield slip, _Slip(_BY_CODE[code], changes)
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


# --- what fits --------------------------------------------------------------------------------------------------------


def _found(candidates: Sequence[tuple[_Slip, ...]], support: Support) -> list[_Found]:
    """Those that give what the page says, with their weights."""
    if not candidates:
        return []
    values = support.replay.run([_lane(slips) for slips in candidates])
    plain = numpy.array(support.replay.plain)
    scale = numpy.maximum(numpy.abs(plain), numpy.abs(values))
    moved = numpy.isfinite(values).all(axis=1) & (numpy.abs(values - plain) > _SAME * scale).any(axis=1)
    rows = {int(number): tuple(values[number].tolist()) for number in numpy.flatnonzero(moved)}
    fitting = [number for number, row in rows.items() if support.fits(row)]
    wanted = {_kin(candidates[number]) for number in fitting}
    variants: dict[Any, set[tuple[str, ...]]] = {kin: set() for kin in wanted}
    for number, row in rows.items() if wanted else ():
        kin = _kin(candidates[number])
        if kin in variants:
            variants[kin].add(tuple(f"{value:.8e}" for value in row))
    found = []
    for number in fitting:
        slips, row = candidates[number], rows[number]
        weight = support.of(_lane(slips)) * _prior(slips) / len(variants[_kin(slips)])
        found.append(_Found(slips, row, weight))
    return found


def _lane(slips: Sequence[_Slip]) -> dict[Key, Edit]:
    return {key: edit for slip in slips for key, edit in slip.changes.items()}


def _kin(slips: Sequence[_Slip]) -> tuple[Any, ...]:
    """What slips have in common with other ways to make the same mistakes at the same steps."""
    return tuple((slip.mistake.code, slip.place, len(slip.changes) > 1) for slip in slips)


def _prior(slips: Sequence[_Slip]) -> float:
    """How common it is that these slips are made: half as common with every rank."""
    likely = 1.0
    for slip in slips:
        likely *= 0.5 ** (slip.mistake.rank - 1) * slip.changes[slip.place].likely
    return likely * _TWO_AT_ONCE ** (len(slips) - 1)


# --- what to tell -----------------------------------------------------------------------------------------------------


def _told(found: Sequence[_Found], support: Support) -> tuple[Cause, ...]:
    """The causes, each code once, the likeliest first."""
    by_code: dict[tuple[str, ...], list[_Found]] = {}
    for one in found:
        by_code.setdefault(tuple(slip.mistake.code for slip in one.slips), []).append(one)
    groups = sorted(by_code.values(), key=lambda group: -sum(one.weight for one in group))
    if not groups:
        return ()
    everything = sum(one.weight for one in found) + support.chance(found[0].values)
    causes = []
    for place, group in enumerate(groups):
        best = max(group, key=lambda one: one.weight)
        share = sum(one.weight for one in group) / everything
        causes.append(_cause(best, support.evidence, place == 0 and share >= _SURE))
    return tuple(causes)


def _cause(found: _Found, evidence: Evidence, sure: bool) -> Cause:
    first, *rest = found.slips
    course = evidence.course
    words = [
        words_of(slip.mistake, slip.changes, course, surroundings_of(course, slip.place[0])) for slip in found.slips
    ]
    return Cause(
        code=first.mistake.code,
        words=" ".join(words),
        rule=first.mistake.rule,
        stage=first.place[0],
        symbol=first.place[1],
        other=rest[0].mistake.code if rest else "",
        values=found.values,
        sure=sure,
    )
