"""Mistakes of the forward pass, against numbers worked by hand."""

from __future__ import annotations

from math import exp, tanh

import pytest
from tests.marking.courses import course, edits, slipped, true

# z_h1 = 0.05 · 0.15 + 0.10 · 0.20 + 0.35
BY_HAND = [
    ("bias-forgotten", "z_h1", "", 0.0275),
    ("term-left-out", "z_h1", "0", 0.37),
    ("term-left-out", "z_h1", "1", 0.3575),
    ("input-for-activation", "h1", "", 0.3775),
    ("input-for-activation", "z_o1", "all before", 0.3775 * 0.40 + 0.3925 * 0.45 + 0.6),
    ("input-for-activation", "dloss/dw5", "before", 0.13849856 * 0.3775),
    ("input-for-activation", "dloss/dw5", "input 0", 0.13849856 * 0.05),
    ("wrong-activation", "h1", "tanh", tanh(0.3775)),
    ("wrong-activation", "h1", "relu", 0.3775),
    ("wrong-activation", "dloss/dz_h1", "slope of tanh", 0.12147268 * (1 - 0.59326999**2)),
]


@pytest.mark.parametrize(("code", "name", "variant", "expected"), BY_HAND)
def test_gives_the_number_worked_by_hand(code: str, name: str, variant: str, expected: float) -> None:
    assert slipped(course("sigmoid-2-2-2"), code, name, variant) == pytest.approx(expected, rel=1e-6)


def test_a_rectifier_lets_a_negative_number_through() -> None:
    """z_h2 = −0.6 · 1 + 0.2 · 0.5 + 0.2"""
    assert slipped(course("relu"), "relu-passes-negative", "h2#1") == pytest.approx(-0.3)
    assert not edits(course("relu"), "input-for-activation", "h2#1")


def test_a_rectifier_inside_a_longer_line() -> None:
    made = course("skip-tanh-relu")
    assert slipped(made, "relu-passes-negative", "out") == pytest.approx(true(made, "out"))


def test_a_softmax_without_its_sum() -> None:
    made = course("softmax")
    assert slipped(made, "softmax-not-normalized", "y_hat_2") == pytest.approx(exp(true(made, "z_y_hat_2")))


def test_the_weights_of_the_step_before() -> None:
    made = course("skip-tanh-relu")
    # The bias moved from 0 to 0.00137 and the weights with it; the old ones give 3.2 again.
    assert slipped(made, "old-weight-in-forward", "z_t_1", "all", stage=2) == pytest.approx(3.2)
    assert not edits(made, "old-weight-in-forward", "z_t_1", stage=1)
