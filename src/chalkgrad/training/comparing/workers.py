"""Many runs at once, in processes of their own: as many as there are cores, each with one thread for its matrices."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy

from chalkgrad.errors import ChalkgradError, Fault, UsageError
from chalkgrad.ops import OPS
from chalkgrad.processes import NoProcessError, core_count, in_processes
from chalkgrad.reading.changing import changed, problem_text
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem
from chalkgrad.reading.splitting import Parts
from chalkgrad.solving.order import batch_size
from chalkgrad.training.comparing.orders import Order, carried_out, save_dataset, save_parts
from chalkgrad.training.comparing.outcome import Outcome, outcome_of
from chalkgrad.training.data import training_parts
from chalkgrad.training.engines.choosing import step_work
from chalkgrad.training.training import Training, refuse_wrong_call

__all__ = ["Job", "can_travel", "estimated_seconds", "on_its_samples", "run_jobs"]

Done = Callable[[int, Outcome], None]

# A process needs about a second before it can begin.
_WORTH_A_PROCESS = 2.0

# What is said to another process of how it is to train; all else lives here.
_PLAIN = ("engine", "dtype", "fast_dev_run", "threads", "epochs", "devices")


@dataclass(frozen=True)
class Job:
    """One run.

    Args:
        problem: what is trained.
        seed: takes the place of its seed.
        parts: which rows train and which do not; None as the problem draws them from `seed`.
    """

    problem: Problem
    seed: int
    parts: Parts | None = None


def can_travel(problem: Problem, how: Training) -> bool:
    """Whether a problem can be said to another process: by its text, and samples as arrays."""
    said = not problem.nodes and not problem.trained and not problem.rows and problem.ops is OPS
    return said and not how.callbacks and not how.start and how.earlier is None


def on_its_samples(problem: Problem) -> Problem:
    """The problem with its samples in memory, so that they are read once; listed ones and maps of files stay."""
    if problem.keys.data is None or problem.has_listed_samples or isinstance(problem.dataset.x, numpy.memmap):
        return problem
    return problem.with_dataset(problem.dataset)


def estimated_seconds(problem: Problem, rows: int, epochs: int | None = None) -> float:
    """About how long a run takes on NumPy.

    Args:
        problem: what is trained.
        rows: on how many samples.
        epochs: how often; by default as the problem says.

    Raises:
        ProblemError: if no step can be taken with it.
    """
    batch = batch_size(problem, rows)
    steps = -(-rows // max(1, batch)) * int(problem.keys.epochs if epochs is None else epochs)
    return steps * step_work(problem, batch).seconds


def run_jobs(jobs: Sequence[Job], how: Training, done: Done, parallel: int | None = None) -> bool:
    """Train runs, several at a time, and say as each is done what it came to.

    Args:
        jobs: the runs.
        how: `engine`, `dtype` and the like of each; with `callbacks` or `start` they are trained here.
        done: told the place of a job in `jobs` and what it came to, in the order in which they finish.
        parallel: how many at a time, 1 for one by one in this process; by default as many as there are cores, if they
            are worth it.

    Returns:
        Whether all jobs were done; an interruption (Ctrl-C) ends with those that are finished.

    Raises:
        UsageError: `not-a-count`, for `parallel` below 1; `unknown-engine`, `unknown-dtype`, `missing-extra`.
    """
    refuse_wrong_call(how)
    if parallel is not None and parallel < 1:
        raise UsageError(Fault("not-a-count", f"at least one run at a time can be trained, and not {parallel}"))
    count = min(len(jobs), _wanted(jobs, how) if parallel is None else parallel)
    if count > 1 and all(can_travel(job.problem, how) for job in jobs):
        laid_down = tempfile.TemporaryDirectory(prefix="chalkgrad-", ignore_cleanup_errors=True)
        with suppress(NoProcessError), laid_down as folder:
            return in_processes(carried_out, _orders(jobs, how, Path(folder)), done, _crashed, count)
    return _one_by_one(jobs, how, done)


def _crashed(order: Order) -> Outcome:
    return Outcome("failed", code="crashed", reason="the process that trained it ended")


def _wanted(jobs: Sequence[Job], how: Training) -> int:
    """As many processes as there are cores, if the runs take longer than it takes to start them."""
    seconds = 0.0
    known: dict[int, float] = {}
    for job in jobs:
        if id(job.problem) not in known:
            known[id(job.problem)] = _seconds_of(job, how)
        seconds += known[id(job.problem)]
    return core_count() if seconds > _WORTH_A_PROCESS else 1


def _seconds_of(job: Job, how: Training) -> float:
    """About how long a run takes; none if it cannot be trained, which comes out at once."""
    try:
        parts = job.parts if job.parts is not None else training_parts(job.problem)
        return estimated_seconds(job.problem, len(parts.train), 1 if how.fast_dev_run else how.epochs)
    except ChalkgradError:
        return 0.0


def _one_by_one(jobs: Sequence[Job], how: Training, done: Done) -> bool:
    for place, job in enumerate(jobs):
        parts = job.parts if job.parts is not None else how.parts
        own = replace(how, parts=parts, folder=None, runs=None, resume=False)
        try:
            outcome = outcome_of(_seeded(job), own)
        except ChalkgradError as error:
            outcome = Outcome.of_error(error)
        except KeyboardInterrupt:
            return False
        if outcome.stopped == "interrupted":
            return False
        done(place, outcome)
    return True


def _seeded(job: Job) -> Problem:
    """The problem with the seed of the job; what was read from a file is not read again."""
    problem = changed(job.problem, {"seed": job.seed})
    if job.problem.has_listed_samples or job.problem.keys.data is None or problem.nodes:
        return problem
    return problem.with_dataset(job.problem.dataset)


# --- on the way ---


def _orders(jobs: Sequence[Job], how: Training, folder: Path) -> Iterator[Order]:
    """The jobs as text; arrays that several of them share are laid down once."""
    laid: dict[int, Path] = {}

    def place_of(thing: Any, save: Callable[[Path, Any], None]) -> str:
        if id(thing) not in laid:
            laid[id(thing)] = folder / str(len(laid))
            laid[id(thing)].mkdir()
            save(laid[id(thing)], thing)
        return str(laid[id(thing)])

    texts: dict[int, str] = {}
    for job in jobs:
        problem, file = job.problem, job.problem.file
        text = texts.setdefault(id(problem), problem_text(problem))
        directory = None if file.directory is None else str(file.directory.absolute())
        data, parts = problem.keys.data, job.parts if job.parts is not None else how.parts
        dataset = place_of(data, save_dataset) if isinstance(data, Dataset) else None
        where = place_of(parts, save_parts) if parts is not None else None
        plain = {name: getattr(how, name) for name in _PLAIN}
        yield Order(text, file.name, directory, job.seed, dataset, where, plain)
