"""The history of a run on disk."""

import csv
import json
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chalkgrad.errors import ProblemError, UsageError
from chalkgrad.render.spreadsheet import cell, plain_number
from chalkgrad.training.keeping import history_file
from chalkgrad.training.keeping.history_file import HistoryFiles, json_line, read_history, rows_of

HISTORY = {"epoch": [1, 2], "loss": [0.1, 1 / 3], "val_loss": [None, math.nan], "rate": [math.inf, -math.inf]}


@pytest.fixture
def files(tmp_path: Path) -> HistoryFiles:
    return HistoryFiles(tmp_path / "h.jsonl", tmp_path / "h.csv")


def longer(rows: int) -> dict[str, list[Any]]:
    return {"epoch": list(range(1, rows + 1)), "loss": [1 / row for row in range(1, rows + 1)]}


def same(one: dict[str, list[Any]], other: dict[str, list[Any]]) -> bool:
    return repr(one) == repr(other)


class TestWhatComesBack:
    def test_every_number(self, files: HistoryFiles) -> None:
        files.write(HISTORY)
        assert same(read_history(files.lines), HISTORY)

    def test_the_lines_are_json_to_every_reader(self, files: HistoryFiles) -> None:
        def refuse(word: str) -> None:
            raise AssertionError(word)

        files.write(HISTORY)
        lines = [json.loads(line, parse_constant=refuse) for line in files.lines.read_text().splitlines()]
        assert lines[1] == {"epoch": 2, "loss": 1 / 3, "val_loss": "NaN", "rate": "-Infinity"}

    def test_the_table(self, files: HistoryFiles) -> None:
        files.write(HISTORY)
        assert files.table.read_text() == "epoch,loss,val_loss,rate\n1,0.1,,inf\n2,0.3333333333333333,nan,-inf\n"

    @pytest.mark.parametrize(
        ("value", "plain"),
        [
            (np.float32(0.1), float(np.float32(0.1))),
            (np.float64(0.1), 0.1),
            (np.int64(3), 3),
            (np.bool_(True), True),
            (np.array(2.5), 2.5),
            (None, None),
        ],
    )
    def test_numbers_of_array_libraries(self, value: Any, plain: Any) -> None:
        assert plain_number(value) == plain
        assert type(plain_number(value)) is type(plain)

    @pytest.mark.parametrize("value", [[1], {}, np.ones(2), 1j])
    def test_what_is_no_number(self, value: Any) -> None:
        with pytest.raises(TypeError, match="a history holds numbers"):
            plain_number(value)


