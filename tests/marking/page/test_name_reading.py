"""Names with accents, scripts and primes in any order; exponents."""

import pytest

from chalkgrad.marking.page.read import read_page
from chalkgrad.marking.page.written import Name, Term, Transpose


def only_part(text: str) -> Term:
    (chain,) = read_page(text).lines[0].chains
    return chain.parts[0]


@pytest.mark.parametrize(
    ("written", "base", "subscript", "superscript", "accent", "primes"),
    [
        ("w", "w", "", "", "", 0),
        ("w_1", "w", "1", "", "", 0),
        ("w_{1}", "w", "1", "", "", 0),
        ("w1", "w", "1", "", "", 0),
        ("w_{11}^{[1]}", "w", "11", "[1]", "", 0),
        ("w^{[1]}_{11}", "w", "11", "[1]", "", 0),
        ("w^{(1)}_{11}", "w", "11", "(1)", "", 0),
        ("w_1^1", "w", "1", "1", "", 0),
        ("w_{i,j}", "w", "i,j", "", "", 0),
        ("z_{h_1}", "z", "h1", "", "", 0),
        ("z_{h1}", "z", "h1", "", "", 0),
        ("dZ_{o_1}", "dZ", "o1", "", "", 0),
        (r"\Delta w_5", "Deltaw", "5", "", "", 0),
        ("w_5(new)", "w", "5", "new", "", 0),
        ("w_5(t+1)", "w", "5", "t+1", "", 0),
        (r"\hat{y}_1", "y", "1", "", "hat", 0),
        (r"\hat{y_1}", "y", "1", "", "hat", 0),
        (r"\hat Y_1", "Y", "1", "", "hat", 0),
        (r"\hat{\mathbf{y}}", "y", "", "", "hat", 0),
        (r"\bar{x}", "x", "", "", "bar", 0),
        (r"\tilde w_2", "w", "2", "", "tilde", 0),
        (r"\vec{w}", "w", "", "", "", 0),
        ("w'_1", "w", "1", "", "", 1),
        ("w_1'", "w", "1", "", "", 1),
        (r"w_1^{\prime}", "w", "1", "", "", 1),
        (r"w_1^\prime", "w", "1", "", "", 1),
        ("{w_1}''", "w", "1", "", "", 2),
        (r"w^{\text{new}}_1", "w", "1", "new", "", 0),
        ("w_1^{new}", "w", "1", "new", "", 0),
        ("w_1^+", "w", "1", "+", "", 0),
        ("w^{(t+1)}", "w", "", "(t+1)", "", 0),
        ("x^2", "x", "", "2", "", 0),
        (r"\delta^{(2)}_{o1}", "delta", "o1", "(2)", "", 0),
        (r"\text{net}_{h_1}", "net", "h1", "", "", 0),
        (r"\mathrm{out}_{o1}", "out", "o1", "", "", 0),
        ("out_{o1}", "out", "o1", "", "", 0),
        ("E_{total}", "E", "total", "", "", 0),
        ("E_total", "E", "total", "", "", 0),
        ("z_h1", "z", "h1", "", "", 0),
        ("I_{3 \\times 3}", "I", "3x3", "", "", 0),
        ("W₁₁⁽²⁾", "W", "11", "(2)", "", 0),
        ("h₁,₂", "h", "1,2", "", "", 0),
    ],
)
def test_a_name_in_latex(written: str, base: str, subscript: str, superscript: str, accent: str, primes: int) -> None:
    text = f"$${written}$$"
    name = only_part(text)
    assert isinstance(name, Name)
    found = (name.base, name.subscript, name.superscript, name.accent, name.primes)
    assert found == (base, subscript, superscript, accent, primes)
    assert text[name.start : name.end].strip("{") == written.strip("{")


@pytest.mark.parametrize(
    "written", ["x^T", r"x^\top", r"x^{\top}", r"x^\intercal", r"x^{\mathsf T}", r"x^{\mathrm{T}}", "xᵀ"]
)
def test_every_sign_of_a_transpose(written: str) -> None:
    transposed = only_part(f"$${written}$$")
    assert isinstance(transposed, Transpose)
    assert isinstance(transposed.operand, Name)
    assert transposed.operand.text == "x"


@pytest.mark.parametrize(
    ("latex", "outline"),
    [
        ("W^{[2]T} x", "(W^[2]^T x)"),
        (r"W^{(2)\top}_1", "W^(2)_1^T"),
        ("e^{-z}", "exp((-z))"),
        ("e^-z", "exp((-z))"),
        ("e^{(1)}", "e^(1)"),
        ("e^T", "e^T"),
        ("e_1^2", "e^2_1"),
        (r"x^{\frac{1}{2}}", "(x ^ (1 / 2))"),
        (r"\sigma(z) + \sigma", "(sigmoid(z) + sigma)"),
        (r"\sigma'(z)", "sigmoid'(z)"),
        (r"\sigma\left(W x\right)", "sigmoid((W x))"),
        (r"\sigma^2", "sigma^2"),
        ("f(x)", "(f [x])"),
        ("F'(x)", "(F' [x])"),
        ("x² + 10⁻³", "(x^2 + (10 ^ (-3)))"),
    ],
)
def test_scripts_that_are_more_than_text(formula, latex: str, outline: str) -> None:
    assert formula(latex) == outline


@pytest.mark.parametrize("latex", ["w^2^3", "w_", "w^", r"w_{\frac12}", "w^T^T x_", r"\mathbb{1}(z)"])
def test_scripts_that_make_no_sense_are_unread(formula, latex: str) -> None:
    assert formula(latex).startswith("<")


def test_letters_side_by_side_are_a_product_unless_they_are_a_word(formula) -> None:
    assert formula("abc") == "(a b c)"
    assert formula("energy", ["energy_1"]) == "energy"
    assert formula("loss") == "loss"
    assert formula(r"\text{energy} = 1") == "energy = 1"
