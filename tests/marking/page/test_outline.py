"""Terms on one line."""

from fractions import Fraction

from chalkgrad.marking.page.outline import outline, outline_of_chain
from chalkgrad.marking.page.read import read_page
from chalkgrad.marking.page.written import Group, Name, Negative, Number, Reading, Unread


def test_every_kind_of_term_is_written(formula) -> None:
    assert formula(r"a + b \cdot (c - d)^2 / e") == "(a + ((b · ([(c - d)] ^ 2)) / e))"
    assert formula(r"x^T \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}") == "(x^T {1, 2; 3, 4})"
    assert formula(r"\begin{cases} 0 & x<0 \\ 1 & x>0 \end{cases}") == "cases(0 if x<0; 1 if x>0)"
    assert formula(r"\underbrace{x}_{1 \times 3} \nabla L") == r"(note(x; 1 \times 3) d(L)/d(?))"


def test_an_entry_is_written_with_its_place(formula) -> None:
    assert formula("(A B)_{21}") == "[(A B)]_(21)"


def test_what_is_unread_says_why() -> None:
    assert outline(Unread(0, 1, "?", "unknown")) == "<?: unknown>"


def test_a_number_that_is_not_sure_is_marked() -> None:
    assert outline(Number(0, 4, "O.35", (Reading(Fraction("0.35"), 2, "O read as 0"),))) == "O.35?"


def test_a_term_nested_without_end_is_written() -> None:
    term = Name(0, 1, "x")
    for _ in range(20_000):
        term = Negative(0, 1, Group(0, 1, term))
    assert outline(term).count("(-[") == 20_000


def test_a_chain_is_written_with_its_signs() -> None:
    page = read_page("= a ≈ 0.5")
    assert outline_of_chain(page.lines[0].chains[0]) == "= a ≈ 0.5"
