"""Whether samples in arrays fit what a graph compares them with, and targets in the form that its loss takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chalkgrad.errors import Fault, ProblemError, counted
from chalkgrad.ops import Loss
from chalkgrad.reading.dataset import Dataset

__all__ = ["fitted_dataset", "memory_faults"]

_BLOCK = 1_000_000
_MOST_NAMED = 6
# The targets of a sample sum to 1 up to what float32 leaves of thirds and sevenths.
_SUM_TOLERANCE = 1e-5


def memory_faults(dataset: Dataset) -> Iterator[Fault]:
    """What no reader of files has looked at: the types, sizes and numbers of arrays from memory."""
    x, y = dataset.x, dataset.y
    if x.ndim != 2 or x.dtype not in (np.uint8, np.float32, np.float64):
        message = f"x has {counted(x.ndim, 'dimension')} of {x.dtype}; expected samples by features"
        yield Fault("not-numbers", f"{message}, of uint8, float32 or float64")
        return
    if not len(x):
        yield Fault("no-samples", "the data hold no samples")
        return
    yield from _not_finite(x, "x")
    if y is None:
        return
    if len(y) != len(x):
        yield Fault("wrong-size", f"x holds {len(x):,} samples and y {len(y):,}")
    elif (y.ndim, y.dtype.kind) != (1, "i") and (y.ndim, y.dtype.kind) != (2, "f"):
        message = f"y has {counted(y.ndim, 'dimension')} of {y.dtype}; expected int64 numbers of classes, one a sample"
        yield Fault("not-numbers", f"{message}, or floats, samples by outputs")
    else:
        yield from _not_finite(y, "y")


def _not_finite(values: NDArray[Any], name: str) -> Iterator[Fault]:
    """The first number that is none."""
    if values.dtype.kind != "f":
        return
    step = max(1, _BLOCK // max(1, values.shape[1]))
    for start in range(0, len(values), step):
        found = np.argwhere(~np.isfinite(values[start : start + step]))
        if len(found):
            row, column = (int(index) for index in found[0])
            value = values[start + row, column]
            message = f"{name} of sample {start + row + 1} has {value} as number {column + 1}"
            yield Fault("not-numbers", message, hint="fill in what is missing, or take the sample out")
            return


def fitted_dataset(dataset: Dataset, inputs: int, outputs: int | None, loss: Loss | None) -> Dataset:
    """Samples whose targets are as the loss takes them: class numbers where it takes classes, otherwise numbers.

    Class numbers become −1 and 1 for a loss that takes signs, and one-hot where another loss meets several outputs.

    Args:
        dataset: the samples of a file, of a set or from memory.
        inputs: how many inputs the graph has.
        outputs: how many numbers it compares with each target, or None where it has no targets.
        loss: the loss, if it has a name.

    Raises:
        ProblemError: `wrong-size`, `target-missing`, `not-a-class`, without a place.
    """
    if dataset.x.shape[1] != inputs:
        expected = f"{counted(inputs, 'number')} for each sample, one for each input"
        raise _refusal("wrong-size", f"expected {expected}, read {dataset.x.shape[1]:,}")
    if outputs is None or not len(dataset):
        return dataset
    if dataset.y is None:
        hint = "name the array of targets as `y`" if "numbers from" in dataset.summary else ""
        raise _refusal(
            "target-missing", "the samples have no targets, and the loss compares the output with them", hint
        )
    takes = loss.targets if loss is not None else "numbers"
    if takes == "one_hot" and outputs > 1 and (dataset.y.ndim == 1 or dataset.y.shape[1] == 1):
        return replace(dataset, y=_class_numbers(dataset, outputs))
    if dataset.y.ndim == 1:
        return replace(dataset, y=_from_classes(dataset, dataset.y, outputs, takes, loss))
    _check_numbers(dataset.y, outputs, takes, loss)
    return dataset


def _refusal(code: str, message: str, hint: str = "") -> ProblemError:
    return ProblemError(Fault(code, message, hint=hint))


def _said(dataset: Dataset, count: int) -> str:
    """The classes of the data, with their names where these say more than their numbers."""
    names = dataset.class_names
    if not _has_words(dataset):
        return f"{count} classes"
    more = ", ..." if len(names) > _MOST_NAMED else ""
    return f"{count} classes ({', '.join(names[:_MOST_NAMED])}{more})"


def _has_words(dataset: Dataset) -> bool:
    return bool(dataset.class_names) and not all(name.isdecimal() for name in dataset.class_names)


def _class_numbers(dataset: Dataset, outputs: int) -> NDArray[np.int64]:
    """Targets as numbers of classes, each with an output of its own."""
    assert dataset.y is not None
    found = dataset.y.reshape(-1)
    wrong = np.flatnonzero((found != np.floor(found)) | (found < 0) | (found >= outputs))
    if _has_words(dataset) and len(dataset.class_names) != outputs:
        have = _said(dataset, len(dataset.class_names))
        message = f"the data have {have}, and the network has {counted(outputs, 'output')}"
        raise _refusal("wrong-size", message, f"give the last layer {len(dataset.class_names)} units")
    if len(wrong):
        row = int(wrong[0])
        message = f"sample {row + 1}, y: expected a class from 0 to {outputs - 1}, read {found[row]:g}"
        raise _refusal("not-a-class", message, "classes are counted from 0, one for each output")
    return found.astype(np.int64, copy=False)


def _from_classes(
    dataset: Dataset, classes: NDArray[np.int64], outputs: int, takes: str, loss: Loss | None
) -> NDArray[Any]:
    """Class numbers where the loss compares with numbers."""
    count = max(len(dataset.class_names), int(classes.max()) + 1)
    name = loss.name if loss is not None else "the loss"
    if outputs > 1:
        if count != outputs or classes.min() < 0:
            message = f"the data have {_said(dataset, count)}, and the network has {outputs} outputs"
            raise _refusal("wrong-size", message, "give the last layer one unit for each class")
        low = -1.0 if takes == "signs" else 0.0
        return np.where(classes[:, None] == np.arange(outputs), 1.0, low)
    is_number = takes == "numbers" and not _has_words(dataset)
    if count > 2 and not is_number:
        message = f"{name} with one output tells two classes apart, and the data have {_said(dataset, count)}"
        raise _refusal("not-a-class", message, "take one output for each class, softmax and cross_entropy")
    return np.where(classes == 1, 1.0, -1.0)[:, None] if takes == "signs" else classes.astype(np.float64)[:, None]


def _check_numbers(y: NDArray[Any], outputs: int, takes: str, loss: Loss | None) -> None:
    if y.shape[1] != outputs:
        expected = f"{counted(outputs, 'number')}, one for each output"
        raise _refusal("wrong-size", f"y: expected {expected}, read {y.shape[1]}")
    if takes == "numbers" or loss is None:
        return
    is_wrong = abs(y) != 1 if takes == "signs" else (y < 0) | (y > 1)
    if is_wrong.any():
        row, column = (int(index) for index in np.argwhere(is_wrong)[0])
        expected = "-1 or 1" if takes == "signs" else "0 and 1 and what is between"
        message = f"sample {row + 1}, y: {loss.name} expects {expected}, read {y[row, column]:g}"
        raise _refusal("not-a-class", message)
    if takes == "one_hot" and outputs > 1:
        sums = y.sum(axis=1, dtype=np.float64)
        off = np.flatnonzero(abs(sums - 1) > _SUM_TOLERANCE)
        if len(off):
            row = int(off[0])
            message = f"sample {row + 1}, y: {loss.name} expects targets that sum to 1, read a sum of {sums[row]:g}"
            raise _refusal("not-a-class", message, "write 1 for the class of the sample and 0 for the others")
