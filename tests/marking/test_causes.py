"""The search for the cause of a wrong number."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chalkgrad.api import read
from chalkgrad.core.node import Node
from chalkgrad.marking.causes import causes_of
from chalkgrad.marking.course import Course, course_of
from chalkgrad.marking.evidence import Evidence
from chalkgrad.marking.worlds import TrueWorld


def symbol(course: Course, name: str, stage: int = 1) -> Node:
    return next(node for node in course.stage(stage).statements if node.name == name)


def evidence(
    course: Course,
    names: Sequence[str],
    claimed: Sequence[float],
    decimals: int = 4,
    stage: int = 1,
    stated: Callable[[int, Node], bool] = lambda stage, node: True,
) -> Evidence:
    """A page that says some numbers, rounded to so many decimals."""
    said = [round(number, decimals) for number in claimed]
    unit = 0.5 * 10.0**-decimals + 1e-12
    return Evidence(
        course,
        stage,
        tuple(symbol(course, name, stage) for name in names),
        TrueWorld(course),
        lambda values: all(abs(value - number) <= unit for value, number in zip(values, said, strict=True)),
        stated,
    )


class TestOneMistake:
    def test_a_slope_that_was_left_out(self) -> None:
        course = course_of(read("sigmoid-2-2-2"))
        (cause, *_) = causes_of(evidence(course, ["dloss/dz_h1"], [0.12147]))
        assert (cause.code, cause.sure) == ("missing-slope", True)
        assert cause.words == "The gradient went back through sigmoid without its slope, in the gradient of z_h1."

    def test_a_right_number_has_no_cause(self) -> None:
        course = course_of(read("sigmoid-2-2-2"))
        assert causes_of(evidence(course, ["dloss/dz_h1"], [0.0293])) == ()
