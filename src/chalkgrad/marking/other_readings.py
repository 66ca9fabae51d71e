"""Whether a line would be right if one glyph of it were read otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chalkgrad.marking.arithmetic import NumberPart
from chalkgrad.marking.damage import Mending, mending_of
from chalkgrad.marking.fitting import How, fit_of
from chalkgrad.marking.notebook import Notebook
from chalkgrad.marking.quantities import Quantity
from chalkgrad.marking.sayings import Saying

__all__ = ["mending_in", "right_with"]


def right_with(notes: Notebook, saying: Saying, quantities: Sequence[Quantity]) -> Callable[[NumberPart], bool]:
    """Tells whether the last number of a line would be right if it were read otherwise."""

    def is_right(last: NumberPart) -> bool:
        if last.place != len(saying.parts) - 1:
            return False
        hows = (fit_of(q, last.value, last.shown_unit, notes.formulas.true, notes.ledger).how for q in quantities)
        return any(how <= How.LOOSELY for how in hows)

    return is_right


def mending_in(
    notes: Notebook, numbers: Sequence[NumberPart], is_result: Callable[[NumberPart], bool]
) -> Mending | None:
    """Another reading of the numbers of a line under which it is right, or `None`; the lines behind it know of it."""
    found = mending_of(numbers, notes.arithmetic, is_result, notes.digit_style)
    if found is None and notes.readings:
        before = notes.arithmetic.again(numbers, notes.readings)
        if any(one is not other for one, other in zip(numbers, before, strict=False)):
            found = mending_of(before, notes.arithmetic, is_result, notes.digit_style)
    if found is not None:
        notes.readings.update(found.readings)
    return found
