"""Networks of ours, with everything another engine needs to build the same from plain arrays."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy
import pytest

from chalkgrad.core.algebra import matmul
from chalkgrad.core.evaluate import evaluate
from chalkgrad.core.gradient import gradient
from chalkgrad.core.node import variable
from chalkgrad.core.shape import SAMPLES, Axis
from chalkgrad.ops import OPS
from chalkgrad.ops.losses import LOSSES

HIDDEN = "sigmoid tanh relu leaky_relu elu selu gelu silu softplus linear softmax log_softmax step".split()
OUTPUT = {"binary_cross_entropy": "sigmoid", "cross_entropy": "softmax", "kl": "softmax"}
SIZES = [[2, 3], [3, 4, 2], [1, 2, 3, 2], [4, 3, 1], [2, 2, 2, 3]]


class Arrays(NamedTuple):
    """A network with one sample in each row, and our loss and gradients of it in float64."""

    loss: str
    activations: list[str]
    x: numpy.ndarray
    y: numpy.ndarray
    parameters: list[numpy.ndarray]
    value: float
    gradients: list[numpy.ndarray]


def targets(kind: str, samples: int, outputs: int, chance: numpy.random.Generator) -> numpy.ndarray:
    if kind == "one_hot":
        return numpy.eye(outputs)[chance.integers(outputs, size=samples)]
    if kind == "signs":
        return chance.choice([-1.0, 1.0], size=(samples, outputs))
    drawn = chance.uniform(0.1, 1, size=(samples, outputs))
    if kind == "probabilities":
        return drawn / drawn.sum(axis=1, keepdims=True)
    return chance.normal(size=(samples, outputs))


def solved(loss_name: str, activations: list[str], x, y, parameters, rows: bool) -> Arrays:
    """Our loss and gradients, in either convention, given back with one sample in each row."""
    axis, loss = int(rows), OPS.loss(loss_name)

    def leaf(name: str, value: numpy.ndarray, first: Axis, second: Axis):
        node = variable(name, (first, second) if rows else (second, first))
        values[node] = value if rows else value.T
        return node

    values: dict = {}
    below = leaf("x", x, SAMPLES, Axis("", x.shape[1]))
    wanted = []
    for k, name in enumerate(activations):
        W, b = parameters[2 * k : 2 * k + 2]
        wanted += [leaf(f"W{k}", W, Axis("", W.shape[0]), Axis("", W.shape[1]))]
        wanted += [leaf(f"b{k}", b, Axis("", 1), Axis("", b.shape[1]))]
        z = (matmul(below, wanted[-2]) if rows else matmul(wanted[-2], below)) + wanted[-1]
        below = OPS.activation(name)(z, **({"axis": axis} if "softmax" in name else {}))
    total = loss.total(loss.rows(below, leaf("y", y, SAMPLES, Axis("", y.shape[1])), axis))
    value, *slopes = evaluate([total, *gradient(total, wanted)], values)
    return Arrays(loss_name, activations, x, y, parameters, float(value), [s if rows else s.T for s in slopes])


CASES = [(loss, number) for loss in LOSSES for number in range(len(SIZES))]


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0].name}-{case[1]}")
def network(request: pytest.FixtureRequest) -> Arrays:
    loss, number = request.param
    place, sizes = CASES.index(request.param), SIZES[number]
    chance = numpy.random.default_rng(place)
    activations = [HIDDEN[(place + k) % len(HIDDEN)] for k in range(len(sizes) - 2)]
    activations.append(OUTPUT.get(loss.name, HIDDEN[place % 9]))
    parameters = []
    for before, after in itertools.pairwise(sizes):
        parameters += [chance.normal(size=(before, after)), chance.normal(size=(1, after)) / 2]
    x, y = chance.normal(size=(4, sizes[0])), targets(loss.targets, 4, sizes[-1], chance)
    return solved(loss.name, activations, x, y, parameters, rows=place % 2 == 0)
