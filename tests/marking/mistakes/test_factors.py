"""Factors of the chain rule left out or added, against numbers worked by hand."""

from __future__ import annotations

import pytest
from tests.marking.courses import course, edits, slipped

# δ_o1 = 0.741365 · 0.186816 and so on: the network of the bundled problem, by a pocket calculator.
BY_HAND = [
    ("missing-slope", "dloss/dz_o1", 0.751365 - 0.01),
    ("missing-slope", "dloss/dz_h1", 0.121473),
    ("upstream-left-out", "dloss/dz_o1", 0.751365 * 0.248635),
    ("upstream-left-out", "dloss/dw5", 0.593270),
    ("weight-left-out", "dloss/dh1:1", 0.138499),
    ("input-left-out", "dloss/dw1", 0.029311),
    ("factors-added", "dloss/dw5", 0.138499 + 0.593270),
]


@pytest.mark.parametrize(("code", "name", "expected"), BY_HAND)
def test_gives_the_number_worked_by_hand(code: str, name: str, expected: float) -> None:
    assert slipped(course("sigmoid-2-2-2"), code, name) == pytest.approx(expected, abs=2e-6)


def test_a_slope_is_only_left_out_where_one_is() -> None:
    assert not edits(course("sigmoid-2-2-2"), "missing-slope", "dloss/do1")
    assert not edits(course("sigmoid-2-2-2"), "missing-slope", "z_h1")


def test_a_rectifier_without_its_slope_has_a_code_of_its_own() -> None:
    assert not edits(course("relu"), "missing-slope", "dloss/dz_h1#1")
    assert edits(course("relu"), "relu-slope-negative", "dloss/dz_h1#1")
