"""A run as it lies in its folder: its network, ready for new samples, without training it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from chalkgrad.errors import UsageError
from chalkgrad.ops import OPS, OpSet
from chalkgrad.reading.problem import Problem
from chalkgrad.reading.problem_file import parse_problem
from chalkgrad.reading.python_keys import as_problem_file
from chalkgrad.reading.source import load_source
from chalkgrad.training.keeping.data_record import data_of, empty_dataset
from chalkgrad.training.keeping.folder import RunFolder
from chalkgrad.training.predicting.prediction import Predictor
from chalkgrad.training.run import History

__all__ = ["KeptRun", "load_run"]


@dataclass(frozen=True, eq=False)
class KeptRun(Predictor):
    """A run from its folder.

    Args:
        problem: what was trained, starting from its trained numbers; without its samples.
        data: what was learned of the samples: their scale, their classes.
        parameters: the trained parameters, by name.
        folder: where it is kept.
        history: what was measured after each epoch.
        environment: what it ran on.
        source: what stands behind `data` in its problem file.
    """

    folder: Path
    history: History
    environment: Mapping[str, Any]
    source: Any = None


def load_run(folder: str | Path | RunFolder, *, best: bool | None = None, ops: OpSet = OPS) -> KeptRun:
    """Bring a run back from its folder.

    Args:
        folder: what `train` wrote to.
        best: whether to take the parameters of the best epoch or the last; by default as the problem asks for.
        ops: what the problem may name.

    Raises:
        UsageError: `no-run`.
        ProblemError: with what is wrong with its files.
    """
    kept = folder if isinstance(folder, RunFolder) else RunFolder(folder)
    text, record = kept.problem_text(), kept.data()
    data = data_of(record)
    tree: Any = load_source(text, "problem.yaml").value
    problem = _problem(text, tree, record, ops)
    stop = problem.keys.stop_early
    wants_best = best if best is not None else stop is not None and stop.restore_best_weights
    expected = {node.name: tuple(axis.size or 1 for axis in node.shape) for node in problem.graph(1).parameters}
    arrays = kept.load_weights(expected, best=wants_best).arrays
    return KeptRun(
        problem.with_values(arrays, kept.path.name),
        data,
        arrays,
        kept.path,
        History(kept.load_history()),
        _environment(kept),
        tree.get("data") if isinstance(tree, dict) else None,
    )


def _problem(text: str, tree: Any, record: Mapping[str, Any], ops: OpSet) -> Problem:
    """The problem without its samples: they may be anywhere, and are not needed."""
    if not isinstance(tree, dict) or (record["targets"] is None and "data" not in tree):
        return Problem.from_file(parse_problem(text, "problem.yaml", ops=ops))
    # Samples from memory are not in the text either, and some keys need samples.
    file = as_problem_file({**tree, "data": empty_dataset(record)}, ops)
    return Problem(replace(file, name="problem.yaml"))


def _environment(kept: RunFolder) -> dict[str, Any]:
    try:
        return kept.environment()
    except UsageError:  # it says what was, and is not needed for what is
        return {}
