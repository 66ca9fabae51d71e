"""Sums, products, quotients and powers."""

import pytest

from chalkgrad.marking.page.grammar import parse_term
from chalkgrad.marking.page.items import Unreadable
from chalkgrad.marking.page.read import read_page
from chalkgrad.marking.page.tokens import Kind, Token
from chalkgrad.marking.page.written import Number, Product, Sum, Unread


@pytest.mark.parametrize(
    ("latex", "outline"),
    [
        ("a + b - c", "(a + b - c)"),
        ("-a b + c", "((-(a b)) + c)"),
        ("a - -b", "(a - (-b))"),
        (r"2 \times -1", "(2 × (-1))"),
        (r"a \cdot b \times c \odot d \circ e * f", "(a · b × c ⊙ d ⊙ e * f)"),
        ("a b (c + d)", "(a b [(c + d)])"),
        ("a / b c", "((a / b) c)"),
        ("a b / c", "((a b) / c)"),
        ("a / b / c", "((a / b) / c)"),
        (r"\frac12 (y - t)^2", "((1 / 2) ([(y - t)] ^ 2))"),
        (r"\frac{a}2 + \frac1{b} + \dfrac ab", "((a / 2) + (1 / b) + (a / b))"),
        (r"10^{-3} + 2^n + 10^-3", "((10 ^ (-3)) + (2 ^ n) + (10 ^ (-3)))"),
        (r"(W x)^T + (a)^{\top}", "([(W x)]^T + [a]^T)"),
        ("xW + b", "((x W) + b)"),
        (r"\mathbf{W}\mathbf{x} + \boldsymbol{\delta}", "((W x) + delta)"),
        (r"\|w\|^2 + \lVert w \rVert_2^2", "((norm(w) ^ 2) + (note(norm(w); _2) ^ 2))"),
        (r"|x - 1| + \left| y \right|", "(abs((x - 1)) + abs(y))"),
        (r"1_{z > 0} \odot \mathbb{1}(z \ge 0)", "(note(step(z); > 0) ⊙ note(step(z); ≥ 0))"),
        (r"\{a + b\} c", "([(a + b)] c)"),
        (r"(W^T d)_2 + {\frac{\partial L}{\partial W}}_{1, 2}", "([(W^T d)]_(2) + d(L)/d(W)_(12))"),
        (r"{w_1}' {a + b}", "(w_1' [(a + b)])"),
        (r"\Delta w_1", "Deltaw_1"),
        (r"5\% x", "(5\\% x)"),
    ],
)
def test_a_formula_is_read(formula, latex: str, outline: str) -> None:
    assert formula(latex) == outline


@pytest.mark.parametrize(
    ("latex", "why"),
    [
        ("2 3", "a number stands behind another term without an operator"),
        ("x 0.5", "a number stands behind another term without an operator"),
        (r"\times a", "an operator has no term before it"),
        ("a +", "a term is missing at the end"),
        ("+ a", "it goes on from what stands before"),
        ("(a", "this bracket is never closed"),
        ("a)", "this bracket was never opened"),
        (r"x_1 + \ldots + x_n", "dots stand for what is left out"),
        (r"\pm 1", "the command `\\pm` is not known here"),
        ("a ! b", "the sign `!` is not known here"),
        ("(a = b) c", "a relation stands inside brackets"),
        ("(a + b)_k", "a subscript that is no place behind something that is no name"),
        (r"\frac{a}{b}_1", "a subscript stands behind something that is no name"),
        ("(a b)'", "a prime stands behind something that is no name"),
        ("a | b", "a lone bar"),
        ("()", "nothing stands here"),
        ("-" * 200 + "a", "nested too deeply"),
        (r"\sqrt" * 200 + "a", "nested too deeply"),
        ("a" + "/a" * 400, "nested too deeply"),
    ],
)
def test_what_cannot_be_read_says_why(latex: str, why: str) -> None:
    (line,) = read_page(f"$${latex}$$").lines
    (chain,) = line.chains
    (part,) = chain.parts
    assert isinstance(part, Unread)
    assert part.why == why
    assert part.text == latex


def test_a_long_sum_is_not_deep() -> None:
    (chain,) = read_page("$$" + "1" + "+1" * 5000 + "$$").lines[0].chains
    assert isinstance(chain.parts[0], Sum)
    assert len(chain.parts[0].terms) == 5001


def test_the_signs_of_a_product_are_kept() -> None:
    (chain,) = read_page(r"$$a b \cdot c @ d$$").lines[0].chains
    product = chain.parts[0]
    assert isinstance(product, Product)
    assert product.signs == ("", "", "·", "@")


def test_nothing_is_no_term() -> None:
    with pytest.raises(Unreadable, match="nothing stands here"):
        parse_term([], 0, 0, "")
    number = Token(Kind.NUMBER, 0, 1)
    assert isinstance(parse_term([number], 0, 1, "5"), Number)
