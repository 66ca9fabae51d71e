"""A program in two: what is made of single numbers alone, such as 1 − β₂ᵗ, and the work on matrices.

Single numbers lose digits in float32 and cost nothing on a processor. So an engine whose arrays are float32, or lie on
another device, has them worked out beforehand in float64, those of many steps at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chalkgrad.core.program import Program, Value

__all__ = ["NumbersApart", "numbers_apart"]


@dataclass(frozen=True, slots=True)
class NumbersApart:
    """A program in two parts.

    Args:
        numbers: from single numbers to those that the rest needs, and behind them the outputs that are made of numbers
            alone.
        rest: the other inputs, then what the first part made for it; gives the other outputs, in their order.
        passed: how many numbers go from one to the other.
        number_outputs: which outputs of the whole program are made of single numbers alone, by their place.
    """

    numbers: Program
    rest: Program
    passed: int
    number_outputs: tuple[int, ...]


def numbers_apart(program: Program, numbers: Iterable[Value]) -> NumbersApart:
    """Take the work on single numbers out of a program.

    Args:
        program: what is computed.
        numbers: the inputs that are single numbers and known beforehand; what is made of them alone is taken out.

    >>> from chalkgrad.core.lowering import lower
    >>> from chalkgrad.core.node import constant, variable
    >>> from chalkgrad.core.shape import shape_of
    >>> g, t = variable("g", shape_of(1, 2)), variable("t")
    >>> program = lower([g / (1 - constant(0.9) ** t)], {g: (1, 2), t: ()}, "float32")
    >>> print(numbers_apart(program, program.inputs[1:]).rest)
    given %0, %6
    %7 = multiply(%6, %0)  # 1×2 float32
    give back %7
    """
    given = tuple(numbers)
    known = set(given)
    for operation in program.operations:
        if not operation.result.shape and known.issuperset(operation.reads):
            known.add(operation.result)
    rest = [operation for operation in program.operations if operation.result not in known]
    own = tuple(k for k, output in enumerate(program.outputs) if isinstance(output, Value) and output in known)
    passed = tuple(dict.fromkeys(v for operation in rest for v in operation.reads if v in known))
    alone = [operation for operation in program.operations if operation.result in known]
    return NumbersApart(
        Program(given, tuple(alone), (*passed, *(program.outputs[k] for k in own))).needed(),
        Program(
            (*(value for value in program.inputs if value not in known), *passed),
            tuple(rest),
            tuple(output for k, output in enumerate(program.outputs) if k not in own),
        ),
        len(passed),
        own,
    )
