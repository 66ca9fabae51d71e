"""JAX by hand: one compiled call a step, all steps in one `scan`, and many networks by `vmap`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy
from engines import Prepared
from workloads import BETA1, BETA2, EPSILON, Workload, order_of, samples_of, starts_of

__all__ = ["one_call_a_step", "scanned", "vmapped"]

Arrays = list[Any]
State = tuple[Arrays, Arrays, Arrays, Any]
# A step: the state and a batch to the next state and the loss.
Step = Callable[[State, Any, Any], tuple[State, Any]]


def one_call_a_step(workload: Workload) -> Prepared:
    """A Python loop over one `jit` function that gathers its batch and takes one step."""
    x, y = _data(workload)
    order = order_of(workload)
    step_of = _step(workload, jax.value_and_grad(lambda parameters, x, y: _loss(workload, parameters, x, y)))

    def gathered(state: State, x: Any, y: Any, rows: Any) -> tuple[State, Any]:
        return step_of(state, x[rows], y[rows])

    take = jax.jit(step_of if workload.full_batch else gathered, donate_argnums=0)
    parts = [order[part] for part in workload.batches]

    def run() -> float:
        state, losses = _first(starts_of(workload)), []
        for _ in range(workload.epochs):
            losses = []
            for rows in parts:
                state, loss = take(state, x, y) if workload.full_batch else take(state, x, y, rows)
                losses.append(loss)
        return _mean(workload, losses)

    return Prepared(run)


def scanned(workload: Workload, written_out: bool = False) -> Prepared:
    """All steps in one compiled program; the last smaller batch in a second one, if there is one."""
    x, y = _data(workload)
    order = order_of(workload)
    loss_and_gradients = (
        (lambda parameters, x, y: _written_out(workload, parameters, x, y))
        if written_out
        else jax.value_and_grad(lambda parameters, x, y: _loss(workload, parameters, x, y))
    )
    train = jax.jit(_program(workload, _step(workload, loss_and_gradients)))
    whole = workload.samples // workload.batch * workload.batch
    rows, rest = jnp.asarray(order[:whole].reshape(-1, workload.batch)), jnp.asarray(order[whole:])
    return Prepared(lambda: float(train(_first(starts_of(workload)), x, y, rows, rest)))


def vmapped(workload: Workload) -> Prepared:
    """The program of `scanned`, over many starts at once."""
    x, y = _data(workload)
    loss_and_gradients = jax.value_and_grad(lambda parameters, x, y: _loss(workload, parameters, x, y))
    program = _program(workload, _step(workload, loss_and_gradients))
    none = jnp.zeros((0,), jnp.int32)
    train = jax.jit(jax.vmap(lambda parameters: program(_first(parameters), x, y, none, none)))
    return Prepared(lambda: numpy.asarray(train(starts_of(workload, workload.networks)))[0].item())


def _data(workload: Workload) -> tuple[Any, Any]:
    samples = samples_of(workload)
    return jnp.asarray(samples.x), jnp.asarray(samples.targets)


def _first(parameters: Arrays) -> State:
    zeros = [jnp.zeros_like(parameter) for parameter in parameters]
    return [jnp.asarray(p) for p in parameters], zeros, [jnp.zeros_like(p) for p in parameters], jnp.int32(0)


def _program(workload: Workload, step_of: Step) -> Callable[..., Any]:
    """All epochs; gives the mean loss over the last one."""

    def epoch(state: State, x: Any, y: Any, rows: Any, rest: Any) -> tuple[State, Any]:
        if workload.full_batch:
            return step_of(state, x, y)

        def step(state: State, rows: Any) -> tuple[State, Any]:
            return step_of(state, x[rows], y[rows])

        state, losses = jax.lax.scan(step, state, rows)
        total = losses.sum() * workload.batch
        if len(rest):
            state, loss = step(state, rest)
            total = total + loss * len(rest)
        return state, total / workload.samples

    def program(state: State, x: Any, y: Any, rows: Any, rest: Any) -> Any:
        def next_epoch(state: State, _: Any) -> tuple[State, Any]:
            return epoch(state, x, y, rows, rest)

        if workload.epochs == 1:
            return epoch(state, x, y, rows, rest)[1]
        return jax.lax.scan(next_epoch, state, length=workload.epochs)[1][-1]

    return program


def _step(workload: Workload, loss_and_gradients: Callable[..., Any]) -> Step:
    """One step of the optimizer."""

    def sgd(state: State, x: Any, y: Any) -> tuple[State, Any]:
        parameters, means, squares, count = state
        loss, gradients = loss_and_gradients(parameters, x, y)
        moved = [p - workload.learning_rate * g for p, g in zip(parameters, gradients, strict=True)]
        return (moved, means, squares, count), loss

    def adam(state: State, x: Any, y: Any) -> tuple[State, Any]:
        parameters, means, squares, count = state
        loss, gradients = loss_and_gradients(parameters, x, y)
        count = count + 1
        means = [BETA1 * m + (1 - BETA1) * g for m, g in zip(means, gradients, strict=True)]
        squares = [BETA2 * v + (1 - BETA2) * g * g for v, g in zip(squares, gradients, strict=True)]
        root = jnp.sqrt(_one_less_power(BETA2, count))
        rate = workload.learning_rate * root / _one_less_power(BETA1, count)
        moved = [
            p - rate * m / (jnp.sqrt(v) + EPSILON * root) for p, m, v in zip(parameters, means, squares, strict=True)
        ]
        return (moved, means, squares, count), loss

    return sgd if workload.optimizer == "sgd" else adam


def _one_less_power(beta: float, count: Any) -> Any:
    """1 - beta^count; the power first would leave three digits of 1 - 0.999 in float32."""
    return -jnp.expm1(count * math.log(beta))


def _forward(workload: Workload, parameters: Arrays, x: Any) -> Arrays:
    """The input and every layer's output; logarithms of the shares for a softmax."""
    values = [x]
    functions = {"relu": jax.nn.relu, "tanh": jnp.tanh, "sigmoid": jax.nn.sigmoid, "softmax": jax.nn.log_softmax}
    for layer, activation in enumerate(workload.activations):
        values.append(functions[activation](values[-1] @ parameters[2 * layer] + parameters[2 * layer + 1]))
    return values


