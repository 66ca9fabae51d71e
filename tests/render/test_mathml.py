"""Each kind of box as MathML."""

from xml.etree import ElementTree

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
from chalkgrad.render.layout import Line
from chalkgrad.render.mathml import aligned_mathml, mathml

X, Y, ONE, TWO = Identifier("x"), Identifier("y"), NumberBox("1"), NumberBox("2")


def inner(box):
    return mathml(box).removeprefix('<math xmlns="http://www.w3.org/1998/Math/MathML">').removesuffix("</math>")


@pytest.mark.parametrize(
    ("box", "written"),
    [
        (X, "<mi>x</mi>"),
        (NumberBox("-2"), "<mn>−2</mn>"),
        (TextBox("if "), "<mtext>if</mtext>"),
        (Identifier("<script>&"), "<mi>&lt;script&gt;&amp;</mi>"),
        (Sign("=", "relation"), '<mo form="infix" lspace="0.278em" rspace="0.278em" stretchy="false">=</mo>'),
        (Sign("∂", "prefix"), "<mi>∂</mi>"),
        (Sign("−", "prefix"), '<mo form="prefix" lspace="0" rspace="0">−</mo>'),
        (Sign(",", "punctuation"), '<mo separator="true" lspace="0" rspace="0.167em">,</mo>'),
        (FractionBox(X, Y), "<mfrac><mi>x</mi><mi>y</mi></mfrac>"),
        (Script(X, sub=ONE), "<msub><mi>x</mi><mn>1</mn></msub>"),
        (Script(X, ONE, Sign("ᵀ", "postfix")), "<msubsup><mi>x</mi><mn>1</mn><mi>⊤</mi></msubsup>"),
        (Accent(Y, "hat"), '<mover accent="true"><mi>y</mi><mo stretchy="false">^</mo></mover>'),
        (Root(X), "<msqrt><mi>x</mi></msqrt>"),
        (
            Fenced(X),
            '<mrow><mo fence="true" form="prefix" stretchy="false">(</mo><mi>x</mi>'
            '<mo fence="true" form="postfix" stretchy="false">)</mo></mrow>',
        ),
        (
            MatrixBox(((ONE, TWO),)),
            '<mrow><mo fence="true" form="prefix" stretchy="true">[</mo><mtable class="matrix"><mtr>'
            "<mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr></mtable>"
            '<mo fence="true" form="postfix" stretchy="true">]</mo></mrow>',
        ),
        (
            Cases(((X, ONE),)),
            '<mrow><mo fence="true" form="prefix" stretchy="true">{</mo><mtable class="cases"><mtr>'
            "<mtd><mi>x</mi></mtd><mtd><mn>1</mn></mtd></mtr></mtable></mrow>",
        ),
        (Under(X, ONE), '<munder><mrow class="braced"><mi>x</mi></mrow><mn>1</mn></munder>'),
        (row(Identifier("out"), Y), '<mrow><mi>out</mi><mspace width="0.17em" /><mi>y</mi></mrow>'),
    ],
)
def test_each_box(box, written):
    assert inner(box) == written


def test_lines_are_rows_of_a_table():
    root = ElementTree.fromstring(aligned_mathml([Line(X, "=", Y), Line(ONE, indent=2)]))
    space = "{http://www.w3.org/1998/Math/MathML}"
    assert [["".join(cell.itertext()) for cell in line] for line in root.iter(f"{space}mtr")] == [
        ["y", "=x"],
        ["", "1"],
    ]
    assert [element.get("width") for element in root.iter(f"{space}mspace")] == ["2em"]


def test_fences_around_labelled_braces_are_limited():
    assert 'maxsize="2.90em"' in mathml(Fenced(Under(MatrixBox(((ONE,), (TWO,))), ONE)))


def test_an_unknown_box_is_a_mistake_of_ours():
    with pytest.raises(TypeError, match="Box cannot be written as MathML"):
        mathml(Box())


@given(data=st.data())
def test_every_tree_is_xml_and_holds_only_mathematics(data, box_trees):
    root = ElementTree.fromstring(mathml(data.draw(box_trees), display=True))
    assert {element.tag.rpartition("}")[2][0] for element in root.iter()} == {"m"}
