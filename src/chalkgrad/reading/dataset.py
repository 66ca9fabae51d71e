"""Samples as arrays, wherever they come from."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Dataset", "ExactSample", "class_numbers", "one_hot", "pixel_names"]

# Losses whose targets say to which class a sample belongs, however they are written.
_TARGETS_OF_CLASSES = ("one_hot", "probabilities", "signs")


@dataclass(frozen=True, slots=True)
class ExactSample:
    """A sample with its numbers exact, as listed in the problem file; `y` is empty where there is no target."""

    x: tuple[Fraction, ...]
    y: tuple[Fraction, ...] = ()


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples as arrays.

    Args:
        x: inputs, samples by features; bytes of images as they are (uint8), else float32 or float64. May be a memory
            map of a file.
        y: targets: floats, samples by outputs; or int64 class numbers, one a sample; or None.
        feature_names: one for each column of `x`; empty where the source names none.
        class_names: the name of each class, empty where `y` holds no classes by their nature.
        summary: where the samples come from and how many there are, in words.
        exact: the listed samples with their exact numbers; empty for any other source.
        image_shape: where each sample is a picture, its rows and columns, and its channels if it has colours.
        target_name: what the source calls the target; empty where it has no name.
    """

    x: NDArray[Any]
    y: NDArray[Any] | None
    feature_names: tuple[str, ...] = ()
    class_names: tuple[str, ...] = ()
    summary: str = ""
    exact: tuple[ExactSample, ...] = field(default=(), repr=False)
    image_shape: tuple[int, ...] | None = None
    target_name: str = ""

    def __len__(self) -> int:
        return len(self.x)


def class_numbers(dataset: Dataset, targets: str = "") -> NDArray[np.int64] | None:
    """The number of the class of each sample, or None where the targets are no classes.

    Args:
        dataset: the samples.
        targets: what the loss expects of targets, such as `one_hot` or `signs`; empty where nothing is known.

    >>> class_numbers(Dataset(np.zeros((2, 1)), np.array([[0.0, 1.0], [1.0, 0.0]])))
    array([1, 0])
    """
    y = dataset.y
    if y is None:
        return None
    if y.ndim == 1 and y.dtype.kind in "iu":
        return y.astype(np.int64)
    rows = y[:, None] if y.ndim == 1 else y
    if not np.isin(rows, (-1, 0, 1)).all():
        if targets not in _TARGETS_OF_CLASSES or (rows != np.floor(rows)).any():
            return None
    elif rows.shape[1] == 1 and ((rows >= 0).all() or (rows != 0).all()):
        return (rows[:, 0] > 0).astype(np.int64)
    elif ((rows == 1).sum(axis=1) == 1).all():
        return np.asarray(rows.argmax(axis=1), dtype=np.int64)
    return np.asarray(np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1), dtype=np.int64)


def one_hot(number: Fraction, classes: int) -> tuple[Fraction, ...]:
    """The number of a class as targets: 1 for its output and 0 for the others.

    >>> one_hot(Fraction(1), 3)
    (Fraction(0, 1), Fraction(1, 1), Fraction(0, 1))
    """
    return tuple(Fraction(int(k == number)) for k in range(classes))


def pixel_names(shape: tuple[int, ...]) -> tuple[str, ...]:
    """What the pixels of a picture are called, row by row, and their channels one by one.

    Args:
        shape: rows and columns, and the channels if there are any.

    >>> pixel_names((1, 2)), pixel_names((1, 1, 3))
    (('pixel 1,1', 'pixel 1,2'), ('pixel 1,1 red', 'pixel 1,1 green', 'pixel 1,1 blue'))
    """
    channels = ("",) if len(shape) == 2 else (" red", " green", " blue", " alpha")[: shape[2]]
    places = ((row, column) for row in range(1, shape[0] + 1) for column in range(1, shape[1] + 1))
    return tuple(f"pixel {row},{column}{channel}" for row, column in places for channel in channels)
