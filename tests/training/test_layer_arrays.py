"""Weights and biases of layers, however their parameters are named."""

import numpy as np
import pytest

from chalkgrad.reading.problem import Problem
from chalkgrad.training.layer_arrays import layer_arrays

LAYERS = [
    {"units": 2, "activation": "relu", "weights": [["a", "b", 0.5], ["c", 1, "a"]], "bias": "shared"},
    {"units": 2, "weights": "V", "bias": "none"},
    {"units": 1, "activation": "sigmoid", "bias": ["q"]},
]


@pytest.mark.parametrize("vectors", ["rows", "columns"])
def test_they_are_inputs_by_units(vectors):
    problem = Problem.from_layers(
        3, LAYERS, loss="mse", convention={"vectors": vectors}, data=[{"x": [1, 2, 3], "y": 1}], seed=4
    )
    values = problem.starting_arrays() | {"shared": np.float64(0.25), "q": np.float64(-1)}
    (first, second, third) = layer_arrays(problem, values)
    a, b, c = (float(values[name]) for name in "abc")
    assert first[0].tolist() == [[a, c], [b, 1], [0.5, a]]
    assert first[1].tolist() == [0.25, 0.25]
    assert np.array_equal(second[0], values["V"] if vectors == "rows" else values["V"].T)
    assert second[1].tolist() == [0, 0]
    assert third[0].shape == (2, 1)
    assert third[1].tolist() == [-1]


def test_they_make_the_output():
    problem = Problem.from_layers(2, [{"units": 4, "activation": "tanh"}, {"units": 3}], loss="mse", seed=1,
                                  data=[{"x": [1, 2], "y": [1, 2, 3]}])  # fmt: skip
    (w1, b1), (w2, b2) = layer_arrays(problem, problem.starting_arrays())
    from chalkgrad.training.data import prepare_data
    from chalkgrad.training.predicting.prediction import Predictor

    x = np.array([[0.5, -1.5], [2.0, 0.25]])
    network = Predictor(problem, prepare_data(problem, np.float64), problem.starting_arrays())
    np.testing.assert_allclose(np.tanh(x @ w1 + b1) @ w2 + b2, network.predict(x), rtol=1e-14)


def test_a_formula_has_no_layers():
    assert layer_arrays(Problem.from_formula("f = x^2", given={"x": 1}), {}) == []
