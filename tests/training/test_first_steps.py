"""What scripts are given: the samples that train, and the batches of the first steps."""

import numpy as np

from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem
from chalkgrad.training.first_steps import first_steps
from chalkgrad.training.training import Training, train_problem


def test_batches_are_those_of_the_run_among_the_samples_that_train():
    x = np.arange(20.0).reshape(20, 1)
    keys = {"split": {"validation": 0.3}, "batch": 4, "epochs": 2, "seed": 3}
    problem = Problem.from_keys(
        {"network": {"input": 1, "layers": [{"units": 1}]}, "loss": "mse", "data": Dataset(x, x), **keys}
    )
    run = train_problem(problem, Training(engine="numpy", dtype="float64"))
    data, batches = first_steps(problem, 7, run.data)
    assert sorted(data.x[:, 0].tolist()) == run.data.parts.train.tolist()
    assert [len(batch) for batch in batches] == [4, 4, 4, 2, 4, 4, 4]
    assert sorted(np.concatenate(batches[:4]).tolist()) == list(range(14))
    again, same = first_steps(problem, 7)
    assert np.array_equal(again.x, data.x)
    assert all(map(np.array_equal, same, batches))


def test_without_data_batches_are_empty():
    problem = Problem.from_formula("J = (w - 1)^2", given={"w": 3}, epochs=2)
    data, batches = first_steps(problem, 5)
    assert data is None
    assert [batch.tolist() for batch in batches] == [[], []]
