"""What a formula may ask for: no power so large that its exact value would fill the memory, no nesting without end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from chalkgrad.errors import Fault
from chalkgrad.reading.lexing import MAXIMUM_DEPTH
from chalkgrad.reading.syntax import Binary, Expression, Negative, Number, Operation, postorder

__all__ = ["LARGEST_POWER", "MOST_DIGITS", "limit_faults"]

LARGEST_POWER = 1_000
MOST_DIGITS = 10_000


@dataclass(frozen=True, slots=True)
class _Size:
    """Upper bounds for a constant: its magnitude, and the digits of its numerator and denominator. `depth` of nesting.

    A magnitude of None means that names take part. A chain of sums or products is not nested, however long it is.
    """

    magnitude: float | None
    digits: float
    depth: int


def limit_faults(expression: Expression) -> list[Fault]:
    """The faults of a tree that is nested too deep or holds a power too large to compute; the first one is enough."""
    sizes: list[_Size] = []
    for node in postorder(expression):
        count = len(node.children())
        children = sizes[len(sizes) - count :]
        size = _size(node, children)
        if size.depth > MAXIMUM_DEPTH:
            hint = "Name a part of it on a line of its own."
            return [Fault("too-deep", f"the formula is nested more than {MAXIMUM_DEPTH} deep", node.place, hint)]
        if _is_too_large(node, children, size):
            message = f"this power is too large: exponents may be {LARGEST_POWER:,} at most, values have 10,000 digits"
            return [Fault("power-too-large", message, node.place, "Write a smaller power.")]
        del sizes[len(sizes) - count :]
        sizes.append(size)
    return []


def _is_too_large(node: Expression, children: list[_Size], size: _Size) -> bool:
    if not isinstance(node, Binary) or node.operation is not Operation.POWER:
        return size.digits > MOST_DIGITS
    exponent = children[1].magnitude
    return size.digits > MOST_DIGITS or (exponent is not None and exponent > LARGEST_POWER)


def _size(node: Expression, children: list[_Size]) -> _Size:
    """The size of a node from those of its children."""
    depth = _depth(node, children)
    if isinstance(node, Number):
        above, below = abs(node.value.numerator), node.value.denominator
        return _Size(_as_float(abs(node.value)), max(math.log10(above or 1), math.log10(below)) + 1, depth)
    if isinstance(node, Negative):
        return _Size(children[0].magnitude, children[0].digits, depth)
    if not isinstance(node, Binary) or any(child.magnitude is None for child in children):
        return _Size(None, 0, depth)
    return _constant(node, children[0], children[1], depth)


def _constant(node: Binary, left: _Size, right: _Size, depth: int) -> _Size:
    """The size of an operation on two constants."""
    one, other = left.magnitude or 0.0, right.magnitude or 0.0
    if node.operation is Operation.POWER:
        return _Size(_power(one, other), left.digits * max(1.0, other), depth)
    digits = left.digits + right.digits
    if node.operation in {Operation.SUM, Operation.DIFFERENCE}:
        return _Size(one + other, digits, depth)
    if node.operation is Operation.QUOTIENT:
        # The smallest number that such a denominator can be is 10 to the minus its digits.
        exact = isinstance(node.right, Number) and other > 0
        return _Size(one / other if exact else one * _power(10.0, right.digits), digits, depth)
    return _Size(one * other, digits, depth)


def _power(base: float, exponent: float) -> float:
    """A bound for a power; infinite where it leaves the range of floating point."""
    try:
        return float(max(base, 1.0) ** exponent)
    except OverflowError:
        return math.inf


def _as_float(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _depth(node: Expression, children: list[_Size]) -> int:
    """How deep a node is nested; the left operand of a chain adds nothing."""
    if not children:
        return 1
    if isinstance(node, Binary) and node.operation is not Operation.POWER:
        return max(children[0].depth, children[1].depth + 1)
    return 1 + max(child.depth for child in children)
