"""How well predictions fit the truth, held against scikit-learn."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalkgrad.training.metrics import (
    accuracy,
    binary_by_threshold,
    by_class,
    class_rows,
    confusion_counts,
    regression_rows,
    worst_mistakes_first,
)

# Sums of at most 60 numbers below 1e3 in float64, in another order.
CLOSE = {"rtol": 1e-12, "atol": 1e-12}


@st.composite
def predictions(draw):
    """Class numbers of truths and predictions; some classes are never true, some never predicted."""
    classes = draw(st.integers(1, 6))
    numbers = st.integers(0, classes - 1)
    count = draw(st.integers(1, 60))
    size = {"min_size": count, "max_size": count}
    return classes, draw(st.lists(numbers, **size)), draw(st.lists(numbers, **size))


class TestAgainstScikitLearn:
    @settings(max_examples=40)
    @given(predictions())
    def test_classes(self, drawn):
        metrics = pytest.importorskip("sklearn.metrics")
        classes, truths, guesses = drawn
        labels = list(range(classes))
        counts = confusion_counts(truths, guesses, classes)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            np.testing.assert_array_equal(counts, metrics.confusion_matrix(truths, guesses, labels=labels))
        assert accuracy(truths, guesses) == pytest.approx(metrics.accuracy_score(truths, guesses), rel=1e-15)
        *rows, macro, weighted = class_rows(counts, [f"c{label}" for label in labels])
        by_label = metrics.precision_recall_fscore_support(truths, guesses, labels=labels, zero_division=0)
        np.testing.assert_allclose(
            [[r.precision, r.recall, r.f1, r.support] for r in rows], np.transpose(by_label), **CLOSE
        )
        for row, average in ((macro, "macro"), (weighted, "weighted")):
            theirs = metrics.precision_recall_fscore_support(
                truths, guesses, labels=labels, average=average, zero_division=0
            )
            np.testing.assert_allclose([row.precision, row.recall, row.f1], theirs[:3], **CLOSE)
            assert (row.name, row.support) == (f"{average} average", len(truths))

    @given(st.integers(0, 2**32 - 1), st.integers(2, 40), st.integers(1, 3))
    def test_regression(self, seed, count, outputs):
        metrics = pytest.importorskip("sklearn.metrics")
        drawn = np.random.default_rng(seed)
        truths, guesses = drawn.normal(size=(2, count, outputs)) * 10
        if seed % 3 == 0:
            truths[:, 0] = 4.0  # constant: no variance to explain
        if seed % 2 == 0:
            guesses[:, -1] = truths[:, -1]
        rows = regression_rows(truths, guesses, [f"y{place}" for place in range(outputs)])
        theirs = [
            metrics.mean_absolute_error(truths, guesses, multioutput="raw_values"),
            metrics.root_mean_squared_error(truths, guesses, multioutput="raw_values"),
            metrics.r2_score(truths, guesses, multioutput="raw_values"),
        ]
        np.testing.assert_allclose([[r.mae, r.rmse, r.r2] for r in rows[:outputs]], np.transpose(theirs), **CLOSE)
        if outputs > 1:
            average = rows[-1]
            mean = [metrics.r2_score(truths, guesses), metrics.root_mean_squared_error(truths, guesses)]
            np.testing.assert_allclose([average.r2, average.rmse], mean, **CLOSE)
            assert average.name == "average"
        assert len(rows) == outputs + (outputs > 1)


def test_a_class_never_predicted_has_precision_0():
    row = class_rows(confusion_counts([0, 0, 1], [0, 0, 0], 2), ["a", "b"])[1]
    assert (row.precision, row.recall, row.f1, row.support) == (0.0, 0.0, 0.0, 1)


def test_without_samples_there_is_no_accuracy():
    assert math.isnan(accuracy([], []))
    assert class_rows(confusion_counts([], [], 2), ["a", "b"])[-1].f1 == 0.0


@pytest.mark.parametrize(("truths", "guesses"), [([0, 3], [0, 1]), ([0, 1], [-1, 1]), ([0, 1], [0])])
def test_what_is_no_class_is_refused(truths, guesses):
    with pytest.raises(ValueError):  # noqa: PT011  NumPy says it for lists of different lengths
        confusion_counts(truths, guesses, 3)


def test_one_sample_explains_nothing():
    (row,) = regression_rows([1.0], [2.0], ["y"])
    assert (row.mae, row.rmse) == (1.0, 1.0)
    assert math.isnan(row.r2)


@pytest.mark.parametrize(("truths", "guesses"), [([1.0, 2.0], [1.0]), ([], [])])
def test_what_cannot_be_compared_is_refused(truths, guesses):
    with pytest.raises(ValueError, match="cannot be compared"):
        regression_rows(truths, guesses, ["y"])


def test_the_threshold_itself_is_class_1():
    assert binary_by_threshold([[0.29], [0.3], [float("nan")]], 0.3).tolist() == [0, 1, 0]


def test_the_worst_mistakes_come_first():
    truths, guesses = [0, 1, 2, 2, 1], [1, 1, 0, 1, 2]
    shares = np.array([[0.3, 0.6, 0.1], [0, 1, 0], [0.9, 0.05, 0.05], [0.3, 0.4, 0.3], [np.nan] * 3])
    assert worst_mistakes_first(truths, guesses, shares).tolist() == [4, 2, 0, 3]
    assert worst_mistakes_first(truths, guesses, shares, 2).tolist() == [4, 2]
    assert worst_mistakes_first([0, 1], [0, 1], np.eye(2)).tolist() == []


def test_one_number_a_sample_is_the_probability_of_class_1():
    assert worst_mistakes_first([1, 0, 1], [0, 1, 0], [0.4, 0.9, 0.2]).tolist() == [1, 2, 0]
    assert by_class([[0.25]]).tolist() == [[0.75, 0.25]]
    assert by_class([[0.25, 0.75]]).tolist() == [[0.25, 0.75]]
