"""Constant factors where they cost least."""

from chalkgrad.core.algebra import matmul, summation
from chalkgrad.core.factors import sink_factors
from chalkgrad.core.gradient import gradient
from chalkgrad.core.lowering import lower
from chalkgrad.core.node import Node, variable
from chalkgrad.core.program import Program
from chalkgrad.core.shape import shape_of
from chalkgrad.ops.activations import tanh

x, w, v = variable("x", shape_of(8, 50)), variable("w", shape_of(50, 20)), variable("v", shape_of(20, 2))
SIZES = {x: (8, 50), w: (50, 20), v: (20, 2)}


def scalings(program: Program) -> list[int]:
    """How many numbers each multiplication by a constant works on."""
    return [
        operation.result.size
        for operation in program.operations
        if operation.name == "multiply" and isinstance(operation.operands[0], float | int)
    ]


def lowered(outputs: list[Node]) -> tuple[Program, Program]:
    before = lower(outputs, SIZES, "float64")
    return before, sink_factors(before)


def test_the_mean_in_front_of_large_gradients_moves_to_a_small_matrix() -> None:
    loss = summation(matmul(tanh(matmul(x, w)), v) ** 2) / 8
    before, after = lowered(gradient(loss, [w, v]))
    assert max(scalings(before)) == 50 * 20
    assert max(scalings(after)) <= 8 * 20


def test_a_factor_that_nothing_can_take_stays() -> None:
    before, after = lowered([3 * tanh(x)])
    assert scalings(before) == scalings(after) == [8 * 50]


def test_what_is_wanted_with_and_without_the_factor_is_worked_out_once() -> None:
    product = matmul(x, w)
    _, after = lowered([product, 3 * product])
    assert [operation.name for operation in after.operations].count("matmul") == 1


def test_a_program_without_factors_stays() -> None:
    before, after = lowered([matmul(x, w) + 1])
    assert str(before) == str(after)
