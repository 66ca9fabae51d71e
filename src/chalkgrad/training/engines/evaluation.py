"""The loss and the outputs over many samples at once, in parts that fit into memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy
from numpy.typing import NDArray

from chalkgrad.core.evaluate import evaluate
from chalkgrad.core.node import Node
from chalkgrad.reading.problem import Problem
from chalkgrad.training.scaled_rows import ScaledRows

__all__ = ["Evaluation", "Inputs", "evaluate_in_parts", "evaluated_nodes", "parts_of"]

Array = NDArray[Any]
Inputs = Array | ScaledRows
# From inputs and targets to the losses and the outputs of the samples.
Measure = Callable[[Array, Array | None], tuple[Array, Array]]

_AT_A_TIME = 1024


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a network makes of samples.

    Args:
        loss: the loss over all of them, without the regularizer.
        outputs: one row a sample.
    """

    loss: float
    outputs: Array


def evaluated_nodes(problem: Problem, count: int) -> tuple[Node, Node]:
    """For so many samples side by side: the loss of each (or of all, if it is not made of theirs), and the outputs."""
    graph = problem.graph(count)
    assert graph.loss is not None
    losses = graph.loss_lines[0].symbol if _has_rows(problem) and count > 1 else graph.loss
    first, output = graph.composed(losses, graph.output)
    return first, output


def _has_rows(problem: Problem) -> bool:
    """Whether the loss is made of one number for each sample."""
    return len(problem.graph(2).loss_lines) == 2


def parts_of(problem: Problem, count: int) -> Iterator[slice]:
    """How so many samples are looked at, some at a time; all at once where the loss is not made of theirs."""
    if not _has_rows(problem):
        yield slice(0, count)
        return
    starts = list(range(0, count, _AT_A_TIME))
    # A single sample is no batch: its loss has no line of its own.
    if len(starts) > 1 and count - starts[-1] == 1:
        starts.pop()
    yield from (slice(a, b) for a, b in zip(starts, [*starts[1:], count], strict=True))


def evaluate_in_parts(
    problem: Problem, x: Inputs, y: Array | None, measure: Measure, rows: Array | None = None
) -> Evaluation:
    """The loss over all samples, put together from those of parts as the problem puts it together.

    Args:
        problem: whose loss.
        x: scaled inputs, samples by features.
        y: targets as the loss takes them.
        measure: works a part out.
        rows: which samples; by default all.
    """
    count = len(x) if rows is None else len(rows)
    chosen = [part if rows is None else rows[part] for part in parts_of(problem, count)]
    found = [measure(x[part], None if y is None else y[part]) for part in chosen]
    outputs = numpy.concatenate([numpy.atleast_2d(output) for _, output in found])
    losses = [loss for loss, _ in found]
    if count == 1 or not _has_rows(problem):
        return Evaluation(float(numpy.asarray(losses[0]).reshape(())), outputs)
    column = numpy.concatenate([numpy.ravel(loss) for loss in losses]).astype(numpy.float64).reshape(-1, 1)
    graph = problem.graph(count)
    each, total = graph.loss_lines
    values: Mapping[Node, Any] = {each.symbol: column.T if problem.columns else column}
    (loss,) = evaluate([total.formula], values)
    return Evaluation(float(loss), outputs)
