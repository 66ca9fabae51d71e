"""How well predictions fit the truth: shares, counts and scores by class, errors of regression.

Where a score is nothing over nothing, as the precision of a class that was never predicted, it is 0, as scikit-learn's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "ClassRow",
    "RegressionRow",
    "accuracy",
    "binary_by_threshold",
    "by_class",
    "class_rows",
    "confusion_counts",
    "regression_rows",
    "worst_mistakes_first",
]


@dataclass(frozen=True, slots=True)
class ClassRow:
    """The scores of one class, or their average over the classes.

    Args:
        name: of the class, or of the average.
        precision: of what was predicted as this class, the share that is of it.
        recall: of what is of this class, the share that was predicted as it.
        f1: the harmonic mean of both.
        support: how many samples are of this class.
    """

    name: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class RegressionRow:
    """The errors of one output, or their average over the outputs.

    Args:
        name: of the output, or of the average.
        mae: mean absolute error, in the unit of the output.
        rmse: root of the mean squared error, in the unit of the output.
        r2: the share of the variance that is predicted; 1 is all of it, 0 no more than the mean would, NaN for fewer
            than two samples.
    """

    name: str
    mae: float
    rmse: float
    r2: float


def accuracy(truths: ArrayLike, predictions: ArrayLike) -> float:
    """The share of samples whose class is predicted right; NaN without samples.

    >>> accuracy([0, 1, 1, 2], [0, 1, 2, 2])
    0.75
    """
    right = np.asarray(truths) == np.asarray(predictions)
    return float(right.mean()) if right.size else math.nan


def confusion_counts(truths: ArrayLike, predictions: ArrayLike, classes: int) -> NDArray[np.int64]:
    """How often each class was predicted as each class.

    Args:
        truths: class numbers from 0, one a sample.
        predictions: the same of the predictions.
        classes: how many classes there are.

    Returns:
        Counts, a row for each true class and a column for each predicted one.

    Raises:
        ValueError: for lists of different lengths, or a number that is no class.

    >>> confusion_counts([0, 1, 1], [0, 1, 0], 2).tolist()
    [[1, 0], [1, 1]]
    """
    pairs = np.array([np.ravel(truths), np.ravel(predictions)], dtype=np.int64)
    if pairs.size and not (pairs.min() >= 0 and pairs.max() < classes):
        raise ValueError(f"class numbers go from 0 to {classes - 1}, and here from {pairs.min()} to {pairs.max()}")
    counted = np.bincount(pairs[0] * classes + pairs[1], minlength=classes * classes)
    return counted.reshape(classes, classes).astype(np.int64)


def class_rows(counts: NDArray[np.int64], class_names: Sequence[str]) -> list[ClassRow]:
    """Precision, recall and F1 of each class, and two averages of them.

    Args:
        counts: as `confusion_counts` gives them.
        class_names: one for each class.

    Returns:
        A row for each class; then `macro average`, in which each class counts the same, and `weighted average`, in
        which each sample does.

    Source: the definitions of scikit-learn's `classification_report` with all classes as labels.

    >>> cats, dogs, macro, weighted = class_rows(np.array([[1, 0], [1, 2]]), ["cat", "dog"])
    >>> cats.precision, cats.recall, dogs.precision, dogs.support, round(macro.recall, 4)
    (0.5, 1.0, 1.0, 3, 0.8333)
    """
    right = np.diag(counts).astype(np.float64)
    predicted, support = counts.sum(axis=0), counts.sum(axis=1)
    scores = np.stack([_shares(right, predicted), _shares(right, support), _shares(2 * right, predicted + support)])
    total = int(support.sum())
    weighted = scores @ support / total if total else np.zeros(3)
    return [
        *(_class_row(name, scores[:, index], support[index]) for index, name in enumerate(class_names)),
        _class_row("macro average", scores.mean(axis=1), total),
        _class_row("weighted average", weighted, total),
    ]


def _class_row(name: str, scores: NDArray[np.float64], support: int) -> ClassRow:
    precision, recall, f1 = map(float, scores)
    return ClassRow(name, precision, recall, f1, int(support))


def _shares(parts: NDArray[np.float64], wholes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Parts of wholes; 0 where there is nothing."""
    return np.divide(parts, wholes, out=np.zeros(len(parts)), where=wholes > 0)


