"""The same problem with some keys changed, and as text again."""

import numpy as np
import pytest

from chalkgrad.errors import UsageError
from chalkgrad.reading.changing import change, changed, problem_text, tree_of
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem

LAYERS = [{"units": 3, "activation": "tanh"}, {"units": 1}]
IN_MEMORY = Dataset(np.ones((4, 2)), np.ones((4, 1)))


def test_samples_from_memory_go_along_and_are_not_copied():
    problem = Problem.from_layers(2, LAYERS, loss="mse", data=IN_MEMORY, scale="standard", split={"validation": 0.5})
    other = changed(problem, {"epochs": 7})
    assert other.keys.epochs == 7
    assert other.keys.data is IN_MEMORY
    assert "data" not in tree_of(problem)


@pytest.mark.parametrize("way", ["given", "changed"])
def test_samples_from_memory_are_no_text(way):
    problem = Problem.from_layers(2, LAYERS, loss="mse", data=[{"x": [1, 2], "y": 3}])
    problem = (
        Problem.from_layers(2, LAYERS, loss="mse", data=IN_MEMORY)
        if way == "given"
        else problem.with_dataset(IN_MEMORY)
    )
    assert "data" not in problem_text(problem)
    assert "loss: mse" in problem_text(problem)


def test_one_key_of_a_written_problem():
    tree = {"network": {"layers": [{"units": 2}, {"units": 1}]}}
    change(tree, "dropout", 0.5)
    change(tree, "stop_early.patience", 3)
    assert tree == {"network": {"layers": [{"units": 2, "dropout": 0.5}, {"units": 1}]}, "stop_early": {"patience": 3}}
    with pytest.raises(UsageError, match="did you mean"):
        change(tree, "epoch", 3)
