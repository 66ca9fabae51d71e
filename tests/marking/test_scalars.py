"""Formulas of single numbers with Python's floats."""

import math

import numpy
import pytest

from chalkgrad.core.evaluate import evaluate
from chalkgrad.core.node import constant, variable
from chalkgrad.marking.scalars import _QUICK, Scalar
from chalkgrad.ops import OPS
from chalkgrad.ops.functions import indicator
from chalkgrad.ops.softmax import softmax_unit

X, Y = variable("x"), variable("y")
NUMBERS = (-800.0, -1.5, -0.0, 0.0, 0.3, 1.0, 2.0, 800.0, math.inf, -math.inf, math.nan)


@pytest.mark.parametrize("op", [op for op in _QUICK if op.name != "softmax_unit"], ids=lambda op: op.name)
def test_a_quick_form_gives_what_its_op_gives_everywhere(op) -> None:
    inputs = (X, Y)[: op.arity]
    node = op(*inputs)
    for first in NUMBERS:
        for second in NUMBERS[: None if op.arity == 2 else 1]:
            values = [first, second][: op.arity]
            (right,) = evaluate([node], dict(zip(inputs, map(numpy.float64, values), strict=True)))
            assert Scalar(node, inputs)(values) == pytest.approx(float(right), rel=1e-14, nan_ok=True)


def test_the_outputs_of_a_softmax_sum_to_one() -> None:
    units = [Scalar(softmax_unit(X, Y, index=place), [X, Y]) for place in (0, 1)]
    assert units[0]([1000.0, 1001.0]) == pytest.approx(1 / (1 + math.e))
    assert sum(unit([1000.0, 1001.0]) for unit in units) == pytest.approx(1.0)


def test_the_slope_of_relu_at_zero_is_that_of_the_problem() -> None:
    assert Scalar(indicator(X, at_zero=constant(0.5).number), [X])([0.0]) == 0.5


@pytest.mark.parametrize("name", ["gelu", "softplus", "leaky_relu", "abs"])
def test_an_op_without_a_quick_form_is_asked_itself(name: str) -> None:
    op = OPS.function(name)
    assert op not in _QUICK
    assert Scalar(op(X) * 2, [X])([-0.7]) == pytest.approx(2 * float(op.forward(numpy, numpy.float64(-0.7))))


def test_a_formula_that_is_given_or_a_number_is_that() -> None:
    assert Scalar(X, [X])([4.0]) == 4.0
    assert Scalar(constant(3), [])([]) == 3.0
    assert Scalar(X * Y, [X, Y])([2.0, 5.0]) == 10.0
