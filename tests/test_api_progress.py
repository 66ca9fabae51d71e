"""What is seen of training from Python: nothing unless it is asked for, and then what the command shows."""

from __future__ import annotations

from typing import Any

import pytest

from chalkgrad import api

TRAINED = {
    "network": {"input": 1, "layers": [{"units": 1}]},
    "loss": "mse",
    "data": [{"x": 1, "y": 2}, {"x": 2, "y": 4}, {"x": 3, "y": 6}],
    "epochs": 3,
}


def test_nothing_is_shown_unless_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    api.train(TRAINED)
    api.compare(TRAINED, {"batch": [1, 2]})
    assert capsys.readouterr() == ("", "")


def test_each_epoch_has_a_line_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    api.train(TRAINED, progress=True)
    shown = capsys.readouterr()
    assert [line.split()[:2] for line in shown.err.splitlines()] == [["epoch", f"{k}/3"] for k in (1, 2, 3)]
    assert shown.out == ""


def test_of_many_epochs_about_a_hundred_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    api.train(TRAINED, epochs=1000, progress=True)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 101
    assert lines[0].startswith("epoch    1/1000")
    assert lines[-1].startswith("epoch 1000/1000")


def test_a_function_is_told_instead(capsys: pytest.CaptureFixture[str]) -> None:
    epochs: list[tuple[int, int]] = []
    api.train(TRAINED, progress=lambda progress, total: epochs.append((progress.epoch, total)))
    assert epochs[-1] == (3, 3)
    runs: list[tuple[int, int]] = []
    api.compare(TRAINED, {"batch": [1, 2]}, progress=lambda done, total, row: runs.append((done, total)))
    api.cross_validate(TRAINED, 3, progress=lambda done, total, fold: runs.append((done, total)))
    assert runs == [(1, 2), (2, 2), (1, 3), (2, 3), (3, 3)]
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("verb", ["compare", "cross_validate"])
def test_a_person_sees_a_bar_of_the_runs(
    verb: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    asked: dict[str, tuple[Any, str]] = {"compare": ({"batch": [1, 2]}, "runs"), "cross_validate": (3, "folds")}
    what, word = asked[verb]
    getattr(api, verb)(TRAINED, what, progress=True)
    assert word in capsys.readouterr().err
