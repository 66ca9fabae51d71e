"""Damage outside of numbers: a digit in a name that was confused, a letter or a digit in a formula."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy

from chalkgrad.marking.arithmetic import NumberPart
from chalkgrad.marking.digits import CONFUSED, misreadings, plain_numbers
from chalkgrad.marking.fitting import Fit, How, fit_of
from chalkgrad.marking.notebook import Notebook
from chalkgrad.marking.page import written
from chalkgrad.marking.page.numerals import LOOKS_LIKE
from chalkgrad.marking.page.written import Derivative, Name, Term
from chalkgrad.marking.quantities import Quantity
from chalkgrad.marking.sayings import Saying

__all__ = ["Renamed", "formula_mending", "number_of_another", "other_names"]

_MOST_READINGS = 16
# No layer, unit, step or sample has this number.
_NO_PLACE = "999"
# A number with so many digits is another one by no chance.
_TELLING = 10


@dataclass(frozen=True)
class Renamed:
    """What a line speaks of if a digit of its name was confused.

    Args:
        fit: how its number fits that quantity.
        suggestion: what stands for what, as in "w_1 for w_7".
    """

    fit: Fit
    suggestion: str


def number_of_another(notes: Notebook, saying: Saying, named: Quantity, last: NumberPart) -> Renamed | None:
    """The quantity whose number a line says if one digit of its name was confused, or `None`.

    Either the page has not said that one yet, or it has said the one that is named: else the number was copied from
    the wrong line.

    Args:
        notes: what is known of the page.
        saying: the line.
        named: what it speaks of by its name.
        last: its result.
    """
    if saying.subject is None:
        return None
    before = notes.judged[-1].quantity if saying.goes_on and notes.judged else None
    is_again = _is_said(notes, named)
    for other, unknown, suggestion in other_names(saying.subject):
        for quantity in _meant_by(notes, other, unknown):
            if (before is None and _is_said(notes, quantity) and not is_again) or before not in (None, quantity):
                continue
            fit = fit_of(quantity, last.value, last.shown_unit, notes.formulas.true, notes.ledger)
            if fit.how <= How.FOLLOWS and _is_telling(fit):
                return Renamed(fit, suggestion)
    return None


def _meant_by(notes: Notebook, name: Term, unknown: Term) -> list[Quantity]:
    """What a name stands for because of one of its digits: with one that nothing has, it would not."""
    anyway = notes.binder.subjects(unknown)
    found = (quantity for quantity in notes.binder.subjects(name) if quantity not in anyway)
    return [quantity for quantity in found if quantity.stage <= notes.last_stage()]


def _is_said(notes: Notebook, quantity: Quantity) -> bool:
    return any(notes.ledger.said(quantity.stage, symbol) is not None for symbol in quantity.flat)


def _is_telling(fit: Fit) -> bool:
    """Whether a number is another one by no chance: it has a few digits, or all that a given number has."""
    values, units = numpy.abs(numpy.ravel(fit.value)), numpy.ravel(numpy.broadcast_to(fit.unit, numpy.shape(fit.value)))
    if fit.quantity.kind == "given":
        return bool(numpy.allclose(fit.value, fit.expected, rtol=1e-12, atol=0.0))
    return bool(numpy.all((units > 0) & (values >= _TELLING * units)))


def other_names(subject: Term) -> Iterator[tuple[Term, Term, str]]:
    """What a name may have been before one digit below or above it was confused.

    Args:
        subject: the name, or a derivative by one.

    Yields:
        The other name, the same with a number in that place that nothing has, and what stands for what.

    >>> from chalkgrad.marking.page.written import Name
    >>> [said for *_, said in other_names(Name(0, 3, "w", "13"))]
    ['w_73 for w_13', 'w_18 for w_13']
    """
    if isinstance(subject, Name):
        changed = [
            (replace(subject, subscript=a), replace(subject, subscript=b)) for a, b in _others(subject.subscript)
        ]
        above = _others(subject.superscript)
        changed += [(replace(subject, superscript=a), replace(subject, superscript=b)) for a, b in above]
        for other, unknown in changed:
            yield other, unknown, f"{other.text} for {subject.text}"
    elif isinstance(subject, Derivative) and isinstance(subject.by, Name):
        for by, no_name, said in other_names(subject.by):
            yield replace(subject, by=by), replace(subject, by=no_name), said


def _others(text: str) -> Iterator[tuple[str, str]]:
    """A script with one of its digits, or what looks like one, read otherwise; and with a number that nothing has."""
    for place, glyph in enumerate(text):
        digits = [pair[1] for pair in CONFUSED if pair[0] == glyph]
        if glyph in LOOKS_LIKE:
            digits.append(LOOKS_LIKE[glyph])
        for digit in digits:
            yield text[:place] + digit + text[place + 1 :], text[:place] + _NO_PLACE + text[place + 1 :]


def formula_mending(
    notes: Notebook, parts: Sequence[Term], holds: Callable[[Mapping[int, Any]], bool]
) -> tuple[str, str] | None:
    """What one letter or digit of a wrong formula would have to be, and in words what was confused, or `None`.

    Args:
        notes: what is known of the page.
        parts: the formulas of the line.
        holds: whether it is right with other readings of what stands at some places.
    """
    for place, value, suggestion, words in itertools.islice(_readings(notes, parts), _MOST_READINGS):
        if holds({place: numpy.float64(value)}):
            return suggestion, words
    return None


def _readings(notes: Notebook, parts: Sequence[Term]) -> Iterator[tuple[int, float, str, str]]:
    """Letters that look like digits, then digits that look like others."""
    names = [term for part in parts for term in written.inside(part) if isinstance(term, Name)]
    for term in names:
        if (digit := LOOKS_LIKE.get(term.text)) is not None:
            yield term.start, float(digit), f"{digit} for {term.text}", f"a {digit} read as {term.text}"
    for part in parts:
        for number in plain_numbers(part):
            for misread in misreadings(number, notes.digit_style):
                if misread.pair:
                    yield number.start, misread.value, f"{misread.text} for {number.text}", misread.words
