"""Values drawn for parameters: their spread, their seed, their shape."""

from __future__ import annotations

from fractions import Fraction

import numpy
import pytest

from chalkgrad.errors import ProblemError
from chalkgrad.reading.problem import Problem


def drawn(initial, activation="relu", inputs=300, units=200, seed=0):
    layer = {"units": units, "activation": activation}
    data = [{"x": [0] * inputs, "y": [0] * units}]
    return Problem.from_layers(inputs, [layer], loss="mse", data=data, initial=initial, seed=seed).values


def array(values):
    return numpy.array([[float(v) for v in row] for row in values])


@pytest.mark.parametrize(
    ("initial", "bound", "spread"),
    [
        ("he_uniform", (6 / 300) ** 0.5, (2 / 300) ** 0.5),
        ("he_normal", None, (2 / 300) ** 0.5),
        ("xavier_uniform", (6 / 500) ** 0.5, (2 / 500) ** 0.5),
        ("xavier_normal", None, (2 / 500) ** 0.5),
        ("uniform(-0.3, 0.3)", 0.3, 0.3 / 3**0.5),
        ("normal(0.02)", None, 0.02),
    ],
)
def test_spread(initial, bound, spread):
    found = array(drawn(initial)["W1"])
    assert found.shape == (300, 200)
    # 60,000 draws: the standard deviation is known to 0.3 %, the mean to spread/245; four times that.
    assert found.std() == pytest.approx(spread, rel=0.012)
    assert abs(found.mean()) < 4 * spread / 245
    if bound:
        assert 0.99 * bound < abs(found).max() <= bound


def test_biases_start_at_zero_unless_the_rule_is_for_every_parameter():
    assert drawn("he_normal", units=3)["b1"] == [0, 0, 0]
    assert drawn("constant(0.1)", units=2, inputs=1) == {"W1": [[Fraction(1, 10)] * 2], "b1": [Fraction(1, 10)] * 2}
    assert drawn("zeros", units=1, inputs=1) == {"W1": [[0]], "b1": [0]}
    assert all(0.5 <= value <= 1 for value in drawn("uniform(0.5, 1)", units=3)["b1"])
    assert any(drawn("normal(1)", units=3)["b1"])


def test_the_seed_fixes_everything():
    assert drawn("he_normal") == drawn("he_normal")
    assert drawn("he_normal") != drawn("he_normal", seed=1)


@pytest.mark.parametrize(("activation", "same"), [("relu", "he_uniform"), ("tanh", "xavier_uniform")])
def test_the_default_fits_the_activation(activation, same):
    assert drawn(None, activation) == drawn(same, activation)


def test_a_given_value_stays_and_the_rest_is_drawn():
    problem = Problem.from_layers(
        1, [{"units": 2}, {"units": 1}], loss="mse", data=[{"x": 1, "y": 1}], given={"W1": [[1, 2]]}
    )
    assert problem.values["W1"] == ((1, 2),)
    assert problem.has_numbers


class TestArrays:
    @pytest.mark.parametrize("initial", ["he_normal", "uniform(-1, 1)", "constant(0.1)", "zeros", None])
    @pytest.mark.parametrize("vectors", ["rows", "columns"])
    def test_are_the_numbers_of_values_in_the_shape_of_the_graph(self, initial, vectors):
        layers = [{"units": 3, "activation": "relu"}, {"units": 2, "bias": "c"}, {"units": 1, "weights": [["v", 0.5]]}]
        problem = Problem.from_layers(
            2,
            layers,
            loss="mse",
            data=[{"x": [1, 2], "y": 1}],
            initial=initial,
            convention={"vectors": vectors},
            given={"c": 0.25, "v": 2, "b1": [1, 2, 3]},
        )
        arrays, values = problem.starting_arrays(), problem.values
        nodes = {node.name: node for node in problem.graph(None).parameters}
        assert set(arrays) == set(nodes) == set(values)
        for name, array in arrays.items():
            assert array.dtype == numpy.float64
            assert array.shape == tuple(axis.size for axis in nodes[name].shape)
            exact = numpy.asarray(values[name], dtype=object).astype(float)
            assert array.ravel().tolist() == exact.ravel().tolist()
        assert arrays["c"].shape == ()

    def test_no_fractions_are_made(self, monkeypatch):
        def refuse(*arguments):
            raise AssertionError("exact values are not needed")

        monkeypatch.setattr("chalkgrad.reading.starting_values._exact", refuse)
        layers = [{"units": 512, "activation": "relu"}, {"units": 10, "activation": "softmax"}]
        problem = Problem.from_layers(784, layers, loss="cross_entropy", data=[{"x": [0] * 784, "y": 1}])
        assert problem.has_numbers
        assert problem.starting_arrays()["W1"].shape == (784, 512)

    def test_a_parameter_without_a_value_is_named(self):
        problem = Problem.from_layers(1, [{"units": 1}], loss="mse")
        with pytest.raises(ProblemError) as caught:
            problem.starting_arrays()
        fault = caught.value.faults[0]
        assert (fault.code, fault.message) == ("value-missing", "`W1` has no value to start from")
