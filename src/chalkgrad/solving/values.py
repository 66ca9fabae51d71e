"""The numbers of a step: statement by statement, in float64 or to 50 digits, exact or rounded as by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy

from chalkgrad.core.evaluate import Evaluator
from chalkgrad.core.node import VARIABLE, Node, toposort
from chalkgrad.core.precise import Precise
from chalkgrad.solving.statements import Statement, View

__all__ = ["Rounding", "Values", "as_array", "gathered", "run", "spread"]

Values = dict[Node, Any]
Rounding = Callable[[Statement, Any], Any]


def run(view: View, leaves: Mapping[Node, Any], xp: Any, rounding: Rounding | None = None) -> Values:
    """Work out every statement of a view, in order.

    Args:
        view: whose statements.
        leaves: the values of inputs, parameters, the optimizer's memory and settings.
        xp: `numpy` for float64, or a precise namespace.
        rounding: if given, what becomes of a value before later statements use it.
    """
    values: Values = dict(leaves)
    for statement in view.statements:
        inputs, evaluator = _evaluator(view, statement, xp)
        (value,) = evaluator(*[values[node] for node in inputs])
        values[statement.symbol] = value if rounding is None else rounding(statement, value)
    return values


def _evaluator(view: View, statement: Statement, xp: Any) -> tuple[tuple[Node, ...], Evaluator]:
    key = (statement.symbol, xp)
    if key not in view.evaluators:
        inputs = tuple(node for node in toposort([statement.formula]) if node.op is VARIABLE)
        view.evaluators[key] = (inputs, Evaluator([statement.formula], inputs, xp))
    found: tuple[tuple[Node, ...], Evaluator] = view.evaluators[key]
    return found


def as_array(exact: Any, shape: tuple[int, ...], xp: Any) -> Any:
    """An exact given value as an array of the shape that its symbol has, in a namespace."""
    nested = numpy.asarray(exact, dtype=object)
    if not shape:
        number = nested.item()
        return xp.array(number) if isinstance(xp, Precise) else numpy.float64(_float(number))
    array = nested.reshape(shape)
    return (
        xp.array(array)
        if isinstance(xp, Precise)
        else numpy.array([[_float(entry) for entry in row] for row in array], dtype=numpy.float64)
    )


def _float(number: Any) -> float:
    return float(Fraction(number)) if isinstance(number, Fraction | int) else float(number)


def spread(view: View, symbol: Node, array: Any, into: Values) -> None:
    """Give the value of a quantity to the symbols that stand for it in a view."""
    symbols = view.entries[symbol]
    if isinstance(symbols, Node):
        into[symbols] = array
        return
    for node, value in zip(symbols.flat, numpy.asarray(array, dtype=object).flat, strict=True):
        into[node] = value


def gathered(view: View, symbol: Node, of: Mapping[Node, Node] | None, values: Mapping[Node, Any]) -> Any:
    """The value of a quantity of the graph, put together from the symbols of a view.

    Args:
        view: the view.
        symbol: the quantity.
        of: if given, what to take instead of each symbol itself, such as its gradient; entries without one count 0.
        values: the values of the view's symbols.
    """

    def one(node: Node) -> Any:
        meant = node if of is None else of.get(node)
        return 0 if meant is None else values[meant]

    symbols = view.entries[symbol]
    if isinstance(symbols, Node):
        return one(symbols)
    made = numpy.empty(symbols.shape, dtype=object)
    for index, node in numpy.ndenumerate(symbols):
        made[index] = one(node)
    return made
