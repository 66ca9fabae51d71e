"""The course of a run: epoch after epoch, with a look at the validation part, and all that is kept on the way."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy
from numpy.typing import NDArray

from chalkgrad.errors import Fault, ProblemError
from chalkgrad.reading.problem import Problem
from chalkgrad.solving.order import batch_size, order_of_epoch
from chalkgrad.training.data import TrainingData
from chalkgrad.training.diverging import Divergence, find_divergence
from chalkgrad.training.engines.engine import Engine, EpochSums, EpochWork, State
from chalkgrad.training.events import CallbackList
from chalkgrad.training.rates import Rates
from chalkgrad.training.run import History, Stopped
from chalkgrad.training.stopping import Watch, watch_of

__all__ = ["Progress", "Trainer", "measured"]

# Short epochs are taken many at a time, for about so many seconds: long enough to cost little, short enough to watch.
_SECONDS_AT_A_TIME = 0.1
_MOST_AT_A_TIME = 4096


@dataclass
class Progress:
    """How far a run has come; with the state of the engine, all that is needed to go on.

    Args:
        epoch: how many epochs are done.
        steps: how many steps were taken in all, those of an unfinished epoch among them.
        sums: what an unfinished epoch has added up.
        history: what was measured.
        watch: what is watched.
        best: the parameters of the best epoch, where something is watched.
        seconds: how long the epochs took so far.
    """

    watch: Watch
    epoch: int = 0
    steps: int = 0
    sums: EpochSums = field(default_factory=EpochSums)
    history: History = field(default_factory=History)
    best: dict[str, NDArray[Any]] | None = None
    seconds: float = 0.0


def measured(engine: Engine, data: TrainingData, rows: NDArray[Any]) -> dict[str, float]:
    """Loss and accuracy over rows of the data, without learning from them."""
    found = engine.evaluate(data.x, data.y, rows)
    numbers = {"loss": found.loss}
    if data.decision is not None and data.labels is not None:
        numbers["accuracy"] = float(numpy.mean(data.classes_of(found.outputs) == data.labels[rows]))
    return numbers


class Trainer:
    """Takes a run from where it is to its end.

    Args:
        problem: what is trained.
        data: what it is trained on.
        engine: what takes the steps.
        epochs: how many passes there are to be.
        callbacks: told of everything that happens.
    """

    def __init__(
        self, problem: Problem, data: TrainingData, engine: Engine, epochs: int, callbacks: CallbackList
    ) -> None:
        self.problem, self.data, self.engine, self.epochs = problem, data, engine, epochs
        self.callbacks = callbacks
        self.after_epochs: Callable[[], None] | None = None
        self.train_rows = data.parts.train
        self.batch = batch_size(problem, len(self.train_rows))
        self.steps = -(-len(self.train_rows) // self.batch)
        self.rates = Rates(problem, self.steps, epochs)
        self.watches = len(data.parts.validation) > 0 or problem.keys.stop_early is not None
        self.progress = Progress(watch_of(problem, len(data.parts.validation) > 0))
        self._refuse_unmeasured()
        self.divergence: Divergence | None = None
        self._interrupted = False
        self._at_a_time = 1
        self._steps_besides = 0

    def go_on_behind(self, epochs: int, steps: int) -> None:
        """Count on from epochs and steps that were taken before, perhaps on samples of another number.

        As many epochs as there were to be are taken behind them.
        """
        self.progress.epoch, self.progress.steps = epochs, steps
        self.epochs += epochs
        self._steps_besides = steps - epochs * self.steps

    def _refuse_unmeasured(self) -> None:
        """Refuse to watch what is not measured."""
        monitor = self.progress.watch.monitor
        is_measured = self.data.decision is not None or not monitor.endswith("accuracy")
        if not is_measured or (monitor.startswith("val_") and not len(self.data.parts.validation)):
            why = "there are no classes" if not is_measured else "no samples are kept for validation"
            place = self.problem.file.place("stop_early")
            hint = "watch val_loss or loss" if not is_measured else "write `split: {validation: 0.2}`, or watch loss"
            raise ProblemError(
                Fault(
                    "nothing-to-monitor",
                    f"stop_early watches {monitor}, and {why}",
                    place if place.text else None,
                    hint,
                )
            )

    def interrupt(self) -> None:
        """Stop after the batch that is being worked on."""
        self._interrupted = True

    def run(self) -> Stopped:
        """Train; the answer is why it ended."""
        self.callbacks.on_train_begin({"first_epoch": self.progress.epoch + 1, "epochs": self.epochs})
        stopped = self._run()
        self.callbacks.on_train_end({name: column[-1] for name, column in self.progress.history.items()})
        return stopped

    def _run(self) -> Stopped:
        progress = self.progress
        if self._has_enough():  # a run that had stopped early is gone on with
            return "early"
        while progress.epoch < self.epochs:
            if self._interrupted:
                return "interrupted"
            before, done = self.engine.state, progress.sums.steps
            works = self._next_works()
            start = time.perf_counter()
            finished = self._take_many(works) if len(works) > 1 else self._take_one(works[0])
            good = self._good_works(before, works, finished, done)
            if not finished and not self.divergence:
                progress.seconds += time.perf_counter() - start
                return "interrupted"
            self._record(works[:good], finished, start)
            if self.after_epochs is not None:
                self.after_epochs()
            if self.divergence is not None:
                return "diverged"
            if self._has_enough():
                return "early"
        return "epochs"

    def _has_enough(self) -> bool:
        """Whether the run ends before its last epoch."""
        return self.progress.watch.is_over or self.callbacks.stop_training

    # --- steps ---

    def work_of(self, epoch: int) -> EpochWork:
        """The steps of an epoch."""
        rows = self.train_rows
        if self.batch < len(rows):
            rows = rows[order_of_epoch(self.problem, len(rows), epoch)]
        first = (epoch - 1) * self.steps + self._steps_besides
        return EpochWork(epoch, rows, self.batch, self.rates.of(epoch), first)

    def _next_works(self) -> list[EpochWork]:
        """The next epoch; where epochs are one step each and nobody looks in between, the next few."""
        epoch = self.progress.epoch + 1
        alone = self.watches or bool(self.callbacks.callbacks)
        if self.steps > 1 or alone or self.problem.has_dropout or self.progress.sums.steps:
            return [self.work_of(epoch)]
        return [self.work_of(k) for k in range(epoch, min(epoch + self._at_a_time, self.epochs + 1))]

    def _take_many(self, works: Sequence[EpochWork]) -> list[EpochSums]:
        start = time.perf_counter()
        rates = numpy.array([work.rates[0] for work in works], dtype=numpy.float64)
        losses, hits = self.engine.run_full_epochs(works[0], rates)
        rows = len(self.train_rows)
        seconds = max(1e-9, time.perf_counter() - start)
        self._at_a_time = max(1, min(_MOST_AT_A_TIME, round(len(works) * _SECONDS_AT_A_TIME / seconds)))
        self.progress.steps += len(works)
        return [EpochSums(1, float(loss), 1.0, int(hit), rows) for loss, hit in zip(losses, hits, strict=True)]

    def _take_one(self, work: EpochWork) -> list[EpochSums]:
        """An epoch; empty if it was interrupted before its end."""
        sums = self.progress.sums
        self.callbacks.on_epoch_begin(work.epoch, {})
        before = sums.steps
        sums = self.engine.run_epoch(work, sums, self._pause, self.callbacks.wants_batches)
        self.progress.steps += sums.steps - before
        if sums.steps < self.steps:
            self.progress.sums = sums
            return []
        self.progress.sums = EpochSums()
        self._at_a_time = max(self._at_a_time, 2)
        return [sums]

    def _pause(self, step: int, loss: float) -> bool:
        """What happens between two batches."""
        if self.callbacks.wants_batches:
            self.callbacks.on_batch_end(step, {"loss": loss})
        return self._interrupted

    # --- what comes after an epoch ---

    def _record(self, works: Sequence[EpochWork], sums: Sequence[EpochSums], start: float) -> None:
        progress = self.progress
        validation = self._validation() if works else {}
        seconds = (time.perf_counter() - start) / max(1, len(works))
        for work, each in zip(works, sums, strict=False):
            record: dict[str, Any] = {"epoch": work.epoch, "loss": each.loss / each.weight}
            if self.data.decision is not None:
                record["accuracy"] = each.hits / each.rows
            record |= validation
            record |= {"learning_rate": float(work.rates[-1]), "seconds": seconds}
            progress.epoch = work.epoch
            progress.seconds += seconds
            progress.history.add(record)
            if progress.watch.look(work.epoch, record) and self.watches:
                progress.best = self.engine.state.parameters
            self.callbacks.on_epoch_end(work.epoch, record)

    def _validation(self) -> dict[str, float]:
        rows = self.data.parts.validation
        if not len(rows):
            return {}
        return {f"val_{name}": value for name, value in measured(self.engine, self.data, rows).items()}

    def _good_works(self, before: State, works: Sequence[EpochWork], sums: Sequence[EpochSums], done: int) -> int:
        """How many epochs went well; where one did not, the parameters before its first bad step are taken back."""
        losses = [each.loss for each in sums] or [self.progress.sums.loss]
        if self.engine.state.is_finite() and all(map(math.isfinite, losses)):
            return len(works)
        found = find_divergence(self.data, self.problem, before, works, done)
        # Rounding on the way may differ from that of the engine; then only the epoch is known.
        self.divergence = found or Divergence("the loss", "loss", works[0].epoch, 1, None, "nan", before)
        bad = self.divergence.epoch - works[0].epoch
        self.engine.load(self.divergence.good)
        self.progress.steps = works[bad].first_step + self.divergence.step - 1
        self.progress.sums = EpochSums()
        return bad
