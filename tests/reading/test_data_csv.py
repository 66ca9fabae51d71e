"""CSV files: numbers in every script, classes by name, and every fault by line and column."""

from __future__ import annotations

import contextlib
import tracemalloc
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalkgrad.errors import ChalkgradError, ProblemError
from chalkgrad.reading.csv_blocks import text_blocks
from chalkgrad.reading.data_csv import load_csv, load_csv_like
from chalkgrad.reading.data_sources import load_data
from chalkgrad.reading.problem_file import parse_problem


@pytest.fixture
def load(tmp_path):
    def write_and_load(text: str | bytes, target: str | int = "y", columns=None):
        path = tmp_path / "a.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_csv(path, "a.csv", target, columns)

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


MEND = "fill it in, take the line out, or leave the column out with `columns`"
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
        "missing-value",
        "missing value: expected a number in column `a`, read `nan`",
        MEND,
    ),
    ('a,b,y\n1,"x, ",3\n', "a.csv:2:3", "not-a-number", "expected a number in column `b`, read `x,`", None),
    (
        "a,b,y\n1,,3\n",
        "a.csv:2:3",
        "missing-value",
        "missing value: expected a number in column `b`, read nothing",
        MEND,
    ),
    (
        "a,b,y\n1, ? ,3\n",
        "a.csv:2:3",
        "missing-value",
        "missing value: expected a number in column `b`, read `?`",
        MEND,
    ),
    (
        "a,y\n1,cat\n2,\n",
        "a.csv:3:3",
        "missing-value",
        "missing value: expected a class in column `y`, read nothing",
        "fill it in, or take the line out",
    ),
    (
        "a,y\n1,2\n1,NA\n",
        "a.csv:3:3",
        "missing-value",
        "missing value: expected a number in column `y`, read `NA`",
        "fill it in, or take the line out",
    ),
    ("y\n1\n", "a.csv:1:1", "no-inputs", "there is no column but the target `y`", ""),
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


def refused(load, *arguments):
    with pytest.raises(ProblemError) as caught:
        load(*arguments)
    return caught.value.faults


def test_all_faults_come_at_once_up_to_twenty(load):
    faults = refused(load, "a,b,y\n0,1,1\n" + "x,,1\n" * 3)
    assert [str(fault.place) for fault in faults] == [f"a.csv:{line}:{col}" for line in (3, 4, 5) for col in (1, 3)]
    assert len(refused(load, "a,y\n0,1\n" + "x,1\n" * 100)) == 20


class TestColumns:
    TEXT = "name,a,b,y\nAnn,1,2,3\nBob,4,5,6\n"

    @pytest.mark.parametrize(
        ("columns", "names", "x"),
        [
            (["a", "b"], ("a", "b"), [[1, 2], [4, 5]]),
            (["b"], ("b",), [[2], [5]]),
            ([3, 2], ("b", "a"), [[2, 1], [5, 4]]),
        ],
    )
    def test_are_taken_in_the_order_asked_for(self, load, columns, names, x):
        found = load(self.TEXT, "y", columns)
        assert (found.feature_names, found.x.tolist()) == (names, x)
        assert found.target_name == "y"

    def test_of_a_file_without_names(self, load):
        found = load("Ann,1,2,3\nBob,4,5,6\n", 4, [2, 3])
        assert found.x.tolist() == [[1, 2], [4, 5]]
        assert (found.feature_names, found.target_name) == (("column 2", "column 3"), "column 4")

    def test_of_words_are_refused_with_what_to_write(self, load):
        (fault,) = refused(load, self.TEXT)
        assert (fault.code, str(fault.place)) == ("text-column", "a.csv:2:1")
        assert fault.message == "column `name` holds words, such as `Ann`; inputs are numbers"
        assert fault.hint == "leave it out: `columns: [a, b]`"
        assert fault.place.caret().endswith("    ^^^")

    def test_where_there_are_only_words(self, load):
        (fault,) = refused(load, "a,y\nx,1\nz,2\n")
        assert fault.hint == "write each class as a column of 0 and 1"

    @pytest.mark.parametrize(
        ("columns", "place", "code", "message"),
        [
            (["c"], "a.csv:1:1", "no-such-column", "there is no column `c`"),
            (["a", 5], "a.csv:1:1", "no-such-column", "there is no column 5; the file has 4"),
            (["a", "y"], "a.csv:1:10", "column-twice", "`y` is the target, and stands under `columns` too"),
            (["a", 2], "a.csv:1:6", "column-twice", "`a` stands under `columns` twice"),
        ],
    )
    def test_that_cannot_be_taken(self, load, columns, place, code, message):
        fault = refused(load, self.TEXT, "y", columns)[0]
        assert (str(fault.place), fault.code, fault.message) == (place, code, message)

    def test_from_a_problem_file(self, tmp_path):
        (tmp_path / "a.csv").write_text(self.TEXT, encoding="utf-8")
        keys = parse_problem("formula: f = x\ndata: {csv: a.csv, target: y, columns: [b, 2]}").keys
        assert load_data(keys.data, tmp_path).feature_names == ("b", "a")
        one = parse_problem("formula: f = x\ndata: {csv: a.csv, target: y, columns: b}").keys
        assert load_data(one.data, tmp_path).feature_names == ("b",)


