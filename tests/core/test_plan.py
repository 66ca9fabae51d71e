"""Where values lie in memory: no value is written over while somebody reads it."""

import numpy
import pytest

from chalkgrad.core.algebra import matmul, summation
from chalkgrad.core.lowering import lower
from chalkgrad.core.node import Node, variable
from chalkgrad.core.plan import base_of, plan
from chalkgrad.core.program import Program, Value
from chalkgrad.core.shape import shape_of
from chalkgrad.training.engines.numpy_program import BoundProgram

x, y = variable("x", shape_of(5, 5)), variable("y", shape_of(5, 5))
SIZES = {x: (5, 5), y: (5, 5)}


def random_program(seed: int) -> tuple[list[Node], Program]:
    """Sums, products, transposes and matrix products at random."""
    chance = numpy.random.default_rng(seed)
    nodes: list[Node] = [x, y]
    for _ in range(30):
        one, other = (nodes[int(chance.integers(max(0, len(nodes) - 6), len(nodes)))] for _ in range(2))
        kind = int(chance.integers(6))
        made = [one + other, one * other, one - other, matmul(one, other) * 0.2, one.T, -one][kind]
        nodes.append(made)
    outputs = [nodes[-1], nodes[-4], summation(nodes[-7])]
    return outputs, lower(outputs, SIZES, "float64")


@pytest.mark.parametrize("seed", range(20))
def test_values_that_share_memory_are_never_needed_at_once(seed: int) -> None:
    _, program = random_program(seed)
    made = plan(program)
    bases = base_of(program)
    last: dict[Value, int] = {bases[o]: len(program.operations) for o in program.outputs if isinstance(o, Value)}
    for position, operation in reversed(list(enumerate(program.operations))):
        for value in operation.reads:
            last.setdefault(bases[value], position)
    held: dict[int, Value] = {}
    for position, operation in enumerate(program.operations):
        slot = made.slot_of.get(operation.result)
        if slot is None:
            continue
        before = held.get(slot)
        # The value before may end where this one begins, if it is an operand that is written over.
        assert before is None or last[before] <= position
        held[slot] = operation.result


@pytest.mark.parametrize("seed", range(20))
def test_tight_memory_gives_the_numbers_of_roomy_memory(seed: int) -> None:
    _, program = random_program(seed)
    chance = numpy.random.default_rng(seed)
    given = [chance.normal(size=(5, 5)) for _ in range(2)]
    tight, roomy = BoundProgram(plan(program), given), BoundProgram(plan(program, tight=False), given)
    assert tight.plan.bytes < roomy.plan.bytes
    for one, other in zip(tight(), roomy(), strict=True):
        numpy.testing.assert_array_equal(one, other)


def test_an_update_is_written_over_what_it_updates() -> None:
    program = lower([x - 0.1 * y], SIZES, "float64")
    made = plan(program, {0: program.inputs[0]})
    assert made.home_of == {program.outputs[0]: 0}
    assert made.late == ()
    parameter, gradient = numpy.ones((5, 5)), numpy.ones((5, 5))
    BoundProgram(made, [parameter, gradient], {0: parameter})()
    numpy.testing.assert_allclose(parameter, 0.9)


def test_an_input_that_is_read_again_is_written_over_at_the_end() -> None:
    program = lower([x + 1, matmul(x, y)], SIZES, "float64")
    made = plan(program, {0: program.inputs[0]})
    assert [number for _, number in made.late] == [0]
    one, other = numpy.ones((5, 5)), numpy.ones((5, 5))
    _, product = BoundProgram(made, [one, other], {0: one})()
    numpy.testing.assert_allclose(one, 2)
    numpy.testing.assert_allclose(product, 5)


def test_a_product_is_never_written_over_its_factor() -> None:
    program = lower([matmul(x, y)], SIZES, "float64")
    assert plan(program, {0: program.inputs[0]}).late != ()
