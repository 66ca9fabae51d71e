"""Numbers worked out by other means: every value of `expected.json` stands in the data of the solution."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy
import pytest

from chalkgrad.problems import problem_text
from chalkgrad.reading.problem import Problem
from chalkgrad.reading.problem_file import parse_problem, read_problem_file
from chalkgrad.solving.contract import solution_data
from chalkgrad.solving.solve import derive

EXPECTED = json.loads((Path(__file__).parent / "expected.json").read_text(encoding="utf-8"))

# Two float64 computations of a few hundred operations agree to about 1e-14 of the larger numbers met on the way.
TOLERANCE = 1e-12


@cache
def solved(name: str) -> dict[str, Any]:
    return solution_data(derive(Problem.from_file(read_problem_file(name))))


def agrees(value: Any, expected: Any) -> None:
    """The same nesting and the same numbers: to 1e-12 of them, or absolutely below 1."""
    assert numpy.shape(value) == numpy.shape(expected)
    numpy.testing.assert_allclose(value, expected, rtol=TOLERANCE, atol=TOLERANCE)


def units(entry: dict[str, float], *names: str) -> list[float]:
    return [entry[name] for name in names]


def by_name(entry: dict[str, Any], expected: dict[str, Any]) -> None:
    assert set(entry) == set(expected)
    for name, value in expected.items():
        agrees(entry[name], value)


class Reading:
    """Takes values out of an expected entry, so that none is left unread by a test."""

    def __init__(self, entry: dict[str, Any]) -> None:
        self.left = dict(entry)

    def __call__(self, key: str) -> Any:
        return self.left.pop(key)


class TestSigmoid222:
    def test_every_value_of_its_one_step(self):
        data, take = solved("sigmoid-2-2-2"), Reading(EXPECTED["sigmoid-2-2-2"])
        (step,) = data["steps"]
        agrees(units(step["forward"], "z_h1", "z_h2"), take("z_h"))
        agrees(units(step["forward"], "h1", "h2"), take("h"))
        agrees(units(step["forward"], "z_o1", "z_o2"), take("z_o"))
        agrees(units(step["forward"], "o1", "o2"), take("y_hat"))
        agrees(step["loss"], take("loss"))
        back = step["intermediate_gradients"]
        agrees(units(back, "z_o1", "z_o2"), take("delta_o"))
        agrees(units(back, "h1", "h2"), take("dL_dh"))
        agrees(units(back, "z_h1", "z_h2"), take("delta_h"))
        by_name(step["gradients"], take("grad"))
        by_name(step["parameters_after"], take("new"))
        agrees(data["loss_after"], take("loss_after"))
        assert not take.left


def as_given(entry: dict[str, Any]) -> dict[str, Any]:
    """The file lists w3 flat; the problem gives it as a column, and so does the answer."""
    return {**entry, "w3": [[number] for number in entry["w3"]]}


class TestSkipTanhRelu:
    @pytest.mark.parametrize("number", [0, 1])
    def test_every_value_of_a_step(self, number):
        take, step = Reading(EXPECTED["skip-tanh-relu"][number]), solved("skip-tanh-relu")["steps"][number]
        agrees(step["forward"]["z_t"], take("z"))
        for name in ("t", "a", "out"):
            agrees(step["forward"][name], take(name))
        agrees(step["loss"], take("loss"))
        by_name(step["gradients"], as_given(take("grad")))
        by_name(step["parameters_after"], as_given(take("new")))
        assert not take.left

    def test_a_third_step_after_a_third_epoch(self):
        text = problem_text("skip-tanh-relu").replace(b"epochs: 2", b"epochs: 3")
        data = solution_data(derive(Problem.from_file(parse_problem(text))))
        take, step = Reading(EXPECTED["skip-tanh-relu"][2]), data["steps"][2]
        agrees(step["forward"]["z_t"], take("z"))
        for name in ("t", "a", "out"):
            agrees(step["forward"][name], take(name))
        agrees(step["loss"], take("loss"))
        by_name(step["gradients"], as_given(take("grad")))
        assert not take.left

    def test_the_loss_after_two_steps_is_the_loss_of_the_third(self):
        agrees(solved("skip-tanh-relu")["loss_after"], EXPECTED["skip-tanh-relu"][2]["loss"])


class TestReluAdam:
    WEIGHTS = ("w1", "w2", "w3", "w4", "w5", "w6")

    def forward(self, entries: list[dict[str, float]], expected: list[dict[str, Any]]) -> None:
        assert len(entries) == len(expected) == 2
        for entry, sample in zip(entries, expected, strict=True):
            take = Reading(sample)
            agrees(units(entry, "z_h1", "z_h2"), take("z_h"))
            agrees(units(entry, "h1", "h2"), take("h"))
            agrees(entry["z_o"], take("z_o"))
            agrees(entry["o"], take("y_hat"))
            assert not take.left

    @pytest.mark.parametrize("number", [0, 1])
    def test_every_value_of_a_step(self, number):
        take, step = Reading(EXPECTED["relu-adam"][number]), solved("relu-adam")["steps"][number]
        self.forward(step["forward"], take("forward"))
        agrees(step["loss"], take("loss"))
        agrees(units(step["data_gradients"], *self.WEIGHTS), take("data_grad"))
        agrees(units(step["gradients"], *self.WEIGHTS), take("grad"))
        agrees(units(step["optimizer"]["m"], *self.WEIGHTS), take("m"))
        agrees(units(step["optimizer"]["v"], *self.WEIGHTS), take("v"))
        agrees(units(step["parameters_after"], *self.WEIGHTS), take("new"))
        assert not take.left

    def test_the_forward_pass_of_a_third_epoch_and_its_loss(self):
        text = problem_text("relu-adam").replace(b"epochs: 2", b"epochs: 3")
        data = solution_data(derive(Problem.from_file(parse_problem(text))))
        take = Reading(EXPECTED["relu-adam"][2])
        self.forward(data["steps"][2]["forward"], take("forward"))
        agrees(data["steps"][2]["loss"], EXPECTED["relu-adam"][2]["loss"])
        agrees(solved("relu-adam")["loss_after"], take("loss"))
        assert not take.left


class TestSigmoidTwoSamples:
    @pytest.mark.parametrize("number", [0, 1])
    def test_every_value_of_a_step(self, number):
        take, step = Reading(EXPECTED["sigmoid-two-samples"][number]), solved("sigmoid-two-samples")["steps"][number]
        forward, back = step["forward"], step["intermediate_gradients"]
        assert step["samples"] == [number]
        agrees(units(forward, "z_h1_1", "z_h1_2"), take("z1"))
        agrees(units(forward, "h1_1", "h1_2"), take("h"))
        agrees(units(forward, "z_y_hat_1", "z_y_hat_2"), take("z2"))
        agrees(units(forward, "y_hat_1", "y_hat_2"), take("y_hat"))
        agrees(step["loss"], take("loss"))
        agrees(units(back, "y_hat_1", "y_hat_2"), take("dL_dy_hat"))
        agrees(units(back, "z_y_hat_1", "z_y_hat_2"), take("delta2"))
        agrees(units(back, "h1_1", "h1_2"), take("dL_dh"))
        agrees(units(back, "z_h1_1", "z_h1_2"), take("delta1"))
        by_name(step["gradients"], {"W1": take("grad_W1"), "W2": take("grad_W2")})
        by_name(step["parameters_after"], {"W1": take("new_W1"), "W2": take("new_W2")})
        assert not take.left


class TestParabola:
    @pytest.mark.parametrize("rate", ["1", "0.1", "1.1"])
    def test_the_weight_from_step_to_step(self, rate):
        text = problem_text("parabola").replace(b"learning_rate: 1}", f"learning_rate: {rate}}}".encode())
        assert f"learning_rate: {rate}}}".encode() in text
        data = solution_data(derive(Problem.from_file(parse_problem(text))))
        first, *after = EXPECTED["parabola"][f"lr {rate}"]
        weights = [step["parameters_after"]["w"] for step in data["steps"]]
        agrees(data["steps"][0]["gradients"]["w"], 2 * first)
        agrees(weights[: len(after)], after)


class TestChainRule:
    def test_the_derivative_at_one(self):
        (step,) = solved("chain-rule")["steps"]
        agrees(step["gradients"]["x"], EXPECTED["chain-rule"]["at x=1"])

    @pytest.mark.parametrize("x", ["-3/2", "0", "1/7", "2"])
    def test_the_derivative_as_a_formula(self, x):
        sympy = pytest.importorskip("sympy")
        point = sympy.Rational(x)
        known = {"x": point, "z": point**5 + 9}

        def at(text: str) -> Any:
            return sympy.sympify(text.replace("^", "**")).subs(known)

        expected = EXPECTED["chain-rule"]["dy_dx"].replace("24 z", "24*z").replace("2 z", "2*z").replace("5 x", "5*x")
        assert at(solved("chain-rule")["symbolic"]["x"]["text"]) == at(expected)


def test_every_problem_of_the_file_has_its_class():
    covered = {"sigmoid-2-2-2", "skip-tanh-relu", "relu-adam", "sigmoid-two-samples", "parabola", "chain-rule"}
    assert set(EXPECTED) == covered
