"""Many networks at once are the same networks as one by one."""

from typing import Any

import numpy
import pytest
from tests.training.conftest import random_problem

from chalkgrad.errors import UsageError
from chalkgrad.reading.problem import Problem
from chalkgrad.solving.order import order_of_epoch
from chalkgrad.training.data import prepare_data
from chalkgrad.training.engines.engine import EpochSums, EpochWork, State
from chalkgrad.training.engines.numpy_engine import NumpyEngine
from chalkgrad.training.rates import Rates

pytest.importorskip("jax", reason="jax, an extra, is not installed: pip install chalkgrad[jax]")

from chalkgrad.training.engines import jax_sweep
from chalkgrad.training.engines.jax_sweep import Sweep, run_many

# The same operations in another order in float64.
SAME = 1e-9

SETTINGS = [
    {"learning_rate": 0.01, "beta1": 0.9, "l2": 0.0},
    {"learning_rate": 0.05, "beta1": 0.5, "l2": 0.1},
    {"learning_rate": 0.02, "beta1": 0.8},
]
SEEDS = [3, 4, 3]


def problem_of(**keys: Any) -> Problem:
    settings = {"optimizer": {"name": "nadam"}, "regularizer": {"l2": 0.01}, "order": "shuffled", "epochs": 3}
    return random_problem(6, loss="cross_entropy", **{**settings, **keys})


def starts_of(problem: Problem, count: int) -> list[State]:
    chance = numpy.random.default_rng(1)
    shapes = {name: value.shape for name, value in problem.starting_arrays().items()}
    return [State({name: chance.normal(size=shape) for name, shape in shapes.items()}) for _ in range(count)]


def alone(
    problem: Problem, start: State, settings: dict[str, float], seed: int
) -> tuple[list[float], list[int], State]:
    """One network by the engine on NumPy, as a problem of its own."""
    optimizer = {"name": "nadam", **{k: v for k, v in settings.items() if k in ("learning_rate", "beta1")}}
    keys = {"optimizer": optimizer, "regularizer": {"l2": settings.get("l2", 0.01)}}
    keys |= {"batch": problem.keys.batch, "schedule": {"name": "exponential", "factor": 0.5}}
    own = problem_of(**keys)
    data = prepare_data(own, numpy.float64)
    engine = NumpyEngine(own, data)
    engine.load(start)
    rows = data.parts.train
    batch = len(rows) if own.keys.batch == "full" else int(own.keys.batch)
    rates = Rates(own, -(-len(rows) // batch), 3)
    losses, hits = [], []
    for epoch in range(1, 4):
        order = rows[order_of_epoch(own, len(rows), epoch, seed)]
        work = EpochWork(epoch, order, batch, rates.of(epoch), (epoch - 1) * rates.steps)
        sums = engine.run_epoch(work, EpochSums())
        losses.append(sums.loss / sums.weight)
        hits.append(sums.hits)
    return losses, hits, engine.state


@pytest.mark.parametrize("batch", ["full", 4])
def test_numbers_are_those_of_single_runs(batch: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = problem_of(batch=batch, schedule={"name": "exponential", "factor": 0.5})
    starts = starts_of(problem, 3)
    found = run_many(problem, prepare_data(problem, numpy.float64), starts, SETTINGS, SEEDS)
    for trained, start, settings, seed in zip(found, starts, SETTINGS, SEEDS, strict=True):
        losses, hits, state = alone(problem, start, settings, seed)
        numpy.testing.assert_allclose(trained.losses, losses, rtol=SAME)
        numpy.testing.assert_array_equal(trained.hits, hits)
        assert trained.state.memory.keys() == state.memory.keys()
        for name, value in {**state.parameters, **state.memory}.items():
            other = {**trained.state.parameters, **trained.state.memory}[name]
            assert other.shape == value.shape
            numpy.testing.assert_allclose(other, value, rtol=SAME, atol=1e-12)


def test_groups_that_fit_into_memory_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = problem_of()
    sweep = Sweep(problem, prepare_data(problem, numpy.float64))
    starts = starts_of(problem, 3)
    together = sweep.run(starts, epochs=2)
    monkeypatch.setattr(jax_sweep, "_BYTES_AT_A_TIME", 1)
    for one, other in zip(together, sweep.run(starts, epochs=2), strict=True):
        numpy.testing.assert_allclose(one.losses, other.losses, rtol=SAME)


@pytest.mark.parametrize("seeds", [[1, 2], [1, 1]])
def test_dropout_follows_the_seed(seeds: list[int]) -> None:
    layers = [{"units": 8, "activation": "tanh", "dropout": 0.5}, {"units": 1}]
    data = [{"x": [k / 5, 1 - k / 7], "y": [k % 2]} for k in range(6)]
    problem = Problem.from_layers(2, layers, loss="mse", data=data, batch="full", epochs=2)
    start = starts_of(problem, 1)[0]
    one, other = run_many(problem, prepare_data(problem), [start, start], seeds=seeds)
    assert (one.losses.tolist() == other.losses.tolist()) == (seeds[0] == seeds[1])


def test_one_network_that_diverges_leaves_the_others_alone() -> None:
    problem = random_problem(1, loss="mse", optimizer={"name": "sgd"}, batch="full", epochs=60)
    starts = starts_of(problem, 1) * 2
    wild, tame = run_many(problem, prepare_data(problem), starts, [{"learning_rate": 1e6}, {"learning_rate": 0.01}])
    assert not numpy.isfinite(wild.losses[-1])
    assert tame.losses[-1] < tame.losses[0]


def test_a_number_that_the_problem_does_not_have() -> None:
    problem = problem_of()
    with pytest.raises(UsageError, match="`beta3` is no number that is varied") as caught:
        run_many(problem, prepare_data(problem), starts_of(problem, 1), [{"beta3": 0.5}])
    assert caught.value.code == "unknown-setting"
