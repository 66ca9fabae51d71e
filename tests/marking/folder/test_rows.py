"""The row of a page, and the table of a class that no spreadsheet runs."""

import csv
import io
import json

import pytest
from tests.marking.reports import SECRETS, a_page, a_right_page

from chalkgrad.errors import Fault, ProblemError
from chalkgrad.marking.folder.rows import COLUMNS, Row, row_of, rows_as_csv, unread_row


class TestARow:
    def test_a_page_with_a_mistake(self):
        row = row_of(a_page(), "anna.md.html", "full")
        assert (row.page, row.status, row.earned, row.possible) == ("anna.md", "mistake", 3, 5)
        assert (row.line, row.quantity, row.cause, row.unread) == (4, "dloss/dz_o1", "missing-slope", 2)
        assert row.words == "The gradient went through sigmoid without its slope. It should be 0.138499."
        assert row.mistakes == (
            ("missing-slope", "The gradient went through sigmoid without its slope."),
            ("other", "A mistake of another kind."),
        )

    @pytest.mark.parametrize("hints", ["place", "kind", "rule"])
    def test_it_names_the_mistake_and_gives_no_number_away(self, hints):
        row = row_of(a_page(), "anna.md.html", hints)
        assert row.cause == "missing-slope"
        assert not any(secret in json.dumps(row.data()) for secret in SECRETS)

    def test_a_right_page(self):
        row = row_of(a_right_page(), "r", "full")
        assert (row.status, row.line, row.mistakes) == ("no mistake", None, ())

    def test_a_page_that_was_not_read(self):
        row = unread_row("a.md", ProblemError(Fault("empty-page", "a.md is empty")))
        assert (row.status, row.cause, row.words, row.earned, row.report) == (
            "not read",
            "empty-page",
            "a.md is empty",
            None,
            "",
        )

    def test_a_fault_of_ours(self):
        row = unread_row("a.md", ZeroDivisionError("by\nzero"))
        assert (row.status, row.words) == ("fault of ours", "ZeroDivisionError: by zero")

    def test_there_and_back(self):
        row = row_of(a_page(), "r", "full")
        assert Row.of(json.loads(json.dumps(row.data()))) == row

    @pytest.mark.parametrize("change", [{"more": 1}, {"mistakes": 3}, {"mistakes": [[1]]}])
    def test_what_is_no_row(self, change):
        with pytest.raises((TypeError, ValueError)):
            Row.of({**Row("a", "mistake").data(), **change})


class TestTheTable:
    def test_its_columns(self):
        (row,) = csv.DictReader(io.StringIO(rows_as_csv([row_of(a_page(), "r", "full")])))
        assert tuple(row) == COLUMNS
        assert (row["page"], row["earned"], row["possible"], row["line"]) == ("anna.md", "3", "5", "4")

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "＝", "＋"])
    def test_no_cell_is_a_formula(self, start):
        text = f"{start}cmd|' /C calc'!A0"
        rows = [Row(text, text, quantity=text, cause=text, words=text)]
        for cells in csv.reader(io.StringIO(rows_as_csv(rows))):
            assert not any(
                cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋")) for cell in cells
            )

    def test_a_cell_does_not_fall_apart_at_other_separators(self):
        line = rows_as_csv([Row("a;=cmd()", 'b"\t=cmd()', words="c")]).splitlines()[1]
        assert line.startswith('"a;=cmd()",')
        assert '"b""\t=cmd()"' in line
