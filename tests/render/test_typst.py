"""Each kind of box as Typst."""

import pytest

from chalkgrad.render.boxes import (
    Accent,
    Box,
    Cases,
    Fenced,
    FractionBox,
    Identifier,
    MatrixBox,
    NumberBox,
    Root,
    Sign,
    TextBox,
    Under,
    row,
)
from chalkgrad.render.layout import Line
from chalkgrad.render.names import name_box
from chalkgrad.render.typst import aligned_typst, quoted, typst_math

X, Y, ONE, TWO = Identifier("x"), Identifier("y"), NumberBox("1"), NumberBox("2")


@pytest.mark.parametrize(
    ("box", "written"),
    [
        (Identifier("relu"), 'upright("relu")'),
        (Identifier("σ"), "σ"),
        (Identifier('#read("x")'), r'upright("#read(\"x\")")'),
        (NumberBox("-0.5"), 'class("normal", minus 0.5)'),
        (NumberBox("x"), '"x"'),
        (TextBox("if "), '"if"'),
        (row(X, Sign("−", "binary"), Y), "x minus y"),
        (row(Sign("−", "prefix"), Y), 'class("normal", minus) y'),
        (row(X, Sign("@", "binary"), Y), 'x class("binary", "@") y'),
        (row(X, Sign(",", "punctuation"), Y), "x comma y"),
        (row(Identifier("relu"), Fenced(X)), 'upright("relu")paren.l x paren.r'),
        (row(X, Identifier("out")), 'x#h(0.17em)upright("out")'),
        (FractionBox(X, TWO), "frac(x, 2)"),
        (name_box("a^[2]_1"), "attach(a, b: 1, t: bracket.l 2 bracket.r)"),
        (Accent(Y, "hat"), "hat(y)"),
        (Root(X), "sqrt(x)"),
        (Fenced(FractionBox(X, Y), "|", "|"), "lr(bar.v frac(x, y) bar.v)"),
        (Fenced(FractionBox(X, Y), "", ")"), "lr(frac(x, y) paren.r)"),
        (Fenced(Under(X, ONE)), "lr(size: #1.35em, paren.l underbrace(x, 1) paren.r)"),
        (MatrixBox(((ONE, TWO), (X, Y))), 'mat(delim: "[", 1, 2; x, y)'),
        (Cases(((X, ONE), (Y, TextBox("otherwise")))), 'cases(x & quad 1, y & quad "otherwise")'),
        (Under(X, TextBox("1×3")), 'underbrace(x, "1×3")'),
    ],
)
def test_each_box(box, written):
    assert typst_math(box) == written


def test_lines_are_aligned():
    lines = [Line(X, "=", Y), Line(row(Sign("+", "binary"), ONE), indent=2)]
    assert aligned_typst(lines) == 'y & eq x \\\n  & #h(2em) "" plus 1'


def test_a_string_cannot_be_left(hostile):
    for text in hostile:
        inside = quoted(text)[1:-1].replace("\\\\", "").replace('\\"', "")
        assert '"' not in inside
        assert not inside.endswith("\\")


def test_an_unknown_box_is_a_mistake_of_ours():
    with pytest.raises(TypeError, match="Box cannot be written as Typst"):
        typst_math(Box())
