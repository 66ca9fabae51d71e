"""What an estimator makes of its settings: the problem it trains."""

from __future__ import annotations

import numpy as np
import pytest

from chalkgrad.core.node import variable
from chalkgrad.errors import ChalkgradError
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem
from chalkgrad.training.estimators.estimator_keys import Task, problem_for

NAMES = (
    *("hidden_layer_sizes", "activation", "loss", "optimizer", "learning_rate", "schedule", "batch", "epochs"),
    *("l1", "l2", "dropout", "clip", "initial", "scale"),
    *("early_stopping", "validation_fraction", "patience", "problem"),
)


def made(classes=3, numbers=0, features=4, seed=0, **settings) -> Problem:
    count = 4 * max(classes, 3)
    if classes:
        names = tuple(str(k) for k in range(classes))
        data = Dataset(np.zeros((count, features)), np.arange(count) % classes, class_names=names)
    else:
        data = Dataset(np.zeros((count, features)), np.zeros((count, numbers)))
    given = dict.fromkeys(NAMES) | settings
    return problem_for(given, Task(features, classes, numbers, seed), data)


def layers(problem):
    return [(layer.units, layer.activation) for layer in problem.keys.network.layers]


class TestWithoutAProblem:
    def test_what_is_usual(self):
        problem = made()
        assert layers(problem) == [(100, "relu"), (3, "softmax")]
        assert problem.keys.loss == "cross_entropy"
        assert (problem.keys.optimizer.name, problem.keys.batch, problem.keys.epochs) == ("adam", 32, 200)
        assert problem.keys.stop_early is None
        assert problem.keys.split is None

    @pytest.mark.parametrize(
        ("classes", "numbers", "loss", "last"),
        [
            (2, 0, None, (1, "sigmoid")),
            (2, 0, "cross_entropy", (2, "softmax")),
            (2, 0, "hinge", (1, "linear")),
            (2, 0, "mse", (1, "linear")),
            (3, 0, "cross_entropy_from_logits", (3, "linear")),
            (3, 0, "kl", (3, "softmax")),
            (3, 0, "half_sse", (3, "linear")),
            (0, 2, None, (2, "linear")),
            (0, 1, "huber", (1, "linear")),
            (0, 1, "binary_cross_entropy", (1, "sigmoid")),
        ],
    )
    def test_the_last_layer_fits_the_loss(self, classes, numbers, loss, last):
        assert layers(made(classes, numbers, loss=loss))[-1] == last

    @pytest.mark.parametrize("sizes", [20, (20,), [20], np.array([20])])
    def test_sizes_however_they_are_given(self, sizes):
        assert layers(made(hidden_layer_sizes=sizes))[0] == (20, "relu")

    def test_no_hidden_layer(self):
        assert layers(made(hidden_layer_sizes=())) == [(3, "softmax")]

    def test_every_setting_is_the_key_of_its_name(self):
        keys = made(
            hidden_layer_sizes=(5, 4), activation="tanh", optimizer={"name": "momentum"}, learning_rate=0.5, l1=0.1,
            l2=0.25, dropout=0.5, batch="full", epochs=7, schedule="cosine", scale="standard", clip={"norm": 1},
            initial="normal(0.1)", seed=9,
        ).keys  # fmt: skip
        assert [(layer.units, layer.activation, float(layer.dropout)) for layer in keys.network.layers] == [
            (5, "tanh", 0.5),
            (4, "tanh", 0.5),
            (3, "softmax", 0),
        ]
        assert (keys.optimizer.name, float(keys.optimizer.settings["learning_rate"])) == ("momentum", 0.5)
        assert {name: float(value) for name, value in keys.regularizer.strengths.items()} == {"l1": 0.1, "l2": 0.25}
        assert (keys.batch, keys.epochs, keys.schedule.name, keys.scale) == ("full", 7, "cosine", "standard")
        assert (keys.clip.norm, str(keys.initial), keys.seed) == (1, "normal(0.1)", 9)

    def test_what_makes_no_sense_is_said_by_the_problem(self):
        with pytest.raises(ChalkgradError, match="did you mean") as caught:
            made(activation="rellu")
        assert caught.value.code == "unknown-activation"


class TestStopping:
    def test_a_part_is_kept_where_it_is_watched(self):
        keys = made(early_stopping=True).keys
        assert (keys.stop_early.patience, keys.stop_early.monitor) == (10, "val_loss")
        assert (float(keys.split.validation), keys.split.stratify) == (0.1, True)

    def test_settings_of_it(self):
        keys = made(0, 1, early_stopping={"monitor": "loss", "min_delta": 0.5}, patience=3).keys
        assert (keys.stop_early.monitor, float(keys.stop_early.min_delta), keys.stop_early.patience) == ("loss", 0.5, 3)
        assert keys.split is None

    def test_a_share_that_is_asked_for_is_kept(self):
        assert float(made(validation_fraction=0.25).keys.split.validation) == 0.25

    def test_of_a_problem_all_but_the_test_part_is_kept(self):
        keys = made(10, features=64, problem="digits").keys
        assert keys.stop_early.patience == 8
        assert (float(keys.split.validation), keys.split.test) == (0.15, 0)
        assert made(10, features=64, problem="digits", early_stopping=False).keys.stop_early is None


class TestWithAProblem:
    def test_its_network_and_learning_are_taken(self):
        problem = made(10, features=64, seed=None, problem="digits", epochs=2)
        assert layers(problem) == [(120, "relu"), (30, "relu"), (10, "softmax")]
        assert (problem.keys.batch, problem.keys.scale, problem.keys.epochs) == (128, "0..1", 2)
        assert problem.title == "Handwritten digits"

    def test_its_ends_are_fitted(self):
        problem = made(3, features=5, problem="digits")
        assert layers(problem)[-1] == (3, "softmax")
        assert problem.keys.network.input == 5

    def test_a_layer_that_fits_stays_as_it_is(self):
        own = {
            "network": {
                "input": ["a", "b"],
                "layers": [{"units": ["u", "v"], "activation": "sigmoid", "bias": ["p", "q"]}],
            },
            "loss": "half_sse",
        }
        network = made(2, features=2, problem=own).keys.network
        assert network.input == ("a", "b")
        assert network.layers[0].units == ("u", "v")
        assert network.layers[0].activation == "sigmoid"
        assert made(3, features=2, problem=own).keys.network.layers[0].bias is None
        assert own["network"]["layers"][0]["units"] == ["u", "v"]

    def test_a_problem_and_its_data_stay_as_they_are(self):
        own = Problem.from_layers(2, [{"units": 1}], loss="mse", data=[{"x": [1, 2], "y": 3}])
        assert layers(made(0, 2, features=2, problem=own)) == [(2, "linear")]
        assert own.dataset.x.tolist() == [[1, 2]]

    @pytest.mark.parametrize("problem", [3, ["digits"]])
    def test_what_is_no_problem(self, problem):
        with pytest.raises(ChalkgradError) as caught:
            made(problem=problem)
        assert caught.value.code == "not-a-problem"

    def test_a_problem_of_nodes_has_no_keys(self):
        own = Problem.from_nodes({"f": variable("w") ** 2}, given={"w": 1})
        with pytest.raises(ChalkgradError) as caught:
            made(problem=own)
        assert caught.value.code == "not-a-problem"

    def test_a_formula_has_no_layers_to_change(self):
        with pytest.raises(ChalkgradError) as caught:
            made(0, 1, problem={"formula": "p = x w"}, hidden_layer_sizes=(3,))
        assert caught.value.code == "no-network"
