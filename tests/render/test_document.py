"""The blocks of a document."""

import pytest

from chalkgrad.render.document import Bar, Bars, Code, Figure, Link, prose


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "a figure needs a picture, as SVG or as PNG"),
        ({"svg": "<html></html>"}, "what was given as SVG is none"),
        ({"png": b"GIF89a"}, "what was given as PNG is none"),
        ({"svg": "<svg/>", "width": 0}, "the width of a figure is a share of the line, from 0.05 to 1, not 0"),
        ({"svg": "<svg/>", "width": 1.5}, "the width of a figure is a share of the line, from 0.05 to 1, not 1.5"),
        (
            {"svg": "<svg/>", "width": float("nan")},
            "the width of a figure is a share of the line, from 0.05 to 1, not nan",
        ),
    ],
)
def test_a_figure_without_a_picture_is_refused(given, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        Figure("alt", **given)


def test_svg_goes_before_png(svg, png):
    assert Figure("alt", svg=svg, png=png).picture == ("svg", svg.encode())
    assert Figure("alt", png=png).picture == ("png", png)


@pytest.mark.parametrize("address", ["anna.md.html", "a%20b.html#section-3", "reports/a.html"])
def test_a_link_leads_to_a_file_beside(address):
    assert Link("a", address).address == address


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "//evil.example", "/etc/passwd", "http://evil.example", "a b", 'a"b', "", "a#<b>", "\\\\x"],
)
def test_a_link_leads_nowhere_else(address):
    with pytest.raises(ValueError, match="a link leads to a file beside this one"):
        Link("a", address)


def test_bars_share_the_longest():
    bars = Bars((Bar(("a",), 4, "4"), Bar(("b",), 1, "1"), Bar(("c",), 0, "0")))
    assert [bars.share(bar) for bar in bars.bars] == [1, 0.25, 0]
    assert Bars((Bar(("a",), 0, "0"),)).share(Bar(("a",), 0, "0")) == 0


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", ()),
        ("No code.", ("No code.",)),
        ("Unless `initial` is written, ...", ("Unless ", Code("initial"), " is written, ...")),
        ("`split` and `seed`", (Code("split"), " and ", Code("seed"))),
        ("one ` alone", ("one ` alone",)),
        ("`a` and one ` more", (Code("a"), " and one ` more")),
    ],
)
def test_what_stands_between_backticks_is_code(text, pieces):
    assert prose(text) == pieces
