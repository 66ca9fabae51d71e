"""Functions of mathematics beside the activations: what a formula may call."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import Any

import numpy

from chalkgrad.core.algebra import (
    divide,
    elementwise_shape,
    exp,
    expand,
    fit,
    log,
    multiply,
    negate,
    power,
    sqrt,
    subtract,
    summation,
)
from chalkgrad.core.node import Facts, Node, Op
from chalkgrad.core.notation import Notation, Precedence, function
from chalkgrad.core.shape import Axis, Shape
from chalkgrad.errors import EvaluationError, Fault
from chalkgrad.ops.error_function import error_function

__all__ = [
    "FUNCTIONS",
    "absolute",
    "cos",
    "erf",
    "indicator",
    "maximum",
    "minimum",
    "peak",
    "pi",
    "reduced_shape",
    "sign",
    "sin",
    "unary",
    "unnamed",
    "xlogy",
]

Slope = Callable[..., Node]


def unary(
    name: str,
    forward: Callable[..., Any],
    slope: Slope,
    *,
    notation: Notation | None = None,
    definition: Callable[..., Node] | None = None,
    role: str = "function",
    facts: Facts,
) -> Op:
    """An elementwise function of one argument.

    Args:
        name: its name in formulas.
        forward: `forward(xp, z, **attributes)`, keeping the dtype of z.
        slope: `slope(z, a, **attributes)`: its derivative as a node, from the argument node and the node itself.
        notation: how it is written, `name(z)` if not said.
        definition: its longhand, `definition(z, **attributes)`.
        role: `function` or `activation`.
        facts: for the catalogue and the tests.
    """
    return Op(
        name,
        shape=elementwise_shape(name),
        forward=forward,
        pull_back=lambda node, upstream: [(0, multiply(upstream, slope(node.arguments[0], node, **node.attributes)))],
        notation=notation or function(name),
        definition=definition,
        elementwise=True,
        role=role,
        facts=facts,
    )


def _no_slope(z: Node, a: Node, **attributes: Any) -> Node:
    return multiply(0, z)


pi: Op = Op(
    "pi",
    shape=lambda: (),
    forward=lambda xp: xp.pi,
    notation=Notation("symbol", "π"),
    role="structure",
    facts=Facts("the circle number"),
)

sin: Op = unary(
    "sin",
    lambda xp, z: xp.sin(z),
    lambda z, a: cos(z),
    facts=Facts("sine", law="The slope of sin x is cos x.", range="[−1, 1]"),
)
cos: Op = unary(
    "cos",
    lambda xp, z: xp.cos(z),
    lambda z, a: negate(sin(z)),
    facts=Facts("cosine", law="The slope of cos x is −sin x.", range="[−1, 1]"),
)

sign: Op = unary(
    "sign",
    lambda xp, z: xp.sign(z),
    _no_slope,
    facts=Facts(
        "sign",
        law="The sign is constant on either side of 0, so its slope is 0.",
        range="{−1, 0, 1}",
        kink="0",
        convention="sign(0) = 0",
    ),
)

absolute: Op = unary(
    "abs",
    lambda xp, z: xp.abs(z),
    lambda z, a: sign(z),
    notation=Notation("bars"),
    facts=Facts(
        "absolute value",
        law="The slope of |x| is the sign of x.",
        range="[0, ∞)",
        kink="0",
        convention="the slope at 0 is taken as 0",
    ),
)


def _indicator_forward(xp: Any, z: Any, at_zero: Fraction = Fraction(0)) -> Any:
    # `heaviside` says the same but takes ten times as long, and this is the slope of every ReLU.
    if at_zero == 0 and hasattr(z, "dtype") and not hasattr(xp, "exact_number"):
        return (z > 0).astype(z.dtype)
    return xp.heaviside(z, float(at_zero))


indicator: Op = unary(
    "indicator",
    _indicator_forward,
    _no_slope,
    notation=Notation("indicator"),
    role="structure",
    facts=Facts(
        "1 where the argument is positive, else 0",
        law="The indicator is constant on either side of 0, so its slope is 0.",
        range="{0, 1}",
        kink="0",
    ),
)

erf: Op = unary(
    "erf",
    error_function,
    lambda z, a: multiply(divide(2, sqrt(pi())), exp(negate(power(z, 2)))),
    facts=Facts(
        "error function",
        law="The slope of erf x is (2/√π) e^(−x²).",
        range="(−1, 1)",
        source="W. J. Cody, Rational Chebyshev approximations for the error function, Math. Comp. 23 (1969)",
    ),
)


def _pull_maximum(node: Node, upstream: Node) -> Iterator[tuple[int, Node]]:
    left, right = node.arguments
    first = indicator(subtract(left, right))
    yield 0, fit(multiply(upstream, first), left)
    yield 1, fit(multiply(upstream, subtract(1, first)), right)


maximum: Op = Op(
    "maximum",
    shape=elementwise_shape("max"),
    forward=lambda xp, left, right: xp.maximum(left, right),
    pull_back=_pull_maximum,
    notation=function("max"),
    elementwise=True,
    facts=Facts(
        "the larger of two",
        law="The larger of the two receives the gradient.",
        kink="equal arguments",
        convention="where both are equal the second receives it",
    ),
)


def _pull_minimum(node: Node, upstream: Node) -> Iterator[tuple[int, Node]]:
    left, right = node.arguments
    first = indicator(subtract(right, left))
    yield 0, fit(multiply(upstream, first), left)
    yield 1, fit(multiply(upstream, subtract(1, first)), right)


minimum: Op = Op(
    "minimum",
    shape=elementwise_shape("min"),
    forward=lambda xp, left, right: xp.minimum(left, right),
    pull_back=_pull_minimum,
    notation=function("min"),
    elementwise=True,
    role="structure",
    facts=Facts(
        "the smaller of two",
        law="The smaller of the two receives the gradient.",
        kink="equal arguments",
        convention="where both are equal the second receives it",
    ),
)


def reduced_shape(inner: Node, axes: tuple[int, ...] | None = None) -> Shape:
    """The shape of a reduction: a scalar, or size 1 along the axes."""
    if axes is None:
        return ()
    return tuple(Axis(axis.name, 1) if k in axes else axis for k, axis in enumerate(inner.shape))


def _pull_peak(node: Node, upstream: Node) -> Iterator[tuple[int, Node]]:
    inner = node.arguments[0]
    axes = node.attributes.get("axes")
    here = subtract(1, sign(absolute(subtract(inner, expand(node, inner)))))
    share = divide(upstream, summation(here, axes=axes))
    yield 0, multiply(expand(share, inner), here)


def _peak_forward(xp: Any, value: Any, axes: tuple[int, ...] | None = None) -> Any:
    return xp.max(value) if axes is None else xp.max(value, axis=axes, keepdims=True)


def _peak_entries(values: Any, axes: tuple[int, ...] | None = None) -> Any:
    if axes is None:
        return _largest(values.flat)
    if len(axes) == values.ndim:
        made = numpy.empty((1,) * values.ndim, dtype=object)
        made[...] = _largest(values.flat)
        return made
    return numpy.apply_along_axis(lambda line: [_largest(line)], axes[0], values)


def _largest(values: Iterable[Node]) -> Node:
    return functools.reduce(maximum, values)


peak: Op = Op(
    "max",
    shape=reduced_shape,
    forward=_peak_forward,
    pull_back=_pull_peak,
    notation=function("max"),
    entries=_peak_entries,
    facts=Facts(
        "the largest entry",
        law="Only the largest entry receives the gradient.",
        kink="equal largest entries",
        convention="entries that are largest together share it equally",
    ),
)


def _pull_xlogy(node: Node, upstream: Node) -> Iterator[tuple[int, Node]]:
    y, p = node.arguments
    yield 0, fit(multiply(upstream, log(p)), y)
    yield 1, fit(multiply(upstream, divide(y, p)), p)


xlogy: Op = Op(
    "xlogy",
    shape=elementwise_shape("y ln p"),
    forward=lambda xp, y, p: xp.where(y == 0, y * 0, y * xp.log(xp.where(y == 0, p * 0 + 1, p))),
    pull_back=_pull_xlogy,
    notation=Notation("defined", precedence=Precedence.PRODUCT),
    definition=lambda y, p: multiply(y, log(p)),
    elementwise=True,
    role="structure",
    facts=Facts(
        "y ln p",
        law="The slope of y ln p for p is y/p.",
        convention="0 · ln 0 is taken as 0, its limit",
        sample=(0.05, 0.95),
    ),
)


def _unnamed_forward(xp: Any, value: Any, name: str, order: int = 0) -> Any:
    # Formulas are compared with something in the place of the function; nobody else can have a value.
    if hasattr(xp, "unnamed"):
        return xp.unnamed(value, name, order)
    raise EvaluationError(
        Fault(
            "unnamed-function", f"{name} has no formula, so it has no value", hint="solve it with symbols, or name it"
        )
    )


unnamed: Op = Op(
    "unnamed",
    shape=elementwise_shape("a function"),
    forward=_unnamed_forward,
    pull_back=lambda node, upstream: [
        (
            0,
            multiply(
                upstream, unnamed(node.arguments[0], name=node.attributes["name"], order=node.attributes["order"] + 1)
            ),
        )
    ],
    notation=Notation("unnamed"),
    elementwise=True,
    facts=Facts("a function without a formula", law="The slope of f(z) is f′(z), whatever f is."),
)

FUNCTIONS = (sin, cos, sign, absolute, indicator, erf, maximum, minimum, peak, xlogy)
