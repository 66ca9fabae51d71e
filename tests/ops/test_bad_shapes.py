"""Every op that can be given sizes that do not fit refuses them, and names every axis."""

from __future__ import annotations

import pytest

from chalkgrad.core.node import variable
from chalkgrad.core.shape import Axis, shape_of
from chalkgrad.errors import ShapeError
from chalkgrad.ops import OPS
from chalkgrad.ops.functions import pi
from chalkgrad.ops.losses import softmax_cross_entropy_unit
from chalkgrad.ops.softmax import softmax_unit
from chalkgrad.ops.structure import _embed

ROWS, INPUTS, UNITS = Axis("rows", 2), Axis("inputs", 3), Axis("units", 4)
MATRIX, ROW = shape_of(ROWS, INPUTS), shape_of(1, INPUTS)
ALL = [*OPS, pi, _embed, softmax_unit, softmax_cross_entropy_unit]
BINARY = ("add subtract multiply divide power maximum minimum xlogy sigmoid_cross_entropy "
          "greater greater_equal less_equal equal_to").split()  # fmt: skip
ARITY = {"choose": 3}


@pytest.mark.parametrize("name", [*BINARY, "choose"])
def test_sizes_that_differ_are_refused_with_every_axis_named(name):
    op = next(op for op in ALL if op.name == name)
    arguments = [variable("a", MATRIX)] * (ARITY.get(name, 2) - 1) + [variable("b", shape_of(ROWS, UNITS))]
    with pytest.raises(ShapeError) as caught:
        op(*arguments)
    message = caught.value.faults[0].message
    assert caught.value.code == "shapes-differ"
    for part in ("inputs = 3 does not fit units = 4", "(rows: 2 × inputs: 3)", "(rows: 2 × units: 4)"):
        assert part in message


BAD = {
    "matmul": lambda op: op(variable("a", MATRIX), variable("b", shape_of(UNITS, ROWS))),
    "expand": lambda op: op(variable("a", MATRIX), variable("b", ROW)),
    "stack": lambda op: op(variable("a"), rows=ROWS, columns=INPUTS),
    "part": lambda op: op(variable("a", MATRIX), row=2),
    "softmax": lambda op: op(variable("a")),
    "log_softmax": lambda op: op(variable("a")),
    "softmax_cross_entropy": lambda op: op(variable("a", MATRIX), variable("b", shape_of(ROWS, UNITS))),
}
MESSAGES = {
    "matmul": "the matrix product of (rows: 2 × inputs: 3) and (units: 4 × rows: 2) needs as many columns on the left "
    "as rows on the right, but inputs = 3 does not fit units = 4",
    "expand": "(rows: 2 × inputs: 3) cannot be repeated to (1 × inputs: 3)",
    "stack": "a matrix (rows: 2 × inputs: 3) cannot be put together from 1 entries",
    "part": "there is no row 3 in (rows: 2 × inputs: 3)",
    "softmax": "softmax needs the outputs of a whole layer, but got a scalar",
    "log_softmax": "softmax needs the outputs of a whole layer, but got a scalar",
    "softmax_cross_entropy": "cross-entropy needs a target for each output, but the outputs are "
    "(rows: 2 × inputs: 3) and the targets (rows: 2 × units: 4)",
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_shape_is_refused_and_says_why(name):
    with pytest.raises(ShapeError) as caught:
        BAD[name](next(op for op in ALL if op.name == name))
    assert caught.value.faults[0].message == MESSAGES[name]
    assert caught.value.faults[0].hint


def test_ops_of_one_argument_take_any_shape_and_the_table_of_bad_shapes_is_complete():
    any_shape = {op.name for op in ALL if op.elementwise and op.name not in [*BINARY, "choose"]}
    any_shape |= {"transpose", "sum", "max"}
    internal = {"count", "pi", "embed", "softmax_unit", "softmax_cross_entropy_unit"}
    assert any_shape | set(BINARY) | {"choose"} | set(BAD) | internal == {op.name for op in ALL}
