"""Where a run stopped to make sense: the quantity, the step and the sample of the first infinity or NaN."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy
from numpy.typing import NDArray

from chalkgrad.core.evaluate import Evaluator
from chalkgrad.core.node import VARIABLE, Node, toposort
from chalkgrad.reading.problem import Problem
from chalkgrad.training.data import TrainingData
from chalkgrad.training.dropout import draw_mask
from chalkgrad.training.engines.engine import EpochWork, State, batches_of, memory_key
from chalkgrad.training.step import TrainingStep, training_step

__all__ = ["Divergence", "find_divergence"]

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first number that is infinite or none.

    Args:
        quantity: what it belongs to, by the name that a solution gives it, such as `z_h1` or `dloss/dW1`.
        kind: the kind of line: `forward`, `loss`, `chain`, `update`, ...
        epoch: from 1.
        step: the step of the epoch, from 1.
        row: the row of the data, from 0, where it belongs to one sample; else None.
        value: what it is: `nan`, `inf` or `-inf`.
        good: the state before that step.
    """

    quantity: str
    kind: str
    epoch: int
    step: int
    row: int | None
    value: str
    good: State

    def __str__(self) -> str:
        where = f", for the sample in row {self.row}" if self.row is not None else ""
        return f"{self.quantity} became {self.value} in step {self.step} of epoch {self.epoch}{where}"


def find_divergence(
    data: TrainingData, problem: Problem, state: State, works: Sequence[EpochWork], start: int = 0
) -> Divergence | None:
    """Take the steps of some epochs again, line by line, up to the first number that is none.

    Args:
        data: the samples.
        problem: what is trained.
        state: what they started from.
        works: the steps of each.
        start: how many steps of the first were done before.

    Returns:
        Where it came, or `None` if all numbers are finite.
    """
    replay = _Replay(data, problem, state.copy())
    for work in works:
        for number, (first, end) in list(enumerate(batches_of(work)))[start:]:
            found = replay.step(work, number, work.rows[first:end])
            if found is not None:
                return found
        start = 0
    return None


class _Replay:
    """Steps taken line by line, slowly, with a look at every number."""

    def __init__(self, data: TrainingData, problem: Problem, state: State) -> None:
        self.data, self.problem, self.state = data, problem, state
        self._plans: dict[int, tuple[TrainingStep, list[tuple[Any, tuple[Node, ...], Evaluator]]]] = {}

    def step(self, work: EpochWork, number: int, rows: Array) -> Divergence | None:
        """Take one step; the answer is where it went wrong, if it did."""
        step, lines = self._plan(len(rows))
        values = dict(self._leaves(step, work, number, rows))
        for statement, inputs, evaluator in lines:
            (value,) = evaluator(*(values[node] for node in inputs))
            values[statement.symbol] = value
            wrong = ~numpy.isfinite(value)
            if numpy.any(wrong):
                row = self._row(statement.symbol, wrong, rows)
                first = str(float(numpy.asarray(value)[wrong].flat[0]))
                return Divergence(_shown(statement), statement.kind, work.epoch, number + 1, row, first, self.state)
        for node, new in step.view.updated.items():
            self.state.parameters[node.name] = numpy.asarray(values[new], dtype=self.data.x.dtype)
        for (node, name), (_, new) in step.view.states.items():
            self.state.memory[self._key(node, name)] = numpy.asarray(values[new])
        return None

    def _plan(self, count: int) -> tuple[TrainingStep, list[tuple[Any, tuple[Node, ...], Evaluator]]]:
        if count not in self._plans:
            step = training_step(self.problem, count)
            lines = []
            for statement in step.view.statements:
                inputs = tuple(node for node in toposort([statement.formula]) if node.op is VARIABLE)
                lines.append((statement, inputs, Evaluator([statement.formula], inputs)))
            self._plans[count] = (step, lines)
        return self._plans[count]

    def _leaves(self, step: TrainingStep, work: EpochWork, number: int, rows: Array) -> Iterator[tuple[Node, Any]]:
        columns, dtype = self.problem.columns, self.data.x.dtype
        for node in step.graph.parameters:
            yield node, self.state.parameters[node.name].astype(dtype, copy=False)
        for node in step.graph.inputs:
            array = self.data.x if node.name == "x" else self.data.y
            assert array is not None
            yield node, array[rows].T if columns else array[rows]
        for place, (node, share) in enumerate(step.masks.items()):
            mask = numpy.empty([axis.size or 1 for axis in node.shape], dtype)
            draw_mask(self.problem.keys.seed, work.epoch, number, place, share, mask)
            yield node, mask
        numbers: Mapping[str, Any] = {**self.problem.settings, **self.problem.strengths}
        for name, node in step.settings.items():
            value = {"t": work.first_step + number + 1, "learning_rate": work.rates[number]}.get(name)
            yield node, float(numbers[name] if value is None else value)
        for (node, name), (old, _) in step.view.states.items():
            start = float(self.problem.optimizer.state[name])
            sizes = tuple(axis.size or 1 for axis in old.shape)
            yield old, self.state.memory.get(self._key(node, name), numpy.full(sizes, start, dtype)).reshape(sizes)

    def _key(self, node: Node, name: str) -> str:
        return memory_key(self.problem.optimizer, name, node.name)

    def _row(self, symbol: Node, wrong: Array, rows: Array) -> int | None:
        """The row of the data that the first wrong number belongs to, if it belongs to one."""
        axis = 1 if self.problem.columns else 0
        if not symbol.shape or symbol.shape[axis].name != "samples":
            return None
        return int(rows[numpy.argwhere(wrong)[0][axis]])


def _shown(statement: Any) -> str:
    """What a statement speaks of, as a person says it."""
    if statement.kind in ("chain", "accumulate", "regularize"):
        return f"the gradient of {statement.of}"
    return f"the new {statement.of}" if statement.role == "parameter" else str(statement.of)
