"""Listed samples, exact: from `data`, or from inputs that stand under `given`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chalkgrad.reading.assembly import Exact
from chalkgrad.reading.dataset import Dataset, one_hot
from chalkgrad.reading.network_names import NetworkNames
from chalkgrad.reading.scaling import Scaler, scaled
from chalkgrad.reading.schema import ProblemKeys

__all__ = ["Samples", "feature_counts", "given_sample", "listed_samples", "loaded_samples", "numbers", "picked_samples"]

Numbers = tuple[Fraction, ...]
Rows = NDArray[np.int64]

# More than this is for training, not for longhand.
_MOST_NUMBERS = 2_000


@dataclass(frozen=True)
class Samples:
    """Listed samples, exact.

    Args:
        inputs: those of each sample.
        targets: those of each sample as numbers, one-hot where they are classes.
        rows: where they were picked one by one, the row of each in its source, from 0; else empty.
    """

    inputs: tuple[Numbers, ...]
    targets: tuple[Numbers, ...]
    rows: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def numbers(self) -> tuple[int, ...]:
        """By which number, from 0, each is called: its row in the source if it was picked, else its position here."""
        return self.rows or tuple(range(len(self)))


def numbers(written: Any) -> Numbers:
    """A number or a list of them as a tuple."""
    return tuple(written) if isinstance(written, tuple) else (written,)


def classes_as_numbers(keys: ProblemKeys) -> bool:
    """Whether the targets of the samples are numbers of classes."""
    if not keys.takes_classes or not isinstance(keys.data, tuple):
        return False
    return any(sample.y is not None and not isinstance(sample.y, tuple) for sample in keys.data)


def feature_counts(keys: ProblemKeys, dataset: Dataset | None) -> tuple[int, int]:
    """How many inputs and targets each sample has; no targets where they are classes.

    Args:
        keys: the problem.
        dataset: its samples, if they are not listed.
    """
    if dataset is not None:
        if dataset.y is None or keys.takes_classes:
            return dataset.x.shape[1], 0
        return dataset.x.shape[1], 1 if dataset.y.ndim == 1 else dataset.y.shape[1]
    if not isinstance(keys.data, tuple):
        return 0, 0
    first = keys.data[0]
    return len(numbers(first.x)), 0 if first.y is None or classes_as_numbers(keys) else len(numbers(first.y))


def listed_samples(keys: ProblemKeys, rows: Rows, classes: int) -> Samples | None:
    """Some of the samples listed under `data`, scaled by themselves, or `None` if they lie in files.

    Args:
        keys: the problem.
        rows: the numbers of the samples, from 0.
        classes: how many outputs there are, where targets may be numbers of classes; otherwise 1.
    """
    if not isinstance(keys.data, tuple):
        return None
    chosen = [keys.data[row] for row in rows.tolist()]
    inputs = scaled([numbers(sample.x) for sample in chosen], keys.scale)
    targets = tuple(() if sample.y is None else _target(sample.y, classes) for sample in chosen)
    return Samples(inputs, targets)


def loaded_samples(dataset: Dataset, rows: Rows, keys: ProblemKeys, classes: int) -> Samples | None:
    """Some of the samples of a file, scaled by themselves, or `None` if they are too many to be written out."""
    if len(rows) * dataset.x.shape[1] > _MOST_NUMBERS:
        return None
    inputs = scaled([_exactly(row) for row in dataset.x[rows]], keys.scale)
    if dataset.y is None:
        return Samples(inputs, ((),) * len(inputs))
    targets = dataset.y[rows].reshape(len(inputs), -1)
    return Samples(inputs, tuple(_target(_exactly(row), classes) for row in targets))


def picked_samples(dataset: Dataset, rows: Sequence[int], training: Rows, keys: ProblemKeys, classes: int) -> Samples:
    """Some samples by their rows in the source, on the scale of the training part.

    Args:
        dataset: all samples.
        rows: which, from 0.
        training: the rows of the training part, which alone fixes the scale.
        keys: the problem.
        classes: how many outputs there are, where targets may be numbers of classes; otherwise 1.
    """
    inputs = _picked_inputs(dataset, rows, training, keys.scale)
    if dataset.exact:
        targets = tuple(_target(dataset.exact[row].y, classes) for row in rows)
    elif dataset.y is None:
        targets = ((),) * len(rows)
    else:
        targets = tuple(_target(_exactly(row), classes) for row in dataset.y[list(rows)].reshape(len(rows), -1))
    return Samples(inputs, targets, tuple(rows))


def _picked_inputs(dataset: Dataset, rows: Sequence[int], training: Rows, how: str) -> tuple[Numbers, ...]:
    """Exact where there are few numbers; of many the scale is the one of training, in float64."""
    if dataset.exact:
        fixing = [dataset.exact[row].x for row in training.tolist()]
        return scaled([dataset.exact[row].x for row in rows], how, fixing)
    picked = dataset.x[list(rows)]
    if how == "none":
        return tuple(_exactly(row) for row in picked)
    if len(training) * dataset.x.shape[1] > _MOST_NUMBERS:
        return tuple(_exactly(row) for row in Scaler.fit(dataset.x, training, how).apply(picked))
    return scaled([_exactly(row) for row in picked], how, [_exactly(row) for row in dataset.x[training]])


def _exactly(row: Any) -> Numbers:
    """The decimals that stand in a file, from the numbers nearest to them, float32 as float32 prints them."""
    return tuple(Fraction(str(value)) for value in row)


def _target(written: Any, classes: int) -> Numbers:
    """The targets of a sample; the number of a class becomes one-hot."""
    listed = numbers(written)
    if len(listed) == 1 and classes > 1:
        return one_hot(listed[0], classes)
    return listed


def given_sample(given: Mapping[str, Exact], names: NetworkNames) -> Samples | None:
    """The one sample whose inputs stand under `given` by their names, or `None` if any is missing."""
    inputs = _collected(given, "x", names.inputs)
    if inputs is None:
        return None
    return Samples((inputs,), (_collected(given, "y", ("",) * len(names.outputs)) or (),))


def _collected(given: Mapping[str, Exact], letter: str, own: Sequence[str]) -> Numbers | None:
    """Numbers given together as `x`, or one by one by their own names or as `x1` or `x_1`."""
    if letter in given and len(numbers(given[letter])) == len(own):
        return numbers(given[letter])
    found: list[Any] = []
    for number, name in enumerate(own, start=1):
        spelled = (name, f"{letter}{number}", f"{letter}_{number}")
        found += [given[spelling] for spelling in spelled if spelling in given][:1]
    return tuple(found) if len(found) == len(own) else None
