"""A document as Typst and as PDF."""

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalkgrad.errors import UsageError
from chalkgrad.render.boxes import Identifier
from chalkgrad.render.document import Code, Document, Figure, Formula, Paragraph, Part, Remark
from chalkgrad.render.typst_document import to_pdf, to_typst


def test_text_is_a_string():
    written = to_typst(Document("T", (Paragraph(('#read("x") $y$', Code("]"))), Remark(("*a*",), "failed"))))
    assert '#"#read(\\"x\\") $y$";#raw("]");' in written
    assert '#remark("✗", "Failed", rgb("#a3262a"), [#"*a*";])' in written


def test_a_picture_is_inside_the_file(svg, png):
    both = Figure('the "x" #y', ("all ", Code("]")), svg, png, 0.5)
    quoted = svg.replace('"', '\\"')
    assert f'#picture(50%, "the \\"x\\" #y", [#"all ";#raw("]");], "svg", bytes("{quoted}"))' in to_typst(
        Document("T", (both,))
    )
    listed = ",".join(str(byte) for byte in png)
    dotted = to_typst(Document("T", (Figure("", png=png),)))
    assert f'#picture(100%, "", none, "png", bytes(({listed})))' in dotted
    assert "read(" not in dotted


def test_a_picture_comes_through_to_its_last_character():
    pytest.importorskip("typst")
    # A line break inside a style, a backslash and quotation marks of both kinds.
    text = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">\n<text font-family=\'"a\\b"\'>x</text>\n</svg>'
    )
    written = to_typst(Document("T", (Figure("x", svg=text),)))
    assert text.replace("\\", "\\\\").replace('"', '\\"') in written
    assert to_pdf(Document("T", (Figure("x", svg=text),))).startswith(b"%PDF-")


def test_a_dotted_picture_is_an_image_of_the_pdf(png):
    pytest.importorskip("typst")
    pdf = to_pdf(Document("T", (Figure("x", png=png),)))
    assert b"/Subtype /Image" in pdf or b"/Subtype/Image" in pdf


def test_the_sample_becomes_the_same_file_each_time(sample_document):
    pytest.importorskip("typst")
    pdf = to_pdf(sample_document)
    assert pdf.startswith(b"%PDF-")
    assert pdf == to_pdf(sample_document)


def test_hostile_texts_compile(hostile_document):
    pytest.importorskip("typst")
    assert to_pdf(hostile_document).startswith(b"%PDF-")


@settings(max_examples=3, deadline=None)
@given(data=st.data())
def test_random_trees_compile(data, box_trees):
    pytest.importorskip("typst")
    boxes = data.draw(st.lists(box_trees, min_size=30, max_size=30))
    formulas = tuple(Formula(Identifier("y"), (Part("=", box),)) for box in boxes)
    assert to_pdf(Document("Trees", formulas)).startswith(b"%PDF-")


def test_without_typst_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(UsageError) as caught:
        to_pdf(Document("T", ()))
    assert str(caught.value) == (
        "PDF is written through the package `typst`, which is not installed. [missing-extra]\n"
        "    hint: pip install 'chalkgrad[pdf]'"
    )
