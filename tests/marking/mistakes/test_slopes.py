"""Slopes taken wrongly, against numbers worked by hand."""

from __future__ import annotations

from math import exp, tanh

import pytest
from tests.marking.courses import course, edits, slipped, true

T = (tanh(3.2), tanh(-3.86), tanh(1.39))
# What arrives at the three tanh units of the bundled problem: −1.528427 times w2.
G = tuple(-1.5284272999 * weight for weight in (1.35, -0.5, 0.03))


def sigmoid(z: float) -> float:
    return 1 / (1 + exp(-z))


def test_the_slope_of_tanh_as_one_number() -> None:
    """1 − t·t for all three units, as on many a page."""
    dot = 1 - sum(t * t for t in T)
    assert dot == pytest.approx(-1.771593)
    made = course("skip-tanh-relu")
    for unit in range(3):
        assert slipped(made, "scalar-slope", f"dloss/dz_t_{unit + 1}", "dot") == pytest.approx(G[unit] * dot, rel=1e-6)


def test_the_slope_of_one_unit_for_all() -> None:
    made = course("skip-tanh-relu")
    assert slipped(made, "scalar-slope", "dloss/dz_t_1", "unit 2") == pytest.approx(G[0] * (1 - T[2] ** 2), rel=1e-6)
    assert "unit 0" not in edits(made, "scalar-slope", "dloss/dz_t_1")


def test_an_inner_product_is_the_same_number_for_all_units() -> None:
    inner = sum(g * (1 - t * t) for g, t in zip(G, T, strict=True))
    for unit in (1, 2, 3):
        found = slipped(course("skip-tanh-relu"), "inner-product", f"dloss/dz_t_{unit}")
        assert found == pytest.approx(inner, rel=1e-6)


def test_an_outer_product_that_was_added_up() -> None:
    made = course("skip-tanh-relu")
    arriving = slipped(made, "outer-product", "dloss/dz_t_1", "arriving")
    assert arriving == pytest.approx(sum(G) * (1 - T[0] ** 2), rel=1e-6)
    slopes = slipped(made, "outer-product", "dloss/dz_t_1", "slopes")
    assert slopes == pytest.approx(G[0] * sum(1 - t * t for t in T), rel=1e-6)


def test_the_gradient_of_a_matrix_transposed() -> None:
    made = course("sigmoid-2-2-2")
    assert slipped(made, "outer-product", "dloss/dw2", "transposed") == pytest.approx(true(made, "dloss/dw3"))


def test_the_slope_at_the_wrong_place() -> None:
    made, h1, arriving = course("sigmoid-2-2-2"), 0.59326999, 0.12147268
    at = sigmoid(h1)
    assert slipped(made, "slope-at-activation", "dloss/dz_h1") == pytest.approx(arriving * at * (1 - at), rel=1e-6)
    before = slipped(made, "slope-at-preactivation", "dloss/dz_h1")
    assert before == pytest.approx(arriving * 0.3775 * (1 - 0.3775), rel=1e-6)
    assert slipped(made, "value-for-slope", "dloss/dz_h1") == pytest.approx(arriving * h1, rel=1e-6)
    assert slipped(made, "slope-twice", "dloss/dz_h1") == pytest.approx(arriving * (h1 * (1 - h1)) ** 2, rel=1e-6)


def test_the_slope_of_tanh_at_the_activation() -> None:
    found = slipped(course("skip-tanh-relu"), "slope-at-activation", "dloss/dz_t_3")
    assert found == pytest.approx(G[2] * (1 - tanh(T[2]) ** 2), rel=1e-6)


def test_a_softmax_with_its_diagonal_alone() -> None:
    made = course("softmax")
    p, error = true(made, "y_hat_1"), true(made, "dloss/dy_hat_1")
    assert slipped(made, "diagonal-softmax", "dloss/dz_y_hat_1", "own") == pytest.approx(error * p * (1 - p))


def test_the_slope_of_softmax_behind_p_minus_y() -> None:
    made = course("l2")
    p, error = true(made, "y_hat_1#1"), true(made, "dloss/dz_y_hat_1#1")
    assert slipped(made, "diagonal-softmax", "dloss/dz_y_hat_1#1", "fused") == pytest.approx(error * p * (1 - p))


def test_the_slope_of_a_sigmoid_behind_p_minus_y() -> None:
    made = course("relu")
    p, error = true(made, "o#1"), true(made, "dloss/dz_o#1")
    assert slipped(made, "slope-twice", "dloss/dz_o#1", "fused") == pytest.approx(error * p * (1 - p))


def test_a_rectifier_with_slope_1_for_a_negative_input() -> None:
    made = course("relu")
    assert true(made, "z_h2#1") < 0
    assert slipped(made, "relu-slope-negative", "dloss/dz_h2#1") == pytest.approx(true(made, "dloss/dh2#1"))
