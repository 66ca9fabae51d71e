"""Training a problem, and what can be done with it then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from chalkgrad.api.pages import Page
from chalkgrad.api.progress import epochs_told, runs_told
from chalkgrad.api.solving import problem_of
from chalkgrad.errors import Fault, UsageError
from chalkgrad.reading.changing import changed
from chalkgrad.reading.problem import Problem

if TYPE_CHECKING:
    from chalkgrad.training.comparing.comparison import Comparison, Row
    from chalkgrad.training.comparing.folding import Fold, Folds
    from chalkgrad.training.events import Callback
    from chalkgrad.training.keeping.folder import RunFolder
    from chalkgrad.training.run import Run
    from chalkgrad.training.trainer import Progress

__all__ = ["compare", "cross_validate", "describe", "page_of_run", "train"]

Asked = Problem | str | Path | Mapping[str, Any]


def train(
    problem: Asked,
    *,
    engine: str = "auto",
    dtype: str = "float32",
    epochs: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    devices: int | None = None,
    folder: str | Path | None = None,
    resume: bool = False,
    start: Mapping[str, NDArray[Any]] | None = None,
    callbacks: Sequence[Callback] = (),
    fast_dev_run: bool = False,
    progress: Callable[[Progress, int], None] | bool = False,
    runs: str | Path | None = None,
) -> Run:
    """Train a problem on its data: the very graph that `solve` writes out.

    Args:
        problem: a problem, the path or bare name of one, or the keys of a problem file.
        engine: `auto`, `numpy`, or `jax` (an extra).
        dtype: `float32` or `float64`.
        epochs: how many passes; by default as the problem says.
        seed: the number that fixes everything random; by default as the problem says.
        threads: how many threads a matrix product may use; by default as many as pay.
        devices: how many devices share each batch, with `jax`.
        folder: keeps the run there: problem, weights, history, report.
        resume: goes on with the run in `folder`, to the very bits of a run without interruption.
        start: parameters to start from, by name, instead of drawn ones.
        callbacks: told of everything that happens; see `chalkgrad.training.events.Callback`.
        fast_dev_run: one batch of each part, to see that everything works.
        progress: True shows a line for each epoch on standard error, and a bar to a person; a function is told of
            the progress and the number of epochs after every epoch, or every few.
        runs: keeps the run in a new numbered folder below this one, such as `runs/digits-3`.

    Returns:
        The run, also if it was interrupted (Ctrl-C) or diverged; `run.stopped` says so.

    Raises:
        ProblemError: with what is wrong with the problem or its data.
        UsageError: with what is wrong with the call, or `missing-extra`.

    >>> run = train("sigmoid-2-2-2", dtype="float64")
    >>> round(run.history["loss"][0], 12), round(float(run.parameters["w5"]), 12)
    (0.558261720122, 0.358916479718)
    """
    from chalkgrad.training.training import Training, train_problem

    asked, place = _overruled(problem, epochs, seed), _folder(folder, resume)
    how = Training(engine, dtype, callbacks, place, resume, start or {}, fast_dev_run=fast_dev_run)
    how = replace(how, threads=threads, devices=devices, runs=None if runs is None else Path(runs))
    with epochs_told(progress) as watcher:
        return train_problem(asked, replace(how, watcher=watcher))


def _folder(folder: str | Path | None, resume: bool) -> RunFolder | None:
    from chalkgrad.training.keeping.folder import RunFolder

    if folder is not None:
        return RunFolder(folder)
    if resume:
        hint = "name the folder of the run, such as runs/digits-1"
        raise UsageError(Fault("no-run", "there is nothing to resume without a folder", hint=hint))
    return None


def cross_validate(
    problem: Asked,
    folds: int | None = None,
    *,
    engine: str = "auto",
    dtype: str = "float32",
    epochs: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    devices: int | None = None,
    folder: str | Path | None = None,
    fast_dev_run: bool = False,
    parallel: int | None = None,
    progress: Callable[[int, int, Fold], None] | bool = False,
) -> Folds:
    """Train once for each fold, on all others, and score it on the fold: nothing of a fold is seen before.

    Args:
        problem: a problem, the path or bare name of one, or the keys of a problem file.
        folds: how many; by default as `split: {folds: ..}` says.
        engine: `auto`, `numpy` or `jax`.
        dtype: `float32` or `float64`.
        epochs: how many passes; by default as the problem says.
        seed: the number that fixes everything random.
        threads: how many threads a matrix product may use; by default one, so that folds can go on side by side.
        devices: how many devices share each batch, with `jax`.
        folder: keeps the run of each fold there, in `fold-1`, `fold-2` and so on; they are then trained one by one.
        fast_dev_run: one batch of each part of a fold, to see that everything works.
        parallel: how many folds at a time; by default as many as there are cores, if that pays.
        progress: True shows a bar of the folds to a person; a function is told how many folds are done, how many
            there are, and the one that is done.

    Raises:
        ProblemError: with what is wrong with problem or data.
        UsageError: with what is wrong with the call.
    """
    from chalkgrad.training.comparing.folding import train_folds
    from chalkgrad.training.training import Training

    asked, place = _overruled(problem, epochs, seed), _folder(folder, resume=False)
    how = Training(engine, dtype, folder=place, fast_dev_run=fast_dev_run, threads=threads, devices=devices)
    with runs_told("folds", progress) as told:
        return train_folds(asked, folds, how, parallel=parallel, progress=told)


def compare(
    problem: Asked,
    over: Mapping[str, Sequence[Any]],
    *,
    seeds: int | Sequence[int] = 1,
    engine: str = "auto",
    dtype: str = "float32",
    epochs: int | None = None,
    parallel: int | None = None,
    folder: str | Path | None = None,
    progress: Callable[[int, int, Row], None] | bool = False,
) -> Comparison:
    """Train every combination of some values, over several seeds, and say what may be concluded.

    Args:
        problem: a problem, the path or bare name of one, or the keys of a problem file.
        over: the values of each key that is varied: `activation`, `batch`, `optimizer`, `learning_rate`, `layers`,
            `units`, or any key of the file, as a path with dots.
        seeds: how many seeds, or which.
        engine: `auto`, `numpy` or `jax`.
        dtype: `float32` or `float64`.
        epochs: how many passes; by default as the problem says.
        parallel: how many runs at a time; by default as many as there are cores, if that pays.
        folder: where finished runs are kept; what is there already is not trained again.
        progress: True shows a bar of the runs to a person; a function is told how many runs are done, how many there
            are, and the one that is done.

    Raises:
        ProblemError: with what is wrong with the data.
        UsageError: with what is wrong with the call.
    """
    from chalkgrad.training.comparing.comparing import compare_settings
    from chalkgrad.training.training import Training

    asked, how = _overruled(problem, epochs, None), Training(engine, dtype)
    with runs_told("runs", progress) as told:
        return compare_settings(asked, over, seeds=seeds, parallel=parallel, folder=folder, how=how, progress=told)


def _overruled(problem: Asked, epochs: int | None, seed: int | None) -> Problem:
    """The problem with what the call says instead of the file."""
    wanted = {"epochs": epochs, "seed": seed}
    return changed(problem_of(problem), {key: value for key, value in wanted.items() if value is not None})


def page_of_run(run: Run) -> Page:
    """How a run ended, in a few lines, and its numbers as plain data."""
    return Page(run.summary, run.as_data)


def describe(problem: Asked) -> Page:
    """What a problem holds: its data, its layers, how many parameters and how much memory it needs.

    Args:
        problem: a problem, the path or bare name of one, or the keys of a problem file.
    """
    from chalkgrad.solving.describing import describe_data
    from chalkgrad.solving.description import describe_document

    asked = problem_of(problem)
    return Page(lambda: describe_document(asked), lambda: describe_data(asked))
