"""YAML with places: what is read, where it stands, what is refused, and that nothing brings it down."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from chalkgrad.errors import ProblemError
from chalkgrad.reading.source import load_source


def faults_of(text: str | bytes) -> list[tuple[str, str, str, str]]:
    """Place, code, message and hint of every fault."""
    try:
        faults = load_source(text, "p").faults
    except ProblemError as error:
        faults = error.faults
    return [(str(fault.place), fault.code, fault.message, fault.hint) for fault in faults]


class TestValues:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("a: 1", {"a": Fraction(1)}),
            ("a: 0.10", {"a": Fraction(1, 10)}),
            ("a: 1e-3", {"a": Fraction(1, 1000)}),
            ("a: +.5", {"a": Fraction(1, 2)}),
            ("a: 0o17", {"a": Fraction(15)}),
            ("a: '1'", {"a": "1"}),
            ("a: true", {"a": True}),
            ("a: no", {"a": "no"}),
            ("a: off", {"a": "off"}),
            ("a: 0..1", {"a": "0..1"}),
            ("a: 1_000", {"a": "1_000"}),
            ("a: .", {"a": "."}),
            ("a: ~", {"a": None}),
            ("a:", {"a": None}),
            ("a: .inf", {"a": ".inf"}),
            ("1: 2", {"1": Fraction(2)}),
            ("- [1, x]\n- {b: [c]}", [[Fraction(1), "x"], {"b": ["c"]}]),
            ("a: |\n  x = 1\n  y = 2\n", {"a": "x = 1\ny = 2\n"}),
            ("\ufeffa: 1", {"a": Fraction(1)}),
            ("a: 1\r\nb: 2\r\n", {"a": Fraction(1), "b": Fraction(2)}),
            ("", None),
            ("# nothing\n", None),
        ],
    )
    def test_are_plain_python(self, text, value):
        assert load_source(text, "p").value == value

    def test_numbers_print_as_typed(self):
        assert str(load_source("a: 0.10", "p").value["a"]) == "0.10"  # type: ignore[index,call-overload]


class TestPlaces:
    TEXT = "title: t\nnetwork:\n  layers:\n    - {units: [h1, h2], bias: b1}\nformula: |\n  a = 1\n\n    b = 2\n"

    @pytest.mark.parametrize(
        ("path", "place", "width"),
        [
            (("title",), "p:1:8", 1),
            (("network", "layers", 0, "units", 1), "p:4:20", 2),
            (("network", "layers", 0, "units"), "p:4:15", 8),
            (("network", "layers", 0), "p:4:7", 27),
            (("network", "layers", 0, "nothing"), "p:4:7", 27),
            (("nothing",), "p:1:1", 1),
        ],
    )
    def test_of_values(self, path, place, width):
        found = load_source(self.TEXT, "p").place(path)
        assert (str(found), found.width) == (place, width)

    def test_of_keys(self):
        source = load_source(self.TEXT, "p")
        assert str(source.key_place(("network", "layers", 0, "bias"))) == "p:4:25"
        assert str(source.key_place(("network", "layers", 0))) == "p:4:7"

    def test_of_the_lines_of_a_block(self):
        places = load_source(self.TEXT, "p").line_places(("formula",))
        assert [str(place) for place in places] == ["p:6:3", "p:7:1", "p:8:3", "p:9:1"]

    @pytest.mark.parametrize(
        ("text", "place", "width"),
        [("a: x + y", "p:1:4", 5), ("a: 'x + y'", "p:1:5", 5), ('a: "x"', "p:1:5", 1), ("a: >\n  x\n", "p:1:4", 1)],
    )
    def test_of_a_text_in_one_line(self, text, place, width):
        found = load_source(text, "p").line_places(("a",))[0]
        assert (str(found), found.width) == (place, width)

    def test_columns_count_characters(self):
        assert str(load_source("عنوان: {الف: x}", "p").place(("عنوان", "الف"))) == "p:1:14"


ANCHOR = "`&` and `*` name and repeat values in YAML; they are not read here"
QUOTED = "put the text in quotes if it starts with "
REFUSED = [
    ("a: &b [1]\nc: *b", "p:1:4", "anchor", ANCHOR, QUOTED + '"&" or "*"'),
    ("a: *b", "p:1:4", "anchor", ANCHOR, QUOTED + '"&" or "*"'),
    ("a: & b", "p:1:5", "anchor", ANCHOR, QUOTED + '"&" or "*"'),
    ("a: !!python/object:os.system x", "p:1:4", "tag", "a tag `!` is not read here", QUOTED + '"!"'),
    ("a: !e!x y", "p:1:4", "tag", "a tag `!` is not read here", QUOTED + '"!"'),
    (
        "a: 1\n---\nb: 2",
        "p:2:1",
        "several-documents",
        "a second document starts here; a problem file holds one problem",
        "put each problem into its own file",
    ),
    ("%YAML 1.1\n---\na: 1", "p:2:1", "directive", "a line that starts with `%` is not read here", "remove the line"),
    (
        "a:\n\t- 1",
        "p:2:1",
        "tab",
        "a tab stands here; YAML indents with spaces only",
        "replace the tab by spaces",
    ),
    ("a: @b", "p:1:4", "needs-quotes", "a text cannot start with this character", 'put the text in quotes: "..."'),
    (
        "a: b: c",
        "p:1:5",
        "second-colon",
        "a `:` cannot stand here",
        "start the key on a line of its own, or put the text in quotes if the colon belongs to it",
    ),
    (
        "a: - 1",
        "p:1:4",
        "list-here",
        "a list entry `-` cannot start here",
        "start the list on a new line",
    ),
    (
        "a: [1, 2\nb: 3",
        "p:2:2",
        "list-not-closed",
        "a list `[` is not closed: expected `,` or `]` here",
        "it is opened in line 1, column 4",
    ),
    (
        "a: {b: 1\nc: 3",
        "p:2:2",
        "mapping-not-closed",
        "a mapping `{` is not closed: expected `,` or `}` here",
        "it is opened in line 1, column 4",
    ),
    (
        "a: 1\nb\nc: 2",
        "p:3:1",
        "colon-missing",
        "expected `key: value`, and found no `:` behind the key",
        "write a colon and a space behind the key",
    ),
    (
        'a: "b',
        "p:1:6",
        "quote-not-closed",
        "a quote is opened and never closed",
        "it is opened in line 1, column 4",
    ),
    (
        'a: "\\q"',
        "p:1:6",
        "unknown-escape",
        "a backslash in double quotes starts an escape, and this one is not known",
        "use single quotes, where a backslash is a backslash",
    ),
    (
        'a: "\\x1"',
        "p:1:7",
        "unknown-escape",
        "a backslash in double quotes starts an escape, and this one is not complete",
        "use single quotes, where a backslash is a backslash",
    ),
    (
        "a: 1\n  b: 2",
        "p:2:4",
        "second-colon",
        "a `:` cannot stand here",
        "start the key on a line of its own, or put the text in quotes if the colon belongs to it",
    ),
    (
        "a:\n  b: 1\n c: 2",
        "p:3:2",
        "indentation",
        "this line does not fit what stands above it",
        "entries of one mapping or list start in the same column",
    ),
    (
        "a: |x\n  b",
        "p:1:5",
        "block-header",
        "only a line break or a comment can stand behind `|` and `>`",
        "",
    ),
    (
        "a: ]",
        "p:1:4",
        "value-missing",
        "expected a value here",
        "put the text in quotes if it starts with a bracket, a brace or a comma",
    ),
    (
        "[1] x",
        "p:1:5",
        "left-over",
        "the value of the file has ended before this, and nothing can follow it",
        "start every key in the first column",
    ),
    ('a: "\\UFFFFFFFF"', "p:1:1", "not-yaml", "this cannot be read as YAML", ""),
    (
        "? [a]\n: 1",
        "p:1:3",
        "key-not-a-name",
        "a list or mapping stands here as a key; expected a name followed by `:`",
        "quote the key if it has brackets or braces",
    ),
    (
        "a: 1\nb: {a: 2, a: 3}\na: 4",
        "p:2:11",
        "duplicate-key",
        "`a` stands here a second time; it stands first in line 2, column 5",
        "keep one of them",
    ),
    ("a\x07b: 1", "p:1:2", "strange-character", "the character U+0007 cannot stand in a problem file", "remove it"),
    (b"a: 1\nb: \xff\xfe", "p:2:1", "not-utf-8", "p is not UTF-8: byte 9 is 0xFF", "save the file as UTF-8"),
    (
        "a: " + "9" * 900,
        "p:1:4",
        "number-too-long",
        "`999999999999999999999...` is beyond what a number here can be",
        "at most 800 digits and powers of ten from -400 to 400",
    ),
]


@pytest.mark.parametrize(("text", "place", "code", "message", "hint"), REFUSED)
def test_what_is_refused_in_these_words(text, place, code, message, hint):
    assert faults_of(text)[0] == (place, code, message, hint)


def test_every_repeated_key_is_reported_and_the_first_is_kept():
    source = load_source("a: 1\na: {b: 1, b: 2}\na: 3\n", "p")
    assert [str(fault.place) for fault in source.faults] == ["p:2:1", "p:2:11", "p:3:1"]
    assert source.value == {"a": 1}


BIG = [
    ("x" * 1_000_001, "", "p has 1,000,001 characters; a problem file has at most 1,000,000"),
    ("\n" * 50_001, "p:50001:1", "the file has 50,002 lines; a problem file has at most 50,000"),
    ("a: " + "x" * 100_000, "p:1:1", "the line has 100,003 characters; a line has at most 100,000"),
    ("a: [" + "1," * 30_000 + "]", "p:1:40003", "the file holds more than 20,000 keys and values"),
]


@pytest.mark.parametrize(("text", "place", "message"), BIG)
def test_what_is_too_large(text, place, message):
    found_place, code, found, _ = faults_of(text)[0]
    assert (code, found) == ("file-too-large", message)
    assert found_place == (place or "None")


HOSTILE = {
    "a hundred thousand brackets": "[" * 100_000,
    "a hundred thousand braces": "{" * 100_000,
    "brackets in lines": "[\n" * 49_000,
    "nested mappings": "{a: " * 20_000,
    "nested dashes": "- " * 40_000,
    "nested questions": "? " * 40_000,
    "a staircase": "\n".join(" " * depth + "a:" for depth in range(900)),
    "a thousand million laughs": "a: &a [x,x]\n" + "\n".join(f"b{n}: &b{n} [*a,*a]" for n in range(99)),
    "one huge text": ("a: " + "x" * 99_000 + "\n") + (" " + "x" * 99_000 + "\n") * 4,
    "words over lines": "a:\n" + (" " + "x " * 49_000 + "\n") * 4,
    "only quotes": "'" * 99_999,
    "line breaks in quotes": 'a: "' + "\n" * 49_000 + '"',
    "escapes": 'a: "' + "\\n" * 49_000 + '"',
    "exclamation marks": "!" * 99_999,
    "tags": "!a " * 33_000,
    "ampersands": "&a " * 33_000,
    "colons": "a" + ":" * 99_000,
    "other line breaks": 'a: "' + "\x85" * 99_000 + '"',
    "thirty thousand keys": "\n".join(f"k{number}: 1" for number in range(30_000)),
    "the same key": "a: 1\n" * 20_000,
    "comments": "#\n" * 49_000,
    "documents": "---\n" * 49_000,
    "a huge exponent": "a: 1e999999999999",
    "a huge number": "a: " + "1" * 99_000,
    "a lone surrogate": "a: \ud800",
    "a null byte": "a: \0",
    "percent signs": "%" * 99_000,
    "bytes": bytes(range(256)) * 100,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_are_read_or_refused(text):
    with contextlib.suppress(ProblemError):
        load_source(text, "p")


def test_hostile_files_stay_within_256_megabytes_and_a_minute():
    code = (
        "import resource; limit = 256 * 1024 * 1024; resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))\n"
        "from chalkgrad.reading.source import load_source\n"
        "from chalkgrad.errors import ProblemError\n"
        "for text in ('[' * 100_000, 'a: [' + '1,' * 40_000, 'a: \"' + '\\n' * 49_000 + '\"', '&a ' * 30_000):\n"
        "    try:\n        load_source(text, 'p')\n    except ProblemError:\n        pass\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
