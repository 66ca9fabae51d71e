"""Where formulas begin and end, and where the words of a line stand."""

import pytest

from chalkgrad.marking.page.blocks import formulas_in, text_lines


@pytest.mark.parametrize(
    ("text", "contents"),
    [
        ("a $x$ b $y$", ["x", "y"]),
        ("$$x$$", ["x"]),
        ("$$\nx\n$$", ["\nx\n"]),
        ("$$\n\nx\n\n$$", ["\n\nx\n\n"]),
        (r"\[x\] \(y\)", ["x", "y"]),
        (r"\begin{align}x\end{align}", [r"\begin{align}x\end{align}"]),
        (r"\begin{align*}x\\y\end{align*}", [r"\begin{align*}x\\y\end{align*}"]),
        (r"\begin{itemize}\item $x$\end{itemize}", ["x"]),
        (r"it costs \$5 and \$6", []),
        ("it costs $5 and $6", []),
        ("$x\n\ny$", []),
        ("$ $", []),
        ("```\n$x$\n```\n$y$", ["y"]),
        ("$$x\nwords", ["x"]),
        ("\\[ x\nwords", [" x"]),
        (r"in \[0, 1)", []),
        (r"$a \$ b$", [r"a \$ b"]),
        (r"\begin{align} x", [r"\begin{align} x"]),
    ],
)
def test_formulas_between_delimiters(text: str, contents: list[str]) -> None:
    assert [text[formula.inner_start : formula.inner_end] for formula in formulas_in(text)] == contents


def test_a_display_stands_apart() -> None:
    assert [formula.is_display for formula in formulas_in(r"$a$ $$b$$ \[c\] \(d\) \begin{align}e\end{align}")] == [
        False,
        True,
        True,
        False,
        True,
    ]


def test_a_display_without_its_end_takes_no_other_paragraph() -> None:
    text = "$$a = 1\n\nwords\n\n$$b = 2$$"
    assert [text[formula.inner_start : formula.inner_end] for formula in formulas_in(text)] == ["a = 1", "b = 2"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- one\n* two\n1. three\n2) four", ["one", "two", "three", "four"]),
        ("# head\n\n> said\n> more", ["head", "said", "more"]),
        ("> - deep", ["deep"]),
        ("    indented = 1", ["indented = 1"]),
        ("```\ncode = 1\n```", ["code = 1"]),
        ("z = a\n  + b", ["z = a", "+ b"]),
        ("a = 1\n---\nb = 2", ["a = 1", "b = 2"]),
        ("[a]: b", ["[a]: b"]),
        ("<b>x</b>", ["<b>x</b>"]),
    ],
)
def test_the_words_of_lines(text: str, words: list[str]) -> None:
    lines = text_lines(text, [])
    assert [text[line.start : line.end] for line in lines] == words


def test_a_line_of_a_formula_is_no_list() -> None:
    text = "$$\n- a\n= b\n$$"
    assert len(text_lines(text, formulas_in(text))) == 4
    assert text_lines(text, [])[1].start == text.index("a")
