"""Samples as arrays, wherever they come from."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Dataset", "ExactSample", "class_numbers", "one_hot"]

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
    if rows.shape[1] > 1 and np.isin(rows, (0, 1)).all() and (rows.sum(axis=1) == 1).all():
        return np.asarray(rows.argmax(axis=1), dtype=np.int64)
    if np.isin(rows, (-1, 0, 1)).all() or (targets in _TARGETS_OF_CLASSES and (rows == np.floor(rows)).all()):
        return np.asarray(np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1), dtype=np.int64)
    return None


def one_hot(number: Fraction, classes: int) -> tuple[Fraction, ...]:
    """The number of a class as targets: 1 for its output and 0 for the others.

    >>> one_hot(Fraction(1), 3)
    (Fraction(0, 1), Fraction(1, 1), Fraction(0, 1))
    """
    return tuple(Fraction(int(k == number)) for k in range(classes))
