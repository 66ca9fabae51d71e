"""Losses: how far a prediction is from its target, written in the language.

A loss is a sum or mean over samples of one number a sample. Both parts are formulas, so the per-sample losses can be
shown one by one and the trainer runs the very same nodes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy

from chalkgrad.core.algebra import (
    add,
    elementwise_shape,
    fit,
    log,
    multiply,
    negate,
    power,
    sqrt,
    subtract,
    summation,
)
from chalkgrad.core.node import Facts, Node, Op, constant
from chalkgrad.core.notation import Notation
from chalkgrad.core.shape import Shape, describe, same_sizes
from chalkgrad.errors import Fault, ShapeError
from chalkgrad.ops.activations import relu, sigmoid
from chalkgrad.ops.functions import absolute, reduced_shape, sign, unary, xlogy
from chalkgrad.ops.softmax import log_softmax, softmax, softmax_unit
from chalkgrad.ops.structure import choose, less_equal, mean

__all__ = [
    "LOSSES",
    "LOSS_OPS",
    "Loss",
    "huber_unit",
    "sigmoid_cross_entropy",
    "softmax_cross_entropy",
    "softmax_cross_entropy_unit",
]

HALF = constant(Fraction(1, 2))

_PER_NUMBER = ", with n the number of outputs times samples."
_PER_SAMPLE = ", with n the number of samples."


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss, in two parts.

    Args:
        name: its name in a problem file.
        rows: from prediction, target and the axis of the outputs, the loss of each sample, as a column (or row).
        total: from those, the loss of the batch: their sum, their mean, ...
        targets: `numbers`, `probabilities` (0 to 1), `one_hot` (or class numbers), `signs` (−1 or 1).
        facts: what the catalogue tells.
    """

    name: str
    rows: Callable[[Node, Node, int], Node]
    total: Callable[[Node], Node]
    targets: str
    facts: Facts


def _over_outputs(values: Node, axis: int) -> Node:
    return summation(values, axes=(axis,)) if values.shape else values


def _mean_over_outputs(values: Node, axis: int) -> Node:
    return mean(values, axes=(axis,)) if values.shape else values


# --- fused pieces: one op where the two halves of a formula would lose digits apart -----------------------------------


def _sigmoid_cross_entropy_definition(z: Node, y: Node) -> Node:
    p = sigmoid(z)
    return negate(add(xlogy(y, p), xlogy(subtract(1, y), subtract(1, p))))


def _pull_sigmoid_cross_entropy(node: Node, upstream: Node) -> Iterator[tuple[int, Node]]:
    z, y = node.arguments
    yield 0, fit(multiply(upstream, subtract(sigmoid(z), y)), z)
    yield 1, fit(negate(multiply(upstream, z)), y)


sigmoid_cross_entropy: Op = Op(
    "sigmoid_cross_entropy",
    shape=elementwise_shape("binary cross-entropy"),
    # −y ln σ(z) − (1−y) ln(1−σ(z)) without taking the logarithm of a rounded σ
    forward=lambda xp, z, y: xp.maximum(z, 0) - z * y + xp.log1p(xp.exp(-xp.abs(z))),
    pull_back=_pull_sigmoid_cross_entropy,
    notation=Notation("defined"),
    definition=_sigmoid_cross_entropy_definition,
    elementwise=True,
    role="loss",
    facts=Facts(
        "binary cross-entropy of a sigmoid",
        law="Sigmoid and cross-entropy together: ∂L/∂ŷ · ŷ(1 − ŷ) = (ŷ − y)/(ŷ(1 − ŷ)) · ŷ(1 − ŷ) = ŷ − y.",
    ),
)


def _softmax_cross_entropy_forward(xp: Any, z: Any, y: Any, axis: int = 1) -> Any:
    return -xp.sum(y * log_softmax.forward(xp, z, axis=axis), axis=axis, keepdims=True)


