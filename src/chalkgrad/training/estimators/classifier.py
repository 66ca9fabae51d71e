"""A classifier for scikit-learn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

import numpy
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem
from chalkgrad.training.estimators.estimator_base import KINDS, ChalkEstimator, documented
from chalkgrad.training.estimators.estimator_keys import Task

__all__ = ["ChalkClassifier"]

Array = NDArray[Any]


def _has_probabilities(wanted: bool) -> Callable[[Any], bool]:
    """For `available_if`: whether a classifier gives probabilities, or gives none; not known before it is fitted."""

    def check(estimator: Any) -> bool:
        if not hasattr(estimator, "_predictor"):
            return wanted
        return bool(estimator._predictor.has_probabilities == wanted)

    return check


class ChalkClassifier(ClassifierMixin, ChalkEstimator):  # type: ignore[misc]
    """A neural network that learns classes; its labels may be numbers or words.

    Without a loss, two classes get one sigmoid output with binary cross-entropy, several a softmax with cross-entropy.

    Example:
        >>> from sklearn.datasets import load_iris
        >>> X, y = load_iris(return_X_y=True)
        >>> classifier = ChalkClassifier((8,), "tanh", scale="standard", epochs=60, learning_rate=0.02, random_state=0)
        >>> bool(classifier.fit(X, y).score(X, y) > 0.95)
        True
    """

    __doc__ = documented(__doc__)

    classes_: Array

    def fit(self, X: Any, y: Any) -> Self:
        """Train.

        Args:
            X: samples by features.
            y: the label of each sample.

        Raises:
            ValueError: for samples or labels that cannot be learned from.
            ChalkgradError: for parameters that make no sense.
        """
        X, y = self._validated(X, y, reset=True)
        classes, numbers = numpy.unique(y, return_inverse=True)
        if self.warm_start and hasattr(self, "classes_") and not numpy.array_equal(self.classes_, classes):
            raise ValueError(f"warm_start needs the classes of the last fit, {self.classes_}, and y has {classes}")
        if len(classes) < 2:
            raise ValueError(f"a classifier needs samples of at least 2 classes, and there is one class: {classes[0]}")
        self.classes_ = classes
        self._seed = self._draw_seed()
        self._train(self._problem(X, numbers), X, go_on=False)
        return self

    def partial_fit(self, X: Any, y: Any, classes: Any = None) -> Self:
        """Train for one epoch on some samples, going on from where training is.

        Args:
            X: samples by features.
            y: the label of each sample.
            classes: all labels that there are; needed in the first call.
        """
        self._refuse_partial()
        is_first = not hasattr(self, "classes_")
        if is_first and classes is None:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        X, y = self._validated(X, y, reset=is_first)
        if is_first:
            self.classes_ = numpy.unique(classes)
            self._seed = self._draw_seed()
        elif classes is not None and not numpy.array_equal(numpy.unique(classes), self.classes_):
            raise ValueError(f"`classes={classes}` is not the same as on last call to partial_fit: {self.classes_}")
        unknown = numpy.setdiff1d(y, self.classes_)
        if len(unknown):
            raise ValueError(f"y has classes that are not in `classes`: {unknown}")
        numbers = numpy.searchsorted(self.classes_, y)
        self._train(self._problem(X, numbers), X, go_on=True)
        return self

    def _validated(self, X: Any, y: Any, reset: bool) -> tuple[Array, Array]:
        X, y = validate_data(self, X, y, dtype=KINDS, order="C", reset=reset)
        check_classification_targets(y)
        return X, y

    def _problem(self, X: Array, numbers: Array) -> Problem:
        names = tuple(map(str, self.classes_))
        dataset = Dataset(X, numbers.astype(numpy.int64), self._feature_names(), names, f"{len(X):,} samples")
        return self._problem_of(dataset, Task(X.shape[1], len(self.classes_), 0, self._seed))

    def predict(self, X: Any) -> Array:
        """The label of each sample."""
        outputs = self._outputs(X)
        return numpy.asarray(self.classes_[self._predictor.classes_of(outputs)])

    @available_if(_has_probabilities(True))  # type: ignore[untyped-decorator]
    def predict_proba(self, X: Any) -> Array:
        """How probable each class is for each sample, samples by classes."""
        outputs = self._outputs(X)
        return self._predictor.probabilities_of(outputs)

    @available_if(_has_probabilities(True))  # type: ignore[untyped-decorator]
    def predict_log_proba(self, X: Any) -> Array:
        """The logarithm of `predict_proba`."""
        with numpy.errstate(divide="ignore"):
            return numpy.asarray(numpy.log(self.predict_proba(X)))

    @available_if(_has_probabilities(False))  # type: ignore[untyped-decorator]
    def decision_function(self, X: Any) -> Array:
        """What outputs that are no probabilities say: one number a sample for two classes, above 0 for the second."""
        outputs = self._outputs(X)
        return outputs if outputs.shape[1] > 1 else outputs[:, 0] - self._data.threshold

    @property
    def validation_scores_(self) -> list[float]:
        """The accuracy on the part kept for validation, after each epoch."""
        return self._measured("val_accuracy")
