"""Chains: signs, separators, rows, labels, lists."""

import pytest

from chalkgrad.marking.page.chains import LineNumbers
from chalkgrad.marking.page.read import read_page
from chalkgrad.marking.page.written import Unread


@pytest.mark.parametrize("sign", ["=", "==", r"\equiv"])
def test_signs_of_equality(formula, sign: str) -> None:
    assert formula(f"a {sign} b") == "a = b"


@pytest.mark.parametrize("sign", [r"\approx", "≈", r"\simeq", "≃", r"\cong", r"\doteq", r"\sim"])
def test_signs_of_about(formula, sign: str) -> None:
    assert formula(f"a {sign} 0.5") == "a ≈ 0.5"


@pytest.mark.parametrize(
    "sign",
    [
        *(r"\rightarrow", r"\Rightarrow", r"\to", r"\implies", r"\leftrightarrow", r"\iff", "⇒", "→", "->", r"\mapsto"),
        *(r"\xrightarrow{\text{so}}", r"\xrightarrow[below]{above}"),
    ],
)
def test_arrows(formula, sign: str) -> None:
    assert formula(f"a {sign} b") == "a → b"


@pytest.mark.parametrize("sign", [r"\leftarrow", r"\gets", ":=", r"\coloneqq", "←"])
def test_assignments(formula, sign: str) -> None:
    assert formula(f"w {sign} w - a") == "w ← (w - a)"


def test_comparisons(formula) -> None:
    assert formula(r"0 < x \le 5 \neq y \geq z > 1") == "0 < x ≤ 5 ≠ y ≥ z > 1"


def test_a_sign_with_a_note_is_the_sign(formula) -> None:
    assert formula(r"a \overset{!}{=} \stackrel{\text{def}}{=} b".replace(r"\stackrel{\text{def}}{=} ", "")) == "a = b"
    assert formula(r"a \stackrel{\text{def}}{=} b") == "a = b"


@pytest.mark.parametrize(
    "separator",
    [
        ", ",
        "; ",
        r" \quad ",
        r" \qquad ",
        r" \\ ",
        r" \text{ and } ",
        r" \text{و} ",
        r" \quad , \quad ",
        "، ",
        r" \cr ",
    ],
)
def test_separators_part_chains(said, separator: str) -> None:
    assert said(f"$$a = 1{separator}b = 2$$") == ["a = 1", "b = 2"]


@pytest.mark.parametrize("space", [r"\quad", r"\qquad", "&", r"\;"])
def test_space_beside_a_sign_parts_nothing(formula, space: str) -> None:
    assert formula(f"a {space} = {space} b + {space} c") == "a = (b + c)"


def test_decimal_commas_part_nothing(formula) -> None:
    assert formula("a = 0,35 + 0{,}15") == "a = (0,35 + 0{,}15)"


def test_a_chain_may_go_on_from_before(said) -> None:
    page = read_page("$$= a = b$$\n$$\\rightarrow c = d$$")
    assert [chain.signs[0] for line in page.lines for chain in line.chains] == ["=", "→"]


def test_only_the_part_between_two_signs_is_unread(said) -> None:
    assert said("$$z = ??? = 0.377$$") == ["z = <???: a question mark> = 0.377"]
    assert said("$$z = a + ( = 0.377$$") == ["z = <a + (: this bracket is never closed> = 0.377"]


def test_a_sign_without_a_part_is_said(said) -> None:
    why = "nothing stands beside this sign"
    assert said("$$a = = b$$") == [f"a = <: {why}> = b"]
    assert said("$$a =$$") == [f"a = <: {why}>"]
    assert said(r"$$a = b \Rightarrow$$") == ["a = b"]
    assert said(r"$$a \Rightarrow = b$$") == ["a = b"]


def test_a_lone_number_is_a_chain_of_one(said) -> None:
    assert said("$$-0.378$$ and $e^{-0.378}$") == ["(-0.378)", "exp((-0.378))"]


@pytest.mark.parametrize(
    "latex",
    [
        r"\begin{array}{l} x_1 = 0.05 \\ x_2 = 0.10 \end{array}",
        r"\left\{ \begin{array}{l} x_1 = 0.05 \\ x_2 = 0.10 \end{array} \right.",
        r"\left. \begin{array}{l} x_1 = 0.05 \\ x_2 = 0.10 \end{array} \right\} \text{input}",
        r"\begin{cases} x_1 = 0.05 \\ x_2 = 0.10 \end{cases}",
        r"\boxed{x_1 = 0.05} \quad {x_2 = 0.10}",
        r"x_1, x_2 = 0.05, 0.10",
    ],
)
def test_several_equations_in_one_formula(said, latex: str) -> None:
    assert said(f"$${latex}$$") == ["x_1 = 0.05", "x_2 = 0.10"]


