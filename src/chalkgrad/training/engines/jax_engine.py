"""The engine on JAX: whole epochs inside one compiled program, on a processor or on other devices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy
from numpy.typing import NDArray

from chalkgrad.core.lowering import lower
from chalkgrad.core.running import run_program
from chalkgrad.reading.problem import Problem
from chalkgrad.training.data import TrainingData
from chalkgrad.training.engines.engine import EpochSums, EpochWork, Pause, State
from chalkgrad.training.engines.evaluation import Evaluation, Inputs, evaluate_in_parts, evaluated_nodes, parts_of
from chalkgrad.training.engines.jax_devices import JaxDevices
from chalkgrad.training.engines.jax_loop import Carried, Source, StepLoop
from chalkgrad.training.engines.jax_samples import DeviceSamples, Window, drawn_masks, windows_of
from chalkgrad.training.engines.jax_step import JaxStep
from chalkgrad.training.step import sizes

__all__ = ["JaxEngine"]

Array = NDArray[Any]

# So many epochs of one step each go into one call; fewer cost no more.
EPOCHS_AT_A_TIME = 16_384


class JaxEngine:
    """Trains on JAX.

    Args:
        problem: what is trained.
        data: the samples, scaled, in the type in which everything is worked out.
        devices: the devices of JAX to work on together, or how many of them; by default one, or all that there are
            where several processes work together (see `training/engines/distributed.py`).

    Raises:
        UsageError: `missing-extra`, without the package jax; `too-few-devices`.
    """

    name = "jax"

    def __init__(self, problem: Problem, data: TrainingData, devices: Sequence[Any] | int | None = None) -> None:
        self.problem, self.data, self.dtype = problem, data, data.x.dtype
        self._devices = JaxDevices(self.dtype, devices)
        self._first = JaxStep(problem, 1, self.dtype)
        self._samples = DeviceSamples(data, self._devices)
        self._loops: dict[tuple[int, Source], StepLoop] = {}
        self._evaluators: dict[tuple[int, bool], Any] = {}
        self._carried = Carried({}, {}, {})
        self.load(State({name: numpy.zeros(shape) for name, shape in self._first.sizes.items()}))

    @property
    def devices(self) -> str:
        """What it runs on."""
        return self._devices.words

    # --- state ---

    @property
    def state(self) -> State:
        """A copy of parameters and memory."""
        return State(self._carried.parameters, {**self._carried.memory, **self._carried.numbers}).copy()

    def load(self, state: State) -> None:
        """Go on from there; memory that is not given starts as the optimizer says."""
        carried = self._carried
        with self._devices.precision():
            for name, value in state.parameters.items():
                carried.parameters[name] = self._own(value, self._first.sizes[name])
            for key, (shape, start) in self._first.memory_at_start.items():
                carried.memory[key] = self._own(state.memory.get(key, numpy.full(shape, start)), shape)
        for name, start in self._first.numbers_at_start.items():
            carried.numbers[name] = numpy.array(state.memory.get(name, start), dtype=numpy.float64)

    def _own(self, value: Array, shape: tuple[int, ...]) -> Any:
        """An array on the device that shares no memory with the given one: it is written over."""
        return self._devices.put(numpy.array(value, dtype=self.dtype).reshape(shape))

    # --- steps ---

    def run_epoch(
        self, work: EpochWork, sums: EpochSums, pause: Pause | None = None, every_batch: bool = False
    ) -> EpochSums:
        """Take the steps of an epoch; see `Engine`. Without `every_batch` a pause is asked for about once a second."""
        if work.batch >= len(work.rows) and not self.problem.has_dropout and self._samples.stay:
            losses, hits = self.run_full_epochs(work, numpy.array(work.rates, dtype=numpy.float64))
            self._add(sums, work, losses, hits)
            if pause is not None:
                pause(1, float(losses[0]))
            return sums
        with self._devices.precision():
            for losses, hits in self._pieces(work, sums.steps, pause is not None, every_batch):
                self._add(sums, work, losses, hits)
                if pause is not None and pause(sums.steps, float(losses[-1])):
                    break
        return sums

    def _add(self, sums: EpochSums, work: EpochWork, losses: Array, hits: Array) -> None:
        """Add up what came of some steps, one after the other, so that a pause between them changes no digit."""
        ends = numpy.minimum((sums.steps + 1 + numpy.arange(len(losses))) * work.batch, len(work.rows))
        weights = numpy.diff(ends, prepend=sums.rows) if self.data.loss_is_mean else 1.0
        sums.loss = float(numpy.add.accumulate([sums.loss, *(losses * weights)])[-1])
        sums.steps += len(losses)
        sums.rows = int(ends[-1])
        sums.weight = float(sums.rows) if self.data.loss_is_mean else 1.0
        sums.hits += int(hits.sum())

    def _pieces(self, work: EpochWork, first: int, watched: bool, every_batch: bool) -> Iterator[tuple[Array, Array]]:
        """The steps of an epoch, some at a time; what is needed next is sent while they are worked on."""
        windows = list(windows_of(work, first, self._bytes_a_step(work.batch)))
        sent = [self._send(work, windows[0])]
        for window, following in zip(windows, [*windows[1:], None], strict=True):
            loop = self._loop(window.batch, self._samples.source)
            rates = numpy.asarray(work.rates[window.start : window.stop])
            numbers = loop.step.numbers(rates, work.first_step + window.start, self._carried.numbers)
            places = window.size, window.start - window.begin

            def send(following: Window | None = following) -> None:
                sent.append({} if following is None else self._send(work, following))

            yield from loop.run(self._carried, sent.pop(), numbers, places, watched, every_batch, send)

    def _bytes_a_step(self, batch: int) -> int:
        """How much is sent to the device for each step, beside the numbers of its rows."""
        masks = self._first.mask_size * batch * self.dtype.itemsize
        return masks + (0 if self._samples.stay else batch * self._samples.bytes_a_row)

    def _send(self, work: EpochWork, window: Window) -> dict[str, Any]:
        given = self._samples.batches(window.order(work), window.size)
        step, steps = self._loop(window.batch, self._samples.source).step, range(window.begin, window.stop)
        masks = drawn_masks(self.problem.keys.seed, step, work.epoch, steps, window.size)
        axis = 2 if self.problem.columns else 1
        return given | {name: self._devices.put_rows(mask, axis) for name, mask in masks.items()}

    def _loop(self, batch: int, source: Source) -> StepLoop:
        if (batch, source) not in self._loops:
            step = JaxStep(self.problem, batch, self.dtype)
            self._loops[batch, source] = StepLoop(step, self.data, self._devices, source)
        return self._loops[batch, source]

    def run_full_epochs(self, first: EpochWork, rates: Array) -> tuple[Array, Array]:
        """Take epochs of one step each on all samples; see `Engine`."""
        rows = first.rows
        found: list[tuple[Array, Array]] = []
        with self._devices.precision():
            given = self._samples.all_of(rows)
            loop = self._loop(len(rows), "all")
            for start in range(0, len(rates), EPOCHS_AT_A_TIME):
                part = rates[start : start + EPOCHS_AT_A_TIME]
                numbers = loop.step.numbers(part, first.first_step + start, self._carried.numbers)
                found += loop.run(self._carried, given, numbers, (EPOCHS_AT_A_TIME, 0), watched=False)
        losses, hits = zip(*found, strict=True)
        return numpy.concatenate(losses), numpy.concatenate(hits).astype(numpy.int64)

    # --- looking without learning ---

    def evaluate(self, x: Inputs, y: Array | None, rows: Array | None = None) -> Evaluation:
        """The loss and the outputs for scaled inputs; see `Engine`."""
        return evaluate_in_parts(self.problem, x, y, self._measure, rows)

    def predict(self, x: Inputs) -> Array:
        """The outputs for scaled inputs, one row a sample."""
        parts = [self._measure(x[part], None, False)[1] for part in parts_of(self.problem, len(x))]
        return numpy.concatenate(parts)

    def _measure(self, x: Array, y: Array | None, with_loss: bool = True) -> tuple[Any, Any]:
        """The losses and the outputs of a part of the samples; the device may still be at work on them."""
        key = (len(x), with_loss)
        with self._devices.precision():
            if key not in self._evaluators:
                self._evaluators[key] = self._evaluator(len(x), with_loss)
            put = self._devices.put_rows
            losses, output = self._evaluators[key](
                self._carried.parameters,
                put(numpy.asarray(x, self.dtype)),
                None if y is None else put(numpy.asarray(y, self.dtype)),
            )
        return losses, output

    def _evaluator(self, count: int, with_loss: bool) -> Any:
        import jax.numpy as jnp

        graph, columns = self.problem.graph(count), self.problem.columns
        nodes = evaluated_nodes(self.problem, count) if with_loss else graph.composed(graph.output)
        inputs = [node for node in graph.inputs if node.name == "x" or with_loss]
        leaves = [*graph.parameters, *inputs]
        program = lower(nodes, {node: sizes(node) for node in leaves}, self.dtype)

        def measure(parameters: dict[str, Any], x: Any, y: Any) -> tuple[Any, Any]:
            samples = [x if node.name == "x" else y for node in inputs]
            values = [*(parameters[node.name] for node in graph.parameters), *(s.T if columns else s for s in samples)]
            with self._devices.jax.default_matmul_precision("highest"):
                *losses, output = self._devices.hold_everywhere(run_program(program, values, jnp, self.dtype))
            return losses[0] if losses else None, output.T if columns else output

        return self._devices.jax.jit(measure)
