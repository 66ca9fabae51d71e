"""Formulas of single numbers, worked out with the floats of Python, which is many times quicker than with NumPy's."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

import numpy

from chalkgrad.core import algebra
from chalkgrad.core.evaluate import constants_of
from chalkgrad.core.node import Node, Op, toposort
from chalkgrad.ops import activations, functions, softmax

__all__ = ["Scalar"]


class Scalar:
    """A formula of single numbers, planned once and worked out as often as wanted.

    What an op means is said by its `forward`; it is asked wherever Python has no such function, or raises.

    Args:
        formula: the formula.
        inputs: the nodes whose values will be given.
        xp: the array namespace in which a `forward` is asked.

    Example:
        >>> from chalkgrad.core.node import variable
        >>> x = variable("x")
        >>> Scalar(2 * x + 1, [x])([3.0])
        7.0
        >>> Scalar(1 / x, [x])([0.0])
        inf
    """

    def __init__(self, formula: Node, inputs: Sequence[Node], xp: Any = numpy) -> None:
        self._xp = xp
        given = set(inputs)
        order = [node for node in toposort([formula], stops=given) if node not in given]
        numbers = constants_of(order, numpy)
        slots = {node: slot for slot, node in enumerate([*inputs, *numbers])}
        self._constants = tuple(float(number) for number in numbers.values())
        work: list[tuple[Callable[..., float], Node, tuple[int, ...]]] = []
        for node in order:
            if node not in numbers:
                quick = _QUICK.get(node.op, _raises)
                quick = partial(quick, **node.attributes) if node.attributes else quick
                work.append((quick, node, tuple(slots[argument] for argument in node.arguments)))
                slots[node] = len(slots)
        self._work, self._result = tuple(work), slots[formula]

    def __call__(self, values: Sequence[float]) -> float:
        """The value of the formula for values of the inputs, in their order; infinite or NaN where it has none."""
        known = [*values, *self._constants]
        for quick, node, sources in self._work:
            arguments = [known[source] for source in sources]
            try:
                known.append(quick(*arguments))
            except (ArithmeticError, ValueError):
                known.append(self._in_arrays(node, arguments))
        return known[self._result]

    def _in_arrays(self, node: Node, arguments: Sequence[float]) -> float:
        """The value of a node as arrays have it: an infinity or NaN where Python raises."""
        numbers = [numpy.float64(argument) for argument in arguments]
        with numpy.errstate(all="ignore"):
            return float(node.op.forward(self._xp, *numbers, **node.attributes))


def _raises(*arguments: float, **attributes: Any) -> float:
    raise ArithmeticError


def _relu(z: float, at_zero: Fraction = Fraction(0)) -> float:
    return z if z > 0.0 or z != z else 0.0


def _indicator(z: float, at_zero: Fraction = Fraction(0)) -> float:
    return float(at_zero) if z == 0.0 else float(z > 0.0)


def _power(base: float, exponent: float) -> float:
    return base * base if exponent == 2.0 else math.pow(base, exponent)


def _softmax_unit(*values: float, index: int) -> float:
    largest = max(values)
    raised = [math.exp(value - largest) for value in values]
    return raised[index] / sum(raised)


_QUICK: Mapping[Op, Callable[..., float]] = {
    algebra.add: operator.add,
    algebra.subtract: operator.sub,
    algebra.negate: operator.neg,
    algebra.multiply: operator.mul,
    algebra.divide: operator.truediv,
    algebra.power: _power,
    algebra.exp: math.exp,
    algebra.log: math.log,
    algebra.sqrt: math.sqrt,
    functions.indicator: _indicator,
    activations.relu: _relu,
    activations.sigmoid: lambda z: 1.0 / (1.0 + math.exp(-z)),
    activations.tanh: math.tanh,
    softmax.softmax_unit: _softmax_unit,
}
