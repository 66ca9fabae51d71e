"""Cross-validation: the samples are cut into folds, and each fold is scored once by a network that never saw it.

All that is learned from samples is learned from the training rows of a fold alone: the weights, the scale, and when to
stop. What early stopping watches is cut from those rows too, so that the fold that is held out decides nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalkgrad.errors import ChalkgradError, Fault, UsageError
from chalkgrad.reading.problem import Problem
from chalkgrad.reading.schema_data import SplitKeys
from chalkgrad.reading.splitting import Parts, fold_rows, split_rows
from chalkgrad.reading.written_numbers import WrittenNumber, exact
from chalkgrad.render.document import Document
from chalkgrad.training.comparing.outcome import Outcome, outcome_of_run, to_json
from chalkgrad.training.comparing.verdict import Spread
from chalkgrad.training.comparing.workers import Job, on_its_samples, run_jobs
from chalkgrad.training.data import refuse_without_data
from chalkgrad.training.keeping.folder import RunFolder
from chalkgrad.training.keeping.history_file import History
from chalkgrad.training.run import Run
from chalkgrad.training.training import Training, first_batches, train_problem

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Fold", "Folds", "fold_parts", "train_folds"]

# Of the training rows of a fold, where early stopping wants a validation part and the problem does not say how much.
_VALIDATION = exact("0.1")


@dataclass(frozen=True)
class Fold:
    """One fold.

    Args:
        number: from 1.
        parts: the rows that trained and that were watched; those held out are its `test`.
        outcome: what the run came to; its scores on `test` are those on the rows held out.
    """

    number: int
    parts: Parts
    outcome: Outcome


@dataclass(frozen=True)
class Folds:
    """A cross-validation.

    Args:
        title: of the problem.
        count: into how many folds the samples were cut.
        folds: those that are done, in their order.
        is_stratified: whether each fold has its share of every class.
    """

    title: str
    count: int
    folds: Sequence[Fold]
    is_stratified: bool = False

    @property
    def is_done(self) -> bool:
        """Whether all folds were trained."""
        return len(self.folds) == self.count

    @property
    def has_accuracy(self) -> bool:
        """Whether every fold that was trained to its end has an accuracy."""
        good = [fold.outcome.scores["test"] for fold in self.folds if fold.outcome.is_good]
        return bool(good) and all("accuracy" in scores for scores in good)

    def spread(self, name: str) -> Spread:
        """The results on the rows held out, one a fold.

        Args:
            name: `loss` or `accuracy`.
        """
        found = [fold.outcome.scores.get("test", {}).get(name, math.nan) for fold in self.folds]
        values = tuple(value for value in found if math.isfinite(value))
        return Spread(name, values, len(found) - len(values))

    @property
    def curves(self) -> list[History]:
        """The history of each fold."""
        return [{name: list(column) for name, column in fold.outcome.history.items()} for fold in self.folds]

    def data(self) -> dict[str, Any]:
        """The same as plain JSON: no infinities, no NaN."""
        return {
            "title": self.title,
            "count": self.count,
            "stratified": self.is_stratified,
            "loss": _plain(self.spread("loss")),
            "accuracy": _plain(self.spread("accuracy")) if self.has_accuracy else None,
            "folds": [{"fold": fold.number, **_sizes(fold.parts), **to_json(fold.outcome)} for fold in self.folds],
            "done": self.is_done,
        }

    def plot(self, name: str = "loss") -> Figure:
        """The curves of all folds: their mean, in a band from the lowest to the highest.

        Args:
            name: `loss` or `accuracy`.

        Raises:
            UsageError: `missing-extra`, without Matplotlib.
        """
        from chalkgrad.training.pictures.comparing import fold_curves

        return fold_curves([history for history in self.curves if history], name, "validation")

    def document(self, pictures: bool = True) -> Document:
        """The cross-validation as a document.

        Args:
            pictures: whether to draw, where Matplotlib is there.
        """
        from chalkgrad.training.comparing.folds_page import folds_document

        return folds_document(self, pictures)


def _plain(spread: Spread) -> dict[str, Any]:
    has = bool(spread.values)
    return {
        "values": list(spread.values),
        "mean": spread.mean if has else None,
        "lowest": spread.lowest if has else None,
        "highest": spread.highest if has else None,
        "deviation": spread.deviation if has else None,
        "failed": spread.failed,
    }


def _sizes(parts: Parts) -> dict[str, int]:
    return {"train": len(parts.train), "validation": len(parts.validation), "held_out": len(parts.test)}


def fold_parts(problem: Problem, folds: int | None = None) -> list[Parts]:
    """The parts of each fold: the rows held out are its `test`.

    The rows of the problem's own test part are in no fold. A validation part is cut from the training rows of the fold:
    the share of `split.validation`, or a tenth where early stopping watches one and the problem does not say how much.

    Args:
        problem: with its data and its split.
        folds: into how many parts to cut; by default as `split.folds` says.

    Raises:
        UsageError: `not-a-count`.
        ProblemError: `no-data`, `empty-part`, `nothing-to-stratify`, `too-few-of-class`.

    >>> points = [{"x": k, "y": 2 * k} for k in range(6)]
    >>> line = Problem.from_layers(1, [{"units": 1}], loss="mse", data=points)
    >>> [parts.test.size for parts in fold_parts(line, 3)]
    [2, 2, 2]
    """
    refuse_without_data(problem)
    split, data, seed = problem.keys.split, problem.dataset, int(problem.keys.seed)
    count = folds if folds is not None else None if split is None else split.folds
    if count is None or count < 2:
        hint = "say how many, such as 5, or write `split: {folds: 5}`"
        raise UsageError(
            Fault("not-a-count", f"samples are cut into at least 2 folds, and not {count or 'none'}", hint=hint)
        )
    classes = problem.classes if split is not None and split.stratify else None
    inner = SplitKeys(validation=_validation_share(problem), stratify=split is not None and split.stratify)
    try:
        cut = fold_rows(problem.parts.not_test, int(count), seed, classes, data.class_names)
        found = []
        for train, held_out in cut:
            own = split_rows(len(train), inner, seed, None if classes is None else classes[train], data.class_names)
            found.append(Parts(train[own.train], train[own.validation], held_out))
        return found
    except ChalkgradError as error:
        raise type(error)([fault.at(problem.file.place("split")) for fault in error.faults]) from None


def _validation_share(problem: Problem) -> WrittenNumber:
    split, stop = problem.keys.split, problem.keys.stop_early
    if split is not None and split.validation > 0:
        return split.validation
    return _VALIDATION if stop is not None and stop.monitor.startswith("val_") else exact("0")


def train_folds(
    problem: Problem,
    folds: int | None = None,
    how: Training | None = None,
    *,
    parallel: int | None = None,
    progress: Callable[[int, int, Fold], None] | None = None,
    on_run: Callable[[int, Run], None] | None = None,
) -> Folds:
    """Train once for each fold, on all others, and score it on the fold.

    Args:
        problem: with its data and its split.
        folds: how many; by default as `split.folds` says.
        how: as for a single run; its `parts` are those of the folds. With a folder, each run is kept in one of its own
            inside it.
        parallel: how many runs at a time; by default as many as there are cores, if that pays.
        progress: told of each fold as it is done: how many are, how many there are to be, and the fold.
        on_run: given the number of each fold and its run; the runs are then trained one by one in this process.

    Returns:
        The folds. One that diverged has the reason and no scores; after an interruption (Ctrl-C) those that were
        finished are there.

    Raises:
        UsageError: `not-a-count`, and what else is wrong with the call.
        ProblemError: with what is wrong with problem or data.
    """
    how = how or Training()
    parts = fold_parts(problem, folds)
    if how.fast_dev_run:
        parts = [first_batches(problem, each) for each in parts]
    done: dict[int, Fold] = {}

    def take(place: int, outcome: Outcome) -> None:
        done[place] = Fold(place + 1, parts[place], outcome)
        if progress is not None:
            progress(len(done), len(parts), done[place])

    if how.folder is None and how.runs is not None:
        how = replace(how, folder=RunFolder.choose(how.runs, Path(problem.file.name).stem), runs=None)
    if on_run is not None or how.folder is not None:
        _here(problem, parts, how, take, on_run)
    else:
        base = on_its_samples(problem)
        jobs = [Job(base, int(problem.keys.seed), own) for own in parts]
        run_jobs(jobs, how, take, parallel)
    split = problem.keys.split
    stratified = split is not None and split.stratify
    return Folds(problem.title, len(parts), [done[place] for place in sorted(done)], stratified)


def _here(
    problem: Problem,
    parts: Sequence[Parts],
    how: Training,
    take: Callable[[int, Outcome], None],
    on_run: Callable[[int, Run], None] | None,
) -> None:
    """Train the folds one by one, where somebody wants their runs."""
    for place, own in enumerate(parts):
        run = train_problem(problem, replace(how, parts=own, **_kept_in(how, place + 1)))
        if run.stopped == "interrupted":
            return
        if on_run is not None:
            on_run(place + 1, run)
        take(place, outcome_of_run(run))


def _kept_in(how: Training, number: int) -> Mapping[str, Any]:
    if how.folder is None:
        return {}
    folder = RunFolder(how.folder.path / f"fold-{number}")
    return {"folder": folder, "resume": how.resume and folder.has_checkpoint}
