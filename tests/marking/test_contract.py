"""The JSON answer: the keys that other programs read, and numbers that JSON knows."""

import json

import numpy
import pytest
from tests.marking.reports import HOSTILE, a_page, a_right_page

from chalkgrad.marking.contract import plain, report_data


def test_the_contract():
    data = report_data(a_page())
    assert data["first_mistake"]["line"] == 4
    assert {"line", "quantity", "cause", "words"} <= set(data["first_mistake"])
    assert data["marks"]["earned"] == 3
    assert data["marks"]["possible"] == 5
    line = data["lines"][4]
    assert (line["line"], line["text"]) == (5, "پس مشتق نسبت به $w_5$ می‌شود $0.439$")
    (claim,) = line["claims"]
    wanted = {"quantity": "dloss/dw5", "claimed": 0.439, "expected": 0.082167, "verdict": "carried", "from": [4]}
    assert {key: claim[key] for key in wanted} == wanted
    assert {"cause", "words"} <= set(claim)


def test_every_line_is_there_as_it_stands():
    data = report_data(a_page())
    assert [line["line"] for line in data["lines"]] == list(range(1, 9))
    assert data["lines"][6]["text"] == HOSTILE


def test_no_mistake_is_null():
    assert report_data(a_right_page())["first_mistake"] is None


def test_what_is_unread_is_listed_and_in_no_sum():
    marks = report_data(a_page())["marks"]
    assert [item["quantity"] for item in marks["to_look_at"]] == ["w5'"]
    assert sum(item["possible"] for item in marks["items"]) == marks["possible"]


def test_verdicts_are_counted():
    counted = report_data(a_page())["verdicts"]
    assert counted["wrong"] == 2
    assert sum(counted.values()) == len(a_page().claims)


def test_it_is_json_and_the_same_every_time():
    once, again = (json.dumps(report_data(a_page()), allow_nan=False) for _ in range(2))
    assert once == again


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (31.0, 31),
        (0.5, 0.5),
        (numpy.float64(0.25), 0.25),
        (numpy.array([[1.0, 2.5]]), [[1, 2.5]]),
        (((1.0, None),), [[1, None]]),
        (float("inf"), None),
        (float("nan"), None),
        (None, None),
        (True, True),
        (1e300, 1e300),
    ],
)
def test_numbers_as_json_has_them(value, written):
    assert plain(value) == written
