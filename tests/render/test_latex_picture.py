"""Pictures inside a LaTeX file."""

import shutil
import subprocess
import zlib

import pytest

from chalkgrad.render.document import Document, Figure, Paragraph
from chalkgrad.render.latex_document import to_latex

needs_latex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
needs_eyes = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm is not installed")


def body(*blocks):
    written = to_latex(Document("T", blocks))
    return written[written.index("\\begin{document}") :]


def compiled(folder, *blocks, engine="pdflatex"):
    """The folder of the compiled page; the compiler must end well."""
    (folder / "page.tex").write_text(to_latex(Document("T", blocks)), encoding="utf-8")
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "page.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120, check=False)
    log = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, log[-2000:]
    assert "Overfull" not in log
    return folder


def colours_of(folder):
    """Every colour of the first page, as pdftoppm shows it."""
    subprocess.run(["pdftoppm", "-r", "40", "-aa", "no", "-singlefile", "page.pdf", "page"], cwd=folder, check=True)
    _, _, _, pixels = (folder / "page.ppm").read_bytes().split(b"\n", 3)
    return {bytes(pixels[start : start + 3]) for start in range(0, len(pixels), 3)}


def test_the_rows_of_a_png_stand_in_the_source(png, png_of):
    written = body(Figure("alt", ("All ", "blue"), png=png, width=0.5))
    assert "/Width 4 /Height 2 /ColorSpace /DeviceRGB /BitsPerComponent 8" in written
    assert "/Colors 3 /BitsPerComponent 8 /Columns 4" in written
    assert zlib.compress((b"\0" + bytes((0, 0, 221)) * 4) * 2).hex() in written.replace("\n", "")
    assert "\\embeddedpicture{0.500}{0.50000}{2.00000}\\else\\framedpicture{alt}\\fi" in written
    assert "{\\small All blue\\par}" in written
    grey = body(Figure("alt", png=png_of([b"\x80" * 3], 3, 0)))
    assert "/Width 3 /Height 1 /ColorSpace /DeviceGray" in grey
    assert "/Colors 1 /BitsPerComponent 8 /Columns 3" in grey


@pytest.mark.parametrize(
    "unfit",
    [
        lambda png, of: of([b"\x80" * 8], 2, 6),  # transparent
        lambda png, of: of([b"\0\0"], 2, 3),  # a palette
        lambda png, of: of([b"\x80" * 6], 2, 2, interlaced=1),
        lambda png, of: of([b"\x80" * 6], 2, 2, more=b"\0\0\0\6tRNS\0\0\0\0\0\0" + b"\0" * 4),
        lambda png, of: png[:-20],
        lambda png, of: png[:8],
        lambda png, of: png[:8] + b"\xff" * 40,
        lambda png, of: of([], 0, 2),
    ],
)
def test_a_png_that_pdf_has_no_word_for_gets_a_frame(unfit, png, png_of):
    written = body(Figure("a 50% $x$", ("Why",), png=unfit(png, png_of)))
    assert "\\framedpicture{a 50\\% \\$x\\$}" in written
    assert "pdfobj" not in written


def test_svg_alone_gets_a_frame(svg):
    assert "\\centering\n\\framedpicture{a red field}\\par\n" in body(Figure("a red field", svg=svg))
    assert "\\framedpicture{a picture}" in body(Figure("", svg=svg))


def test_the_macros_are_there_only_where_they_are_needed(svg):
    assert "embeddedpicture" not in to_latex(Document("T", (Paragraph(("\\framedpicture",)),)))
    assert "\\newcommand{\\embeddedpicture}" in to_latex(Document("T", (Figure("x", svg=svg),)))


@needs_latex
@needs_eyes
def test_pdflatex_shows_the_very_colours(tmp_path, png, png_of):
    filtered = png_of([bytes((200, 0, 0)) + bytes((0, 90, 0))], 2)
    folder = compiled(tmp_path, Figure("x", ("c",), png=png, width=0.5), Figure("y", png=filtered, width=0.2))
    assert {bytes((0, 0, 221)), bytes((200, 0, 0)), bytes((0, 90, 0))} <= colours_of(folder)


@needs_latex
@needs_eyes
def test_a_tall_picture_stays_on_its_page(tmp_path, png_of):
    tall = Figure("x", png=png_of([bytes((1, 2, 200))] * 9, 1))
    folder = compiled(tmp_path, Paragraph(("before",)), tall)
    subprocess.run(["pdftoppm", "-r", "20", "page.pdf", "each"], cwd=folder, check=True)
    assert len(list(folder.glob("each*.ppm"))) <= 2
    assert bytes((1, 2, 200)) in b"".join(page.read_bytes() for page in folder.glob("each*.ppm"))


@pytest.mark.skipif(shutil.which("latex") is None, reason="latex is not installed")
def test_an_engine_without_pdf_sets_the_frame(tmp_path, png):
    compiled(tmp_path, Figure("alt", png=png), engine="latex")
