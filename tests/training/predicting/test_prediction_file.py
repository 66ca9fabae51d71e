"""Predictions as rows and files."""

import json

import numpy as np
import pytest

from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem
from chalkgrad.training.data import prepare_data
from chalkgrad.training.predicting.prediction import Predictor
from chalkgrad.training.predicting.prediction_file import prediction_rows, write_predictions


def network(layers, loss, y, names=()):
    data = Dataset(np.zeros((len(y), 2)), y, class_names=names)
    problem = Problem.from_layers(2, layers, loss=loss, data=data)
    return Predictor(problem, prepare_data(problem, np.float64), problem.starting_arrays())


@pytest.fixture
def flowers():
    names = ("=cmd()", "rose")
    return network([{"units": 2, "activation": "softmax"}], "cross_entropy", np.array([0, 1]), names)


def test_classes_have_a_name_and_probabilities(flowers):
    (row,) = prediction_rows(flowers, np.array([[1.0, -1.0]]))
    assert list(row) == ["prediction", "probability of =cmd()", "probability of rose"]
    assert row["prediction"] == max(flowers.data.class_names, key=lambda name: row[f"probability of {name}"])


def test_numbers_are_named_after_their_outputs():
    one = network([{"units": 1}], "mse", np.array([[0.5], [1.5]]))
    assert [list(row) for row in prediction_rows(one, np.zeros((2, 2)))] == [["prediction"]] * 2
    two = network([{"units": ["price", "age"]}], "mse", np.array([[0.5, 1], [1.5, 2]]))
    assert list(prediction_rows(two, np.zeros((1, 2)))[0]) == ["price", "age"]


def test_outputs_that_are_no_probabilities_stand_as_they_are():
    hinge = network([{"units": 1}], "hinge", np.array([[-1.0], [1.0]]))
    (row,) = prediction_rows(hinge, np.zeros((1, 2)))
    assert row == {"prediction": "1", "output": 0.0}


def test_a_table_holds_no_formulas(flowers, tmp_path):
    x = np.random.default_rng(0).normal(size=(9, 2))
    rows = prediction_rows(flowers, x)
    assert "=cmd()" in {row["prediction"] for row in rows}
    lines = write_predictions(tmp_path / "out.csv", rows).read_text().splitlines()
    assert len(lines) == 10
    assert all(line.startswith(("'=cmd()", "rose", "prediction")) for line in lines)


def test_json_is_json_to_every_reader(tmp_path):
    rows = [{"prediction": float("nan")}, {"prediction": 0.1}]
    found = json.loads(write_predictions(tmp_path / "out.json", rows).read_text())
    assert found == [{"prediction": "NaN"}, {"prediction": 0.1}]
