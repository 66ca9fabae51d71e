"""Programs worked out in any array namespace."""

import numpy
import pytest

from chalkgrad.core.evaluate import Evaluator
from chalkgrad.core.gradient import gradient
from chalkgrad.core.lowering import lower
from chalkgrad.core.node import variable
from chalkgrad.core.running import run_program
from chalkgrad.core.shape import shape_of
from chalkgrad.ops import OPS
from chalkgrad.ops.activations import ACTIVATIONS


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=lambda op: op.name)
def test_a_program_gives_what_its_graph_gives(activation):
    x, W, y = variable("x", shape_of(4, 3)), variable("W", shape_of(3, 2)), variable("y", shape_of(4, 2))
    loss = OPS.loss("huber").total(OPS.loss("huber").rows(activation(x @ W), y, 1))
    wanted = [loss, *gradient(loss, [x, W])]
    chance = numpy.random.default_rng(1)
    values = [chance.normal(size=size) for size in ((4, 3), (3, 2), (4, 2))]
    program = lower(wanted, {x: (4, 3), W: (3, 2), y: (4, 2)}, "float64")
    expected = Evaluator(wanted, [x, W, y])(*values)
    for found, value in zip(run_program(program, values), expected, strict=True):
        # The same operations, some of them in another order.
        numpy.testing.assert_allclose(found, value, rtol=1e-13, atol=1e-15)


def test_a_type_of_ones_own_replaces_that_of_single_numbers():
    x, s = variable("x", shape_of(2, 2)), variable("s")
    program = lower([x * (s + 1)], {x: (2, 2), s: ()}, "float32")
    (found,) = run_program(program, [numpy.ones((2, 2), "float32"), numpy.float32(2)], dtype="float32")
    assert found.dtype == numpy.float32
    assert found.tolist() == [[3, 3], [3, 3]]
