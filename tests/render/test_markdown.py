"""A document as Markdown for GitHub and Jupyter."""

import base64
import re

import pytest

from chalkgrad.render.boxes import Fenced, Identifier, MatrixBox, NumberBox, Sign, TextBox, row
from chalkgrad.render.document import (
    BulletList,
    Code,
    CodeBlock,
    Document,
    Figure,
    Fold,
    Formula,
    Paragraph,
    Part,
    Remark,
    Strong,
    Table,
    words,
)
from chalkgrad.render.markdown import to_markdown
from chalkgrad.render.names import name_box


def body(*blocks):
    return to_markdown(Document("T", blocks)).removeprefix("# T\n\n").removesuffix("\n")


@pytest.mark.parametrize(
    ("block", "written"),
    [
        (Paragraph(words("see ", name_box("z_h1"), ", ", Strong("now"))), "see $z _{h _{1}}$, **now**"),
        (Formula(name_box("y"), (Part("=", NumberBox("-1")),), note=("why",)), "$$y = {-1}$$\n\n*why*"),
        (
            Formula(None, (Part("", MatrixBox(((NumberBox("1"),), (NumberBox("2"),)))),)),
            r"$$\begin{bmatrix} 1 \cr 2 \end{bmatrix}$$",
        ),
        (Formula(Identifier("x"), (Part("<", NumberBox("1")),)), r"$$x \lt 1$$"),
        (
            Table((("a",), ("b",)), ((("1",), ("p|q",)),), "lr", ("Cap",)),
            "**Cap**\n\n| a | b |\n| :--- | ---: |\n| 1 | p\\|q |",
        ),
        (BulletList((("one",), ("- two",))), "- one\n- &#45; two"),
        (CodeBlock("a\n```\nb", "python"), "````python\na\n```\nb\n````"),
        (Remark(("Look.",), "failed"), "> ❌ **Failed:** Look."),
        (
            Fold(words("of ", name_box("w1")), (Paragraph(("in",)),)),
            "<details>\n<summary>of w₁</summary>\n\nin\n\n</details>",
        ),
        (Fold(("t",), (), open=True), "<details open>\n<summary>t</summary>\n\n\n\n</details>"),
        (Paragraph(("# no heading",)), "&#35; no heading"),
        (Paragraph(("1. no list",)), "&#49;. no list"),
        (Paragraph(("costs $5 or $6",)), "costs <span>&#36;</span>5 or <span>&#36;</span>6"),
        (Paragraph(("<b> [x](y) *z* `c` \\ a_b",)), r"&lt;b&gt; \[x\](y) \*z\* \`c\` \\ a\_b"),
        (Paragraph((Code("a`b"), Code("`"))), "``a`b``&#8203;`` ` ``"),
    ],
)
def test_each_block(block, written):
    assert body(block) == written


def test_a_picture_is_an_image_that_the_text_holds(svg, png):
    drawn, dotted = (base64.b64encode(picture).decode() for picture in (svg.encode(), png))
    assert body(Figure("a ](b) <i>\n\n$x$ \\", ("Loss, ", Strong("all"), " $5"), svg, png)) == (
        f"![a \\](b) &lt;i&gt;  &#36;x&#36; \\\\](data:image/svg+xml;base64,{drawn})"
        "\n\n*Loss, **all** <span>&#36;</span>5*"
    )
    assert body(Figure("", png=png)) == f"![](data:image/png;base64,{dotted})"


def test_a_display_is_one_line():
    long = row(*[part for i in range(40) for part in (Sign("+", "binary"), name_box(f"w{i}"))][1:])
    written = body(Formula(Identifier("y"), (Part("=", long), Part("≈", Identifier("z")))))
    assert "\n" not in written
    assert written.startswith(r"$$\begin{aligned} y & = w _{0}")


def test_no_backslash_stands_before_punctuation_in_mathematics(hostile):
    parts = [box for text in hostile for box in (Identifier(text), TextBox(text), Fenced(Identifier(text), "{", "}"))]
    written = body(Formula(Identifier("y"), (Part("=", row(*parts)),)))
    assert not re.search(r"\\[^A-Za-z]", written)
    assert not re.search(r"[#%<>`|]", written)


def test_hostile_texts_are_escaped(hostile_document):
    outside = re.sub(r"(`+)[^`](.|\n)*?[^`]\1(?!`)", "", to_markdown(hostile_document))
    assert "<script" not in outside
    assert "$\\input" not in outside
