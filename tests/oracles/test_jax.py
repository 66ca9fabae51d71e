"""Our gradients against JAX in float64, and our own graph run on JAX."""

from __future__ import annotations

import numpy
import pytest

from chalkgrad.core.algebra import matmul, summation
from chalkgrad.core.evaluate import Evaluator
from chalkgrad.core.gradient import gradient
from chalkgrad.core.node import variable
from chalkgrad.core.shape import shape_of
from chalkgrad.ops import OPS
from chalkgrad.ops.activations import ACTIVATIONS as OURS

jax = pytest.importorskip("jax", reason="jax, an oracle, is not installed: pip install chalkgrad[oracles]")
jnp = jax.numpy

ACTIVATIONS = {
    "linear": lambda z: z,
    "step": lambda z: jax.lax.stop_gradient(jnp.heaviside(z, 1.0)),
    "sigmoid": jax.nn.sigmoid,
    "tanh": jnp.tanh,
    "relu": jax.nn.relu,
    "leaky_relu": jax.nn.leaky_relu,
    "elu": jax.nn.elu,
    "selu": jax.nn.selu,
    "gelu": lambda z: jax.nn.gelu(z, approximate=False),
    "silu": jax.nn.silu,
    "softplus": jax.nn.softplus,
    "softmax": lambda z: jax.nn.softmax(z, axis=1),
    "log_softmax": lambda z: jax.nn.log_softmax(z, axis=1),
}


def huber(d):
    return jnp.where(abs(d) <= 1, d * d / 2, abs(d) - 0.5)


def binary(p, y):
    return -jnp.mean(y * jnp.log(p) + (1 - y) * jnp.log1p(-p))


LOSSES = {
    "half_sse": lambda p, y: jnp.sum((p - y) ** 2) / 2,
    "sse": lambda p, y: jnp.sum((p - y) ** 2),
    "mse": lambda p, y: jnp.mean((p - y) ** 2),
    "rmse": lambda p, y: jnp.sqrt(jnp.mean((p - y) ** 2)),
    "mae": lambda p, y: jnp.mean(abs(p - y)),
    "huber": lambda p, y: jnp.mean(huber(p - y)),
    "binary_cross_entropy": binary,
    "binary_cross_entropy_from_logits": lambda z, y: binary(jax.nn.sigmoid(z), y),
    "cross_entropy": lambda p, y: -jnp.mean(jnp.sum(y * jnp.log(p), axis=1)),
    "cross_entropy_from_logits": lambda z, y: -jnp.mean(jnp.sum(y * jax.nn.log_softmax(z, axis=1), axis=1)),
    "hinge": lambda p, y: jnp.mean(jnp.maximum(1 - y * p, 0)),
    "kl": lambda p, y: jnp.mean(jnp.sum(y * jnp.log(y / p), axis=1)),
}


@pytest.fixture(autouse=True)
def _double():
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", False)


def check(network):
    """The same operations in another order: a hundred roundings of 1e-16 are far below 1e-10."""

    def loss(parameters):
        below = jnp.asarray(network.x)
        for k, name in enumerate(network.activations):
            below = ACTIVATIONS[name](below @ parameters[2 * k] + parameters[2 * k + 1])
        return LOSSES[network.loss](below, jnp.asarray(network.y))

    value, slopes = jax.value_and_grad(loss)([jnp.asarray(value) for value in network.parameters])
    numpy.testing.assert_allclose(network.value, value, rtol=1e-10)
    for ours, theirs in zip(network.gradients, slopes, strict=True):
        numpy.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12)


def test_gradients_of_random_networks(network):
    check(network)


@pytest.mark.parametrize("network", [(OPS.loss("mse"), 0)], indirect=True, ids=["mse"])
def test_the_comparison_can_fail(network):
    with pytest.raises(AssertionError):
        check(network._replace(gradients=[slope + 1e-9 for slope in network.gradients]))


@pytest.mark.parametrize("activation", OURS, ids=lambda op: op.name)
@pytest.mark.parametrize("dtype", [numpy.float32, numpy.float64])
def test_our_graph_runs_on_jax_as_on_numpy(activation, dtype):
    x, W, y = variable("x", shape_of(4, 3)), variable("W", shape_of(3, 2)), variable("y", shape_of(4, 2))
    a = activation(matmul(x, W))
    wanted = [a, *gradient(OPS.loss("huber").total(OPS.loss("huber").rows(a, y, 1)) + summation(a), [x, W])]
    chance = numpy.random.default_rng(1)
    values = [chance.normal(size=(rows, columns)).astype(dtype) for rows, columns in ((4, 3), (3, 2), (4, 2))]
    expected = Evaluator(wanted, [x, W, y])(*values)
    compiled = jax.jit(Evaluator(wanted, [x, W, y], jnp))
    for found, value in zip(compiled(*values), expected, strict=True):
        assert found.dtype == value.dtype == dtype
        # Some tens of roundings of 6e-8 or 1e-16.
        numpy.testing.assert_allclose(
            found, value, rtol=2e-5 if dtype is numpy.float32 else 1e-12, atol=1e-6 if dtype is numpy.float32 else 1e-15
        )
