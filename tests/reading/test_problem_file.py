"""A whole problem file: what is read, where all of it stands, every fault at once, nothing that brings it down."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalkgrad.errors import ChalkgradError, ProblemError
from chalkgrad.problems import problem_names, problem_text
from chalkgrad.reading.problem_file import json_schema, parse_problem, read_problem_file

TEN_FAULTS = """\
title: Ten faults
network:
  input: [x1, x2]
  layers:
    - {units: [h1, h2], activation: sigmiod, weights: [[w1, w2], [w3]], bias: b1}
    - {units: [o1, o2], activation: sigmoid, width: 3}
loss: half_see
data:
  - {x: [0.05, abc]}
given: {w1: 0.15, 9w: 1}
optimizer: {name: adam, rho: 0.5, beta1: 1}
epochs: -1
epochs: 2
batch: half
scael: standard
show: {carry: roundd}
seed:
"""


class TestAllFaultsAtOnce:
    def test_a_file_with_ten_and_more_reports_all_of_them_in_order(self):
        with pytest.raises(ProblemError) as caught:
            parse_problem(TEN_FAULTS, "t.yaml")
        assert [(str(fault.place), fault.code) for fault in caught.value.faults] == [
            ("t.yaml:5:37", "unknown-activation"),
            ("t.yaml:6:46", "unknown-key"),
            ("t.yaml:7:7", "unknown-loss"),
            ("t.yaml:9:16", "not-a-number"),
            ("t.yaml:10:19", "not-a-name"),
            ("t.yaml:11:25", "unknown-key"),
            ("t.yaml:11:42", "out-of-range"),
            ("t.yaml:12:9", "out-of-range"),
            ("t.yaml:13:1", "duplicate-key"),
            ("t.yaml:14:8", "not-a-batch"),
            ("t.yaml:15:1", "unknown-key"),
            ("t.yaml:16:15", "unknown-choice"),
            ("t.yaml:17:1", "value-missing"),
        ]

    def test_a_fault_is_shown_with_its_line_a_caret_and_a_hint(self):
        with pytest.raises(ProblemError) as caught:
            parse_problem("formula: f = x^2\norder: shufled\n", "t.yaml")
        assert str(caught.value) == (
            "t.yaml:2:8: order: expected one of given, shuffled, read `shufled` [unknown-choice]\n"
            "    order: shufled\n"
            "           ^^^^^^^\n"
            '    hint: did you mean "shuffled"?'
        )

    def test_of_very_many_the_first_fifty_are_shown(self):
        with pytest.raises(ProblemError) as caught:
            parse_problem("formula: f = x\n" + "".join(f"k{number}: 1\n" for number in range(80)))
        assert len(caught.value.faults) == 51
        assert caught.value.faults[-1].message == "and 30 more faults, which are not shown"
        assert caught.value.faults[-1].code == "more-faults"

    def test_a_key_without_a_value_is_told_how_to_write_one(self):
        with pytest.raises(ProblemError) as caught:
            parse_problem("formula: f = x\ndata: [{x: [1, ]}, {x: [~]}]\nseed:\n", "t")
        found = [(fault.message, fault.hint) for fault in caught.value.faults]
        assert found == [
            ("sample 2, x, entry 1 has no value", ""),
            ("seed has no value", "write a colon, a space and a value, or leave the key out"),
        ]


class TestFindingFiles:
    def test_by_path_with_the_directory_for_its_data(self, tmp_path):
        path = tmp_path / "mine.yaml"
        path.write_text("formula: f = x^2\n", encoding="utf-8")
        read = read_problem_file(path)
        assert (read.directory, read.title, read.name) == (tmp_path, "mine", str(path))

    def test_a_file_goes_before_a_bundled_name(self, tmp_path, monkeypatch):
        (tmp_path / "parabola").write_text("formula: f = x\n", encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        assert read_problem_file("parabola").keys.formula == "f = x"

    def test_an_unknown_name_is_told_the_nearest(self):
        with pytest.raises(ProblemError) as caught:
            read_problem_file("sigmoid-2-2")
        fault = caught.value.faults[0]
        assert fault.code == "file-not-found"
        assert fault.message == "there is no file `sigmoid-2-2`, and no problem of that name"
        assert fault.hint == 'did you mean "sigmoid-2-2-2"?'

    def test_an_ending_does_not_hide_the_nearest(self):
        with pytest.raises(ProblemError, match='did you mean "parabola"'):
            read_problem_file("somewhere/parabola.yaml")

    def test_a_strange_name_is_told_all_names(self):
        with pytest.raises(ProblemError) as caught:
            read_problem_file("qqqq")
        assert caught.value.faults[0].hint == (f"problems that come with the package: {', '.join(problem_names())}")

    def test_a_directory(self, tmp_path):
        with pytest.raises(ProblemError) as caught:
            read_problem_file(tmp_path)
        assert caught.value.faults[0].message == f"`{tmp_path}` is a directory; expected a problem file"
        assert caught.value.code == "file-not-readable"

    @pytest.mark.skipif(os.name == "nt" or os.getuid() == 0, reason="the reader may read everything")
    def test_a_file_that_may_not_be_read(self, tmp_path):
        path = tmp_path / "closed.yaml"
        path.write_text("formula: f = x\n", encoding="utf-8")
        path.chmod(0)
        with pytest.raises(ProblemError, match=re.escape(f"`{path}` cannot be read: Permission denied")):
            read_problem_file(path)


class TestWhatIsRead:
    def test_lines_of_a_formula_with_their_places(self):
        read = parse_problem(
            "# c\nformula: |\n  a = x\n\n  # why\n    b = a^2  \nloss: 'b - y'\ndata: [{x: 1, y: 2}]", "t"
        )
        assert [(line.text, str(line.place), line.place.width) for line in read.formula_lines] == [
            ("a = x", "t:3:3", 5),
            ("b = a^2", "t:6:5", 7),
        ]
        assert read.loss_line is not None
        assert (read.loss_line.text, str(read.loss_line.place)) == ("b - y", "t:7:8")

    def test_a_named_loss_is_no_expression(self):
        assert read_problem_file("sigmoid-2-2-2").loss_line is None
        assert read_problem_file("gradient-field").loss_line is None

    def test_the_order_follows_the_kind_of_data(self):
        assert read_problem_file("relu-adam").order == "given"
        assert read_problem_file("digits").order == "shuffled"
        assert parse_problem("formula: f = x\norder: shuffled").order == "shuffled"

    def test_places_are_found_by_canonical_names(self):
        read = parse_problem("formula: f = w_1\ngiven: {'w_{1}': 3}", "t")
        assert str(read.place("given", "w_1")) == "t:2:18"
        assert str(read.key_place("given", "w_1")) == "t:2:9"

    def test_names_of_a_network(self):
        names = read_problem_file("digits").names
        assert names is not None
        assert names.parameter_names() == ("W1", "b1", "W2", "b2", "W3", "b3")
        assert names.outputs[:2] == ("y_hat_1", "y_hat_2")
        assert names.units[0][0] == "h1_1"
        assert names.inputs[63] == "x_64"


class TestDefaultsTaken:
    def test_of_a_network(self):
        assert [entry[:2] for entry in read_problem_file("equal-weights").defaults_taken()] == [
            ("layer 1, weights", "W1"),
            ("layer 1, bias", "b1"),
            ("layer 2, weights", "W2"),
            ("layer 2, bias", "b2"),
            ("scale", "none"),
            ("learn", "every parameter"),
            ("schedule", "constant"),
            ("batch", "full"),
            ("order", "given"),
            ("seed", "0"),
            ("threshold", "0.5"),
            ("convention.vectors", "rows"),
            ("convention.relu_at_zero", "0"),
            ("show.round", "4"),
            ("show.carry", "exact"),
            ("show.view", "both"),
            ("show.detail", "normal"),
        ]

    def test_what_is_only_differentiated_takes_no_learning(self):
        keys = [entry.key for entry in read_problem_file("gradient-field").defaults_taken()]
        assert keys[0] == "convention.vectors"
        assert not [key for key in keys if key.startswith(("optimizer", "epochs", "learn"))]

    def test_settings_of_an_optimizer_have_their_reason(self):
        read = parse_problem("formula: f = w^2\noptimizer: rmsprop\nshow: {round: 3}")
        assert [entry for entry in read.defaults_taken() if entry.key.startswith(("optimizer", "title", "show.r"))] == [
            ("title", "problem", "the name of the file"),
            ("optimizer.learning_rate", "0.01", "usual for this optimizer"),
            ("optimizer.decay", "0.99", "as in PyTorch"),
            ("optimizer.epsilon", "1e-8", "as in PyTorch"),
        ]

    def test_what_is_drawn_fits_its_activation(self):
        entries = [entry for entry in read_problem_file("digits").defaults_taken() if entry.key.startswith("initial")]
        assert entries[0] == ("initial, layer 1", "he_uniform", "fits relu; biases are 0")
        assert entries[2] == ("initial, layer 3", "xavier_uniform", "fits softmax; biases are 0")

    @pytest.mark.parametrize("name", problem_names())
    def test_nothing_that_is_written_is_among_them(self, name):
        read = read_problem_file(name)
        written = set(read.keys.model_fields_set)
        assert not written & {entry.key for entry in read.defaults_taken()}
        assert all(entry.shown and entry.why for entry in read.defaults_taken())


class TestJsonSchema:
    def test_describes_every_key_with_an_example(self):
        schema = json_schema()
        parts = [schema, *schema["$defs"].values()]
        for part in parts:
            assert part["description"]
            for key, entry in part["properties"].items():
                assert entry.get("title"), key
                assert entry.get("description"), key
                assert "const" in entry or entry.get("examples"), key

    def test_is_plain_json_without_null_and_takes_no_other_keys(self):
        text = json.dumps(json_schema())
        assert '{"type": "null"}' not in text
        assert json_schema()["additionalProperties"] is False
        assert json_schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"

    def test_is_valid_and_accepts_every_bundled_problem(self):
        jsonschema = pytest.importorskip("jsonschema")
        from ruamel.yaml import YAML

        jsonschema.Draft202012Validator.check_schema(json_schema())
        validator = jsonschema.Draft202012Validator(json_schema())
        for name in problem_names():
            validator.validate(YAML(typ="safe", pure=True).load(problem_text(name)))
        assert list(validator.iter_errors({"formula": "f = x", "optimizer": "adamm"}))
        assert list(validator.iter_errors({"formula": "f = x", "epoch": 1}))


PIECES = [
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "&a ",
    "*a",
    "!x ",
    "\t",
    "\n",
    "- ",
    "|",
    "'",
    '"',
    "%",
    "1e999",
    "~",
    "۳",
    "_{",
    "\\",
]


@st.composite
def mutated_problems(draw):
    """A bundled problem with a few pieces cut out, put in or moved."""
    text = (problem_text(draw(st.sampled_from(problem_names()))) or b"").decode()
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        piece = draw(st.one_of(st.sampled_from(PIECES), st.text(max_size=4), st.just(text[start:end] * 2)))
        text = text[:start] + piece + text[end:]
    return text


class TestNothingBringsItDown:
    @settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
    @given(mutated_problems())
    def test_mutated_problems_are_read_or_refused(self, text):
        with contextlib.suppress(ChalkgradError):
            parse_problem(text).defaults_taken()

    @settings(max_examples=100)
    @given(st.binary(max_size=200))
    def test_bytes_are_read_or_refused(self, content):
        with pytest.raises(ChalkgradError):
            parse_problem(content)

    @settings(max_examples=200)
    @given(
        st.sampled_from(
            ["network", "data", "given", "optimizer", "show", "differentiate", "split", "learn", "initial"]
        ),
        st.recursive(
            st.one_of(
                st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.sampled_from(["x", "name", "adam"])
            ),
            lambda inner: st.one_of(
                st.lists(inner, max_size=3),
                st.dictionaries(
                    st.sampled_from(["x", "name", "layers", "csv", "set", "<csv>", "l2"]), inner, max_size=3
                ),
            ),
            max_leaves=8,
        ),
    )
    def test_any_value_under_any_key_is_read_or_refused(self, key, value):
        text = f"formula: f = x\n{key}: {json.dumps(value)}\n"
        with contextlib.suppress(ChalkgradError):
            parse_problem(text)

    def test_a_file_of_the_largest_size_is_read(self):
        rows = ",".join("{x: [1, 2], y: 3}" for _ in range(2_000))
        lines = "\n".join(f"  - {row}" for row in rows.replace("},{", "}\n{").split("\n"))
        read = parse_problem(f"formula: f = x w\ndata:\n{lines}\n")
        assert isinstance(read.keys.data, tuple)
        assert len(read.keys.data) == 2_000


def test_reading_brings_in_nothing_heavy():
    code = (
        "import sys; from chalkgrad.reading.problem_file import read_problem_file\n"
        "read_problem_file('sigmoid-2-2-2')\n"
        "heavy = {'sklearn', 'matplotlib', 'rich', 'typer', 'typst', 'sympy', 'gzip', 'lark'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    path = os.pathsep.join([str(Path(__file__).parents[2] / "src"), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "[]"


class TestFormulasBesideBrokenKeys:
    TEXT = (
        "netwrok: 3\nformula: |\n  z = x w + bb\n  a = sigmiod(z)\n"
        "loss: half_sse\ndata: [{x: 1, y: 2}]\ngiven: {w: 1}\n"
    )

    def codes(self, text: str) -> list[str]:
        with pytest.raises(ProblemError) as caught:
            parse_problem(text)
        return [fault.code for fault in caught.value.faults]

    def test_are_told_with_them(self) -> None:
        assert self.codes(self.TEXT)[0] == "unknown-key"
        assert len(self.codes(self.TEXT)) > 1

    def test_names_that_a_broken_key_may_have_given_are_not_accused(self) -> None:
        text = "formula: a = w x\nloss: half_sse\ndata: [{x: 1, y: 2}]\ngiven: {w: [1, [2]]}\n"
        assert "unknown-name" not in self.codes(text)
