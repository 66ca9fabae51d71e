"""Weights that are many and alike: which are written out, and which stand in a table alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalkgrad.reading.problem import Problem
from chalkgrad.render.document import Table
from chalkgrad.solving.derivation import Asking
from chalkgrad.solving.families import families, family_tables, written_out
from chalkgrad.solving.solve import asking_of, derive


def step(inputs: int, **keys: Any) -> Any:
    data = [{"x": [k % 2 for k in range(inputs)], "y": 1}]
    problem = Problem.from_layers(inputs, [{"units": 2}, {"units": 1}], loss="mse", data=data, **keys)
    return derive(problem, replace(asking_of(problem), units=("h1_1",))).steps[0].exact["units"]


def test_few_are_all_written_out():
    numbers = step(8)
    assert families(numbers, Asking()) == []
    assert written_out(numbers, Asking()) == list(numbers.view.statements)


def test_of_many_two_that_have_a_gradient():
    numbers = step(9)
    (family,) = families(numbers, Asking())
    assert (family.owner, len(family.members)) == ("W1", 9)
    assert [node.name for node in family.examples] == ["w^(1)_21", "w^(1)_41"]
    left_out = {s.of for s in numbers.view.statements} - {s.of for s in written_out(numbers, Asking())}
    assert left_out == {f"w^(1)_{k}1" for k in range(1, 10)} - {"w^(1)_21", "w^(1)_41"}


def test_full_detail_writes_all_out():
    numbers = step(9)
    assert families(numbers, Asking(detail="full")) == []
    assert list(family_tables(numbers, Asking(detail="full"))) == []


@pytest.mark.parametrize(("optimizer", "headers"), [("sgd", [4]), ("momentum", [5]), ("adam", [4, 5])])
def test_tables_are_as_wide_as_a_page(optimizer, headers):
    tables = [block for block in family_tables(step(9, optimizer=optimizer), Asking()) if isinstance(block, Table)]
    assert [len(table.header) for table in tables] == headers
    assert {len(table.rows) for table in tables} == {4}


def test_a_whole_network_has_none():
    data = [{"x": [1] * 9, "y": 1}]
    problem = Problem.from_layers(9, [{"units": 1}], loss="mse", data=data)
    numbers = derive(problem).steps[0].exact["units"]
    assert families(numbers, Asking()) == []
