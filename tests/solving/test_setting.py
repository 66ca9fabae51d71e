"""What is given: formulas, numbers, data, and every choice that was made for the reader."""

from __future__ import annotations

from typing import Any

import pytest

from chalkgrad.api import solve
from chalkgrad.reading.problem import Problem
from chalkgrad.render import write
from chalkgrad.render.document import Document
from chalkgrad.solving.setting import setting_blocks


def setting(problem: Any, **asking: Any) -> str:
    blocks = tuple(setting_blocks(solve(problem, **asking).derivation))
    return " ".join(str(write(Document("given", blocks), "text")).split())


def course(**keys: Any) -> str:
    data = [{"x": [k], "y": 1} for k in range(5)]
    return setting(Problem.from_formula("p = x w", loss="half_sse", data=data, given={"w": 1}, **keys))


class TestWhatIsGiven:
    def test_a_network(self):
        text = setting("sigmoid-2-2-2")
        assert "A network of 2 inputs, then 2 sigmoid units, then 2 sigmoid units; 10 parameters." in text
        assert "w₁ = 0.15, w₂ = 0.2," in text
        assert "Gradient descent with η = 0.5." in text

    def test_formulas_and_matrices(self):
        text = setting("skip-tanh-relu")
        assert "t = tanh(zₜ)" in text
        assert "w₂ = [ 1.35 −0.5 0.03 ]" in text

    def test_samples_stand_in_a_table(self):
        text = setting("relu-adam")
        assert "sample i₁ i₂ y" in text
        assert "2 1 0 6" in text

    def test_many_samples_are_cut(self):
        data = [{"x": [k], "y": 1} for k in range(25)]
        text = setting(Problem.from_formula("p = x w", loss="mse", data=data, given={"w": 1}), detail="short")
        assert "and 5 more samples" in text

    def test_a_regularizer(self):
        assert "L2 regularization with λ = 0.01" in setting("relu-adam")
        regularizer = {"l1": 0.5, "on": ["w"]}
        assert "L1 regularization with λ₁ = 0.5" in course(regularizer=regularizer)


class TestCourse:
    @pytest.mark.parametrize(
        ("keys", "words"),
        [
            ({}, "Batch gradient descent: all 5 samples a step, 1 step an epoch, 1 epoch: 1 update in all."),
            (
                {"batch": 1, "epochs": 3},
                "Stochastic gradient descent: 1 sample a step, 5 steps an epoch, 3 epochs: 15 updates in all.",
            ),
            (
                {"batch": 2, "epochs": 2},
                "Mini-batch gradient descent: 2 samples a step, 3 steps an epoch, 2 epochs: 6 updates in all.",
            ),
        ],
    )
    def test_how_many_updates_there_are(self, keys, words):
        assert words in course(**keys)

    def test_the_count_is_that_of_the_steps(self):
        data = [{"x": [k], "y": 1} for k in range(5)]
        problem = Problem.from_formula("p = x w", loss="half_sse", data=data, given={"w": 0.1}, batch=2, epochs=4)
        assert len(solve(problem).derivation.steps) == 12


class TestChoices:
    def test_what_was_left_open_is_said(self):
        text = setting("sigmoid-2-2-2")
        assert "What the problem leaves open, and how it was taken" in text
        assert "convention.vectors rows" in text

    def test_but_not_what_was_written(self):
        assert "learning_rate" not in setting("sigmoid-2-2-2")

    def test_nor_in_short(self):
        assert "leaves open" not in setting("sigmoid-2-2-2", detail="short")
