"""A program of array operations: what a graph becomes when it is to be run many times.

Every operation has one result, a `Value` that is never changed afterwards. Nothing here says where values lie in
memory (that is `core/plan.py`) or who works them out: an engine reads a program and runs it its own way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy

__all__ = ["ELEMENTWISE", "VIEWS", "Operand", "Operation", "Program", "Value"]

# Operations whose result only looks at the memory of their operand in another way.
VIEWS = frozenset({"transpose", "broadcast", "slice", "reshape"})

# Operations that work entry by entry, by the number of their operands.
ELEMENTWISE: Mapping[str, int] = {
    **dict.fromkeys(("negative", "exp", "expm1", "log", "log1p", "sqrt", "tanh", "sin", "cos", "abs", "sign"), 1),
    **dict.fromkeys(("add", "subtract", "multiply", "divide", "power", "maximum", "minimum", "heaviside"), 2),
    **dict.fromkeys(("greater", "greater_equal", "less", "less_equal", "equal", "not_equal"), 2),
    "cast": 1,
    "where": 3,
}


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """One array of a program.

    Args:
        number: its place in the order in which values are made.
        shape: its sizes; `()` for a single number.
        dtype: the type of its entries.
    """

    number: int
    shape: tuple[int, ...]
    dtype: numpy.dtype[Any]

    @property
    def size(self) -> int:
        """How many entries it has."""
        return int(numpy.prod(self.shape, dtype=int))

    def __repr__(self) -> str:
        return f"%{self.number}"


Operand = Value | float | int | bool | numpy.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """One array operation.

    Args:
        name: which: one of `ELEMENTWISE`, of `VIEWS`, or `matmul`, `sum`, `max`, `stack`.
        operands: values made before, or constants.
        attributes: its settings, such as the axes of a sum.
        result: what it makes.
    """

    name: str
    operands: tuple[Operand, ...]
    attributes: Mapping[str, Any]
    result: Value

    @property
    def reads(self) -> tuple[Value, ...]:
        """The values among its operands."""
        return tuple(operand for operand in self.operands if isinstance(operand, Value))


@dataclass(frozen=True, slots=True)
class Program:
    """Operations in order, from inputs to outputs.

    Args:
        inputs: what is given from outside.
        operations: the work, each after what it reads.
        outputs: what is wanted; a plain number where an output does not depend on any input.
    """

    inputs: tuple[Value, ...]
    operations: tuple[Operation, ...]
    outputs: tuple[Operand, ...]

    def needed(self) -> Program:
        """The same program without operations that no output depends on."""
        wanted = {output for output in self.outputs if isinstance(output, Value)}
        kept: list[Operation] = []
        for operation in reversed(self.operations):
            if operation.result in wanted:
                kept.append(operation)
                wanted.update(operation.reads)
        return Program(self.inputs, tuple(reversed(kept)), self.outputs)

    def __str__(self) -> str:
        return "\n".join(_lines(self))


def _lines(program: Program) -> Iterable[str]:
    """The program as text, one operation a line."""
    yield f"given {_listed(program.inputs)}"
    for operation in program.operations:
        settings = "".join(f", {name}={value}" for name, value in operation.attributes.items())
        result = operation.result
        shape = "×".join(str(size) for size in result.shape) or "scalar"
        yield f"{result} = {operation.name}({_listed(operation.operands)}{settings})  # {shape} {result.dtype}"
    yield f"give back {_listed(program.outputs)}"


def _listed(operands: Sequence[Operand]) -> str:
    return ", ".join("array" if isinstance(operand, numpy.ndarray) else repr(operand) for operand in operands)
