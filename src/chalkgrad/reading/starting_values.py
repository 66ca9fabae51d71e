"""The values that parameters start from when a problem does not give them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy
from numpy.typing import NDArray

from chalkgrad.core.node import Node
from chalkgrad.ops import OPS, OpSet
from chalkgrad.ops.activations import leaky_relu
from chalkgrad.reading.assembly import Exact, Start
from chalkgrad.reading.defaults import initial_for
from chalkgrad.reading.schema_training import Initial

__all__ = ["draw_arrays", "draw_values", "exact_array"]

Array = NDArray[numpy.float64]


def draw_arrays(
    parameters: Mapping[str, Node], starts: Mapping[str, Start], initial: Initial | None, seed: int, ops: OpSet = OPS
) -> dict[str, Array]:
    """Draw a value for each parameter, in their order, from one seed.

    Biases start at 0 with the He and Xavier rules; `uniform`, `normal` and `constant` hold for every parameter.

    Returns:
        For each parameter float64 numbers in the shape of its node.
    """
    generator = numpy.random.default_rng(seed)
    drawn: dict[str, Array] = {}
    for name, node in parameters.items():
        rule = initial or Initial(initial_for(starts[name].activation, ops))
        drawn[name] = numpy.asarray(_draw(node, starts[name], rule, generator), dtype=numpy.float64)
    return drawn


def draw_values(
    parameters: Mapping[str, Node], starts: Mapping[str, Start], initial: Initial | None, seed: int, ops: OpSet = OPS
) -> dict[str, Exact]:
    """The numbers of `draw_arrays`, exact: a drawn number is what float64 has, a constant is what is written."""
    drawn = draw_arrays(parameters, starts, initial, seed, ops)
    if initial is None or initial.name != "constant":
        return {name: _exact(array, starts[name]) for name, array in drawn.items()}
    written = Fraction(initial.numbers[0])
    return {name: _exact(numpy.full(array.shape, written, dtype=object), starts[name]) for name, array in drawn.items()}


def exact_array(value: Exact, node: Node) -> Array:
    """An exact value as float64 numbers in the shape of its node.

    Args:
        value: a number, a list or rows; one number stands for all entries.
        node: the parameter.
    """
    sizes = tuple(axis.size or 1 for axis in node.shape)
    numbers = numpy.asarray(value, dtype=object)
    if not numbers.shape:
        return numpy.full(sizes, float(numbers.item()))
    return numbers.astype(numpy.float64).reshape(sizes)


def _draw(node: Node, start: Start, initial: Initial, generator: numpy.random.Generator) -> Any:
    name = initial.name
    numbers = [float(number) for number in initial.numbers]
    sizes = tuple(axis.size or 1 for axis in node.shape)
    if name == "zeros" or (start.is_bias and not numbers):
        return numpy.zeros(sizes)
    if name == "constant":
        return numpy.full(sizes, numbers[0])
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


def _exact(drawn: NDArray[Any], start: Start) -> Exact:
    """The drawn numbers in the shape in which they would be given: a matrix as rows, a bias as a list."""
    if not drawn.shape:
        return Fraction(drawn.item())
    if start.is_bias:
        return [Fraction(value) for value in drawn.ravel().tolist()]
    return [[Fraction(value) for value in row] for row in drawn.tolist()]
