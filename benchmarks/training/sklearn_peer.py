"""scikit-learn's MLP with the closest settings it has."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy
from engines import Prepared
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.utils import shuffle
from workloads import BETA1, BETA2, EPSILON, Workload, order_of, samples_of, starts_of

__all__ = ["fitted"]

# One by one a network takes as long as another, so a few of many are enough.
_MEASURED = 4
_NAMES = {"sigmoid": "logistic"}


def fitted(workload: Workload) -> Prepared:
    """One `fit` from the same weights; classes in the same order too.

    Its shuffling is left on, as people use it; the rows are laid so that its own order of them is ours.
    """
    samples = samples_of(workload)
    classes = workload.loss == "cross_entropy"
    x, y = samples.x, samples.y if classes or samples.y.shape[1] > 1 else samples.y.ravel()
    if workload.common_order and not workload.full_batch:
        rows = numpy.empty(workload.samples, numpy.int64)
        rows[shuffle(numpy.arange(workload.samples), random_state=numpy.random.RandomState(0))] = order_of(workload)
        x, y = x[rows], y[rows]
    measured = min(workload.networks, _MEASURED)

    def run() -> float | None:
        losses = []
        for network in range(measured):
            model = _model(replace(workload, networks=1), [start[network] for start in starts_of(workload, measured)])
            with warnings.catch_warnings():
                # It warns that so many epochs were not enough for it to converge.
                warnings.simplefilter("ignore", ConvergenceWarning)
                losses.append(model.fit(x, y).loss_curve_[-1])
        return float(losses[0]) if classes else None

    notes = [] if classes else ["its output has no activation, and half the squared error is its loss: timed only"]
    if measured < workload.networks:
        notes.append(f"{measured} networks one after another, times {workload.networks}/{measured}")
    return Prepared(run, workload.networks / measured, "; ".join(notes))


def _model(workload: Workload, starts: list[Any]) -> Any:
    """A model that starts from given weights: it takes them for those of an earlier `fit`."""
    classes = workload.loss == "cross_entropy"
    model = (MLPClassifier if classes else MLPRegressor)(
        hidden_layer_sizes=workload.sizes[1:-1],
        activation=_NAMES.get(workload.hidden, workload.hidden),
        solver=workload.optimizer,
        alpha=0,
        batch_size=min(workload.batch, workload.samples),
        learning_rate_init=workload.learning_rate,
        max_iter=workload.epochs,
        shuffle=not workload.full_batch,
        random_state=0,
        tol=0,
        n_iter_no_change=10 * workload.epochs,
        momentum=0,
        nesterovs_momentum=False,
        beta_1=BETA1,
        beta_2=BETA2,
        epsilon=EPSILON,
        warm_start=True,
    )
    # A first step on a few rows makes all that `fit` expects to find; the weights are then replaced.
    outputs = workload.sizes[-1]
    few = numpy.zeros((outputs, workload.sizes[0]), numpy.float32)
    with warnings.catch_warnings():
        # It warns that its batch is larger than these few rows.
        warnings.simplefilter("ignore", UserWarning)
        if classes:
            model.partial_fit(few, numpy.arange(outputs), classes=numpy.arange(outputs))
        else:
            targets = numpy.zeros((outputs, outputs), numpy.float32)
            model.partial_fit(few, targets if outputs > 1 else targets.ravel())
    model.coefs_ = [start.copy() for start in starts[::2]]
    model.intercepts_ = [start[0].copy() for start in starts[1::2]]
    return model
