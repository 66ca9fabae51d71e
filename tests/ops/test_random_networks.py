"""Random networks: 1 to 3 layers, every activation, every loss, rows and columns, against finite differences."""

from __future__ import annotations

from typing import NamedTuple

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import drawn_targets

from chalkgrad.core.algebra import matmul
from chalkgrad.core.evaluate import Evaluator
from chalkgrad.core.gradient import Line, chain, compose, gradient
from chalkgrad.core.node import Node, variable
from chalkgrad.core.precise import precise
from chalkgrad.core.shape import SAMPLES, Axis
from chalkgrad.ops.activations import ACTIVATIONS
from chalkgrad.ops.losses import LOSSES

BY_LOSS = {loss.name: loss for loss in LOSSES}
BY_ACTIVATION = {op.name: op for op in ACTIVATIONS}
# Losses of probabilities need an output that is one.
OUTPUTS = {
    "binary_cross_entropy": ["sigmoid"],
    "cross_entropy": ["softmax", "log_softmax"],
    "kl": ["softmax"],
}


class Network(NamedTuple):
    """Lines from the data to the loss, its parameters, and values for all leaves."""

    lines: list[Line]
    loss: Node
    parameters: list[Node]
    values: dict[Node, numpy.ndarray]


@st.composite
def networks(draw):
    loss = BY_LOSS[draw(st.sampled_from(sorted(BY_LOSS)))]
    rows, samples = draw(st.booleans()), draw(st.integers(1, 3))
    sizes = draw(st.lists(st.integers(1, 3), min_size=2, max_size=4))
    hidden = draw(st.lists(st.sampled_from(sorted(BY_ACTIVATION)), min_size=len(sizes) - 2, max_size=len(sizes) - 2))
    last = draw(st.sampled_from(OUTPUTS.get(loss.name, sorted({*BY_ACTIVATION} - {"step"}))))
    return build(loss, rows, samples, sizes, [*hidden, last], draw(st.integers(0, 2**32 - 1)))


def build(loss, rows, samples, sizes, names, seed) -> Network:
    chance = numpy.random.default_rng(seed)

    def leaf(name, first, second, value):
        shape = (first, second) if rows else (second, first)
        node = variable(name, shape)
        values[node] = value if rows else value.T
        return node

    values: dict[Node, numpy.ndarray] = {}
    axis, one = 1 if rows else 0, Axis("", 1)
    below = leaf("x", SAMPLES, Axis("l0", sizes[0]), chance.normal(size=(samples, sizes[0])))
    lines, parameters = [], []
    for k, name in enumerate(names, start=1):
        inner, outer = Axis(f"l{k - 1}", sizes[k - 1]), Axis(f"l{k}", sizes[k])
        W = leaf(f"W{k}", inner, outer, chance.normal(size=(sizes[k - 1], sizes[k])))
        b = leaf(f"b{k}", one, outer, chance.normal(size=(1, sizes[k])) / 2)
        z = (matmul(below, W) if rows else matmul(W, below)) + b
        lines.append(Line(variable(f"z{k}", z.shape), z))
        activation = BY_ACTIVATION[name]
        layered = {"axis": axis} if name in ("softmax", "log_softmax") else {}
        a = activation(lines[-1].symbol, **layered)
        lines.append(Line(variable(f"a{k}", a.shape), a))
        below, parameters = lines[-1].symbol, [*parameters, W, b]
    y = leaf("y", SAMPLES, Axis(f"l{len(names)}", sizes[-1]), drawn_targets(loss.targets, samples, sizes[-1], chance))
    output = lines.pop().formula
    total = loss.total(loss.rows(output, y, axis))
    lines.append(Line(variable("L"), total))
    return Network(lines, lines[-1].symbol, parameters, values)


def check(network: Network, slopes) -> None:
    """Each slope against a central difference with 50 digits.

    A nudge of 1e-20 stays on one side of every kink that the random numbers are not within 1e-20 of; it errs by 1e-40
    times the third derivative and by 1e-30 of rounding.
    """
    xp, nudge = precise(), precise().context.mpf(10) ** -20
    (total,) = compose(network.lines, [network.loss])
    leaves = list(network.values)
    given = [xp.array(value) for value in network.values.values()]
    found = Evaluator(slopes, leaves, xp)(*given)
    value_of = Evaluator([total], leaves, xp)
    for parameter, slope in zip(network.parameters, found, strict=True):
        position = leaves.index(parameter)
        assert slope.shape == given[position].shape
        for index in numpy.ndindex(slope.shape):
            ends = []
            for step in (nudge, -nudge):
                moved = given[position].copy()
                moved[index] += step
                ends.append(value_of(*given[:position], moved, *given[position + 1 :])[0])
            difference = (ends[0] - ends[1]) / (2 * nudge)
            assert abs(slope[index] - difference) <= 1e-20 * max(1, abs(difference)), (parameter, index)


@settings(max_examples=60)
@given(networks())
def test_gradients_of_random_networks(network):
    (total,) = compose(network.lines, [network.loss])
    check(network, gradient(total, network.parameters))


@settings(max_examples=30)
@given(networks())
def test_gradients_step_by_step_are_the_same(network):
    walk = chain(network.lines, network.loss, network.parameters)
    lines = [*network.lines, *walk.gradients.values()]
    reached = [walk.gradients[parameter].symbol for parameter in network.parameters if parameter in walk.gradients]
    (total,) = compose(network.lines, [network.loss])
    whole = gradient(total, [parameter for parameter in network.parameters if parameter in walk.gradients])
    evaluator = Evaluator([*compose(lines, reached), *whole], list(network.values))
    found = evaluator(*network.values.values())
    for left, right in zip(found[: len(reached)], found[len(reached) :], strict=True):
        # The same operations in another order; 1e-13 where large terms cancel.
        numpy.testing.assert_allclose(left, right, rtol=1e-11, atol=1e-13)


@settings(max_examples=60)
@given(networks())
def test_training_in_float32_stays_in_float32(network):
    (total,) = compose(network.lines, [network.loss])
    given = [value.astype(numpy.float32) for value in network.values.values()]
    for found in Evaluator([total, *gradient(total, network.parameters)], list(network.values))(*given):
        assert found.dtype == numpy.float32


def test_the_comparison_with_differences_can_fail():
    network = build(BY_LOSS["mse"], True, 2, [2, 2], ["tanh"], 0)
    (total,) = compose(network.lines, [network.loss])
    right = gradient(total, network.parameters)
    check(network, right)
    with pytest.raises(AssertionError):
        check(network, [right[0] * 1.0000000001, right[1]])
