"""Compare settings: any keys of a problem varied, all else the same, over several seeds and all cores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy

from chalkgrad.errors import ProblemError
from chalkgrad.reading.changing import changed
from chalkgrad.reading.problem import Problem
from chalkgrad.reading.splitting import Parts
from chalkgrad.training.comparing.comparison import Comparison, Row
from chalkgrad.training.comparing.comparison_file import ComparisonFile
from chalkgrad.training.comparing.outcome import Outcome
from chalkgrad.training.comparing.settings import Setting, fingerprint, grid, seeds_of
from chalkgrad.training.comparing.together import train_together
from chalkgrad.training.comparing.workers import Job, on_its_samples, run_jobs
from chalkgrad.training.data import prepare_data, training_parts
from chalkgrad.training.keeping.environment import data_fingerprint, text_fingerprint
from chalkgrad.training.training import Training, refuse_wrong_call

__all__ = ["Progress", "compare_settings"]

Progress = Callable[[int, int, Row], None]


@dataclass(frozen=True)
class _Planned:
    """One run that is to be done.

    Args:
        setting: what is trained.
        seed: from which seed.
        job: how, or None where the setting cannot be made.
        fault: why it cannot.
        key: by which it is found again.
    """

    setting: Setting
    seed: int
    job: Job | None
    fault: Outcome | None
    key: str


def compare_settings(
    problem: Problem,
    over: Mapping[str, Sequence[Any]],
    *,
    seeds: int | Sequence[int] = 1,
    parallel: int | None = None,
    folder: str | Path | None = None,
    how: Training | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Train every combination of some values, over several seeds, and say what may be concluded.

    All settings get the same seeds, which fix the random numbers that weights are drawn from, the order of the samples
    and what dropout leaves out. Which samples train, validate and test is drawn once from the seed of the problem, so
    that it is the same for all runs.

    Args:
        problem: with its data, loss and optimizer.
        over: the values of each key that is varied: a key of the problem file, a path to one with dots, or one of
            `SHORT_NAMES`; values as in the file.
        seeds: how many seeds, from that of the problem on, or which.
        parallel: how many runs at a time; by default as many as there are cores, if that pays.
        folder: where finished runs are kept; what is there already is not trained again.
        how: `engine`, `dtype`, `parts`, `fast_dev_run` of each run; with `callbacks` or `start`, they are trained one
            by one in this process. Its folder is not used.
        progress: told of each run as it is done: how many are, how many there are to be, and the run.

    Returns:
        The comparison. A run that diverges, or a setting that makes no sense, is a row with its reason. After an
        interruption (Ctrl-C) it has what was finished, and its `is_done` is false.

    Raises:
        UsageError: `unknown-key`, `no-network`, `nothing-to-compare`, and what else is wrong with the call.
        ProblemError: with what is wrong with the data, or with a damaged file in the folder.

    >>> points = [{"x": k, "y": 2 * k} for k in range(4)]
    >>> line = Problem.from_layers(1, [{"units": 1}], loss="mse", data=points, epochs=30)
    >>> found = compare_settings(line, {"learning_rate": [0.1, 0.001]}, seeds=3)
    >>> found.conclusion.partition(" (")[0]
    'By training loss, 0.1'
    """
    how = how or Training()
    settings, listed = grid(over), seeds_of(int(problem.keys.seed), seeds)
    planned = list(_plan(problem, settings, listed, how, is_kept=folder is not None))
    with _kept(folder) as file:
        course = _Course(planned, file, progress)
        is_done = course.run(how, parallel)
    texts = {key: list(dict.fromkeys(setting.texts[key] for setting in settings)) for key in over}
    rows = sorted(course.rows, key=lambda row: (settings.index(row.setting), listed.index(row.seed)))
    return Comparison(problem.title, texts, settings, listed, rows, is_done)


