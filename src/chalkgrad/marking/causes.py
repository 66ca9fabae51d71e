"""The search for the cause of a wrong number: known mistakes, replayed with the writer's own numbers.

A mistake is tried at the step that was claimed and at every open step before it, at one place or at all units alike. Of
those that give what the page says, the likeliest is named, and only if it is much likelier than the others and than
chance: with two printed digits a number is hit by many a wrong formula.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy

from chalkgrad.marking.evidence import Cause, Evidence
from chalkgrad.marking.mistakes import Edit
from chalkgrad.marking.replay import Key, Replay, open_steps
from chalkgrad.marking.slips import Slip, copies_at, pairs_of, slips_at, surroundings_of
from chalkgrad.marking.support import Support
from chalkgrad.marking.telling import words_of

__all__ = ["GENERAL", "causes_of", "telling"]

# What says less than another cause that gives the same number.
GENERAL = frozenset({"minus-dropped", "copied-wrong-line", "wrong-activation", "factors-added", "scalar-slope"})

# A cause is sure if it has this share of everything that could explain the number.
_SURE = 0.75
# Relative to the number itself: two numbers that are closer are the same.
_SAME = 1e-9
# How much rarer a second mistake in the same line is.
_TWO_AT_ONCE = 0.02
# Whoever has a rule wrong has it wrong for all units and samples alike: how likely it is at a single one of them.
_AT_ONE_ALONE = 0.3
_OF_THE_PEN = frozenset({"minus-dropped", "copied-wrong-line", "path-left-out", "weight-swapped", "input-swapped"})
# How likely it is that a rule about signs was broken where the page shows that it is known.
_SIGN_DONE_RIGHT = 0.05
_SIGNS = frozenset({"sign-of-error", "ascent", "momentum-sign", "l2-sign"})


@dataclass(frozen=True, eq=False)
class _Found:
    """Slips that together give what the page says, and how likely that is."""

    slips: tuple[Slip, ...]
    values: tuple[float, ...]
    weight: float


def causes_of(evidence: Evidence, *, beyond: bool = True) -> tuple[Cause, ...]:
    """The known mistakes that give what a page says, the likeliest first; none if the right formula gives it too.

    Args:
        evidence: what the page shows.
        beyond: whether, where no known mistake gives what the page says, numbers copied from anywhere and two mistakes
            at once are looked for.

    Returns:
        The causes, each code once. Only the first can be sure.
    """
    steps = open_steps(evidence.course, evidence.stage, evidence.symbols, evidence.is_stated)
    if not any(key in steps.statements for key in steps.claimed):
        return ()
    replay = Replay(steps, evidence.world)
    if evidence.fits(replay.plain):
        return ()
    support = Support(evidence, replay)
    singles = [(slip,) for slip in slips_at(steps)]
    found = _found(singles, support)
    if beyond and not found:
        found = _found([(slip,) for slip in copies_at(steps, evidence.is_stated)], support)
    if beyond and not found:
        found = _found(pairs_of([slip for (slip,) in singles], steps), support)
    return _told(found, support)


# --- what fits --------------------------------------------------------------------------------------------------------


def _found(candidates: Sequence[tuple[Slip, ...]], support: Support) -> list[_Found]:
    """Those that give what the page says, with their weights."""
    if not candidates:
        return []
    values = support.replay.run([_lane(slips) for slips in candidates])
    plain = numpy.array(support.replay.plain)
    scale = numpy.maximum(numpy.abs(plain), numpy.abs(values))
    with numpy.errstate(invalid="ignore"):
        # Whatever is finite differs from a right number that is not.
        differs = ~(numpy.abs(values - plain) <= _SAME * scale).all(axis=1)
    moved = numpy.isfinite(values).all(axis=1) & differs
    rows = {int(number): tuple(values[number].tolist()) for number in numpy.flatnonzero(moved)}
    fitting = [
        number
        for number, row in rows.items()
        if support.fits(row) and not support.is_gainsaid(_lane(candidates[number]))
    ]
    wanted = {_kin(candidates[number]) for number in fitting}
    variants: dict[Any, set[tuple[str, ...]]] = {kin: set() for kin in wanted}
    for number, row in rows.items() if wanted else ():
        kin = _kin(candidates[number])
        if kin in variants:
            variants[kin].add(tuple(f"{value:.8e}" for value in row))
    found = []
    for number, weight in zip(fitting, support.of_each([_lane(candidates[n]) for n in fitting]), strict=True):
        slips = candidates[number]
        found.append(_Found(slips, rows[number], weight * _prior(slips, support) / len(variants[_kin(slips)])))
    return found


def _lane(slips: Sequence[Slip]) -> dict[Key, Edit]:
    return {key: edit for slip in slips for key, edit in slip.changes.items()}


def _kin(slips: Sequence[Slip]) -> tuple[Any, ...]:
    """What slips have in common with other ways to make the same mistakes at the same steps."""
    return tuple((slip.mistake.code, slip.place, len(slip.changes) > 1) for slip in slips)


def _prior(slips: Sequence[Slip], support: Support) -> float:
    """How common it is that these slips are made: half as common with every rank."""
    likely = 1.0
    for slip in slips:
        code = slip.mistake.code
        likely *= 0.5 ** (slip.mistake.rank - 1) * slip.changes[slip.place].likely
        if slip.is_one_of_several and code not in _OF_THE_PEN:
            likely *= _AT_ONE_ALONE
        if code in _SIGNS and _knows_sign(slip, support):
            likely *= _SIGN_DONE_RIGHT
    return likely * _TWO_AT_ONCE ** (len(slips) - 1)


def _knows_sign(slip: Slip, support: Support) -> bool:
    """Whether the page shows that a rule about signs is known: by its letters, or by the error on a line of its own."""
    is_said = slip.is_one_of_several and any(support.states_error(key) for key in slip.changes)
    return support.has_right_letters or is_said


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
    alike = [group for group in groups if _same(group[0].values, groups[0][0].values) and len(group[0].slips) == 1]
    rules = [slip for group in alike for slip in group[0].slips if slip.mistake.code in _SIGNS]
    is_sign = any(_knows_sign(slip, support) for slip in rules)
    general = GENERAL - {"minus-dropped"} if is_sign else GENERAL
    told = [group for group in alike if group[0].slips[0].mistake.code not in general]
    if len(alike) > 1 and len(told) == 1:
        # All of them give this number, and one says more than that some number is another.
        groups.sort(key=lambda group: group is not told[0])
    else:
        alike = groups[:1]
    share = sum(one.weight for group in alike for one in group) / everything
    return tuple(
        _cause(max(group, key=lambda one: one.weight), support.evidence, place == 0 and share >= _SURE)
        for place, group in enumerate(groups)
    )


def _same(values: Sequence[float], others: Sequence[float]) -> bool:
    return all(abs(one - other) <= _SAME * max(abs(one), abs(other)) for one, other in zip(values, others, strict=True))


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


def telling(causes: Sequence[Cause]) -> Cause:
    """Of causes that cannot be told apart, the likeliest that says more than that some number is another."""
    return next((cause for cause in causes if cause.code not in GENERAL), causes[0])