class TestGrowing:
    def test_rows_are_added_and_the_old_ones_not_written_again(
        self, files: HistoryFiles, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        files.write(longer(1))
        written: list[int] = []
        extend = history_file.extend
        monkeypatch.setattr(history_file, "extend", lambda *a: (written.append(len(a[2])), extend(*a))[1])
        monkeypatch.setattr(history_file, "write_whole", lambda *a: pytest.fail("written anew"))
        for rows in (2, 3, 3, 7):
            files.write(longer(rows))
        assert same(read_history(files.lines), longer(7))
        assert len(files.table.read_text().splitlines()) == 8
        assert sum(written) < files.lines.stat().st_size + files.table.stat().st_size
        files.write(longer(7))
        assert len(written) == 6

    @pytest.mark.parametrize(
        "later", [longer(2), {**longer(4), "accuracy": [0.5] * 4}, {}], ids=["gone back", "another column", "empty"]
    )
    def test_what_cannot_be_added_is_written_anew(self, files: HistoryFiles, later: dict[str, list[Any]]) -> None:
        files.write(longer(3))
        files.write(later)
        assert same(read_history(files.lines), later)
        with files.table.open(newline="") as table:
            rows = list(csv.reader(table))
        assert rows[:1] == ([list(later)] if later else [])
        assert len(rows) == len(rows_of(later)) + bool(later)

    def test_another_process_goes_on_from_fewer_rows(self, files: HistoryFiles, tmp_path: Path) -> None:
        files.write(longer(5))
        HistoryFiles(files.lines, files.table).write(longer(3))
        assert same(read_history(files.lines), longer(3))

    def test_a_full_disk_leaves_what_was_there_and_is_mended_later(
        self, files: HistoryFiles, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        files.write(longer(2))
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(UsageError, match="No space left on device"):
                files.write(longer(3))
        assert same(read_history(files.lines), longer(2))
        files.write(longer(4))
        assert same(read_history(files.lines), longer(4))

    def test_a_table_held_by_a_spreadsheet_does_not_end_the_run(
        self, files: HistoryFiles, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        files.write(longer(1))
        extend = history_file.extend

        def locked(path: Path, *rest: Any) -> int:
            if path == files.table:
                raise UsageError(history_file.Fault("cannot-write", "")) from PermissionError()
            return extend(path, *rest)

        with monkeypatch.context() as patch:
            patch.setattr(history_file, "extend", locked)
            files.write(longer(2))
        assert len(files.table.read_text().splitlines()) == 2
        files.write(longer(3))
        assert len(files.table.read_text().splitlines()) == 4
        assert same(read_history(files.lines), longer(3))

    def test_columns_of_two_lengths_are_a_mistake(self, files: HistoryFiles) -> None:
        with pytest.raises(ValueError, match="shorter"):
            files.write({"epoch": [1, 2], "loss": [1]})


class TestReading:
    def test_no_file_is_an_empty_history(self, tmp_path: Path) -> None:
        assert read_history(tmp_path / "no") == {}

    def test_a_last_line_that_was_cut_off_anywhere_is_left_out(self, files: HistoryFiles) -> None:
        files.write(longer(3))
        raw = files.lines.read_bytes()
        start = raw[:-1].rindex(b"\n") + 1
        for length in range(start, len(raw)):
            files.lines.write_bytes(raw[:length])
            assert same(read_history(files.lines), longer(2))

    def test_only_the_rows_of_the_checkpoint(self, files: HistoryFiles) -> None:
        files.write(longer(3))
        assert same(read_history(files.lines, 2), longer(2))

    def test_too_few_rows(self, files: HistoryFiles) -> None:
        files.write(longer(3))
        with pytest.raises(ProblemError, match="has 3 rows, and the checkpoint belongs to 4") as caught:
            read_history(files.lines, 4)
        assert caught.value.code == "damaged-history"

    @pytest.mark.parametrize("line", [b"{", b"[1]", b'{"a": [1]}', b"\xff", b"[" * 10**5])
    def test_a_line_that_is_no_row(self, files: HistoryFiles, line: bytes) -> None:
        files.lines.write_bytes(b'{"epoch": 1}\n' + line + b"\n")
        with pytest.raises(ProblemError, match=r"line 2 of `h\.jsonl` is no row of a history"):
            read_history(files.lines)

    def test_a_folder(self, tmp_path: Path) -> None:
        with pytest.raises(ProblemError, match="cannot be read"):
            read_history(tmp_path)


class TestTablesAndFormulas:
    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1"])
    def test_a_text_that_would_be_a_formula(self, text: str) -> None:
        assert cell(text) == f"'{text}"

    @pytest.mark.parametrize("value", [-1, -0.5, 1e-300, True, "sgd", "a=b", ""])
    def test_numbers_and_other_texts_stay(self, value: Any) -> None:
        assert cell(value) == value

    def test_a_column_too(self, files: HistoryFiles) -> None:
        files.write({'=cmd|"/c calc"!A1': [-1], "a,b": ["x\ny"]})
        with files.table.open(newline="") as table:
            assert list(csv.reader(table)) == [['\'=cmd|"/c calc"!A1', "a,b"], ["-1", "x\ny"]]

    def test_a_line_stays_one_line(self) -> None:
        assert json_line({"a": "x\ny\u2028"}).count("\n") == 1
