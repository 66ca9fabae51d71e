"""Some units alone: the numbers of the whole solution, and of NumPy, without making the rest of the network."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.solving.test_views import XOR, networks

from chalkgrad.core.precise import precise
from chalkgrad.reading.problem import Problem
from chalkgrad.reading.problem_file import read_problem_file
from chalkgrad.solving.shown_units import choose_units
from chalkgrad.solving.solve import asking_of, derive
from chalkgrad.solving.some_units import around_units, only_in_products, view_of_units
from chalkgrad.solving.views import matrix_view

# Both are worked out to 50 digits, by a few hundred operations in another order.
EQUAL_TOLERANCE = 1e-40
LAYERS = [{"units": 3, "activation": "tanh"}, {"units": 1, "activation": "sigmoid"}]


def solved(problem: Problem, *units: str) -> Any:
    return derive(problem, replace(asking_of(problem), views=("units",), units=units))


def by_line(step: Any) -> dict[Any, list[Any]]:
    """The value of each line, by what it is of; entries of two quantities may share a name."""
    numbers, found = step.exact["units"], {}
    for statement in numbers.view.statements:
        if statement.role != "way":
            key = (statement.of, statement.role, statement.sample)
            found.setdefault(key, []).append(numbers.values[statement.symbol])
    return found


def assert_part_of(some: Any, whole: Any) -> None:
    assert some.passed, [check for check in some.checks if not check.passed]
    for step, full in zip(some.shown_steps, whole.shown_steps, strict=True):
        known = by_line(full)
        for key, values in by_line(step).items():
            for value in values:
                nearest = min(abs(value - other) for other in known[key])
                assert nearest <= EQUAL_TOLERANCE * max(1, abs(value)), key


@given(networks(), st.data())
@settings(max_examples=20, suppress_health_check=list(HealthCheck))
def test_some_units_of_any_network_have_the_numbers_of_the_whole(problem, data):
    graph = problem.graph(1)
    names = [name for line in graph.forward_lines for name in (line.symbol.name, *graph.unit_names[line.symbol])]
    chosen = data.draw(st.lists(st.sampled_from([*names, *(node.name for node in graph.parameters)]), min_size=1))
    assert_part_of(solved(problem, *chosen[:2]), solved(problem))


@pytest.mark.parametrize(
    "keys",
    [
        {"clip": {"norm": 0.1}},
        {"clip": {"value": 0.1}, "regularizer": {"l2": 0.1}},
        {"optimizer": "nadam", "batch": 2},
        {"optimizer": "nesterov", "batch": 1, "convention": {"vectors": "columns"}},
        {"optimizer": "adam", "epochs": 2, "regularizer": {"l1": 0.1}},
        {"learn": ["W2"]},
        {"show": {"carry": "rounded"}, "epochs": 2},
    ],
    ids=str,
)
def test_with_every_kind_of_step(keys):
    problem = Problem.from_layers(2, LAYERS, loss="binary_cross_entropy", data=XOR, **keys)
    assert_part_of(solved(problem, "h1_2", "b2"), solved(problem))


FORMULAS = [
    (["u = x y", "f = sin(u) + y^2/x"], {"given": {"x": 2, "y": 3}, "differentiate": {"f": ["x", "y"]}}, "u"),
    (
        ["s = softmax(x W)"],
        {"loss": "cross_entropy", "data": [{"x": [1, 2], "y": [1, 0]}], "given": {"W": [[1, 2], [3, 4]]}},
        "s_2",
    ),
    (
        ["h = tanh(x W)", "a = relu(h V + x)", "p = sum(a ⊙ h)"],
        {
            "loss": "half_sse",
            "data": [{"x": [0.5, 1], "y": 1}],
            "given": {"W": [[1, 0.2], [0.3, 0.4]], "V": [[0.1, 1], [0.5, -0.3]]},
        },
        "h_1",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "keys", "unit"), FORMULAS, ids=lambda value: value if isinstance(value, str) else "")
def test_lines_of_formulas_are_units_too(lines, keys, unit):
    problem = Problem.from_formula(*lines, **keys)
    assert_part_of(solved(problem, unit), solved(problem))


@pytest.mark.parametrize("name", ["sigmoid-2-2-2", "sigmoid-two-samples", "relu-adam", "skip-tanh-relu"])
def test_of_bundled_problems(name):
    problem = Problem.from_file(read_problem_file(name))
    whole = solved(problem)
    for line in problem.graph(1).forward_lines:
        assert_part_of(solved(problem, line.symbol.name), whole)


DIGITS = Problem.from_file(read_problem_file("digits"))
ROW = 7


@pytest.fixture(scope="module")
def hand() -> dict[str, Any]:
    """The network of the bundled digits worked out with NumPy alone, from the same weights and the same picture."""
    pytest.importorskip("sklearn")
    start = DIGITS.starting_arrays()
    pixels, part = DIGITS.dataset.x, DIGITS.parts.train
    low, high = pixels[part].min(axis=0), pixels[part].max(axis=0)
    x = numpy.divide(pixels[ROW] - low, high - low, out=numpy.zeros(64), where=high > low)[None, :]
    y = numpy.eye(10)[[int(DIGITS.dataset.y[ROW])]]
    z1 = x @ start["W1"] + start["b1"]
    z2 = numpy.maximum(z1, 0) @ start["W2"] + start["b2"]
    z3 = numpy.maximum(z2, 0) @ start["W3"] + start["b3"]
    p = numpy.exp(z3 - z3.max()) / numpy.exp(z3 - z3.max()).sum()
    d3 = p - y
    g2 = d3 @ start["W3"].T
    d2 = g2 * (z2 > 0)
    g1 = d2 @ start["W2"].T
    d1 = g1 * (z1 > 0)
    below = {"1": x, "2": numpy.maximum(z1, 0), "3": numpy.maximum(z2, 0)}
    return {"z": {"1": z1, "2": z2, "3": z3}, "d": {"1": d1, "2": d2, "3": d3}, "g": {"1": g1, "2": g2}, "x": below}


class TestDigitsAgainstNumpy:
    @pytest.mark.parametrize(("unit", "layer", "number"), [("h1_4", "1", 3), ("h2_6", "2", 5), ("y_hat_2", "3", 1)])
    def test_every_line_of_a_unit(self, hand, unit, layer, number):
        derivation = solved(DIGITS.with_samples([ROW]), unit)
        assert derivation.passed
        (step,) = derivation.steps
        found = {key: float(values[0]) for key, values in by_line(step).items()}
        close = pytest.approx
        delta = hand["d"][layer][0, number]
        assert found[f"z_{unit}", "value", 0] == close(hand["z"][layer][0, number], rel=1e-12)
        assert found[f"z_{unit}", "gradient", 0] == close(delta, rel=1e-12)
        if layer != "3":
            assert found[unit, "value", 0] == close(max(0, hand["z"][layer][0, number]), rel=1e-12)
            assert found[unit, "gradient", 0] == close(hand["g"][layer][0, number], rel=1e-12)
        start = DIGITS.starting_arrays()
        for k, below in enumerate(hand["x"][layer][0]):
            name, gradient = f"w^({layer})_{{{k + 1},{number + 1}}}", below * delta
            before = start[f"W{layer}"][k, number]
            # Adam's first step: the mean is (1 - beta) g / (1 - beta) = g, and so for its square.
            after = before - 0.001 * gradient / (abs(gradient) + 1e-8)
            assert found[name, "gradient", None] == close(gradient, rel=1e-12, abs=1e-18)
            assert found[name, "m", None] == close(0.1 * gradient, rel=1e-12, abs=1e-18)
            assert found[name, "parameter", None] == close(after, rel=1e-12)
        assert found[f"b^({layer})_{number + 1}", "gradient", None] == close(delta, rel=1e-12)

    def test_it_is_the_number_of_the_matrix_step(self, hand):
        derivation = solved(DIGITS.with_samples([ROW]), "h1_4")
        floats = derivation.steps[0].floats
        graph = DIGITS.graph(1)
        w1 = next(node for node in graph.parameters if node.name == "W1")
        numpy.testing.assert_allclose(
            floats.of(w1, floats.view.gradients), hand["x"]["1"].T @ hand["d"]["1"], rtol=1e-12
        )


def wide() -> Problem:
    layers = [
        {"units": 512, "activation": "relu"},
        {"units": 512, "activation": "relu"},
        {"units": 10, "activation": "softmax"},
    ]
    return Problem.from_layers(784, layers, loss="cross_entropy", data=[{"x": [0.5] * 784, "y": 3}], optimizer="adam")


class TestWhatIsNotMade:
    problem = wide()
    matrix = matrix_view(problem, 1)
    view = view_of_units(problem, matrix, choose_units(problem.graph(1), ["h1_3"]))

    def test_only_the_letters_of_the_unit_and_of_its_neighbours(self):
        # 784 inputs and weights with a gradient and two memories each, 512 units and weights above; of 668,000 in all.
        assert len(self.view.taken) < 8_000
        assert len(self.view.statements) == 2 + 512 + 2 + 785 + 785 * 5

    def test_a_large_weight_is_named_by_its_place(self):
        names = {statement.of for statement in self.view.statements}
        assert {"w^(1)_{1,3}", "w^(1)_{784,3}", "b^(1)_3"} < names

    def test_around_it_there_are_no_gradients_of_other_weights_and_no_updates(self):
        kept = [(s.role, s.of) for s in around_units(self.matrix, self.view).statements]
        gradients = [of for role, of in kept if role == "gradient"]
        assert gradients == ["z_y_hat", "h2", "z_h2"]
        assert {role for role, _ in kept} == {"value", "gradient"}

    def test_weights_that_stand_in_products_alone_stay_floats(self):
        assert only_in_products(around_units(self.matrix, self.view)) >= {"W1", "W2", "W3"}
        squared = Problem.from_formula(
            "p = x W", "q = sum(W ⊙ W)", loss="(p - y)^2 + q", data=[{"x": [1, 2], "y": 1}], given={"W": [[1], [2]]}
        )
        assert "W" not in only_in_products(matrix_view(squared, 1))


class TestChecks:
    problem = Problem.from_layers(2, LAYERS, loss="mse", data=XOR, initial="uniform(-1, 1)")

    def test_are_measured_on_what_is_shown(self):
        names = [check.name for check in solved(self.problem, "h1_2").checks]
        assert names == ["finite differences", "second engine", "both views", "by hand"]

    def test_a_wrong_number_of_the_whole_is_seen(self):
        from chalkgrad.solving.checks import measure

        derivation = solved(self.problem, "h1_2")
        (step,) = derivation.steps
        z = next(node for node in step.floats.values if node.name == "z_h1")
        step.floats.values[z] = step.floats.values[z] + 1e-9
        failed = [check.name for check in measure(derivation) if not check.passed]
        assert failed == ["both views"]

    def test_a_wrong_gradient_is_seen(self):
        from chalkgrad.solving.checks import measure

        derivation = solved(self.problem, "h1_2")
        numbers = derivation.steps[0].exact["units"]
        symbol = next(s.symbol for s in numbers.view.statements if s.role == "gradient" and s.of == "w^(1)_12")
        numbers.values[symbol] = numbers.values[symbol] + precise().context.mpf("1e-6")
        failed = [check.name for check in measure(derivation) if not check.passed]
        assert "finite differences" in failed
