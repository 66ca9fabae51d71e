"""What a training run came to, as plain data: for comparisons, folds and files, where the run itself is not kept."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from threadpoolctl import threadpool_limits

from chalkgrad.errors import ChalkgradError
from chalkgrad.reading.problem import Problem
from chalkgrad.render.spreadsheet import plain_number
from chalkgrad.training.run import Run
from chalkgrad.training.training import Training, train_problem

__all__ = ["PARTS", "Outcome", "from_json", "outcome_of", "outcome_of_run", "to_json"]

# From the part that says most about new samples to the one that says least.
PARTS = ("test", "validation", "train")

_BY_NAME = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


@dataclass(frozen=True)
class Outcome:
    """What a training run came to.

    Args:
        stopped: `epochs`, `early`, `interrupted`, `diverged`, or `failed` if it could not be trained at all.
        scores: for each part that has samples (`train`, `validation`, `test`) its `loss` and, for classes, `accuracy`,
            all with the parameters that the run chose; empty if it diverged or failed.
        history: what was measured after each epoch, a list for each column.
        epochs: how many epochs were done.
        best_epoch: the epoch whose parameters were chosen.
        seconds: how long the epochs took.
        code: of a failure, the code of its fault; `crashed` for what may go well another time.
        reason: why there are no scores, in a sentence.
    """

    stopped: str
    scores: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    history: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    epochs: int = 0
    best_epoch: int = 0
    seconds: float = 0.0
    code: str = ""
    reason: str = ""

    @property
    def is_good(self) -> bool:
        """Whether it was trained to its end."""
        return self.stopped in ("epochs", "early")

    @property
    def is_for_good(self) -> bool:
        """Whether the same run would come to the same again."""
        return self.stopped != "interrupted" and self.code != "crashed"

    @classmethod
    def of_error(cls, error: BaseException) -> Outcome:
        """The outcome of a run that an error ended."""
        if isinstance(error, ChalkgradError):
            fault = error.faults[0]
            where = f" (line {fault.place.line})" if fault.place is not None and fault.place.text else ""
            return cls("failed", code=fault.code, reason=f"{fault.message}{where}")
        said = " ".join(str(error).split())[:200]
        return cls("failed", code="crashed", reason=f"{type(error).__name__}: {said}" if said else type(error).__name__)


def outcome_of(problem: Problem, how: Training) -> Outcome:
    """Train a problem, and say what it came to; what goes wrong is an outcome too.

    Matrix products use one thread unless `how` says otherwise: numbers then do not depend on how many runs go on beside
    this one.

    Args:
        problem: with its data, loss and optimizer.
        how: what the file does not say.
    """
    threads = how.threads or 1
    try:
        with threadpool_limits(threads, user_api="blas"):
            return outcome_of_run(train_problem(problem, replace(how, threads=threads)))
    except KeyboardInterrupt:
        return Outcome("interrupted", reason="interrupted")
    except Exception as error:  # a comparison goes on, whatever becomes of one of its runs
        return Outcome.of_error(error)


def outcome_of_run(run: Run) -> Outcome:
    """What a run came to, with its scores on every part."""
    history: dict[str, list[Any]] = {name: list(map(plain_number, column)) for name, column in run.history.items()}
    epochs = len(history.get("epoch", ()))
    stop = run.problem.keys.stop_early
    chosen = run.watch.best_epoch if stop is not None and stop.restore_best_weights and run.best is not None else epochs
    plain: dict[str, Any] = {"history": history, "epochs": epochs, "best_epoch": chosen}
    plain["seconds"] = float(sum(history.get("seconds", ())))
    if run.stopped == "diverged":
        return Outcome(run.stopped, code="diverged", reason=str(run.divergence), **plain)
    if run.stopped == "interrupted":
        return Outcome(run.stopped, reason="interrupted", **plain)
    return Outcome(run.stopped, _scores(run), **plain)


def _scores(run: Run) -> dict[str, dict[str, float]]:
    parts = run.data.parts
    found = {"train": run.evaluate_rows(parts.train)}
    if len(parts.validation):
        found["validation"] = run.evaluate_rows(parts.validation)
    if run.test is not None:
        found["test"] = dict(run.test)
    return found


def to_json(outcome: Outcome) -> dict[str, Any]:
    """An outcome as plain JSON; infinities and NaN, which JSON has no word for, are texts.

    >>> to_json(Outcome("epochs", {"train": {"loss": math.inf}}))["scores"]
    {'train': {'loss': 'Infinity'}}
    """
    found: dict[str, Any] = _said(vars(outcome))
    return found


def from_json(plain: Mapping[str, Any]) -> Outcome:
    """The outcome that `to_json` said.

    Raises:
        ValueError: if it is none.
    """
    try:
        outcome = Outcome(**plain)
        scores = {part: _numbers(given) for part, given in outcome.scores.items()}
        history = {name: [_number(value) for value in column] for name, column in outcome.history.items()}
        if type(outcome.stopped) is str and all(len(column) == outcome.epochs for column in history.values()):
            return Outcome(**{**plain, "scores": scores, "history": history})
    except (TypeError, AttributeError, ValueError):
        pass
    raise ValueError("this is no outcome of a run")


def _said(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _said(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_said(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return plain_number(value)


def _numbers(given: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(_number(value)) for name, value in given.items()}


def _number(value: Any) -> Any:
    return _BY_NAME.get(value, value) if isinstance(value, str) else value
