"""Softmax and its logarithm: activations of a whole layer, in which every output depends on every input."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import numpy

from chalkgrad.core.algebra import add, divide, exp, log, multiply, negate, subtract, summation
from chalkgrad.core.node import Facts, Node, Op
from chalkgrad.core.notation import Notation, function
from chalkgrad.core.shape import Shape
from chalkgrad.errors import Fault, ShapeError

__all__ = ["log_softmax", "softmax", "softmax_unit"]


def _softmax_forward(xp: Any, z: Any, axis: int = 1) -> Any:
    # Shifting by the largest entry changes nothing but keeps exp from overflowing.
    raised = xp.exp(z - xp.max(z, axis=axis, keepdims=True))
    return raised / xp.sum(raised, axis=axis, keepdims=True)


def _log_softmax_forward(xp: Any, z: Any, axis: int = 1) -> Any:
    shifted = z - xp.max(z, axis=axis, keepdims=True)
    return shifted - xp.log(xp.sum(xp.exp(shifted), axis=axis, keepdims=True))


def _layer_shape(z: Node, axis: int = 1) -> Shape:
    if not z.shape:
        message = "softmax needs the outputs of a whole layer, but got a scalar"
        raise ShapeError(Fault("not-a-layer", message, hint="use sigmoid for a single output"))
    return z.shape


def _pull_softmax(node: Node, upstream: Node) -> Iterator[tuple[int, Node]]:
    axis = node.attributes["axis"]
    yield 0, multiply(node, subtract(upstream, summation(multiply(upstream, node), axes=(axis,))))


def _pull_log_softmax(node: Node, upstream: Node) -> Iterator[tuple[int, Node]]:
    axis = node.attributes["axis"]
    yield 0, subtract(upstream, multiply(softmax(node.arguments[0], axis=axis), summation(upstream, axes=(axis,))))


def _each_unit(make: Any) -> Any:
    """The entries of an op over a layer: one node for each unit, of all inputs of the layer."""

    def entries(values: Any, axis: int = 1) -> Any:
        return numpy.apply_along_axis(lambda line: [make(*line, index=k) for k in range(len(line))], axis, values)

    return entries


softmax: Op = Op(
    "softmax",
    shape=_layer_shape,
    forward=_softmax_forward,
    pull_back=_pull_softmax,
    notation=function("softmax"),
    entries=_each_unit(lambda *line, index: softmax_unit(*line, index=index)),
    role="activation",
    facts=Facts(
        "softmax",
        law="∂p_i/∂z_j = p_i (δ_ij − p_j): every output depends on every input of the layer.",
        range="(0, 1), summing to 1",
        use="The output of a classifier with several classes, with cross-entropy: then ∂L/∂z = p − y.",
        avoid="Hidden layers, or classes that do not exclude each other (use sigmoids).",
        source="Bridle (1990)",
    ),
)

log_softmax: Op = Op(
    "log_softmax",
    shape=_layer_shape,
    forward=_log_softmax_forward,
    pull_back=_pull_log_softmax,
    notation=function("logsoftmax"),
    entries=_each_unit(lambda *line, index: log(softmax_unit(*line, index=index))),
    role="activation",
    facts=Facts(
        "logarithm of softmax",
        law="∂ ln p_i/∂z_j = δ_ij − p_j.",
        range="(−∞, 0)",
        use="With a negative log-likelihood loss, where ln p is wanted without a rounding to 0 in between.",
        avoid="Anything that wants probabilities themselves.",
        source="Bridle (1990)",
    ),
)


def _pull_softmax_unit(node: Node, upstream: Node) -> Iterator[tuple[int, Node]]:
    chosen = node.attributes["index"]
    for k in range(len(node.arguments)):
        other = softmax_unit(*node.arguments, index=k)
        slope = multiply(node, subtract(1, node)) if k == chosen else negate(multiply(node, other))
        yield k, multiply(upstream, slope)


def _softmax_unit_forward(xp: Any, *values: Any, index: int) -> Any:
    largest = functools.reduce(xp.maximum, values)
    raised = [xp.exp(value - largest) for value in values]
    return raised[index] / sum(raised[1:], raised[0])


def _softmax_unit_definition(*values: Node, index: int) -> Node:
    total = exp(values[0])
    for value in values[1:]:
        total = add(total, exp(value))
    return divide(exp(values[index]), total)


softmax_unit: Op = Op(
    "softmax_unit",
    shape=lambda *values, index: (),
    forward=_softmax_unit_forward,
    pull_back=_pull_softmax_unit,
    notation=Notation("defined"),
    definition=_softmax_unit_definition,
    role="structure",
    facts=Facts(
        "one output of a softmax", law="∂p_i/∂z_j = p_i (δ_ij − p_j): every output depends on every input of the layer."
    ),
)
