"""A document as a LaTeX article that compiles."""

import shutil
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalkgrad.render.boxes import Identifier
from chalkgrad.render.document import CodeBlock, Document, Formula, Paragraph, Part, Table
from chalkgrad.render.latex_document import to_latex

needs_latex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")


def compiled(document, folder):
    """The log of pdfLaTeX, which must end well."""
    (folder / "page.tex").write_text(to_latex(document), encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "page.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120, check=False)
    log = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, log[-2000:]
    return log


@needs_latex
def test_the_sample_compiles_without_a_line_too_wide(sample_document, tmp_path):
    log = compiled(sample_document, tmp_path)
    assert "Overfull" not in log
    assert "LaTeX Warning: Command" not in log


@needs_latex
def test_hostile_texts_compile(hostile_document, tmp_path):
    assert "root:" not in compiled(hostile_document, tmp_path)


@needs_latex
def test_every_european_letter_and_many_others_compile(tmp_path):
    letters = "".join(chr(code) for code in (*range(0xA1, 0x250), *range(0x370, 0x500), *range(0x2010, 0x2300)))
    compiled(Document(letters, (Paragraph((letters,)), Paragraph((*map(str, letters[:50]),)))), tmp_path)


@needs_latex
@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_random_trees_compile(data, box_trees, tmp_path):
    boxes = data.draw(st.lists(box_trees, min_size=25, max_size=25))
    compiled(Document("Trees", tuple(Formula(Identifier("y"), (Part("=", box),)) for box in boxes)), tmp_path)


def test_a_character_that_the_fonts_have_not_is_declared():
    written = to_latex(Document("T", (Paragraph(("é ж α ₁ ≈",)),)))
    assert r"\DeclareUnicodeCharacter{0436}{\unknowncharacter{0436}}" in written
    assert r"\DeclareUnicodeCharacter{03B1}{\ensuremath{\alpha}}" in written
    assert r"\DeclareUnicodeCharacter{2081}{\ensuremath{_{1}}}" in written
    assert r"\DeclareUnicodeCharacter{2248}{\ensuremath{\approx}}" in written
    assert "{00E9}" not in written


def test_code_cannot_end_its_block():
    written = to_latex(Document("T", (CodeBlock("\\end{quote}\n  x"),)))
    assert "\\textbackslash{}end\\{quote\\}\\\\\n\\ \\ x" in written


def test_wide_tables_wrap_their_widest_column():
    table = Table((("a",), ("b",)), ((("short",), ("long " * 60,)),), align="rl")
    assert r"@{}r>{\raggedright\arraybackslash}p{" in to_latex(Document("T", (table,)))
