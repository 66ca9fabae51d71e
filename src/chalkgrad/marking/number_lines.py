"""Lines that end in numbers: whether they are what they are said to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy

from chalkgrad.marking import wording
from chalkgrad.marking.arithmetic import NumberPart
from chalkgrad.marking.digits import agrees
from chalkgrad.marking.fitting import Fit, How, fit_of, sources_of
from chalkgrad.marking.formula_lines import define_if_new
from chalkgrad.marking.misfits import judge_misfit
from chalkgrad.marking.notebook import Notebook
from chalkgrad.marking.other_readings import mending_in, right_with, unsure_in
from chalkgrad.marking.page.written import Name
from chalkgrad.marking.quantities import Quantity
from chalkgrad.marking.report import Verdict
from chalkgrad.marking.sayings import Saying, has_letters

__all__ = ["judge_numbers", "judge_value"]


def judge_numbers(notes: Notebook, saying: Saying, numbers: Sequence[NumberPart]) -> None:
    """A line of numbers alone: only its arithmetic can be told."""
    if len(numbers) < 2:
        return
    if not notes.arithmetic.breaks(numbers):
        notes.add(saying, Verdict.RIGHT, wording.sums_up(), formula_holds=True)
        return
    mending = mending_in(notes, numbers, lambda last: How.LOOSELY)
    if mending is not None:
        notes.add(
            saying, Verdict.UNREAD, wording.unread(mending.suggestion, mending.words), suggestion=mending.suggestion
        )
    else:
        notes.add(saying, Verdict.UNDECIDED, wording.does_not_add_up(numbers))


def judge_value(notes: Notebook, saying: Saying, quantities: Sequence[Quantity], numbers: Sequence[NumberPart]) -> None:
    """A line that ends in numbers: do they fit one of the quantities that it may speak of?"""
    fit = _best_fit(notes, saying, quantities, numbers)
    if fit.how is How.OTHER_SIZE and _is_its_formula(notes, saying, numbers):
        # The page uses a name of the problem for something of its own.
        define_if_new(notes, saying)
        notes.add(saying, Verdict.RIGHT, wording.value_holds(), claimed=numbers[-1].value, formula_holds=True)
        return
    if fit.how is How.OTHER_SIZE:
        notes.add(saying, Verdict.UNDECIDED, wording.other_size(fit.quantity), fit.quantity)
        return
    notes.settle(saying, fit)
    breaks = notes.arithmetic.breaks(numbers)
    if fit.how is How.NOT:
        alike = [q for q in quantities if q.of == fit.quantity.of or q.kind == fit.quantity.kind == "setting"]
        if saying.assigns and any(q.kind == "update" for q in alike):
            # Nobody gives a parameter a new value that is but another reading of the old one.
            alike = [q for q in alike if q.kind != "given"]
        subject = saying.subject
        is_guess = fit.quantity.kind in ("forward", "error")
        is_habit = is_guess and isinstance(subject, Name) and not notes.binder.is_own(subject)
        judge_misfit(notes, saying, fit, numbers, alike, quantities if is_habit else alike)
        return
    unsure = unsure_in(saying, notes.page)
    if breaks or unsure:
        mending = mending_in(notes, numbers, right_with(notes, saying, [fit.quantity])) if breaks else None
        if mending is not None or unsure:
            words = (
                wording.unread(mending.suggestion, mending.words) if mending is not None else wording.taken_for(unsure)
            )
            notes.claim_fit(saying, fit, Verdict.UNREAD, words, suggestion=mending.suggestion if mending else unsure)
            return
    sources = sources_of(fit.quantity, notes.ledger)
    is_wrong = any(said.is_wrong for said in sources)
    verdict = Verdict.RIGHT if fit.how is How.TRUE else Verdict.CARRIED if is_wrong else Verdict.ROUNDED
    words = wording.fits(verdict, fit, breaks=bool(breaks))
    notes.claim_fit(saying, fit, verdict, words)


def _is_its_formula(notes: Notebook, saying: Saying, numbers: Sequence[NumberPart]) -> bool:
    """Whether a number is the value of each formula in letters before it, whatever it is called."""
    last = numbers[-1]
    letters = [part for part in saying.parts if has_letters(part)]
    return bool(letters) and not any(
        not any(
            numpy.shape(value) == numpy.shape(last.value) and agrees(last.value, last.shown_unit, value)
            for value in notes.values_of(part)
        )
        for part in letters
    )


def _best_fit(notes: Notebook, saying: Saying, quantities: Sequence[Quantity], numbers: Sequence[NumberPart]) -> Fit:
    last, fits = numbers[-1], []
    for quantity in quantities:
        fit = fit_of(quantity, last.value, last.shown_unit, notes.formulas.true, notes.ledger)
        if fit.how <= How.FOLLOWS:
            return fit
        fits.append(fit)
    width = _usable_width(notes, numbers)
    if width:
        fits = [fit_of(q, last.value, last.shown_unit, notes.formulas.true, notes.ledger, width) for q in quantities]
    fits = [replace(fit, how=How.NOT) if _is_gainsaid(notes, saying, fit) else fit for fit in fits]
    best = min(fits, key=lambda fit: fit.how)
    return _at_its_step(notes, saying, [fit for fit in fits if fit.how is best.how])


def _is_gainsaid(notes: Notebook, saying: Saying, fit: Fit) -> bool:
    """Whether a number would only be loosely what an earlier line says with another number."""
    found = [notes.ledger.said(fit.quantity.stage, symbol) for symbol in fit.quantity.flat]
    said = [one for one in found if one is not None and one.line != saying.line]
    if saying.goes_on or fit.how is not How.LOOSELY or len(said) < len(found):
        return False
    values = numpy.reshape([one.value for one in said], numpy.shape(fit.value))
    return not agrees(fit.value, fit.unit, values, max(one.unit for one in said) / 2)


def _at_its_step(notes: Notebook, saying: Saying, fits: Sequence[Fit]) -> Fit:
    """The first of some fits that are as good; where its step is done, that of the same quantity in the next one."""
    first, before = fits[0], notes.judged[-1] if notes.judged else None
    if saying.goes_on and before is not None and before.quantity is not None:
        return next((fit for fit in fits if fit.quantity is before.quantity), first)
    if not notes.is_done(first.quantity):
        return first
    return next((fit for fit in fits if fit.quantity.is_later(first.quantity)), first)


def _usable_width(notes: Notebook, numbers: Sequence[NumberPart]) -> float:
    """By how much a single result may be off because the numbers that it was worked out from were rounded."""
    width = max((part.width for part in numbers if not part.is_printed), key=numpy.max, default=0.0)
    return 0.0 if numpy.ndim(width) or not notes.arithmetic.holds(numbers) else float(width)
