"""Pictures as SVG, PNG, PDF, files and blocks of documents."""

import io
import xml.etree.ElementTree as ElementTree

import pytest

from chalkgrad.errors import UsageError
from chalkgrad.render import FORMATS, write
from chalkgrad.render.document import Document
from chalkgrad.training.pictures import curves, in_document, save_figure, to_pdf, to_png, to_svg

Image = pytest.importorskip("PIL.Image")

HISTORY = {"loss": [1.0, 0.5, 0.4], "accuracy": [0.2, 0.5, 0.9]}


@pytest.fixture(scope="module")
def block():
    return in_document(curves(HISTORY), "Loss and accuracy of three epochs.", ("The curves",), 0.8)


def test_the_same_numbers_give_the_same_bytes():
    one, other = curves(HISTORY, "T"), curves(HISTORY, "T")
    assert to_svg(one) == to_svg(other)
    assert to_png(one) == to_png(other)
    assert to_pdf(one) == to_pdf(other)


def test_a_figure_written_often_stays_the_same():
    figure = curves(HISTORY)
    first = to_svg(figure)
    to_png(figure, 300)
    assert to_svg(figure) == first


def test_svg_has_no_date_and_needs_no_font_nor_file():
    svg = to_svg(curves(HISTORY, "<script>alert(1)</script> & ]]>"))
    root = ElementTree.fromstring(svg)
    names = {element.tag.rsplit("}", 1)[-1] for element in root.iter()}
    assert not names & {"script", "text", "foreignObject"}
    assert "date" not in svg
    links = [value for element in root.iter() for key, value in element.attrib.items() if key.endswith("href")]
    assert all(link.startswith(("#", "data:image/png")) for link in links)


def test_png_has_the_dots_asked_for_and_no_transparency():
    with Image.open(io.BytesIO(to_png(curves({"loss": [1.0]}), 100))) as image:
        assert (image.size, image.mode) == ((460, 300), "RGB")
        assert image.getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("name", "start"), [("a.png", b"\x89PNG"), ("b.SVG", b"<?xml"), ("c.pdf", b"%PDF-"), ("نمودار.png", b"\x89PNG")]
)
def test_the_ending_says_the_format(tmp_path, name, start):
    assert save_figure(curves(HISTORY), tmp_path / name) == tmp_path / name
    assert (tmp_path / name).read_bytes().startswith(start)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["curves.gif", "curves", ".png"])
def test_another_ending_is_refused(tmp_path, name):
    with pytest.raises(UsageError) as caught:
        save_figure(curves(HISTORY), tmp_path / name)
    assert str(caught.value) == (
        f'a picture is written as PNG, SVG or PDF, and "{name}" ends in none of .png, .svg, .pdf [unknown-format]\n'
        "    hint: name the file with one of these endings"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(UsageError) as caught:
        save_figure(curves(HISTORY), tmp_path / "none" / "a.png")
    assert caught.value.code == "cannot-write"


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_takes_a_picture(format, block):
    if format == "pdf":
        pytest.importorskip("typst")
    assert write(Document("T", (block,)), format)
    assert block.width == 0.8


def test_latex_can_hold_our_png(block):
    assert "\\embeddedpicture{0.800}" in write(Document("T", (block,)), "tex")
