"""The JSON answer about some units: the numbers of the whole answer, under the names that are shown."""

from __future__ import annotations

from typing import Any

import numpy
import pytest

from chalkgrad.api import solve
from chalkgrad.reading.problem import Problem

DATA = [{"x": [0, 1], "y": 0}, {"x": [1, 0.5], "y": 1}]
LAYERS = [{"units": 3, "activation": "tanh"}, {"units": 1, "activation": "sigmoid"}]


def problem(**keys: Any) -> Problem:
    return Problem.from_layers(2, LAYERS, loss="binary_cross_entropy", data=DATA, **keys)


def both(units: str, **keys: Any) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The steps of some units and those of all."""
    some, whole = (solve(problem(**keys), units=chosen).data()["steps"] for chosen in (units, None))
    return list(zip(some, whole, strict=True))


@pytest.mark.parametrize("keys", [{}, {"batch": 1}, {"epochs": 12, "convention": {"vectors": "columns"}}], ids=str)
def test_values_and_gradients_of_units_sample_by_sample(keys):
    for some, whole in both("h1_2", **keys):
        assert set(some) == set(whole)
        assert [some[key] for key in ("epoch", "step", "samples", "loss")] == [
            whole[key] for key in ("epoch", "step", "samples", "loss")
        ]
        for key in ("forward", "intermediate_gradients"):
            pairs = (
                [(some[key], whole[key])] if isinstance(some[key], dict) else zip(some[key], whole[key], strict=True)
            )
            for shown, every in pairs:
                assert shown == {name: every[name] for name in ("z_h1_2", "h1_2")}


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "nadam"])
def test_weights_stand_under_their_own_names(optimizer):
    for some, whole in both("h1_2", optimizer=optimizer, regularizer={"l2": 0.1}):
        for key in ("gradients", "data_gradients", "parameters_after"):
            weights = numpy.array(whole[key]["W1"])
            expected = {"w^(1)_12": weights[0, 1], "w^(1)_22": weights[1, 1], "b^(1)_2": whole[key]["b1"][1]}
            assert some[key] == expected
        assert set(some["optimizer"]) == set(whole["optimizer"])
        for name, memory in whole["optimizer"].items():
            per_entry = numpy.ndim(memory["W1"]) == 2
            assert some["optimizer"][name]["w^(1)_22"] == (memory["W1"][1][1] if per_entry else memory["W1"])


def test_the_output_of_a_fused_loss_has_its_gradient():
    for some, whole in both("y_hat"):
        assert [found["y_hat"] for found in some["intermediate_gradients"]] == [
            found["y_hat"] for found in whole["intermediate_gradients"]
        ]


def test_numbers_that_are_carried_on_rounded():
    data = solve(problem(batch=1), units="h1_2", carry="rounded", round=3).data()
    numbers = [*data["steps"][0]["forward"].values(), *data["steps"][0]["gradients"].values()]
    assert all(float(f"{number:.3g}") == number or round(number, 3) == number for number in numbers)


def test_the_work_is_that_of_the_units():
    data = solve(problem(), units="z_h1_2").data()
    assert {entry["of"] for entry in data["work"]} == {"z_h1_2"}
    assert data["symbolic"] == {}


def test_picked_samples_are_called_by_their_rows():
    data = solve(problem(), units="h1_2", sample=1).data()
    assert data["steps"][0]["samples"] == [1]
    assert {entry["sample"] for entry in data["work"]} == {1, None}
