"""The algebra of the language: sums, products, powers, matrices, and the derivative rule of each.

Each rule answers with nodes, so a gradient is itself a formula.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy

from chalkgrad.core import tidy
from chalkgrad.core.node import ONE, Facts, Node, Op
from chalkgrad.core.notation import Notation, Precedence, function, infix
from chalkgrad.core.shape import Shape, broadcast, describe, matrix_product, same_sizes
from chalkgrad.errors import Fault, ShapeError

__all__ = [
    "ALGEBRA",
    "add",
    "as_typed",
    "divide",
    "elementwise_shape",
    "exp",
    "expand",
    "fit",
    "is_plain",
    "log",
    "matmul",
    "multiply",
    "negate",
    "power",
    "sqrt",
    "subtract",
    "summation",
    "transpose",
]

Pulls = Iterator[tuple[int, Node]]


def elementwise_shape(name: str) -> Any:
    """The shape rule of an elementwise op."""

    def shape(*arguments: Node, **attributes: Any) -> Shape:
        return broadcast(name, [argument.shape for argument in arguments])

    return shape


def fit(gradient: Node, argument: Node) -> Node:
    """Bring a gradient to the shape of the argument that was repeated to make the result: sum over the repeats."""
    if same_sizes(gradient.shape, argument.shape):
        return gradient
    if not argument.shape:
        return summation(gradient)
    if not gradient.shape:
        return expand(gradient, argument)
    repeated = tuple(
        axis
        for axis, (a, b) in enumerate(zip(argument.shape, gradient.shape, strict=True))
        if a.size == 1 and b.size != 1
    )
    return summation(gradient, axes=repeated)


def is_plain(*values: Any) -> bool:
    """Whether values are numbers of Python, which leave the dtype of arrays as it is."""
    return all(type(value) in (int, float, bool) for value in values)


def as_typed(xp: Any, value: Any, *like: Any) -> Any:
    """A value; a number of Python in the dtype that it would take beside others, where it must become an array."""
    return numpy.asarray(value, dtype=xp.result_type(*like, value)) if is_plain(value) else value


# --- sums -----------------------------------------------------------------------------------------------------------


def _pull_add(node: Node, upstream: Node) -> Pulls:
    yield 0, fit(upstream, node.arguments[0])
    yield 1, fit(upstream, node.arguments[1])


add: Op = Op(
    "add",
    shape=elementwise_shape("a sum"),
    forward=lambda xp, left, right: left + right,
    pull_back=_pull_add,
    notation=infix("+", Precedence.SUM),
    tidy=tidy.add,
    elementwise=True,
    role="algebra",
    facts=Facts("sum", law="A sum hands its gradient to every term unchanged."),
)


def _pull_subtract(node: Node, upstream: Node) -> Pulls:
    yield 0, fit(upstream, node.arguments[0])
    yield 1, fit(negate(upstream), node.arguments[1])


subtract: Op = Op(
    "subtract",
    shape=elementwise_shape("a difference"),
    forward=lambda xp, left, right: left - right,
    pull_back=_pull_subtract,
    notation=infix("−", Precedence.SUM),
    tidy=tidy.subtract,
    elementwise=True,
    role="algebra",
    facts=Facts("difference", law="A difference hands its gradient to the first term, and its negative to the second."),
)


negate: Op = Op(
    "negate",
    shape=elementwise_shape("a negation"),
    forward=lambda xp, value: -value,
    pull_back=lambda node, upstream: [(0, negate(upstream))],
    notation=Notation("negation", "−", Precedence.NEGATION),
    tidy=tidy.negate,
    elementwise=True,
    role="algebra",
    facts=Facts("negation", law="A minus sign turns the gradient round."),
)


# --- products -------------------------------------------------------------------------------------------------------


def _pull_multiply(node: Node, upstream: Node) -> Pulls:
    left, right = node.arguments
    yield 0, fit(multiply(upstream, right), left)
    yield 1, fit(multiply(upstream, left), right)


multiply: Op = Op(
    "multiply",
    shape=elementwise_shape("an elementwise product"),
    forward=lambda xp, left, right: left * right,
    pull_back=_pull_multiply,
    notation=Notation("product", "·", Precedence.PRODUCT),
    tidy=tidy.multiply,
    elementwise=True,
    role="algebra",
    facts=Facts("product", law="In a product, the slope for one factor is the other factor."),
)


def _pull_divide(node: Node, upstream: Node) -> Pulls:
    above, below = node.arguments
    yield 0, fit(divide(upstream, below), above)
    yield 1, fit(negate(divide(multiply(upstream, above), power(below, 2))), below)


def _divide_forward(xp: Any, above: Any, below: Any) -> Any:
    # Python raises where a number is divided by 0; arrays answer with an infinity or NaN, and so do we.
    return float(numpy.divide(above, below)) if is_plain(above, below) else xp.divide(above, below)


divide: Op = Op(
    "divide",
    shape=elementwise_shape("a quotient"),
    forward=_divide_forward,
    pull_back=_pull_divide,
    notation=Notation("fraction", "/", Precedence.PRODUCT),
    tidy=tidy.divide,
    elementwise=True,
    role="algebra",
    facts=Facts("quotient", law="The quotient rule: (u/v)′ = u′/v − u v′/v²."),
)


def _pull_power(node: Node, upstream: Node) -> Pulls:
    base, exponent = node.arguments
    yield 0, fit(multiply(upstream, multiply(exponent, power(base, subtract(exponent, ONE)))), base)
    if exponent.number is None:
        yield 1, fit(multiply(upstream, multiply(node, log(base))), exponent)


def _power_forward(xp: Any, base: Any, exponent: Any) -> Any:
    if is_plain(base, exponent):
        return float(numpy.float64(base) ** exponent)
    # mpmath would leave the real numbers, so it has a power of its own; elsewhere the operator is quicker at squares.
    return xp.power(base, exponent) if hasattr(xp, "exact_number") else base**exponent


power: Op = Op(
    "power",
    shape=elementwise_shape("a power"),
    forward=_power_forward,
    pull_back=_pull_power,
    notation=Notation("power", "^", Precedence.POWER),
    tidy=tidy.power,
    elementwise=True,
    role="algebra",
    facts=Facts("power", law="The power rule: (xⁿ)′ = n xⁿ⁻¹.", sample=(0.2, 3.0)),
)


exp: Op = Op(
    "exp",
    shape=elementwise_shape("exp"),
    forward=lambda xp, value: xp.exp(value),
    pull_back=lambda node, upstream: [(0, multiply(upstream, node))],
    notation=Notation("exponential", "e", Precedence.POWER),
    elementwise=True,
    facts=Facts("exponential function", law="The exponential function is its own slope.", range="(0, ∞)"),
)

log: Op = Op(
    "log",
    shape=elementwise_shape("log"),
    forward=lambda xp, value: xp.log(value),
    pull_back=lambda node, upstream: [(0, divide(upstream, node.arguments[0]))],
    notation=function("ln"),
    elementwise=True,
    facts=Facts("natural logarithm", law="The slope of ln x is 1/x.", range="(−∞, ∞)", sample=(0.1, 5.0)),
)

sqrt: Op = Op(
    "sqrt",
    shape=elementwise_shape("a square root"),
    forward=lambda xp, value: xp.sqrt(value),
    pull_back=lambda node, upstream: [(0, divide(upstream, multiply(2, node)))],
    notation=Notation("root", "√"),
    elementwise=True,
    facts=Facts(
        "square root",
        law="The slope of √x is 1/(2√x).",
        range="[0, ∞)",
        kink="0",
        convention="the slope at 0 is infinite",
        sample=(0.1, 5.0),
    ),
)


# --- matrices -------------------------------------------------------------------------------------------------------


def _pull_matmul(node: Node, upstream: Node) -> Pulls:
    left, right = node.arguments
    yield 0, matmul(upstream, transpose(right))
    yield 1, matmul(transpose(left), upstream)


def _matmul_forward(xp: Any, left: Any, right: Any) -> Any:
    # Numbers of many digits have a product of their own; elsewhere the operator is the quickest.
    return xp.matmul(left, right) if hasattr(xp, "exact_number") else left @ right


matmul: Op = Op(
    "matmul",
    shape=lambda left, right: matrix_product(left.shape, right.shape),
    forward=_matmul_forward,
    pull_back=_pull_matmul,
    notation=infix("", Precedence.PRODUCT),
    tidy=tidy.matmul,
    role="algebra",
    facts=Facts(
        "matrix product",
        law="For Z = A B the gradient of A is (∂L/∂Z) Bᵀ and that of B is Aᵀ (∂L/∂Z): the only order in which "
        "sizes fit.",
    ),
)


transpose: Op = Op(
    "transpose",
    shape=lambda inner: tuple(reversed(inner.shape)),
    forward=lambda xp, value: value.T,
    pull_back=lambda node, upstream: [(0, transpose(upstream))],
    notation=Notation("transpose", "ᵀ", Precedence.POWER),
    tidy=tidy.transpose,
    role="algebra",
    facts=Facts("transpose", law="The gradient of a transpose is the transpose of the gradient."),
)


def _sum_shape(inner: Node, axes: tuple[int, ...] | None = None) -> Shape:
    if axes is None:
        return ()
    return tuple(type(axis)(axis.name, 1) if position in axes else axis for position, axis in enumerate(inner.shape))


def _sum_forward(xp: Any, value: Any, axes: tuple[int, ...] | None = None) -> Any:
    return xp.sum(value) if axes is None else xp.sum(value, axis=axes, keepdims=True)


summation: Op = Op(
    "sum",
    shape=_sum_shape,
    forward=_sum_forward,
    pull_back=lambda node, upstream: [(0, expand(upstream, node.arguments[0]))],
    notation=Notation("sum", "∑", Precedence.PRODUCT),
    tidy=tidy.sum,
    role="algebra",
    facts=Facts("sum of all entries", law="Every entry of a sum receives the gradient of the sum."),
)


def _expand_shape(inner: Node, like: Node) -> Shape:
    if not same_sizes(broadcast("a repetition", [inner.shape, like.shape]), like.shape):
        message = f"{describe(inner.shape)} cannot be repeated to {describe(like.shape)}"
        raise ShapeError(Fault("shapes-differ", message, hint="only a single number, row or column is repeated"))
    return like.shape


def _pull_expand(node: Node, upstream: Node) -> Pulls:
    yield 0, fit(upstream, node.arguments[0])


expand: Op = Op(
    "expand",
    shape=_expand_shape,
    forward=lambda xp, value, like: xp.broadcast_to(as_typed(xp, value, like), like.shape),
    pull_back=_pull_expand,
    notation=Notation("quiet"),
    tidy=tidy.expand,
    role="structure",
    facts=Facts("repetition", law="A value that was repeated receives the sum of the gradients of its copies."),
)

ALGEBRA = (add, subtract, negate, multiply, divide, power, exp, log, sqrt, matmul, transpose, summation, expand)