# Every way a block is read: at once, with quotes, with decimal commas, and cell by cell.
WAYS = {
    "plain": lambda a, b, word: f"{a},{b},{word}",
    "quoted": lambda a, b, word: f'"{a}",{b},"{word}"',
    "decimal commas": lambda a, b, word: f"{a};{b};{word}".replace(".", ","),
    "tabs": lambda a, b, word: f"{a}\t{b}\t{word}",
    "Persian digits": lambda a, b, word: f"{a},{b},{word}".translate({ord(str(k)): chr(0x6F0 + k) for k in range(10)}),
}


ROWS = [(round(k / 7, 6), -(10.0 ** (k % 5)), ("cat", "dog", "owl")[k % 3]) for k in range(500)]


class TestBlocks:
    @pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
    @pytest.mark.parametrize("size", [1, 7, 100, 2**20])
    @pytest.mark.parametrize("way", WAYS)
    def test_make_the_same_in_every_size(self, load, monkeypatch, way, size, ends):
        rows = ROWS[:40] if size == 1 else ROWS
        monkeypatch.setattr("chalkgrad.reading.data_csv.text_blocks", partial(text_blocks, size=size))
        write = WAYS[way]
        found = load(ends.join([write("a", "b", "y"), *(write(*row) for row in rows)]) + ends)
        assert found.x.tolist() == [[a, b] for a, b, _ in rows]
        assert [found.class_names[k] for k in found.y] == [word for _, _, word in rows]
        assert found.class_names == ("cat", "dog", "owl")

    def test_faults_keep_their_lines(self, load, monkeypatch):
        monkeypatch.setattr("chalkgrad.reading.data_csv.text_blocks", partial(text_blocks, size=64))
        lines = ["a,y", *(f"{k},1" for k in range(300))]
        lines[200], lines[250] = "x,1", "7"
        faults = refused(load, "\n".join(lines))
        assert [str(fault.place) for fault in faults] == ["a.csv:201:1", "a.csv:251:1"]
        assert faults[0].place.text == "x,1"

    def test_a_quoted_newline_is_not_cut(self, load, monkeypatch):
        monkeypatch.setattr("chalkgrad.reading.data_csv.text_blocks", partial(text_blocks, size=4))
        found = load('a,y\n1,"two\nlines"\n2,one\n3,"two\nlines"\n')
        assert found.class_names == ("one", "two\nlines")
        assert found.x.tolist() == [[1], [2], [3]]
        assert [str(f.place) for f in refused(load, 'a,y\n1,"two\nlines"\nx,one\n')] == ["a.csv:4:1"]

    def test_a_byte_that_is_no_text_keeps_its_line(self, load, monkeypatch):
        monkeypatch.setattr("chalkgrad.reading.data_csv.text_blocks", partial(text_blocks, size=5))
        (fault,) = refused(load, b"a,y\n" + "1,é\n".encode() * 5 + b"1,\xff\n")
        assert (str(fault.place), fault.message) == ("a.csv:7:1", "a.csv is not UTF-8: byte 32 is 0xFF")

    def test_classes_are_learned_and_not_ids(self, load):
        fault = refused(load, "a,y\n" + "".join(f"1,id{k}\n" for k in range(10_001)))[0]
        assert (fault.code, str(fault.place)) == ("too-many-classes", "a.csv:10002:3")
        assert fault.message == "column `y` holds more than 10,000 different words; expected classes or numbers"

    def test_a_number_that_is_missing_first_makes_no_classes(self, load):
        faults = refused(load, "a,y\n1,NA\n2,3\n")
        assert [(str(fault.place), fault.code) for fault in faults] == [("a.csv:2:3", "missing-value")]

    def test_memory_is_that_of_the_numbers(self, tmp_path):
        row = ",".join(["0.123456789"] * 50) + "\n"
        (tmp_path / "a.csv").write_text("".join([row] * 20_000), encoding="utf-8")  # 12 MB of text, 8 MB of numbers
        tracemalloc.start()
        found = load_csv(tmp_path / "a.csv", "a.csv", 50)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        small = load_csv(tmp_path / "a.csv", "a.csv", 50, budget=1_000_000)
        bounded = tracemalloc.get_traced_memory()[1] - found.x.nbytes
        tracemalloc.stop()
        assert peak < 2.2 * found.x.nbytes  # the numbers, and a block of text while it is read
        assert isinstance(small.x, np.memmap)
        assert bounded < 11_000_000
        np.testing.assert_array_equal(found.x, small.x)


