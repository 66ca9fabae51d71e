"""Functions beside the activations: zeros, ties and functions without a formula."""

import numpy
import pytest

from chalkgrad.core.algebra import summation
from chalkgrad.core.evaluate import evaluate
from chalkgrad.core.gradient import gradient
from chalkgrad.core.node import variable
from chalkgrad.core.shape import shape_of
from chalkgrad.core.units import entries, unit_array
from chalkgrad.errors import EvaluationError
from chalkgrad.ops.functions import absolute, indicator, maximum, peak, sign, unnamed, xlogy

x, y = variable("x"), variable("y")
matrix = variable("m", shape_of(2, 3))


def slopes(node, **values):
    leaves = {"x": x, "y": y}
    given = {leaves[name]: numpy.float64(value) for name, value in values.items()}
    return [float(slope) for slope in evaluate(gradient(node, list(given)), given)]


@pytest.mark.parametrize(("op", "at_zero"), [(absolute, 0), (sign, 0), (indicator, 0)])
def test_slopes_at_zero(op, at_zero):
    assert slopes(op(x), x=0) == [at_zero]


def test_sign_and_indicator_are_zero_at_zero():
    assert [float(v) for v in evaluate([sign(x), indicator(x), indicator(x, at_zero=1)], {x: 0.0})] == [0, 0, 1]


def test_the_second_of_two_equals_receives_the_gradient():
    assert slopes(maximum(x, y), x=2, y=2) == [0, 1]
    assert slopes(maximum(x, y), x=3, y=2) == [1, 0]


def test_equal_largest_entries_share_the_gradient():
    value = numpy.array([[1.0, 5.0, 5.0], [5.0, 0.0, 2.0]])
    (whole,) = evaluate(gradient(peak(matrix), [matrix]), {matrix: value})
    (rows,) = evaluate(gradient(summation(peak(matrix, axes=(1,))), [matrix]), {matrix: value})
    assert whole.tolist() == [[0, 1 / 3, 1 / 3], [1 / 3, 0, 0]]
    assert rows.tolist() == [[0, 0.5, 0.5], [1, 0, 0]]


@pytest.mark.parametrize("axes", [None, (0,), (1,), (0, 1)])
def test_the_largest_entry_unit_by_unit(axes):
    names = [[variable(f"m{i}{j}") for j in range(3)] for i in range(2)]
    value = numpy.array([[1.0, 7.0, 3.0], [4.0, 2.0, 6.0]])
    (parts,) = entries([peak(matrix, axes=axes)], {matrix: unit_array(names)})
    singles = dict(zip(numpy.ravel(names), value.flat, strict=True))
    (whole,) = evaluate([peak(matrix, axes=axes)], {matrix: value})
    assert numpy.shape(parts) == numpy.shape(whole)
    assert numpy.array_equal(numpy.reshape(evaluate(list(numpy.ravel(parts)), singles), numpy.shape(whole)), whole)


def test_zero_times_the_logarithm_of_zero_is_zero():
    values, chances = numpy.array([[0.0, 0.0, 1.0]]), numpy.array([[0.0, 2.0, 0.5]])
    a, b = variable("a", shape_of(1, 3)), variable("b", shape_of(1, 3))
    (found,) = evaluate([xlogy(a, b)], {a: values, b: chances})
    assert found.tolist() == [[0, 0, -0.6931471805599453]]


def test_a_function_without_a_formula_has_a_slope_but_no_value():
    node = unnamed(x, name="f")
    (slope,) = gradient(node, [x])
    (second,) = gradient(slope, [x])
    assert slope is unnamed(x, name="f", order=1)
    assert second is unnamed(x, name="f", order=2)
    with pytest.raises(EvaluationError) as caught:
        evaluate([slope], {x: 1.0})
    assert str(caught.value) == (
        "f has no formula, so it has no value [unnamed-function]\n    hint: solve it with symbols, or name it"
    )
