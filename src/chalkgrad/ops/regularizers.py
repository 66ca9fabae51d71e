"""Regularizers: what is added to the loss so that weights stay small, written in the language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from chalkgrad.core.algebra import multiply, power, summation
from chalkgrad.core.node import Facts, Node
from chalkgrad.ops.functions import absolute

__all__ = ["REGULARIZERS", "Regularizer"]


@dataclass(frozen=True, slots=True)
class Regularizer:
    """A penalty on a parameter.

    Args:
        name: its key in a problem file.
        penalty: from a parameter and the strength λ, the term that is added to the objective, a scalar.
        facts: what the catalogue tells.
    """

    name: str
    penalty: Callable[[Node, Node], Node]
    facts: Facts


REGULARIZERS = (
    Regularizer(
        "l2",
        lambda w, strength: multiply(Fraction(1, 2), multiply(strength, summation(power(w, 2)))),
        Facts(
            "L2 (weight decay)",
            law="∂/∂w (λ/2 · w²) = λ w: every step shrinks the weight in proportion to its size.",
            use="The usual first choice against overfitting.",
            avoid="Biases, and adaptive optimizers such as Adam, where adamw decays as meant.",
            source="Krogh and Hertz (1991)",
        ),
    ),
    Regularizer(
        "l1",
        lambda w, strength: multiply(strength, summation(absolute(w))),
        Facts(
            "L1 (lasso)",
            law="∂/∂w (λ |w|) = λ sign(w): every step takes the same off, so weights reach 0.",
            kink="0",
            convention="the slope at w = 0 is taken as 0",
            use="Where few weights should stay.",
            avoid="Where all inputs matter a little.",
            source="Tibshirani (1996)",
        ),
    ),
)
