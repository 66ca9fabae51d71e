"""Mistakes with the loss, against numbers worked by hand."""

from __future__ import annotations

from math import log

import pytest
from tests.marking.courses import course, edits, slipped, true

E1, E2 = 0.75136507 - 0.01, 0.77292847 - 0.02
BY_HAND = [
    ("sign-of-error", "dloss/do1", "", -E1),
    ("target-left-out", "dloss/do1", "", 0.75136507),
    ("factor-half-lost", "loss", "", E1**2 + E2**2),
    ("factor-two-left", "dloss/do1", "", 2 * E1),
    ("factor-two-lost", "dloss/do1", "", E1 / 2),
    ("loss-not-squared", "loss", "all", (E1 + E2) / 2),
    ("loss-not-squared", "loss", "0", (E1 + E2**2) / 2),
    ("square-of-sum", "loss", "", (E1 + E2) ** 2 / 2),
    ("loss-terms-missing", "loss", "without 1", E1**2 / 2),
    ("target-as-prediction", "dloss/dz_o1", "", E1 * 0.01 * 0.99),
    ("loss-for-gradient", "dloss/do1", "", 0.55826172),
]


@pytest.mark.parametrize(("code", "name", "variant", "expected"), BY_HAND)
def test_gives_the_number_worked_by_hand(code: str, name: str, variant: str, expected: float) -> None:
    assert slipped(course("sigmoid-2-2-2"), code, name, variant) == pytest.approx(expected, rel=1e-6)


def test_the_logarithm_to_base_10() -> None:
    made = course("l2")
    expected = true(made, "loss_n#1") / log(10)
    assert slipped(made, "log-base", "loss_n#1", "10") == pytest.approx(expected)


def test_half_of_binary_cross_entropy() -> None:
    """For target 0 only the second term of −y ln p − (1 − y) ln(1 − p) is there."""
    made = course("relu")
    assert slipped(made, "loss-terms-missing", "loss_n#2", "without 1") == pytest.approx(0)
    assert slipped(made, "loss-terms-missing", "loss_n#2", "without 0") == pytest.approx(true(made, "loss_n#2"))


def test_a_loss_without_one_half_has_none_to_lose() -> None:
    assert not edits(course("momentum"), "factor-half-lost", "loss")
    assert not edits(course("momentum"), "factor-two-left", "dloss/dy_hat#1")
