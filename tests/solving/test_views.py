"""Both views of random problems: right gradients, the same numbers, statements in an order to be worked through."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalkgrad.core.evaluate import Evaluator
from chalkgrad.core.gradient import compose
from chalkgrad.core.node import VARIABLE, toposort
from chalkgrad.core.precise import precise
from chalkgrad.ops import OPS
from chalkgrad.ops.losses import Loss
from chalkgrad.reading.problem import Problem
from chalkgrad.solving.steps import Batch, StepValues, Walk
from chalkgrad.solving.views import matrix_view, unit_view

ACTIVATIONS = [op.name for op in OPS.with_role("activation")]
LOSSES = [loss.name for loss in OPS.entries if isinstance(loss, Loss)]
ONE_HOT = ("cross_entropy", "cross_entropy_from_logits", "kl")
# What a loss takes the logarithm of must be a probability.
PROBABILITIES = ("binary_cross_entropy", "cross_entropy", "kl")
# 50 digits less 20 for the nudge, and some for a few hundred operations.
DIFFERENCE_TOLERANCE = 1e-18
EQUAL_TOLERANCE = 1e-40


def worked(problem: Problem, which: Any, xp: Any = None) -> StepValues:
    count = len(problem.samples or ()) or 1
    batch = Batch(1, 1, tuple(range(count)) if problem.samples else ())
    return Walk(problem, xp or precise()).take(which(problem, count), batch)


def gradients(problem: Problem, numbers: StepValues) -> dict[str, Any]:
    """The gradient of every parameter, in its own shape."""
    return {
        node.name: numpy.asarray(numbers.of(node, numbers.view.gradients), dtype=object)
        for node in problem.graph(numbers.view.samples).parameters
    }


def close(one: Any, other: Any, tolerance: float) -> bool:
    pairs = numpy.broadcast(numpy.asarray(one, dtype=object), numpy.asarray(other, dtype=object))
    return all(abs(a - b) <= tolerance * max(1, abs(b)) for a, b in pairs)


@st.composite
def networks(draw: st.DrawFn) -> Problem:
    """1 to 3 layers, every activation and loss, rows or columns, named weights, matrices, a shared bias."""
    loss = draw(st.sampled_from(LOSSES))
    columns = draw(st.booleans())
    inputs, depth = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    layers, width = [], inputs
    for number in range(1, depth + 1):
        units, last = draw(st.integers(1, 2)), number == depth
        if last and loss in ONE_HOT:
            units = 2
        activation = draw(st.sampled_from(ACTIVATIONS))
        if last and loss in PROBABILITIES:
            activation = "softmax" if loss in ONE_HOT else "sigmoid"
        # The step has slope 0 everywhere and softmax of one unit is 1: neither can tell a wrong gradient from 0.
        activation = "tanh" if activation == "step" and not last else activation
        layer: dict[str, Any] = {"units": units, "activation": activation}
        kind = draw(st.sampled_from(["matrix", "edges", "unnamed"]))
        if kind == "edges":
            layer["weights"] = [[f"w{number}_{j}{k}" for k in range(width)] for j in range(units)]
        elif kind == "matrix":
            layer["weights"] = f"V{number}"
        layer["bias"] = draw(st.sampled_from([f"b{number}", "none", [f"b{number}_{j}" for j in range(units)]]))
        layers.append(layer)
        width = units
    tenths = st.integers(-15, 15).filter(bool).map(lambda n: Fraction(n, 10))
    samples = [
        {"x": [draw(tenths) for _ in range(inputs)], "y": draw(targets(loss, width))}
        for _ in range(draw(st.integers(1, 3)))
    ]
    convention = {"vectors": "columns" if columns else "rows"}
    return Problem.from_layers(
        inputs,
        layers,
        loss=loss,
        data=samples,
        convention=convention,
        initial="uniform(-1, 1)",
        seed=draw(st.integers(0, 99)),
    )


def targets(loss: str, width: int) -> st.SearchStrategy[list[Any]]:
    if loss in ONE_HOT:
        return st.sampled_from([[1, 0], [0, 1]])
    if loss == "hinge":
        return st.lists(st.sampled_from([-1, 1]), min_size=width, max_size=width)
    if loss.startswith("binary"):
        return st.lists(st.sampled_from([0, 1]), min_size=width, max_size=width)
    return st.lists(st.integers(-9, 9).map(lambda n: Fraction(n, 7)), min_size=width, max_size=width)


few = settings(max_examples=40, suppress_health_check=list(HealthCheck))


@given(networks())
@few
def test_both_views_give_the_gradients_of_small_differences(problem):
    matrix, units = worked(problem, matrix_view), worked(problem, unit_view)
    by_matrix, by_units = gradients(problem, matrix), gradients(problem, units)
    graph = problem.graph(matrix.view.samples)
    leaves = [*graph.parameters, *graph.inputs]
    loss = Evaluator(graph.composed(graph.loss), leaves, precise())
    values = [matrix.of(leaf) for leaf in leaves]
    nudge = precise().exact_number(Fraction(1, 10**20))
    for position, node in enumerate(graph.parameters):
        assert close(by_units[node.name], by_matrix[node.name], EQUAL_TOLERANCE), node.name
        for index in numpy.ndindex(numpy.shape(values[position])):
            step = values[position] * 0 + 0
            if index:
                step[index] = nudge
            else:
                step = nudge
            ends = [loss(*values[:position], values[position] + s * step, *values[position + 1 :]) for s in (1, -1)]
            slope = (numpy.sum(ends[0][0]) - numpy.sum(ends[1][0])) / (2 * nudge)
            assert close(by_matrix[node.name][index], slope, DIFFERENCE_TOLERANCE), (node.name, index)


@given(networks())
@few
def test_the_statements_composed_are_what_training_runs(problem):
    count = len(problem.samples)
    graph = problem.graph(count)
    view = matrix_view(problem, count)
    backward = [s.line for s in view.statements if s.role in ("value", "way", "gradient")]
    wanted = [node for node in graph.parameters if node in view.gradients]
    composed = compose(backward, [view.gradients[node] for node in wanted])
    _, trained = graph.loss_and_gradients(tuple(wanted))
    numbers = worked(problem, matrix_view)
    leaves = [*graph.parameters, *graph.inputs]
    values = [numbers.of(leaf) for leaf in leaves]
    ours = Evaluator(composed, leaves, precise())(*values)
    theirs = Evaluator(trained, leaves, precise())(*values)
    assert all(close(a, b, EQUAL_TOLERANCE) for a, b in zip(ours, theirs, strict=True))


@given(networks(), st.sampled_from([matrix_view, unit_view]))
@few
def test_every_statement_uses_only_what_stands_before_it(problem, which):
    view = which(problem, len(problem.samples))
    produced = {statement.symbol for statement in view.statements}
    seen: set[Any] = set()
    for statement in view.statements:
        used = {node for node in toposort([statement.formula]) if node.op is VARIABLE}
        assert used & produced <= seen, statement.of
        assert statement.symbol not in seen
        seen.add(statement.symbol)


@given(networks())
@few
def test_what_comes_along_the_ways_adds_up(problem):
    numbers = worked(problem, unit_view)
    view = numbers.view
    ways: list[Any] = []
    for statement in view.statements:
        if statement.role == "way":
            ways.append(statement)
        elif statement.role == "gradient":
            if ways:
                assert statement.kind == "accumulate"
                assert {way.of for way in ways} == {statement.of}
                total = sum(numbers.values[way.symbol] for way in ways)
                assert close(numbers.values[statement.symbol], total, EQUAL_TOLERANCE)
            ways = []


XOR = [{"x": [0, 0], "y": 0}, {"x": [0, 1], "y": 1}, {"x": [1, 0], "y": 1}]
LAYERS = [{"units": 2, "activation": "tanh"}, {"units": 1, "activation": "sigmoid"}]


class TestOrder:
    view = unit_view(Problem.from_layers(2, LAYERS, loss="mse", data=XOR), 3)

    def test_forward_goes_sample_by_sample_and_activation_behind_preactivation(self):
        forward = [(s.sample, s.of) for s in self.view.statements if s.kind == "forward"]
        one = ["z_h1_1", "h1_1", "z_h1_2", "h1_2", "z_y_hat", "y_hat"]
        assert forward == [(sample, name) for sample in range(3) for name in one]

    def test_backward_goes_sample_by_sample_through_layers_from_the_last(self):
        backward = [(s.sample, s.of) for s in self.view.statements if s.role == "gradient" and s.sample is not None]
        one = ["y_hat", "z_y_hat", "h1_1", "z_h1_1", "h1_2", "z_h1_2"]
        assert backward == [(sample, name) for sample in range(3) for name in one]

    def test_parameters_come_after_all_samples(self):
        kinds = [s.sample is None for s in self.view.statements if s.role == "gradient"]
        assert kinds == sorted(kinds)

    def test_a_shared_bias_gathers_a_way_for_each_unit_and_sample(self):
        layers = [{"units": 2, "activation": "tanh", "bias": "b"}, {"units": 1, "activation": "sigmoid", "bias": "c"}]
        view = unit_view(Problem.from_layers(2, layers, loss="mse", data=XOR), 3)
        assert sum(s.role == "way" and s.of == "b" for s in view.statements) == 6


class TestWhatIsAsked:
    def test_learn_leaves_the_other_parameters_out(self):
        problem = Problem.from_formula(
            "p = x w + b", loss="half_sse", data=[{"x": [2], "y": 1}], given={"w": 3, "b": 1}, learn=["b"]
        )
        view = unit_view(problem, 1)
        assert {node.name for node in view.updated} == {"b"}
        assert not [s for s in view.statements if s.of == "w"]

    def test_a_unit_of_a_layer_pulls_in_its_layer_in_matrix_form(self):
        layers = [{"units": ["h1", "h2"], "activation": "tanh"}, {"units": ["f"], "activation": "linear"}]
        problem = Problem.from_layers(2, layers, differentiate={"f": ["h2", "z_h1"]})
        assert {node.name for node in matrix_view(problem, 1).gradients} >= {"h", "z_h"}
        assert {node.name for node in unit_view(problem, 1).gradients} >= {"h2", "z_h1"}

    def test_a_view_keeps_each_entry_of_a_matrix_apart(self):
        problem = Problem.from_formula("p = sum(x W)", data=[{"x": [1, 2]}], given={"W": [[1, 2], [3, 4]]})
        view = unit_view(problem, 1)
        (owner,) = problem.graph(1).parameters
        assert [node.name for node in view.entries[owner].flat] == ["w_11", "w_12", "w_21", "w_22"]
        assert all(node in view.gradients for node in view.entries[owner].flat)

    @pytest.mark.parametrize("columns", [False, True])
    def test_columns_are_rows_turned(self, columns):
        convention = {"vectors": "columns" if columns else "rows"}
        weights, bias = [[0.1, -0.2], [0.3, 0.4]], [0, 0.1]
        turned = [list(column) for column in zip(*weights, strict=True)]
        formula = "p = tanh(W x + b)" if columns else "p = tanh(x W + b)"
        problem = Problem.from_formula(
            formula,
            loss="half_sse",
            convention=convention,
            data=[{"x": [1, 2], "y": [1, 0]}, {"x": [0, 1], "y": [1, 1]}],
            given={"W": turned if columns else weights, "b": bias},
        )
        found = gradients(problem, worked(problem, matrix_view))
        other = numpy.array([[1, 2], [0, 1]]) @ numpy.array(weights) + bias
        delta = (numpy.tanh(other) - [[1, 0], [1, 1]]) * (1 - numpy.tanh(other) ** 2)
        expected = numpy.array([[1, 2], [0, 1]]).T @ delta
        numpy.testing.assert_allclose(
            found["W"].T.astype(float) if columns else found["W"].astype(float), expected, rtol=1e-13
        )
        numpy.testing.assert_allclose(found["b"].astype(float).ravel(), delta.sum(axis=0), rtol=1e-13)
