"""The engine that is always there: planned programs on NumPy, without an allocation in a step.

All learned parameters lie side by side in one row, their gradients and the optimizer's memory in others. So an update
is one chain of operations over whole rows, done block by block while a block lies in the cache.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy
from numpy.typing import NDArray

from chalkgrad.core.factors import sink_factors
from chalkgrad.core.gradient import substitute
from chalkgrad.core.lowering import lower
from chalkgrad.core.node import Node
from chalkgrad.core.numbers_apart import NumbersApart, numbers_apart
from chalkgrad.core.plan import plan
from chalkgrad.core.program import Program, Value
from chalkgrad.reading.problem import Problem
from chalkgrad.training.data import TrainingData
from chalkgrad.training.dropout import draw_mask
from chalkgrad.training.engines.engine import EpochSums, EpochWork, Pause, State, batches_of, memory_key
from chalkgrad.training.engines.evaluation import Evaluation, Inputs
from chalkgrad.training.engines.numpy_evaluator import NumpyEvaluator
from chalkgrad.training.engines.numpy_program import BoundProgram
from chalkgrad.training.step import TrainingStep, fixed_settings, flat_update, sizes, training_step

__all__ = ["NumpyEngine"]

Array = NDArray[Any]
Call = Callable[[], Any]

# How many numbers of each row are worked on at a time: what is made of them stays in the cache, and a call of NumPy
# takes much longer than it takes to begin.
_BLOCK = 65_536


class ParameterRow:
    """Parameters side by side in one row, each also as a matrix that looks at its part."""

    def __init__(self, nodes: Sequence[Node], dtype: Any) -> None:
        self.nodes = tuple(nodes)
        self.ends = numpy.cumsum([int(numpy.prod(sizes(node), dtype=int)) for node in nodes]).tolist()
        self.dtype = dtype

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return int(self.ends[-1])

    def new(self) -> Array:
        """A row of zeros."""
        return numpy.zeros((1, self.size), dtype=self.dtype)

    def parts(self, row: Array) -> dict[Node, Array]:
        """For each parameter its part of a row, in its own shape."""
        starts = [0, *self.ends[:-1]]
        return {
            node: row[0, start:end].reshape(sizes(node))
            for node, start, end in zip(self.nodes, starts, self.ends, strict=True)
        }


@dataclass
class _Batch:
    """The prepared work on batches of one size."""

    x: Array
    y: Array | None
    masks: list[tuple[Array, float]]
    calls: list[Call]
    loss: Array
    output: Array


class NumpyEngine:
    """Trains on NumPy.

    Args:
        problem: what is trained.
        data: the samples, scaled, in the type in which everything is worked out.
    """

    name = "numpy"

    def __init__(self, problem: Problem, data: TrainingData) -> None:
        self.problem, self.data, self.dtype = problem, data, data.x.dtype
        first = training_step(problem, 1)
        learned = list(first.updated)
        self.rows = ParameterRow(learned, self.dtype)
        self.row, self.gradient_row = self.rows.new(), self.rows.new()
        self.parameters = {node.name: part for node, part in self.rows.parts(self.row).items()}
        for node in first.graph.parameters:
            self.parameters.setdefault(node.name, numpy.zeros(sizes(node), dtype=self.dtype))
        self.rate, self.step = numpy.zeros(()), numpy.zeros(())
        self._all_rows = numpy.arange(len(data.x))
        self._batches: dict[tuple[int, bool], _Batch] = {}
        self._update = _Update(self, first)
        self._evaluator = NumpyEvaluator(problem, self.parameters, self.dtype)

    @property
    def devices(self) -> str:
        """What it runs on."""
        return "the processor"

    # --- state ---

    @property
    def state(self) -> State:
        """A copy of parameters and memory."""
        return State(self.parameters, self._update.memory).copy()

    def load(self, state: State) -> None:
        """Go on from there; memory that is not given starts as the optimizer says."""
        for name, value in state.parameters.items():
            numpy.copyto(self.parameters[name], value.reshape(self.parameters[name].shape))
        self._update.load(state.memory)

    # --- steps ---

    def run_epoch(
        self, work: EpochWork, sums: EpochSums, pause: Pause | None = None, every_batch: bool = False
    ) -> EpochSums:
        """Take the steps of an epoch; see `Engine`."""
        # Infinities and NaN are looked for by whoever asked; NumPy need not warn of them.
        with numpy.errstate(all="ignore"):
            return self._run_epoch(work, sums, pause)

    def _run_epoch(self, work: EpochWork, sums: EpochSums, pause: Pause | None) -> EpochSums:
        data, update = self.data, self._update.calls
        found = numpy.empty(len(work.rows), dtype=self.data.guess_type)
        done = first = sums.rows
        losses, weights = [], []
        for number, (start, end) in list(enumerate(batches_of(work)))[sums.steps :]:
            batch = self._batch_for(work, end - start)
            self._fill(batch, work.rows[start:end], work, number)
            self.rate[...], self.step[...] = work.rates[number], work.first_step + number + 1
            for call in batch.calls:
                call()
            losses.append(batch.loss.item())
            weights.append(end - start if data.loss_is_mean else 1)
            data.guess(batch.output, found[start:end])
            for call in update:
                call()
            done = end
            sums.steps += 1
            if pause is not None and pause(number + 1, losses[-1]):
                break
        # One after the other, so that a pause between them changes no digit.
        sums.loss = float(numpy.add.accumulate([sums.loss, *numpy.multiply(losses, weights)])[-1])
        sums.weight = float(done if data.loss_is_mean else 1)
        sums.hits += data.count_hits(found[first:done], work.rows[first:done])
        sums.rows = done
        return sums

    def run_full_epochs(self, first: EpochWork, rates: Array) -> tuple[Array, Array]:
        """Take epochs of one step each on all samples; see `Engine`."""
        with numpy.errstate(all="ignore"):
            return self._run_full_epochs(first, rates)

    def _run_full_epochs(self, first: EpochWork, rates: Array) -> tuple[Array, Array]:
        rows, data, update = first.rows, self.data, self._update.calls
        batch = self._batch_for(first, len(rows))
        self._fill(batch, rows, first, 0)
        guesses = numpy.empty(len(rows), dtype=data.guess_type)
        losses, hits = numpy.empty(len(rates)), numpy.zeros(len(rates), dtype=numpy.int64)
        for number, rate in enumerate(rates.tolist()):
            self.rate.fill(rate)
            self.step.fill(first.first_step + number + 1)
            for call in batch.calls:
                call()
            losses[number] = batch.loss
            if data.decision is not None:
                data.guess(batch.output, guesses)
                hits[number] = data.count_hits(guesses, rows)
            for call in update:
                call()
        return losses, hits

    def _batch_for(self, work: EpochWork, size: int) -> _Batch:
        """The prepared work; where every step sees all rows in one order, they are not copied."""
        is_there = isinstance(self.data.x, numpy.ndarray) and size == len(self.data.x)
        whole = is_there and numpy.array_equal(work.rows, self._all_rows)
        key = (size, whole)
        if key not in self._batches:
            self._batches[key] = self._prepare(training_step(self.problem, size), whole)
        return self._batches[key]

    def _fill(self, batch: _Batch, rows: Array, work: EpochWork, number: int) -> None:
        """Bring the samples of a batch, and draw its masks."""
        if batch.x is not self.data.x:
            self.data.x.take(rows, 0, batch.x, "clip")
            if batch.y is not None and self.data.y is not None:
                self.data.y.take(rows, 0, batch.y, "clip")
        for place, (mask, share) in enumerate(batch.masks):
            draw_mask(self.problem.keys.seed, work.epoch, number, place, share, mask)

    def _prepare(self, step: TrainingStep, whole: bool) -> _Batch:
        data, columns = self.data, self.problem.columns
        x = (
            data.x
            if whole and isinstance(data.x, numpy.ndarray)
            else numpy.empty((step.samples, data.x.shape[1]), self.dtype)
        )
        y = data.y
        if y is not None and not whole:
            y = numpy.empty((step.samples, y.shape[1]), self.dtype)
        masks = {node: numpy.empty(sizes(node), self.dtype) for node in step.masks}
        memory: dict[Node, Array] = {**{node: self.parameters[node.name] for node in step.graph.parameters}, **masks}
        for node in step.graph.inputs:
            rows = x if node.name == "x" else y
            assert rows is not None
            memory[node] = rows.T if columns else rows
        outputs = [step.loss, step.output, *step.gradients.values()]
        program = self._lowered(outputs, {node: array.shape for node, array in memory.items()})
        homes = dict(enumerate(self.rows.parts(self.gradient_row).values(), start=2))
        bound = BoundProgram(plan(program, dict.fromkeys(homes)), list(memory.values()), homes)
        loss, output = bound.outputs[:2]
        shares = [(masks[node], share) for node, share in step.masks.items()]
        return _Batch(x, y, shares, bound.calls, loss, output.T if columns else output)

    def _lowered(self, outputs: Sequence[Node], inputs: Mapping[Node, tuple[int, ...]]) -> Program:
        meaning = fixed_settings(self.problem)
        return sink_factors(lower([substitute(output, meaning) for output in outputs], inputs, self.dtype))

    # --- looking without learning ---

    def evaluate(self, x: Inputs, y: Array | None, rows: Array | None = None) -> Evaluation:
        """The loss and the outputs for scaled inputs; see `Engine`."""
        return self._evaluator.evaluate(x, y, rows)

    def predict(self, x: Inputs) -> Array:
        """The outputs for scaled inputs, one row a sample."""
        return self._evaluator.predict(x)


class _Update:
    """The update of all learned parameters: over whole rows in blocks, or one by one if the optimizer mixes entries."""

    def __init__(self, engine: NumpyEngine, step: TrainingStep) -> None:
        self.engine = engine
        self.calls: list[Call] = []
        self.memory: dict[str, Array] = {}
        # What is made on the way lies in the same memory for all blocks.
        self._slots: Sequence[Array] = ()
        self._numbers: Sequence[Array] = ()
        self._start: dict[str, float] = {}
        if flat_update(engine.problem, engine.rows.size) is None:
            self._one_by_one(step)
        else:
            self._in_blocks()
        self.load({})

    def load(self, memory: Mapping[str, Array]) -> None:
        """Remember what was remembered before, and for the rest what the optimizer starts from."""
        for name, array in self.memory.items():
            array[...] = memory[name].reshape(array.shape) if name in memory else self._start[name]

    def _in_blocks(self) -> None:
        problem, rows = self.engine.problem, self.engine.rows
        states: dict[str, Array] = {}
        for name, start in problem.optimizer.state.items():
            is_number = name in problem.optimizer.numbers
            states[name] = numpy.full((), float(start)) if is_number else rows.new()
            parts = {None: states[name]} if is_number else rows.parts(states[name])
            for node, part in parts.items():
                key = memory_key(problem.optimizer, name, "" if node is None else node.name)
                self.memory[key], self._start[key] = part, float(start)
        for begin in range(0, rows.size, _BLOCK):
            self._bind_block(slice(begin, min(begin + _BLOCK, rows.size)), states)

    def _bind_block(self, window: slice, states: Mapping[str, Array]) -> None:
        engine = self.engine
        update = flat_update(engine.problem, window.stop - window.start)
        assert update is not None
        memory = {update.parameter: engine.row[:, window], update.gradient: engine.gradient_row[:, window]}
        memory |= {update.settings["learning_rate"]: engine.rate, update.settings["t"]: engine.step}
        for name, (old, _) in update.states.items():
            memory[old] = states[name][:, window] if old.shape else states[name]
        news = {update.parameter: update.updated, **dict(update.states.values())}
        program = engine._lowered(list(news.values()), {node: array.shape for node, array in memory.items()})
        inputs = dict(zip(memory, program.inputs, strict=True))
        single = [node for node in memory if not node.shape]
        apart = numbers_apart(program, [inputs[node] for node in single])
        if window.start == 0:
            self._bind_numbers(apart, list(news), {inputs[node]: memory[node] for node in single}, inputs, memory)
        rows = [node for node in memory if node.shape]
        olds = [old for place, old in enumerate(news) if place not in apart.number_outputs]
        homes = {place: inputs[old] for place, old in enumerate(olds)}
        places = {place: memory[old] for place, old in enumerate(olds)}
        given = [*(memory[node] for node in rows), *self._numbers]
        bound = BoundProgram(plan(apart.rest, homes), given, places, self._slots)
        self._slots = bound.slots
        self.calls += bound.calls

    def _bind_numbers(
        self,
        apart: NumbersApart,
        olds: Sequence[Node],
        given: Mapping[Value, Array],
        inputs: Mapping[Node, Value],
        memory: Mapping[Node, Array],
    ) -> None:
        """The work on single numbers, which is done once for all blocks."""
        own = {apart.passed + place: olds[number] for place, number in enumerate(apart.number_outputs)}
        homes = {place: inputs[old] for place, old in own.items()}
        bound = BoundProgram(plan(apart.numbers, homes), list(given.values()), {p: memory[o] for p, o in own.items()})
        self.calls += bound.calls
        self._numbers = bound.outputs[: apart.passed]

    def _bind(self, news: Mapping[Node, Node], memory: Mapping[Node, Array]) -> None:
        """The calls that bring new values into the memory of the old ones."""
        program = self.engine._lowered(list(news.values()), {node: array.shape for node, array in memory.items()})
        inputs = dict(zip(memory, program.inputs, strict=True))
        homes = {number: inputs[old] for number, old in enumerate(news)}
        places = {number: memory[old] for number, old in enumerate(news)}
        bound = BoundProgram(plan(program, homes), list(memory.values()), places, self._slots)
        self._slots = bound.slots
        self.calls += bound.calls

    def _one_by_one(self, step: TrainingStep) -> None:
        engine = self.engine
        parts = engine.rows.parts(engine.gradient_row)
        for node in step.updated:
            gradient = step.view.totals[node]
            memory = {node: engine.parameters[node.name], gradient: parts[node]}
            memory |= {step.settings["learning_rate"]: engine.rate, step.settings["t"]: engine.step}
            news = {node: step.after_gradients[node]}
            for (owner, name), (old, _) in step.states.items():
                if owner is node:
                    key = memory_key(engine.problem.optimizer, name, node.name)
                    start = float(engine.problem.optimizer.state[name])
                    self._start[key] = start
                    self.memory[key] = numpy.full(sizes(old), start, engine.dtype if old.shape else numpy.float64)
                    memory[old] = self.memory[key]
                    news[old] = step.after_gradients[old]
            self._bind(news, memory)
