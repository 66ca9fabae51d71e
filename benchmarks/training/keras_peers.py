"""Keras, on the backend that KERAS_BACKEND names: one `fit`, as its guides do it."""

from __future__ import annotations

from typing import Any

import keras
import numpy
from engines import Prepared
from workloads import BETA1, BETA2, EPSILON, Workload, order_of, samples_of, starts_of

__all__ = ["fitted"]

# One by one a network takes as long as another, so a few of many are enough.
_MEASURED = 2


def fitted(workload: Workload) -> Prepared:
    """One `fit` a network.

    Where an epoch is one step, its rows are repeated instead, since Keras spends milliseconds between two epochs.
    """
    samples, order = samples_of(workload), order_of(workload)
    repeats = workload.epochs if workload.full_batch else 1
    measured = min(workload.networks, _MEASURED)
    starts = starts_of(workload, measured)
    model = _model(workload)
    before = [numpy.array(variable) for variable in model.optimizer.variables]
    x, y = samples.x, samples.y
    if workload.common_order:
        rows = numpy.tile(order, repeats)
        x, y = x[rows], y[rows]
    runs_before = 0

    def fit(network: int, count: int, shuffled: bool) -> Any:
        model.set_weights([start[network][0] if i % 2 else start[network] for i, start in enumerate(starts)])
        for variable, value in zip(model.optimizer.variables, before, strict=True):
            variable.assign(value)
        return model.fit(x[:count], y[:count], batch_size=workload.batch, epochs=1, shuffle=shuffled, verbose=0)

    def checked() -> float:
        """The first run, in the common order: the loss that the others come to too."""
        if not workload.full_batch:
            return float(fit(0, len(x), False).history["loss"][-1])
        # Their loss of the last step is the loss before that step.
        fit(0, len(x) - workload.samples, False)
        return float(model.evaluate(samples.x, samples.y, batch_size=workload.batch, verbose=0))

    def run() -> float | None:
        nonlocal runs_before
        runs_before += 1
        if runs_before == 1 and workload.common_order:
            return checked()
        for network in range(measured):
            fit(network, len(x), not workload.full_batch)
        return None

    notes = [f"one epoch over the rows repeated {repeats} times"] if repeats > 1 else []
    if measured < workload.networks:
        notes.append(f"{measured} networks one after another, times {workload.networks}/{measured}")
    return Prepared(run, workload.networks / measured, "; ".join(notes))


def _model(workload: Workload) -> Any:
    layers = [keras.Input((workload.sizes[0],))]
    for units, activation in zip(workload.sizes[1:], workload.activations, strict=True):
        # A softmax is part of its loss.
        layers.append(keras.layers.Dense(units, None if activation == "softmax" else activation))
    model = keras.Sequential(layers)
    if workload.optimizer == "sgd":
        optimizer = keras.optimizers.SGD(workload.learning_rate)
    else:
        optimizer = keras.optimizers.Adam(workload.learning_rate, BETA1, BETA2, EPSILON)
    losses = {
        "cross_entropy": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        "mse": keras.losses.MeanSquaredError(),
        "half_sse": _half_sse,
    }
    model.compile(optimizer, losses[workload.loss])
    optimizer.build(model.trainable_variables)
    return model


def _half_sse(y: Any, a: Any) -> Any:
    return 0.5 * keras.ops.sum(keras.ops.square(a - y), axis=-1)
