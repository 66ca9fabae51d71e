"""Scaling of inputs, against NumPy and by hand."""

from __future__ import annotations

import tracemalloc
from fractions import Fraction

import numpy
import pytest

from chalkgrad.errors import ProblemError
from chalkgrad.reading.scaling import Scaler, scaled

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


@pytest.mark.parametrize("how", ["standard", "0..1"])
def test_the_scale_may_come_from_other_rows(how: str) -> None:
    # of 1 and 3 the mean is 2 and the deviation 1; from the smaller to the larger it is 2
    fixing = [[Fraction(1)], [Fraction(3)]]
    assert scaled([[Fraction(5)]], how, fixing) == (({"standard": Fraction(3), "0..1": Fraction(2)}[how],),)


def test_no_rows_stay_no_rows() -> None:
    assert scaled([], "standard") == ()


class TestScaler:
    @pytest.mark.parametrize("how", ["standard", "0..1", "none"])
    @pytest.mark.parametrize("rows", [[0, 1, 2], [2, 0]])
    def test_is_the_exact_scale_of_its_rows(self, how: str, rows: list[int]) -> None:
        plain = numpy.array([[float(value) for value in row] for row in ROWS])
        exact = scaled([ROWS[row] for row in rows], how)
        found = Scaler.fit(plain, numpy.array(rows), how).apply(plain[rows])
        # a subtraction and a product of numbers near 1, each with its rounding
        numpy.testing.assert_allclose(found, [[float(value) for value in row] for row in exact], rtol=1e-14, atol=1e-15)

    def test_other_rows_have_no_part_in_it(self) -> None:
        x = numpy.array([[1.0], [3.0], [1e9]])
        scaler = Scaler.fit(x, numpy.array([0, 1]), "standard")
        assert (scaler.shift.tolist(), scaler.factor.tolist()) == ([2], [1])
        assert scaler.apply(x).tolist() == [[-1], [1], [1e9 - 2]]

    @pytest.mark.parametrize("how", ["standard", "minmax"])
    def test_like_scikit_learn(self, how: str) -> None:
        preprocessing = pytest.importorskip("sklearn.preprocessing")
        x = numpy.random.default_rng(0).normal(5, [1, 1e3, 1e-3], (500, 3))
        theirs = (preprocessing.StandardScaler() if how == "standard" else preprocessing.MinMaxScaler()).fit(x[:400])
        ours = Scaler.fit(x, numpy.arange(400), {"minmax": "0..1"}.get(how, how)).apply(x)
        # a mean of 5 over a spread of 1e-3 loses 4 of 16 digits
        numpy.testing.assert_allclose(ours, theirs.transform(x), rtol=1e-10, atol=1e-11)

    def test_many_blocks_make_the_same_as_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        x = numpy.random.default_rng(1).normal(1e4, 1, (1000, 3)).astype(numpy.float32)
        rows = numpy.arange(0, 1000, 3)
        whole = {how: Scaler.fit(x, rows, how).apply(x) for how in ("standard", "0..1")}
        monkeypatch.setattr("chalkgrad.reading.scaling._BLOCK", 21)
        for how, expected in whole.items():
            # sums in another order, of 1e4 with a spread of 1
            numpy.testing.assert_allclose(Scaler.fit(x, rows, how).apply(x), expected, rtol=1e-10, atol=1e-11)

    @pytest.mark.parametrize("how", ["standard", "0..1"])
    def test_a_number_that_never_changes_becomes_zero_however_it_rounds(self, how: str) -> None:
        x = numpy.full((7, 1), 0.1)
        assert not Scaler.fit(x, numpy.arange(7), how).apply(x).any()

    @pytest.mark.parametrize("dtype", [numpy.float32, numpy.float64])
    def test_bytes_become_what_is_asked_for(self, dtype: type) -> None:
        x = numpy.array([[0], [51], [255]], numpy.uint8)
        for how, expected in (("0..1", [[0], [0.2], [1]]), ("none", [[0], [51], [255]])):
            found = Scaler.fit(x, numpy.arange(3), how).apply(x, dtype)
            assert found.dtype == dtype
            numpy.testing.assert_allclose(found, expected, rtol=1e-6)

    @pytest.mark.parametrize("how", ["standard", "0..1"])
    def test_numbers_too_far_apart_are_refused(self, how: str) -> None:
        x = numpy.array([[0, -1e308], [1, 1e308]])
        with pytest.raises(ProblemError) as caught:
            Scaler.fit(x, numpy.arange(2), how)
        fault = caught.value.faults[0]
        assert fault.code == "cannot-be-scaled"
        assert fault.message == "input 2 cannot be scaled: it goes from -1e+308 to 1e+308"
        assert fault.hint == "give it in another unit, or write `scale: none`"

    def test_memory_stays_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("chalkgrad.reading.scaling._BLOCK", 100_000)
        x = numpy.random.default_rng(0).random((200_000, 20), numpy.float32)
        rows = numpy.arange(0, len(x), 2)
        tracemalloc.start()
        Scaler.fit(x, rows, "standard")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        # two blocks of 0.8 MB and their bytes; all rows would be 16 MB
        assert peak < 3_000_000
