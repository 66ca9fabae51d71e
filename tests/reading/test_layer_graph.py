"""Layers as lines: weights and biases as numbers, names, rows, mixed, shared, in rows and columns."""

from __future__ import annotations

from fractions import Fraction

import pytest

from chalkgrad.reading.problem import Problem
from chalkgrad.render.formula_text import formula_text
from chalkgrad.solving.solve import derive

DATA = {"loss": "half_sse", "data": [{"x": [1, 2], "y": 1}]}


def made(*layers, inputs=2, **keys):
    return Problem.from_layers(inputs, layers, **{**DATA, "initial": "constant(0.5)", **keys})


def lines(problem):
    return [f"{line.symbol.name} = {formula_text(line.formula)}" for line in problem.graph(1).forward_lines]


@pytest.mark.parametrize(
    ("layer", "parameters", "line"),
    [
        ({}, {"W1": [[0.5], [0.5]], "b1": [0.5]}, "z_y_hat = x @ W1 + b1"),
        ({"weights": 3, "bias": "none"}, {"W1": [[3], [3]]}, "z_y_hat = x @ W1"),
        ({"weights": "V", "bias": "c"}, {"V": [[0.5], [0.5]], "c": 0.5}, "z_y_hat = x @ V + c"),
        ({"weights": [[1, 2]], "bias": [3]}, {"W1": [[1], [2]], "b1": [[3]]}, "z_y_hat = x @ W1 + b1"),
        ({"weights": [[1, 2]], "bias": 0.1}, {"W1": [[1], [2]], "b1": Fraction(1, 10)}, "z_y_hat = x @ W1 + b1"),
        ({"weights": [["u", 2]], "bias": ["c"]}, {"u": 0.5, "w^(1)_21": 2, "c": 0.5}, "z_y_hat = x @ W1 + b1"),
        ({"weights": [["u", "u"]], "bias": "u"}, None, None),
        ({"weights": [["W1", "b1"]], "bias": "none"}, {"W1": 0.5, "b1": 0.5}, "z_y_hat = x @ W^(1)"),
    ],
)
def test_weights_and_biases(layer, parameters, line):
    if parameters is None:
        with pytest.raises(Exception, match="`u` is a"):
            made({"units": 1, **layer})
        return
    problem = made({"units": 1, **layer})
    assert problem.values == parameters
    assert line in lines(problem)


@pytest.mark.parametrize("vectors", ["rows", "columns"])
def test_one_name_for_the_biases_of_a_layer_may_stand_for_a_list(vectors):
    given = {"b": [0.5, -1], "W1": [[1, 2], [3, 4]]}
    layers = [{"units": 2, "bias": "b"}]
    problem = Problem.from_layers(2, layers, given=given, loss="sse", data=[{"x": [0, 0], "y": [0, 0]}],
                                  convention={"vectors": vectors})  # fmt: skip
    assert derive(problem).steps[0].floats.of(problem.output).ravel().tolist() == [0.5, -1]


def test_mixed_biases_of_several_units():
    problem = made({"units": 2, "bias": [1, "c"]}, {"units": 1, "weights": [["v", "v"]], "bias": "none"})
    assert list(problem.values) == ["W1", "b^(1)_1", "c", "v"]
    assert problem.bias_names == {"b^(1)_1", "c"}
    assert lines(problem)[0] == "b1 = [[b^(1)_1, c]]"


def test_one_name_in_several_layers_is_one_parameter():
    problem = made({"units": 2, "weights": "W", "bias": "b"}, {"units": 2, "weights": "W", "bias": "b"}, {"units": 1})
    assert list(problem.values) == ["W", "b", "W3", "b3"]
    assert problem.bias_names == {"b", "b3"}


@pytest.mark.parametrize(("vectors", "matrix"), [("rows", [[1], [2]]), ("columns", [[1, 2]])])
def test_rows_of_weights_are_one_for_each_unit_in_either_convention(vectors, matrix):
    problem = made({"units": 1, "weights": [[1, 2]], "bias": "none"}, convention={"vectors": vectors})
    assert problem.values == {"W1": matrix}
    given = made({"units": 1, "weights": "V", "bias": "none"}, convention={"vectors": vectors}, given={"V": matrix})
    assert given.graph(1).parameters[0].shape[0].size == len(matrix)


def test_units_keep_their_names():
    problem = made({"units": ["h1", "h2"], "activation": "tanh"}, {"units": ["h"]})
    assert [line.symbol.name for line in problem.graph(1).forward_lines] == ["z_a^[1]", "a^[1]", "z_h", "h"]
    names = problem.graph(1).unit_names
    assert [names[line.symbol] for line in problem.graph(1).forward_lines] == [
        ("z_h1", "z_h2"), ("h1", "h2"), ("z_h",), ("h",)]  # fmt: skip


def test_the_slope_of_relu_at_zero():
    problem = made({"units": 1, "activation": "relu"}, convention={"relu_at_zero": 1})
    assert problem.graph(1).forward_lines[1].formula.attributes == {"at_zero": Fraction(1)}


def test_entries_of_a_large_matrix_have_no_names():
    problem = Problem.from_layers(200, [{"units": 100}], loss="mse")
    graph = problem.graph(1)
    assert [len(graph.unit_names[node]) for node in graph.parameters] == [0, 100]


def test_entries_are_written_in_small_letters():
    problem = Problem.from_layers(3, [{"units": 1}], loss="mse")
    assert problem.graph(1).unit_names[problem.graph(1).parameters[0]] == ("w^(1)_1", "w^(1)_2", "w^(1)_3")
