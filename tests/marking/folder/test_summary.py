"""A class in one page: which mistake on how many pages, with links to the pages."""

import re

import pytest

from chalkgrad.marking.folder.rows import Row
from chalkgrad.marking.folder.summary import common_mistakes, summary_data, write_summary
from chalkgrad.render import FORMATS, write

SLOPE, SIGN = ("missing-slope", "The slope was left out."), ("wrong-sign", "The sign is wrong.")
ROWS = (
    Row("a.md", "mistake", 5, 10, 4, "z", *SLOPE, 0, (SLOPE, SIGN), "a.md.html"),
    Row("b <b>.md", "mistake", 7, 10, 4, "z", *SLOPE, 2, (SLOPE,), "b _b_.md-1f.html"),
    Row("c.md", "no mistake", 10, 10, report="c.md.html"),
    Row("d.md", "not read", words="d.md is empty: there is nothing to mark", cause="empty-page"),
)


def html():
    return str(write(write_summary("One neuron", ROWS), "html"))


def test_mistakes_by_the_pages_they_are_on():
    found = [(known.cause, [row.page for row in known.rows]) for known in common_mistakes(ROWS)]
    assert found == [("missing-slope", ["a.md", "b <b>.md"]), ("wrong-sign", ["a.md"])]


def test_in_a_sentence():
    text = " ".join(str(write(write_summary("One neuron", ROWS), "text")).split())
    assert "4 pages: 2 with a mistake, 1 without. On average 73 % of the marks were earned." in text
    assert "1 page could not be marked; the table below says why." in text
    assert "not read: d.md is empty:" in text


def test_links_and_bars():
    page = html()
    assert re.findall(r'href="([^#"]*)"', page)[:3] == ["a.md.html", "b%20_b_.md-1f.html", "a.md.html"]
    assert re.findall(r'class="bar" style="width:([0-9.]+%)"', page)[:2] == ["100.0%", "50.0%"]
    assert "<b>.md" not in page
    assert "b &lt;b&gt;.md" in page
    assert "<script" not in page
    assert "<img" not in page


def test_data():
    data = summary_data("One neuron", ROWS)
    assert [row["page"] for row in data["pages"]] == ["a.md", "b <b>.md", "c.md", "d.md"]
    assert data["mistakes"][0] == {"cause": "missing-slope", "words": SLOPE[1], "pages": ["a.md", "b <b>.md"]}


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_every_format(format):
    if format == "pdf":
        pytest.importorskip("typst")
    assert write(write_summary("One neuron", ROWS), format) == write(write_summary("One neuron", ROWS), format)


def test_a_class_without_a_mistake():
    text = str(write(write_summary("One neuron", ROWS[2:3]), "text"))
    assert "1 page: 0 with a mistake, 1 without." in text
    assert "Mistakes" not in text
