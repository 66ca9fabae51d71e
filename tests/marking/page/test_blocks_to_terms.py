"""What brackets and environments are."""

import pytest

from chalkgrad.marking.page.outline import outline_of_chain
from chalkgrad.marking.page.read import read_page
from chalkgrad.marking.page.written import Cases, Matrix, Unread


@pytest.mark.parametrize(
    ("latex", "outline"),
    [
        ("(a)", "[a]"),
        ("[a]", "[a]"),
        ("[2, 3]", "{2, 3}"),
        ("(2, 3)", "{2, 3}"),
        ("[2,3]", "{2, 3}"),
        (r"(2 \ 3)", "{2, 3}"),
        (r"(-1/3 \ 1)", "{(-1/3), 1}"),
        (r"(0.997 \ -0.999 \ 0.883)", "{0.997, (-0.999), 0.883}"),
        (r"(0.5 \; 0.3)", "{0.5, 0.3}"),
        (r"(0.5 \quad 0.3)", "{0.5, 0.3}"),
        ("[0.5 0.3]", "{0.5, 0.3}"),
        ("[0.1 & 0.2]", "{0.1, 0.2}"),
        (r"(w_1 \; w_2)", "{w_1, w_2}"),
        ("[[1,2],[3,4]]", "{1, 2; 3, 4}"),
        ("[[1],[2]]", "{1; 2}"),
        ("[[1 2] [3 4]]", "{1, 2; 3, 4}"),
        ("[[0.5]]", "{0.5}"),
        ("[1, 2; 3, 4]", "{1, 2; 3, 4}"),
        (r"(a \ + \ b)", "[(a + b)]"),
        (r"(a \, x)", "[(a x)]"),
        (r"(a \ - b)", "[(a - b)]"),
        (r"(x^T\ w)", "{x^T, w}"),
        (r"\begin{pmatrix} 1 \\ 2 \\ \end{pmatrix}", "{1; 2}"),
        (r"\begin{bmatrix} 1 & -2 \cr a+b & 4 \end{bmatrix}", "{1, (-2); (a + b), 4}"),
        (r"\left[ \begin{array}{cc} 1 & 2 \\ 3 & 4 \end{array} \right]", "{1, 2; 3, 4}"),
        (r"\left(\begin{matrix} 1 \\ 2 \end{matrix}\right)", "{1; 2}"),
        (r"\begin{pmatrix} 0,5 & 1,5 \end{pmatrix} + 0,5 + 0,1", "({0,5, 1,5} + 0,5 + 0,1)"),
        (r"\mathopen{}\left( a \right)\mathclose{}^{2}", "([a] ^ 2)"),
        ("dh (z > 0)", "(dh note(step(z); > 0))"),
    ],
)
def test_brackets_are_read(formula, latex: str, outline: str) -> None:
    assert formula(latex) == outline


def test_an_entry_that_cannot_be_read_leaves_the_others(formula) -> None:
    assert formula(r"\begin{pmatrix} 1 & ? \\ 3 & \end{pmatrix}") == "{1, <?: a question mark>; 3, <: an empty entry>}"


@pytest.mark.parametrize(
    ("latex", "values", "conditions"),
    [
        (r"\begin{cases} 0 & x < 0 \\ 1 & x \geq 0 \end{cases}", 2, ("x < 0", r"x \geq 0")),
        (r"\begin{cases} z, & \text{if } z > 0 \\ 0, & \text{otherwise} \end{cases}", 2, ("if  z > 0", "otherwise")),
        (r"\begin{cases} z \text{ if } z > 0 \\ 0 \text{ else} \end{cases}", 2, ("if  z > 0", "else")),
        (r"\left\{ \begin{array}{ll} 0 & x<0 \\ 1 & x \ge 0 \end{array} \right.", 2, ("x<0", r"x \ge 0")),
    ],
)
def test_cases_keep_their_conditions_as_text(latex: str, values: int, conditions: tuple[str, ...]) -> None:
    (chain,) = read_page(f"$$f = {latex}$$").lines[0].chains
    cases = chain.parts[1]
    assert isinstance(cases, Cases)
    assert len(cases.values) == values
    assert cases.conditions == conditions


def test_a_determinant_is_unread(formula) -> None:
    assert "a determinant" in formula(r"\begin{vmatrix} 1 & 2 \\ 3 & 4 \end{vmatrix}")


def test_rows_may_differ_in_length() -> None:
    (chain,) = read_page("$$[1, 2; 3]$$").lines[0].chains
    matrix = chain.parts[0]
    assert isinstance(matrix, Matrix)
    assert [len(row) for row in matrix.rows] == [2, 1]


@pytest.mark.parametrize(
    "latex", [r"\begin{pmatrix} \end{pmatrix}", r"\begin{cases} \end{cases}", r"\begin{pmatrix} 1"]
)
def test_an_empty_or_open_environment_is_unread(latex: str) -> None:
    (chain,) = read_page(f"$$a = {latex}$$").lines[0].chains
    assert isinstance(chain.parts[1], Unread)


@pytest.mark.parametrize(
    ("text", "outline"),
    [
        ("v = [ 3.2  −3.86  1.39 ]", "v = {3.2, (-3.86), 1.39}"),
        ("v = [ b₁  −b₂ ]", "v = {b_1, (-b_2)}"),
        ("v = [ 4.5×10⁻⁵  0.99 ]", "v = {(4.5 × (10 ^ (-5))), 0.99}"),
        ("v = [ 3.2 − 3.86 ]", "v = [(3.2 - 3.86)]"),
        ("v = [ 3.2  −  3.86 ]", "v = [(3.2 - 3.86)]"),
        ("v = ( 3.2  −3.86 )", "v = [(3.2 - 3.86)]"),
    ],
)
def test_two_blanks_part_the_entries_of_a_typed_row(text: str, outline: str) -> None:
    (line,) = read_page(text).lines
    (chain,) = line.chains
    assert outline_of_chain(chain) == outline