def test_lists_of_other_lengths_are_not_paired(said) -> None:
    assert said("$$a, b = 1$$") == ["a", "b = 1"]
    assert said("$$a = 1, b = 2, 3$$") == ["a = 1", "b = 2", "3"]
    assert said("$$f(x), b = 1, 2$$") == ["(f [x])", "b = 1", "2"]


def test_brackets_may_reach_over_rows(said) -> None:
    latex = r"a &= \frac12 \left( b + c \right. \\ &\quad \left. + d \right) \\ &= 3"
    assert said(f"$$\\begin{{aligned}} {latex} \\end{{aligned}}$$") == ["a = ((1 / 2) [(b + c + d)])", "= 3"]


def test_a_row_that_begins_with_an_operator_goes_on(said) -> None:
    latex = r"a &= b \\ &\quad + c \\ &\times d"
    assert said(f"$$\\begin{{aligned}} {latex} \\end{{aligned}}$$") == ["a = (b + (c × d))"]


def test_columns_of_equations_are_parted(said) -> None:
    assert said(r"\begin{align} a &= 1 & b &= 2 \\ c &= 3 & d &= 4 \end{align}") == ["a = 1", "b = 2", "c = 3", "d = 4"]


def test_labels_are_no_factors(said) -> None:
    assert said(r"$$a = 1 \text{label}$$") == ["a = 1"]
    assert said(r"$$\text{err} = 1$$") == ["err = 1"]
    assert said(r"$$a = 1 (\text{given})$$") == ["a = 1"]
    assert said(r"$$a = f(\text{err})$$") == ["a = (f [err])"]
    assert said(r"$$PAPCO \quad a = 1$$") == ["a = 1"]
    assert said(r"$$P4PCO \quad a = 1$$") == ["a = 1"]


def test_a_colon_before_a_value_says_what_it_is(said) -> None:
    assert said("h1: 0.593") == ["h_1 = 0.593"]
    assert said("dL/dw1: 0.5 * 0.3") == ["d(L)/d(w_1) = (0.5 * 0.3)"]
    assert said("w1: w1 = 0.5") == ["w_1 = 0.5"]
    assert said("h1: the first unit") == []


def test_words_before_a_sign_are_no_name(said) -> None:
    assert said("و خطا = 0.5") == ["<خطا: words stand where a name was expected> = 0.5"]


def test_a_value_at_a_point_is_unread(said) -> None:
    (outline,) = said(r"$$\left. \frac{dL}{dw} \right|_{w=0} = 3$$")
    assert outline.endswith("a value at a point> = 3")


def test_places_of_chains() -> None:
    text = "so $a = 1$, $$\nb = 2 \\\\\nc = 3\n$$"
    page = read_page(text)
    chains = [chain for line in page.lines for chain in line.chains]
    assert [text[chain.start : chain.end] for chain in chains] == ["a = 1", "b = 2", "c = 3"]
    assert [chain.line for chain in chains] == [1, 2, 3]


def test_a_chain_over_several_lines_stands_with_its_first() -> None:
    page = read_page("$$\na\n= b\n= c\n$$")
    assert [(line.number, line.kind, len(line.chains)) for line in page.lines] == [
        (1, "prose", 0),
        (2, "math", 1),
        (3, "math", 0),
        (4, "math", 0),
        (5, "prose", 0),
    ]


def test_lines_are_counted() -> None:
    numbers = LineNumbers("a\n\nb")
    assert [numbers.at(place) for place in range(4)] == [1, 1, 2, 3]


def test_a_term_nested_too_deep_is_unread() -> None:
    (chain,) = read_page("$$" + "(" * 99 + "a" + ")" * 99 + "= b$$").lines[0].chains
    assert not isinstance(chain.parts[0], Unread)
    (chain,) = read_page("$$" + "(" * 101 + "a" + ")" * 101 + "= b$$").lines[0].chains
    assert isinstance(chain.parts[0], Unread)
    assert chain.parts[0].why == "nested too deeply"
