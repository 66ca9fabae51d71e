"""From a problem to its derivation: which steps, which views, which answers."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from typing import Any

import pytest

from chalkgrad.core.equality import compare
from chalkgrad.errors import ChalkgradError
from chalkgrad.reading.problem import Problem
from chalkgrad.reading.problem_file import read_problem_file
from chalkgrad.render.numbers import NumberStyle
from chalkgrad.solving.derivation import Asking
from chalkgrad.solving.solve import asking_of, derive

XOR = [{"x": [0, 0], "y": 0}, {"x": [0, 1], "y": 1}, {"x": [1, 0], "y": 1}, {"x": [1, 1], "y": 0}]
LAYERS = [{"units": 3, "activation": "tanh"}, {"units": 1, "activation": "sigmoid"}]


def bundled(name: str) -> Problem:
    return Problem.from_file(read_problem_file(name))


def xor(**keys: Any) -> Problem:
    return Problem.from_layers(2, LAYERS, loss="binary_cross_entropy", data=XOR, **keys)


def large(samples: int = 30) -> Problem:
    chance = random.Random(1)
    data = [
        {"x": [chance.randint(-99, 99) / 100 for _ in range(10)], "y": [int(k == i % 5) for k in range(5)]}
        for i in range(samples)
    ]
    layers = [{"units": 20, "activation": "relu"}, {"units": 5, "activation": "softmax"}]
    return Problem.from_layers(10, layers, loss="cross_entropy", data=data)


class TestAsking:
    def test_is_what_the_file_says(self):
        assert asking_of(bundled("parabola")) == Asking(("units", "matrix"), "normal", NumberStyle(4), "exact")
        show = {"round": "3 significant", "view": "matrix", "detail": "full", "carry": "rounded"}
        assert asking_of(xor(show=show)) == Asking(("matrix",), "full", NumberStyle(3, True), "rounded")

    def test_a_problem_of_single_numbers_has_one_view_only(self):
        assert derive(bundled("parabola")).asking.views == ("units",)


class TestSteps:
    def test_every_step_is_there_and_the_first_are_in_longhand(self):
        derivation = derive(xor(epochs=12))
        assert [step.batch.step for step in derivation.steps] == list(range(1, 13))
        assert len(derivation.shown_steps) == 10

    @pytest.mark.parametrize(("detail", "shown"), [("short", 1), ("normal", 10), ("full", 12)])
    def test_how_many_are_in_longhand_goes_by_detail(self, detail, shown):
        problem = bundled("parabola")
        longer = Problem.from_formula("J = w^2", given={"w": 1}, epochs=12)
        assert len(derive(longer, replace(asking_of(problem), detail=detail)).shown_steps) == shown

    def test_progress_sees_every_step(self):
        seen: list[int] = []

        def progress(steps: Any, count: int) -> Any:
            for step in steps:
                seen.append(count)
                yield step

        derive(xor(epochs=3), progress=progress)
        assert seen == [3, 3, 3]

    def test_float_steps_and_precise_ones_are_the_same(self):
        for step in derive(xor(epochs=3)).shown_steps:
            exact = step.exact["matrix"]
            for symbol, value in step.floats.values.items():
                difference = abs(exact.values[symbol] - value)
                assert max(difference.flat if hasattr(difference, "flat") else [difference]) < 1e-14


class TestLossAfter:
    def test_is_over_all_samples_whatever_the_batch(self):
        one = derive(xor(batch=1, epochs=1))
        again = derive(xor(batch="full", given=last_parameters(one), optimizer={"name": "sgd", "learning_rate": 0}))
        loss = again.steps[0].floats
        assert float(one.loss_after) == pytest.approx(float(loss.values[loss.view.loss]), rel=1e-13)

    def test_is_none_where_nothing_is_updated(self):
        assert derive(bundled("chain-rule")).loss_after is None


def last_parameters(derivation: Any) -> dict[str, Any]:
    numbers = derivation.steps[-1].floats
    graph = derivation.problem.graph(numbers.view.samples)
    return {node.name: numbers.of(node, numbers.view.updated).tolist() for node in graph.parameters}


class TestLargeProblems:
    def test_fall_back_to_the_matrix_view_with_a_note(self):
        derivation = derive(large())
        assert derivation.asking.views == ("matrix",)
        assert derivation.notes == (
            "Unit by unit this would be more than 400 numbers a step, so it is written matrix by matrix.",
        )
        assert derivation.passed

    def test_but_not_where_they_are_asked_for_unit_by_unit_alone(self):
        problem = large(2)
        assert derive(problem, replace(asking_of(problem), views=("units",))).asking.views == ("units",)

    def test_real_data_stand_as_formulas(self):
        derivation = derive(bundled("digits"))
        assert derivation.steps == ()
        assert derivation.passed

    def test_too_large_for_longhand(self):
        layers = [{"units": 60, "activation": "relu"}, {"units": 10, "activation": "softmax"}]
        data = [{"x": [0.5] * 64, "y": [1, *[0] * 9]}]
        derivation = derive(Problem.from_layers(64, layers, loss="cross_entropy", data=data))
        assert derivation.steps == ()
        assert "The problem is too large for longhand; its formulas stand for all of its numbers." in derivation.notes

    def test_five_hundred_epochs_of_a_small_network(self):
        derivation = derive(xor(epochs=500, optimizer={"name": "sgd", "learning_rate": 0.5}))
        assert len(derivation.steps) == 500
        assert derivation.passed


# --- symbolic answers ------------------------------------------------------------------------------------------------


class TestSymbolic:
    def test_what_was_asked_in_the_order_in_which_it_was(self):
        derivation = derive(bundled("symbolic-deltas"))
        assert list(derivation.symbolic) == ["a^[2]_1", "z_a^[2]_1", "z_a^[1]_1", "w^[1]_11"]

    def test_two_paths_make_two_terms(self):
        derivation = derive(bundled("shared-path"))
        view, formula = derivation.symbolic["w11"]
        found = _by_name(formula)
        q1, q2, y1, y2, x1 = (found[name] for name in ("q1", "q2", "y_1", "y_2", "x1"))
        v11, v21 = found["v11"], found["v21"]
        slopes = {(n.attributes["name"], n.arguments[0].name): n for n in _nodes(formula) if n.op.name == "unnamed"}
        expected = (
            ((q1 - y1) * slopes["f2", "z_q1"] * v11 + (q2 - y2) * slopes["f2", "z_q2"] * v21)
            * slopes["f1", "z_p1"]
            * x1
        )
        assert compare(formula, expected).equal
        assert view.name == "units"

    def test_by_an_input_a_unit_and_a_preactivation(self):
        layers = [{"units": ["h1", "h2"], "activation": "tanh"}, {"units": ["f"], "activation": "linear"}]
        problem = Problem.from_layers(["x1", "x2"], layers, differentiate={"f": ["x1", "h2", "z_h1"]})
        derivation = derive(problem)
        assert set(derivation.symbolic) == {"x1", "h2", "z_h1"}
        assert derivation.passed


def _nodes(formula: Any) -> list[Any]:
    from chalkgrad.core.node import toposort

    return list(toposort([formula]))


def _by_name(formula: Any) -> dict[str, Any]:
    return {node.name: node for node in _nodes(formula) if node.name}


FUNCTIONS = [
    "x^3 - 2 x + 1",
    "sin(x)",
    "cos(x)",
    "exp(x)",
    "log(x)",
    "sqrt(x)",
    "1/x",
    "x/(1 + x^2)",
    "sin(x) cos(x)",
    "exp(-x^2)",
    "log(1 + exp(x))",
    "sqrt(1 + sqrt(x))",
    "sin(cos(exp(x)))",
    "exp(x)/x",
    "x^x",
    "x^(1/3)",
    "(x^2 + 1)^5",
    "log(log(x + 2))",
    "(exp(x) - exp(-x))/(exp(x) + exp(-x))",
    "2^x",
    "x^2 sin(1/x)",
]


class TestOrdinaryFunctions:
    @pytest.mark.parametrize("text", FUNCTIONS)
    def test_the_derivative_is_that_of_sympy(self, text):
        sympy = pytest.importorskip("sympy")
        x = sympy.Symbol("x", positive=True)
        python = (
            text.replace("^", "**").replace("2 x", "2*x").replace("sin(x) cos", "sin(x)*cos").replace("2 sin", "2*sin")
        )
        expected = sympy.diff(sympy.sympify(python, {"x": x}), x)
        for at in ("1/2", "3/2", "7/3"):
            problem = Problem.from_formula(f"f = {text}", given={"x": at}, differentiate={"f": ["x"]})
            derivation = derive(problem)
            assert derivation.passed
            numbers = derivation.shown_steps[0].exact["units"]
            gradient = next(symbol for node, symbol in numbers.view.gradients.items() if node.name == "x")
            value = sympy.N(expected.subs(x, sympy.Rational(at)), 45)
            assert abs(float(numbers.values[gradient] - _mpf(value))) < 1e-38

    def test_a_function_of_several_variables(self):
        problem = Problem.from_formula(
            "u = x y", "f = sin(u) + y^2/x", given={"x": 2, "y": 3}, differentiate={"f": ["x", "y"]}
        )
        numbers = derive(problem).shown_steps[0].exact["units"]
        found = {
            node.name: float(numbers.values[symbol])
            for node, symbol in numbers.view.gradients.items()
            if symbol in numbers.values
        }
        assert found["x"] == pytest.approx(3 * math.cos(6) - 9 / 4, rel=1e-15)
        assert found["y"] == pytest.approx(2 * math.cos(6) + 3, rel=1e-15)


def _mpf(value: Any) -> Any:
    from chalkgrad.core.precise import precise

    return precise().context.mpf(str(value))


class TestComparison:
    def equal(self, left: str, right: str) -> Any:
        problem = Problem.from_formula(f"f = {left}", f"g = {right}", equal={"left": "f", "right": "g", "for": ["x"]})
        return derive(problem).comparison

    def test_equal(self):
        assert self.equal("(x + 1)^2", "x^2 + 2 x + 1").equal is True

    def test_told_apart_by_the_simplest_number(self):
        found = self.equal("(x + 1)^2", "x^2 + 1")
        assert found.equal is False
        assert list(found.at.values()) == [1]

    def test_undecided(self):
        assert self.equal("log(-x^2)", "1 + log(-x^2)").equal is None


def test_a_fault_of_the_problem_is_told_and_not_solved():
    with pytest.raises(ChalkgradError):
        derive(Problem.from_formula("f = x + nothing(", given={"x": 1}))


class TestWhatSplitKeeps:
    def notes(self, count=10, **keys):
        data = [{"x": k, "y": 2 * k} for k in range(count)]
        return derive(Problem.from_layers(1, [{"units": 1}], loss="mse", data=data, **keys)).notes

    def test_is_named_with_what_is_used(self):
        assert self.notes(split={"test": 0.2, "validation": 0.1}, scale="standard") == (
            "`split` keeps sample 4 for validation and samples 2 and 10 for the test: here the other 7 are used, "
            "numbered from 1 again, and they alone fix the scale.",
        )

    def test_many_are_counted(self):
        (note,) = self.notes(40, split={"test": 0.5})
        assert note.startswith("`split` keeps 20 samples for the test: here the other 20 are used")

    def test_folds_alone_keep_none(self):
        assert self.notes(split={"folds": 3}) == ("`split` is for training: here every sample is used.",)

    def test_steps_see_the_training_part(self):
        data = [{"x": k, "y": 2 * k} for k in range(10)]
        problem = Problem.from_layers(1, [{"units": 1}], loss="mse", data=data, split={"test": 0.3}, batch=3)
        assert [step.batch.samples for step in derive(problem).steps] == [(0, 1, 2), (3, 4, 5), (6,)]