def _softmax_cross_entropy_entries(z: Any, y: Any, axis: int = 1) -> Any:
    if axis == 0:
        z, y = z.T, y.T
    made = numpy.empty((len(z), 1), dtype=object)
    made[:, 0] = [softmax_cross_entropy_unit(*zs, *ys) for zs, ys in zip(z, y, strict=True)]
    return made.T if axis == 0 else made


def _softmax_cross_entropy_shape(z: Node, y: Node, axis: int = 1) -> Shape:
    if not z.shape or not same_sizes(z.shape, y.shape):
        raise ShapeError(
            Fault(
                "shapes-differ",
                f"cross-entropy needs a target for each output, but the outputs are {describe(z.shape)} and the "
                f"targets {describe(y.shape)}",
                hint="give the targets one-hot: 1 for the class of the sample and 0 for the others",
            )
        )
    return reduced_shape(z, (axis,))


def _pull_softmax_cross_entropy(node: Node, upstream: Node) -> Iterator[tuple[int, Node]]:
    z, y = node.arguments
    yield 0, multiply(upstream, subtract(softmax(z, **node.attributes), y))
    yield 1, negate(multiply(upstream, log_softmax(z, **node.attributes)))


softmax_cross_entropy: Op = Op(
    "softmax_cross_entropy",
    shape=_softmax_cross_entropy_shape,
    forward=_softmax_cross_entropy_forward,
    pull_back=_pull_softmax_cross_entropy,
    notation=Notation("defined"),
    definition=lambda z, y, axis=1: negate(_over_outputs(xlogy(y, softmax(z, axis=axis)), axis)),
    entries=_softmax_cross_entropy_entries,
    role="loss",
    facts=Facts(
        "cross-entropy of a softmax",
        law="Softmax and cross-entropy together: Σ_k (−y_k/p_k) · p_k (δ_kj − p_j) = p_j Σ_k y_k − y_j = p_j − y_j, "
        "because the targets of a sample sum to 1.",
        convention="the targets of each sample sum to 1",
    ),
)


def _halves(node: Node) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    size = len(node.arguments) // 2
    return node.arguments[:size], node.arguments[size:]


def _pull_softmax_cross_entropy_unit(node: Node, upstream: Node) -> Iterator[tuple[int, Node]]:
    z, y = _halves(node)
    for k in range(len(z)):
        p = softmax_unit(*z, index=k)
        yield k, multiply(upstream, subtract(p, y[k]))
        yield len(z) + k, negate(multiply(upstream, log(p)))


