"""Tidy rules: each one, what they leave alone, and that none changes a value."""

from __future__ import annotations

from fractions import Fraction

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalkgrad.core.algebra import (
    add,
    divide,
    exp,
    expand,
    matmul,
    multiply,
    negate,
    power,
    subtract,
    summation,
    transpose,
)
from chalkgrad.core.evaluate import evaluate
from chalkgrad.core.node import ONE, ZERO, Node, constant, variable
from chalkgrad.core.precise import precise
from chalkgrad.core.shape import shape_of, sizes

x, y, z = (variable(name) for name in "xyz")
A, B, C = (variable(name, shape_of(2, 2)) for name in "ABC")
row, single = variable("r", shape_of(1, 2)), variable("s", shape_of(1, 1))
HALF = Fraction(1, 2)

RULES = [
    # sums
    (constant(2) + 3, constant(5)),
    (x + 0, x),
    (0 + A, A),
    (x + -y, x - y),
    (-x + y, y - x),
    (constant(2) - 3, constant(-1)),
    (A - 0, A),
    (0 - x, negate(x)),
    (x - -y, x + y),
    (x + -2 * y, x - 2 * y),
    (x - -2 * A, x + 2 * A),
    (-2 * x + y, y - 2 * x),
    (x + constant(-0.5) * y, x - constant(0.5) * y),
    (-constant(2), constant(-2)),
    (negate(-x), x),
    (-(x - y), y - x),
    # products
    (constant(2) * 3, constant(6)),
    (x * 2, 2 * x),
    (1 * A, A),
    (0 * x, ZERO),
    (-1 * x, -x),
    (2 * -x, -2 * x),
    (2 * (3 * x), 6 * x),
    (HALF * (2 * x), x),
    (3 * divide(2, x), divide(6, x)),
    (multiply(-x, y), -(x * y)),
    (multiply(x, -y), -(x * y)),
    (multiply(2 * x, y), 2 * (x * y)),
    (multiply(x, 2 * y), 2 * (x * y)),
    (multiply(2 * x, 3 * y), 6 * (x * y)),
    (multiply(expand(x, A), A), multiply(x, A)),
    (multiply(A, expand(row, A)), multiply(A, row)),
    # quotients and powers
    (constant(1) / 3, constant(Fraction(1, 3))),
    (A / 1, A),
    (0 / x, ZERO),
    (divide(expand(x, A), A), divide(x, A)),
    (x**1, x),
    (x**0, ONE),
    (A**0, expand(ONE, A)),
    (constant(2) ** 10, constant(1024)),
    (constant(2) ** -1, constant(HALF)),
    # matrices
    (matmul(-A, B), -(A @ B)),
    (matmul(A, -B), -(A @ B)),
    (matmul(2 * A, B), 2 * (A @ B)),
    (matmul(A, x * B), x * (A @ B)),
    (matmul(-A, -A), A @ A),
    (A.T.T, A),
    (single.T, single),
    ((A @ B).T, B.T @ A.T),
    ((A @ B @ C).T, C.T @ (B.T @ A.T)),
    ((2 * A).T, 2 * A.T),
    # sums of entries and repetition
    (summation(x), x),
    (summation(row, axes=(0,)), row),
    (summation(-A), -summation(A)),
    (summation(2 * A), 2 * summation(A)),
    (summation(x * A, axes=(1,)), x * summation(A, axes=(1,))),
    (expand(A, B), A),
    (expand(x, y), x),
    (expand(x, exp(A + B)), expand(x, A)),
]


@pytest.mark.parametrize(("made", "expected"), RULES, ids=[str(number) for number in range(len(RULES))])
def test_a_rule(made, expected):
    assert made is expected


@pytest.mark.parametrize(
    ("node", "op"),
    [
        (x + x, add),
        (x - x, subtract),
        (x * x, multiply),
        (x / x, divide),
        (2 * (x + y), multiply),
        (x * (y + z), multiply),
        (0 * A, multiply),
        (constant(1) / 0, divide),
        (constant(0) ** -1, power),
        (constant(2) ** HALF, power),
        (constant(10) ** 65, power),
        (constant(2**65) ** 2, power),
        (0 / A, divide),
        (A**2, power),
        (row.T, transpose),
        (summation(A), summation),
    ],
)
def test_what_a_person_would_write_is_left_alone(node, op):
    assert node.op is op


def test_a_long_product_is_transposed_and_a_deep_one_repeated_without_recursion():
    product, deep = A, A
    for _ in range(20_000):
        product, deep = product @ B, add(deep, B)
    assert transpose(product).op is matmul
    assert expand(x, deep) is expand(x, A)


# --- no rule changes a value ------------------------------------------------------------------------------------------

SQUARE = st.deferred(lambda: SQUARES)
SCALAR = st.deferred(lambda: SCALARS)
BINARY = st.sampled_from([add, subtract, multiply])
NUMBERS = st.sampled_from([0, 1, -1, 2, 3, HALF, Fraction(-1, 3)]).map(constant)
POWERS = st.sampled_from([0, 1, 2, 3]).map(constant)
DIVISORS = st.sampled_from([1, 2, -4]).map(constant)
SCALARS = (
    NUMBERS
    | st.sampled_from([x, y])
    | st.tuples(BINARY, SCALAR, SCALAR)
    | st.tuples(st.just(negate), SCALAR)
    | st.tuples(st.just(power), SCALAR, POWERS)
    | st.tuples(st.just(divide), SCALAR, DIVISORS)
    | st.tuples(st.just(summation), SQUARE)
)
SQUARES = (
    st.sampled_from([A, B])
    | st.tuples(BINARY, SQUARE, SQUARE | SCALAR | st.just(row))
    | st.tuples(BINARY, SCALAR | st.just(row), SQUARE)
    | st.tuples(st.just(matmul), SQUARE, SQUARE)
    | st.tuples(st.sampled_from([negate, transpose]), SQUARE)
    | st.tuples(st.just(power), SQUARE, POWERS)
    | st.tuples(st.just(divide), SQUARE, DIVISORS)
    | st.tuples(st.just(expand), SCALAR | st.just(row), SQUARE)
)
VALUES = {
    x: "0.7", y: "-1.3", A: [["0.2", "-1"], ["0.6", "2"]], B: [["1", "0.3"], ["-0.4", "1.1"]], row: [["0.9", "-0.8"]]
}  # fmt: skip


def build(tree, tidied: bool) -> Node:
    if isinstance(tree, Node):
        return tree
    op, *arguments = tree
    nodes = tuple(build(argument, tidied) for argument in arguments)
    return op(*nodes) if tidied else Node.of(op, nodes, {"axes": None} if op is summation else {})


def check_same(tidied: Node, plain: Node) -> None:
    xp = precise()
    values = {leaf: xp.array(value) for leaf, value in VALUES.items()}
    assert sizes(tidied.shape) == sizes(plain.shape)
    left, right = (numpy.asarray(value, dtype=object) for value in evaluate([tidied, plain], values, xp))
    assert left.shape == right.shape
    for a, b in zip(left.flat, right.flat, strict=True):
        # 50 digits, of which products of a few dozen factors may lose some.
        assert abs(a - b) <= 1e-35 * max(1, abs(a))


@settings(max_examples=200)
@given(SCALAR | SQUARE)
def test_a_tidied_formula_has_the_value_of_the_untidied_one(tree):
    check_same(build(tree, True), build(tree, False))


def test_the_comparison_can_fail():
    with pytest.raises(AssertionError):
        check_same(x + y, x - y)
    with pytest.raises(AssertionError):
        check_same(x + row, x + A)
