"""The samples and the first batches of training, for scripts that take the same steps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy
from numpy.typing import NDArray

from chalkgrad.reading.problem import Problem
from chalkgrad.reading.splitting import Parts
from chalkgrad.solving.order import batch_size, order_of_epoch
from chalkgrad.training.data import TrainingData, prepare_data

__all__ = ["first_steps", "only_training"]


def first_steps(
    problem: Problem, steps: int, data: TrainingData | None = None
) -> tuple[TrainingData | None, list[NDArray[Any]]]:
    """What the first steps of training see.

    Args:
        problem: the problem.
        steps: how many.
        data: the samples that were trained on; by default those of the problem, in float64.

    Returns:
        The samples that train, and for each step the rows of its batch among them; no samples, and empty batches, for a
        problem without data.
    """
    if not problem.graph(1).inputs:
        return None, [numpy.array([], dtype=numpy.int64)] * min(steps, int(problem.keys.epochs))
    data = only_training(prepare_data(problem, numpy.float64) if data is None else data)
    rows, batches = data.parts.train, list[NDArray[Any]]()
    size, epoch = batch_size(problem, len(rows)), 0
    while len(batches) < steps and epoch < int(problem.keys.epochs):
        epoch += 1
        order = rows[order_of_epoch(problem, len(rows), epoch)]
        batches += [order[k : k + size] for k in range(0, len(order), size)]
    return data, batches[:steps]


def only_training(data: TrainingData) -> TrainingData:
    """The samples that train, without the others: schedules go by how many there are."""
    rows, none = data.parts.train, numpy.arange(0)
    y = None if data.y is None else data.y[rows]
    labels = None if data.labels is None else data.labels[rows]
    return replace(data, x=data.x[rows], y=y, labels=labels, parts=Parts(numpy.arange(len(rows)), none, none))
