"""Tidy rules: a new node is written as shortly as a person would write it.

Only what nobody would put on paper goes away: a factor 1, a term 0, a double minus, a double transpose, products of
plain numbers. Nothing is multiplied out or factored. Each rule gets the arguments of a node about to be made and
answers with a simpler node, or `None`.
"""

from __future__ import annotations

from fractions import Fraction

from chalkgrad.core import algebra
from chalkgrad.core.node import ONE, ZERO, Node, constant
from chalkgrad.core.shape import Shape, same_sizes

__all__ = ["add", "divide", "expand", "matmul", "multiply", "negate", "power", "subtract", "sum", "transpose"]

# A power of constants is only worked out where the result stays short; anything larger waits for a value.
_LARGEST_EXPONENT, _LARGEST_BASE_BITS = 64, 64


def _unexpanded(left: Node, right: Node) -> tuple[Node, Node]:
    """Drop an explicit repetition that broadcasting does anyway."""
    if left.op is algebra.expand and _covers(right.shape, left.shape):
        return left.arguments[0], right
    if right.op is algebra.expand and _covers(left.shape, right.shape):
        return left, right.arguments[0]
    return left, right


def _covers(large: Shape, small: Shape) -> bool:
    """Whether broadcasting repeats `small` to just `large`."""
    return len(large) == len(small) and all(b.size in (1, a.size) for a, b in zip(large, small, strict=True))


def _result_is(node: Node, *others: Node) -> bool:
    """Whether a node already has the shape of its sum or product with others."""
    return all(not other.shape or same_sizes(other.shape, node.shape) for other in others)


def add(left: Node, right: Node) -> Node | None:
    """0 + x, and a negative term as a difference."""
    a, b = left.number, right.number
    if a is not None and b is not None:
        return constant(a + b)
    if b == 0:
        return left
    if a == 0:
        return right
    if right.op is algebra.negate:
        return algebra.subtract(left, right.arguments[0])
    if left.op is algebra.negate:
        return algebra.subtract(right, left.arguments[0])
    if positive := _without_minus(right):
        return algebra.subtract(left, positive)
    return algebra.subtract(right, positive) if (positive := _without_minus(left)) else None


def subtract(left: Node, right: Node) -> Node | None:
    """x − 0, 0 − x, and the difference of a negative."""
    a, b = left.number, right.number
    if a is not None and b is not None:
        return constant(a - b)
    if b == 0:
        return left
    if a == 0:
        return algebra.negate(right)
    if right.op is algebra.negate:
        return algebra.add(left, right.arguments[0])
    return algebra.add(left, positive) if (positive := _without_minus(right)) else None


def _without_minus(term: Node) -> Node | None:
    """c x for a term −c x with a negative number in front, else `None`."""
    factor = term.arguments[0] if term.op is algebra.multiply else None
    if factor is None or factor.number is None or factor.number >= 0:
        return None
    typed = str(factor.attributes["typed"]).removeprefix("-")
    return algebra.multiply(constant(-factor.number, typed), term.arguments[1])


def negate(inner: Node) -> Node | None:
    """−(−x), −(a − b), and a negative constant."""
    if inner.number is not None:
        return constant(-inner.number)
    if inner.op is algebra.negate:
        return inner.arguments[0]
    if inner.op is algebra.subtract:
        return algebra.subtract(inner.arguments[1], inner.arguments[0])
    return None


def multiply(left: Node, right: Node) -> Node | None:
    """1 · x, 0 · x, −1 · x; numbers and signs go to the front."""
    a, b = left.number, right.number
    if a is not None and b is not None:
        return constant(a * b)
    if b is not None:
        return algebra.multiply(right, left)
    if a is not None:
        return _scaled(left, a, right)
    slim = _unexpanded(left, right)
    if slim != (left, right):
        return algebra.multiply(*slim)
    return _signs_first(left, right)


def _scaled(factor: Node, number: Fraction, node: Node) -> Node | None:
    """A constant in front: 1·x, 0·x, −1·x and a·(b·x)."""
    if number == 1:
        return node
    if number == 0 and not node.shape:
        return ZERO
    if number == -1:
        return algebra.negate(node)
    if node.op is algebra.negate:
        return algebra.multiply(constant(-number), node.arguments[0])
    inner = node.arguments[0].number if node.op is algebra.multiply else None
    if inner is not None:
        return algebra.multiply(constant(number * inner), node.arguments[1])
    if node.op is algebra.divide and node.arguments[0].number is not None and not node.arguments[1].shape:
        return algebra.divide(constant(number * node.arguments[0].number), node.arguments[1])
    return None


