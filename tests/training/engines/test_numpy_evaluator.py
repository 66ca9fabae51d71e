"""Looking at a network without learning."""

import numpy as np
from tests.training.conftest import random_problem

from chalkgrad.training.data import prepare_data
from chalkgrad.training.engines.numpy_evaluator import _MOST_PROGRAMS, NumpyEvaluator


def test_many_sizes_do_not_fill_the_memory():
    problem = random_problem(0, "mse")
    evaluator = NumpyEvaluator(problem, problem.starting_arrays(), np.float64)
    x = prepare_data(problem, np.float64).x
    whole = evaluator.predict(x)
    for _ in range(2):
        for count in range(1, len(x) + 1):
            # Products of other sizes are added up in another order.
            np.testing.assert_allclose(evaluator.predict(x[:count]), whole[:count], rtol=1e-12)
    assert len(evaluator._programs) == _MOST_PROGRAMS < len(x)


def test_it_sees_what_is_written_into_the_parameters():
    problem = random_problem(1, "mse")
    parameters = problem.starting_arrays()
    evaluator = NumpyEvaluator(problem, parameters, np.float64)
    data = prepare_data(problem, np.float64)
    before = evaluator.evaluate(data.x, data.y).loss
    parameters["b1"][...] += 1
    assert evaluator.evaluate(data.x, data.y).loss != before
