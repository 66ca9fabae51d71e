"""In which order the samples of an epoch come: the same for a solution and for training."""

from __future__ import annotations

from typing import Any

import numpy
from numpy.typing import NDArray

from chalkgrad.reading.problem import Problem

__all__ = ["batch_size", "generator_of", "order_of_epoch"]

# Each use of chance has a stream of its own, so that one does not shift the other.
_STREAMS = {"order": 0, "dropout": 1, "plot": 2}


def generator_of(seed: int, stream: str, *place: int) -> numpy.random.Generator:
    """The random numbers of one use at one place, such as an epoch: known without those of the places before.

    Args:
        seed: the seed of the problem.
        stream: what they are for: `order`, `dropout` or `plot`.
        place: where, such as epoch and step.
    """
    return numpy.random.default_rng([seed, _STREAMS[stream], *place])


def order_of_epoch(problem: Problem, count: int, epoch: int, seed: int | None = None) -> NDArray[Any]:
    """The positions of the samples in the order in which an epoch sees them.

    Args:
        problem: with its `order` and `seed`.
        count: how many samples there are.
        epoch: which epoch, from 1.
        seed: by default that of the problem.
    """
    if problem.file.order != "shuffled":
        return numpy.arange(count)
    return generator_of(problem.keys.seed if seed is None else seed, "order", epoch).permutation(count)


def batch_size(problem: Problem, count: int) -> int:
    """How many of so many samples a step sees; without a loss nothing joins them, so each is looked at alone."""
    if problem.keys.loss is None and not problem.updates:
        return 1
    return count if problem.keys.batch == "full" else min(int(problem.keys.batch), count)