def _loss_of_output(workload: Workload, a: Any, y: Any) -> Any:
    if workload.loss == "cross_entropy":
        return -(y * a).sum() / len(y)
    if workload.loss == "mse":
        return ((a - y) ** 2).mean()
    return 0.5 * ((a - y) ** 2).sum() / len(y)


def _loss(workload: Workload, parameters: Arrays, x: Any, y: Any) -> Any:
    return _loss_of_output(workload, _forward(workload, parameters, x)[-1], y)


def _written_out(workload: Workload, parameters: Arrays, x: Any, y: Any) -> tuple[Any, Arrays]:
    """The loss and the gradients of all parameters, without `jax.grad`."""
    values = _forward(workload, parameters, x)
    rows, outputs = y.shape
    if workload.loss == "cross_entropy":
        d = (jnp.exp(values[-1]) - y) / rows
    else:
        d = (values[-1] - y) * (2 / (rows * outputs) if workload.loss == "mse" else 1 / rows)
    gradients: Arrays = []
    for layer in reversed(range(len(workload.layers))):
        a, activation = values[layer + 1], workload.activations[layer]
        if activation == "relu":
            d = jnp.where(a > 0, d, 0)
        elif activation != "softmax":
            d = d * (1 - a * a if activation == "tanh" else a * (1 - a))
        gradients = [values[layer].T @ d, d.sum(axis=0, keepdims=True), *gradients]
        if layer:
            d = d @ parameters[2 * layer].T
    return _loss_of_output(workload, values[-1], y), gradients


def _mean(workload: Workload, losses: list[Any]) -> float:
    rows = [part.stop - part.start for part in workload.batches]
    return sum(float(loss) * count for loss, count in zip(losses, rows, strict=True)) / workload.samples
