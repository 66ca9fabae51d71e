"""Can a line be redone on a pocket calculator? With how many digits must its numbers be put in?

Rounded numbers lose digits where a line takes the difference of nearly equal ones, as 1 − t² does for t near 1. So the
numbers that are put into a line get as many digits as it takes for a reader to arrive at the printed result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy

from chalkgrad.core.node import VARIABLE, Node, toposort
from chalkgrad.core.precise import precise
from chalkgrad.errors import ChalkgradError
from chalkgrad.render.numbers import NumberStyle, show_number
from chalkgrad.solving.statements import Statement, View

__all__ = ["enough_digits", "printed"]

_MOST_MORE = 8


def printed(value: Any, style: NumberStyle) -> Any:
    """What is printed of a value, to 50 digits; entry by entry for a matrix."""
    xp = precise()

    def one(entry: Any) -> Any:
        if not xp.context.isfinite(entry):
            return entry
        return xp.exact_number(show_number(entry, style).value)

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
    inputs = [node for node in toposort([statement.formula]) if node.op is VARIABLE]
    evaluator = view.evaluators[(statement.symbol, precise())][1]
    wanted = _texts(values[statement.symbol], style)
    for more in range(_MOST_MORE + 1):
        finer = replace(style, places=style.places + more)
        try:
            (result,) = evaluator(*[printed(values[node], finer) for node in inputs])
        except (ArithmeticError, ChalkgradError):
            continue
        if _texts(result, style) == wanted:
            return finer
    return None


def _texts(value: Any, style: NumberStyle) -> list[str]:
    return [show_number(entry, style).text for entry in numpy.asarray(value, dtype=object).flat]
