"""Brackets with and without partners."""

import pytest


@pytest.mark.parametrize(
    ("latex", "outline"),
    [
        (r"\left( a + b \right)", "[(a + b)]"),
        (r"\Big[ a \Big]", "[a]"),
        (r"\bigl( a \bigr)", "[a]"),
        (r"\left| a \right|", "abs(a)"),
        (r"|a| + |b|", "(abs(a) + abs(b))"),
        (r"| |a| - b |", "abs((abs(a) - b))"),
        (r"\lbrace a \rbrace", "[a]"),
        ("a {+} b {=} c", "(a + b) = c"),
        ("{}a{}", "a"),
        ("{{{a}}}", "a"),
    ],
)
def test_brackets_are_matched(formula, latex: str, outline: str) -> None:
    assert formula(latex) == outline


@pytest.mark.parametrize(
    ("latex", "outline"),
    [
        ("a = (b + c = d", "a = <(b + c: this bracket is never closed> = d"),
        ("a = b) = d", "a = <b): this bracket was never opened> = d"),
        ("a = (b] = d", "a = <(b]: this bracket is never closed> = d"),
        ("a = {b = d", "a = <{b: this bracket is never closed> = d"),
        ("a = b} = d", "a = <b}: this bracket was never opened> = d"),
        (r"a = b \Big] = d", r"a = <b \Big]: this bracket was never opened> = d"),
        (r"a = b \end{pmatrix} = d", r"a = <b \end{pmatrix}: this environment was never opened> = d"),
        ("a = ((b) = d", "a = <((b): this bracket is never closed> = d"),
        ("a = [(b] = d", "a = <[(b]: this bracket is never closed> = d"),
    ],
)
def test_a_bracket_without_a_partner_spoils_only_its_part(formula, latex: str, outline: str) -> None:
    assert formula(latex) == outline


def test_a_brace_at_the_side_is_no_part_of_the_equations(said) -> None:
    assert said(r"$$\left. \begin{array}{l} a = 1 \\ b = 2 \end{array} \right\} \Rightarrow c = 3$$") == [
        "a = 1",
        "b = 2",
        "→ c = 3",
    ]
    assert said(r"$$\left\{ a = 1, b = 2 \right.$$") == ["a = 1", "b = 2"]
