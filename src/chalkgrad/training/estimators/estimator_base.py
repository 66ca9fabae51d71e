"""What the estimators for scikit-learn share: their parameters, their training, their copies."""

from __future__ import annotations

import warnings
from numbers import Integral
from typing import Any

import numpy
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem
from chalkgrad.training.estimators.estimator_keys import Task, problem_for
from chalkgrad.training.events import Callback, LambdaCallback, Logs
from chalkgrad.training.layer_arrays import layer_arrays
from chalkgrad.training.predicting.prediction import Predictor
from chalkgrad.training.run import Run
from chalkgrad.training.training import Earlier, Training, train_problem

__all__ = ["KINDS", "ChalkEstimator", "documented"]

Array = NDArray[Any]

KINDS = (numpy.float64, numpy.float32)
_MOST_SEEDS = 1_000_000_001  # a problem file has seeds up to a billion
# What holds samples or memory of an engine, and is made again where it can be.
_NOT_KEPT = ("run_", "_predictor")


class ChalkEstimator(BaseEstimator):  # type: ignore[misc]
    """What both estimators share.

    Parameters that a problem file has too are called as there, and None leaves them to `problem`, or to what is usual;
    the others are called as in scikit-learn.

    Args:
        hidden_layer_sizes: how many units each hidden layer has, such as `(64, 32)`, `20` or `()`; usually `(100,)`.
        activation: of the hidden layers; usually `relu`.
        loss: its name, or an expression in the output and `y`.
        optimizer: its name, or a mapping with `name` and its settings; usually `adam`.
        learning_rate: usually that of the optimizer, 0.001 for `adam`.
        schedule: how the learning rate changes: a name, or a mapping; usually `constant`.
        batch: how many samples make one step, or `full`; usually 32.
        epochs: how many passes over the samples, at most; usually 200.
        l1: strength of the L1 regularizer; usually none.
        l2: strength of the L2 regularizer; usually none. The `alpha` of scikit-learn is this times the batch.
        dropout: the share of hidden units that is left out while training; usually none.
        clip: `{"norm": 1}` or `{"value": 0.5}`, the bound of the gradients; usually none.
        initial: how weights are drawn, such as `he_normal`; usually what fits the activation.
        scale: how inputs are scaled: `standard`, `0..1`, `none`; usually `none`, for a pipeline can do it.
        early_stopping: whether to stop when a part kept for validation gets no better, and to go back to the best
            epoch; or a mapping with the keys of `stop_early`. Usually off.
        validation_fraction: the share of the samples that is kept for that; usually 0.1. Where it is given, it is kept
            without early stopping too, and looked at after each epoch.
        patience: after how many epochs without a gain to stop; usually 10.
        engine: `numpy`, `jax` or `auto`.
        dtype: `float32` or `float64`; None takes that of `X`.
        problem: a problem, the path or the bare name of a problem file, or its keys as a mapping. Its network and its
            learning are taken, its data are not; its input and output layer are fitted to the data.
        callbacks: `chalkgrad.Callback`s, told of everything that happens.
        random_state: fixes everything random; None takes the seed of `problem`, or draws one.
        warm_start: whether `fit` goes on from the parameters of the last fit.
        verbose: whether to print a line an epoch.

    After `fit` there are: `run_` (not in a pickle or a copy), `problem_` with the trained numbers, for
    `chalkgrad.solve(estimator.problem_, ...)`, `parameters_` by name, `coefs_` and `intercepts_` of each layer,
    `history_` with its `loss_curve_`, `loss_`, `validation_scores_`, `n_iter_`, `n_outputs_`, `n_features_in_`,
    `feature_names_in_` and `classes_`.

    There are no sample weights: the loss is a mean or sum over the samples of a batch, as a solution writes it.
    """

    def __init__(
        self,
        hidden_layer_sizes: Any = None,
        activation: str | None = None,
        *,
        loss: str | None = None,
        optimizer: Any = None,
        learning_rate: float | None = None,
        schedule: Any = None,
        batch: Any = None,
        epochs: int | None = None,
        l1: float | None = None,
        l2: float | None = None,
        dropout: float | None = None,
        clip: Any = None,
        initial: str | None = None,
        scale: str | None = None,
        early_stopping: Any = None,
        validation_fraction: float | None = None,
        patience: int | None = None,
        engine: str = "numpy",
        dtype: str | None = None,
        problem: Any = None,
        callbacks: Any = (),
        random_state: Any = None,
        warm_start: bool = False,
        verbose: bool = False,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.loss = loss
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.batch = batch
        self.epochs = epochs
        self.l1 = l1
        self.l2 = l2
        self.dropout = dropout
        self.clip = clip
        self.initial = initial
        self.scale = scale
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.engine = engine
        self.dtype = dtype
        self.problem = problem
        self.callbacks = callbacks
        self.random_state = random_state
        self.warm_start = warm_start
        self.verbose = verbose

    # --- fitting ---

    def _draw_seed(self) -> int | None:
        """The number that fixes everything random; None leaves it to the problem."""
        if self.random_state is None and self.problem is not None:
            return None
        chance = check_random_state(self.random_state)
        is_number = isinstance(self.random_state, Integral)
        return int(self.random_state) % _MOST_SEEDS if is_number else int(chance.randint(_MOST_SEEDS))

    def _dtype(self, X: Array) -> str:
        return self.dtype if self.dtype is not None else str(X.dtype)

    def _train(self, problem: Problem, X: Array, *, go_on: bool) -> None:
        """Train on a problem with its data, and keep what came of it."""
        is_warm = bool(self.warm_start) and not go_on and hasattr(self, "_state")
        how = Training(
            engine=self.engine,
            dtype=self._dtype(X),
            callbacks=[*self.callbacks, *([_printer()] if self.verbose else [])],
            start=self._state.parameters if is_warm else {},
            epochs=1 if go_on else None,
            earlier=Earlier(self._state, self.n_iter_, self._steps) if go_on and hasattr(self, "_state") else None,
        )
        run = train_problem(problem, how)
        before = self.history_ if how.earlier is not None else {}
        self._keep(run, {name: [*before.get(name, []), *column] for name, column in run.history.items()})
        self._warn(run)

    def _keep(self, run: Run, history: dict[str, list[Any]]) -> None:
        self.run_ = run
        self.history_ = history
        self.parameters_ = {name: array.copy() for name, array in run.parameters.items()}
        self.problem_ = run.problem.with_values(self.parameters_, type(self).__name__)
        self.loss_curve_ = history.get("loss", [])
        self.loss_ = self.loss_curve_[-1] if self.loss_curve_ else numpy.nan
        self.n_iter_ = history["epoch"][-1] if "epoch" in history else 0
        self._state = run.engine.state
        self._steps = run.steps
        self._data = run.data.without_samples()
        self._predictor = Predictor(self.problem_, self._data, self.parameters_)

    def _warn(self, run: Run) -> None:
        if run.stopped == "diverged":
            message = f"training diverged: {run.divergence}; the parameters before that are kept"
            warnings.warn(message, ConvergenceWarning, stacklevel=4)
        elif run.stopped == "interrupted":
            warnings.warn("training was interrupted; the parameters so far are kept", UserWarning, stacklevel=4)

    def _problem_of(self, dataset: Dataset, task: Task) -> Problem:
        return problem_for(self.get_params(deep=False), task, dataset)

    def _feature_names(self) -> tuple[str, ...]:
        return tuple(map(str, getattr(self, "feature_names_in_", ())))

    def _refuse_partial(self) -> None:
        """What cannot be said of a part of the samples."""
        keys = self.problem_.keys if hasattr(self, "problem_") else None
        if self.early_stopping or (keys is not None and keys.split is not None):
            raise ValueError("partial_fit does not support early stopping: there is no part to be kept for validation")
        if self.scale not in (None, "none") or (keys is not None and keys.scale != "none"):
            raise ValueError("partial_fit does not support scale: a part of the samples does not say the scale of all")

    # --- what was learned ---

    @property
    def coefs_(self) -> list[Array]:
        """What each layer multiplies its inputs by, inputs by units."""
        return [weights for weights, _ in self._layers()]

    @property
    def intercepts_(self) -> list[Array]:
        """What each layer adds to its units."""
        return [bias for _, bias in self._layers()]

    def _layers(self) -> list[tuple[Array, Array]]:
        if not hasattr(self, "parameters_") or self.problem_.keys.network is None:
            raise AttributeError(f"this {type(self).__name__} has no trained layers")
        return layer_arrays(self.problem_, self.parameters_)

    def _outputs(self, X: Any) -> Array:
        check_is_fitted(self)
        X = validate_data(self, X, dtype=KINDS, reset=False)
        return self._predictor.predict(X)

    def _measured(self, name: str) -> list[float]:
        """A column of the history that is there only where samples are kept for validation."""
        if name not in getattr(self, "history_", {}):
            raise AttributeError("nothing was kept for validation; set early_stopping or validation_fraction")
        return list(self.history_[name])

    # --- copies ---

    def __getstate__(self) -> dict[str, Any]:
        """Everything but the samples and the memory of an engine."""
        state = {name: value for name, value in super().__getstate__().items() if name not in _NOT_KEPT}
        if "problem_" in state:
            state["problem_"] = state["problem_"].without_samples()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if hasattr(self, "problem_"):
            self._predictor = Predictor(self.problem_, self._data, self.parameters_)


def _printer() -> Callback:
    def say(epoch: int, logs: Logs) -> None:
        shown = [
            f"{name} {logs[name]:.6g}" for name in ("loss", "accuracy", "val_loss", "val_accuracy") if name in logs
        ]
        print(f"epoch {epoch}: {', '.join(shown)}")

    return LambdaCallback(on_epoch_end=say)


def documented(own: str | None) -> str:
    """The docstring of an estimator: its own sentences, and what holds for both.

    Args:
        own: what it says itself.
    """
    shared = (ChalkEstimator.__doc__ or "").split("\n", 2)[-1]
    return f"{own or ''}\n{shared}"
