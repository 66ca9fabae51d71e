"""What is said of a solution as a whole."""

from __future__ import annotations

from typing import Any

import pytest

from chalkgrad.reading.problem import Problem
from chalkgrad.solving.notes import notes_on

TEN = [{"x": [k], "y": 2 * k} for k in range(10)]


def notes(picked: list[int] | None = None, **keys: Any) -> list[str]:
    problem = Problem.from_layers(1, [{"units": 1, "dropout": keys.pop("dropout", 0)}], loss="mse", data=TEN, **keys)
    return notes_on(problem if picked is None else problem.with_samples(picked))


def test_nothing_to_be_said():
    assert notes() == []


@pytest.mark.parametrize(
    ("picked", "said"),
    [
        ([4], "One step on sample 5 of 10 (`--sample` and JSON count from 0 and call it 4)."),
        ([4, 0], "One step on samples 5 and 1 of 10 (`--sample` and JSON count from 0 and call the first 4)."),
        ([*range(8)], "One step on 8 samples of 10 (`--sample` and JSON count from 0 and call the first 0)."),
    ],
)
def test_picked_samples(picked, said):
    assert notes(picked) == [said]


def test_a_split_is_spoken_of_where_its_part_is_used():
    assert len(notes(split={"test": 0.5}, scale="0..1")) == 1
    assert notes(split={"test": 0.5})[0].startswith("`split` keeps samples")
    assert not [note for note in notes([1], split={"test": 0.5}) if "`split`" in note]


def test_dropout_is_off_either_way():
    assert notes(dropout=0.5) == ["Dropout is off: no unit is left out in longhand."]
    assert notes([0], dropout=0.5)[-1] == "Dropout is off: no unit is left out in longhand."


@pytest.mark.parametrize(("name", "where"), [("runs/a", "in `runs/a`"), ("", "handed over")])
def test_values_of_a_run(name, where):
    problem = Problem.from_layers(1, [{"units": 1}], loss="mse", data=TEN)
    assert notes_on(problem.with_values({"W1": [[1]], "b1": [[2]]}, name)) == [
        f"The parameters are those {where}, not the starting values of the problem; the optimizer starts anew, with "
        "nothing in its memory."
    ]
