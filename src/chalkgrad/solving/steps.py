"""The optimizer steps of a problem, one after the other: which samples, which values before and after."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy

from chalkgrad.core.node import Node
from chalkgrad.core.precise import Precise
from chalkgrad.reading.problem import Problem
from chalkgrad.render.numbers import NumberStyle
from chalkgrad.solving.order import batch_size, order_of_epoch
from chalkgrad.solving.redoing import printed
from chalkgrad.solving.schedules import learning_rate
from chalkgrad.solving.statements import Statement, View
from chalkgrad.solving.values import Rounding, Values, as_array, gathered, run, spread

__all__ = ["Batch", "StepValues", "Walk", "batches"]


@dataclass(frozen=True, slots=True)
class Batch:
    """Which samples an optimizer step sees: `epoch` and `step` count from 1, `samples` from 0."""

    epoch: int
    step: int
    samples: tuple[int, ...]


def batches(problem: Problem) -> Iterator[Batch]:
    """The steps of all epochs, in order."""
    numbers = problem.samples.numbers if problem.samples is not None else ()
    count = len(numbers)
    size = batch_size(problem, count)
    step = 0
    for epoch in range(1, problem.keys.epochs + 1 if problem.updates else 2):
        order = order_of_epoch(problem, count, epoch)
        chunks = [order[k : k + size] for k in range(0, count, size)] if count else [()]
        for chunk in chunks:
            step += 1
            yield Batch(epoch, step, tuple(numbers[k] for k in chunk))


def _count_of_steps(problem: Problem) -> int:
    count = len(problem.samples) if problem.samples is not None else 0
    return problem.keys.epochs * (-(-count // batch_size(problem, count)) if count else 1)


@dataclass(frozen=True)
class StepValues:
    """All the numbers of one step in one view: before it, in it, after it, by symbol."""

    view: View
    batch: Batch
    values: Values

    def of(self, symbol: Node, which: Mapping[Node, Node] | None = None) -> Any:
        """The value of a quantity of the graph, or of what `which` gives for it."""
        return gathered(self.view, symbol, which, self.values)

    def after(self, parameter: Node) -> Any:
        """The value of a parameter after the step; what is not learned stays."""
        return gathered(self.view, parameter, _Stays(self.view.updated), self.values)


class Walk:
    """The values of parameters and of the optimizer's memory, carried from step to step in one number format.

    Args:
        problem: the problem.
        xp: `numpy` or a precise namespace.
        rounding: what becomes of a value before later statements use it, if anything.
        as_floats: the names of parameters whose floats are exact as they are, whatever the namespace.
    """

    def __init__(
        self, problem: Problem, xp: Any, rounding: Any = None, as_floats: Collection[str] = frozenset()
    ) -> None:
        self.problem, self.xp, self.rounding = problem, xp, rounding
        self.parameters = {}
        for node in problem.graph(1).parameters:
            start, shape = problem.exact_start(node), tuple(axis.size or 1 for axis in node.shape)
            is_float = isinstance(start, numpy.ndarray) and node.name in as_floats
            self.parameters[node.name] = start if is_float else as_array(start, shape, xp)
        self.memory: dict[tuple[str, str], Any] = {}
        self.settings = {name: self._number(value) for name, value in problem.settings.items()}
        self.settings |= {name: self._number(value) for name, value in problem.strengths.items()}

    def _number(self, value: Fraction) -> Any:
        return self.xp.exact_number(Fraction(value)) if isinstance(self.xp, Precise) else float(value)

    def take(self, view: View, batch: Batch) -> StepValues:
        """Work out one step and go on to the values after it."""
        leaves = self.leaves(view, batch)
        step = StepValues(view, batch, run(view, leaves, self.xp, self.rounding))
        graph = self.problem.graph(view.samples)
        for node in graph.parameters:
            self.parameters[node.name] = step.after(node)
        for (node, name), (_, new) in view.states.items():
            self.memory[(node.name, name)] = step.values[new]
        return step

    def leaves(self, view: View, batch: Batch) -> Values:
        """The values of all leaves of a view before a step."""
        graph = self.problem.graph(view.samples)
        leaves = Values()
        for node in graph.parameters:
            spread(view, node, self.parameters[node.name], leaves)
        for node in graph.inputs:
            spread(view, node, self.data(node, batch), leaves)
        for name, symbol in view.settings.items():
            leaves[symbol] = self._setting(name, batch)
        for (node, name), (old, _) in view.states.items():
            start = self.problem.optimizer.state[name]
            leaves[old] = self.memory.get((node.name, name), _filled(start, old, self.xp))
        return leaves

    def _setting(self, name: str, batch: Batch) -> Any:
        if name == "t":
            return self._number(Fraction(batch.step))
        if name == "learning_rate":
            return self._number(learning_rate(self.problem, batch.epoch, batch.step, _count_of_steps(self.problem)))
        return self.settings[name]

    def data(self, node: Node, batch: Batch) -> Any:
        """The inputs or targets of a batch, one row (or column) a sample."""
        samples = self.problem.samples
        assert samples is not None, "a graph with inputs has samples when it has numbers"
        source = samples.inputs if node.name == "x" else samples.targets
        places = {number: position for position, number in enumerate(samples.numbers)}
        rows = numpy.array([source[places[k]] for k in batch.samples], dtype=object)
        array = rows.T if self.problem.columns else rows
        return as_array(array, array.shape, self.xp)


def _filled(start: int, symbol: Node, xp: Any) -> Any:
    shape = tuple(axis.size or 1 for axis in symbol.shape)
    return as_array(numpy.full(shape, start, dtype=numpy.float64), shape, xp)


class _Stays(dict[Node, Node]):
    """A mapping in which what has no new symbol stands for itself."""

    def get(self, key: Node, default: Any = None) -> Node:
        return super().get(key, key)


def rounded_as_printed(style: NumberStyle) -> Rounding:
    """A rounding that keeps of each value what is printed of it."""

    def rounding(statement: Statement, value: Any) -> Any:
        return printed(value, style)

    return rounding
