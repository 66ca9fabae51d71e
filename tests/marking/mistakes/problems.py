"""Small problems in which every known mistake can be made somewhere."""

from __future__ import annotations

from functools import cache

from chalkgrad.api.solving import read, read_text
from chalkgrad.marking.course import Course, course_of

__all__ = ["PROBLEMS", "course"]

_NETWORK = """
title: {title}
network:
  input: [x1, x2]
  layers:
    - {{units: [h1, h2], activation: {hidden}, weights: [[w1, w2], [w3, w4]], bias: [b1, b2]}}
    - {{units: {outputs}, activation: {last}, weights: {weights}, bias: {biases}}}
loss: {loss}
data:
{data}
given: {{w1: 0.5, w2: -0.3, w3: 0.8, w4: 0.25, b1: 0.1, b2: -0.45, v1: 0.7, v2: -0.6, {more}}}
optimizer: {optimizer}
batch: full
epochs: {epochs}
{end}
"""
_ONE = {"outputs": "[o]", "weights": "[[v1, v2]]", "biases": "[c]", "more": "c: 0.2"}
_TWO = {
    "outputs": "[o1, o2]",
    "weights": "[[v1, v2], [v3, v4]]",
    "biases": "[c1, c2]",
    "more": "v3: 0.35, v4: 0.9, c1: 0.2, c2: -0.15",
}
_SGD = "{name: sgd, learning_rate: 0.3}"
_NUMBERS = "  - {x: [1, 2], y: 3}\n  - {x: [-1.5, 0.5], y: -1}"
_PAIRS = "  - {x: [1, 2], y: [1, 0]}\n  - {x: [-1.5, 0.5], y: [0, 1]}"
_CLASSES = "  - {x: [1, 2], y: 1}\n  - {x: [-1.5, 0.5], y: 0}"

_SHAPES = {
    "momentum": ("tanh", "linear", "mse", _NUMBERS, "{name: momentum, learning_rate: 0.2, momentum: 0.7}", 2, "", _ONE),
    "nesterov": ("sigmoid", "linear", "half_sse", _NUMBERS, "{name: nesterov, learning_rate: 0.2}", 2, "", _ONE),
    "adam": ("tanh", "linear", "half_sse", _NUMBERS,
             "{name: adam, learning_rate: 0.1, beta1: 0.8, beta2: 0.9, epsilon: 0.05}", 3, "", _ONE),
    "l2": ("relu", "linear", "mse", _NUMBERS, _SGD, 2, "regularizer: {l2: 0.4}", _ONE),
    "huber": ("tanh", "linear", "huber", _NUMBERS, _SGD, 1, "", _ONE),
    "softmax": ("sigmoid", "softmax", "cross_entropy", _PAIRS, _SGD, 1, "", _TWO),
    "logistic": ("tanh", "sigmoid", "binary_cross_entropy", _CLASSES, _SGD, 1, "", _ONE),
    "errors": ("tanh", "sigmoid", "sse", _PAIRS, _SGD, 1, "", _TWO),
}  # fmt: skip
_BUNDLED = ("sigmoid-2-2-2", "skip-tanh-relu", "relu-adam", "sigmoid-two-samples")

PROBLEMS = (*_BUNDLED, *_SHAPES)


@cache
def course(name: str) -> Course:
    """The working of a problem of this list."""
    if name in _BUNDLED:
        return course_of(read(name))
    hidden, last, loss, data, optimizer, epochs, end, units = _SHAPES[name]
    text = _NETWORK.format(
        title=name, hidden=hidden, last=last, loss=loss, data=data, optimizer=optimizer, epochs=epochs, end=end, **units
    )
    return course_of(read_text(text))
