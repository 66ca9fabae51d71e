"""Gradients held against the change of the loss: every entry, alone or together, at kinks and at infinities."""

from __future__ import annotations

from typing import Any

import pytest

from chalkgrad.core.precise import precise
from chalkgrad.reading.problem import Problem
from chalkgrad.solving.differences import Differences, measure_differences
from chalkgrad.solving.steps import Batch, StepValues, Walk
from chalkgrad.solving.views import matrix_view, unit_view


def step(problem: Problem, which: Any = unit_view) -> StepValues:
    count = len(problem.samples or ()) or 1
    samples = tuple(range(count)) if problem.samples else ()
    return Walk(problem, precise()).take(which(problem, count), Batch(1, 1, samples))


def found(numbers: StepValues) -> Differences:
    differences = Differences()
    measure_differences(numbers, differences)
    return differences


def wide(inputs: int, **keys: Any) -> Problem:
    layers = [{"units": 3, "activation": "tanh"}, {"units": 1, "activation": "linear"}]
    return Problem.from_layers(inputs, layers, loss="half_sse", data=[{"x": [0.3] * inputs, "y": 1}], **keys)


def _matrix(numbers: StepValues) -> Any:
    return next(node for node in numbers.view.entries if node.name == "W1")


class TestAlone:
    def test_every_entry_of_a_small_problem(self):
        differences = found(step(wide(4)))
        assert (differences.alone, differences.together, differences.kinks, differences.beyond) == (19, 0, 0, 0)
        # 50 digits less 20 for the nudge leave an error near 1e-30 of the difference quotient.
        assert differences.worst < 1e-25

    def test_one_wrong_entry_is_felt(self):
        numbers = step(wide(4))
        gradient = numbers.view.gradients[numbers.view.entries[_matrix(numbers)][2, 1]]
        numbers.values[gradient] = numbers.values[gradient] + 1
        assert found(numbers).worst == pytest.approx(1)

    def test_numbers_of_any_size_are_nudged_in_proportion(self):
        problem = Problem.from_formula("J = w^2", given={"w": 1e90})
        assert found(step(problem)).worst < 1e-25

    def test_a_slope_under_a_loss_that_dwarfs_it_is_no_false_alarm(self):
        problem = Problem.from_formula("f = 10^40 + x", given={"x": 0.5}, differentiate={"f": ["x"]})
        assert found(step(problem)).worst < 1e-9


class TestTogether:
    def test_entries_beyond_the_limit_are_nudged_with_the_others_of_their_quantity(self):
        differences = found(step(wide(40), matrix_view))
        assert 0 < differences.alone <= 60
        assert differences.together == 40 * 3 + 3 + 3 + 1

    def test_one_wrong_entry_among_many_is_felt(self):
        numbers = step(wide(40), matrix_view)
        gradient = numbers.view.gradients[next(n for n in numbers.view.gradients if n.name == "W1")]
        numbers.values[gradient][17, 1] += 1
        assert found(numbers).worst > 0.1


class TestKinksAndInfinities:
    def test_a_kink_is_counted(self):
        problem = Problem.from_formula("f = |x|", given={"x": 0}, differentiate={"f": ["x"]})
        assert found(step(problem)).kinks == 1

    def test_a_curve_is_no_kink(self):
        problem = Problem.from_formula("f = x^2", given={"x": 0}, differentiate={"f": ["x"]})
        assert found(step(problem)).kinks == 0

    def test_a_loss_that_is_infinite_is_not_compared(self):
        problem = Problem.from_formula("f = 1/x", given={"x": 0}, differentiate={"f": ["x"]})
        differences = found(step(problem))
        assert (differences.alone, differences.beyond) == (0, 1)
