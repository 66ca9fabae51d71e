"""Each kind of box as LaTeX, in both dialects."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    Script,
    Sign,
    TextBox,
    Under,
    row,
)
from chalkgrad.render.latex import aligned_latex, escape_latex, latex
from chalkgrad.render.layout import Line
from chalkgrad.render.names import name_box

X, Y, ONE, TWO = Identifier("x"), Identifier("y"), NumberBox("1"), NumberBox("2")


@pytest.mark.parametrize(
    ("box", "written"),
    [
        (Identifier("relu"), r"\mathrm{relu}"),
        (Identifier("ε"), r"\varepsilon"),
        (NumberBox("-0.03"), "{-0.03}"),
        (TextBox("if "), r"\text{if}"),
        (row(X, Sign("−", "binary"), Y), "x - y"),
        (row(X, Sign("·", "binary"), Sign("−", "prefix"), Y), r"x \cdot {-} y"),
        (row(X, Sign("⊙", "binary"), Y), r"x \odot y"),
        (row(X, Sign("≈", "relation"), ONE), r"x \approx 1"),
        (row(X, Sign("<", "relation"), ONE), "x < 1"),
        (row(Sign("∂", "prefix"), X), r"\partial x"),
        (row(X, Sign("@", "binary"), Y), r"x \mathbin{\text{@}} y"),
        (FractionBox(X, TWO), r"\frac{x}{2}"),
        (Script(Script(X, sub=ONE), sup=Sign("ᵀ", "postfix")), r"x_{1}^{\top}"),
        (Script(Script(X, sup=ONE), sup=TWO), "{x^{1}}^{2}"),
        (row(X, Sign("ᵀ", "postfix"), Y), r"x^{\top} y"),
        (Accent(Identifier("y"), "hat"), r"\hat{y}"),
        (Accent(Identifier("out"), "bar"), r"\overline{\mathrm{out}}"),
        (Fenced(X), "(x)"),
        (Fenced(X, "|", "|"), r"\mathopen{\vert}x\mathclose{\vert}"),
        (Fenced(FractionBox(X, Y)), r"\mathopen{}\left( \frac{x}{y} \right)\mathclose{}"),
        (Fenced(FractionBox(X, Y), "(", ""), r"\mathopen{}\left( \frac{x}{y} \right.\mathclose{}"),
        (Fenced(Under(X, ONE)), r"\left( \vphantom{x} \right. \underbrace{x}_{1} \left. \vphantom{x} \right)"),
        (Root(X), r"\sqrt{x}"),
        (MatrixBox(((ONE, TWO), (X, Y))), r"\begin{bmatrix} 1 & 2 \\ x & y \end{bmatrix}"),
        (Cases(((X, ONE), (Y, TextBox("otherwise")))), r"\begin{cases} x & 1 \\ y & \text{otherwise} \end{cases}"),
        (Under(X, TextBox("1×3")), r"\underbrace{x}_{\text{1×3}}"),
        (row(Identifier("out"), Y), r"\mathrm{out} \thinspace y"),
    ],
)
def test_each_box(box, written):
    assert latex(box) == written


def test_lines_are_aligned_at_their_relations():
    lines = [Line(X, "=", Y), Line(row(Sign("+", "binary"), ONE), indent=2), Line(ONE, "≈")]
    assert aligned_latex(lines) == (r"\begin{aligned} y & = x \\ & \quad\quad {}+ 1 \\ & \approx 1 \end{aligned}")
    assert aligned_latex(lines[:1]) == "y = x"


def test_nothing_typed_is_a_command(hostile):
    for text in hostile:
        rest = re.sub(r"\\(text[a-z]+\{\}|[{}$&#%_])", "", escape_latex(text))
        assert not set(rest) & set("\\$&#%_^~")


def test_an_unknown_box_is_a_mistake_of_ours():
    with pytest.raises(TypeError, match="Box cannot be written as LaTeX"):
        latex(Box())


@given(data=st.data())
def test_braces_are_balanced_in_every_tree(data, box_trees):
    written = re.sub(r"\\[{}]", "", latex(data.draw(box_trees)))
    depth = 0
    for character in written:
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
    assert depth == 0
    assert written.count(r"\begin{") == written.count(r"\end{")
    assert len(re.findall(r"\\left\b", written)) == len(re.findall(r"\\right\b", written))


def test_a_name_in_many_parts_is_one_group():
    assert latex(name_box("z_a^[2]_1")) == "z_{a_{1}^{[2]}}"
