"""Terms of numbers that are worked out again with some of them changed."""

import math

import numpy
import pytest

from chalkgrad.marking.recording import Recorded, Recording


def recorded(*numbers: float) -> list[Recorded]:
    return [Recorded(number, place) for place, number in enumerate(numbers)]


def test_what_was_done_is_done_again_with_other_numbers() -> None:
    a, b, c = recorded(2.0, 3.0, 4.0)
    recording = Recording(-(a * b - 1) / (c + numpy.float64(1.0)) ** 2)
    assert recording.with_numbers({}) == pytest.approx(-5 / 25)
    assert recording.with_numbers({0: 5.0}) == pytest.approx(-14 / 25)
    assert recording.with_numbers({0: 5.0, 2: 0.0}) == pytest.approx(-14)
    assert recording.with_numbers({}) == pytest.approx(-5 / 25)


def test_numbers_of_arrays_are_moved_one_by_one() -> None:
    a, b, c, d = recorded(1.0, 2.0, 3.0, 4.0)
    value = numpy.array([[a, b], [c, d]], dtype=object) @ numpy.array([a, 10.0], dtype=object)
    moved = list(Recording(value).moves({3: 5.0}, {0: 2.0, 1: 2.5}))
    assert [each.tolist() for each in moved] == [[24.0, 56.0], [26.0, 53.0]]


@pytest.mark.parametrize("name", ["exp", "log", "sqrt", "tanh"])
def test_functions_of_numpy_are_written_down(name: str) -> None:
    function = getattr(numpy, name)
    (a,) = recorded(0.5)
    recording = Recording(1 + function(a))
    assert recording.with_numbers({}) == pytest.approx(1 + function(0.5))
    assert recording.with_numbers({0: 0.7}) == pytest.approx(1 + function(0.7))


def test_where_python_raises_there_is_an_infinity_or_no_number() -> None:
    a, b = recorded(1.0, 2.0)
    assert Recording(a / b).with_numbers({1: 0.0}) == math.inf
    assert math.isnan(Recording(a**b).with_numbers({0: -1.0, 1: 0.5}))
    assert Recording(numpy.exp(a)).with_numbers({0: 1e4}) == math.inf


def test_a_number_that_has_no_part_in_it_changes_nothing() -> None:
    a, _ = recorded(1.0, 2.0)
    assert Recording(a + 1).with_numbers({1: 7.0, 99: 3.0}) == 2.0


@pytest.mark.parametrize("work", [bool, lambda a: a == 2, lambda a: numpy.maximum(a, 0), lambda a: a > 0])
def test_what_hangs_on_the_size_of_a_number_cannot_be_written_down(work) -> None:
    with pytest.raises(TypeError):
        work(Recorded(1.0))
