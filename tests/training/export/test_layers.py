from __future__ import annotations

import pytest

from chalkgrad.training.export.layers import dense_layers
from chalkgrad.training.export.recipe import Recipe
from chalkgrad.training.export.torch_models import ACTIVATIONS

from .conftest import CASES, DROPOUT, material, network


def layers_of(problem):
    given = material(problem)
    recipe = Recipe(problem, given["parameters"], "network", given.get("x"), given.get("y"), given["batches"])
    return dense_layers(recipe, ACTIVATIONS)


@pytest.mark.parametrize("vectors", ["rows", "columns"])
def test_a_plain_network(vectors):
    first, second = layers_of(network(convention={"vectors": vectors}))
    assert (first.inputs, first.units, second.inputs, second.units) == (3, 4, 4, 2)
    assert (first.weights.name, first.bias.name, first.activation.op.name) == ("W1", "b1", "tanh")
    assert first.dropout == 0


def test_dropout_and_no_bias():
    first, _ = layers_of(DROPOUT["dropout"]())
    assert first.dropout == 0.5
    (only,) = layers_of(CASES["no bias"]())
    assert only.bias is None


@pytest.mark.parametrize(
    "case",
    ["shared", "named", "relu at 0", "loss of weights", "own records", "formula", "hidden step", "numbers as weights"],
)
def test_what_is_no_row_of_layers(case):
    assert layers_of(CASES[case]()) is None
