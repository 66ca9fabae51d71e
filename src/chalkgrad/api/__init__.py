"""Short verbs that hand on: read a problem, solve it, train it, look things up."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from chalkgrad.api.looking_up import bundled_problems, catalogue, schema, starter
from chalkgrad.api.pages import Page
from chalkgrad.api.solving import Solution, read, read_text, solve
from chalkgrad.api.training import describe, page_of_run, train
from chalkgrad.core.node import constant, variable
from chalkgrad.errors import ChalkgradError
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem

if TYPE_CHECKING:
    from chalkgrad.training.event_logs import TensorBoardLog
    from chalkgrad.training.events import Callback
    from chalkgrad.training.run import Run

__all__ = [
    "Callback",
    "ChalkgradError",
    "Dataset",
    "Page",
    "Problem",
    "Run",
    "Solution",
    "TensorBoardLog",
    "bundled_problems",
    "catalogue",
    "constant",
    "describe",
    "page_of_run",
    "read",
    "read_text",
    "schema",
    "solve",
    "starter",
    "train",
    "variable",
]

# Who only solves does not wait for what trains.
_LATER = {
    "Callback": "chalkgrad.training.events",
    "Run": "chalkgrad.training.run",
    "TensorBoardLog": "chalkgrad.training.event_logs",
}


def __getattr__(name: str) -> Any:
    """Import a name of the training room when it is first used (PEP 562)."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATER[name]), name)
