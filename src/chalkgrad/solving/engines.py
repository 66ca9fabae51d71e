"""Two engines: every printed number worked out in float64 and again to 50 digits."""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy

from chalkgrad.core.evaluate import Evaluator
from chalkgrad.core.node import VARIABLE, Node, toposort
from chalkgrad.core.precise import precise
from chalkgrad.solving.statements import Statement
from chalkgrad.solving.steps import StepValues
from chalkgrad.solving.values import as_shown, run, work_out_as_shown

__all__ = ["ENGINE_TOLERANCE", "Agreement", "compare_engines", "relative_difference"]

# Two engines that do the same few hundred operations in float64 and in 50 digits agree to a few units of 2e-16 each.
ENGINE_TOLERANCE = 1e-12


@dataclass
class Agreement:
    """What was found.

    Args:
        worst: the largest deviation, relative to numbers larger than 1.
        numbers: how many were compared.
        cancelled: how many lines lose digits in float64, and were measured against what it can hold there.
        beyond: how many lines have a number on the way that is larger than float64 knows.
    """

    worst: float = 0.0
    numbers: int = 0
    cancelled: int = 0
    beyond: int = 0


def compare_engines(numbers: StepValues, rounded: bool, into: Agreement) -> None:
    """Compare every statement of a step, and add what is found.

    Args:
        numbers: the step, to 50 digits.
        rounded: whether each printed number is carried on, so that each line starts from those before it.
        into: where to add.
    """
    floats = in_float64(numbers, each_from_printed=rounded)
    single = floats if rounded else None
    for statement in numbers.view.statements:
        exact = numbers.values[statement.symbol]
        if rounded:
            exact = work_out_as_shown(numbers.view, statement, numbers.values, precise())
        deviation = relative_difference(floats[statement.symbol], exact)
        into.numbers += int(numpy.size(exact))
        if not deviation <= ENGINE_TOLERANCE:
            single = single or in_float64(numbers, each_from_printed=True)
            deviation = _as_far_as_float64_goes(numbers, statement, single[statement.symbol], exact, into)
        into.worst = max(into.worst, deviation)


def in_float64(numbers: StepValues, each_from_printed: bool) -> dict[Node, Any]:
    """The statements in float64: as a chain from the leaves, or each from the 50-digit numbers before it."""
    given = {node: _float_array(value) for node, value in numbers.values.items()}
    produced = {statement.symbol for statement in numbers.view.statements}
    leaves = {node: value for node, value in given.items() if node not in produced}
    if not each_from_printed:
        return run(numbers.view, leaves, numpy)
    results: dict[Node, Any] = {}

    def keep(statement: Statement, value: Any) -> Any:
        results[statement.symbol] = value
        return given[statement.symbol]

    run(numbers.view, leaves, numpy, keep)
    return results


def _float_array(value: Any) -> Any:
    if not getattr(value, "shape", ()):
        return numpy.float64(float(value))
    return value.astype(numpy.float64)


def _as_far_as_float64_goes(
    numbers: StepValues, statement: Statement, single: Any, exact: Any, into: Agreement
) -> float:
    """The deviation of one line from its own inputs, relative to all numbers on its way and to what rounding them does.

    (10⁸ + x) − 10⁸ keeps eight digits of x in float64 however it is programmed.
    """
    inputs = tuple(node for node in toposort([statement.formula]) if node.op is VARIABLE)
    values = [numbers.values[node] for node in inputs]
    parts = [node for node in toposort([statement.formula]) if node.op is not VARIABLE] or [statement.formula]
    way = [abs(entry) for part in Evaluator(parts, inputs, precise())(*values) for entry in numpy.ravel(part)]
    finite = [size for size in way if size == size]
    if any(size > sys.float_info.max for size in finite):
        into.beyond += 1
        return 0.0
    largest = max([1, *finite, *(abs(entry) for value in values for entry in numpy.ravel(value))])
    into.cancelled += 1
    return relative_difference(single, exact, max(largest, _condition(numbers, statement)))


def _condition(numbers: StepValues, statement: Statement) -> Any:
    """By how much the result moves when all inputs move by their last bit, in units of that bit."""
    inputs, evaluator = as_shown(numbers.view, statement, precise())
    chance = random.Random(0)
    bit = precise().exact_number(Fraction(1, 2**52))
    values = [numbers.values[node] for node in inputs]
    here, largest = evaluator(*values)[0], 0
    for _ in range(4):
        moved = [value * (1 + chance.choice((-1, 1)) * bit) for value in values]
        change = numpy.ravel(numpy.abs(evaluator(*moved)[0] - here))
        largest = max([largest, *(entry / bit for entry in change if entry == entry)])
    return largest


def relative_difference(one: Any, other: Any, scale: Any = 1) -> float:
    """The largest difference of two values, relative to `scale` or to the second where that is larger."""
    worst = 0.0
    for a, b in numpy.broadcast(numpy.asarray(one, dtype=object), numpy.asarray(other, dtype=object)):
        finite = [bool(abs(value) < float("inf")) for value in (a, b)]
        if not all(finite):
            same = not any(finite) and str(float(a)) == str(float(b))
            worst = max(worst, 0.0 if same else float("inf"))
            continue
        worst = max(worst, float(abs(a - b) / max(scale, abs(b))))
    return worst
