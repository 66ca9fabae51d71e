"""A program worked out operation by operation in any array namespace: what a compiler of arrays traces.

`training/engines/numpy_program.py` does the same faster on NumPy, in memory that is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy

from chalkgrad.core.program import Operand, Operation, Program, Value

__all__ = ["run_program"]


def run_program(program: Program, inputs: Sequence[Any], xp: Any = numpy, dtype: Any = None) -> list[Any]:
    """The outputs of a program.

    Args:
        program: what is computed.
        inputs: the value of each input, in their order. Where all of them are single numbers, arrays of one shape may
            stand for them: then each entry is worked out like a single number.
        xp: an array namespace such as `numpy` or `jax.numpy`.
        dtype: the type of all that is not true or false; by default as the program says, with float64 for single
            numbers, which a namespace may not have.

    >>> from chalkgrad.core.lowering import lower
    >>> from chalkgrad.core.node import constant, variable
    >>> t = variable("t")
    >>> run_program(lower([1 - constant(0.5) ** t], {t: ()}, "float32"), [numpy.array([1.0, 2.0])])
    [array([0.5 , 0.75])]
    """
    known: dict[Value, Any] = dict(zip(program.inputs, inputs, strict=True))

    def value_of(operand: Operand) -> Any:
        return known[operand] if isinstance(operand, Value) else operand

    with numpy.errstate(all="ignore"):
        for operation in program.operations:
            kind = operation.result.dtype
            kind = kind if dtype is None or kind.kind == "b" else dtype
            known[operation.result] = _result(operation, kind, [value_of(o) for o in operation.operands], xp)
    return [value_of(output) for output in program.outputs]


def _result(operation: Operation, dtype: Any, operands: list[Any], xp: Any) -> Any:
    name, settings = operation.name, operation.attributes
    first = operands[0]
    if name == "cast":
        return xp.asarray(first).astype(dtype)
    if name == "broadcast":
        return xp.broadcast_to(xp.asarray(first, dtype=dtype), operation.result.shape)
    if name == "stack":
        return xp.stack([xp.asarray(operand, dtype=dtype) for operand in operands])
    if name == "transpose":
        return first.T
    if name == "reshape":
        return first.reshape(operation.result.shape)
    if name == "slice":
        return first[tuple(slice(*w) if isinstance(w, tuple) else w for w in settings["window"])]
    function = getattr(xp, name)
    if name in ("sum", "max"):
        return function(first, axis=settings["axes"], keepdims=settings["keepdims"])
    return function(*operands)
