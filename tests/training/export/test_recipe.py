from __future__ import annotations

import io

import numpy
import pytest

from chalkgrad.errors import ProblemError
from chalkgrad.reading.problem import Problem
from chalkgrad.training.export.recipe import Recipe

from .conftest import CASES, DROPOUT, material, network


def recipe_of(problem: Problem) -> Recipe:
    given = material(problem)
    return Recipe(problem, given["parameters"], "network", given.get("x"), given.get("y"), given["batches"])


def test_learned_and_penalized_parameters():
    recipe = recipe_of(network(learn=["W1", "b2"], regularizer={"l2": 0.1, "on": ["b2", "W2"]}, clip={"norm": 1}))
    assert [node.name for node in recipe.learned] == ["W1", "b2"]
    assert [node.name for node in recipe.penalized] == ["b2"]


def test_steps_of_an_epoch_are_those_of_the_training_part():
    problem = network(count=10, split={"validation": 0.2, "test": 0.2, "stratify": False}, batch=2)
    assert recipe_of(problem).steps_of_an_epoch == 3


def test_masks_are_those_of_the_training():
    recipe = recipe_of(DROPOUT["dropout"]())
    names = {node: node.name for node in (*recipe.graph.parameters, *recipe.masks.values())}
    with numpy.load(io.BytesIO(recipe.archive(names))) as data:
        mask = data["mask_h1_2"]
    assert mask.shape == (5, 4)
    assert set(numpy.unique(mask)) == {0.0, 2.0}


def test_formulas_for_one_sample():
    recipe = recipe_of(CASES["formula of vectors"]())
    assert recipe.count == 1
    assert recipe_of(network()).count is None


def test_formulas_for_one_sample_in_larger_steps_are_refused():
    problem = CASES["formula of vectors"]()
    given = material(problem)
    with pytest.raises(ProblemError, match="an entry of a matrix must be a scalar"):
        Recipe(problem, given["parameters"], "network", given["x"], given["y"], [[0, 1]])


def test_what_the_loss_is_made_of():
    assert [node.name for node in recipe_of(network()).handed] == ["y_hat"]
    fused = recipe_of(network(output="softmax", loss="cross_entropy"))
    assert [node.name for node in fused.handed] == ["z_y_hat"]
    assert {node.name for node in recipe_of(CASES["loss of weights"]()).handed} == {"y_hat", "h1", "W1"}
