"""Lines about something that is no quantity of its own: a difference, a slope, a name of the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy

from chalkgrad.marking import wording
from chalkgrad.marking.arithmetic import NumberPart
from chalkgrad.marking.digits import agrees
from chalkgrad.marking.fitting import How
from chalkgrad.marking.formula_lines import define_if_new
from chalkgrad.marking.formulas import Holds
from chalkgrad.marking.notebook import Notebook
from chalkgrad.marking.number_lines import judge_numbers
from chalkgrad.marking.other_readings import mending_in
from chalkgrad.marking.page import written
from chalkgrad.marking.page.written import Term
from chalkgrad.marking.report import Verdict
from chalkgrad.marking.sayings import Saying, has_letters, has_unread

__all__ = ["judge_expression"]


def judge_expression(notes: Notebook, saying: Saying, numbers: Sequence[NumberPart]) -> None:
    """A line about something that is no quantity of its own: a slope, a difference, a name of the page's own."""
    subject = saying.subject
    assert subject is not None
    letters = [part for part in saying.parts if has_letters(part) and not has_unread(part)]
    held = [notes.formulas.same(subject, part, notes.binder.stage) for part in letters]
    define_if_new(notes, saying)
    if numbers and notes.has_numbers and _judge_number_of(notes, saying, subject, numbers):
        return
    if held and all(found in (Holds.ALWAYS, Holds.HERE) for found in held):
        notes.add(saying, Verdict.RIGHT, wording.same_thing(), formula_holds=True)
    elif Holds.NO in held and not notes.is_unreliable and _is_slope(subject) and _sizes_fit(notes, subject, letters):
        notes.add(saying, Verdict.WRONG, wording.not_the_same())
    elif numbers and notes.arithmetic.breaks(numbers):
        judge_numbers(notes, saying, numbers)
    elif held and Holds.NO in held:
        notes.add(saying, Verdict.UNDECIDED, wording.formula_unknown())
    else:
        notes.add(saying, Verdict.NOT_ABOUT_THIS, wording.not_about_this())


def _judge_number_of(notes: Notebook, saying: Saying, subject: Term, numbers: Sequence[NumberPart]) -> bool:
    """A number said to be the value of something in letters; whether anything could be said of it."""
    last = numbers[-1]
    targets, fits = _number_fits(notes, subject, last)
    if not fits:
        return False
    breaks = notes.arithmetic.breaks(numbers)
    if any(fits) and not breaks:
        notes.add(
            saying,
            Verdict.RIGHT,
            wording.value_holds(),
            claimed=last.value,
            expected=targets[0],
            formula_holds=True,
        )
        return True
    loose = last.unit + max((part.width for part in numbers if numpy.ndim(part.width) == 0), default=0.0)
    if not breaks and any(
        agrees(last.value, loose, target) for target in targets if numpy.shape(target) == numpy.shape(last.value)
    ):
        notes.add(saying, Verdict.ROUNDED, wording.value_holds(), claimed=last.value, expected=targets[0])
        return True

    def how_fits(found: NumberPart) -> How:
        alike = [target for target in targets if numpy.shape(target) == numpy.shape(found.value)]
        if any(agrees(found.value, found.unit, target) for target in alike):
            return How.TRUE
        return How.LOOSELY if any(agrees(found.value, found.unit, target, found.width) for target in alike) else How.NOT

    mending = mending_in(notes, numbers, how_fits)
    if mending is not None:
        notes.add(
            saying, Verdict.UNREAD, wording.unread(mending.suggestion, mending.words), suggestion=mending.suggestion
        )
        return True
    if any(fits):
        notes.add(saying, Verdict.RIGHT, wording.value_holds(), claimed=last.value, expected=targets[0])
        return True
    if notes.is_unreliable or not last.is_printed:
        return False
    cause = "arithmetic-slip" if breaks else ""
    notes.add(
        saying,
        Verdict.WRONG,
        wording.value_is_not(targets[0]),
        claimed=last.value,
        expected=targets[0],
        cause=cause,
    )
    return True


def _number_fits(notes: Notebook, subject: Term, last: NumberPart) -> tuple[list[Any], list[bool]]:
    """What a term may be, and which of it a number is; at the next stage, if the page may have come to it."""
    here, later = notes.binder.stage, notes.last_stage()
    found: tuple[list[Any], list[bool]] = ([], [])
    for stage in dict.fromkeys((here, later)):
        notes.binder.stage = stage
        targets = [t for t in notes.values_of(subject) if numpy.shape(t) == numpy.shape(last.value)]
        fits = [agrees(last.value, last.shown_unit, target) for target in targets]
        if any(fits):
            return targets, fits
        found = (found[0] + targets, found[1] + fits)
    notes.binder.stage = here
    return found


def _is_slope(term: Term) -> bool:
    return isinstance(term, written.Derivative)


def _sizes_fit(notes: Notebook, subject: Term, letters: Sequence[Term]) -> bool:
    """Whether every part in letters can have as many numbers as the subject; if not, something else may be meant."""
    return all(notes.formulas.may_have_one_size(subject, part, notes.binder.stage) for part in letters)
