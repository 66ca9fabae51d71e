"""Predictions as rows, and as a file: CSV for a spreadsheet, JSON for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from chalkgrad.files import write_whole
from chalkgrad.render.spreadsheet import csv_lines
from chalkgrad.training.keeping.history_file import json_line
from chalkgrad.training.predicting.prediction import Predictor

__all__ = ["json_text", "prediction_rows", "write_predictions"]

Row = dict[str, Any]


def prediction_rows(network: Predictor, x: NDArray[Any]) -> list[Row]:
    """What a network says of each sample.

    Args:
        network: trained.
        x: samples by features, not scaled.

    Returns:
        For each sample the name of its class as `prediction`, and the probability of each class, or the outputs where
        they are no probabilities; of a network that learned numbers, its output as `prediction`, or one entry for each.

    Raises:
        UsageError: `wrong-size`.
    """
    outputs = network.predict(x)
    if not network.has_classes:
        return _rows(_output_names(network, outputs), outputs)
    names = network.data.class_names
    said = [names[number] if number < len(names) else str(number) for number in network.classes_of(outputs).tolist()]
    if network.has_probabilities:
        values = network.probabilities_of(outputs)
        columns = [f"probability of {names[k] if k < len(names) else k}" for k in range(values.shape[1])]
    else:
        values, columns = outputs, _output_names(network, outputs, "output")
    rows = _rows(columns, values)
    return [{"prediction": name, **row} for name, row in zip(said, rows, strict=True)]


def _rows(columns: Sequence[str], values: NDArray[Any]) -> list[Row]:
    return [dict(zip(columns, row, strict=True)) for row in values.tolist()]


def _output_names(network: Predictor, outputs: NDArray[Any], single: str = "prediction") -> list[str]:
    """What the outputs are called in the problem."""
    count = outputs.shape[1]
    if count == 1:
        return [single]
    graph = network.problem.graph(1)
    names = list(graph.unit_names.get(graph.output, ()))
    return names if len(names) == count else [f"{single} {number}" for number in range(1, count + 1)]


def json_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as a list in JSON, one a line; NaN and infinities, which JSON does not know, stand as text."""
    return "[\n" + ",\n".join(json_line(row).rstrip("\n") for row in rows) + "\n]\n"


def write_predictions(path: str | Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Write predictions to a file: JSON if it ends in `.json`, otherwise CSV that no spreadsheet takes for formulas.

    Args:
        path: the file.
        rows: as `prediction_rows` gives them.

    Raises:
        UsageError: `cannot-write`.
    """
    target = Path(path)
    if target.suffix.lower() == ".json":
        text = json_text(rows)
    else:
        text = csv_lines(rows, list(rows[0]) if rows else [], with_head=True)
    write_whole(target, text)
    return target
