"""The search for the cause of a wrong number."""

from __future__ import annotations

from tests.marking.conftest import course, evidence

from chalkgrad.marking.causes import causes_of


class TestOneMistake:
    def test_a_slope_that_was_left_out(self) -> None:
        (cause, *_) = causes_of(evidence(course("sigmoid-2-2-2"), ["dloss/dz_h1"], [0.12147]))
        assert (cause.code, cause.sure) == ("missing-slope", True)
        assert cause.words == "The gradient went back through sigmoid without its slope, in the gradient of z_h1."
