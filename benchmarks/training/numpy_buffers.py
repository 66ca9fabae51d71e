"""NumPy with every buffer made once and every call bound to its buffers before: the best step we know by hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy
from engines import Prepared
from workloads import BETA1, BETA2, EPSILON, Workload, order_of, samples_of, starts_of

__all__ = ["with_buffers"]

Call = Callable[[], Any]


def with_buffers(workload: Workload) -> Prepared:
    """Every buffer made once, every call bound to its buffers before, all parameters in one flat vector."""
    loops = _Loops(workload)
    return Prepared(loops.run)


class _Loops:
    """The calls of one step, for whole batches and for the last smaller one."""

    def __init__(self, workload: Workload) -> None:
        self.workload = workload
        self.samples, self.order = samples_of(workload), order_of(workload)
        self.flat = {name: numpy.zeros(workload.parameters, numpy.float32) for name in "pgmvt"}
        self.parameters = _views(workload, self.flat["p"])
        self.gradients = _views(workload, self.flat["g"])
        self.rate, self.epsilon = _number(0), _number(0)
        self.loss = numpy.zeros((1, 1), numpy.float32)
        self.update = list(_adam(self.flat, self.rate, self.epsilon) if workload.optimizer == "adam" else self._sgd())
        rows = {part.stop - part.start for part in workload.batches}
        self.calls = {count: [*self._step(count), *self.update] for count in rows}

    def run(self) -> float:
        """Trains from the start."""
        workload = self.workload
        for buffer in self.flat.values():
            buffer.fill(0)
        for view, start in zip(self.parameters, starts_of(workload), strict=True):
            view[:] = start
        step, losses = 0, 0.0
        # Overflow is looked for in the results.
        with numpy.errstate(all="ignore"):
            for _ in range(workload.epochs):
                losses = 0.0
                for part in workload.batches:
                    step += 1
                    self._set_rate(step)
                    count = part.stop - part.start
                    if not workload.full_batch:
                        self.rows[count][:] = self.order[part]
                    for call in self.calls[count]:
                        call()
                    losses += self.loss.item() * count
        return losses / workload.samples

    def _set_rate(self, step: int) -> None:
        if self.workload.optimizer == "sgd":
            self.rate.fill(self.workload.learning_rate)
            return
        # The corrections of both moments as two numbers, so that no pass over the parameters is spent on them.
        root = (1 - BETA2**step) ** 0.5
        self.rate.fill(self.workload.learning_rate * root / (1 - BETA1**step))
        self.epsilon.fill(EPSILON * root)

    def _sgd(self) -> list[Call]:
        p, g = self.flat["p"], self.flat["g"]
        return [partial(numpy.multiply, g, self.rate, g), partial(numpy.subtract, p, g, p)]

    def _step(self, count: int) -> list[Call]:
        """Forward, loss and backward for batches of so many rows."""
        workload, calls = self.workload, list[Call]()
        x, y = self._batch(count, calls)
        values, masks = [x], [numpy.empty(0)]
        for layer, activation in enumerate(workload.activations):
            z = _like(count, workload.sizes[layer + 1])
            masks.append(numpy.empty_like(z))
            calls += [
                partial(values[-1].dot, self.parameters[2 * layer], z),
                partial(numpy.add, z, self.parameters[2 * layer + 1], z),
            ]
            if activation != "softmax":
                calls += _activate(activation, z, masks[-1])
            values.append(z)
        d = _like(count, workload.sizes[-1])
        calls += _difference(workload, values[-1], y, d, self.loss)
        return calls + self._backward(values, masks, d)

    def _batch(self, count: int, calls: list[Call]) -> tuple[Any, Any]:
        if self.workload.full_batch:
            return self.samples.x, self.samples.targets
        x, y = _like(count, self.workload.sizes[0]), _like(count, self.workload.sizes[-1])
        rows = numpy.zeros(count, numpy.int64)
        self.rows = {**getattr(self, "rows", {}), count: rows}
        calls += [
            partial(self.samples.x.take, rows, 0, x, "clip"),
            partial(self.samples.targets.take, rows, 0, y, "clip"),
        ]
        return x, y

    def _backward(self, values: list[Any], masks: list[Any], d: Any) -> list[Call]:
        calls: list[Call] = []
        ones = numpy.ones((1, len(d)), numpy.float32)
        for layer in reversed(range(len(self.workload.layers))):
            calls += _slope(self.workload.activations[layer], values[layer + 1], masks[layer + 1], d)
            calls += [
                partial(values[layer].T.dot, d, self.gradients[2 * layer]),
                partial(ones.dot, d, self.gradients[2 * layer + 1]),
            ]
            if layer:
                below = _like(len(d), self.workload.sizes[layer])
                calls.append(partial(d.dot, self.parameters[2 * layer].T, below))
                d = below
        return calls


def _number(value: float) -> Any:
    """An array without axes: NumPy takes it as a number without converting it at every call."""
    return numpy.array(value, numpy.float32)


def _like(rows: int, columns: int) -> Any:
    return numpy.empty((rows, columns), numpy.float32)


def _views(workload: Workload, flat: Any) -> list[Any]:
    views, place = [], 0
    for rows, columns in workload.layers:
        for shape in ((rows, columns), (1, columns)):
            views.append(flat[place : place + shape[0] * columns].reshape(shape))
            place += shape[0] * columns
    return views


def _activate(activation: str, z: Any, mask: Any) -> list[Call]:
    if activation == "relu":
        above = numpy.empty(z.shape, numpy.bool_)
        return [
            partial(numpy.greater, z, _number(0), above),
            partial(numpy.copyto, mask, above),
            partial(numpy.multiply, z, mask, z),
        ]
    if activation == "tanh":
        return [partial(numpy.tanh, z, z)]
    return [
        partial(numpy.negative, z, z),
        partial(numpy.exp, z, z),
        partial(numpy.add, z, _number(1), z),
        partial(numpy.reciprocal, z, z),
    ]


def _slope(activation: str, a: Any, scratch: Any, d: Any) -> list[Call]:
    """The gradient by what the activation was given, in place; the scratch of a ReLU holds its mask."""
    if activation == "softmax":
        return []
    if activation == "relu":
        return [partial(numpy.multiply, d, scratch, d)]
    squares = [partial(numpy.multiply, a, a, scratch)]
    if activation == "tanh":
        first = [*squares, partial(numpy.subtract, _number(1), scratch, scratch)]
    else:
        first = [*squares, partial(numpy.subtract, a, scratch, scratch)]
    return [*first, partial(numpy.multiply, d, scratch, d)]


def _difference(workload: Workload, z: Any, y: Any, d: Any, loss: Any) -> list[Call]:
    """The loss, and its gradient by the last layer's output (by its input, for a softmax)."""
    rows, outputs = y.shape
    if workload.loss != "cross_entropy":
        share = 1 / (rows * outputs) if workload.loss == "mse" else 1 / (2 * rows)
        long = d.reshape(1, -1)
        return [
            partial(numpy.subtract, z, y, d),
            partial(long.dot, long.T, loss),
            partial(numpy.multiply, loss, _number(share), loss),
            partial(numpy.multiply, d, _number(2 * share), d),
        ]
    largest, total, ones = _like(rows, 1), _like(rows, 1), numpy.ones((1, rows), numpy.float32)
    chosen, columns = _like(1, 1), numpy.ones((outputs, 1), numpy.float32)
    return [
        partial(numpy.maximum.reduce, z, 1, None, largest, True),
        partial(numpy.subtract, z, largest, z),
        partial(numpy.multiply, z, y, d),
        partial(numpy.add.reduce, d, None, None, chosen.reshape(())),
        partial(numpy.exp, z, z),
        partial(z.dot, columns, total),
        partial(numpy.divide, z, total, d),
        partial(numpy.log, total, total),
        partial(ones.dot, total, loss),
        partial(numpy.subtract, loss, chosen, loss),
        partial(numpy.multiply, loss, _number(1 / rows), loss),
        partial(numpy.subtract, d, y, d),
        partial(numpy.multiply, d, _number(1 / rows), d),
    ]


def _adam(flat: dict[str, Any], rate: Any, epsilon: Any) -> list[Call]:
    """Twelve passes over all parameters at once."""
    p, g, m, v, t = (flat[name] for name in "pgmvt")
    return [
        partial(numpy.multiply, m, _number(BETA1), m),
        partial(numpy.multiply, g, _number(1 - BETA1), t),
        partial(numpy.add, m, t, m),
        partial(numpy.multiply, v, _number(BETA2), v),
        partial(numpy.multiply, g, g, g),
        partial(numpy.multiply, g, _number(1 - BETA2), g),
        partial(numpy.add, v, g, v),
        partial(numpy.sqrt, v, t),
        partial(numpy.add, t, epsilon, t),
        partial(numpy.divide, m, t, t),
        partial(numpy.multiply, t, rate, t),
        partial(numpy.subtract, p, t, p),
    ]
