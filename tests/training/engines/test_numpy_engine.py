"""The engine on NumPy: its steps are the steps of the solution."""

from typing import Any

import numpy
import pytest
from tests.training.conftest import random_problem

from chalkgrad.ops import OPS
from chalkgrad.ops.losses import LOSSES
from chalkgrad.reading.problem import Problem
from chalkgrad.solving.order import order_of_epoch
from chalkgrad.solving.steps import StepValues, Walk, batches
from chalkgrad.solving.views import matrix_view
from chalkgrad.training.data import prepare_data
from chalkgrad.training.engines.engine import EpochSums, EpochWork, State
from chalkgrad.training.engines.numpy_engine import NumpyEngine
from chalkgrad.training.rates import Rates

# The same operations in another order, some of them done by BLAS: a few units in the last place of each of 100 numbers.
SAME = 1e-12


def trained(problem: Problem, epochs: int, dtype: Any = numpy.float64) -> tuple[State, list[float]]:
    """The state and the losses after some epochs."""
    data = prepare_data(problem, dtype)
    engine = NumpyEngine(problem, data)
    engine.load(State(dict(problem.starting_arrays())))
    rows = data.parts.train
    size = len(rows) if problem.keys.batch == "full" else min(int(problem.keys.batch), len(rows))
    rates = Rates(problem, -(-len(rows) // size), epochs)
    losses = []
    for epoch in range(1, epochs + 1):
        order = rows[order_of_epoch(problem, len(rows), epoch)]
        work = EpochWork(epoch, order, size, rates.of(epoch), (epoch - 1) * rates.steps)
        sums = engine.run_epoch(work, EpochSums())
        losses.append(sums.loss / sums.weight)
    return engine.state, losses


def solved(problem: Problem) -> list[StepValues]:
    """The steps of the solution in float64."""
    walk, views, steps = Walk(problem, numpy), {}, []
    for batch in batches(problem):
        count = len(batch.samples)
        if count not in views:
            views[count] = matrix_view(problem, count)
        steps.append(walk.take(views[count], batch))
    return steps


def assert_same_as_solved(problem: Problem) -> None:
    steps = solved(problem)
    state, losses = trained(problem, problem.keys.epochs)
    last = steps[-1]
    for node in last.view.updated:
        numpy.testing.assert_allclose(state.parameters[node.name], last.after(node), rtol=SAME, atol=SAME)
    for (node, name), (_, new) in last.view.states.items():
        key = name if name in problem.optimizer.numbers else f"{name}:{node.name}"
        numpy.testing.assert_allclose(state.memory[key], last.values[new], rtol=SAME, atol=SAME)
    if len([step for step in steps if step.batch.epoch == 1]) == 1:
        assert losses[0] == pytest.approx(float(steps[0].values[steps[0].view.loss]), rel=SAME)


@pytest.mark.parametrize("optimizer", OPS.optimizers)
@pytest.mark.parametrize("vectors", ["rows", "columns"])
def test_every_optimizer_takes_the_steps_of_the_solution(optimizer: str, vectors: str) -> None:
    settings = {"name": optimizer, "learning_rate": 0.05}
    problem = random_problem(1, optimizer=settings, convention={"vectors": vectors}, epochs=3, batch=3)
    assert_same_as_solved(problem)


@pytest.mark.parametrize("loss", [loss.name for loss in LOSSES])
def test_every_loss_takes_the_steps_of_the_solution(loss: str) -> None:
    assert_same_as_solved(random_problem(2, loss=loss, epochs=2, batch=4))


@pytest.mark.parametrize("activation", OPS.activations)
def test_every_activation_takes_the_steps_of_the_solution(activation: str) -> None:
    assert_same_as_solved(random_problem(3, hidden=activation, epochs=2))


@pytest.mark.parametrize("seed", range(8))
def test_random_networks_take_the_steps_of_the_solution(seed: int) -> None:
    assert_same_as_solved(random_problem(100 + seed, epochs=3, regularizer={"l2": 0.1, "l1": 0.01}))


@pytest.mark.parametrize("name", ["relu-adam", "sigmoid-2-2-2", "sigmoid-two-samples", "skip-tanh-relu"])
def test_bundled_problems_take_the_steps_of_the_solution(name: str) -> None:
    from chalkgrad.api import read

    assert_same_as_solved(read(name))


@pytest.mark.parametrize("clip", [{"norm": 0.5}, {"norm": 1000}, {"value": 0.01}])
def test_clipped_gradients_take_the_steps_of_the_solution(clip: dict[str, float]) -> None:
    assert_same_as_solved(random_problem(7, epochs=3, clip=clip, optimizer={"name": "adam", "learning_rate": 0.1}))


def test_hits_do_not_depend_on_the_order_of_a_full_batch() -> None:
    problem = random_problem(6, loss="cross_entropy", batch="full")
    engine = NumpyEngine(problem, prepare_data(problem))
    hits = set()
    for shift in range(10):
        engine.load(State(dict(problem.starting_arrays())))
        work = EpochWork(1, numpy.roll(numpy.arange(10), shift), 10, [0.1], 0)
        hits.add(engine.run_epoch(work, EpochSums()).hits)
    assert len(hits) == 1
