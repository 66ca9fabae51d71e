"""Documents in a terminal."""

import io

import pytest
from rich.console import Console

from chalkgrad.render.boxes import Identifier, NumberBox, Sign, row
from chalkgrad.render.characters import cell_width
from chalkgrad.render.document import Document, Figure, Fold, Formula, Heading, Paragraph, Part, Remark, Table, words
from chalkgrad.render.names import name_box
from chalkgrad.render.terminal import to_terminal, to_text


def test_the_sample_page(sample_document):
    assert to_text(sample_document, 60) == (
        "A small network\n═══════════════\n\n"
        "The forward pass\n────────────────\n\n"
        "Here z_h1 is the pre-activation z_h1.\n\n"
        "    W₁ = ⎡1  −0.5⎤\n         ⎣0     2⎦\n      given\n\n"
        "    s = w₁ · (1 − h₁) + w₂ · (1 − h₂) + w₃ · (1 − h₃)\n"
        "         + w₄ · (1 − h₄) + w₅ · (1 − h₅) + w₆ · (1 − h₆)\n"
        "         + w₇ · (1 − h₇) + w₈ · (1 − h₈)\n"
        "      ≈ 0.5933\n\n"
        "Name   Value\n────────────\nw₁      0.15\n\n"
        "The backward pass\n─────────────────\n\n"
        "• one path\n• through h₁\n\n"
        "  z = x @ W\n\n"
        "✓ Passed: Both engines agree.\n\n"
        "▾ More\n\n  Inside.\n\n"
        "▣ Figure: All red. (a red field)\n\n"
        "   1  z = x w = 0.5  ✓ Right\n"
        "   2  پس $a = 0.6$  → Carried\n      It follows from line 1.\n\n"
        "   3  Dear reader\n\n"
        f"anna and others  {35 * '█'} 3 pages\n"
        f"one              {12 * '█'} 1 page\n\n"
        "Checks\n"
    )


@pytest.mark.parametrize("width", [40, 60, 88, 120])
def test_nothing_runs_off(sample_document, width):
    assert max(map(cell_width, to_text(sample_document, width).splitlines())) <= width


def test_a_paragraph_keeps_a_formula_together():
    sum_ = row(Identifier("x"), Sign("+", "binary"), Identifier("y"))
    text = to_text(Document("T", (Paragraph(words("a long word or two ", sum_, ", then more")),)), 24)
    assert text.splitlines()[3:] == ["a long word or two", "x + y, then more"]


@pytest.mark.parametrize(
    ("kind", "start"),
    [("note", "i Note:"), ("warning", "! Warning:"), ("passed", "✓ Passed:"), ("failed", "✗ Failed:")],
)
def test_a_remark_has_a_sign_and_a_word(kind, start):
    assert f"\n{start} Look." in to_text(Document("T", (Remark(("Look.",), kind),)))


def test_a_short_note_stands_beside_its_formula():
    formula = Formula(name_box("a"), (Part("=", NumberBox("1")),), note=("given",))
    assert "    a = 1    given\n" in to_text(Document("T", (formula,)))


def test_a_fold_is_shown_below_its_title():
    fold = Fold(words("Path of ", name_box("w1")), (Heading(("Inner",), 4), Paragraph(("Text.",))))
    assert to_text(Document("T", (fold,))).splitlines()[3:] == ["▾ Path of w₁", "", "  Inner", "", "  Text."]


@pytest.mark.parametrize(
    ("alt", "caption", "line"),
    [
        ("a line", ("Loss",), "▣ Figure: Loss (a line)"),
        ("a line", (), "▣ Figure: a line"),
        ("", ("Loss",), "▣ Figure: Loss"),
        ("a\nb\x1b", words("of ", name_box("w1")), "▣ Figure: of w₁ (a b�)"),
    ],
)
def test_a_picture_is_told_in_one_line(svg, alt, caption, line):
    assert to_text(Document("T", (Figure(alt, caption, svg),))).splitlines()[3:] == [line]


def printed(document, **options):
    page = io.StringIO()
    to_terminal(document, Console(file=page, width=60, **options))
    return page.getvalue()


def test_colours_only_for_a_terminal_that_wants_them(sample_document, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[" in printed(sample_document, force_terminal=True, color_system="standard")
    assert "\x1b[" not in printed(sample_document)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[1;32m" not in printed(sample_document, force_terminal=True, color_system="standard")


def test_markup_in_a_text_is_text():
    table = Table((("[red]A[/red]",),), ((("[bold]b[/bold]",),),))
    text = to_text(Document("[u]T[/u]", (Paragraph(("[link=x]y[/link] :smile:",)), table)))
    for piece in ("[u]T[/u]", "[link=x]y[/link] :smile:", "[red]A[/red]", "[bold]b[/bold]"):
        assert piece in text


@pytest.mark.parametrize(("count", "between"), [(7, "   "), (8, "  ")])
def test_columns_that_do_not_fit_stand_closer_together(count, between):
    table = Table((("nine lett",),) * count, ())
    assert between.join(["nine lett"] * count) in to_text(Document("T", (table,)))


def test_hostile_texts_do_not_steer_the_terminal(hostile_document):
    text = to_text(hostile_document)
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "\u202e" not in text
