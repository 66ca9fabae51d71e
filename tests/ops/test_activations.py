"""What single activations promise beyond the battery: conventions at kinks, and sense at extreme arguments."""

from fractions import Fraction

import numpy
import pytest

from chalkgrad.core.algebra import summation
from chalkgrad.core.evaluate import evaluate
from chalkgrad.core.gradient import gradient
from chalkgrad.core.node import variable
from chalkgrad.core.shape import shape_of
from chalkgrad.ops import OPS
from chalkgrad.ops.activations import ACTIVATIONS, leaky_relu, relu, step

z = variable("z")
SELU_LEFT = 1.0507009873554805 * 1.6732632423543772


def slope_at(node, point):
    return float(evaluate(gradient(node, [z]), {z: numpy.float64(point)})[0])


@pytest.mark.parametrize(
    ("name", "slope"),
    [("relu", 0), ("leaky_relu", 0.01), ("elu", 1), ("selu", SELU_LEFT), ("step", 0), ("softplus", 0.5), ("gelu", 0.5),
     ("silu", 0.5), ("sigmoid", 0.25), ("tanh", 1), ("linear", 1)],
)  # fmt: skip
def test_the_slope_at_zero_is_the_convention(name, slope):
    assert slope_at(OPS.activation(name)(z), 0.0) == pytest.approx(slope, rel=1e-15)


@pytest.mark.parametrize("at_zero", [Fraction(0), Fraction(1, 2), Fraction(1)])
def test_the_slope_of_relu_at_zero_can_be_chosen(at_zero):
    node = relu(z, at_zero=at_zero)
    assert slope_at(node, 0.0) == at_zero
    assert [slope_at(node, -1e-9), slope_at(node, 1e-9)] == [0, 1]
    assert evaluate([node], {z: 0.0}) == [0]


def test_relu_without_a_choice_is_the_very_node_with_the_usual_one():
    assert relu(z) is relu(z, at_zero=Fraction(0))
    assert relu(z) is not relu(z, at_zero=Fraction(1))


def test_the_left_slope_of_leaky_relu_can_be_chosen():
    node = leaky_relu(z, slope=Fraction(1, 4))
    assert evaluate([node], {z: -8.0}) == [-2]
    assert slope_at(node, -8.0) == 0.25


def test_the_step_is_1_at_zero():
    assert [float(evaluate([step(z)], {z: v})[0]) for v in (-1e-9, 0.0, 1e-9)] == [0, 1, 1]


@pytest.mark.parametrize("op", ACTIVATIONS, ids=lambda op: op.name)
@pytest.mark.parametrize("dtype", [numpy.float32, numpy.float64])
def test_values_and_slopes_are_finite_at_extreme_arguments(op, dtype):
    matrix = variable("m", shape_of(2, 4))
    value = numpy.array([[-800, -90, 90, 800], [0, -1e-30, 1e-30, 3]], dtype)
    upstream = variable("g", matrix.shape)
    slopes = gradient(summation(op(matrix) * upstream), [matrix])
    for result in evaluate([op(matrix), *slopes], {matrix: value, upstream: numpy.ones_like(value)}):
        assert numpy.isfinite(result).all()
        assert result.dtype == dtype


@pytest.mark.parametrize(
    ("name", "left", "right"),
    [("sigmoid", 0, 1), ("tanh", -1, 1), ("softplus", 0, 800), ("gelu", 0, 800), ("silu", 0, 800), ("elu", -1, 800),
     ("selu", -1.7580993408473766, 800 * 1.0507009873554805)],
)  # fmt: skip
def test_the_limits_at_either_end(name, left, right):
    node = OPS.activation(name)(z)
    found = [float(evaluate([node], {z: numpy.float64(end)})[0]) for end in (-800, 800)]
    assert found == pytest.approx([left, right], rel=1e-15, abs=1e-300)
