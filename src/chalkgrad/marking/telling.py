"""A mistake that was found, told in a sentence with the names of the problem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalkgrad.core.node import Node
from chalkgrad.marking.course import Course, Stage
from chalkgrad.marking.mistakes import Edit, Mistake, Surroundings
from chalkgrad.marking.replay import Key

__all__ = ["words_of"]

_MOST_NAMED = 3


def words_of(mistake: Mistake, changes: Mapping[Key, Edit], course: Course, around: Surroundings) -> str:
    """What happened, in a sentence.

    Args:
        mistake: the mistake.
        changes: the steps at which it was made.
        course: the working.
        around: what stands around those steps.
    """
    stage = course.stage(next(iter(changes))[0])
    named = {name: _said(value, around, stage) for name, value in next(iter(changes.values())).names.items()}
    said = mistake.words.format(this=_listed([around.called(symbol, stage) for _, symbol in changes]), **named)
    return f"The {said[4:]}" if said.startswith("the ") else said


def _said(value: Node | str, around: Surroundings, stage: Stage) -> str:
    """What is named, in words: a symbol by what it is called, a plain number as it stands."""
    if isinstance(value, str):
        return value
    return str(value.number) if value.number is not None else around.called(value, stage) or "an expression"


def _listed(names: Sequence[str]) -> str:
    """`h1`; `h1 and h2`; `h1, h2, h3 and 4 more`."""
    shown = list(names[:_MOST_NAMED])
    if len(names) > _MOST_NAMED:
        shown.append(f"{len(names) - _MOST_NAMED} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
