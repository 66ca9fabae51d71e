"""The function in a script gives the learning rates of the library."""

from __future__ import annotations

import math

import pytest

from chalkgrad.solving.schedules import learning_rate
from chalkgrad.training.export.recipe import Recipe
from chalkgrad.training.export.schedules import EASE, rate_function

from .conftest import material, network

SCHEDULES = [
    {"name": "step", "every": 2, "factor": 0.3},
    {"name": "step", "every": 1, "factor": 0.3},
    {"name": "exponential"},
    {"name": "cosine"},
    {"name": "cosine", "epochs": 3, "lowest": 0.002},
    {"name": "warmup", "epochs": 4, "start": 0.25},
    {"name": "one_cycle"},
    {"name": "one_cycle", "highest": 0.3, "rise": 0.6, "start_divisor": 3, "end_divisor": 7},
    {"name": "one_cycle", "rise": 0},
]


@pytest.mark.parametrize("batch", [2, "full"])
@pytest.mark.parametrize("schedule", SCHEDULES, ids=str)
def test_rates(schedule, batch):
    problem = network(schedule=schedule, batch=batch, epochs=6)
    given = material(problem)
    recipe = Recipe(problem, given["parameters"], "network", given["x"], given["y"], given["batches"])
    assert recipe.steps_of_an_epoch == (3 if batch == 2 else 1)
    space: dict = {"math": math}
    exec("\n".join([EASE, *rate_function(recipe)]), space)  # noqa: S102
    for step in range(1, recipe.all_steps + 1):
        epoch = (step - 1) // recipe.steps_of_an_epoch + 1
        expected = float(learning_rate(problem, epoch, step, recipe.all_steps))
        # A few roundings, and a cosine that the library cuts to 15 digits.
        assert space["learning_rate_at"](step) == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_a_rate_that_stays_needs_no_function():
    problem = network()
    assert rate_function(Recipe(problem, material(problem)["parameters"])) == []
