"""Short verbs that hand on: read a problem, solve it, mark a page, train it, look things up."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from chalkgrad.api.looking_closer import (
    export,
    find_rate,
    landscape,
    read_over,
    save_figure,
    trained_problem,
)
from chalkgrad.api.looking_up import bundled_problems, catalogue, schema, starter
from chalkgrad.api.marking import Marking, MarkingOfFolder, mark, mark_folder
from chalkgrad.api.pages import Page
from chalkgrad.api.predicting import (
    evaluate,
    load_run,
    predictions,
    predictions_as_csv,
    predictions_as_json,
    write_predictions,
)
from chalkgrad.api.solving import Solution, read, read_text, solve
from chalkgrad.api.training import compare, cross_validate, describe, page_of_run, train
from chalkgrad.core.node import constant, variable
from chalkgrad.errors import ChalkgradError
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem

if TYPE_CHECKING:
    from chalkgrad.training.estimators import ChalkClassifier, ChalkRegressor
    from chalkgrad.training.events import Callback
    from chalkgrad.training.keeping.event_logs import TensorBoardLog
    from chalkgrad.training.run import Run

__all__ = [
    "Callback",
    "ChalkClassifier",
    "ChalkRegressor",
    "ChalkgradError",
    "Dataset",
    "Marking",
    "MarkingOfFolder",
    "Page",
    "Problem",
    "Run",
    "Solution",
    "TensorBoardLog",
    "bundled_problems",
    "catalogue",
    "compare",
    "constant",
    "cross_validate",
    "describe",
    "evaluate",
    "export",
    "find_rate",
    "landscape",
    "load_run",
    "mark",
    "mark_folder",
    "page_of_run",
    "predictions",
    "predictions_as_csv",
    "predictions_as_json",
    "read",
    "read_over",
    "read_text",
    "save_figure",
    "schema",
    "solve",
    "starter",
    "train",
    "trained_problem",
    "variable",
    "write_predictions",
]

# Who only solves does not wait for what trains.
_LATER = {
    "ChalkClassifier": "chalkgrad.training.estimators",
    "ChalkRegressor": "chalkgrad.training.estimators",
    "Callback": "chalkgrad.training.events",
    "Run": "chalkgrad.training.run",
    "TensorBoardLog": "chalkgrad.training.keeping.event_logs",
}


def __getattr__(name: str) -> Any:
    """Import a name of the training room when it is first used (PEP 562)."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATER[name]), name)
