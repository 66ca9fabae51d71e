"""What a page is expected to say, and what it says without writing it down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from chalkgrad.core.node import Node, toposort
from chalkgrad.marking.course import Course
from chalkgrad.marking.marks import Asked, marks_of
from chalkgrad.marking.quantities import Quantity
from chalkgrad.marking.report import Claim, Marks, Verdict

__all__ = ["asked_of", "covered_by", "page_marks"]

_WORKED_OUT = ("forward", "loss", "gradient", "regularize", "memory", "update")
_GOOD = (Verdict.RIGHT, Verdict.ROUNDED, Verdict.CARRIED)

Place = tuple[int, Node]  # a number of a stage


def page_marks(course: Course, quantities: Sequence[Quantity], claims: Sequence[Claim]) -> Marks:
    """The marks of a page by the scheme of its problem.

    Args:
        course: the working as it should be.
        quantities: those of the course.
        claims: those of the page.
    """
    asked = course.once("asked", lambda: asked_of(quantities))
    covered = covered_by(course, asked, quantities, claims)
    return marks_of(claims, list(asked), course.problem.keys.marks, covered)


def asked_of(quantities: Iterable[Quantity]) -> dict[Asked, Place]:
    """What a full solution says: every single number that is worked out, up to the last update, each once.

    The pass with the parameters that the last update left is not asked for, but in a problem of nothing else.
    """
    known = list(quantities)
    last = max((quantity.stage for quantity in known), default=1)
    wholes: dict[Place, list[Quantity]] = {}
    for quantity in known:
        if quantity.kind in _WORKED_OUT and (quantity.stage < last or last == 1):
            for node in quantity.flat:
                wholes.setdefault((quantity.stage, node), []).append(quantity)
    return dict(_each_once(wholes))


def _each_once(wholes: Mapping[Place, Sequence[Quantity]]) -> Iterator[tuple[Asked, Place]]:
    for place, names in wholes.items():
        own = next((quantity for quantity in names if quantity.is_single), None)
        if own is not None and not own.is_beside:
            others = tuple(quantity.name for quantity in names if quantity is not own)
            yield Asked(own.name, own.title, own.stage, others), place


def covered_by(
    course: Course, asked: Mapping[Asked, Place], quantities: Iterable[Quantity], claims: Iterable[Claim]
) -> dict[Asked, int]:
    """What a page does not say although it shows that it was right, with the line that shows it.

    That is so where all that the page says of numbers that depend on it is good, and it says at least one of them.
    """
    said = _said(quantities, claims)
    shown: dict[Place, int | None] = {}
    users = course.once("users", lambda: _users(course))
    # Who uses a number comes behind it, so that from the end on every user is known.
    for stage in reversed(course.stages):
        for node in reversed(list(stage.statements)):
            place = (stage.number, node)
            if place not in said:
                lines = [shown[user] for user in users.get(place, ()) if user in shown]
                if not lines:
                    continue
                shown[place] = None if None in lines else lines[0]
            else:
                shown[place] = said[place]
    found = ((each, shown.get(place)) for each, place in asked.items() if place not in said)
    return {each: line for each, line in found if line is not None}


def _said(quantities: Iterable[Quantity], claims: Iterable[Claim]) -> dict[Place, int | None]:
    """For each number that the page says: a line in which it is good, or `None` where there is none."""
    about = {(quantity.name, quantity.title, quantity.stage): quantity for quantity in quantities}
    found: dict[Place, int | None] = {}
    for claim in claims:
        quantity = about.get((claim.quantity, claim.title, claim.step or 0))
        if quantity is None or claim.claimed is None:
            continue
        is_good = claim.verdict in _GOOD and not claim.trivial
        for node in quantity.flat:
            place = (quantity.stage, node)
            if found.get(place) is None:
                found[place] = claim.line if is_good else None
    return found


def _users(course: Course) -> dict[Place, list[Place]]:
    """For each number of the working, the numbers that are worked out from it directly."""
    found: dict[Place, list[Place]] = {}
    for stage in course.stages:
        for node, made in stage.statements.items():
            for leaf in toposort([made.formula]):
                place = stage.before.get(leaf, (stage.number, leaf))
                found.setdefault(place, []).append((stage.number, node))
    return found
