"""Sums, means and signs, against numbers worked by hand."""

from __future__ import annotations

import pytest
from tests.marking.courses import course, edits, slipped, true

BY_HAND = [
    ("path-left-out", "dloss/dh1", "0", 0.06607326),
    ("path-left-out", "dloss/dh1", "1", 0.05539942),
    ("mean-for-sum", "dloss/dh1", "", 0.12147268 / 2),
    ("mean-for-sum", "loss", "", 0.55826172 / 2),
    ("mean-for-sum", "dloss/do1", "2", 0.74136507 / 2),
    ("minus-dropped", "dloss/do1", "minus 0", 0.75136507 + 0.01),
    ("minus-dropped", "dloss/dz_h1", "minus 0", 0.12147268 * 0.59326999 * 1.59326999),
    ("minus-dropped", "z_h1", "term 2", 0.0275 - 0.35),
]


@pytest.mark.parametrize(("code", "name", "variant", "expected"), BY_HAND)
def test_gives_the_number_worked_by_hand(code: str, name: str, variant: str, expected: float) -> None:
    assert slipped(course("sigmoid-2-2-2"), code, name, variant) == pytest.approx(expected, rel=1e-6)


def test_the_minus_of_a_negative_weight() -> None:
    """a = 0.99668 · 1.35 + 0.99911 · 0.5 + 0.88317 · 0.03 + 0.1, with −0.5 taken as 0.5"""
    found = slipped(course("skip-tanh-relu"), "minus-dropped", "a", "of w^(2)_2")
    assert found == pytest.approx(0.9966824 * 1.35 - 0.9991127 * 0.5 + 0.8831709 * 0.03 + 0.1, rel=1e-6)


def test_a_mean_over_samples_left_out() -> None:
    made = course("l2")
    assert slipped(made, "sum-for-mean", "loss", "0") == pytest.approx(2 * true(made, "loss"))
    first = true(made, "dloss/dz_y_hat_1#1")
    assert slipped(made, "sum-for-mean", "dloss/dz_y_hat_1#1", "2") == pytest.approx(2 * first)
    assert not edits(made, "mean-for-sum", "dloss/dz_y_hat_1#1")


def test_a_loss_that_is_a_sum_has_no_mean_to_leave_out() -> None:
    assert not edits(course("sigmoid-2-2-2"), "sum-for-mean", "dloss/do1")


class TestClassesLeftOut:
    """∂L/∂z = Σ ∂L/∂p ∂p/∂z over the outputs of a softmax, without one of them."""

    @pytest.mark.parametrize(("problem", "symbol"), [("classes", "dloss/dz_y_hat_3"), ("l2", "dloss/dz_y_hat_3#2")])
    def test_every_output_can_be_left_out(self, problem: str, symbol: str) -> None:
        variants = edits(course(problem), "path-left-out", symbol)
        assert set(variants) == {"class 0", "class 1", "own class"}

    def test_its_part_is_missing(self) -> None:
        """The part of y2 = 0.7 in the gradient of z3 is 0.7 p3."""
        made = course("classes")
        right, p3 = true(made, "dloss/dz_y_hat_3"), true(made, "y_hat_3")
        assert slipped(made, "path-left-out", "dloss/dz_y_hat_3", "class 1") == pytest.approx(right - 0.7 * p3)
