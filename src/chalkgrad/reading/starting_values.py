"""The values that parameters start from when a problem does not give them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy

from chalkgrad.core.node import Node
from chalkgrad.ops import OPS, OpSet
from chalkgrad.ops.activations import leaky_relu
from chalkgrad.reading.assembly import Exact, Start
from chalkgrad.reading.defaults import initial_for
from chalkgrad.reading.schema_training import Initial

__all__ = ["draw_values"]


def draw_values(
    parameters: Mapping[str, Node], starts: Mapping[str, Start], initial: Initial | None, seed: int, ops: OpSet = OPS
) -> dict[str, Exact]:
    """Draw a value for each parameter, in their order, from one seed.

    Biases start at 0 with the He and Xavier rules; `uniform`, `normal` and `constant` hold for every parameter.
    """
    generator = numpy.random.default_rng(seed)
    drawn: dict[str, Exact] = {}
    for name, node in parameters.items():
        start = starts[name]
        rule = initial or Initial(initial_for(start.activation, ops))
        drawn[name] = _exact(_draw(node, start, rule, generator), start)
    return drawn


def _draw(node: Node, start: Start, initial: Initial, generator: numpy.random.Generator) -> Any:
    name = initial.name
    numbers = [float(number) for number in initial.numbers]
    sizes = tuple(axis.size or 1 for axis in node.shape)
    if name == "zeros" or (start.is_bias and not numbers):
        return numpy.zeros(sizes)
    if name == "constant":
        return numpy.full(sizes, Fraction(initial.numbers[0]), dtype=object)
    if name == "uniform":
        return generator.uniform(numbers[0], numbers[1], sizes)
    spread = numbers[0] if name == "normal" else _spread(name, start)
    if name.endswith("uniform"):
        return generator.uniform(-spread, spread, sizes)
    return generator.normal(0.0, spread, sizes)


def _spread(name: str, start: Start) -> float:
    """The bound of a uniform draw, or the standard deviation of a normal one.

    Source: He et al. (2015), equations 10 and 15; Glorot and Bengio (2010), equation 16.
    """
    gain = 1.0 if name.startswith("xavier") else _gain(start.activation)
    weight = (start.inputs + start.units) / 2 if name.startswith("xavier") else start.inputs
    return float(gain * (1.0 / weight) ** 0.5 * (3.0**0.5 if name.endswith("uniform") else 1.0))


def _gain(activation: str) -> float:
    """√2, less what the negative side of a leaky unit lets through."""
    return leaky_relu.facts.gain if activation == "leaky_relu" else 2.0**0.5


def _exact(drawn: Any, start: Start) -> Exact:
    """The drawn numbers in the shape in which they would be given: a matrix as rows, a bias as a list."""
    values = numpy.asarray(drawn, dtype=object)
    if not values.shape:
        return Fraction(values.item())
    if start.is_bias:
        return [Fraction(value) for value in values.flat]
    return [[Fraction(value) for value in row] for row in values]