def regression_rows(truths: ArrayLike, predictions: ArrayLike, output_names: Sequence[str]) -> list[RegressionRow]:
    """Mean absolute error, root mean squared error and R² of each output.

    Args:
        truths: samples by outputs, or a list for one output.
        predictions: the same of the predictions.
        output_names: one for each output.

    Returns:
        A row for each output; with several, `average` as well, in which each output counts the same.

    Raises:
        ValueError: for arrays of different shapes, without samples, or with another number of names.

    Source: the definitions of scikit-learn; R² of a constant truth is 1 where it is met exactly, else 0.

    >>> (row,) = regression_rows([1.0, 2.0, 3.0], [1.0, 2.0, 5.0], ["y"])
    >>> round(row.mae, 4), round(row.rmse, 4), row.r2
    (0.6667, 1.1547, -1.0)
    """
    truth = np.asarray(truths, dtype=np.float64).reshape(-1, len(output_names))
    guess = np.asarray(predictions, dtype=np.float64).reshape(-1, len(output_names))
    if truth.shape != guess.shape or not truth.size:
        raise ValueError(f"{truth.shape} true and {guess.shape} predicted values cannot be compared")
    error = guess - truth
    mae, rmse = np.abs(error).mean(axis=0), np.sqrt((error**2).mean(axis=0))
    r2 = _explained((error**2).sum(axis=0), ((truth - truth.mean(axis=0)) ** 2).sum(axis=0), len(truth))
    table = np.stack([mae, rmse, r2])
    rows = [RegressionRow(name, *map(float, table[:, index])) for index, name in enumerate(output_names)]
    return rows if len(rows) == 1 else [*rows, RegressionRow("average", *map(float, table.mean(axis=1)))]


def _explained(left: NDArray[np.float64], spread: NDArray[np.float64], samples: int) -> NDArray[np.float64]:
    if samples < 2:
        return np.full(len(left), math.nan)
    constant = np.where(left == 0, 1.0, 0.0)
    return np.where(spread > 0, 1 - np.divide(left, spread, out=np.zeros(len(left)), where=spread > 0), constant)


def binary_by_threshold(outputs: ArrayLike, threshold: float = 0.5) -> NDArray[np.int64]:
    """Class 1 where the output is at least the threshold, else class 0.

    Args:
        outputs: one a sample; a column is taken as a list.
        threshold: from where on it is class 1.

    >>> binary_by_threshold([[0.2], [0.5], [0.9]]).tolist()
    [0, 1, 1]
    """
    return (np.ravel(outputs) >= threshold).astype(np.int64)


def worst_mistakes_first(
    truths: ArrayLike, predictions: ArrayLike, probabilities: ArrayLike, most: int | None = None
) -> NDArray[np.int64]:
    """The places of the samples that are predicted wrong, the least probable truth first.

    Args:
        truths: class numbers from 0, one a sample.
        predictions: the same of the predictions.
        probabilities: samples by classes; or one number a sample, the probability of class 1.
        most: how many places at most.

    Returns:
        Places in `truths`; among equals, the earlier one first; a probability that is not a number comes first of all.

    >>> worst_mistakes_first([0, 1, 1], [1, 1, 0], [[0.4, 0.6], [0.1, 0.9], [0.8, 0.2]]).tolist()
    [2, 0]
    """
    truth = np.ravel(truths).astype(np.int64)
    wrong = np.flatnonzero(truth != np.ravel(predictions))
    of_truth = by_class(probabilities)[wrong, truth[wrong]]
    order = np.argsort(np.where(np.isnan(of_truth), -np.inf, of_truth), kind="stable")
    return wrong[order][:most].astype(np.int64)


def by_class(probabilities: ArrayLike) -> NDArray[np.float64]:
    """Probabilities as samples by classes; a single column is the probability of class 1.

    >>> by_class([0.25, 1.0]).tolist()
    [[0.75, 0.25], [0.0, 1.0]]
    """
    values = np.asarray(probabilities, dtype=np.float64)
    if values.ndim == 2 and values.shape[1] > 1:
        return values
    values = values.reshape(-1)
    return np.stack([1 - values, values], axis=1)
