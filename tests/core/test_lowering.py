"""Graphs as programs: checked against the evaluator, op by op."""

import numpy
import pytest

from chalkgrad.core.algebra import expand, matmul, summation
from chalkgrad.core.evaluate import evaluate
from chalkgrad.core.factors import sink_factors
from chalkgrad.core.gradient import gradient
from chalkgrad.core.lowering import lower
from chalkgrad.core.node import Node, Op, variable
from chalkgrad.core.plan import plan
from chalkgrad.core.shape import shape_of
from chalkgrad.errors import EvaluationError
from chalkgrad.ops import OPS
from chalkgrad.ops.structure import choose, greater, part, stack
from chalkgrad.training.engines.numpy_program import BoundProgram

x, y = variable("x", shape_of(3, 4)), variable("y", shape_of(3, 4))
w = variable("w", shape_of(4, 2))
a, b = variable("a"), variable("b")

UNARY = [op for op in OPS if op.arity == 1 and op.shape is not None and op.name not in ("count", "transpose", "stack")]
# A few units in the last place, of sums in another order and of products with an inverse in place of a quotient.
CLOSE = {"float32": 2e-5, "float64": 1e-13}


def values(dtype: str, low: float = -2.0, high: float = 2.0) -> dict[Node, numpy.ndarray]:
    chance = numpy.random.default_rng(0)
    made = {node: chance.uniform(low, high, [axis.size for axis in node.shape]).astype(dtype) for node in (x, y, w)}
    return made | {a: numpy.float64(0.7), b: numpy.float64(-1.3)}


def run(outputs: list[Node], given: dict[Node, numpy.ndarray], dtype: str, sink: bool = False) -> list[numpy.ndarray]:
    program = lower(outputs, {node: numpy.shape(value) for node, value in given.items()}, dtype)
    program = sink_factors(program) if sink else program
    arrays = [numpy.array(value) for value in given.values()]
    bound = BoundProgram(plan(program), arrays)
    first = [numpy.array(output) for output in bound()]
    second = [numpy.array(output) for output in bound()]
    for one, other in zip(first, second, strict=True):
        numpy.testing.assert_array_equal(one, other)
    return first


def assert_same(outputs: list[Node], dtype: str = "float64", low: float = -2.0, high: float = 2.0) -> None:
    given = values(dtype, low, high)
    wanted = evaluate(outputs, given)
    for sink in (False, True):
        for ours, theirs in zip(run(outputs, given, dtype, sink), wanted, strict=True):
            numpy.testing.assert_allclose(ours, theirs, rtol=CLOSE[dtype], atol=CLOSE[dtype])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("op", UNARY, ids=lambda op: op.name)
def test_every_op_of_one_argument_is_what_its_forward_says(op: Op, dtype: str) -> None:
    low, high = op.facts.sample
    loss = summation(op(x) * y)
    assert_same([op(x), loss, *gradient(loss, [x])], dtype, low, high)


@pytest.mark.parametrize("loss", OPS.losses.values(), ids=lambda loss: loss.name)
def test_every_loss_and_its_gradient_is_what_the_evaluator_says(loss) -> None:
    total = loss.total(loss.rows(x, y, 1))
    assert_same([total, *gradient(total, [x])], low=0.1, high=0.9)


def test_matrices_parts_stacks_and_choices() -> None:
    product = matmul(x, w)
    assert_same([product, matmul(w.T, x.T), part(x, row=1), part(x, column=2), part(x, row=0, column=3)])
    assert_same([stack(a, b, a * b, a + 1, rows=shape_of(2, 2)[0], columns=shape_of(2, 2)[1])])
    assert_same([choose(greater(x, y), x, y), choose(greater(x, 0), x, 0 * x), choose(greater(a, b), a, b)])
    assert_same(gradient(summation(part(x, row=1) * part(y, row=0)), [x, y]))
    assert_same([expand(a, x) + y, summation(x, axes=(0,)), summation(x, axes=(1,)), x / a, a / x, a * (b * x) * 3])


def test_what_is_asked_for_twice_is_worked_out_once() -> None:
    program = lower([(x * y) ** 2 + (x * y)], {x: (3, 4), y: (3, 4)}, "float64")
    assert [operation.name for operation in program.operations] == ["multiply", "multiply", "add"]


def test_what_nobody_asks_for_is_left_out() -> None:
    product = x * y
    program = lower([product], {x: (3, 4), y: (3, 4), w: (4, 2)}, "float64")
    assert len(program.operations) == 1


def test_single_numbers_keep_their_digits_beside_float32() -> None:
    program = lower([(1 - a) * x], {a: (), x: (3, 4)}, "float32")
    dtypes = {operation.name: operation.result.dtype.name for operation in program.operations}
    assert dtypes == {"subtract": "float64", "cast": "float32", "multiply": "float32"}


def test_numbers_before_a_matrix_become_one() -> None:
    program = lower([a * (b * x) / 4], {a: (), b: (), x: (3, 4)}, "float64")
    assert sum(operation.result.shape == (3, 4) for operation in program.operations) == 1


def test_a_missing_value_is_told() -> None:
    with pytest.raises(EvaluationError, match="no value for y"):
        lower([x * y], {x: (3, 4)}, "float64")


def test_an_op_that_asks_for_something_unknown_is_told() -> None:
    odd = Op("odd", shape=lambda z: z.shape, forward=lambda xp, z: xp.fft(z))
    with pytest.raises(EvaluationError, match=r"the op `odd` cannot be planned: .*fft"):
        lower([odd(x)], {x: (3, 4)}, "float64")


def test_a_program_reads_as_text() -> None:
    text = str(lower([matmul(x, w)], {x: (3, 4), w: (4, 2)}, "float32"))
    assert text.splitlines() == ["given %0, %1", "%2 = matmul(%0, %1)  # 3×2 float32", "give back %2"]
