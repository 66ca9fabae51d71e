"""Can a line be redone on a pocket calculator? With how many digits must its numbers be put in?

Rounded numbers lose digits where a line takes the difference of nearly equal ones, as 1 − t² does for t near 1. So the
numbers that are put into a line get as many digits as it takes for a reader to arrive at the printed result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy

from chalkgrad.core.evaluate import Evaluator
from chalkgrad.core.node import VARIABLE, Node, toposort
from chalkgrad.core.precise import precise
from chalkgrad.errors import ChalkgradError
from chalkgrad.render.numbers import NumberStyle, show_number
from chalkgrad.solving.statements import Statement, View
from chalkgrad.solving.values import as_shown, work_out_as_shown

__all__ = ["enough_digits", "printed"]

# How many digits more are tried. With 60 more a number of the 50-digit engine is put in as it is.
_MORE = (*range(9), 10, 12, 16, 20, 26, 32, 40, 50, 60)
_MORE_FOR_EXACT = 4


def printed(value: Any, style: NumberStyle) -> Any:
    """What is printed of a value, to 50 digits; entry by entry for a matrix."""
    xp = precise()

    def one(entry: Any) -> Any:
        shown = show_number(entry, style)
        return entry if shown.printed is None else xp.exact_number(shown.value)

    return numpy.frompyfunc(one, 1, 1)(value)


def enough_digits(
    view: View, statement: Statement, values: Mapping[Node, Any], style: NumberStyle
) -> NumberStyle | None:
    """The fewest digits with which a line gives its printed result again.

    Args:
        view: whose statement.
        statement: the line.
        values: the value of every symbol, to 50 digits.
        style: how the result is printed, and the fewest digits to try.

    Returns:
        How the numbers put into the line are to be printed, or `None` if no number of digits tried is enough.
    """
    remembered = getattr(values, "remembered", {})
    key = ("enough digits", statement.symbol, style)
    if key not in remembered:
        remembered[key] = _fewest(view, statement, values, style, remembered)
    found: NumberStyle | None = remembered[key]
    return found


def _fewest(
    view: View, statement: Statement, values: Mapping[Node, Any], style: NumberStyle, remembered: dict[Any, Any]
) -> NumberStyle | None:
    sources, evaluator = as_shown(view, statement, precise())
    if not _is_finite(work_out_as_shown(view, statement, values, precise())):
        # On paper ln(1 − ŷ) ends where ŷ is 1 to all digits; the fused loss goes on from before the activation.
        sources = tuple(node for node in toposort([statement.formula]) if node.op is VARIABLE)
        evaluator = Evaluator([statement.formula], sources, precise())
    wanted = _Printed.of(values[statement.symbol], style)
    found: NumberStyle | None = None
    for more in _MORE:
        finer = replace(style, places=style.places + more)
        for node in sources:
            if ("printed", node, finer) not in remembered:
                remembered["printed", node, finer] = printed(values[node], finer)
        try:
            (result,) = evaluator(*[remembered["printed", node, finer] for node in sources])
        except (ArithmeticError, ChalkgradError):
            continue
        redone = _Printed.of(result, style)
        if redone.is_all_of(wanted):
            return finer
        # An exact 0.1 and a rounded 0.100 are the same result, but a few digits more may make it exact.
        found = found or (finer if redone.numbers == wanted.numbers else None)
        if found is not None and more >= _MORE_FOR_EXACT:
            return found
    return found


def _is_finite(value: Any) -> bool:
    return all(precise().context.isfinite(entry) for entry in numpy.ravel(value))


@dataclass(frozen=True, slots=True)
class _Printed:
    """A result as it is printed, with whether that is all of it, and the numbers that these prints are."""

    texts: tuple[tuple[str, bool], ...]
    numbers: tuple[Any, ...]

    @classmethod
    def of(cls, value: Any, style: NumberStyle) -> _Printed:
        shown = [show_number(entry, style) for entry in numpy.asarray(value, dtype=object).flat]
        texts = tuple((number.text, number.exact) for number in shown)
        numbers = (number.text if number.printed is None else number.printed for number in shown)
        return cls(texts, tuple(numbers))

    def is_all_of(self, wanted: _Printed) -> bool:
        """Whether these are the same texts, and exact wherever those are."""
        pairs = zip(self.texts, wanted.texts, strict=True)
        return all(text == other and (exact or not is_exact) for (text, exact), (other, is_exact) in pairs)
