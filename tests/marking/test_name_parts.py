import pytest

from chalkgrad.api.solving import read
from chalkgrad.marking.binding import Binder
from chalkgrad.marking.course import Course, course_of
from chalkgrad.marking.name_parts import bare, columns_of, counts_of, last_word, named_below
from chalkgrad.marking.naming import Key
from chalkgrad.marking.page.written import Group, Name, Transpose

W = Name(0, 1, "W", "2")


def test_signs_and_brackets_around_a_term_are_taken_away() -> None:
    assert bare(Transpose(0, 3, Group(0, 2, W))) is W


def test_the_last_word_of_a_script() -> None:
    assert (last_word("1,new"), last_word("")) == ("new", "")


def test_a_subscript_names_something() -> None:
    assert named_below("w5") == Key("w", "5")


@pytest.mark.parametrize(("subscript", "size"), [("1", 2), ("2", 2), ("3", None), ("0", None)])
def test_a_column_of_a_matrix(subscript: str, size: int | None) -> None:
    binder = Binder(course_of(read("softmax-logistic")))
    matrix = [q for q in binder.quantities if q.name == "W"]
    found = list(columns_of(matrix, Name(0, 1, "W", subscript)))
    assert [len(q.flat) for q in found] == ([] if size is None else [size])


def test_a_mean_is_over_the_predictions_or_the_samples(adam: Course, two_layers: Course) -> None:
    assert counts_of(adam.stages[0]) == (2, 1)
    assert counts_of(two_layers.stages[0]) == (2, 1)
