"""The same problem with some keys changed."""

from typing import Any

import numpy
import pytest

from chalkgrad.errors import ChalkgradError, ProblemError
from chalkgrad.reading.changing import change, changed, problem_text
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem


def network(**keys: Any) -> Problem:
    layers = [{"units": 3, "activation": "tanh"}, {"units": 2, "activation": "relu"}, {"units": 1}]
    return Problem.from_layers(2, layers, **{"loss": "mse", **keys})


def hidden(problem: Problem) -> list[tuple[Any, str]]:
    assert problem.keys.network is not None
    return [(layer.units, layer.activation) for layer in problem.keys.network.layers[:-1]]


class TestLayers:
    def test_an_activation_or_a_count_is_for_every_hidden_layer(self) -> None:
        assert hidden(changed(network(), {"activation": "elu", "units": 5})) == [(5, "elu"), (5, "elu")]

    def test_a_list_of_counts_is_a_layer_for_each(self) -> None:
        assert hidden(changed(network(), {"units": [8, 4, 2]})) == [(8, "tanh"), (4, "relu"), (2, "relu")]
        assert hidden(changed(network(), {"units": [8]})) == [(8, "tanh")]

    def test_layers_come_and_go_at_the_end(self) -> None:
        assert hidden(changed(network(), {"layers": 3})) == [(3, "tanh"), (2, "relu"), (2, "relu")]
        assert hidden(changed(network(), {"layers": 0})) == []

    @pytest.mark.parametrize("count", [-1, 1.5, "two", 10**6])
    def test_how_many_is_a_count(self, count: Any) -> None:
        with pytest.raises(ProblemError) as caught:
            changed(network(), {"layers": count})
        assert caught.value.code == "not-a-count"

    def test_a_formula_has_none(self) -> None:
        with pytest.raises(ChalkgradError) as caught:
            changed(Problem.from_formula("f = x^2", given={"x": 1}), {"activation": "relu"})
        assert caught.value.code == "no-network"


class TestOrder:
    def test_what_holds_another_is_changed_first(self) -> None:
        for changes in (
            {"learning_rate": 0.25, "optimizer": "adam", "units": 5, "layers": 1},
            {"layers": 1, "units": 5, "optimizer": "adam", "learning_rate": 0.25},
        ):
            problem = changed(network(), changes)
            assert problem.keys.optimizer.name == "adam"
            assert problem.keys.optimizer.settings["learning_rate"] == 0.25
            assert hidden(problem) == [(5, "tanh")]

    def test_what_was_given_stays_as_it_was(self) -> None:
        optimizer = {"name": "adam"}
        changed(network(), {"optimizer": optimizer, "optimizer.beta1": 0.5})
        assert optimizer == {"name": "adam"}


class TestSamplesInMemory:
    data = Dataset(numpy.zeros((4, 2)), numpy.ones((4, 1)))

    @pytest.mark.parametrize("problem", [network(data=data), network().with_dataset(data)])
    def test_they_stay_the_very_same(self, problem: Problem) -> None:
        other = changed(problem, {"seed": 3, "split": {"test": 0.5}})
        assert other.dataset is self.data
        assert other.keys.seed == 3

    def test_they_can_be_changed_for_others(self) -> None:
        other = changed(network(data=self.data), {"data": [{"x": [1, 2], "y": 3}]})
        assert len(other.dataset) == 1

    def test_they_are_left_out_of_the_text(self) -> None:
        assert "data" not in problem_text(network(data=self.data))


def test_one_key_of_a_problem_that_is_only_written() -> None:
    tree: dict[str, Any] = {"network": {"layers": [{"units": 2}, {"units": 1}]}}
    change(tree, "dropout", 0.5)
    change(tree, "stop_early.patience", 3)
    assert tree == {"network": {"layers": [{"units": 2, "dropout": 0.5}, {"units": 1}]}, "stop_early": {"patience": 3}}
    with pytest.raises(ChalkgradError, match="did you mean"):
        change(tree, "epoch", 3)
