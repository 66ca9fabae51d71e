"""What a reader sees of some units: long sums, weights in tables, the numbers of the others."""

from __future__ import annotations

import re
from typing import Any

import pytest

from chalkgrad.api import solve
from chalkgrad.reading.problem import Problem

LAYERS = [{"units": 4, "activation": "tanh"}, {"units": 20, "activation": "tanh"}, {"units": 1}]


def wide(inputs: int = 30, **keys: Any) -> Problem:
    data = [{"x": [k % 3 for k in range(inputs)], "y": 1}]
    return Problem.from_layers(inputs, LAYERS, loss="mse", data=data, initial="uniform(0.1, 0.2)", **keys)


def text(problem: Problem, **asking: Any) -> str:
    return str(solve(problem, **asking))


def flowing(page: str) -> str:
    return " ".join(page.split())


class TestSums:
    def test_terms_that_are_zero_are_left_out_and_told(self):
        page = text(wide(), units="h1_2")
        assert "= x₁ · w₁,₂⁽¹⁾ + x₂ · w₂,₂⁽¹⁾ + ⋯ + x₃₀ · w₃₀,₂⁽¹⁾ + b₂⁽¹⁾" in flowing(page)
        assert "10 of the 31 terms are 0 and left out." in flowing(page)
        assert len(re.findall(r"[12] · 0\.1\d+", page.split("    h1_2 =")[0])) == 20

    def test_of_very_many_only_the_ends(self):
        page = text(wide(90), units="h1_2")
        (line,) = re.findall(r"≈ 1 · (.*?) ≈", flowing(page.split("z_h1_2 = ")[1]))
        assert line.count("·") + 1 == 5  # four products, dots, one more and the bias
        assert line.count("⋯") == 1
        assert "30 of the 91 terms are 0; of the others the first 4 and the last 2 are written out." in flowing(page)

    def test_full_detail_has_all(self):
        page = text(wide(90), units="h1_2", detail="full")
        assert "⋯" not in page.split("z_h1_2 = ")[1]
        assert "are written out." not in page

    def test_the_ways_of_a_gradient(self):
        page = flowing(text(wide(), units="h1_2"))
        assert "h1_2 reaches the loss along 20 ways:" in page
        assert "∂L/∂z_h2_1 · ∂z_h2_1/∂h1_2 + ∂L/∂z_h2_2 · ∂z_h2_2/∂h1_2" in page

    def test_ways_along_which_nothing_comes(self):
        layers = [{"units": 2, "activation": "tanh"}, {"units": 20, "activation": "relu"}, {"units": 1}]
        given = {"W2": [[1 if k % 4 == 0 else -1 for k in range(20)]] * 2, "b1": [1, 1], "b2": [0] * 20}
        problem = Problem.from_layers(1, layers, loss="mse", data=[{"x": [1], "y": 1}], given={**given, "W1": [[1, 1]]})
        page = flowing(text(problem, units="h1_2"))
        assert "h1_2 reaches the loss along 20 ways. 15 of the 20 ways are 0 and left out." in page
        assert page.count("• through z_h2_") == 5


class TestWeights:
    def test_a_few_are_written_out_and_all_stand_in_a_table(self):
        page = text(wide(), units="h1_2")
        assert len(re.findall(r"w\S+ ← ", page)) == 2
        assert "The 20 entries of W₁ whose gradient is not 0, found in the same way:" in page
        assert "The gradients of the other 10 of W₁ are 0, and they stay as they are." in page

    def test_the_table_has_what_the_optimizer_made(self):
        page = text(wide(optimizer="momentum"), units="h1_2")
        header = next(line for line in page.splitlines() if line.startswith("entry"))
        assert header.split() == ["entry", "before", "gradient", "v", "after"]

    def test_a_wide_table_is_two(self):
        page = text(wide(optimizer="adam"), units="h1_2")
        headers = [line.split() for line in page.splitlines() if line.startswith("entry")]
        assert headers == [["entry", "before", "gradient", "after"], ["entry", "m", "v", "m̂", "v̂"]]
        assert max(map(len, page.splitlines())) <= 100

    def test_full_detail_writes_each_out(self):
        page = text(wide(), units="h1_2", detail="full")
        assert len(re.findall(r"w\S+ ← ", page)) == 30
        assert "found in the same way" not in page

    def test_weights_that_move_without_a_gradient_are_in_the_table(self):
        page = text(wide(regularizer={"l2": 0.1}), units="h1_2")
        assert "All 30 entries of W₁ that are shown, found in the same way:" in page

    def test_very_many_lose_their_middle(self):
        page = text(wide(90), units="h1_2")
        assert "20 in the middle are left out (--detail full has them)" in page

    def test_few_are_written_out_as_ever(self):
        page = text(wide(), units="y_hat, w^(2)_{1,1}")
        assert "found in the same way" in page  # of the 20 of W3
        assert page.count("w₁,₁⁽²⁾ ← ") == 1


class TestNumbersOfOthers:
    def test_stand_in_a_fold(self):
        page = flowing(text(wide(), units="h2_3"))
        assert "▾ Numbers of other units" in page
        assert "From the forward pass:" in page
        assert "From the backward pass:" in page
        assert "Only h2_3 is written out here" in page

    def test_have_the_loss(self):
        solution = solve(wide(), units="h2_3")
        loss = solution.data()["steps"][0]["loss"]
        assert re.search(rf"L +{loss:.4f}", str(solution))


def test_entries_are_explained_by_one_that_is_shown():
    page = flowing(text(wide(), units="h1_2"))
    assert "w₁,₂⁽¹⁾ is the entry in row 1, column 2 of W₁; b₂⁽¹⁾ is entry 2 of b₁; and so on." in page


@pytest.mark.parametrize("format", ["text", "md", "tex", "html", "typ"])
def test_in_every_format(format):
    assert solve(wide(90, optimizer="adam"), units=["h1_2", "y_hat"]).write(format)


class TestNotes:
    def test_of_picked_samples(self):
        data = [{"x": [k] * 30, "y": 1} for k in range(5)]
        problem = Problem.from_layers(30, LAYERS, loss="mse", data=data, scale="0..1")
        remarks = solve(problem, sample=[3, 1], units="h1_2").data()["remarks"]
        assert remarks == [
            "One step on samples 4 and 2 of 5 (`--sample` and JSON count from 0 and call the first 3); "
            "the samples that train fix the scale."
        ]

    def test_epochs_and_early_stopping_are_not_spoken_of(self):
        problem = wide(epochs=3, stop_early={"monitor": "loss"})
        assert len(solve(problem, sample=0, units="h1_2").data()["remarks"]) == 1
