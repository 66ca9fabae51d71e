"""A regressor for scikit-learn."""

from __future__ import annotations

from typing import Any, Self

import numpy
from numpy.typing import NDArray
from sklearn.base import RegressorMixin
from sklearn.utils.validation import validate_data

from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem
from chalkgrad.training.estimators.estimator_base import KINDS, ChalkEstimator, documented
from chalkgrad.training.estimators.estimator_keys import Task

__all__ = ["ChalkRegressor"]

Array = NDArray[Any]


class ChalkRegressor(RegressorMixin, ChalkEstimator):  # type: ignore[misc]
    """A neural network that learns numbers, one or several a sample.

    Without a loss, the mean squared error is made small.

    Example:
        >>> X = numpy.linspace(-1, 1, 50)[:, None]
        >>> regressor = ChalkRegressor((10,), "tanh", learning_rate=0.02, random_state=0)
        >>> bool(regressor.fit(X, X[:, 0] ** 2).score(X, X[:, 0] ** 2) > 0.98)
        True
    """

    __doc__ = documented(__doc__)

    def fit(self, X: Any, y: Any) -> Self:
        """Train.

        Args:
            X: samples by features.
            y: the number of each sample, or samples by numbers.

        Raises:
            ValueError: for samples or targets that cannot be learned from.
            ChalkgradError: for parameters that make no sense.
        """
        X, y = self._validated(X, y, reset=True)
        self._seed = self._draw_seed()
        self._train(self._problem(X, y), X, go_on=False)
        return self

    def partial_fit(self, X: Any, y: Any) -> Self:
        """Train for one epoch on some samples, going on from where training is."""
        self._refuse_partial()
        is_first = not hasattr(self, "n_outputs_")
        X, y = self._validated(X, y, reset=is_first)
        if is_first:
            self._seed = self._draw_seed()
        self._train(self._problem(X, y), X, go_on=True)
        return self

    def _validated(self, X: Any, y: Any, reset: bool) -> tuple[Array, Array]:
        X, y = validate_data(self, X, y, dtype=KINDS, order="C", multi_output=True, y_numeric=True, reset=reset)
        return X, y

    def _problem(self, X: Array, y: Array) -> Problem:
        targets = numpy.asarray(y, dtype=X.dtype)
        self._is_flat = targets.ndim == 1
        targets = targets.reshape(len(X), -1)
        self.n_outputs_ = targets.shape[1]
        dataset = Dataset(X, targets, self._feature_names(), (), f"{len(X):,} samples")
        return self._problem_of(dataset, Task(X.shape[1], 0, self.n_outputs_, self._seed))

    def predict(self, X: Any) -> Array:
        """The numbers of each sample: in one dimension if they were trained so, else samples by numbers."""
        outputs = self._outputs(X)
        return outputs[:, 0] if self._is_flat else outputs

    @property
    def validation_scores_(self) -> list[float]:
        """The loss on the part kept for validation after each epoch, negative, so that more is better."""
        return [-loss for loss in self._measured("val_loss")]

    def __sklearn_tags__(self) -> Any:
        """What scikit-learn may ask of it."""
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
