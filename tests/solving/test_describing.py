"""The figures of a problem against counts by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from chalkgrad.api import read
from chalkgrad.errors import ProblemError
from chalkgrad.reading.data_sources import load_data
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem
from chalkgrad.reading.problem_file import parse_problem
from chalkgrad.solving.describing import describe_data

X = np.array([[1, -2, 0.5], [3, 4, 0.5], [5, 0, 0.5], [7, 2, 0.5], [9, 6, 0.5]])
CLASSES = np.array([0, 1, 1, 0, 1])


def small(**keys):
    """3 inputs, 4 units, 2 outputs: 3·4 + 4 + 4·2 + 2 = 26 parameters."""
    data = keys.pop("data", Dataset(X, CLASSES, ("a", "b", "c"), ("no", "yes"), "five samples"))
    layers = [{"units": 4, "activation": "relu"}, {"units": 2, "activation": "softmax"}]
    return Problem.from_layers(3, layers, loss="cross_entropy", data=data, **keys)


class TestData:
    def test_of_each_input_its_ends_and_its_mean(self):
        found = describe_data(small())["data"]
        assert found["features"] == [
            {"name": "a", "min": 1, "mean": 5, "max": 9, "missing": 0},
            {"name": "b", "min": -2, "mean": 2, "max": 6, "missing": 0},
            {"name": "c", "min": 0.5, "mean": 0.5, "max": 0.5, "missing": 0},
        ]
        assert (found["source"], found["samples"], found["inputs"], found["type"]) == ("five samples", 5, 3, "float64")
        assert found["parts"] == {"train": 5, "validation": 0, "test": 0}
        assert found["classes"] == [
            {"name": "no", "samples": 2, "train": 2, "validation": 0, "test": 0},
            {"name": "yes", "samples": 3, "train": 3, "validation": 0, "test": 0},
        ]

    def test_many_blocks_are_one(self, monkeypatch):
        whole = describe_data(small())["data"]["features"]
        monkeypatch.setattr("chalkgrad.solving.describing._BLOCK", 6)
        assert describe_data(small())["data"]["features"] == whole

    def test_classes_are_counted_in_each_part(self):
        x, classes = np.arange(60.0).reshape(20, 3), np.arange(20) % 2
        problem = small(data=Dataset(x, classes), split={"test": 0.2, "validation": 0.1, "stratify": True})
        found = describe_data(problem)["data"]
        assert found["parts"] == {"train": 14, "validation": 2, "test": 4}
        assert found["classes"] == [
            {"name": name, "samples": 10, "train": 7, "validation": 1, "test": 2} for name in ("0", "1")
        ]

    def test_numbers_as_targets(self):
        data = Dataset(X, X[:, :1] * 2, target_name="price")
        problem = Problem.from_layers(3, [{"units": 1}], loss="mse", data=data)
        found = describe_data(problem)["data"]
        assert found["target"] == {"name": "price", "numbers": 1, "min": 2, "mean": 10, "max": 18}
        assert found["classes"] == []

    def test_pixels_are_put_together(self):
        x = np.arange(256, dtype=np.uint8).reshape(4, 64)
        data = Dataset(x, np.array([0, 1, 0, 1]), image_shape=(8, 8))
        found = describe_data(Problem.from_layers(64, [{"units": 2}], loss="cross_entropy", data=data))["data"]
        assert found["features"] == [{"name": "all pixels", "min": 0, "mean": 127.5, "max": 255, "missing": 0}]
        assert (found["image_shape"], found["type"]) == ([8, 8], "uint8")

    def test_of_a_file(self, tmp_path):
        (tmp_path / "a.csv").write_text("a,b,y\n1,2,cat\n3,4,dog\n", encoding="utf-8")
        text = (
            "network: {input: 2, layers: [{units: 2, activation: softmax}]}\nloss: cross_entropy\n"
            "data: {csv: a.csv, target: y}\nsplit: {folds: 2}\n"
        )
        found = describe_data(Problem.from_file(parse_problem(text, "p.yaml", tmp_path)))["data"]
        assert found["source"] == "2 samples of 2 numbers from a.csv, 2 classes"
        assert [entry["name"] for entry in found["features"]] == ["a", "b"]
        assert (found["target"], found["folds"]) == ({"name": "y", "numbers": 1}, 2)

    def test_on_disk(self, tmp_path):
        np.savez(tmp_path / "a.npz", x=X, y=CLASSES)
        data = load_data(parse_problem("formula: f = x\ndata: {npz: a.npz}").keys.data, tmp_path, budget=10)
        found = describe_data(small(data=data))["data"]
        assert found["on_disk"]
        assert found["features"][0]["mean"] == 5

    def test_that_cannot_be_read_is_a_fault(self):
        text = "network: {input: 2, layers: [{units: 1}]}\nloss: mse\ndata: {csv: nowhere.csv, target: y}\n"
        with pytest.raises(ProblemError, match=r"there is no file `nowhere\.csv`"):
            describe_data(Problem.from_file(parse_problem(text)))


class TestLayers:
    def test_inputs_units_and_parameters(self):
        layers = describe_data(small())["layers"]
        assert [layer["parameters"] for layer in layers] == [16, 10]
        assert [(layer["inputs"], layer["units"], layer["activation"]) for layer in layers] == [
            (3, 4, "relu"),
            (4, 2, "softmax"),
        ]
        assert layers[0]["shapes"] == {"W1": [3, 4], "b1": [1, 4]}

    def test_columns_turn_the_shapes(self):
        layers = describe_data(small(convention={"vectors": "columns"}))["layers"]
        assert layers[0]["shapes"] == {"W1": [4, 3], "b1": [4, 1]}

    def test_shared_parameters_count_once(self):
        shared = [{"units": 2, "weights": "W", "bias": "b"}, {"units": 2, "weights": "W", "bias": "none"}, {"units": 1}]
        found = describe_data(Problem.from_layers(2, shared, loss="mse"))
        assert [layer["parameters"] for layer in found["layers"]] == [5, 0, 3]
        assert [layer["shared"] for layer in found["layers"]] == [[], ["W"], []]
        assert found["parameters"]["count"] == 8

    def test_single_weights_by_name_and_number(self):
        layer = {"units": ["h", "k"], "weights": [["w1", 0.5], ["w1", "w2"]], "bias": "none"}
        found = describe_data(Problem.from_layers(2, [layer], loss="mse"))
        (layer,) = found["layers"]
        assert layer["parameters"] == found["parameters"]["count"] == 3
        assert list(layer["shapes"].values()) == [[], [], []]

    def test_lines_of_formulas(self):
        problem = Problem.from_formula(
            "z = x W",
            "o = tanh(z)",
            loss="mse",
            data=[{"x": [1, 2], "y": [1, 2, 3]}],
            given={"W": [[1, 2, 3], [4, 5, 6]]},
        )
        found = describe_data(problem)
        assert found["lines"] == [{"name": "z", "shape": [1, 3]}, {"name": "o", "shape": [1, 3]}]
        assert found["parameters"] == {"count": 6, "learned": 6}
        assert "layers" not in found

    def test_what_is_not_learned(self):
        assert describe_data(small(learn=["W2", "b2"]))["parameters"] == {"count": 26, "learned": 10}
        asked = Problem.from_formula("f = w^2", given={"w": 1}, differentiate={"f": ["w"]})
        assert describe_data(asked)["parameters"] == {"count": 1, "learned": 0}


class TestMemory:
    # Of one sample: 3 inputs, 2 targets, z and h of 4 units, z and ŷ of 2, and its loss; the batch has one loss more.
    ONE = 3 + 2 + 4 + 4 + 2 + 2 + 1

    @pytest.mark.parametrize(("batch", "samples"), [("full", 5), (2, 2), (100, 5)])
    def test_values_of_a_batch(self, batch, samples):
        found = describe_data(small(batch=batch))["memory"]
        assert (found["batch"], found["batch_values"]) == (samples, 4 * (self.ONE * samples + 1))

    @pytest.mark.parametrize(("optimizer", "kept"), [("sgd", 0), ("momentum", 1), ("rmsprop", 1), ("adam", 2)])
    def test_parameters_and_what_the_optimizer_keeps(self, optimizer, kept):
        found = describe_data(small(optimizer=optimizer))["memory"]
        assert (found["parameters"], found["gradients"]) == (4 * 26, 4 * 26)
        assert found["optimizer_state"] == 4 * 26 * kept

    def test_only_what_is_learned_has_gradients(self):
        found = describe_data(small(learn=["b1"], optimizer="adam"))["memory"]
        assert (found["parameters"], found["gradients"], found["optimizer_state"]) == (104, 16, 32)

    def test_dropout_has_a_mask_for_each_unit(self):
        layers = [{"units": 4, "activation": "relu", "dropout": 0.5}, {"units": 2, "activation": "softmax"}]
        data = Dataset(X, CLASSES)
        problem = Problem.from_layers(3, layers, loss="cross_entropy", data=data, batch=1)
        without = describe_data(small(data=data, batch=1))["memory"]["batch_values"]
        # the mask, and the units that are left
        assert describe_data(problem)["memory"]["batch_values"] == without + 4 * (4 + 4)

    def test_samples_in_the_type_in_which_they_came(self):
        assert describe_data(small())["memory"]["data"] == 5 * 3 * 8 + 5 * 8
        bytes_ = Dataset(X.clip(0).astype(np.uint8), CLASSES)
        assert describe_data(small(data=bytes_))["memory"]["data"] == 5 * 3 + 5 * 8


class TestLearning:
    def test_steps(self):
        found = describe_data(small(batch=2, epochs=7, seed=3, order="given"))["learning"]
        assert (found["batch"], found["steps_per_epoch"], found["steps"]) == (2, 3, 21)
        assert (found["order"], found["seed"], found["epochs"]) == ("given", 3, 7)

    def test_steps_are_those_of_the_training_part(self):
        data = Dataset(np.zeros((10, 3)), np.arange(10) % 2)
        assert describe_data(small(data=data, split={"test": 0.3}, batch=2))["learning"]["steps_per_epoch"] == 4

    def test_settings(self):
        found = describe_data(small(optimizer={"name": "momentum", "learning_rate": 0.5}, regularizer={"l2": 0.25}))
        learning = found["learning"]
        assert learning["settings"]["learning_rate"] == 0.5
        assert (learning["optimizer"], learning["regularizer"]) == ("momentum", {"l2": 0.25})
        assert (learning["loss"], learning["schedule"], learning["stop_early"]) == ("cross_entropy", "constant", None)

    def test_there_is_none_where_nothing_is_learned(self):
        assert (
            describe_data(Problem.from_formula("f = w^2", given={"w": 1}, differentiate={"f": ["w"]}))["learning"]
            is None
        )


def test_digits():
    pytest.importorskip("sklearn")
    found = describe_data(read("digits"))
    assert found["parameters"]["count"] == 64 * 120 + 120 + 120 * 30 + 30 + 30 * 10 + 10 == 11_740
    assert found["memory"]["optimizer_state"] == 2 * 4 * 11_740
    assert found["memory"]["batch_values"] == 4 * (128 * (64 + 10 + 120 + 120 + 30 + 30 + 10 + 10 + 1) + 1)
    assert found["learning"]["steps"] == 10 * 60
    assert json.loads(json.dumps(found)) == found
