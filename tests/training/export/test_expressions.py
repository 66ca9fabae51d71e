"""Formulas as Python: what NumPy makes of the text is what our own evaluator makes of the node."""

from __future__ import annotations

import math

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalkgrad.core.algebra import exp, expand, matmul, multiply, summation, transpose
from chalkgrad.core.evaluate import evaluate
from chalkgrad.core.gradient import gradient
from chalkgrad.core.node import Node, constant, variable
from chalkgrad.core.shape import SAMPLES, Axis, shape_of
from chalkgrad.errors import UsageError
from chalkgrad.ops import OPS
from chalkgrad.ops.functions import indicator, maximum, minimum, peak, pi, unnamed, xlogy
from chalkgrad.ops.structure import choose, count, equal_to, greater, greater_equal, less_equal, part, stack
from chalkgrad.training.export import code
from chalkgrad.training.export.expressions import WIDTH, ExpressionWriter, helpers_used
from chalkgrad.training.export.keras_words import KERAS
from chalkgrad.training.export.numpy_words import NUMPY
from chalkgrad.training.export.onnx_ops import EMITTERS
from chalkgrad.training.export.torch_words import TORCH

A, B, W = variable("A", (SAMPLES, Axis("", 2))), variable("B", shape_of(2, 3)), variable("w")
GIVEN = {
    A: numpy.array([[0.3, -1.2], [0.9, 0.4], [-0.2, 1.1], [2.0, 0.1]]),
    B: numpy.arange(6.0).reshape(2, 3) / 7,
    W: 0.7,
}
NAMES = {node: code.name(node.name) for node in GIVEN}


def writer(dialect=NUMPY) -> ExpressionWriter:
    return ExpressionWriter(dialect, NAMES)


def lines(node: Node, dialect=NUMPY) -> list[str]:
    return writer(dialect).assignment("result", node)


def worked(node: Node):
    """What the lines of a formula give, run by Python."""
    text = lines(node)
    source = "\n".join([*helpers_used(text, NUMPY.helpers), *text])
    space = {"np": numpy, "math": math, "N": 4, **{leaf.name: value for leaf, value in GIVEN.items()}}
    exec(source, space)  # noqa: S102
    return space["result"]


def check(node: Node) -> None:
    with numpy.errstate(all="ignore"):
        numpy.testing.assert_allclose(worked(node), evaluate([node], GIVEN)[0], rtol=1e-12, atol=1e-14)


FORMULAS = [
    matmul(A, B) * 2 + 1, transpose(B) @ transpose(A), A**2 / (1 + A**2), -(A**3), (-A) ** 2, constant(2) ** A,
    exp(-A * A) / 3, summation(A), summation(A, axes=(0,)), summation(A, axes=(0, 1)), peak(A), peak(A, axes=(1,)),
    A / count(A), A * (1 / count(A, axes=(0,))),
    maximum(A, W), minimum(A, 0.5), choose(greater(A, 0), A, 0), choose(A, 1, 2),
    choose(less_equal(A, W), 1, A), greater_equal(A, W) + equal_to(A, 0.9), indicator(A) * A,
    indicator(A) + indicator(-A), 1 - indicator(A), multiply(indicator(A), indicator(A - W)), xlogy(A**2, 0.3 + A**2),
    part(A, row=1), part(A, column=0),
    part(A, row=1, column=1), stack(W, constant(2), W * W, pi() / 3, rows=Axis("", 2), columns=Axis("", 2)) @ B,
    expand(W, A) @ B, expand(constant(1), A) @ B, A * expand(W, A), (expand(W, A) / 2) * A, pi() * W,
    OPS.function("sqrt")(constant(2)) * A, OPS.function("erf")(constant(1)) * A, A - (A - (A - 1)), A / (A / W),
    OPS.function("tanh")(constant(1)) + A, OPS.function("log")(constant(0)) + W, OPS.function("gelu")(constant(1)) * W,
]  # fmt: skip


@pytest.mark.parametrize("formula", FORMULAS, ids=range(len(FORMULAS)))
def test_formulas(formula):
    check(formula)


@pytest.mark.parametrize("op", [op for op in OPS.functions.values() if op.arity == 1], ids=lambda op: op.name)
def test_every_function_and_its_slope(op):
    argument = A**2 + 0.1
    check(op(argument))
    if op.pull_back is not None:
        check(gradient(summation(op(argument) * A), [A])[0])


@given(st.lists(st.integers(0, len(FORMULAS) - 1), min_size=1, max_size=30), st.integers(0, 3))
def test_long_formulas_get_lines_of_their_own(picked, kind):
    total = W
    for number in picked:
        term = summation(FORMULAS[number]) if FORMULAS[number].shape else FORMULAS[number]
        total = [total + term, total * (1 + term) / 9, W - (total - term), OPS.function("sin")(total) + term][kind]
    check(total)
    assert all(len(line) <= WIDTH for line in lines(total))


def test_a_deep_formula_needs_no_deep_recursion():
    total = W
    for _ in range(3000):
        total = OPS.function("sin")(total + 1)
    found = lines(total)
    assert all(len(line) <= WIDTH for line in found)


def test_a_shared_part_is_not_written_out_again_and_again():
    total = A + 1
    for _ in range(40):
        total = total * total + 1
    assert len("\n".join(lines(total))) < 5000


def test_a_wide_matrix_is_written_row_by_row():
    matrix = stack(*[W * k for k in range(1, 41)], rows=Axis("", 5), columns=Axis("", 8))
    found = lines(matrix)
    assert found[0] == "result = np.array("
    assert len(found) == 9
    numpy.testing.assert_allclose(worked(matrix), 0.7 * numpy.arange(1, 41).reshape(5, 8))


def test_conditions_are_multiplied_as_they_are():
    assert lines(A * indicator(W)) == ["result = A * (w > 0)"]
    assert lines(A * indicator(W), TORCH) == ["result = A * indicator(w, 0)"]


@pytest.mark.parametrize("dialect", [NUMPY, TORCH, KERAS], ids=lambda dialect: dialect.name)
def test_every_op_can_be_written(dialect):
    known = {*dialect.calls, "add", "subtract", "multiply", "divide", "matmul", "negate", "power", "transpose", "part"}
    known |= {"count", "linear", "greater", "greater_equal", "less_equal", "equal_to"}
    assert {op.name for op in OPS if op.definition is None} <= known


def test_every_op_can_be_written_in_onnx():
    assert {op.name for op in OPS if op.definition is None} <= {*EMITTERS}


def test_an_op_without_words_is_refused():
    with pytest.raises(UsageError) as error:
        lines(unnamed(A, name="f", order=0))
    assert "f has no formula, so it cannot be written in NumPy [unnamed-function]" in str(error.value)


def test_helpers_bring_what_they_need():
    helpers = NUMPY.helpers
    assert helpers_used(["a = softmax_cross_entropy(z, y, axis=1)"], helpers) == [
        helpers["log_softmax"],
        helpers["softmax_cross_entropy"],
    ]
    assert helpers_used(["a = torch.sigmoid(z) + mysigmoid(z)"], helpers) == []