class TestNewFiles:
    @pytest.fixture
    def again(self, tmp_path):
        def write_and_load(text, features=("a", "b"), target="y", classes=("cat", "dog")):
            (tmp_path / "new.csv").write_text(text, encoding="utf-8")
            return load_csv_like(tmp_path / "new.csv", "new.csv", features, target, classes)

        return write_and_load

    def test_columns_are_found_by_name(self, again):
        found = again("y,b,name,a\ndog,1,Ann,2\ncat,3,Bob,4\n")
        assert found.x.tolist() == [[2, 1], [4, 3]]
        assert (found.y.tolist(), found.class_names) == ([1, 0], ("cat", "dog"))

    def test_without_the_target(self, again):
        found = again("b,a\n1,2\n")
        assert (found.x.tolist(), found.y) == ([[2, 1]], None)

    def test_numbers_as_targets(self, again):
        assert again("a,b,y\n1,2,3.5\n", classes=()).y.tolist() == [[3.5]]

    def test_without_names(self, again):
        assert again("1,2,cat\n", ("column 1", "column 2"), "column 3").y.tolist() == [0]
        assert again("1,2\n", ("column 1", "column 2"), "column 3").x.tolist() == [[1, 2]]

    def test_classes_that_were_not_learned_are_named(self, again):
        faults = refused(again, "a,b,y\n1,2,cat\n1,2,bird\n1,2,dig\n")
        assert [str(fault.place) for fault in faults] == ["new.csv:3:5", "new.csv:4:5"]
        assert faults[0].message == "`bird` in column `y` is none of the classes that were learned"
        assert [fault.hint for fault in faults] == ["the classes are cat, dog", 'did you mean "dog"?']
        assert {fault.code for fault in faults} == {"unknown-class"}

    def test_inputs_that_are_not_there_are_named(self, again):
        faults = refused(again, "a_,c,y\n1,2,cat\n")
        assert [fault.message for fault in faults] == [
            "no column is called `a`, which the network takes in",
            "no column is called `b`, which the network takes in",
        ]
        assert [fault.hint for fault in faults] == ['did you mean "a_"?', "the columns are a_, c, y"]
        (fault,) = refused(again, "a,a,b\n1,2,3\n")
        assert fault.message == "two columns are called `a`, which the network takes in"

    def test_wrong_rows_are_told_as_always(self, again):
        faults = refused(again, "a,b,y\n1,x,cat\n1,2\n,2,dog\n")
        assert [(str(f.place), f.code) for f in faults] == [
            ("new.csv:2:3", "not-a-number"),
            ("new.csv:3:3", "ragged-row"),
            ("new.csv:4:1", "missing-value"),
        ]


@given(st.text(alphabet='01.,;"\n\t\rxy۳_ ', max_size=60))
def test_any_text_is_read_or_refused(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_text(text, encoding="utf-8", newline="")
    with contextlib.suppress(ChalkgradError):
        assert np.isfinite(load_csv(path, "a.csv", 1).x).all()
