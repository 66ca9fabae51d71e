"""The samples and the first batches of training, for scripts that take the same steps."""

from __future__ import annotations

from typing import Any

import numpy
from numpy.typing import NDArray

from chalkgrad.reading.problem import Problem
from chalkgrad.solving.order import batch_size, order_of_epoch
from chalkgrad.training.data import TrainingData, prepare_data

__all__ = ["first_steps"]


def first_steps(problem: Problem, steps: int) -> tuple[TrainingData | None, list[NDArray[Any]]]:
    """What the first steps of training see.

    Args:
        problem: the problem.
        steps: how many.

    Returns:
        The samples in float64, and for each step the rows of its batch; no samples, and empty batches, for a problem
        without data.
    """
    if not problem.graph(1).inputs:
        return None, [numpy.array([], dtype=numpy.int64)] * min(steps, int(problem.keys.epochs))
    data = prepare_data(problem, numpy.float64)
    rows, batches = data.parts.train, list[NDArray[Any]]()
    size, epoch = batch_size(problem, len(rows)), 0
    while len(batches) < steps and epoch < int(problem.keys.epochs):
        epoch += 1
        order = rows[order_of_epoch(problem, len(rows), epoch)]
        batches += [order[k : k + size] for k in range(0, len(order), size)]
    return data, batches[:steps]
