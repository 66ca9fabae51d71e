"""CSV files: numbers in every script, classes by name, and every fault by line and column."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalkgrad.errors import ChalkgradError, ProblemError
from chalkgrad.reading.data_csv import load_csv


@pytest.fixture
def load(tmp_path):
    def write_and_load(text: str | bytes, target: str | int = "y"):
        path = tmp_path / "a.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_csv(path, "a.csv", target)

    return write_and_load


class TestWhatIsRead:
    def test_numbers_with_a_header(self, load):
        found = load("a,y,b\n1,2,3\n4,5.5,-6e1\n")
        assert found.x.tolist() == [[1, 3], [4, -60]]
        assert found.y.tolist() == [[2], [5.5]]
        assert found.feature_names == ("a", "b")
        assert found.class_names == ()
        assert found.summary == "2 samples of 2 numbers from a.csv"

    def test_without_a_header_the_target_is_a_number(self, load):
        found = load("1,2\n3,4\n", target=2)
        assert found.x.tolist() == [[1], [3]]
        assert found.feature_names == ("column 1",)

    def test_words_in_the_target_become_classes(self, load):
        found = load("a,y\n1,dog\n2,cat\n3,dog\n")
        assert found.y.dtype == np.int64
        assert found.y.tolist() == [1, 0, 1]
        assert found.class_names == ("cat", "dog")
        assert found.summary == "3 samples of 1 numbers from a.csv, 2 classes"

    def test_classes_without_a_header(self, load):
        assert load("1,2,a\n3,4,b\n", target=3).class_names == ("a", "b")

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("a;y\n۰٫۳۵;1\n", 0.35),
            ('a,y\n"0,35",1\n', 0.35),
            ("a\ty\n1/4\t1\n", 0.25),
            ("a;y\n0,5;1\n", 0.5),
            ("\ufeffa,y\r\n 7 ,1\r\n\r\n", 7),
        ],
    )
    def test_every_script_and_separator(self, load, text, value):
        assert load(text).x.tolist() == [[value]]


FAULTS = [
    ("", "None", "no-samples", "a.csv is empty; expected samples, one a line", ""),
    ("a,y\n", "None", "no-samples", "a.csv holds no samples below its first line", ""),
    ("a,z\n1,2\n", "a.csv:1:1", "no-such-column", "there is no column `y`", "the columns are a, z"),
    ("a,y_\n1,2\n", "a.csv:1:1", "no-such-column", "there is no column `y`", 'did you mean "y_"?'),
    (
        "y,y\n1,2\n",
        "a.csv:1:1",
        "no-such-column",
        "two columns are called `y`",
        "name the target by its number, counted from 1",
    ),
    ("a,y\n1,2,3\n", "a.csv:2:5", "ragged-row", "expected 2 cells, read 3", ""),
    ("a,b,y\n1,2\n", "a.csv:2:3", "ragged-row", "expected 3 cells, read 2", ""),
    (
        "a,b,y\n1,two,3\n",
        "a.csv:2:3",
        "not-a-number",
        "expected a number in column `b`, read `two`",
        "Numbers look like 3, -0.35, 0,35, ۰٫۳۵ or 1e-3.",
    ),
    (
        "a,y\nnan,3\n",
        "a.csv:2:1",
        "not-a-number",
        "expected a number in column `a`, read `nan`",
        "Numbers look like 3, -0.35, 0,35, ۰٫۳۵ or 1e-3.",
    ),
    ('a,b,y\n1,"x, ",3\n', "a.csv:2:3", "not-a-number", "expected a number in column `b`, read `x,`", None),
    ("a,b,y\n1,,3\n", "a.csv:2:3", "empty-cell", "expected a number in column `b`, read nothing", ""),
    ("a,y\n1,cat\n2,\n", "a.csv:3:3", "empty-cell", "expected a class in column `y`, read nothing", ""),
    (
        "a,y\n1,2\n2,cat\n",
        "a.csv:3:3",
        "not-a-number",
        "expected a number in column `y`, read `cat`",
        "Numbers look like 3, -0.35, 0,35, ۰٫۳۵ or 1e-3.",
    ),
    ("a,y\n1e399,2\n", "a.csv:2:1", "number-too-long", "expected a number up to 1e308 in column `a`, read `1e399`", ""),
    (
        'a,y\n"1,2\n',
        "a.csv:2:1",
        "not-csv",
        "this cannot be read as CSV: unexpected end of data",
        "quotes come in pairs",
    ),
    (b"a,y\n1,\xff\n", "a.csv:2:1", "not-utf-8", "a.csv is not UTF-8: byte 7 is 0xFF", "save the file as UTF-8"),
]


@pytest.mark.parametrize(("text", "place", "code", "message", "hint"), FAULTS)
def test_what_is_refused_in_these_words(load, text, place, code, message, hint):
    with pytest.raises(ProblemError) as caught:
        load(text)
    fault = caught.value.faults[0]
    assert (str(fault.place), fault.code, fault.message) == (place, code, message)
    assert hint is None or fault.hint == hint


def test_a_column_beyond_the_last(load):
    with pytest.raises(ProblemError, match="there is no column 5; the file has 2"):
        load("1,2\n", target=5)


def test_all_faults_come_at_once_up_to_twenty(load):
    with pytest.raises(ProblemError) as caught:
        load("a,b,y\n" + "x,,1\n" * 3)
    assert [str(fault.place) for fault in caught.value.faults] == [
        f"a.csv:{line}:{column}" for line in (2, 3, 4) for column in (1, 3)
    ]
    with pytest.raises(ProblemError) as caught:
        load("a,y\n" + "x,1\n" * 100)
    assert len(caught.value.faults) == 20


@given(st.text(alphabet='01.,;"\n\t\rxy۳_ ', max_size=60))
def test_any_text_is_read_or_refused(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_text(text, encoding="utf-8", newline="")
    with contextlib.suppress(ChalkgradError):
        assert np.isfinite(load_csv(path, "a.csv", 1).x).all()
