"""Small networks drawn at random, with samples that fit their loss; two classes that a line parts."""

from typing import Any

import numpy
from tests.conftest import drawn_targets

from chalkgrad.ops import OPS
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem
from chalkgrad.solving.order import batch_size, order_of_epoch
from chalkgrad.training.engines.engine import EpochSums, EpochWork, State
from chalkgrad.training.rates import Rates

HIDDEN = ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "silu", "softplus")
OUTPUT = {
    "binary_cross_entropy": "sigmoid",
    "cross_entropy": "softmax",
    "kl": "softmax",
}


def random_problem(seed: int, loss: str = "", hidden: str = "", samples: int = 10, **keys: Any) -> Problem:
    """A network of one to three layers on a few samples; everything that is not said is drawn from the seed."""
    chance = numpy.random.default_rng(seed)
    loss = loss or str(chance.choice(["mse", "half_sse", "cross_entropy", "binary_cross_entropy", "huber"]))
    outputs = int(chance.integers(2, 4))
    layers = [
        {"units": int(chance.integers(2, 6)), "activation": hidden or str(chance.choice(HIDDEN))}
        for _ in range(int(chance.integers(1, 3)))
    ]
    layers.append({"units": outputs, "activation": OUTPUT.get(loss, "linear")})
    inputs = int(chance.integers(1, 5))
    targets = drawn_targets(OPS.loss(loss).targets, samples, outputs, chance)
    data = [
        {"x": x.tolist(), "y": y.tolist()} for x, y in zip(chance.normal(size=(samples, inputs)), targets, strict=True)
    ]
    return Problem.from_layers(inputs, layers, loss=loss, data=data, seed=seed, **keys)


def two_classes(**keys: Any) -> Problem:
    """Sixty points of two classes that a line parts well, with parts for validation and test."""
    chance = numpy.random.default_rng(0)
    x = chance.normal(size=(60, 2))
    y = (x[:, 0] + 0.2 * x[:, 1] > 0).astype(numpy.int64)
    layers = [{"units": 4, "activation": "tanh"}, {"units": 1, "activation": "sigmoid"}]
    defaults = {
        "loss": "binary_cross_entropy",
        "optimizer": {"name": "sgd", "learning_rate": 0.5},
        "split": {"validation": 0.2, "test": 0.2},
        "order": "shuffled",
        "batch": 8,
        "epochs": 4,
    }
    return Problem.from_layers(2, layers, data=Dataset(x, y), **{**defaults, **keys})


def trained_epochs(
    engine: Any, problem: Problem, epochs: int, whole: bool = False
) -> tuple[dict[str, numpy.ndarray], list[EpochSums]]:
    """The state of an engine after some epochs, parameters and memory by name, and what each epoch added up.

    Args:
        engine: fresh.
        problem: what it trains.
        epochs: how many.
        whole: whether to take them all in one call.
    """
    engine.load(State(dict(problem.starting_arrays())))
    works = epochs_of(engine, problem, epochs)
    if whole:
        rates = numpy.array([work.rates[0] for work in works])
        losses, hits = engine.run_full_epochs(works[0], rates)
        rows = len(works[0].rows)
        sums = [EpochSums(1, float(loss), 1.0, int(hit), rows) for loss, hit in zip(losses, hits, strict=True)]
    else:
        sums = [engine.run_epoch(work, EpochSums()) for work in works]
    state = engine.state
    return {**state.parameters, **state.memory}, sums


def epochs_of(engine: Any, problem: Problem, epochs: int) -> list[EpochWork]:
    """The steps of some epochs, in the order of the problem."""
    rows = engine.data.parts.train
    size = batch_size(problem, len(rows))
    rates = Rates(problem, -(-len(rows) // size), epochs)
    orders = [rows[order_of_epoch(problem, len(rows), epoch)] for epoch in range(1, epochs + 1)]
    return [
        EpochWork(epoch, order, size, rates.of(epoch), (epoch - 1) * rates.steps)
        for epoch, order in enumerate(orders, start=1)
    ]