def _plan(
    problem: Problem, settings: Sequence[Setting], seeds: Sequence[int], how: Training, is_kept: bool
) -> Iterator[_Planned]:
    """All runs, seed by seed, so that an interrupted comparison has as many of each setting as it can."""
    varies = {key.split(".")[0] for setting in settings for key in setting.changes}
    base = problem if "data" in varies else on_its_samples(problem)
    if base.keys.data is None and "data" not in varies:
        prepare_data(base)  # says what is missing, if something is
    shared = how.parts
    if shared is None and not varies & {"data", "split"}:
        shared = training_parts(base)
    made = [_made(base, setting, shared) for setting in settings]
    fingerprints = [_fingerprint(found, how) if is_kept else "" for found in made]
    for seed in seeds:
        for setting, found, mark in zip(settings, made, fingerprints, strict=True):
            if isinstance(found, Outcome):
                yield _Planned(setting, seed, None, found, "")
            else:
                yield _Planned(setting, seed, Job(found[0], seed, found[1]), None, f"{mark}-{seed}")


def _made(base: Problem, setting: Setting, parts: Parts | None) -> tuple[Problem, Parts] | Outcome:
    """The problem of a setting and its parts, its own if none are shared, or why it makes no sense."""
    try:
        problem = changed(base, setting.changes)
        return problem, training_parts(problem) if parts is None else parts
    except ProblemError as error:
        return Outcome.of_error(error)


def _fingerprint(found: tuple[Problem, Parts] | Outcome, how: Training) -> str:
    if isinstance(found, Outcome):
        return ""
    problem, parts = found
    data = data_fingerprint(problem.dataset.x, problem.dataset.y) if problem.keys.data is not None else ""
    rows = [data_fingerprint(rows) for rows in (parts.train, parts.validation, parts.test)]
    start = [[name, data_fingerprint(numpy.asarray(array))] for name, array in sorted(how.start.items())]
    lines = text_fingerprint(repr(problem.nodes)) if problem.nodes else ""
    return fingerprint(
        problem.file.source.value, data, rows, start, lines, how.engine, how.dtype, how.epochs, how.fast_dev_run
    )


@contextmanager
def _kept(folder: str | Path | None) -> Iterator[ComparisonFile | None]:
    if folder is None:
        yield None
        return
    with ComparisonFile.held(folder) as file:
        yield file


class _Course:
    """Takes a comparison from what is kept of it to its end."""

    def __init__(self, planned: Sequence[_Planned], file: ComparisonFile | None, progress: Progress | None) -> None:
        self.planned, self.file, self.progress = planned, file, progress
        self.rows: list[Row] = []

    def run(self, how: Training, parallel: int | None) -> bool:
        """Do what is not done; the answer is whether nothing interrupted it."""
        left: list[_Planned] = []
        for one in self.planned:
            known = one.fault or (self.file.outcomes.get(one.key) if self.file is not None else None)
            if known is None:
                left.append(one)
            else:
                self._take(one, known)
        jobs = [one.job for one in left if one.job is not None]

        def done(place: int, outcome: Outcome) -> None:
            one = left[place]
            if self.file is not None and outcome.is_for_good:
                self.file.add(one.key, {"setting": dict(one.setting.texts), "seed": one.seed}, outcome)
            self._take(one, outcome)

        return _train(jobs, how, done, parallel)

    def _take(self, one: _Planned, outcome: Outcome) -> None:
        row = Row(one.setting, one.seed, outcome)
        self.rows.append(row)
        if self.progress is not None:
            self.progress(len(self.rows), len(self.planned), row)


def _train(jobs: Sequence[Job], how: Training, done: Callable[[int, Outcome], None], parallel: int | None) -> bool:
    """Train the runs: those that differ in numbers alone in one program where the engine has one, else side by side."""
    how = replace(how, parts=None)
    refuse_wrong_call(how)
    is_done, left = train_together(jobs, how, done)
    if not is_done or not left:
        return is_done
    return run_jobs([jobs[place] for place in left], how, lambda place, outcome: done(left[place], outcome), parallel)
