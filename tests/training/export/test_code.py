from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalkgrad.training.export.code import Code, Hold, binary, call, name, negative, number, power

VALUES = {"a": 1.7, "b": -0.6, "c": 2.3}


def leaves():
    names = st.sampled_from(sorted(VALUES)).map(lambda text: (name(text), VALUES[text]))
    numbers = st.fractions(-5, 5, max_denominator=12).map(lambda value: (number(value), float(value)))
    calls = st.sampled_from(sorted(VALUES)).map(lambda text: (call(f"abs({text})"), abs(VALUES[text])))
    return names | numbers | calls


def grown(children):
    def joined(drawn):
        operator, (left, x), (right, y) = drawn
        value = {"+": x + y, "-": x - y, "*": x * y, "/": x / y if y else math.nan}[operator]
        return binary(operator, left, right), value

    pairs = st.tuples(st.sampled_from("+-*/"), children, children).map(joined)
    signs = children.map(lambda drawn: (negative(drawn[0]), -drawn[1]))
    squares = children.map(lambda drawn: (power(drawn[0], number(Fraction(2))), drawn[1] ** 2))
    return pairs | signs | squares


@given(st.recursive(leaves(), grown, max_leaves=12))
def test_python_reads_what_was_meant(drawn):
    written, value = drawn
    if math.isfinite(value):
        try:
            found = eval(written.text, dict(VALUES))  # noqa: S307
        except ZeroDivisionError:
            return
        assert found == pytest.approx(value, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(3), "3"), (Fraction(1, 2), "0.5"), (Fraction(-1, 4), "-0.25"), (Fraction(1, 3), "1 / 3"),
        (Fraction(1, 10), "0.1"), (Fraction(-2, 3), "-(2 / 3)"), (Fraction(10**400), "math.inf"),
        (Fraction(10**20), "1e+20"), (Fraction(1, 10**30 + 1), "1e-30"),
    ],
)  # fmt: skip
def test_numbers(value, text):
    assert number(value).text == text


def test_powers_as_formatters_write_them():
    assert power(name("a"), number(Fraction(2))).text == "a**2"
    assert power(name("a"), number(Fraction(-1))).text == "a**-1"
    assert power(call("f(a)"), number(Fraction(2))).text == "f(a) ** 2"
    assert power(number(Fraction(-2)), name("a")).text == "(-2) ** a"
    assert negative(power(name("a"), number(Fraction(2)))).text == "-(a**2)"
    assert power(power(name("a"), name("b")), name("c")).text == "(a**b) ** c"


def test_matrix_products_beside_others_have_brackets():
    product = binary("@", name("x"), name("W"))
    assert binary("*", product, name("m")).text == "(x @ W) * m"
    assert binary("@", product, name("V")).text == "x @ W @ V"
    assert binary("@", name("V"), product).text == "V @ (x @ W)"


def test_what_is_within():
    assert Code("a + b", Hold.SUM).within(Hold.PRODUCT) == "(a + b)"
    assert Code("a + b", Hold.SUM).within(Hold.SUM) == "a + b"
