"""What a student should see is said, and is not said where it is not so."""

from __future__ import annotations

from typing import Any

import pytest

from chalkgrad.api import solve
from chalkgrad.reading.problem import Problem
from chalkgrad.render.document import Block, Fold, Math, Remark
from chalkgrad.render.textmath import box_text

XOR = [{"x": [0, 0], "y": 0}, {"x": [0, 1], "y": 1}, {"x": [1, 0], "y": 1}, {"x": [1, 1], "y": 0}]


def said(problem: Any, kind: str = "warning", **asking: Any) -> list[str]:
    return [_text(remark) for remark in _remarks(solve(problem, **asking).document().blocks) if remark.kind == kind]


def _remarks(blocks: tuple[Block, ...]) -> list[Remark]:
    found: list[Remark] = []
    for block in blocks:
        found += [block] if isinstance(block, Remark) else _remarks(block.blocks) if isinstance(block, Fold) else []
    return found


def _text(remark: Remark) -> str:
    return "".join(box_text(piece.box) if isinstance(piece, Math) else str(piece) for piece in remark.text)


def one(text: str, w: Any, *, x: Any = 1, y: Any = 1, **keys: Any) -> Problem:
    return Problem.from_formula(f"h = {text}", loss="half_sse", data=[{"x": [x], "y": y}], given={"w": w}, **keys)


class TestDeadUnits:
    def test_a_relu_that_gets_nothing_positive(self):
        assert said(one("relu(x w)", -2)) == [
            "The ReLU unit h is 0 here: its input is not positive, so its slope is 0 and no gradient comes back "
            "through it."
        ]

    def test_at_the_kink(self):
        (text,) = said(one("relu(x w)", 0))
        assert text.endswith(" (An input of exactly 0 is at the kink, where the slope is taken as 0.)")

    def test_for_every_sample_of_a_batch(self):
        data = [{"x": [1], "y": 1}, {"x": [2], "y": 1}]
        problem = Problem.from_formula("h = relu(x w)", loss="half_sse", data=data, given={"w": -1})
        assert said(problem, view="units")[0].startswith("The ReLU unit h is 0 for every sample of this step: ")

    def test_one_sample_that_wakes_it_is_enough(self):
        data = [{"x": [1], "y": 1}, {"x": [-2], "y": 1}]
        problem = Problem.from_formula("h = relu(x w)", loss="half_sse", data=data, given={"w": -1})
        assert said(problem) == []

    def test_a_live_one(self):
        assert said(one("relu(x w)", 2)) == []


class TestSaturatedUnits:
    @pytest.mark.parametrize(("text", "w"), [("sigmoid(x w)", 5), ("tanh(x w)", -3.2)])
    def test_a_slope_below_a_hundredth(self, text, w):
        (found,) = said(one(text, w))
        assert found.startswith("The unit h is saturated: its slope is only 0.00")

    @pytest.mark.parametrize(("text", "w"), [("sigmoid(x w)", 4), ("tanh(x w)", 2.5)])
    def test_a_slope_above(self, text, w):
        assert said(one(text, w)) == []


class TestZeroGradients:
    def test_one(self):
        assert said(one("relu(x w)", -2), "note") == [
            "The gradient of w is exactly 0, so the data do not move it in this step."
        ]

    def test_several(self):
        problem = Problem.from_formula(
            "h = relu(x w + b)", loss="half_sse", data=[{"x": [1, 2], "y": 1}], given={"w": [[-1], [-1]], "b": 0}
        )
        assert said(problem, "note", view="units") == [
            "The gradients of w₁, w₂ and b are exactly 0, so the data do not move them in this step."
        ]

    def test_many_are_counted(self):
        problem = Problem.from_formula(
            "h = relu(x w)", loss="half_sse", data=[{"x": [1] * 15, "y": 1}], given={"w": [[-1]] * 15}
        )
        (text,) = said(problem, "note", view="units")
        assert "w₁₂ and 3 more are exactly 0" in text

    def test_none(self):
        assert said(one("relu(x w)", 2), "note") == []


class TestCourse:
    def parabola(self, rate: float) -> list[str]:
        optimizer = {"name": "sgd", "learning_rate": rate}
        return said(Problem.from_formula("J = w^2", given={"w": -2}, optimizer=optimizer, epochs=6))

    def test_a_descent_that_leads_nowhere(self):
        assert self.parabola(1) == ["The loss stays the same from step to step: the steps lead nowhere."]

    def test_a_descent_that_flies_apart(self):
        assert self.parabola(1.1) == [
            "The loss grows instead of falling: the learning rate is too large for this problem."
        ]

    @pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
    def test_a_descent(self, rate):
        assert self.parabola(rate) == []

    def test_a_stochastic_descent_may_go_up_and_down(self):
        data = [{"x": [1], "y": 0}, {"x": [1], "y": 9}]
        problem = Problem.from_formula("p = x w", loss="half_sse", data=data, given={"w": 0}, batch=1)
        assert said(problem) == []


class TestEqualUnits:
    def network(self, initial: str) -> list[str]:
        layers = [{"units": 3, "activation": "tanh"}, {"units": 1, "activation": "sigmoid"}]
        problem = Problem.from_layers(2, layers, loss="binary_cross_entropy", initial=initial, data=XOR, epochs=3)
        return said(problem, detail="short")

    def test_equal_weights(self):
        assert self.network("constant(0.5)") == [
            "The units h1_1, h1_2 and h1_3 compute the same value in every step: they start equal, get equal gradients "
            "and stay equal."
        ]

    def test_drawn_weights(self):
        assert self.network("uniform(-1, 1)") == []


class TestSigmoidOfRelu:
    def test_is_never_below_one_half(self):
        text = (
            "The output is the sigmoid of a ReLU, which is never negative, so the output is never below 1/2: class 0 "
        )
        assert text + "can never be answered." in said("relu-then-sigmoid")

    def test_a_sigmoid_of_a_weighted_sum_may_be(self):
        assert not [text for text in said("sigmoid-2-2-2") if "never below" in text]
