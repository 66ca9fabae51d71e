"""What stands next to what."""

import pytest

from chalkgrad.render.boxes import (
    Fenced,
    FractionBox,
    Identifier,
    MatrixBox,
    NumberBox,
    Script,
    Sign,
    TextBox,
    Under,
    row,
)
from chalkgrad.render.measure import height_in_lines, measure
from chalkgrad.render.numbers import show_number
from chalkgrad.render.spacing import Gap, is_power_of_ten, is_tall, joined, merged, spaced, without_labels

X, OUT, ONE = Identifier("x"), Identifier("out"), NumberBox("1")
TRANSPOSE = Sign("ᵀ", "postfix")
MATRIX = MatrixBox(((ONE,), (ONE,)))


@pytest.mark.parametrize(
    ("left", "right", "gap"),
    [
        (X, X, Gap.NONE),
        (ONE, X, Gap.NONE),
        (ONE, ONE, Gap.THIN),
        (OUT, X, Gap.THIN),
        (X, OUT, Gap.THIN),
        (ONE, OUT, Gap.THIN),
        (OUT, Fenced(X), Gap.NONE),
        (MATRIX, MATRIX, Gap.THIN),
        (TextBox("if"), X, Gap.WORD),
        (TextBox("if"), Sign(",", "punctuation"), Gap.NONE),
        (X, Sign("+", "binary"), Gap.NONE),
    ],
)
def test_gaps(left, right, gap):
    assert spaced((left, right))[1] == (gap, right)


def test_a_raised_sign_joins_what_stands_before_it():
    assert joined((X, TRANSPOSE)) == [Script(X, sup=TRANSPOSE)]
    assert joined((TRANSPOSE, X)) == [TRANSPOSE, X]
    assert joined((X, Sign("!", "postfix"))) == [X, Sign("!", "postfix")]


def test_scripts_of_scripts_become_one_where_there_is_room():
    assert merged(Script(Script(X, sub=ONE), sup=TRANSPOSE)) == Script(X, ONE, TRANSPOSE)
    assert merged(Script(Script(X, sup=ONE), sub=OUT)) == Script(X, OUT, ONE)
    twice = Script(Script(X, sup=ONE), sup=ONE)
    assert merged(twice) == twice


def test_labels_do_not_count_for_fences():
    labelled = row(X, Under(MATRIX, ONE))
    assert without_labels(Fenced(labelled)) == Fenced(row(X, MATRIX))


def test_what_is_tall():
    assert [is_tall(box) for box in (X, row(X, MATRIX), FractionBox(X, X), Sign("∑", "prefix"))] == [
        False,
        True,
        True,
        True,
    ]


def test_a_power_of_ten_is_known():
    boxes = show_number(2.931e-5).box.parts
    assert [is_power_of_ten(boxes, index) for index in range(3)] == [False, True, False]


def test_widths_and_heights_grow_with_what_is_inside():
    assert measure(row(X, X)) == pytest.approx(2 * measure(X))
    assert measure(Fenced(X)) > measure(X)
    assert measure(MatrixBox(((ONE, ONE),))) > 2 * measure(ONE)
    assert measure(Under(X, TextBox("a long label"))) > measure(X)
    assert height_in_lines(row(X, MATRIX)) == 2


def test_an_unknown_box_is_a_mistake_of_ours():
    from chalkgrad.render.boxes import Box

    with pytest.raises(TypeError, match="no width is known for Box"):
        measure(Box())
