"""Numbers that do not fit: misread, damaged, or wrong, and from what cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy

from chalkgrad.marking import wording
from chalkgrad.marking.arithmetic import NumberPart
from chalkgrad.marking.damage import Mending, explained
from chalkgrad.marking.damaged_letters import number_of_another
from chalkgrad.marking.evidence import Cause
from chalkgrad.marking.explaining import explained_by, texts_of
from chalkgrad.marking.fitting import Fit, How, fit_of, sources_of
from chalkgrad.marking.formulas import numbers_of
from chalkgrad.marking.meant import is_borne_out, is_meant, look_back
from chalkgrad.marking.notebook import Notebook
from chalkgrad.marking.other_readings import mending_in, right_with, unsure_in
from chalkgrad.marking.page_slips import has_swapped_digits, operand_slip
from chalkgrad.marking.products import same_value
from chalkgrad.marking.quantities import Quantity
from chalkgrad.marking.report import Verdict
from chalkgrad.marking.sayings import Saying, has_unread

__all__ = ["judge_misfit"]


def judge_misfit(
    notes: Notebook,
    saying: Saying,
    fit: Fit,
    numbers: Sequence[NumberPart],
    quantities: Sequence[Quantity],
    others: Sequence[Quantity],
) -> None:
    """A number that fits nothing: misread, damaged, an arithmetic slip, or wrong from some cause."""
    if not notes.is_unreliable:
        if numbers[-1].is_printed and notes.arithmetic.holds(numbers):
            look_back(notes, fit)
    elif _is_damaged(notes, saying, fit):
        _judge_damaged(notes, saying, fit)
        return

    def find_cause() -> Cause | None:
        return explained_by(notes, saying, fit, numbers, quantities)[0]

    mending = None
    if not is_meant(notes, saying, fit, numbers) and not _is_same_slip(notes, saying, fit, numbers, quantities):
        mending = mending_in(notes, numbers, right_with(notes, saying, others))
    if mending is not None and not is_borne_out(notes, saying, fit, numbers[-1], mending, find_cause):
        mended = _mended(notes, saying, fit, mending, others)
        as_printed = replace(fit, quantity=mended.quantity, expected=mended.expected)
        notes.as_printed[saying.start] = notes.numbers_said(saying, as_printed, is_wrong=True)
        notes.claim_fit(
            saying,
            mended,
            Verdict.UNREAD,
            wording.unread(mending.suggestion, mending.words),
            suggestion=mending.suggestion,
        )
    elif has_unread(saying.parts[-1]):
        _judge_damaged(notes, saying, fit)
    elif (renamed := number_of_another(notes, saying, fit.quantity, numbers[-1])) is not None:
        words = wording.unread(renamed.suggestion, "a digit of the name")
        notes.claim_fit(saying, renamed.fit, Verdict.UNREAD, words, suggestion=renamed.suggestion)
    elif unsure := unsure_in(saying, notes.page):
        meant = replace(fit, value=fit.follows)
        notes.claim_fit(saying, meant, Verdict.UNREAD, wording.taken_for(unsure), suggestion=unsure)
    else:
        _judge_wrong(notes, saying, fit, numbers, quantities)


def _is_same_slip(
    notes: Notebook, saying: Saying, fit: Fit, numbers: Sequence[NumberPart], quantities: Sequence[Quantity]
) -> bool:
    """Whether a slip that the page made before gives the number as it stands, so that nothing of it was misread."""
    made = {one.cause.code for one in notes.judged if one.cause is not None and one.claim.verdict is Verdict.WRONG}
    if not made or not notes.arithmetic.holds(numbers):
        return False
    cause, _ = explained_by(notes, saying, fit, numbers, quantities)
    return cause is not None and cause.code in made


def _judge_wrong(
    notes: Notebook, saying: Saying, fit: Fit, numbers: Sequence[NumberPart], quantities: Sequence[Quantity]
) -> None:
    """A number that is wrong: from what cause?"""
    breaks = bool(notes.arithmetic.breaks(numbers))
    right = _worked_right(notes, fit, numbers, quantities) if breaks else None
    if right is not None:
        fit = right
        code = "digits-swapped" if has_swapped_digits(fit, numbers) else "arithmetic-slip"
        notes.claim_fit(saying, fit, Verdict.WRONG, wording.slipped(fit, code), cause=code, formula_holds=True)
        return
    cause, fit = explained_by(notes, saying, fit, numbers, quantities)
    if cause is None and notes.is_unreliable:
        notes.claim_fit(saying, replace(fit, value=fit.follows), Verdict.UNREAD, wording.damaged(fit), is_guess=True)
        return
    if cause is None:
        code, said = _slip_of_the_page(notes, fit, numbers)
        if not code and not numbers[-1].is_printed:
            # The sum is not even worked out: something of it may be misread in more than one place.
            notes.claim_fit(saying, replace(fit, value=fit.follows), Verdict.UNDECIDED, wording.wrong(fit, None, False))
            return
        notes.claim_fit(saying, fit, Verdict.WRONG, f"{said} {wording.wrong(fit, None, False)}".strip(), cause=code)
        return
    again = _is_repeated(notes, cause)
    verdict = Verdict.CARRIED if again else Verdict.WRONG
    kept = replace(fit, value=_shaped(cause.values, fit)) if notes.is_unreliable else fit
    words = wording.wrong(fit, cause, again)
    notes.claim_fit(saying, kept, verdict, words, cause=cause.code, known=cause, is_wrong=True)


def _slip_of_the_page(notes: Notebook, fit: Fit, numbers: Sequence[NumberPart]) -> tuple[str, str]:
    """The code and words of a slip that only the page shows, or empty ones."""
    if numbers[-1].is_printed and has_swapped_digits(fit, numbers):
        return "digits-swapped", "Two digits are swapped."
    return operand_slip(notes, fit, numbers) or ("", "")


def _judge_damaged(notes: Notebook, saying: Saying, fit: Fit) -> None:
    """A number that is plainly what follows from an earlier wrong one is carried, even if its digits are damaged."""
    texts = texts_of(saying.parts[-1])
    costs = [explained(text, value) for text, value in zip(texts, numbers_of(fit.follows), strict=False)]
    is_plain = len(texts) == numpy.size(fit.follows) and all(cost is not None and cost <= 1 for cost in costs)
    is_wrong = any(said.is_wrong for said in sources_of(fit.quantity, notes.ledger))
    differs = not same_value(fit.follows, fit.expected, 1e-3)
    follows = replace(fit, value=fit.follows)
    if is_plain and is_wrong and differs:
        notes.claim_fit(
            saying, follows, Verdict.CARRIED, wording.carried_damaged(fit), suggestion=wording.shown(fit.follows)
        )
    else:
        notes.claim_fit(saying, follows, Verdict.UNREAD, wording.damaged(fit), is_guess=True)


def _mended(notes: Notebook, saying: Saying, fit: Fit, mending: Mending, quantities: Sequence[Quantity]) -> Fit:
    """How the last number fits if it was read otherwise."""
    last = notes.arithmetic.part(len(saying.parts) - 1, saying.parts[-1], mending.readings)
    if last is None:
        return replace(fit, value=fit.follows)
    fits = [fit_of(q, last.value, last.shown_unit, notes.formulas.true, notes.ledger) for q in quantities]
    return min(fits, key=lambda found: found.how)


def _is_damaged(notes: Notebook, saying: Saying, fit: Fit) -> bool:
    """Whether every number of the result is the right one with a few glyphs confused."""
    if not notes.is_unreliable:
        return False
    texts = texts_of(saying.parts[-1])
    for target in (fit.expected, fit.follows):
        if len(texts) == numpy.size(target) and all(
            explained(text, value) is not None for text, value in zip(texts, numbers_of(target), strict=True)
        ):
            return True
    return False


def _worked_right(
    notes: Notebook, fit: Fit, numbers: Sequence[NumberPart], quantities: Sequence[Quantity]
) -> Fit | None:
    """How the number fits a quantity of which what was put in comes to the right number: only the working slipped."""
    for quantity in dict.fromkeys((fit.quantity, *quantities)):
        for part in numbers[:-1]:
            width = part.width + part.unit
            found = fit_of(quantity, part.value, width, notes.formulas.true, notes.ledger)
            if found.how <= How.LOOSELY:
                return fit_of(quantity, fit.value, fit.unit, notes.formulas.true, notes.ledger)
    return None


def _is_repeated(notes: Notebook, cause: Cause) -> bool:
    """Whether the page made this very slip before, at the same step of the working."""
    via = _through(notes, cause)
    return any(
        other.cause is not None and other.cause.code == cause.code and _through(notes, other.cause) & via
        for other in notes.judged
    )


def _through(notes: Notebook, cause: Cause) -> set[Any]:
    stage = notes.course.stage(cause.stage)
    made = stage.statements.get(cause.symbol)
    return {cause.symbol} | ({made.line.formula} if made is not None else set())


def _shaped(values: Sequence[float], fit: Fit) -> Any:
    return numpy.reshape(numpy.asarray(values, dtype=numpy.float64), numpy.shape(fit.value))
