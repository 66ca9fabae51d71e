"""Runs that differ in numbers alone, trained in one compiled program: what `vmap` of JAX is for."""

from __future__ import annotations

import importlib.util
import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy

from chalkgrad.reading.changing import changed
from chalkgrad.reading.problem import Problem
from chalkgrad.reading.splitting import Parts
from chalkgrad.training.comparing.outcome import Outcome
from chalkgrad.training.comparing.settings import canonical
from chalkgrad.training.comparing.workers import Job, estimated_seconds
from chalkgrad.training.data import TrainingData, prepare_data
from chalkgrad.training.engines.engine import Engine, State
from chalkgrad.training.rates import Rates
from chalkgrad.training.trainer import measured
from chalkgrad.training.training import Training, make_engine, starting_state

__all__ = ["groups_of", "train_together"]

Done = Callable[[int, Outcome], None]

# JAX needs 2 to 3 s to start and to compile; with `auto` that must pay.
_WORTH_COMPILING = 6.0


def groups_of(jobs: Sequence[Job], how: Training) -> list[list[int]]:
    """The places of jobs that can be trained together: of one shape, different in numbers and seeds alone.

    Runs that stop early cannot, for each ends at a time of its own; nor can those that somebody looks at while they
    train. With the engine `auto` there must also be enough work for it, and no validation part, since what is trained
    together is not looked at between epochs.

    Args:
        jobs: the runs.
        how: how they are to be trained.
    """
    if how.engine == "numpy" or how.callbacks or how.fast_dev_run or how.earlier is not None or how.epochs is not None:
        return []
    if how.engine == "auto" and importlib.util.find_spec("jax") is None:
        return []
    found: dict[tuple[str, int], list[int]] = {}
    shapes: dict[int, str] = {}
    for place, job in enumerate(jobs):
        problem = job.problem
        if problem.keys.stop_early is None and not problem.nodes and job.parts is not None:
            shape = shapes.setdefault(id(problem), _shape(problem))
            found.setdefault((shape, id(job.parts)), []).append(place)
    return [places for places in found.values() if len(places) > 1 and _pays([jobs[k] for k in places], how)]


def _shape(problem: Problem) -> str:
    """All that a problem says, less the numbers that may differ, as a text."""
    written: Any = problem.file.source.value
    kept = {k: v for k, v in written.items() if k not in ("title", "show", "seed", "optimizer", "regularizer")}
    optimizer, regularizer = problem.keys.optimizer, problem.keys.regularizer
    on = None if regularizer is None else regularizer.on
    beside = [optimizer.name, optimizer.bias_correction, sorted(problem.strengths), on]
    return json.dumps([canonical(kept), *beside], sort_keys=True)


def _pays(jobs: Sequence[Job], how: Training) -> bool:
    parts = jobs[0].parts
    assert parts is not None
    if how.engine == "jax":
        return True
    each = estimated_seconds(jobs[0].problem, len(parts.train))
    return not len(parts.validation) and each * len(jobs) > _WORTH_COMPILING


def train_together(jobs: Sequence[Job], how: Training, done: Done) -> tuple[bool, list[int]]:
    """Train what can be trained together.

    A run that diverges is left for the others: there, the place where it diverged is looked for.

    Args:
        jobs: the runs.
        how: how they are to be trained.
        done: told the place of a job and what it came to.

    Returns:
        Whether nothing interrupted it, and the places of the jobs that are left.
    """
    left = set(range(len(jobs)))
    for places in groups_of(jobs, how):
        try:
            found = _Group([jobs[place] for place in places], how).outcomes()
        except KeyboardInterrupt:
            return False, sorted(left)
        except (MemoryError, RuntimeError):  # the device may be too small; one by one, they may fit
            continue
        for place, outcome in zip(places, found, strict=True):
            if outcome is not None:
                left.discard(place)
                done(place, outcome)
    return True, sorted(left)


@dataclass(frozen=True)
class _Scorer:
    """Measures trained networks on every part."""

    engine: Engine
    data: TrainingData

    def scores(self, state: State) -> dict[str, dict[str, float]]:
        self.engine.load(State(state.parameters))
        parts = {"train": self.data.parts.train, "validation": self.data.parts.validation, "test": self.data.parts.test}
        return {name: measured(self.engine, self.data, rows) for name, rows in parts.items() if len(rows)}


class _Group:
    """Runs of one shape on the same samples."""

    def __init__(self, jobs: Sequence[Job], how: Training) -> None:
        self.jobs, self.problem = jobs, jobs[0].problem
        parts = jobs[0].parts
        assert isinstance(parts, Parts)
        self.data = prepare_data(self.problem, how.dtype, parts)
        seeds = {job.seed: starting_state(changed(self.problem, {"seed": job.seed}), how.start) for job in jobs}
        self.starts = [seeds[job.seed] for job in jobs]

    def outcomes(self) -> list[Outcome | None]:
        """What each run came to; None for those that diverged."""
        from chalkgrad.training.engines.jax_sweep import run_many

        begin = time.perf_counter()
        trained = run_many(self.problem, self.data, self.starts, self._settings(), [job.seed for job in self.jobs])
        seconds = (time.perf_counter() - begin) / len(self.jobs)
        scorer = _Scorer(make_engine(self.problem, self.data, "jax"), self.data)
        return [self._outcome(job, each, seconds, scorer) for job, each in zip(self.jobs, trained, strict=True)]

    def _settings(self) -> list[dict[str, float]]:
        """For each run the numbers that are not the same in all of them."""
        numbers = [{**job.problem.settings, **job.problem.strengths} for job in self.jobs]
        varied = [name for name in numbers[0] if len({each[name] for each in numbers}) > 1]
        return [{name: float(each[name]) for name in varied} for each in numbers]

    def _outcome(self, job: Job, trained: Any, seconds: float, scorer: _Scorer) -> Outcome | None:
        losses = [float(loss) for loss in trained.losses]
        if not all(map(math.isfinite, losses)) or not trained.state.is_finite():
            return None
        epochs, rows = len(losses), len(self.data.parts.train)
        steps = -(-rows // (rows if self.problem.keys.batch == "full" else min(int(self.problem.keys.batch), rows)))
        rates = Rates(job.problem, steps, epochs)
        history: dict[str, list[Any]] = {"epoch": list(range(1, epochs + 1)), "loss": losses}
        if self.data.decision is not None:
            history["accuracy"] = [int(hits) / rows for hits in numpy.asarray(trained.hits)]
        history["learning_rate"] = [float(rates.of(epoch)[-1]) for epoch in range(1, epochs + 1)]
        history["seconds"] = [seconds / epochs] * epochs
        return Outcome("epochs", scorer.scores(trained.state), history, epochs, epochs, seconds)
