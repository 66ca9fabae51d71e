"""Whether a line would be right if one glyph of it were read otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chalkgrad.marking.arithmetic import NumberPart
from chalkgrad.marking.damage import Mending, mending_of
from chalkgrad.marking.fitting import How, fit_of
from chalkgrad.marking.notebook import Notebook
from chalkgrad.marking.quantities import Quantity
from chalkgrad.marking.sayings import Saying

__all__ = ["is_right", "mending_in"]


def is_right(notes: Notebook, saying: Saying, quantities: Sequence[Quantity], parts: Sequence[NumberPart]) -> bool:
    """Whether a line would be right with other readings of its numbers."""
    if not parts or parts[-1].place != len(saying.parts) - 1:
        return False
    last = parts[-1]
    fits = (fit_of(q, last.value, last.shown_unit, notes.formulas.true, notes.ledger).how for q in quantities)
    return any(how <= How.LOOSELY for how in fits) and notes.arithmetic.holds(parts)


def mending_in(
    notes: Notebook, numbers: Sequence[NumberPart], is_right: Callable[[Sequence[NumberPart]], bool]
) -> Mending | None:
    """Another reading of the numbers of a line under which it is right, or `None`."""
    return mending_of(numbers, notes.arithmetic, is_right, notes.page.slash_decimals)
