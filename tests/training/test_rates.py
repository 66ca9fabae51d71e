"""Learning rates step by step."""

import pytest

from chalkgrad.solving.schedules import learning_rate
from chalkgrad.training.rates import Rates

from .conftest import random_problem

SCHEDULES = [
    {"name": "constant"},
    {"name": "exponential", "factor": 0.5},
    {"name": "one_cycle"},
    {"name": "cosine", "lowest": 0.01},
]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda s: s["name"])
def test_rates_are_those_of_the_solution(schedule: dict) -> None:
    problem = random_problem(1, optimizer={"name": "sgd", "learning_rate": 0.1}, schedule=schedule, epochs=3)
    found = [rate for epoch in (1, 2, 3) for rate in Rates(problem, 4, 3).of(epoch)]
    assert found == [float(learning_rate(problem, step // 4 + 1, step + 1, 12)) for step in range(12)]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda s: s["name"])
def test_a_rate_to_start_from_takes_the_place_of_that_of_the_problem(schedule: dict) -> None:
    one, other = (
        random_problem(1, optimizer={"name": "sgd", "learning_rate": rate}, schedule=schedule, epochs=3)
        for rate in (0.1, 0.3)
    )
    for epoch in (1, 2, 3):
        assert Rates(one, 4, 3, base=0.3).of(epoch) == Rates(other, 4, 3).of(epoch)
        assert Rates(one, 4, 3).of(epoch) != Rates(other, 4, 3).of(epoch)
