"""Names become letters with subscripts, superscripts and accents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalkgrad.render.boxes import Fenced, Identifier, NumberBox, Script, row
from chalkgrad.render.latex import latex
from chalkgrad.render.names import name_box, with_superscript


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("x", "x"),
        ("w1", "w_{1}"),
        ("W_1", "W_{1}"),
        ("z_h1", "z_{h_{1}}"),
        ("h1_2", "h_{1 , 2}"),
        ("z_h1_2", "z_{h_{1 , 2}}"),
        ("y_hat", r"\hat{y}"),
        ("y_hat_1", r"\hat{y}_{1}"),
        ("z_y_hat_1", r"z_{\hat{y}_{1}}"),
        ("ŷ", r"\hat{y}"),
        ("x_bar", r"\bar{x}"),
        ("a^[2]_1", "a_{1}^{[2]}"),
        ("w^[1]_11", "w_{11}^{[1]}"),
        ("z_a^[2]_1", "z_{a_{1}^{[2]}}"),
        ("w^(1)_{11}", "w_{11}^{(1)}"),
        ("w_{i,j}", "w_{i , j}"),
        ("w_ij", "w_{i j}"),
        ("x^2", "x^{2}"),
        ("x^{ab}", r"x^{\mathrm{ab}}"),
        ("alpha", r"\alpha"),
        ("beta1", r"\beta_{1}"),
        ("σ", r"\sigma"),
        ("out", r"\mathrm{out}"),
        ("out_1", r"\mathrm{out}_{1}"),
        ("x_train", r"x_{\mathrm{train}}"),
        ("learning_rate", r"\mathrm{learning}_{\mathrm{rate}}"),
        ("größe", r"\text{größe}"),
        ("<b>", r"\text{\textless{}b\textgreater{}}"),
        ("a__b", r"\text{a\_\_b}"),
        ("a^b^c", r"\text{a\textasciicircum{}b\textasciicircum{}c}"),
        ("7", "7"),
    ],
)
def test_each_form_of_name(name, written):
    assert latex(name_box(name)) == written


@given(st.text(max_size=40))
def test_no_text_is_refused(text):
    name_box(text)


def test_a_name_of_very_many_parts_ends():
    name_box("a_" * 5000 + "a")


def test_superscripts_stand_beside_each_other():
    sample = Fenced(NumberBox("1"))
    assert with_superscript(name_box("a^[2]"), sample) == Script(
        Identifier("a"), sup=row(Fenced(NumberBox("2"), "[", "]"), sample)
    )
    assert with_superscript(name_box("w1"), sample) == Script(Identifier("w"), NumberBox("1"), sample)
