"""Numbers that do not fit: misread, damaged, or wrong, and from what cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy

from chalkgrad.marking import wording
from chalkgrad.marking.arithmetic import NumberPart
from chalkgrad.marking.damage import Mending, explained
from chalkgrad.marking.evidence import Cause
from chalkgrad.marking.explaining import explained_by, texts_of
from chalkgrad.marking.fitting import Fit, How, fit_of, sources_of
from chalkgrad.marking.formulas import numbers_of
from chalkgrad.marking.ledger import Ledger
from chalkgrad.marking.notebook import Notebook
from chalkgrad.marking.other_readings import mending_in, right_with
from chalkgrad.marking.page_slips import has_swapped_digits, operand_slip
from chalkgrad.marking.products import as_value, same_value
from chalkgrad.marking.quantities import Quantity
from chalkgrad.marking.report import Verdict
from chalkgrad.marking.sayings import Saying, has_unread

__all__ = ["MeantAsPrinted", "judge_misfit"]


class MeantAsPrinted(Exception):
    """A number that was taken for a misread one is carried on as it stands, so it was meant so.

    Args:
        start: where the line with that number begins.
    """

    def __init__(self, start: int) -> None:
        super().__init__(start)
        self.start = start


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
            _look_back(notes, fit)
    elif _is_damaged(notes, saying, fit):
        _judge_damaged(notes, saying, fit)
        return
    mending = None
    if not _is_meant(notes, saying, fit, numbers) and not _is_same_slip(notes, saying, fit, numbers, quantities):
        mending = mending_in(notes, numbers, right_with(notes, saying, others))
    if mending is not None:
        notes.as_printed[saying.start] = notes.numbers_said(saying, fit, is_wrong=True)
        mended = _mended(notes, saying, fit, mending, others)
        notes.claim_fit(saying, mended, Verdict.UNREAD, wording.unread(mending), suggestion=mending.suggestion)
    elif has_unread(saying.parts[-1]):
        _judge_damaged(notes, saying, fit)
    else:
        _judge_wrong(notes, saying, fit, numbers, quantities)


def _is_meant(notes: Notebook, saying: Saying, fit: Fit, numbers: Sequence[NumberPart]) -> bool:
    """Whether a number is meant as it stands: its line works it out, a later one uses it, or its formula is wrong."""
    before = notes.judged[-1] if notes.judged else None
    follows_wrong = (
        saying.goes_on
        and before is not None
        and before.quantity is fit.quantity
        and before.claim.verdict is Verdict.WRONG
    )
    is_worked = len(numbers) > 1 and notes.arithmetic.is_exact(numbers)
    return is_worked or follows_wrong or saying.start in notes.meant


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


def _look_back(notes: Notebook, fit: Fit) -> None:
    """Whether a number follows from an earlier one as it was printed, though that was taken for misread.

    A copy of the same digits tells nothing: a reader that confuses a glyph may do so twice.

    Raises:
        MeantAsPrinted: if it does.
    """
    for start, said in reversed(notes.as_printed.items()):
        if {abs(value) for value in numbers_of(fit.value)} <= {abs(one.value) for one in said.values()}:
            continue
        ledger = notes.ledger.saying(said)
        if fit_of(fit.quantity, fit.value, fit.unit, notes.formulas.true, ledger).how is not How.FOLLOWS:
            continue
        if not _is_gainsaid(notes, start, ledger):
            raise MeantAsPrinted(start)


def _is_gainsaid(notes: Notebook, start: int, printed: Ledger) -> bool:
    """Whether a number that follows from an earlier one as it was taken does not from what stands there."""
    for one in notes.judged:
        if one.saying.start <= start or one.claim.claimed is None or one.quantity is None:
            continue
        quantity, verdict = one.quantity, one.claim.verdict
        if verdict not in (Verdict.RIGHT, Verdict.ROUNDED) or quantity.kind == "given":
            continue
        meant, other = (
            as_value(ledger.follows_each(quantity.stage, quantity.symbols)) for ledger in (notes.ledger, printed)
        )
        if not same_value(meant, other, 0.05):
            return True
    return False


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
