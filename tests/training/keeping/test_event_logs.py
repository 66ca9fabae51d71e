"""Logs of a run, read back by what they are for."""

import csv
import json
import math
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chalkgrad.errors import UsageError
from chalkgrad.training.events import Callback, CallbackList
from chalkgrad.training.keeping.event_logs import CsvLog, JsonLinesLog, TensorBoardLog

LOGS = [{"loss": 1.0, "val_loss": 2.0}, {"loss": np.float32(0.1), "val_loss": math.nan}, {"loss": 0.25}]


def run(callback: Callback, first: int = 1, last: int = 3) -> None:
    callbacks = CallbackList([callback])
    callbacks.on_train_begin({"first_epoch": first, "epochs": last})
    for epoch in range(first, last + 1):
        callbacks.on_epoch_begin(epoch, {})
        callbacks.on_epoch_end(epoch, LOGS[epoch - 1])
    callbacks.on_train_end({})


def table(path: Path) -> list[list[str]]:
    with path.open(newline="") as file:
        return list(csv.reader(file))


class TestJsonLines:
    def test_one_line_an_epoch(self, tmp_path: Path) -> None:
        run(JsonLinesLog(tmp_path / "log"))
        assert list(map(json.loads, (tmp_path / "log").read_text().splitlines())) == [
            {"epoch": 1, "loss": 1.0, "val_loss": 2.0},
            {"epoch": 2, "loss": float(np.float32(0.1)), "val_loss": "NaN"},
            {"epoch": 3, "loss": 0.25},
        ]

    def test_a_resumed_run_goes_on(self, tmp_path: Path) -> None:
        run(JsonLinesLog(tmp_path / "whole"))
        run(JsonLinesLog(tmp_path / "log"), last=2)
        with (tmp_path / "log").open("a") as file:
            file.write('{"epoch": 3, "lo')  # a crash
        run(JsonLinesLog(tmp_path / "log"), first=3)
        assert (tmp_path / "log").read_bytes() == (tmp_path / "whole").read_bytes()

    def test_a_new_run_begins_anew(self, tmp_path: Path) -> None:
        for _ in range(2):
            run(JsonLinesLog(tmp_path / "log"))
        assert len((tmp_path / "log").read_text().splitlines()) == 3

    def test_a_line_is_there_when_its_epoch_ends(self, tmp_path: Path) -> None:
        log = JsonLinesLog(tmp_path / "log")
        log.on_train_begin({})
        log.on_epoch_end(1, {"loss": 1.0})
        assert (tmp_path / "log").read_text() == '{"epoch": 1, "loss": 1.0}\n'


class TestCsv:
    def test_one_row_an_epoch(self, tmp_path: Path) -> None:
        run(CsvLog(tmp_path / "log"))
        assert table(tmp_path / "log") == [
            ["epoch", "loss", "val_loss"],
            ["1", "1.0", "2.0"],
            ["2", "0.10000000149011612", "nan"],
            ["3", "0.25", ""],
        ]

    @pytest.mark.parametrize("last", [1, 2])
    def test_a_resumed_run_goes_on(self, tmp_path: Path, last: int) -> None:
        run(CsvLog(tmp_path / "whole"))
        run(CsvLog(tmp_path / "log"), last=last)
        with (tmp_path / "log").open("a") as file:
            file.write("3,0.2")
        run(CsvLog(tmp_path / "log"), first=last + 1)
        assert (tmp_path / "log").read_bytes() == (tmp_path / "whole").read_bytes()

    def test_a_resumed_run_whose_log_is_gone(self, tmp_path: Path) -> None:
        run(CsvLog(tmp_path / "log"), first=2)
        assert [row[0] for row in table(tmp_path / "log")] == ["epoch", "2", "3"]

    def test_formulas_are_texts(self, tmp_path: Path) -> None:
        log = CsvLog(tmp_path / "log")
        log.on_train_begin({})
        log.on_epoch_end(1, {"=1+1": "@SUM(A1)", "loss": -1.5})
        assert table(tmp_path / "log") == [["epoch", "'=1+1", "loss"], ["1", "'@SUM(A1)", "-1.5"]]
        log.on_train_begin({"first_epoch": 2})
        log.on_epoch_end(2, {"=1+1": "b", "loss": -2})
        assert table(tmp_path / "log")[2] == ["2", "b", "-2"]


@pytest.mark.parametrize("log", [JsonLinesLog, CsvLog])
def test_a_place_that_cannot_be_written(log: Any, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        run(log(tmp_path / "no" / "log"))
    assert caught.value.code == "cannot-write"


def curves(folder: Path) -> dict[str, list[tuple[int, float]]]:
    loading = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    read = loading.EventAccumulator(str(folder)).Reload()
    tags: Iterable[str] = read.Tags()["scalars"]
    return {tag: [(event.step, event.value) for event in read.Scalars(tag)] for tag in tags}


class TestTensorBoard:
    @pytest.fixture(autouse=True)
    def _needs_the_extra(self) -> None:
        pytest.importorskip("tensorboardX")

    def test_each_number_is_a_curve(self, tmp_path: Path) -> None:
        run(TensorBoardLog(tmp_path / "board"))
        found = curves(tmp_path / "board")
        assert found == {
            "loss/train": [(1, 1.0), (2, float(np.float32(0.1))), (3, 0.25)],
            "loss/validation": [(1, 2.0)],  # NaN is no point of a curve
        }

    def test_what_is_no_number_has_no_curve(self, tmp_path: Path) -> None:
        log = TensorBoardLog(tmp_path)
        log.on_train_begin({})
        log.on_epoch_end(1, {"loss": 1, "epoch": 1, "word": "a", "nothing": None})
        log.on_train_end({})
        assert curves(tmp_path) == {  # without a validation part, by its plain name
            "loss": [(1, 1.0)]
        }

    def test_a_resumed_run_takes_the_place_of_later_epochs(self, tmp_path: Path) -> None:
        run(TensorBoardLog(tmp_path))
        run(TensorBoardLog(tmp_path), first=2, last=2)
        assert [step for step, _ in curves(tmp_path)["loss/train"]] == [1, 2]

    def test_it_may_end_before_it_began(self, tmp_path: Path) -> None:
        TensorBoardLog(tmp_path).on_train_end({})

    def test_a_file_in_the_place_of_the_folder(self, tmp_path: Path) -> None:
        (tmp_path / "board").touch()
        with pytest.raises(UsageError) as caught:
            run(TensorBoardLog(tmp_path / "board"))
        assert caught.value.code == "cannot-write"


def test_without_tensorboard_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(UsageError) as caught:
        TensorBoardLog(tmp_path)
    assert str(caught.value) == (
        "the log for TensorBoard is written by tensorboardX, which is not installed [missing-extra]\n"
        "    hint: pip install 'chalkgrad[tensorboard]'"
    )
