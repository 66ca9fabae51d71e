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


def right_with(
    notes: Notebook, saying: Saying, quantities: Sequence[Quantity]
) -> Callable[[Sequence[NumberPart]], bool]:
    """Tells whether a line would be right with other readings of its numbers."""
    known: dict[int, tuple[NumberPart, bool]] = {}

    def fits(last: NumberPart) -> bool:
        # Most other readings leave the result as it is. The part is kept with its answer, so that its id stays its own.
        if id(last) not in known:
            hows = (fit_of(q, last.value, last.shown_unit, notes.formulas.true, notes.ledger).how for q in quantities)
            known[id(last)] = last, any(how <= How.LOOSELY for how in hows)
        return known[id(last)][1]

    def is_right(parts: Sequence[NumberPart]) -> bool:
        if not parts or parts[-1].place != len(saying.parts) - 1:
            return False
        return fits(parts[-1]) and notes.arithmetic.holds(parts)

    return is_right


def mending_in(
    notes: Notebook, numbers: Sequence[NumberPart], is_right: Callable[[Sequence[NumberPart]], bool]
) -> Mending | None:
    """Another reading of the numbers of a line under which it is right, or `None`; the lines behind it know of it."""
    found = mending_of(numbers, notes.arithmetic, is_right, notes.page.slash_decimals)
    if found is None and notes.readings:
        before = notes.arithmetic.again(numbers, notes.readings)
        if any(one is not other for one, other in zip(numbers, before, strict=False)):
            found = mending_of(before, notes.arithmetic, is_right, notes.page.slash_decimals)
    if found is not None:
        notes.readings.update(found.readings)
    return found
