"""Whether a line would be right if one glyph of it were read otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chalkgrad.marking.arithmetic import NumberPart
from chalkgrad.marking.damage import Mending, mending_of
from chalkgrad.marking.digits import plain_numbers
from chalkgrad.marking.fitting import How, fit_of
from chalkgrad.marking.notebook import Notebook
from chalkgrad.marking.page.written import Page
from chalkgrad.marking.quantities import Quantity
from chalkgrad.marking.sayings import Saying

__all__ = ["mending_in", "right_with", "unsure_in"]


def right_with(notes: Notebook, saying: Saying, quantities: Sequence[Quantity]) -> Callable[[NumberPart], How]:
    """Tells how well the last number of a line would fit if it were read otherwise."""

    def how(last: NumberPart) -> How:
        if last.place != len(saying.parts) - 1:
            return How.NOT
        fits = (fit_of(q, last.value, last.shown_unit, notes.formulas.true, notes.ledger) for q in quantities)
        return min((fit.how for fit in fits), default=How.NOT)

    return how


def mending_in(notes: Notebook, numbers: Sequence[NumberPart], how_fits: Callable[[NumberPart], How]) -> Mending | None:
    """Another reading of the numbers of a line under which it is right, or `None`; the lines behind it know of it."""
    found = mending_of(numbers, notes.arithmetic, how_fits, notes.digit_style)
    if found is None and notes.readings:
        before = notes.arithmetic.again(numbers, notes.readings)
        if any(one is not other for one, other in zip(numbers, before, strict=False)):
            found = mending_of(before, notes.arithmetic, how_fits, notes.digit_style)
    if found is not None:
        notes.readings.update(found.readings)
    return found


def unsure_in(saying: Saying, page: Page) -> str:
    """What a number of the line was taken for, where it does not look like it; empty if all are plain."""
    for part in saying.parts:
        for number in plain_numbers(part):
            how = number.readings[0].how
            if how and not ("/" in number.text and page.slash_decimals):
                return f"{float(number.value):g} for {number.text}"
    return ""
