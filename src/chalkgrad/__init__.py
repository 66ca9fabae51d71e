"""Chalkgrad works neural networks out in longhand.

>>> import chalkgrad
>>> solution = chalkgrad.solve("sigmoid-2-2-2")
>>> solution.passed
True
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chalkgrad.api import (
        Callback,
        ChalkClassifier,
        ChalkgradError,
        ChalkRegressor,
        Dataset,
        Marking,
        MarkingOfFolder,
        Page,
        Problem,
        Run,
        Solution,
        TensorBoardLog,
        bundled_problems,
        catalogue,
        compare,
        constant,
        cross_validate,
        describe,
        evaluate,
        export,
        find_rate,
        landscape,
        load_run,
        mark,
        mark_folder,
        predictions,
        read,
        read_text,
        schema,
        solve,
        starter,
        train,
        variable,
    )

__version__ = "0.1.0"

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
    "predictions",
    "read",
    "read_text",
    "schema",
    "solve",
    "starter",
    "train",
    "variable",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `import chalkgrad` costs nothing (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("chalkgrad.api"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
