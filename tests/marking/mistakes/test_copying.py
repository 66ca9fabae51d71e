"""Numbers copied from the wrong line."""

from __future__ import annotations

import pytest
from tests.marking.courses import course, edits, slipped, true


@pytest.mark.parametrize(
    ("name", "variant", "other"),
    [("z_h1", "unit z_h2", "z_h2"), ("dloss/dw1", "unit dloss/dw2", "dloss/dw2"), ("h1", "z_h1 to z_h2", "h2")],
)
def test_another_unit(name: str, variant: str, other: str) -> None:
    made = course("sigmoid-2-2-2")
    assert slipped(made, "copied-wrong-line", name, variant) == pytest.approx(true(made, other))


def test_another_sample() -> None:
    made = course("relu")
    assert slipped(made, "copied-wrong-line", "z_h1#1", "sample z_h1#2") == pytest.approx(true(made, "z_h1#2"))


def test_the_step_before() -> None:
    made = course("skip-tanh-relu")
    assert slipped(made, "copied-wrong-line", "out", "step", stage=2) == pytest.approx(true(made, "out"))
    assert "step" not in edits(made, "copied-wrong-line", "out")


def test_the_gradient_of_another_weight_in_an_update() -> None:
    made = course("sigmoid-2-2-2")
    found = slipped(made, "copied-wrong-line", "parameter:w5:new", "dloss/dw5 to dloss/dw6")
    assert found == pytest.approx(0.4 - 0.5 * true(made, "dloss/dw6"))


def test_a_wrong_weight_is_no_copied_line() -> None:
    assert not any("w5" in variant for variant in edits(course("sigmoid-2-2-2"), "copied-wrong-line", "dloss/dh1:1"))
