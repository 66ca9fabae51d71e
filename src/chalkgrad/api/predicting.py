"""A trained network and new samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chalkgrad.training.keeping.kept_run import KeptRun

__all__ = ["evaluate", "load_run", "predictions", "predictions_as_csv", "predictions_as_json", "write_predictions"]

Rows = Sequence[Mapping[str, Any]]


def load_run(folder: str | Path) -> KeptRun:
    """Bring a run back from its folder, ready for new samples.

    Raises:
        UsageError: `no-run`.
        ProblemError: with what is wrong with its files.
    """
    from chalkgrad.training.keeping.kept_run import load_run as load

    return load(folder)


def predictions(run: str | Path, path: str | Path, *, labels: str | Path | None = None) -> list[dict[str, Any]]:
    """What the network of a run says of each sample of a file.

    Args:
        run: the folder of the run.
        path: new samples, as a CSV file with the same columns, an archive of NumPy, IDX images, or pictures.
        labels: the IDX file of the labels of images.

    Returns:
        For each sample its `prediction`, and the probability of each class or the outputs.

    Raises:
        UsageError: `no-run`.
        ProblemError: with what is wrong with the files, by line and column.
    """
    from chalkgrad.training.predicting.new_data import load_new_data
    from chalkgrad.training.predicting.prediction_file import prediction_rows

    network = load_run(run)
    return prediction_rows(network, load_new_data(path, network.data, labels, network.source).x)


def evaluate(run: str | Path, path: str | Path, *, labels: str | Path | None = None) -> dict[str, float]:
    """How good the network of a run is on new samples: their loss and, for classes, its accuracy.

    Args:
        run: the folder of the run.
        path: new samples with their targets.
        labels: the IDX file of the labels of images.

    Raises:
        UsageError: `no-run`.
        ProblemError: with what is wrong with the files; a label that was never seen is named by line and column.
    """
    from chalkgrad.training.predicting.new_data import load_new_data

    network = load_run(run)
    return network.evaluate(load_new_data(path, network.data, labels, network.source))


def predictions_as_csv(rows: Rows) -> str:
    """Predictions as the text of a CSV file that no spreadsheet takes for formulas."""
    from chalkgrad.render.spreadsheet import csv_lines

    return csv_lines(rows, list(rows[0]) if rows else [], with_head=True)


def predictions_as_json(rows: Rows) -> str:
    """Predictions as JSON; numbers that are none stand as text."""
    from chalkgrad.training.predicting.prediction_file import json_text

    return json_text(rows)


def write_predictions(path: str | Path, rows: Rows) -> Path:
    """Write predictions to a file: JSON if it ends in `.json`, otherwise CSV.

    Raises:
        UsageError: `cannot-write`.
    """
    from chalkgrad.training.predicting.prediction_file import write_predictions as write

    return write(path, rows)
