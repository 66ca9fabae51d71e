"""Mathematics as text, each kind of box."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalkgrad.render.boxes import (
    Accent,
    Cases,
    Fenced,
    FractionBox,
    Identifier,
    MatrixBox,
    NumberBox,
    Root,
    Row,
    Script,
    Sign,
    TextBox,
    Under,
    row,
)
from chalkgrad.render.characters import cell_width
from chalkgrad.render.names import name_box, with_superscript
from chalkgrad.render.numbers import show_number
from chalkgrad.render.textmath import box_text, text_block

X, Y, ONE, TWO = Identifier("x"), Identifier("y"), NumberBox("1"), NumberBox("2")
PLUS, MINUS, D = Sign("+", "binary"), Sign("−", "binary"), Sign("∂", "prefix")
MATRIX = MatrixBox(((ONE, NumberBox("-0.5")), (NumberBox("10"), TWO)))


@pytest.mark.parametrize(
    ("box", "text"),
    [
        (name_box("w1"), "w₁"),
        (name_box("z_h1"), "z_h1"),
        (name_box("h1_2"), "h1_2"),
        (name_box("z_h1_2"), "z_h1_2"),
        (name_box("y_hat_1"), "ŷ₁"),
        (name_box("w^[1]_11"), "w^[1]₁₁"),
        (name_box("a^(2)_1"), "a₁⁽²⁾"),
        (with_superscript(name_box("z_h1"), TWO), "z²_h1"),
        (with_superscript(name_box("a^[2]"), Fenced(ONE)), "a^[2]⁽¹⁾"),
        (NumberBox("-2"), "−2"),
        (show_number(-2.931e-5).box, "−2.931×10⁻⁵"),
        (row(X, PLUS, Y), "x + y"),
        (row(Sign("−", "prefix"), X), "−x"),
        (row(TWO, X, Identifier("W")), "2 x W"),
        (row(Identifier("relu"), Fenced(X)), "relu(x)"),
        (row(X, Sign("ᵀ", "postfix"), Fenced(row(Y, PLUS, ONE))), "xᵀ (y + 1)"),
        (row(X, Sign(",", "punctuation"), Y), "x, y"),
        (row(FractionBox(row(D, X), row(D, Y)), X), "∂x/∂y x"),
        (row(FractionBox(ONE, TWO), X), "1/2 x"),
        (row(FractionBox(X, row(ONE, PLUS, Y)), TWO), "(x/(1 + y)) 2"),
        (FractionBox(row(X, MINUS, Y), row(TWO, X)), "(x − y)/(2 x)"),
        (Script(Fenced(row(X, PLUS, Y)), sup=TWO), "(x + y)²"),
        (Script(Identifier("e"), sup=row(Sign("−", "prefix"), X)), "e^{−x}"),
        (Root(row(X, PLUS, ONE)), "√(x + 1)"),
        (Fenced(X, "|", "|"), "|x|"),
        (Accent(row(X, Y), "hat"), "hat(x y)"),
        (MATRIX, "[[1, −0.5], [10, 2]]"),
        (
            Cases(((X, row(TextBox("if "), X, Sign(">", "relation"), ONE)), (ONE, TextBox("otherwise")))),
            "{x if x > 1; 1 otherwise}",
        ),
        (Under(X, TextBox("label")), "x"),
    ],
)
def test_one_line(box, text):
    assert box_text(box) == text


def test_a_matrix_has_tall_brackets_and_numbers_to_the_right():
    assert text_block(row(X, Sign("=", "relation"), MATRIX)).lines == ("x = ⎡ 1  −0.5⎤", "    ⎣10     2⎦")


def test_a_transpose_stands_at_the_corner():
    assert text_block(Script(MATRIX, sup=Sign("ᵀ", "postfix"))).lines == ("⎡ 1  −0.5⎤ᵀ", "⎣10     2⎦ ")


def test_a_shape_stands_below_a_brace():
    assert text_block(Under(MatrixBox(((ONE, TWO, ONE),)), Fenced(row(ONE, Sign("×", "binary"), TWO)))).lines == (
        "[ 1  2  1 ]",
        "╰────┬────╯",
        "   (1×2)   ",
    )


def test_cases_have_a_brace_with_a_point():
    cases = Cases(
        ((X, row(TextBox("if"), X, Sign(">", "relation"), NumberBox("0"))), (NumberBox("0"), TextBox("otherwise")))
    )
    assert text_block(cases).lines == ("⎧ x  if x > 0 ", "⎨            ".ljust(14), "⎩ 0  otherwise")


def test_a_fraction_with_a_matrix_is_stacked():
    assert text_block(FractionBox(MatrixBox(((ONE,), (TWO,))), TWO)).lines == ("⎡1⎤", "⎣2⎦", "───", " 2 ")


def test_round_brackets_grow():
    assert text_block(Fenced(MATRIX)).lines == ("⎛⎡ 1  −0.5⎤⎞", "⎝⎣10     2⎦⎠")


def test_an_empty_matrix_and_an_empty_row_are_shown():
    assert (box_text(MatrixBox(())), text_block(MatrixBox(())).lines, box_text(Row(()))) == ("[]", ("[ ]",), "")


@settings(max_examples=100)
@given(data=st.data())
def test_every_tree_is_written(data, box_trees):
    box = data.draw(box_trees)
    block = text_block(box)
    assert 0 <= block.baseline < block.height
    assert "\n" not in box_text(box)
    assert "\x1b" not in box_text(box)
    assert all(cell_width(line) <= block.width for line in block.lines)


def test_indices_below_a_raised_number_are_small():
    assert box_text(name_box("w^(1)_{3,17}")) == "w₃,₁₇⁽¹⁾"
    assert box_text(name_box("h1_2")) == "h1_2"
