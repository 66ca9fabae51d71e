"""The regressor: one number or several, as they come."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

pytest.importorskip("sklearn")

from chalkgrad.errors import ChalkgradError
from chalkgrad.training.estimators.regressor import ChalkRegressor


@pytest.fixture(scope="module")
def line():
    X = np.random.default_rng(0).normal(size=(60, 2))
    return X, X @ [1.0, -2.0] + 0.5


def small(**settings):
    return ChalkRegressor(
        **{"hidden_layer_sizes": (), "epochs": 60, "learning_rate": 0.05, "random_state": 0} | settings
    )


def test_a_line_is_learned(line):
    model = small(optimizer="sgd", batch="full", epochs=300, learning_rate=0.2).fit(*line)
    np.testing.assert_allclose(model.coefs_[0], [[1.0], [-2.0]], atol=1e-9)
    np.testing.assert_allclose(model.intercepts_[0], [0.5], atol=1e-9)
    assert model.score(*line) == pytest.approx(1)


def test_targets_keep_their_dimensions(line):
    X, y = line
    assert small(epochs=1).fit(X, y).predict(X).shape == (60,)
    assert small(epochs=1).fit(X, y[:, None]).predict(X).shape == (60, 1)
    both = small(epochs=1).fit(X, np.stack([y, -y, y], axis=1))
    assert both.predict(X).shape == (60, 3)
    assert both.n_outputs_ == 3
    assert pickle.loads(pickle.dumps(both)).predict(X).shape == (60, 3)


def test_whole_numbers_are_numbers(line):
    X, _ = line
    model = small().fit(X, (X[:, 0] > 0).astype(int))
    assert model.problem_.keys.loss == "mse"
    assert "accuracy" not in model.history_


def test_scores_of_the_validation_part_are_negative_losses(line):
    model = small(early_stopping=True, patience=2).fit(*line)
    assert model.validation_scores_ == [-loss for loss in model.history_["val_loss"]]


def test_partial_fits_are_epochs_of_one_fit(line):
    whole = small(epochs=3, batch=25).fit(*line)
    model = small(batch=25)
    for _ in range(3):
        model.partial_fit(*line)
    assert np.array_equal(model.coefs_[0], whole.coefs_[0])


def test_a_loss_of_classes_is_refused(line):
    with pytest.raises(ChalkgradError) as caught:
        small(loss="cross_entropy").fit(*line)
    assert caught.value.faults[0].message == "cross_entropy is for classes, and a regressor learns numbers"


def test_a_formula_is_trained_as_it_is_written(line):
    X, y = line
    problem = {"formula": "p = x w + b", "given": {"w": [[0], [0]], "b": 0}}
    model = ChalkRegressor(problem=problem, epochs=200, learning_rate=0.2).fit(X, y)
    np.testing.assert_allclose(model.parameters_["w"], [[1.0], [-2.0]], atol=1e-6)
    assert not hasattr(model, "coefs_")
    assert np.array_equal(pickle.loads(pickle.dumps(model)).predict(X), model.predict(X))
