import numpy
import pytest

from chalkgrad.api.solving import read
from chalkgrad.marking.course import Course, course_of
from chalkgrad.marking.page.written import Name
from chalkgrad.marking.stand_ins import StandIns, stand_in, unnamed_function


def test_the_slope_of_what_stands_in_is_its_slope() -> None:
    up, down = stand_in("f1", 0.4 + 1e-5), stand_in("f1", 0.4 - 1e-5)
    assert stand_in("f1", 0.4, 1) == pytest.approx((up - down) / 2e-5)


def test_another_function_has_another_value() -> None:
    assert stand_in("f1", 0.4) != pytest.approx(stand_in("f2", 0.4))


def test_everything_else_is_numpy() -> None:
    assert StandIns().exp is numpy.exp
    assert StandIns().unnamed(0.4, "f1", 0) == stand_in("f1", 0.4)


def test_the_names_of_a_problem_s_functions(two_layers: Course) -> None:
    course = course_of(read("shared-path"))
    assert unnamed_function(course, Name(0, 1, "f", "1", primes=1)) == "f1"
    assert unnamed_function(course, Name(0, 1, "g")) == ""
    assert unnamed_function(two_layers, Name(0, 1, "f", "1")) == ""
