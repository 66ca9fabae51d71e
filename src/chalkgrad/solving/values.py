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

__all__ = ["Rounding", "Values", "as_array", "as_shown", "gathered", "run", "spread", "work_out_as_shown", "written_out"]

Rounding = Callable[[Statement, Any], Any]


class Values(dict[Node, Any]):
    """The value of each symbol; `remembered` keeps what is worked out of them and asked for again."""

    def __init__(self, values: Mapping[Node, Any] | None = None) -> None:
        super().__init__(values or {})
        self.remembered: dict[Any, Any] = {}


def run(view: View, leaves: Mapping[Node, Any], xp: Any, rounding: Rounding | None = None) -> Values:
    """Work out every statement of a view, in order.

    Args:
        view: whose statements.
        leaves: the values of inputs, parameters, the optimizer's memory and settings.
        xp: `numpy` for float64, or a precise namespace.
        rounding: if given, what becomes of a value before later statements use it.
    """
    values = Values(leaves)
    for statement in view.statements:
        if rounding is None:
            inputs, evaluator = _evaluator(view, statement, xp)
            (values[statement.symbol],) = evaluator(*[values[node] for node in inputs])
        else:
            values[statement.symbol] = rounding(statement, work_out_as_shown(view, statement, values, xp))
    return values


def work_out_as_shown(view: View, statement: Statement, values: Mapping[Node, Any], xp: Any) -> Any:
    """The value of a line as it stands on paper: from the activations that are written in it, not from behind them."""
    sources, evaluator = as_shown(view, statement, xp)
    return evaluator(*[values[node] for node in sources])[0]


def as_shown(view: View, statement: Statement, xp: Any) -> tuple[tuple[Node, ...], Evaluator]:
    """The symbols whose numbers are put into a line on paper, and what makes its result of them."""
    key = ("as shown", statement.symbol, xp)
    if key not in view.evaluators:
        known = _activations_before(view, statement)
        formula = written_out(statement.formula)
        inside = toposort([formula], stops={*known} - {formula})
        inputs = tuple(node for node in inside if node.op is VARIABLE or (node in known and node is not formula))
        sources = tuple(known.get(node, node) for node in inputs)
        view.evaluators[key] = (sources, Evaluator([formula], inputs, xp))
    found: tuple[tuple[Node, ...], Evaluator] = view.evaluators[key]
    return found


def _activations_before(view: View, statement: Statement) -> dict[Node, Node]:
    """The symbols that earlier lines give to activations, by the formula of each."""
    if "activations" not in view.evaluators:
        view.evaluators["activations"] = {
            made.formula: (position, made.symbol)
            for position, made in enumerate(view.statements)
            if made.role == "value" and made.formula.op.role == "activation"
        }
        view.evaluators["positions"] = {made.symbol: position for position, made in enumerate(view.statements)}
    own = view.evaluators["positions"][statement.symbol]
    return {formula: symbol for formula, (place, symbol) in view.evaluators["activations"].items() if place < own}


def written_out(node: Node) -> Node:
    """A formula with every fused loss in it written as its definition, as it is on paper."""
    made: dict[Node, Node] = {}
    for part in toposort([node]):
        arguments = tuple(made[argument] for argument in part.arguments)
        again = part.op(*arguments, **part.attributes) if arguments else part
        definition = again.op.define(again) if again.op.role == "loss" else None
        made[part] = again if definition is None else definition
    return made[node]


def _evaluator(view: View, statement: Statement, xp: Any) -> tuple[tuple[Node, ...], Evaluator]:
    key = (statement.symbol, xp)
    if key not in view.evaluators:
        inputs = tuple(node for node in toposort([statement.formula]) if node.op is VARIABLE)
        view.evaluators[key] = (inputs, Evaluator([statement.formula], inputs, xp))
    found: tuple[tuple[Node, ...], Evaluator] = view.evaluators[key]
    return found


def as_array(exact: Any, shape: tuple[int, ...], xp: Any) -> Any:
    """An exact given value, or floats, as an array of the shape that its symbol has, in a namespace."""
    if shape and isinstance(exact, numpy.ndarray) and exact.dtype == numpy.float64:
        return xp.array(exact.reshape(shape))
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
