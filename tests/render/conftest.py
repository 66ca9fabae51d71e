"""What the tests of the writers share: random box trees, hostile texts, and one page with everything on it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

import pytest
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
    Row,
    Script,
    Sign,
    TextBox,
    Under,
    row,
)
from chalkgrad.render.document import (
    Bar,
    Bars,
    BulletList,
    Code,
    CodeBlock,
    Document,
    Figure,
    Fold,
    Formula,
    Heading,
    Link,
    Mark,
    Marked,
    Paragraph,
    Part,
    Remark,
    Strong,
    Table,
    words,
)
from chalkgrad.render.names import name_box

HOSTILE = (
    "<script>alert(1)</script>",
    r"$\input{/etc/passwd}$",
    '#read("x")',
    "a|b]c[d\\",
    "``` `tick` *star* _line_",
    "& &amp; %x ~ ^ {} } {",
    "שלום \u202e עולם",
    "\x1b[31mred\x07",
    "重み ж 🙂",
    "]]> --> </style>",
    "\\",
    "$",
    "#",
    '"',
    "",
)

SIGNS = st.one_of(
    st.sampled_from("=≈←→<≥≠").map(lambda text: Sign(text, "relation")),
    st.sampled_from("+−·×⊙/").map(lambda text: Sign(text, "binary")),
    st.sampled_from("−∂∇∑").map(lambda text: Sign(text, "prefix")),
    st.sampled_from("ᵀ′!").map(lambda text: Sign(text, "postfix")),
    st.sampled_from(",;").map(lambda text: Sign(text, "punctuation")),
)
LEAVES = st.one_of(
    st.sampled_from(["x", "W", "α", "relu", "out", *HOSTILE]).map(Identifier),
    st.sampled_from(["0", "0.5933", "-2", "-0.03", "12"]).map(NumberBox),
    st.sampled_from(["if", "otherwise ", *HOSTILE]).map(TextBox),
    st.sampled_from(["w1", "z_h1_2", "w^[1]_11", "y_hat_1"]).map(name_box),
    SIGNS,
)


def _grown(inner: st.SearchStrategy[Box]) -> st.SearchStrategy[Box]:
    """All boxes that hold others."""
    rows = st.lists(inner, min_size=1, max_size=4).map(lambda parts: Row(tuple(parts)))
    pairs = st.lists(st.tuples(inner, inner), min_size=1, max_size=3).map(tuple)
    return st.one_of(
        rows,
        st.builds(FractionBox, inner, inner),
        st.builds(Script, inner, st.none() | inner, st.none() | inner),
        st.builds(Accent, inner, st.sampled_from(["hat", "bar", "tilde"])),
        st.builds(lambda body, ends: Fenced(body, *ends), inner, st.sampled_from(["()", "[]", "||", "‖‖"]).map(tuple)),
        st.builds(Root, inner),
        pairs.map(MatrixBox),
        pairs.map(Cases),
        st.builds(Under, inner, inner),
    )


SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2"><rect width="4" height="2" fill="#d00"/></svg>'


def png_of(rows: list[bytes], width: int, colour: int = 2, *, interlaced: int = 0, more: bytes = b"") -> bytes:
    """A PNG of 8 bits a channel; `more` are whole chunks before its rows."""
    header = struct.pack(">IIBBBBB", width, len(rows), 8, colour, 0, 0, interlaced)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + more + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


PNG = png_of([bytes((0, 0, 221)) * 4] * 2, 4)


@pytest.fixture(scope="session")
def box_trees() -> st.SearchStrategy[Box]:
    """Random boxes, with hostile texts among their leaves."""
    return st.recursive(LEAVES, _grown, max_leaves=12)


@pytest.fixture(scope="session", name="png_of")
def _png_of() -> Callable[..., bytes]:
    """Makes a PNG from its rows."""
    return png_of


@pytest.fixture(scope="session")
def svg() -> str:
    """A small picture, red."""
    return SVG


@pytest.fixture(scope="session")
def png() -> bytes:
    """The same size as PNG, blue."""
    return PNG


@pytest.fixture(scope="session")
def hostile() -> tuple[str, ...]:
    """Texts that would do something if they were not escaped."""
    return HOSTILE


@pytest.fixture(scope="session")
def hostile_document() -> Document:
    """Every place of a document where text can stand, with every hostile text in it."""
    blocks = []
    for text in HOSTILE:
        inline = (text, Strong(text), Code(text), *words(Identifier(text), TextBox(text)))
        blocks += [
            Heading(inline, 2),
            Paragraph(inline),
            Formula(Identifier(text), (Part("=", TextBox(text)),), note=inline),
            Table((inline, inline), ((inline, inline),), align="lr", caption=inline),
            BulletList((inline,)),
            CodeBlock(text, text),
            Remark(inline, "warning"),
            Fold(inline, (Paragraph(inline),)),
            Figure(text, inline, svg=SVG),
            Figure(text, inline, png=PNG, width=0.5),
            Marked(text, text, Mark("wrong"), (Paragraph(inline), Fold(inline, (Paragraph(inline),)))),
            Marked(text, text),
            Bars((Bar((*inline, Link(text, "a.html")), 2, text), Bar(inline, 0, text))),
        ]
    return Document(" ".join(HOSTILE), tuple(blocks))


@pytest.fixture(scope="session")
def long_sum() -> Formula:
    """A derivative along eight paths."""
    parts: list[Box] = []
    for unit in range(1, 9):
        term = row(
            name_box(f"w{unit}"),
            Sign("·", "binary"),
            Fenced(row(NumberBox("1"), Sign("−", "binary"), name_box(f"h{unit}"))),
        )
        parts += [*([Sign("+", "binary")] if unit > 1 else []), term]
    return Formula(Identifier("s"), (Part("=", row(*parts)), Part("≈", NumberBox("0.5933"))))


@pytest.fixture(scope="session")
def sample_document(long_sum: Formula) -> Document:
    """One page with every block on it."""
    matrix = MatrixBox(((NumberBox("1"), NumberBox("-0.5")), (NumberBox("0"), NumberBox("2"))))
    return Document(
        "A small network",
        (
            Heading(("The forward pass",), 2),
            Paragraph(words("Here ", name_box("z_h1"), " is ", Strong("the"), " pre-activation ", Code("z_h1"), ".")),
            Formula(name_box("W1"), (Part("=", matrix),), note=("given",)),
            long_sum,
            Table((("Name",), ("Value",)), ((words(name_box("w1")), words(NumberBox("0.15"))),), align="lr"),
            Heading(("The backward pass",), 2),
            BulletList((("one path",), words("through ", name_box("h1")))),
            CodeBlock("z = x @ W", "python"),
            Remark(("Both engines agree.",), "passed"),
            Fold(("More",), (Paragraph(("Inside.",)),)),
            Figure("a red field", ("All red.",), SVG, PNG, 0.4),
            Marked("1", "z = x w = 0.5", Mark("right")),
            Marked("2", "پس $a = 0.6$", Mark("carried"), (Paragraph(("It follows from line 1.",)),)),
            Marked("3", "Dear reader"),
            Bars((Bar((Link("anna", "anna.html"), " and others"), 3, "3 pages"), Bar(("one",), 1, "1 page"))),
            Heading(("Checks",), 3),
        ),
    )
