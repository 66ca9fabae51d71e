"""Wrong weights, inputs and biases, against numbers worked by hand."""

from __future__ import annotations

import pytest
from tests.marking.courses import course, edits, slipped, true

BY_HAND = [
    # h1 reaches o1 by w5 = 0.40 and o2 by w7 = 0.50; w6 = 0.45 and w8 = 0.55 belong to h2.
    ("weight-swapped", "dloss/dh1:1", "w5 to w6", 0.13849856 * 0.45),
    ("weight-swapped", "dloss/dh1:1", "w5 to w7", 0.13849856 * 0.50),
    ("weight-swapped", "dloss/dh1:2", "transposed", 0.13214651 * 0.45),
    ("weight-swapped", "z_h1", "transposed", 0.05 * 0.15 + 0.10 * 0.25 + 0.35),
    ("weight-swapped", "z_h1", "w1 and w2", 0.05 * 0.20 + 0.10 * 0.15 + 0.35),
    ("input-swapped", "dloss/dw1", "x1 to x2", 0.02931144 * 0.10),
    ("input-swapped", "dloss/dw5", "h1 to h2", 0.13849856 * 0.59688438),
    ("input-swapped", "z_o1", "h2 to h1", 0.59326999 * 0.85 + 0.6),
    ("bias-gradient-times-input", "dloss/db1:1", "0", 0.02931144 * 0.05),
    ("bias-gradient-one", "dloss/db1", "one", 1.0),
    ("updated-weight-in-backward", "dloss/dh1:1", "", 0.13849856 * 0.35891648),
]


@pytest.mark.parametrize(("code", "name", "variant", "expected"), BY_HAND)
def test_gives_the_number_worked_by_hand(code: str, name: str, variant: str, expected: float) -> None:
    assert slipped(course("sigmoid-2-2-2"), code, name, variant) == pytest.approx(expected, rel=1e-6)


def test_a_matrix_that_is_not_square_has_no_transposed_entry_everywhere() -> None:
    made = course("skip-tanh-relu")
    assert "transposed" not in edits(made, "weight-swapped", "z_t_3")


def test_the_gradient_of_a_bias_from_one_sample_alone() -> None:
    made = course("equal-weights")
    found = slipped(made, "bias-gradient-one", "dloss/db2", "only 1")
    assert found == pytest.approx(true(made, "dloss/dz_y_hat#2"))
