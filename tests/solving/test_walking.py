"""The steps of a problem of which only some units are shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalkgrad.errors import UsageError
from chalkgrad.reading.problem import Problem
from chalkgrad.reading.problem_file import read_problem_file
from chalkgrad.solving.solve import asking_of, derive
from chalkgrad.solving.walking import steps_with_units

XOR = [{"x": [0, 0], "y": 0}, {"x": [0, 1], "y": 1}, {"x": [1, 0], "y": 1}, {"x": [1, 1], "y": 0}]
LAYERS = [{"units": 3, "activation": "tanh"}, {"units": 1, "activation": "sigmoid"}]


def xor(**keys: Any) -> Problem:
    return Problem.from_layers(2, LAYERS, loss="binary_cross_entropy", data=XOR, **keys)


def derived(problem: Problem, *units: str, detail: Any = "normal") -> Any:
    return derive(problem, replace(asking_of(problem), units=units, detail=detail))


def test_small_problems_are_walked_through_step_by_step():
    derivation = derived(xor(batch=1, epochs=3), "h1_2")
    assert len(derivation.steps) == 12
    assert len(derivation.shown_steps) == 10
    assert derivation.passed
    assert derivation.loss_after == derive(xor(batch=1, epochs=3)).loss_after


def test_progress_sees_every_step():
    seen = []

    def progress(steps: Any, count: int) -> Any:
        for step in steps:
            seen.append(count)
            yield step

    problem = xor(epochs=3)
    derive(problem, replace(asking_of(problem), units=("h1_2",)), progress)
    assert seen == [3, 3, 3]


def test_one_step_rests_on_no_other_weights():
    (step,) = derived(xor(), "h1_2").steps
    assert not step.around.view.updated
    assert {s.role for s in step.around.view.statements} == {"value", "gradient"}


def test_many_steps_need_all_of_them():
    first, _ = derived(xor(epochs=2), "h1_2").steps
    assert first.around.view.updated


def refusal(problem: Problem, *units: str) -> str:
    with pytest.raises(UsageError) as caught:
        derived(problem, *units)
    return str(caught.value)


def test_samples_too_many_for_longhand():
    pytest.importorskip("sklearn")
    assert refusal(Problem.from_file(read_problem_file("digits")), "h1_3") == (
        "there are too many samples to show units for all of them [sample-missing]\n    hint: choose one with --sample"
    )


def test_a_large_network_takes_one_step():
    data = [{"x": [k] * 70, "y": 1} for k in range(3)]
    problem = Problem.from_layers(70, [{"units": 70}, {"units": 1}], loss="mse", data=data, batch=1)
    assert refusal(problem, "h1_3") == (
        "there are 3 steps, too many for units of so large a network [sample-missing]\n"
        "    hint: choose one with --sample"
    )
    assert len(steps_with_units(problem.with_samples([1]), small=False)) == 1


def test_without_numbers_there_is_nothing_to_show():
    message = refusal(Problem.from_file(read_problem_file("shared-path")), "p1")
    assert message == "units are shown with their numbers, and the problem gives none [no-numbers]"
