"""Which known mistake explains a number that does not fit, and what of the page speaks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy

from chalkgrad.core.node import Node
from chalkgrad.marking.arithmetic import NumberPart
from chalkgrad.marking.causes import causes_of
from chalkgrad.marking.choosing import Unresolved
from chalkgrad.marking.damage import explained
from chalkgrad.marking.digits import agrees, plain_numbers
from chalkgrad.marking.evaluating import follow, ways
from chalkgrad.marking.evidence import Cause, Evidence, Formula
from chalkgrad.marking.fitting import Fit, How, fit_of
from chalkgrad.marking.formulas import Formulas, numbers_of
from chalkgrad.marking.notebook import Notebook
from chalkgrad.marking.page import written
from chalkgrad.marking.page.written import Term
from chalkgrad.marking.quantities import Quantity
from chalkgrad.marking.sayings import Saying, has_letters, has_unread
from chalkgrad.marking.worlds import World, leaves_of

__all__ = ["explained_by", "readings_of", "texts_of"]

Fits = Callable[[Sequence[float]], bool]
# So many ways of reading a formula are compared with known mistakes.
_MOST_READINGS = 6
# So many numbers are hit by no chance.
_TELLING = 3


def explained_by(
    notes: Notebook, saying: Saying, fit: Fit, numbers: Sequence[NumberPart], quantities: Sequence[Quantity]
) -> tuple[Cause | None, Fit]:
    """What may have caused a wrong number, and how it fits the quantity that it then speaks of.

    Args:
        notes: what is known of the page.
        saying: the line.
        fit: how its number fits the likeliest quantity.
        numbers: the parts of the line that are numbers.
        quantities: all quantities that it may speak of.
    """
    others = [q for q in quantities if q is not fit.quantity and q.stage == fit.quantity.stage]
    fits = [fit, *(fit_of(q, fit.value, fit.unit, notes.formulas.true, notes.ledger) for q in others)]
    for here in fits:
        cause = _cause(notes, saying, here, numbers) if here.how is not How.OTHER_SIZE else None
        if cause is not None:
            return cause, here
    whole = next((here for here in fits[1:] if here.quantity.kind == "regularize"), None)
    # Without a known cause, what is called the gradient is the one that the update takes.
    return None, whole if whole is not None and fit.quantity.kind == "gradient" else fit


def _cause(notes: Notebook, saying: Saying, fit: Fit, numbers: Sequence[NumberPart]) -> Cause | None:
    """The cause of a number: with the numbers as printed, with all their digits, or with room for their rounding."""
    shown = list(_evidence(notes, saying, fit, numbers))
    # Where digits were confused, several numbers that one slip alone gives are no chance.
    is_telling = notes.is_unreliable and len(fit.quantity.flat) >= _TELLING
    for evidence, beyond in [*((one, False) for one in shown), *((one, True) for one in shown[:2])]:
        found = causes_of(evidence, beyond=beyond)
        if found and (found[0].sure or (is_telling and len(found) == 1)):
            return found[0]
    return None


def _evidence(notes: Notebook, saying: Saying, fit: Fit, numbers: Sequence[NumberPart]) -> Iterator[Evidence]:
    quantity = fit.quantity
    letters = [part for part in saying.parts if has_letters(part) and not has_unread(part)]
    is_slope = quantity.kind == "slope"
    symbols, is_fit = _through_slopes(notes, fit, _fits(notes, saying, fit))
    own = {(quantity.stage, symbol) for symbol in (*quantity.flat, *symbols)}
    operands = [abs(float(n.value)) for part in _put_in(numbers) for n in plain_numbers(part.term)]
    evidence = Evidence(
        notes.course,
        quantity.stage,
        symbols,
        notes.ledger,
        is_fit,
        lambda stage, symbol: (stage, symbol) not in own and notes.ledger.said(stage, symbol) is not None,
        () if is_slope else tuple(f for part in letters[-1:] for f in readings_of(notes.formulas, part, quantity)),
        tuple(operands),
    )
    yield evidence
    yield replace(evidence, world=notes.ledger.unrounded())
    room = _room(notes, fit, numbers)
    if numpy.any(room):
        yield replace(evidence, fits=_through_slopes(notes, fit, _fits(notes, saying, fit, room))[1])


def _put_in(numbers: Sequence[NumberPart]) -> Sequence[NumberPart]:
    """What stands before the result: everything, if a line has no result yet."""
    return numbers[:-1] if numbers and numbers[-1].is_printed else numbers


def readings_of(formulas: Formulas, term: Term, quantity: Quantity) -> Iterator[Formula]:
    """Each way to read a formula in letters that has the size of a quantity.

    Args:
        formulas: what the names of the page mean.
        term: the formula.
        quantity: what it is said to be.
    """
    worlds = formulas.samples(quantity.stage)
    found = ways(term, formulas.scope(worlds[0])) if worlds else ()
    paths = [path for path, value in found if numpy.size(value) == len(quantity.flat)]
    for path in paths[:_MOST_READINGS]:
        yield lambda world, path=path: _followed(formulas, term, path, world, quantity.sign)  # type: ignore[misc]


def _followed(formulas: Formulas, term: Term, path: Sequence[int], world: World, sign: int) -> Sequence[float] | None:
    try:
        return numbers_of(sign * follow(term, formulas.scope(world), path))
    except Unresolved:
        return None


# --- what agrees with the page ----------------------------------------------------------------------------------------


def _fits(notes: Notebook, saying: Saying, fit: Fit, room: Any = 0.0) -> Fits:
    """Whether numbers agree with those of a line, to its printed digits and some room."""
    texts = texts_of(saying.parts[-1]) if notes.is_unreliable else []

    def fits(values: Sequence[float]) -> bool:
        target = fit.quantity.sign * numpy.reshape(numpy.asarray(values, dtype=numpy.float64), numpy.shape(fit.value))
        if agrees(fit.value, fit.unit, target, room):
            return True
        return bool(texts) and _mostly_explained(texts, [fit.quantity.sign * value for value in values])

    return fits


def _room(notes: Notebook, fit: Fit, numbers: Sequence[NumberPart]) -> Any:
    """By how much a result may be off because what it was worked out from was printed rounded."""
    widths = [part.width for part in numbers[:-1] if not part.is_printed]
    if widths and notes.arithmetic.holds(numbers):
        width = max(widths, key=numpy.max)
        return width if numpy.shape(width) in ((), numpy.shape(fit.value)) else 0.0
    slack = numpy.asarray(notes.ledger.slack_each(fit.quantity.stage, fit.quantity.symbols), dtype=numpy.float64)
    follows = numpy.abs(numpy.asarray(fit.follows, dtype=numpy.float64))
    is_usable = numpy.all(follows) and numpy.all(numpy.isfinite(follows)) and numpy.all(numpy.isfinite(fit.value))
    if slack.shape != numpy.shape(fit.value) or not is_usable:
        return 0.0
    return slack * numpy.maximum(1.0, numpy.abs(fit.value) / follows)


def _through_slopes(notes: Notebook, fit: Fit, fits: Fits) -> tuple[tuple[Node, ...], Fits]:
    """A slope is no step of the working, so its cause is looked for in the gradient that it is multiplied into."""
    quantity = fit.quantity
    if quantity.kind != "slope":
        return quantity.flat, fits
    stage = notes.course.stage(quantity.stage)
    behind = {leaf: symbol for symbol, formula in stage.formulas.items() for leaf in leaves_of(formula)}
    symbols = tuple(behind.get(slope) for slope in quantity.flat)
    if None in symbols:
        return quantity.flat, fits
    gradients = tuple(symbol for symbol in symbols if symbol is not None)
    plain = [notes.ledger.work_out(stage.number, stage.statements[symbol].formula) for symbol in gradients]
    slopes = [notes.ledger.follows(stage.number, slope) for slope in quantity.flat]
    arriving = [whole / slope if slope else 0.0 for whole, slope in zip(plain, slopes, strict=True)]

    def fits_as_slope(values: Sequence[float]) -> bool:
        return all(arriving) and fits([value / upstream for value, upstream in zip(values, arriving, strict=True)])

    return gradients, fits_as_slope


def texts_of(term: Term) -> list[str]:
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
