"""Numbers that do not fit: misread, damaged, or wrong, and from what cause."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy

from chalkgrad.core.node import Node
from chalkgrad.marking import wording
from chalkgrad.marking.arithmetic import NumberPart
from chalkgrad.marking.causes import GENERAL, causes_of, telling
from chalkgrad.marking.damage import Mending, explained
from chalkgrad.marking.damaged_letters import number_of_another
from chalkgrad.marking.digits import agrees, plain_numbers
from chalkgrad.marking.evaluating import ways
from chalkgrad.marking.evidence import Cause, Evidence
from chalkgrad.marking.fitting import Fit, How, fit_of, sources_of
from chalkgrad.marking.formulas import numbers_of
from chalkgrad.marking.meant import is_borne_out, is_meant, look_back
from chalkgrad.marking.notebook import Notebook
from chalkgrad.marking.other_readings import mending_in, right_with, unsure_in
from chalkgrad.marking.page import written
from chalkgrad.marking.page.written import Term
from chalkgrad.marking.page_slips import has_swapped_digits, operand_slip
from chalkgrad.marking.products import same_value
from chalkgrad.marking.quantities import Quantity
from chalkgrad.marking.report import Verdict
from chalkgrad.marking.sayings import Saying, has_letters, has_unread
from chalkgrad.marking.worlds import World, leaves_of

__all__ = ["judge_misfit"]


def judge_misfit(
    notes: Notebook, saying: Saying, fit: Fit, numbers: Sequence[NumberPart], quantities: Sequence[Quantity]
) -> None:
    """A number that fits nothing: misread, damaged, an arithmetic slip, or wrong from some cause."""
    if not notes.is_unreliable:
        if numbers[-1].is_printed and notes.arithmetic.holds(numbers):
            look_back(notes, fit)
    elif _is_damaged(notes, saying, fit):
        _judge_damaged(notes, saying, fit)
        return

    def find_cause() -> Cause | None:
        return _cause(notes, saying, fit, numbers, quantities)[0]

    mending = None
    if not is_meant(notes, saying, fit, numbers):
        mending = mending_in(notes, numbers, right_with(notes, saying, quantities))
    if mending is not None and not is_borne_out(notes, saying, fit, numbers[-1], mending, find_cause):
        mended = _mended(notes, saying, fit, mending, quantities)
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


def _judge_wrong(
    notes: Notebook, saying: Saying, fit: Fit, numbers: Sequence[NumberPart], quantities: Sequence[Quantity]
) -> None:
    """A number that is wrong: from what cause?"""
    breaks = bool(notes.arithmetic.breaks(numbers))
    if breaks and _worked_right(notes, fit, numbers):
        code = "digits-swapped" if has_swapped_digits(fit, numbers) else "arithmetic-slip"
        notes.claim_fit(saying, fit, Verdict.WRONG, wording.slipped(fit, code), cause=code, formula_holds=True)
        return
    cause, fit = _cause(notes, saying, fit, numbers, quantities)
    if cause is None and notes.is_unreliable:
        notes.claim_fit(saying, replace(fit, value=fit.follows), Verdict.UNREAD, wording.damaged(fit), is_guess=True)
        return
    if cause is None:
        code, said = _slip_of_the_page(notes, fit, numbers)
        notes.claim_fit(saying, fit, Verdict.WRONG, f"{said} {wording.wrong(fit, None, False)}".strip(), cause=code)
        return
    again = _is_repeated(notes, cause)
    verdict = Verdict.CARRIED if again else Verdict.WRONG
    kept = replace(fit, value=_shaped(cause.values, fit)) if notes.is_unreliable else fit
    words = wording.wrong(fit, cause, again)
    notes.claim_fit(saying, kept, verdict, words, cause=cause.code, known=cause, is_wrong=True)


def _slip_of_the_page(notes: Notebook, fit: Fit, numbers: Sequence[NumberPart]) -> tuple[str, str]:
    """The code and words of a slip that only the page shows, or empty ones."""
    if has_swapped_digits(fit, numbers):
        return "digits-swapped", "Two digits are swapped."
    return operand_slip(notes, fit, numbers) or ("", "")


def _judge_damaged(notes: Notebook, saying: Saying, fit: Fit) -> None:
    """A number that is plainly what follows from an earlier wrong one is carried, even if its digits are damaged."""
    texts = _texts(saying.parts[-1])
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
    texts = _texts(saying.parts[-1])
    for target in (fit.expected, fit.follows):
        if len(texts) == numpy.size(target) and all(
            explained(text, value) is not None for text, value in zip(texts, numbers_of(target), strict=True)
        ):
            return True
    return False


def _worked_right(notes: Notebook, fit: Fit, numbers: Sequence[NumberPart]) -> bool:
    """Whether what was put in comes to the right number, so that only the working out is wrong."""
    for part in numbers[:-1]:
        found = fit_of(fit.quantity, part.value, part.width + part.unit, notes.formulas.true, notes.ledger)
        if found.how <= How.LOOSELY:
            return True
    return False


def _cause(
    notes: Notebook, saying: Saying, fit: Fit, numbers: Sequence[NumberPart], quantities: Sequence[Quantity]
) -> tuple[Cause | None, Fit]:
    """What may have caused a wrong number, and how it fits the quantity that it then speaks of."""
    others = [q for q in quantities if q is not fit.quantity and q.stage == fit.quantity.stage]
    for quantity in (fit.quantity, *others):
        here = (
            fit
            if quantity is fit.quantity
            else fit_of(quantity, fit.value, fit.unit, notes.formulas.true, notes.ledger)
        )
        if here.how is How.OTHER_SIZE:
            continue
        found = causes_of(_evidence(notes, saying, here, numbers))
        # Where digits were confused, several numbers that one slip alone gives are no chance.
        is_only = notes.is_unreliable and len(found) == 1 and len(quantity.flat) >= 3
        if found and (found[0].sure or is_only):
            return found[0], here
        alike = [cause for cause in found if same_value(cause.values, found[0].values, 1e-9) and not cause.other]
        if len(alike) > 1 and sum(cause.code not in GENERAL for cause in alike) == 1:
            return telling(alike), here
    whole = next((q for q in others if q.kind == "regularize"), None)
    if fit.quantity.kind == "gradient" and whole is not None:
        # Without a known cause, what is called the gradient is the one that the update takes.
        return None, fit_of(whole, fit.value, fit.unit, notes.formulas.true, notes.ledger)
    return None, fit


def _evidence(notes: Notebook, saying: Saying, fit: Fit, numbers: Sequence[NumberPart]) -> Evidence:
    quantity = fit.quantity
    texts = _texts(saying.parts[-1]) if notes.is_unreliable else []

    def fits(values: Sequence[float]) -> bool:
        target = numpy.reshape(numpy.asarray(values, dtype=numpy.float64), numpy.shape(fit.value))
        if agrees(fit.value, fit.unit, target):
            return True
        return bool(texts) and _mostly_explained(texts, values)

    letters = [part for part in saying.parts if has_letters(part) and not has_unread(part)]

    def formula(world: World) -> Sequence[float] | None:
        for part in letters[-1:]:
            for _, value in ways(part, notes.formulas.scope(world), 1):
                return numbers_of(value)
        return None

    symbols, is_fit, letters = _through_slopes(notes, fit, fits, letters)
    own = {(quantity.stage, symbol) for symbol in (*quantity.flat, *symbols)}
    operands = [abs(float(n.value)) for part in numbers[:-1] for n in plain_numbers(part.term)]
    return Evidence(
        notes.course,
        quantity.stage,
        symbols,
        notes.ledger,
        is_fit,
        lambda stage, symbol: (stage, symbol) not in own and notes.ledger.said(stage, symbol) is not None,
        formula if letters else None,
        tuple(operands),
    )


Fits = Callable[[Sequence[float]], bool]


def _through_slopes(
    notes: Notebook, fit: Fit, fits: Fits, letters: list[Term]
) -> tuple[tuple[Node, ...], Fits, list[Term]]:
    """A slope is no step of the working, so its cause is looked for in the gradient that it is multiplied into."""
    quantity = fit.quantity
    if quantity.kind != "slope":
        return quantity.flat, fits, letters
    stage = notes.course.stage(quantity.stage)
    behind = {leaf: symbol for symbol, formula in stage.formulas.items() for leaf in leaves_of(formula)}
    symbols = tuple(behind.get(slope) for slope in quantity.flat)
    if None in symbols:
        return quantity.flat, fits, letters
    gradients = tuple(symbol for symbol in symbols if symbol is not None)
    plain = [notes.ledger.work_out(stage.number, stage.statements[symbol].formula) for symbol in gradients]
    slopes = [notes.ledger.follows(stage.number, slope) for slope in quantity.flat]
    arriving = [whole / slope if slope else 0.0 for whole, slope in zip(plain, slopes, strict=True)]

    def fits_as_slope(values: Sequence[float]) -> bool:
        return all(arriving) and fits([value / upstream for value, upstream in zip(values, arriving, strict=True)])

    return gradients, fits_as_slope, []


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


def _texts(term: Term) -> list[str]:
    """The digits of each printed number of a term, with its sign."""
    found = []
    for number in plain_numbers(term):
        found.append(number.text)
    signs = {
        inner.start: "-"
        for outer in written.inside(term)
        if isinstance(outer, written.Negative)
        for inner in plain_numbers(outer.operand)
    }
    return [signs.get(number.start, "") + text for number, text in zip(plain_numbers(term), found, strict=True)]


def _mostly_explained(texts: Sequence[str], values: Sequence[float]) -> bool:
    """Whether most of several damaged numbers are plainly some values, and the others may be."""
    if len(texts) != len(values) or len({f"{value:.3g}" for value in values}) < 3:
        return False
    plainly = roughly = 0
    for left, (text, value) in enumerate(zip(texts, values, strict=True), start=1 - len(texts)):
        cost = explained(text, value)
        plainly += cost is not None and cost <= 1
        roughly += cost is not None
        if (roughly - left) * 3 < len(texts) * 2:
            return False
    return plainly >= 2


def _shaped(values: Sequence[float], fit: Fit) -> Any:
    return numpy.reshape(numpy.asarray(values, dtype=numpy.float64), numpy.shape(fit.value))
