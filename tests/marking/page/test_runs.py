"""What is read together."""

import pytest

from chalkgrad.marking.page.blocks import LONGEST_LINE
from chalkgrad.marking.page.runs import runs_of


def pieces(text: str) -> list[list[str]]:
    return [[text[piece.inner_start : piece.inner_end] for piece in run.pieces] for run in runs_of(text)]


def test_a_line_with_its_formulas_is_one_run() -> None:
    assert pieces("so $a$ and $b$.\nmore") == [["so ", "a", " and ", "b", "."], ["more"]]


def test_a_display_is_a_run_by_itself() -> None:
    assert pieces("so $$a$$ then") == [["so "], ["a"], [" then"]]


@pytest.mark.parametrize(
    "text",
    ["z = a +\nb", "z = a\n+ b", "z =\na", "z = a\n× b", "z = f(\na)", "z = a\n\n⊙ b"],
)
def test_lines_of_one_formula_are_joined(text: str) -> None:
    assert len(runs_of(text)) == 1


@pytest.mark.parametrize("text", ["z = a\nb", "z = a\n= b", "z = a\n- b", "z = a\n\n\n+ b", "z = $a$\n+ b"])
def test_other_lines_are_not(text: str) -> None:
    assert len(runs_of(text)) == 2


def test_a_line_that_is_too_long_is_a_run_of_its_own() -> None:
    text = "a = 1\n" + "x" * (LONGEST_LINE + 1) + "\nb = 2"
    runs = runs_of(text)
    assert [run.is_too_long for run in runs] == [False, True, False]
    assert text[runs[2].start : runs[2].end] == "b = 2"


def test_a_picture_in_the_text_is_passed_over() -> None:
    assert pieces("a\n![](data:image/png;base64," + "A" * LONGEST_LINE + ")\nb") == [["a"], ["b"]]


def test_what_stands_before_a_document_is_passed_over() -> None:
    text = "\\documentclass{article}\n\\newcommand{\\a}{$b$}\n\\begin{document}\n$c$\n\\end{document}"
    assert pieces(text) == [["\\begin{document}"], ["c"], ["\\end{document}"]]
