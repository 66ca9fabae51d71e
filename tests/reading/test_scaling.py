"""Scaling of inputs, against NumPy and by hand."""

from __future__ import annotations

from fractions import Fraction

import numpy
import pytest

from chalkgrad.reading.scaling import scaled

ROWS = [
    [Fraction(1), Fraction("0.5"), Fraction(7)],
    [Fraction(4), Fraction("-2"), Fraction(7)],
    [Fraction(2), Fraction(3), Fraction(7)],
]


def test_none_leaves_everything_as_it_is() -> None:
    assert scaled(ROWS, "none") == tuple(tuple(row) for row in ROWS)


def test_from_the_smallest_to_the_largest_is_exact() -> None:
    assert [row[0] for row in scaled(ROWS, "0..1")] == [0, 1, Fraction(1, 3)]


def test_standard_scores_are_those_of_numpy() -> None:
    ours = numpy.array([[float(value) for value in row] for row in scaled(ROWS, "standard")])
    plain = numpy.array([[float(value) for value in row[:2]] for row in ROWS])
    # float64 on both sides: a few roundings of numbers near 1
    numpy.testing.assert_allclose(ours[:, :2], (plain - plain.mean(0)) / plain.std(0), rtol=1e-14)


@pytest.mark.parametrize("how", ["standard", "0..1"])
def test_an_input_that_never_changes_becomes_zero(how: str) -> None:
    assert {row[2] for row in scaled(ROWS, how)} == {0}


def test_no_rows_stay_no_rows() -> None:
    assert scaled([], "standard") == ()
