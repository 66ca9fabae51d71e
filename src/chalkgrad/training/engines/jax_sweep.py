"""Many networks of one shape at once: one compiled program for all, in which only numbers are different.

They may differ in where they start, in the numbers of the optimizer and the regularizer, and in the seed that says in
which order they see the samples and which units dropout leaves out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy
from numpy.typing import NDArray

from chalkgrad.errors import Fault, UsageError, nearest
from chalkgrad.reading.problem import Problem
from chalkgrad.solving.order import batch_size, order_of_epoch
from chalkgrad.training.data import TrainingData
from chalkgrad.training.engines.engine import EpochWork, State
from chalkgrad.training.engines.jax_devices import JaxDevices
from chalkgrad.training.engines.jax_engine import EPOCHS_AT_A_TIME
from chalkgrad.training.engines.jax_loop import Carried, Source, StepLoop
from chalkgrad.training.engines.jax_samples import DeviceSamples, Window, drawn_masks, windows_of
from chalkgrad.training.engines.jax_step import JaxStep
from chalkgrad.training.rates import Rates

__all__ = ["Sweep", "Trained", "run_many"]

Array = NDArray[Any]

# So much memory the values of all networks that are trained together may take.
_BYTES_AT_A_TIME = 2**30


@dataclass(frozen=True)
class Trained:
    """What became of one network.

    Args:
        losses: the mean loss of each epoch (the sum, where the loss of a batch is one).
        hits: how many samples were classified right in each epoch, each before the step that learned from it.
        state: its parameters and memory at the end.
    """

    losses: Array
    hits: Array
    state: State


@dataclass(frozen=True, slots=True)
class _Member:
    start: State
    settings: Mapping[str, float]
    seed: int


class Sweep:
    """Networks of one shape on the same samples, which lie on the device; what was compiled is kept from run to run.

    Args:
        problem: what all networks have in common.
        data: the samples, scaled.
        varied: the numbers beside the learning rate that differ from network to network: other numbers of the
            optimizer, strengths of the regularizer.

    Raises:
        UsageError: `missing-extra`, without the package jax; `unknown-setting`.
    """

    def __init__(self, problem: Problem, data: TrainingData, varied: Iterable[str] = ()) -> None:
        self.problem, self.data = problem, data
        self.varied = sorted(set(varied) - {"learning_rate"})
        _check_settings(problem, self.varied)
        self.devices = JaxDevices(data.x.dtype)
        self.samples = DeviceSamples(data, self.devices)
        self.rows = data.parts.train
        self.batch = batch_size(problem, len(self.rows))
        self._steps: dict[int, JaxStep] = {}
        self._loops: dict[tuple[Any, ...], StepLoop] = {}

    def run(
        self,
        starts: Sequence[State],
        settings: Sequence[Mapping[str, float]] | None = None,
        seeds: Sequence[int] | None = None,
        epochs: int | None = None,
    ) -> list[Trained]:
        """Train networks, each as `JaxEngine` would train it alone, up to rounding.

        Args:
            starts: what each starts from; memory that is not given starts as the optimizer says.
            settings: for each network, numbers that are not those of the problem: the `learning_rate`, from which a
                schedule starts, and those that are varied.
            seeds: for each network, the seed of the order of its samples and of its dropout; by default that of the
                problem.
            epochs: how many passes over the training part; by default as the problem says.

        Returns:
            One result for each network, in their order. A network that diverges does not disturb the others: its losses
            become infinite or NaN.

        Raises:
            UsageError: `unknown-setting`, for a number that is not varied.
        """
        settings = settings or [{}] * len(starts)
        seeds = seeds or [self.problem.keys.seed] * len(starts)
        _check_settings(self.problem, {name for each in settings for name in each}, ["learning_rate", *self.varied])
        members = [_Member(*each) for each in zip(starts, settings, seeds, strict=True)]
        size = max(1, _BYTES_AT_A_TIME // max(1, self.step(self.batch).bytes))
        groups = [members[k : k + size] for k in range(0, len(members), size)]
        epochs = self.problem.keys.epochs if epochs is None else epochs
        return [trained for group in groups for trained in _Group(self, group, epochs).run()]

    def step(self, batch: int) -> JaxStep:
        """The step on batches of a size."""
        if batch not in self._steps:
            self._steps[batch] = JaxStep(self.problem, batch, self.data.x.dtype, self.varied)
        return self._steps[batch]

    def loop(self, batch: int, source: Source, own: bool) -> StepLoop:
        """Steps of many networks; with `own`, each sees samples and masks of its own."""
        key = (batch, source, own)
        if key not in self._loops:
            arguments = (self.step(batch), self.data, self.devices, source)
            self._loops[key] = StepLoop(*arguments, networks=True, own_samples=own, own_masks=own)
        return self._loops[key]


def run_many(
    problem: Problem,
    data: TrainingData,
    starts: Sequence[State],
    settings: Sequence[Mapping[str, float]] | None = None,
    seeds: Sequence[int] | None = None,
    epochs: int | None = None,
) -> list[Trained]:
    """Train many networks of one shape at once; see `Sweep.run`, whose arguments these are."""
    varied = {name for each in settings or () for name in each}
    return Sweep(problem, data, varied).run(starts, settings, seeds, epochs)


def _check_settings(problem: Problem, names: Iterable[str], known: Sequence[str] | None = None) -> None:
    known = [*problem.settings, *problem.strengths] if known is None else known
    for name in names:
        if name not in known:
            hint = nearest(name, known) or f"those that can be varied here are {', '.join(known)}"
            raise UsageError(Fault("unknown-setting", f"`{name}` is no number that is varied", hint=hint))


class _Group:
    """Networks that are trained together."""

    def __init__(self, sweep: Sweep, members: Sequence[_Member], epochs: int) -> None:
        self.sweep, self.members, self.epochs = sweep, members, epochs
        self.problem, self.count = sweep.problem, len(members)
        fixed = {**self.problem.settings, **self.problem.strengths}
        self.settings = {
            name: numpy.array([float(m.settings.get(name, fixed[name])) for m in members]) for name in sweep.varied
        }
        self.steps = -(-len(sweep.rows) // sweep.batch)
        bases = [float(m.settings.get("learning_rate", fixed["learning_rate"])) for m in members]
        rates = {base: Rates(self.problem, self.steps, epochs, base) for base in bases}
        self.rates = [rates[base] for base in bases]
        self.carried = self._carried()

    def _carried(self) -> Carried:
        sweep, step = self.sweep, self.sweep.step(1)
        states, dtype = [member.start for member in self.members], self.sweep.data.x.dtype

        def together(values: Sequence[Any], shape: tuple[int, ...]) -> Any:
            stacked = numpy.empty((self.count, *shape), dtype)
            for place, value in enumerate(values):
                stacked[place] = numpy.reshape(value, shape) if numpy.ndim(value) else value
            return sweep.devices.put(stacked)

        with sweep.devices.precision():
            return Carried(
                {k: together([s.parameters[k] for s in states], shape) for k, shape in step.sizes.items()},
                {
                    key: together([s.memory.get(key, first) for s in states], shape)
                    for key, (shape, first) in step.memory_at_start.items()
                },
                {
                    key: numpy.array([float(s.memory.get(key, first)) for s in states])
                    for key, first in step.numbers_at_start.items()
                },
            )

    def run(self) -> list[Trained]:
        """Train them."""
        with self.sweep.devices.precision():
            together = self.sweep.batch == len(self.sweep.rows) and not self.problem.has_dropout
            pieces = list(self._full_epochs() if together else self._epochs())
        losses = numpy.concatenate([losses for losses, _ in pieces])
        hits = numpy.concatenate([hits for _, hits in pieces]).astype(numpy.int64)
        return [Trained(losses[:, k], hits[:, k], state) for k, state in enumerate(self._states())]

    def _states(self) -> Iterator[State]:
        """What each network holds."""
        carried = self.carried
        parts = (carried.parameters, {**carried.memory, **carried.numbers})
        held = [{name: numpy.asarray(value) for name, value in part.items()} for part in parts]
        for place in range(self.count):
            yield State(*({name: numpy.array(value[place]) for name, value in part.items()} for part in held))

    def _rates_of(self, epoch: int) -> Array:
        """The learning rate of each step of an epoch for each network."""
        of = {rates: rates.of(epoch) for rates in set(self.rates)}
        return numpy.array([of[rates] for rates in self.rates]).T

    def _full_epochs(self) -> Iterator[tuple[Array, Array]]:
        """All epochs, each of one step on all samples."""
        sweep = self.sweep
        given, loop = sweep.samples.all_of(sweep.rows), sweep.loop(sweep.batch, "all", own=False)
        size = min(self.epochs, EPOCHS_AT_A_TIME)
        for first in range(0, self.epochs, size):
            last = min(first + size, self.epochs)
            rates = numpy.concatenate([self._rates_of(epoch + 1) for epoch in range(first, last)])
            numbers = loop.step.numbers(rates, first, self.carried.numbers, self.settings)
            yield from loop.run(self.carried, given, numbers, (size, 0))

    def _epochs(self) -> Iterator[tuple[Array, Array]]:
        """Epochs of several steps: for each its loss and its hits."""
        for epoch in range(1, self.epochs + 1):
            pieces = list(self._steps_of(epoch))
            losses, hits = (numpy.concatenate(found) for found in zip(*pieces, strict=True))
            rows, batch = len(self.sweep.rows), self.sweep.batch
            total = losses.sum(axis=0, keepdims=True)
            if self.sweep.data.loss_is_mean:
                seen = numpy.full((self.steps, 1), batch)
                seen[-1] = rows - (self.steps - 1) * batch
                total = (losses * seen).sum(axis=0, keepdims=True) / rows
            yield total, hits.sum(axis=0, keepdims=True)

    def _steps_of(self, epoch: int) -> Iterator[tuple[Array, Array]]:
        sweep, rates, first_step = self.sweep, self._rates_of(epoch), (epoch - 1) * self.steps
        seeds = [member.seed for member in self.members]
        own = len(set(seeds)) > 1
        works = [self._work(epoch, seed) for seed in (seeds if own else seeds[:1])]
        masks = sweep.step(1).mask_size * sweep.batch * sweep.data.x.dtype.itemsize
        sent = masks + (0 if sweep.samples.stay else sweep.batch * sweep.samples.bytes_a_row)
        for window in windows_of(works[0], 0, sent * len(works)):
            loop = sweep.loop(window.batch, sweep.samples.source, own)
            part = rates[window.start : window.stop]
            numbers = loop.step.numbers(part, first_step + window.start, self.carried.numbers, self.settings)
            yield from loop.run(self.carried, self._given(loop, works, window, own), numbers, (window.size, 0))

    def _work(self, epoch: int, seed: int) -> EpochWork:
        sweep = self.sweep
        rows = sweep.rows
        if sweep.batch < len(rows):
            rows = rows[order_of_epoch(self.problem, len(rows), epoch, seed)]
        return EpochWork(epoch, rows, sweep.batch, (), 0)

    def _given(self, loop: StepLoop, works: Sequence[EpochWork], window: Window, own: bool) -> dict[str, Any]:
        sweep, steps = self.sweep, range(window.begin, window.stop)
        orders = [window.order(work) for work in works]
        given = sweep.samples.batches(numpy.stack(orders, axis=1) if own else orders[0], window.size)
        seeds = [member.seed for member in self.members] if own else [self.members[0].seed]
        drawn = [drawn_masks(seed, loop.step, works[0].epoch, steps, window.size) for seed in seeds]
        for name in drawn[0]:
            masks = [each[name] for each in drawn]
            given[name] = sweep.devices.put(numpy.stack(masks, axis=1) if own else masks[0])
        return given
