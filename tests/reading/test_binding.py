"""From syntax to nodes: products, picks, reductions, comparisons, and faults with places."""

from __future__ import annotations

from fractions import Fraction

import pytest

from chalkgrad.core.algebra import matmul, multiply, subtract, summation, transpose
from chalkgrad.core.node import constant, variable
from chalkgrad.core.shape import Axis, shape_of
from chalkgrad.errors import FormulaError
from chalkgrad.ops.activations import gelu, leaky_relu, relu
from chalkgrad.ops.functions import absolute, indicator, maximum, pi, unnamed
from chalkgrad.ops.softmax import log_softmax, softmax
from chalkgrad.ops.structure import mean, part
from chalkgrad.reading.binding import Environment, bind
from chalkgrad.reading.formulas import parse_formula

c, q = variable("c"), variable("q")
x = variable("x", (Axis("samples", None), Axis("inputs", 2)))
W = variable("W", shape_of(2, 3))
b = variable("b", shape_of(1, 3))
s = variable("s", (Axis("samples", None), Axis("one", 1)))
NAMES = {node.name: node for node in (c, q, x, W, b, s)}


def bound(text, **settings):
    names = settings.pop("names", NAMES)
    expression = parse_formula(text, names=list(names))
    return bind(expression, Environment(names, **settings))


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("2 c", 2 * c),
        ("c q", c * q),
        ("x W", matmul(x, W)),
        ("x @ W", matmul(x, W)),
        ("b W'", matmul(b, transpose(W))),
        ("b Wᵀ", matmul(b, transpose(W))),
        ("s b", matmul(s, b)),
        ("b ⊙ b", multiply(b, b)),
        ("2 * W", 2 * W),
        ("s x", multiply(s, x)),
        ("W_2", part(W, column=1)),
        ("b_3", part(b, row=0, column=2)),
        ("x_2", part(x, column=1)),
        ("pi", pi()),
        ("|c|", absolute(c)),
        ("max(0, c)", relu(c)),
        ("max(c, 0)", relu(c)),
        ("max(c, q)", maximum(c, q)),
        ("c > q", indicator(c - q)),
        ("c <= q", subtract(1, indicator(c - q))),
        ("sum(x)", summation(x, axes=(1,))),
        ("mean(x)", mean(x, axes=(1,))),
        ("sum(W)", summation(W)),
        ("softmax(x)", softmax(x, axis=1)),
        ("log_softmax(x)", log_softmax(x, axis=1)),
        ("gelu(c)", gelu(c)),
        ("leaky_relu(c)", leaky_relu(c)),
        ("f(c)", unnamed(c, name="f")),
        ("0.1", constant(Fraction(1, 10), "0.1")),
        ("1/2 c", constant(Fraction(1, 2)) * c),
        ("c'", c),
    ],
)
def test_meaning(text, node):
    assert bound(text) is node


def test_columns():
    column = variable("x", (Axis("inputs", 2), Axis("samples", None)))
    names = {**NAMES, "x": column, "v": variable("v", shape_of(2, 1))}
    assert bound("W' x", names=names, columns=True) is matmul(transpose(W), column)
    assert bound("W_2", names=names, columns=True) is part(W, row=1)
    assert bound("v_2", names=names, columns=True) is part(names["v"], row=1, column=0)
    assert bound("sum(x)", names=names, columns=True) is summation(column, axes=(0,))
    assert bound("softmax(x)", names=names, columns=True) is softmax(column, axis=0)
    assert bound("[1, 2]", columns=True).shape[0].size == 2


def test_a_loss_sums_over_everything():
    assert bound("sum(x)", per_sample=False) is summation(x)
    assert bound("mean(x)", per_sample=False) is mean(x)
    assert bound("s' s", per_sample=False) is matmul(transpose(s), s)


def test_the_slope_of_relu_at_zero_is_handed_on():
    half = {"at_zero": Fraction(1, 2)}
    assert bound("relu(c)", relu_attributes=half) is relu(c, **half)
    assert bound("max(0, c)", relu_attributes=half) is relu(c, **half)


def test_a_defined_name_goes_before_a_unit_and_pi():
    two = {**NAMES, "W_2": q, "pi": c}
    assert bound("W_2", names=two) is q
    assert bound("pi", names=two) is c


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "c + cc1 + u",
            'formula:1:5: the name "cc1" has no value and no formula [unknown-name]\n'
            "    c + cc1 + u\n        ^^^\n"
            "    hint: give it under `given`, as in cc1: 0.5\n"
            'formula:1:11: the name "u" has no value and no formula [unknown-name]\n'
            "    c + cc1 + u\n              ^\n"
            "    hint: give it under `given`, as in u: 0.5",
        ),
        (
            "W x",
            "formula:1:1: the matrix product of W (2 × 3) and x (samples: N × inputs: 2) needs as many columns on the "
            "left as rows on the right, but size 3 does not fit samples = N [inner-sizes-differ]\n"
            "    W x\n    ^^^\n"
            "    hint: transpose one factor (x') or change their order",
        ),
        (
            "W @ c",
            "formula:1:1: a matrix product needs two vectors or matrices, but got W (2 × 3) and c (a scalar) "
            "[not-a-matrix]\n"
            "    W @ c\n    ^^^^^\n"
            "    hint: write a scaling by juxtaposition, as in 2 x",
        ),
        (
            "W_4",
            "formula:1:1: W is (2 × 3) and has no unit 4 [no-such-unit]\n    W_4\n    ^^^\n    hint: 1 to 3",
        ),
        (
            "relu(c, q)",
            "formula:1:1: relu takes 1 argument, not 2 [argument-count]\n    relu(c, q)\n    ^^^^^^^^^^",
        ),
        (
            "c/(1 - 1)",
            "formula:1:1: this divides by 0 [division-by-zero]\n    c/(1 - 1)\n    ^^^^^^^^^\n"
            "    hint: check the denominator",
        ),
        (
            "x x'",
            "formula:1:1: this multiplies samples with each other [samples-mixed]\n    x x'\n    ^^^^\n"
            "    hint: write it for one sample and set `batch: 1`",
        ),
        (
            "2 x' x",
            "formula:1:1: this multiplies samples with each other [samples-mixed]\n    2 x' x\n    ^^^^^^\n"
            "    hint: write it for one sample and set `batch: 1`",
        ),
    ],
)
def test_messages(text, message):
    with pytest.raises(FormulaError) as caught:
        bound(text)
    assert str(caught.value) == message


def test_the_nearest_name_is_offered():
    with pytest.raises(FormulaError, match='did you mean "alpha"'):
        bound("alpga + 1", names={"alpha": c})
