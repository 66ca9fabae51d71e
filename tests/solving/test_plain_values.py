"""Values as plain numbers and lists."""

from __future__ import annotations

import json
import math
from fractions import Fraction

import numpy
import pytest

from chalkgrad.core.precise import precise
from chalkgrad.solving.plain_values import in_shape, names_of_units, only_finite, plain, plain_number


class TestPlain:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (numpy.float64(0.5), 0.5),
            (numpy.array([[1.5]]), 1.5),
            (numpy.array([[1, 2]]), [1.0, 2.0]),
            (numpy.array([[1], [2]]), [1.0, 2.0]),
            (numpy.array([[1, 2], [3, 4]]), [[1.0, 2.0], [3.0, 4.0]]),
            (Fraction(1, 4), 0.25),
            (precise().array([[Fraction(1, 3), 2]]), [1 / 3, 2.0]),
        ],
    )
    def test_every_format_becomes_floats(self, value, expected):
        assert plain(value) == expected
        json.dumps(plain(value))

    def test_zero_has_no_sign(self):
        assert math.copysign(1, plain_number(numpy.float64(-0.0))) == 1

    def test_what_is_not_worked_out_stays_so(self):
        assert plain_number(None) is None


class TestInShape:
    def test_a_column_is_told_from_a_list(self):
        column = numpy.array([[1.0], [2.0]])
        assert in_shape(column, (2, 1)) == [[1.0], [2.0]]
        assert in_shape(column, (2,)) == [1.0, 2.0]
        assert in_shape(column[:1], ()) == 1.0
        assert in_shape(column[:1], (1,)) == [1.0]


class TestOnlyFinite:
    def test_says_where_each_was(self):
        remarks: list[str] = []
        data = {"a": [1.0, math.nan], "b": {"c": -math.inf}, "d": "nan", "e": None, "f": True, "g": 3}
        assert only_finite(data, remarks) == {
            "a": [1.0, None],
            "b": {"c": None},
            "d": "nan",
            "e": None,
            "f": True,
            "g": 3,
        }
        assert remarks == ["`a[1]` is nan, so it is given as null.", "`b.c` is -inf, so it is given as null."]


def test_units_without_a_number_are_left_out():
    value = numpy.array([[1, None, 3]], dtype=object)
    assert dict(names_of_units(("h1", "h2", "h3"), value)) == {"h1": 1.0, "h3": 3.0}
