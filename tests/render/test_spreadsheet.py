"""CSV that no spreadsheet runs."""

import pytest

from chalkgrad.render.spreadsheet import cell, csv_lines


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "  =", "＝", "＋", "－", "＠"])
def test_what_would_be_a_formula_gets_a_quote(start):
    assert cell(f"{start}1+1") == f"'{start}1+1"


def test_numbers_and_plain_words_stay():
    assert [cell(value) for value in (-1.5, 3, True, None, "a-b")] == [-1.5, 3, True, "", "a-b"]


def test_every_text_in_quotes_where_asked():
    rows = [{"a": "x;=1", "b": 1.5}]
    assert csv_lines(rows, ["a", "b"], with_head=True, all_quoted=True) == '"a","b"\n"x;=1",1.5\n'
    assert csv_lines(rows, ["a", "b"], with_head=True) == "a,b\nx;=1,1.5\n"
