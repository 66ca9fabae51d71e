"""Symbolic derivatives tried at numbers: right ones pass, wrong ones do not, with functions that have no formula."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from chalkgrad.reading.problem import Problem
from chalkgrad.solving.sampling import sampled_deviation
from chalkgrad.solving.views import matrix_view, unit_view

NETWORK = [{"units": ["h1", "h2"], "activation": "f"}, {"units": ["o"], "activation": "g"}]


def network(*wanted: str) -> Problem:
    return Problem.from_layers(["x1", "x2"], NETWORK, differentiate={"o": list(wanted)})


def wrong(view: Any, name: str) -> Any:
    """The view with one gradient doubled."""
    symbol = next(symbol for node, symbol in view.gradients.items() if node.name == name)
    statements = tuple(
        dataclasses.replace(s, formula=2 * s.formula) if s.symbol is symbol else s for s in view.statements
    )
    return dataclasses.replace(view, statements=statements, evaluators={})


@pytest.mark.parametrize("name", ["x1", "h2", "z_h1", "z_o"])
def test_functions_without_a_formula(name):
    view = unit_view(network(name), 1)
    assert sampled_deviation(view, name) < 1e-25
    assert sampled_deviation(wrong(view, name), name) > 1e-3


@pytest.mark.parametrize("text", ["sqrt(x)", "log(x)", "1/x", "x^x", "|x|", "sin(x)"])
def test_ordinary_functions(text):
    view = unit_view(Problem.from_formula(f"f = {text}", differentiate={"f": ["x"]}), 1)
    assert sampled_deviation(view, "x") < 1e-25
    assert sampled_deviation(wrong(view, "x"), "x") > 1e-3


def test_a_matrix_at_once():
    layers = [{"units": 3, "activation": "tanh"}, {"units": 2, "activation": "softmax"}]
    view = matrix_view(Problem.from_layers(4, layers, loss="cross_entropy"), 1)
    assert sampled_deviation(view, "W1") < 1e-25
    assert sampled_deviation(wrong(view, "W1"), "W1") > 1e-5


def test_a_large_problem_is_tried_in_float64():
    layers = [{"units": 60, "activation": "tanh"}, {"units": 10, "activation": "softmax"}]
    view = matrix_view(Problem.from_layers(64, layers, loss="cross_entropy"), 1)
    # a nudge of 1e-6 leaves about 9 digits
    assert 1e-16 < sampled_deviation(view, "W1") < 1e-6


def test_a_quantity_that_is_not_there():
    assert sampled_deviation(unit_view(network("x1"), 1), "nothing") is None
