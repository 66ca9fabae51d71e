"""What the report of a run says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem
from chalkgrad.render import write
from chalkgrad.training.run import Run
from chalkgrad.training.training import train_problem


@pytest.fixture(scope="module")
def run() -> Run:
    x = np.random.default_rng(0).normal(size=(20, 2))
    data = Dataset(x, (x[:, 0] > 0).astype(np.int64))
    layers = [{"units": 1, "activation": "sigmoid"}]
    return train_problem(Problem.from_layers(2, layers, loss="binary_cross_entropy", data=data, epochs=1))


@pytest.mark.parametrize(("threads", "said"), [(1, "float32, 1 thread: "), (8, "float32, 8 threads: ")])
def test_one_thread_is_one(run: Run, threads: int, said: str) -> None:
    there = replace(run, environment=run.environment | {"threads": threads})
    assert said in str(write(there.document(), "md"))
