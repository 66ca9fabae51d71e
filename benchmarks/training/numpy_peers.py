"""NumPy as it is written first, and many small networks in stacked products."""

from __future__ import annotations

from typing import Any

import numpy
from engines import Prepared
from workloads import BETA1, BETA2, EPSILON, Workload, order_of, samples_of, starts_of

__all__ = ["batched", "naive"]


def naive(workload: Workload) -> Prepared:
    """Formulas as they stand in a textbook: every value a new array."""
    samples, order = samples_of(workload), order_of(workload)

    def run() -> float:
        parameters = [start.copy() for start in starts_of(workload)]
        means = [numpy.zeros_like(parameter) for parameter in parameters]
        squares = [numpy.zeros_like(parameter) for parameter in parameters]
        step, loss = 0, 0.0
        for _ in range(workload.epochs):
            loss = 0.0
            for rows in workload.batches:
                x, y = (samples.x, samples.targets) if workload.full_batch else _rows_of(samples, order[rows])
                values = _forward(workload, parameters, x)
                loss += _loss(workload, values[-1], y) * len(x)
                step += 1
                for i, gradient in enumerate(_gradients(workload, parameters, values, y)):
                    if workload.optimizer == "sgd":
                        parameters[i] = parameters[i] - workload.learning_rate * gradient
                        continue
                    means[i] = BETA1 * means[i] + (1 - BETA1) * gradient
                    squares[i] = BETA2 * squares[i] + (1 - BETA2) * gradient**2
                    mean, square = means[i] / (1 - BETA1**step), squares[i] / (1 - BETA2**step)
                    parameters[i] = parameters[i] - workload.learning_rate * mean / (numpy.sqrt(square) + EPSILON)
        return loss / workload.samples

    return Prepared(run)


def _rows_of(samples: Any, rows: Any) -> tuple[Any, Any]:
    return samples.x[rows], samples.targets[rows]


def _forward(workload: Workload, parameters: list[Any], x: Any) -> list[Any]:
    """The input and the output of every layer."""
    values = [x]
    for layer, activation in enumerate(workload.activations):
        z = values[-1] @ parameters[2 * layer] + parameters[2 * layer + 1]
        if activation == "softmax":
            raised = numpy.exp(z - z.max(axis=-1, keepdims=True))
            values.append(raised / raised.sum(axis=-1, keepdims=True))
        elif activation == "relu":
            values.append(numpy.maximum(z, 0))
        else:
            values.append(numpy.tanh(z) if activation == "tanh" else 1 / (1 + numpy.exp(-z)))
    return values


def _loss(workload: Workload, a: Any, y: Any) -> float:
    if workload.loss == "cross_entropy":
        return float(-(y * numpy.log(a)).sum() / len(a))
    if workload.loss == "mse":
        return float(((a - y) ** 2).mean())
    return float(0.5 * ((a - y) ** 2).sum() / len(a))


def _gradients(workload: Workload, parameters: list[Any], values: list[Any], y: Any) -> list[Any]:
    rows, outputs = y.shape
    d = (values[-1] - y) * (2 / (rows * outputs) if workload.loss == "mse" else 1 / rows)
    gradients: list[Any] = []
    for layer in reversed(range(len(workload.layers))):
        a, activation = values[layer + 1], workload.activations[layer]
        if activation == "relu":
            d = d * (a > 0)
        elif activation != "softmax":
            d = d * (1 - a**2 if activation == "tanh" else a * (1 - a))
        gradients = [values[layer].T @ d, d.sum(axis=0, keepdims=True), *gradients]
        if layer:
            d = d @ parameters[2 * layer].T
    return gradients


def batched(workload: Workload) -> Prepared:
    """Many networks at once: each product is a stack of products; temporary arrays as they come."""
    samples = samples_of(workload)
    starts = starts_of(workload, workload.networks)

    def run() -> float:
        parameters = [start.copy() for start in starts]
        means = [numpy.zeros_like(start) for start in starts]
        squares = [numpy.zeros_like(start) for start in starts]
        loss = 0.0
        for step in range(1, workload.epochs + 1):
            values = _forward(workload, parameters, samples.x)
            d = values[-1] - samples.targets
            loss = float(numpy.square(d[0]).mean())
            d *= 2 / samples.targets.size
            root = (1 - BETA2**step) ** 0.5
            rate = workload.learning_rate * root / (1 - BETA1**step)
            for layer in reversed(range(len(workload.layers))):
                slope = numpy.square(values[layer + 1])
                d *= numpy.subtract(1, slope, out=slope)
                below = d @ parameters[2 * layer].swapaxes(-1, -2) if layer else d
                inputs = values[layer].swapaxes(-1, -2)
                for i, gradient in ((2 * layer, inputs @ d), (2 * layer + 1, d.sum(axis=-2, keepdims=True))):
                    means[i] *= BETA1
                    means[i] += (1 - BETA1) * gradient
                    squares[i] *= BETA2
                    squares[i] += (1 - BETA2) * gradient**2
                    parameters[i] -= rate * means[i] / (numpy.sqrt(squares[i]) + EPSILON * root)
                d = below
        return loss

    return Prepared(run)
