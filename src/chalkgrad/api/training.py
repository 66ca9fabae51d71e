"""Training a problem, and what can be done with it then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from chalkgrad.api.pages import Page
from chalkgrad.api.solving import problem_of
from chalkgrad.errors import Fault, UsageError
from chalkgrad.reading.changing import changed
from chalkgrad.reading.problem import Problem

if TYPE_CHECKING:
    from chalkgrad.training.events import Callback
    from chalkgrad.training.run import Run
    from chalkgrad.training.trainer import Progress

__all__ = ["describe", "page_of_run", "train"]

Asked = Problem | str | Path | Mapping[str, Any]


def train(
    problem: Asked,
    *,
    engine: str = "auto",
    dtype: str = "float32",
    epochs: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    folder: str | Path | None = None,
    resume: bool = False,
    start: Mapping[str, NDArray[Any]] | None = None,
    callbacks: Sequence[Callback] = (),
    fast_dev_run: bool = False,
    watcher: Callable[[Progress, int], None] | None = None,
    runs: str | Path | None = None,
) -> Run:
    """Train a problem on its data: the very graph that `solve` writes out.

    Args:
        problem: a problem, the path or bare name of one, or the keys of a problem file.
        engine: `auto`, `numpy`, or `jax` (an extra).
        dtype: `float32` or `float64`.
        epochs: how many passes; by default as the problem says.
        seed: the number that fixes everything random; by default as the problem says.
        threads: how many threads a matrix product may use; by default as many as the library takes.
        folder: keeps the run there: problem, weights, history, report. Without it, nothing is written.
        resume: goes on with the run in `folder`, to the very bits of a run without interruption.
        start: parameters to start from, by name, instead of drawn ones.
        callbacks: told of everything that happens; see `chalkgrad.training.events.Callback`.
        fast_dev_run: one batch of each part, to see that everything works.
        watcher: shown the progress after every epoch, or every few.
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

    wanted = {"epochs": epochs, "seed": seed}
    asked = changed(problem_of(problem), {key: value for key, value in wanted.items() if value is not None})
    place = _folder(asked, folder, runs, resume)
    how = Training(
        engine,
        dtype,
        callbacks,
        place,
        resume,
        start or {},
        fast_dev_run=fast_dev_run,
        watcher=watcher,
        threads=threads,
    )
    return train_problem(asked, how)


def _folder(problem: Problem, folder: str | Path | None, runs: str | Path | None, resume: bool) -> Any:
    from chalkgrad.training.folder import RunFolder

    if folder is not None:
        return RunFolder(folder)
    if resume:
        hint = "name the folder of the run, such as runs/digits-1"
        raise UsageError(Fault("no-run", "there is nothing to resume without a folder", hint=hint))
    return None if runs is None else RunFolder.choose(runs, Path(problem.file.name).stem)


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