def _signs_first(left: Node, right: Node) -> Node | None:
    """Minus signs and numbers go to the front of a product."""
    if left.op is algebra.negate and _result_is(left, right):
        return algebra.negate(algebra.multiply(left.arguments[0], right))
    if right.op is algebra.negate and _result_is(right, left):
        return algebra.negate(algebra.multiply(left, right.arguments[0]))
    if left.op is algebra.multiply and left.arguments[0].number is not None:
        return algebra.multiply(left.arguments[0], algebra.multiply(left.arguments[1], right))
    if right.op is algebra.multiply and right.arguments[0].number is not None:
        return algebra.multiply(right.arguments[0], algebra.multiply(left, right.arguments[1]))
    return None


def divide(above: Node, below: Node) -> Node | None:
    """x / 1, 0 / x, and a quotient of constants."""
    a, b = above.number, below.number
    if a is not None and b is not None and b != 0:
        return constant(a / b)
    if b == 1:
        return above
    if a == 0 and not below.shape:
        return ZERO
    if above.op is algebra.expand and same_sizes(above.shape, below.shape):
        return algebra.divide(above.arguments[0], below)
    return None


def power(base: Node, exponent: Node) -> Node | None:
    """x¹, x⁰, and a short power of constants."""
    a, n = base.number, exponent.number
    if n == 1:
        return base
    if n == 0:
        return algebra.expand(ONE, base)
    if a is None or n is None or n.denominator != 1 or abs(n) > _LARGEST_EXPONENT:
        return None
    if max(a.numerator.bit_length(), a.denominator.bit_length()) > _LARGEST_BASE_BITS or (a == 0 and n < 0):
        return None
    return constant(a ** int(n))


def matmul(left: Node, right: Node) -> Node | None:
    """Signs and scalars go to the front of a matrix product."""
    for factor, other in ((left, right), (right, left)):
        if factor.op is algebra.negate:
            inner = factor.arguments[0]
            return algebra.negate(algebra.matmul(inner, other) if factor is left else algebra.matmul(other, inner))
        if factor.op is algebra.multiply and not factor.arguments[0].shape:
            scale, inner = factor.arguments
            return algebra.multiply(
                scale, algebra.matmul(inner, other) if factor is left else algebra.matmul(other, inner)
            )
    return None


def transpose(inner: Node) -> Node | None:
    """(Aᵀ)ᵀ, (A B)ᵀ = Bᵀ Aᵀ, and the transpose of a single number."""
    if inner.op is algebra.transpose:
        return inner.arguments[0]
    if all(axis.size == 1 for axis in inner.shape):
        return inner
    if inner.op is algebra.matmul:
        return _transposed_product(inner)
    if inner.op is algebra.multiply and not inner.arguments[0].shape:
        return algebra.multiply(inner.arguments[0], algebra.transpose(inner.arguments[1]))
    return None


def _transposed_product(product: Node) -> Node:
    """(A B)ᵀ = Bᵀ Aᵀ, factor by factor, so that a long product needs no deep recursion."""
    factors = []
    while product.op is algebra.matmul:
        product, last = product.arguments
        factors.append(algebra.transpose(last))
    result = algebra.transpose(product)
    for factor in reversed(factors):
        result = algebra.matmul(factor, result)
    return result


def sum(inner: Node, axes: tuple[int, ...] | None = None) -> Node | None:
    """The sum of a single number; signs and scalars go to its front."""
    if not inner.shape:
        return inner
    if axes is not None and all(inner.shape[axis].size == 1 for axis in axes):
        return inner
    if axes is None and inner.op is algebra.summation:
        return algebra.summation(inner.arguments[0])
    if inner.op is algebra.negate:
        return algebra.negate(algebra.summation(inner.arguments[0], axes=axes))
    if inner.op is algebra.multiply and not inner.arguments[0].shape:
        return algebra.multiply(inner.arguments[0], algebra.summation(inner.arguments[1], axes=axes))
    return None


def expand(inner: Node, like: Node) -> Node | None:
    """No repetition of what has the shape already."""
    if same_sizes(inner.shape, like.shape):
        return inner
    if inner.op is algebra.expand:
        return algebra.expand(inner.arguments[0], like)
    # The shape is all that is read of `like`, so the plainest node of that shape will do.
    plainest = like
    while plainest.op.elementwise and (plainer := next((a for a in plainest.arguments if a.shape == like.shape), None)):
        plainest = plainer
    return algebra.expand(inner, plainest) if plainest is not like else None
