"""The five works that every engine trains: sizes, data, starting weights and order of samples, from fixed seeds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy

__all__ = ["BETA1", "BETA2", "EPSILON", "WORKLOADS", "Samples", "Workload", "order_of", "samples_of", "starts_of"]

# Adam's settings, the defaults of every engine compared except for Keras' epsilon, which is set.
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8

Arrays = list[Any]


@dataclass(frozen=True)
class Workload:
    """What is trained.

    Args:
        name: T1 to T5.
        sizes: units of the input and of each layer.
        hidden: activation of the hidden layers.
        output: activation of the last layer.
        loss: `half_sse` (half the sum of squares, mean over samples), `mse` or `cross_entropy` (mean over samples).
        optimizer: `sgd` or `adam`.
        learning_rate: its learning rate.
        samples: rows of data.
        batch: rows of a step; the last step of an epoch takes what is left.
        epochs: passes over the data.
        networks: how many networks of this shape are trained, each from its own start.
        common_order: whether data is laid so that engines that shuffle by themselves take the common order too;
            it takes a second copy of the data.
    """

    name: str
    sizes: tuple[int, ...]
    hidden: str
    output: str
    loss: str
    optimizer: str
    learning_rate: float
    samples: int
    batch: int
    epochs: int
    networks: int = 1
    common_order: bool = True

    @property
    def title(self) -> str:
        """One line that says it."""
        shape = "-".join(map(str, self.sizes))
        many = f"{self.networks} networks " if self.networks > 1 else ""
        return (
            f"{self.name}: {many}{shape} {self.hidden}, {self.output} output, {self.loss}, {self.optimizer} "
            f"{self.learning_rate:g}, {self.samples} samples, batch {self.batch}, epochs {self.epochs}"
        )

    @property
    def layers(self) -> list[tuple[int, int]]:
        """Rows and columns of each layer's weights."""
        return list(pairwise(self.sizes))

    @property
    def activations(self) -> list[str]:
        """The activation of each layer."""
        return [self.hidden] * (len(self.sizes) - 2) + [self.output]

    @property
    def full_batch(self) -> bool:
        """Whether every step takes all rows, so that their order does not matter."""
        return self.batch >= self.samples

    @property
    def parameters(self) -> int:
        """How many numbers one network learns."""
        return sum((rows + 1) * columns for rows, columns in self.layers)

    @property
    def batches(self) -> list[slice]:
        """The steps of one epoch, as slices of the order of its rows."""
        return [slice(start, min(start + self.batch, self.samples)) for start in range(0, self.samples, self.batch)]

    @property
    def operations(self) -> int:
        """Multiplications and additions in the matrix products of the whole work.

        Forward, by the weights, and by the inputs of every layer but the first, whose gradient nobody needs.
        """
        products = [rows * columns for rows, columns in self.layers]
        a_row = 2 * (3 * sum(products) - products[0])
        return a_row * self.samples * self.epochs * self.networks

    def quick(self) -> Workload:
        """The same in small: to see that it runs."""
        return replace(
            self,
            samples=min(self.samples, 300),
            batch=min(self.batch, 300),
            epochs=min(self.epochs, 20),
            networks=min(self.networks, 3),
        )


_ADAM_ON_CURVES = Workload("T2", (2, 8, 8, 1), "tanh", "tanh", "mse", "adam", 0.001, 500, 500, 2_000)
_ADAM_ON_IMAGES = Workload("T3", (784, 128, 64, 10), "relu", "softmax", "cross_entropy", "adam", 0.001, 60_000, 128, 1)

WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload("T1", (2, 2, 2), "sigmoid", "sigmoid", "half_sse", "sgd", 0.5, 1, 1, 10_000),
        _ADAM_ON_CURVES,
        _ADAM_ON_IMAGES,
        replace(_ADAM_ON_IMAGES, name="T4", sizes=(784, 512, 512, 10)),
        replace(_ADAM_ON_CURVES, name="T5", epochs=1_000, networks=256),
    )
}


@dataclass(frozen=True)
class Samples:
    """Made-up data.

    Args:
        x: rows of features, float32.
        y: rows of targets, float32; or the number of the class of each row, int64.
        targets: the same as rows of the last layer's width, one-hot for classes; float32.
    """

    x: Any
    y: Any
    targets: Any


def samples_of(workload: Workload) -> Samples:
    """Data that a network of this shape can learn from, the same in every process."""
    draw = numpy.random.default_rng(0)
    rows, features, outputs = workload.samples, workload.sizes[0], workload.sizes[-1]
    x = draw.random((rows, features), dtype=numpy.float32)
    if workload.loss == "cross_entropy":
        # A picture of each class, half hidden by noise. With more noise the training magnifies what no two engines
        # round alike: on data hardly learned, the loss moved by 0.5 % for a change of 0.003 % in the first step.
        classes = draw.integers(outputs, size=rows)
        pictures = draw.random((outputs, features), dtype=numpy.float32)
        x = numpy.float32(0.5) * (x + pictures[classes])
        return Samples(x, classes, numpy.eye(outputs, dtype=numpy.float32)[classes])
    teacher = draw.normal(size=(features, outputs)).astype(numpy.float32)
    if workload.loss == "half_sse":
        # Near the ends of the sigmoid: 10,000 steps bring the loss down but not to where only rounding is left.
        y = numpy.where(numpy.sin(4 * x @ teacher) > 0, 0.99, 0.01).astype(numpy.float32)
        return Samples(x, y, y)
    # Between 0.05 and 0.95, within reach of tanh, and curved in the inputs.
    y = (0.5 + 0.45 * numpy.sin(4 * x @ teacher)).astype(numpy.float32)
    return Samples(x, y, y)


def starts_of(workload: Workload, networks: int | None = None) -> Arrays:
    """Weights and biases, layer by layer, float32: W1, b1, W2, b2, ... with biases as rows.

    With `networks`, each has that many entries along a first axis.
    """
    draw = numpy.random.default_rng(1)
    starts: Arrays = []
    for rows, columns in workload.layers:
        spread = (2 / rows) ** 0.5 if workload.hidden == "relu" else (1 / rows) ** 0.5
        # Networks come first, and all of them are drawn, so that the first is the same however many are asked for.
        weights = draw.normal(scale=spread, size=(workload.networks, rows, columns)).astype(numpy.float32)
        biases = draw.normal(scale=0.1, size=(workload.networks, 1, columns)).astype(numpy.float32)
        starts += [weights, biases]
    return [start[0] if networks is None else start[:networks] for start in starts]


def order_of(workload: Workload) -> Any:
    """The order of the rows in every epoch; only the works of one epoch have small batches."""
    if workload.full_batch:
        return numpy.arange(workload.samples)
    return numpy.random.default_rng(2).permutation(workload.samples)
