"""Softmax: overflow, shifts, both axes, and unit by unit."""

import numpy
import pytest

from chalkgrad.core.algebra import summation
from chalkgrad.core.evaluate import evaluate
from chalkgrad.core.gradient import gradient
from chalkgrad.core.node import variable
from chalkgrad.core.shape import shape_of
from chalkgrad.core.units import entries, unit_array
from chalkgrad.ops.softmax import log_softmax, softmax, softmax_unit

z = variable("z", shape_of(2, 3))
VALUE = numpy.array([[0.1, -1.2, 2.0], [1000.0, 0.0, -1000.0]])


@pytest.mark.parametrize("axis", [0, 1])
def test_outputs_of_a_layer_sum_to_1_even_where_exp_overflows(axis):
    (found,) = evaluate([softmax(z, axis=axis)], {z: VALUE})
    numpy.testing.assert_allclose(found.sum(axis=axis), 1, rtol=1e-15)


def test_the_logarithm_keeps_digits_where_the_probability_is_rounded_to_0():
    probabilities, logarithms = evaluate([softmax(z), log_softmax(z)], {z: VALUE})
    assert probabilities[1].tolist() == [1, 0, 0]
    assert logarithms[1].tolist() == [0, -1000, -2000]


def test_a_shift_of_all_inputs_changes_nothing():
    small = VALUE[:1]
    one = variable("one", shape_of(1, 3))
    a, b = (evaluate([softmax(one)], {one: v})[0] for v in (small, small + 5))
    numpy.testing.assert_allclose(a, b, rtol=1e-15)


def test_the_axis_left_out_is_that_of_rows():
    assert softmax(z) is softmax(z, axis=1)
    assert softmax(z) is not softmax(z, axis=0)


@pytest.mark.parametrize("op", [softmax, log_softmax])
@pytest.mark.parametrize("axis", [0, 1])
def test_unit_by_unit_along_either_axis(op, axis):
    names = [[variable(f"z{i}{j}") for j in range(3)] for i in range(2)]
    value = numpy.array([[0.1, -1.2, 2.0], [0.4, 0.0, -0.3]])
    singles = dict(zip(numpy.ravel(names), value.flat, strict=True))
    (parts,) = entries([op(z, axis=axis)], {z: unit_array(names)})
    found = numpy.reshape(evaluate(list(parts.flat), singles), (2, 3))
    numpy.testing.assert_allclose(found, evaluate([op(z, axis=axis)], {z: value})[0], rtol=1e-14)


def test_a_unit_depends_on_every_input():
    scalars = [variable(f"z{k}") for k in range(3)]
    given = dict(zip(scalars, numpy.array([0.2, -0.5, 1.0]), strict=True))
    jacobian = [evaluate(gradient(softmax_unit(*scalars, index=k), scalars), given) for k in range(3)]
    p = numpy.array(evaluate([softmax_unit(*scalars, index=k) for k in range(3)], given))
    numpy.testing.assert_allclose(jacobian, numpy.diag(p) - numpy.outer(p, p), rtol=1e-14, atol=1e-16)


def test_the_slopes_of_a_layer_sum_to_0():
    upstream = variable("g", z.shape)
    (slope,) = gradient(summation(upstream * softmax(z)), [z])
    (found,) = evaluate([slope], {z: VALUE, upstream: numpy.arange(6.0).reshape(2, 3)})
    numpy.testing.assert_allclose(found.sum(axis=1), 0, atol=1e-15)
