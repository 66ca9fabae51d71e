"""The value of nodes, in any array namespace.

An `Evaluator` plans once (the order of the work, and when each value is used for the last time) and can then be called
with new values as often as wanted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy

from chalkgrad.core.node import CONSTANT, VARIABLE, Node, toposort
from chalkgrad.errors import EvaluationError, Fault

__all__ = ["Evaluator", "constants_of", "evaluate"]

# Whole numbers stay Python integers, so that squares are quick; beyond this a float holds them no better.
_LARGEST_WHOLE = 2**53


@dataclass(frozen=True, slots=True)
class _Work:
    """One node to compute: from which slots, into which slot, and which slots are free afterwards."""

    forward: Callable[..., Any]
    sources: tuple[int, ...]
    attributes: dict[str, Any]
    target: int
    free: tuple[int, ...]


class Evaluator:
    """Computes `outputs` from the values of `inputs`.

    Args:
        outputs: the nodes wanted.
        inputs: the nodes whose values will be given, variables or any other; nothing below them is computed.
        xp: an array namespace such as `numpy` or `jax.numpy`; one with an attribute `exact_number` converts
            constants by it, any other gets Python numbers, which leave the dtype of arrays as it is.

    Raises:
        EvaluationError: with code `no-value`, if a variable below the outputs is not among the inputs.
        ValueError: when called with more or fewer values than there are inputs.

    Example:
        >>> from chalkgrad.core.node import variable
        >>> x = variable("x")
        >>> Evaluator([x**2 + 1], [x])(3.0)
        [10.0]
    """

    def __init__(self, outputs: Sequence[Node], inputs: Sequence[Node], xp: Any = numpy) -> None:
        self.outputs = tuple(outputs)
        self.inputs = tuple(inputs)
        self.xp = xp
        given = set(self.inputs)
        order = [node for node in toposort(self.outputs, stops=given) if node not in given]
        self._slot = {node: slot for slot, node in enumerate(dict.fromkeys([*self.inputs, *order]))}
        self._given = [self._slot[node] for node in self.inputs]
        self._numbers = constants_of(order, xp)
        self._constants = [(self._slot[node], number) for node, number in self._numbers.items()]
        self._work = self._plan([node for node in order if node not in self._numbers])

    def _plan(self, order: list[Node]) -> list[_Work]:
        missing = [node.name for node in order if node.op is VARIABLE]
        if missing:
            names = ", ".join(sorted(missing))
            raise EvaluationError(
                Fault("no-value", f"no value for {names}", hint="give it under `given` or in the data")
            )
        last_use = {argument: node for node in order for argument in node.arguments}
        kept = {*self.outputs, *self.inputs, *self._numbers}
        return [
            _Work(
                node.op.forward,
                tuple(self._slot[argument] for argument in node.arguments),
                node.attributes,
                self._slot[node],
                tuple(
                    self._slot[argument]
                    for argument in dict.fromkeys(node.arguments)
                    if last_use[argument] is node and argument not in kept
                ),
            )
            for node in order
        ]

    def __call__(self, *values: Any) -> list[Any]:
        """The values of the outputs, in their order, for values of the inputs in theirs."""
        slots: list[Any] = [None] * len(self._slot)
        for slot, value in zip(self._given, values, strict=True):
            slots[slot] = value
        for slot, number in self._constants:
            slots[slot] = number
        # Overflow and division by zero give infinities and NaN here; whoever asked looks at the result.
        with numpy.errstate(all="ignore"):
            for work in self._work:
                slots[work.target] = work.forward(self.xp, *[slots[s] for s in work.sources], **work.attributes)
                for slot in work.free:
                    slots[slot] = None
        return [slots[self._slot[output]] for output in self.outputs]


def constants_of(order: Sequence[Node], xp: Any) -> dict[Node, Any]:
    """The nodes of an order that are made of constants alone, worked out.

    √2 or 1/√(2π) as a number of NumPy would turn float32 into float64; as a number of Python it leaves the dtype alone.
    """
    exact = hasattr(xp, "exact_number")
    numbers: dict[Node, Any] = {}
    with numpy.errstate(all="ignore"):
        for node in order:
            if node.op is CONSTANT:
                numbers[node] = _constant(node, xp)
            elif node.op is not VARIABLE and not node.shape and all(argument in numbers for argument in node.arguments):
                arguments = [numbers[argument] for argument in node.arguments]
                value = node.op.forward(xp if exact else numpy, *arguments, **node.attributes)
                numbers[node] = value if exact or not hasattr(value, "item") else value.item()
    return numbers


def _constant(node: Node, xp: Any) -> Any:
    number: Fraction = node.attributes["number"]
    if hasattr(xp, "exact_number"):
        return xp.exact_number(number)
    if number.denominator == 1 and abs(number) <= _LARGEST_WHOLE:
        return int(number)
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def evaluate(outputs: Sequence[Node], values: Mapping[Node, Any], xp: Any = numpy) -> list[Any]:
    """The values of `outputs` where `values` are given; see `Evaluator`.

    >>> from chalkgrad.core.node import variable
    >>> x = variable("x")
    >>> evaluate([2 * x], {x: 4.0})
    [8.0]
    """
    return Evaluator(outputs, tuple(values), xp)(*values.values())
