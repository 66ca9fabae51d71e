"""Mistakes with the regularizer, against numbers worked by hand."""

from __future__ import annotations

import pytest
from tests.marking.courses import course, edits, slipped, true

# The gradient of w5 by the data is −6, its weight 0.5 and λ = 0.01.
BY_HAND = [
    ("l2-left-out", "", -6.0),
    ("l2-sign", "", -6.005),
    ("l2-twice", "twice", -5.99),
    ("l2-twice", "half", -5.9975),
    ("penalty-not-differentiated", "half", -6 + 0.01 * 0.25 / 2),
    ("penalty-not-differentiated", "whole", -6 + 0.01 * 0.25),
]


@pytest.mark.parametrize(("code", "variant", "expected"), BY_HAND)
def test_gives_the_number_worked_by_hand(code: str, variant: str, expected: float) -> None:
    assert slipped(course("relu-adam"), code, "dloss/dw5:total", variant) == pytest.approx(expected)


def test_the_regularizer_on_a_bias() -> None:
    made = course("l2")
    gradient, bias = true(made, "dloss/db^(2)_1", stage=2), true(made, "b^(2)_1", stage=2)
    new = slipped(made, "l2-on-bias", "parameter:b^(2)_1:new", stage=2)
    assert new == pytest.approx(bias - 0.1 * (gradient + 0.1 * bias))
    assert slipped(made, "l2-on-bias", "dloss/db^(2)_1", stage=2) == pytest.approx(gradient + 0.1 * bias)


def test_a_weight_that_has_it_already_does_not_get_it_again() -> None:
    assert not edits(course("l2"), "l2-on-bias", "dloss/dw^(2)_11")
    assert not edits(course("sigmoid-2-2-2"), "l2-on-bias", "parameter:b1:new")
