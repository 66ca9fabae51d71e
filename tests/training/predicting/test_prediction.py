"""What a trained network says of new samples."""

from __future__ import annotations

import numpy as np
import pytest

from chalkgrad.errors import ChalkgradError
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem
from chalkgrad.training.training import Training, train_problem

X = np.random.default_rng(0).normal(size=(30, 2)) * 5 + 3
LABELS = (X[:, 0] > 3).astype(np.int64) + (X[:, 1] > 3)
NAMES = ("low", "middle", "high")


def trained(layers, loss, y, names=(), **keys):
    data = Dataset(X, y, class_names=names)
    settings = {"scale": "standard", "epochs": 30, "optimizer": {"name": "adam", "learning_rate": 0.05}} | keys
    problem = Problem.from_keys({"network": {"input": 2, "layers": layers}, "loss": loss, "data": data, **settings})
    return train_problem(problem, Training(engine="numpy", dtype="float64"))


@pytest.fixture(scope="module")
def classes():
    return trained(
        [{"units": 6, "activation": "tanh"}, {"units": 3, "activation": "softmax"}], "cross_entropy", LABELS, NAMES
    )


@pytest.fixture(scope="module")
def two():
    return trained([{"units": 1, "activation": "sigmoid"}], "binary_cross_entropy", (LABELS[:, None] > 0) * 1.0)


class TestOutputs:
    def test_inputs_are_scaled_as_in_training(self, classes):
        assert np.array_equal(classes.predictor.predict(X[:4]), classes.predict(X[:4]))
        assert not len(classes.predictor.data.x)

    def test_classes_and_probabilities(self, classes, two):
        chances = classes.predictor.predict_probabilities(X)
        assert np.allclose(chances.sum(axis=1), 1)
        assert chances.argmax(axis=1).tolist() == classes.predictor.predict_classes(X).tolist()
        chances = two.predictor.predict_probabilities(X)
        assert np.array_equal(chances[:, 1], two.predict(X)[:, 0])
        assert np.array_equal(chances[:, 0], 1 - two.predict(X)[:, 0])

    def test_logits_become_probabilities(self):
        one = trained([{"units": 1}], "binary_cross_entropy_from_logits", (LABELS[:, None] > 0) * 1.0)
        expected = 1 / (1 + np.exp(-one.predict(X)[:, 0]))
        np.testing.assert_allclose(one.predictor.predict_probabilities(X)[:, 1], expected, rtol=1e-14)
        assert (expected >= 0.5).tolist() == one.predictor.predict_classes(X).tolist()
        several = trained([{"units": 3}], "cross_entropy_from_logits", LABELS)
        raised = np.exp(several.predict(X))
        expected = raised / raised.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(several.predictor.predict_probabilities(X), expected, rtol=1e-13)

    def test_a_hinge_gives_none(self):
        network = trained([{"units": 1}], "hinge", np.where(LABELS > 0, 1.0, -1.0)[:, None]).predictor
        with pytest.raises(ChalkgradError, match="the outputs of the network are no probabilities"):
            network.predict_probabilities(X)
        assert network.data.class_names == ("-1", "1")

    def test_numbers_have_no_classes(self):
        network = trained([{"units": 1}], "mse", X[:, :1] * 2).predictor
        for ask in (network.predict_classes, network.predict_probabilities):
            with pytest.raises(ChalkgradError, match="the network was trained on numbers, not on classes"):
                ask(X)

    @pytest.mark.parametrize(("x", "read"), [(X[:, :1], "30 by 1"), (X[0], "2"), (np.zeros((1, 2, 2)), "1 by 2 by 2")])
    def test_inputs_of_another_size(self, x, read, classes):
        with pytest.raises(ChalkgradError) as caught:
            classes.predictor.predict(x)
        assert caught.value.faults[0].message == f"expected samples by 2 inputs, read {read}"


class TestEvaluate:
    def test_it_is_what_training_measures(self, classes, two):
        for run in (classes, two):
            found = run.predictor.evaluate(run.problem.keys.data)
            expected = run.evaluate_rows(np.arange(30))
            assert found == pytest.approx(expected, rel=1e-12)

    def test_classes_are_counted_as_in_training_though_some_are_missing(self, classes, two):
        rows = np.flatnonzero(LABELS == 2)
        said = classes.predictor.predict_classes(X[rows])
        found = classes.predictor.evaluate(Dataset(X[rows], LABELS[rows]))
        assert found["accuracy"] == np.mean(said == 2)
        found = two.predictor.evaluate(Dataset(X[rows], np.ones((len(rows), 1))))
        assert found["accuracy"] == np.mean(two.predictor.predict_classes(X[rows]) == 1)
        assert two.predictor.evaluate(Dataset(X[rows], np.ones(len(rows), dtype=np.int64))) == found

    def test_signs_are_classes(self):
        run = trained([{"units": 1}], "hinge", np.where(LABELS > 0, 1.0, -1.0)[:, None])
        rows = np.flatnonzero(LABELS > 0)
        found = run.predictor.evaluate(Dataset(X[rows], np.ones((len(rows), 1))))
        assert found["accuracy"] == np.mean(run.predictor.predict_classes(X[rows]) == 1)

    def test_a_class_that_was_not_learned(self, classes):
        with pytest.raises(ChalkgradError) as caught:
            classes.predictor.evaluate(Dataset(X[:3], np.array([0, 3, 1])))
        fault = caught.value.faults[0]
        assert (fault.code, fault.message) == (
            "unknown-class",
            "sample 2: `3` is none of the classes that were learned",
        )
        assert fault.hint == "the classes are low, middle, high"

    def test_targets_that_are_missing_or_of_another_size(self, classes):
        with pytest.raises(ChalkgradError) as caught:
            classes.predictor.evaluate(Dataset(X[:3], None))
        assert caught.value.code == "target-missing"
        with pytest.raises(ChalkgradError) as caught:
            classes.predictor.evaluate(Dataset(X[:3], np.zeros((3, 2))))
        assert caught.value.faults[0].message == "expected 3 numbers as targets of each sample, read 2"
        numbers = trained([{"units": 2}], "mse", X * 2).predictor
        with pytest.raises(ChalkgradError, match="expected 2 numbers as targets of each sample, read 1"):
            numbers.evaluate(Dataset(X, X[:, :1]))
