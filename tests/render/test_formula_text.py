"""What is written is read back to the same node."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalkgrad.core.algebra import divide, exp, log, matmul, multiply, power, sqrt, summation, transpose
from chalkgrad.core.equality import compare
from chalkgrad.core.node import constant, variable
from chalkgrad.core.shape import shape_of
from chalkgrad.errors import ChalkgradError
from chalkgrad.ops.activations import relu, sigmoid, tanh
from chalkgrad.ops.functions import absolute, indicator, maximum, unnamed, xlogy
from chalkgrad.ops.structure import part, stack
from chalkgrad.reading.binding import Environment, bind
from chalkgrad.reading.formulas import parse_formula
from chalkgrad.render.formula_text import formula_text

x, y, A, B, v = (
    variable(name, shape)
    for name, shape in zip("xyABv", [(), (), shape_of(2, 2), shape_of(2, 2), shape_of(1, 2)], strict=True)
)
NAMES = {node.name: node for node in (x, y, A, B, v)}


def back(node):
    expression = parse_formula(formula_text(node), names=list(NAMES))
    return bind(expression, Environment(NAMES, per_sample=False))


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (x - (y - 1), "x - (y - 1)"),
        (divide(x, multiply(y, x)), "x / (y * x)"),
        (divide(divide(x, y), x), "x / y / x"),
        (multiply(x, divide(y, 2)), "x * (y / 2)"),
        (multiply(constant(Fraction(1, 2)), x), "(1/2) * x"),
        (multiply(-2, x), "(-2) * x"),
        (power(power(x, 2), y), "(x^2)^y"),
        (power(constant(-2), x), "(-2)^x"),
        (power(x, -1), "x^(-1)"),
        (-(x**2), "-x^2"),
        ((-x) ** 2, "(-x)^2"),
        (matmul(A, A * B), "A @ (A * B)"),
        (matmul(matmul(A, B), A), "A @ B @ A"),
        (transpose(A + B), "(A + B).T"),
        (maximum(x, y), "max(x, y)"),
        (indicator(x - 2), "x - 2 > 0"),
        (2 * indicator(x), "2 * (x > 0)"),
        (part(A, column=1), "A_2"),
        (part(v, row=0, column=0), "v_1"),
        (stack(x, y, 1, 2, rows=A.shape[0], columns=A.shape[1]), "[[x, y], [1, 2]]"),
        (unnamed(x + 1, name="f"), "f(x + 1)"),
        (constant(0.5) * x, "0.5 * x"),
    ],
)
def test_written_and_read_back(node, text):
    assert formula_text(node) == text
    assert back(node) is node


def test_ops_that_are_written_as_their_definition():
    assert formula_text(2 * xlogy(x, y)) == "2 * (x * log(y))"


def test_names_are_taken_instead_of_formulas():
    assert formula_text(2 * (x + y) ** 2, {x + y: "z"}) == "2 * z^2"


leaves = st.sampled_from([x, y, A, v, constant(2), constant(-3), constant(Fraction(1, 3)), constant(0.25)])


def larger(nodes):
    unary = st.sampled_from([exp, log, sqrt, tanh, sigmoid, relu, absolute, summation, transpose, lambda n: -n])
    two = [lambda a, b: a + b, lambda a, b: a - b, multiply, divide, power, matmul, maximum]
    return st.one_of(
        st.builds(lambda op, n: made(op, n), unary, nodes),
        st.builds(lambda op, a, b: made(op, a, b), st.sampled_from(two), nodes, nodes),
    )


def made(op, *arguments):
    """An op on nodes, or the first of them where their shapes do not fit."""
    try:
        return op(*arguments)
    except ChalkgradError:
        return arguments[0]


@settings(max_examples=300, deadline=None)
@given(st.recursive(leaves, larger, max_leaves=12))
def test_any_node_is_read_back_with_the_same_value(node):
    found = back(node)
    # Tidying may bring factors in another order; the value is the same wherever there is one.
    assert found is node or compare(found, node, points=2).equal is not False


def test_long_and_deep_formulas():
    total = product = deep = x
    for k in range(2000):
        total = total + 2 * y if k % 2 else total - x
        product = product * y
        deep = tanh(deep) if k < 1200 else deep
    assert formula_text(total).startswith("x - x + 2 * y - x")
    assert formula_text(product).count("*") == 2000
    assert formula_text(deep).count("tanh(") == 1200