def _softmax_cross_entropy_unit_forward(xp: Any, *values: Any) -> Any:
    z, y = values[: len(values) // 2], values[len(values) // 2 :]
    largest = functools.reduce(xp.maximum, z)
    raised = [xp.exp(value - largest) for value in z]
    log_total = largest + xp.log(sum(raised[1:], raised[0]))
    terms = [target * (log_total - value) for value, target in zip(z, y, strict=True)]
    return sum(terms[1:], terms[0])


def _softmax_cross_entropy_unit_definition(*values: Node) -> Node:
    z, y = values[: len(values) // 2], values[len(values) // 2 :]
    terms = [xlogy(target, softmax_unit(*z, index=k)) for k, target in enumerate(y)]
    total = terms[0]
    for term in terms[1:]:
        total = add(total, term)
    return negate(total)


softmax_cross_entropy_unit: Op = Op(
    "softmax_cross_entropy_unit",
    shape=lambda *values: (),
    forward=_softmax_cross_entropy_unit_forward,
    pull_back=_pull_softmax_cross_entropy_unit,
    notation=Notation("defined"),
    definition=_softmax_cross_entropy_unit_definition,
    role="structure",
    facts=softmax_cross_entropy.facts,
)


def _huber_definition(d: Node) -> Node:
    return choose(less_equal(absolute(d), 1), multiply(HALF, power(d, 2)), subtract(absolute(d), HALF))


huber_unit: Op = unary(
    "huber_unit",
    lambda xp, d: xp.where(xp.abs(d) <= 1, d * d / 2, xp.abs(d) - 0.5),
    lambda d, a: choose(less_equal(absolute(d), 1), d, sign(d)),
    notation=Notation("function", "H"),
    definition=_huber_definition,
    role="loss",
    facts=Facts(
        "Huber's function, δ = 1",
        law="The slope of Huber's function is d where |d| ≤ 1, and the sign of d beyond.",
        convention="δ = 1",
        source="Huber, Robust estimation of a location parameter (1964)",
    ),
)


# --- the losses -------------------------------------------------------------------------------------------------------


def _squares(prediction: Node, target: Node) -> Node:
    return power(subtract(prediction, target), 2)


def _binary_cross_entropy_rows(prediction: Node, target: Node, axis: int) -> Node:
    if prediction.op is sigmoid:
        return _binary_cross_entropy_logits_rows(prediction.arguments[0], target, axis)
    other = xlogy(subtract(1, target), subtract(1, prediction))
    return _mean_over_outputs(negate(add(xlogy(target, prediction), other)), axis)


def _binary_cross_entropy_logits_rows(logits: Node, target: Node, axis: int) -> Node:
    return _mean_over_outputs(sigmoid_cross_entropy(logits, target), axis)


def _cross_entropy_rows(prediction: Node, target: Node, axis: int) -> Node:
    if prediction.op in (softmax, log_softmax) and prediction.attributes["axis"] == axis:
        return _cross_entropy_logits_rows(prediction.arguments[0], target, axis)
    return negate(_over_outputs(xlogy(target, prediction), axis))


def _cross_entropy_logits_rows(logits: Node, target: Node, axis: int) -> Node:
    return softmax_cross_entropy(logits, target, axis=axis)


LOSSES = (
    Loss(
        "half_sse",
        lambda p, y, axis: multiply(HALF, _over_outputs(_squares(p, y), axis)),
        summation,
        "numbers",
        Facts("half the sum of squared errors", law="∂L/∂ŷ = ŷ − y: the half takes away the 2 of the square.",
              range="[0, ∞)",
              use="Work by hand.", avoid="Comparing batches of different size: it grows with the number of samples.",
              source="Legendre (1805)"),
    ),
    Loss(
        "sse",
        lambda p, y, axis: _over_outputs(_squares(p, y), axis),
        summation,
        "numbers",
        Facts("sum of squared errors", law="∂L/∂ŷ = 2 (ŷ − y).", range="[0, ∞)", use="Least squares.",
              avoid="Comparing batches of different size; outliers weigh much.",
              source="Legendre (1805)"),
    ),
    Loss(
        "mse",
        lambda p, y, axis: _mean_over_outputs(_squares(p, y), axis),
        mean,
        "numbers",
        Facts("mean squared error", law="∂L/∂ŷ = 2 (ŷ − y)/n" + _PER_NUMBER,
              range="[0, ∞)",
              use="Regression, the usual first choice.",
              avoid="Outliers weigh much; with a sigmoid output it saturates.",
              source="Legendre (1805)"),
    ),
    Loss(
        "rmse",
        lambda p, y, axis: _mean_over_outputs(_squares(p, y), axis),
        lambda rows: sqrt(mean(rows)),
        "numbers",
        Facts("root mean squared error", law="∂L/∂ŷ = (ŷ − y)/(n · L)" + _PER_NUMBER, range="[0, ∞)", kink="0",
              convention="the slope where all errors are 0 is left undefined",
              use="A regression error in the units of the target.",
              avoid="Training to zero error: the slope is 0/0 there.",
              source="Legendre (1805)"),
    ),
    Loss(
        "mae",
        lambda p, y, axis: _mean_over_outputs(absolute(subtract(p, y)), axis),
        mean,
        "numbers",
        Facts("mean absolute error", law="∂L/∂ŷ = sign(ŷ − y)/n" + _PER_NUMBER, range="[0, ∞)", kink="0",
              convention="the slope at ŷ = y is taken as 0", use="Regression with outliers.",
              avoid="Small steps near the minimum: its slope does not shrink.",
              source="Boscovich (1757)"),
    ),
    Loss(
        "huber",
        lambda p, y, axis: _mean_over_outputs(huber_unit(subtract(p, y)), axis),
        mean,
        "numbers",
        Facts("Huber loss", law="∂L/∂ŷ = (ŷ − y)/n while |ŷ − y| ≤ 1, then sign(ŷ − y)/n" + _PER_NUMBER,
              range="[0, ∞)",
              convention="δ = 1",
              use="Regression with a few outliers.", avoid="Targets of very different scale: δ = 1 is in their units.",
              source="Huber (1964)"),
    ),
    Loss(
        "binary_cross_entropy",
        _binary_cross_entropy_rows,
        mean,
        "probabilities",
        Facts("binary cross-entropy",
              law="∂L/∂ŷ = (ŷ − y)/(n ŷ (1 − ŷ)); behind a sigmoid, ∂L/∂z = (ŷ − y)/n" + _PER_NUMBER,
              range="[0, ∞)",
              convention="natural logarithm; 0 · ln 0 = 0",
              use="Two classes, or several that do not exclude each other.",
              avoid="Outputs that can be exactly 0 or 1, or lie outside (0, 1).",
              source="Cox, The regression analysis of binary sequences (1958)"),
    ),
    Loss(
        "binary_cross_entropy_from_logits",
        _binary_cross_entropy_logits_rows,
        mean,
        "probabilities",
        Facts("binary cross-entropy from logits", law="∂L/∂z = (σ(z) − y)/n" + _PER_NUMBER, range="[0, ∞)",
              use="Two classes with a linear output.", avoid="Outputs that are probabilities already.",
              source="Cox, The regression analysis of binary sequences (1958)"),
    ),
    Loss(
        "cross_entropy",
        _cross_entropy_rows,
        mean,
        "one_hot",
        Facts("cross-entropy", law="∂L/∂p_k = −y_k/(n p_k); behind a softmax, ∂L/∂z = (p − y)/n" + _PER_SAMPLE,
              range="[0, ∞)",
              convention="natural logarithm; mean over samples", use="Several classes that exclude each other.",
              avoid="Outputs that do not sum to 1.",
              source="Bridle (1990)"),
    ),
    Loss(
        "cross_entropy_from_logits",
        _cross_entropy_logits_rows,
        mean,
        "one_hot",
        Facts("cross-entropy from logits", law="∂L/∂z = (softmax(z) − y)/n" + _PER_SAMPLE, range="[0, ∞)",
              use="Several classes with a linear output.", avoid="Outputs that are probabilities already.",
              source="Bridle (1990)"),
    ),
    Loss(
        "hinge",
        lambda p, y, axis: _mean_over_outputs(relu(subtract(1, multiply(y, p))), axis),
        mean,
        "signs",
        Facts("hinge loss", law="∂L/∂ŷ = −y/n where y ŷ < 1, else 0" + _PER_NUMBER, range="[0, ∞)", kink="y ŷ = 1",
              convention="targets are −1 and 1; the slope at the kink is 0", use="Classifiers with a margin.",
              avoid="Targets 0 and 1; where probabilities are wanted.", source="Cortes and Vapnik (1995)"),
    ),
    Loss(
        "kl",
        lambda p, y, axis: _over_outputs(subtract(xlogy(y, y), xlogy(y, p)), axis),
        mean,
        "probabilities",
        Facts("Kullback-Leibler divergence", law="∂L/∂p_k = −y_k/(n p_k)" + _PER_SAMPLE, range="[0, ∞)",
              convention="natural logarithm; mean over samples", use="Targets that are distributions.",
              avoid="Outputs that do not sum to 1.", source="Kullback and Leibler (1951)"),
    ),
)  # fmt: skip

LOSS_OPS = (sigmoid_cross_entropy, softmax_cross_entropy, huber_unit)
