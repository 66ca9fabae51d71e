"""What was learned of the samples, beside the weights, as plain JSON: without it new samples cannot be prepared."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy

from chalkgrad.errors import Fault, ProblemError
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem
from chalkgrad.reading.scaling import Scaler
from chalkgrad.reading.splitting import Parts
from chalkgrad.training.data import TrainingData

__all__ = ["data_of", "empty_dataset", "record_of"]

_MOST_INPUTS = 10_000_000


def record_of(problem: Problem, data: TrainingData) -> dict[str, Any]:
    """What is written beside the weights of a run.

    Args:
        problem: what is trained.
        data: its samples, prepared.
    """
    scaler = data.scaler
    is_scaled = bool(scaler.shift.any() or (scaler.factor != 1).any())
    y = problem.dataset.y if problem.keys.data is not None else None
    return {
        "dtype": str(data.x.dtype),
        "inputs": int(data.x.shape[1]),
        "targets": None if y is None else "classes" if y.ndim == 1 else int(y.shape[1]),
        "shift": scaler.shift.tolist() if is_scaled else None,
        "factor": scaler.factor.tolist() if is_scaled else None,
        "feature_names": list(data.feature_names),
        "target_name": data.target_name,
        "class_names": list(data.class_names),
        "class_values": list(data.class_values),
        "image_shape": None if data.image_shape is None else list(data.image_shape),
        "decision": data.decision,
        "threshold": data.threshold if math.isfinite(data.threshold) else None,
        "loss_is_mean": data.loss_is_mean,
    }


def data_of(record: Mapping[str, Any]) -> TrainingData:
    """What was learned of the samples, without them.

    Args:
        record: as `record_of` made it.

    Raises:
        ProblemError: `file-not-readable`, for what is no such record.
    """
    try:
        return _data_of(record)
    except (KeyError, TypeError, ValueError, OverflowError):
        hint = "take another copy of the folder of the run"
        raise ProblemError(Fault("file-not-readable", "`data.json` is no record of data", hint=hint)) from None


def _data_of(record: Mapping[str, Any]) -> TrainingData:
    inputs = _expect(record["inputs"], isinstance(record["inputs"], int) and 0 <= record["inputs"] <= _MOST_INPUTS)
    kind = _expect(record["dtype"], record["dtype"] in ("float32", "float64"))
    decision = _expect(record["decision"], record["decision"] in (None, "largest", "threshold"))
    shape = record["image_shape"]
    none = numpy.arange(0)
    return TrainingData(
        numpy.empty((0, inputs), kind),
        None,
        None,
        Parts(none, none, none),
        Scaler(_numbers(record["shift"], inputs, 0.0), _numbers(record["factor"], inputs, 1.0)),
        tuple(map(str, record["class_names"])),
        tuple(map(str, record["feature_names"])),
        None if shape is None else tuple(int(size) for size in shape),
        bool(record["loss_is_mean"]),
        decision,
        math.inf if record["threshold"] is None else float(record["threshold"]),
        str(record["target_name"]),
        tuple(float(value) for value in record["class_values"]),
    )


def _expect(value: Any, holds: bool) -> Any:
    if not holds:
        raise ValueError(value)
    return value


def _numbers(written: Any, count: int, otherwise: float) -> Any:
    """So many finite numbers; where none are written, the same one for all."""
    if written is None:
        return numpy.full(count, otherwise)
    found = numpy.array([float(number) for number in written])
    return _expect(found, len(found) == count and bool(numpy.isfinite(found).all()))


def empty_dataset(record: Mapping[str, Any]) -> Dataset:
    """A source of no samples, that a problem can be built on where the true one is not at hand."""
    x = numpy.empty((0, int(record["inputs"])))
    targets = record["targets"]
    y = None
    if targets is not None:
        y = numpy.empty(0, dtype=numpy.int64) if targets == "classes" else numpy.empty((0, int(targets)))
    names = tuple(map(str, record["class_names"]))
    return Dataset(x, y, tuple(map(str, record["feature_names"])), names, target_name=str(record["target_name"]))
