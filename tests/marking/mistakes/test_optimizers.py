"""Mistakes of the optimizer, against numbers worked by hand."""

from __future__ import annotations

from math import sqrt

import pytest
from tests.marking.courses import course, edits, slipped, true

# Descent: w5 = 0.40 with gradient 0.08216704 and learning rate 0.5.
G = 0.08216704
DESCENT = [
    ("ascent", "", 0.4 + 0.5 * G),
    ("learning-rate-left-out", "", 0.4 - G),
    ("learning-rate-twice", "", 0.4 - 0.25 * G),
    ("gradient-left-out", "", 0.4 - 0.5),
    ("step-for-new-value", "step", 0.5 * G),
    ("step-for-new-value", "negative step", -0.5 * G),
]


@pytest.mark.parametrize(("code", "variant", "expected"), DESCENT)
def test_descent(code: str, variant: str, expected: float) -> None:
    assert slipped(course("sigmoid-2-2-2"), code, "parameter:w5:new", variant) == pytest.approx(expected, rel=1e-6)


# Adam, first step: w5 = 0.5 with gradient −5.995, so m = −0.5995 and v = 0.035940025; learning rate 0.01, ε = 0.
ADAM = [
    ("beta-swapped", "m:w5:new", "", 0.9 * -5.995),
    ("beta-swapped", "v:w5:new", "", 0.999 * 5.995**2),
    ("one-minus-beta-left-out", "m:w5:new", "", -5.995),
    ("betas-confused", "m:w5:new", "", 0.001 * -5.995),
    ("second-moment-not-squared", "v:w5:new", "", 0.001 * -5.995),
    ("no-bias-correction", "m_hat:w5:new", "", -0.5995),
    ("no-bias-correction", "parameter:w5:new", "both", 0.5 + 0.01 * 0.5995 / sqrt(0.035940025)),
    ("wrong-step-number", "m_hat:w5:new", "after", -0.5995 / 0.19),
    ("root-left-out", "parameter:w5:new", "", 0.5 + 0.01 * 5.995 / 5.995**2),
]


@pytest.mark.parametrize(("code", "name", "variant", "expected"), ADAM)
def test_adam(code: str, name: str, variant: str, expected: float) -> None:
    assert slipped(course("relu-adam"), code, name, variant) == pytest.approx(expected, rel=1e-6)


def test_one_minus_beta_shows_from_the_second_step_on() -> None:
    made = course("relu-adam")
    m = true(made, "m:w5:new", stage=2)
    assert slipped(made, "one-minus-beta", "m_hat:w5:new") == pytest.approx(true(made, "m_hat:w5:new"))
    assert slipped(made, "one-minus-beta", "m_hat:w5:new", stage=2) == pytest.approx(m / 0.1)


def test_memory_that_was_lost() -> None:
    made = course("relu-adam")
    gradient = true(made, "dloss/dw5:total", stage=2)
    assert slipped(made, "memory-lost", "m:w5:new", stage=2) == pytest.approx(0.1 * gradient)


def test_epsilon_inside_the_root() -> None:
    made = course("rmsprop")
    squares, gradient = true(made, "squares:b2:new"), true(made, "dloss/db2")
    expected = true(made, "b2") - 0.1 * gradient / sqrt(squares + 0.1)
    assert slipped(made, "epsilon-inside-root", "parameter:b2:new") == pytest.approx(expected)


def test_momentum() -> None:
    made = course("momentum")
    old, gradient = true(made, "velocity:b2", stage=2), true(made, "dloss/db2", stage=2)
    assert slipped(made, "momentum-left-out", "velocity:b2:new", stage=2) == pytest.approx(gradient)
    assert slipped(made, "momentum-sign", "velocity:b2:new", stage=2) == pytest.approx(gradient - 0.9 * old)


def test_the_look_ahead_of_nesterov() -> None:
    made = course("nesterov")
    expected = true(made, "b2") - 0.1 * true(made, "velocity:b2:new")
    assert slipped(made, "look-ahead-left-out", "parameter:b2:new") == pytest.approx(expected)
    assert not edits(course("momentum"), "look-ahead-left-out", "parameter:b2:new")
