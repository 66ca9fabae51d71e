"""What `export` gives as a whole: its files, its words, and that nothing of a problem can get out of its quotes."""

from __future__ import annotations

import ast
import io
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy
import pytest

from chalkgrad.core.node import variable
from chalkgrad.core.shape import SAMPLES, Axis
from chalkgrad.errors import UsageError
from chalkgrad.reading.problem import Problem
from chalkgrad.training.export import TARGETS, export
from chalkgrad.training.export.expressions import WIDTH

from .conftest import CASES, OWN_OPS, material, network, script_of

SCRIPTS = [to for to in TARGETS if to != "onnx"]
GOLDEN = Path(__file__).parent / "golden"

# Two problems that between them have layers and single weights, rows of samples, a schedule, a regularizer.
BY_HAND = """
title: Adam by hand
network:
  input: [i1, i2]
  layers:
    - {units: [h1, h2], activation: relu, weights: [[w3, w4], [w5, w6]], bias: none}
    - {units: [o], activation: linear, weights: [[w1, w2]], bias: b}
loss: half_sse
regularizer: {l2: 0.01}
data:
  - {x: [1, 1], y: 7}
  - {x: [1, 0], y: 6}
given: {w1: 0.5, w2: 0.5, w3: 0.5, w4: -0.5, w5: 0.5, w6: 0.5, b: 0}
optimizer: {name: adam, learning_rate: 0.01}
epochs: 2
"""


def by_hand() -> Problem:
    from chalkgrad.api import read_text

    return read_text(BY_HAND)


def classifier() -> Problem:
    return network(
        hidden="tanh",
        output="softmax",
        loss="cross_entropy",
        batch=2,
        epochs=4,
        order="shuffled",
        optimizer={"name": "momentum", "learning_rate": 0.1},
        schedule={"name": "step", "every": 1, "factor": 0.5},
        title="Two classes, three inputs",
    )


GOLDENS = {"by-hand": by_hand, "classifier": classifier}


class TestTheTextOfAScript:
    @pytest.mark.parametrize("to", SCRIPTS)
    @pytest.mark.parametrize("name", GOLDENS)
    def test_letter_by_letter(self, name, to, request):
        text = script_of(GOLDENS[name](), to)
        path = GOLDEN / f"{name}-{to}.txt"
        if request.config.getoption("--regenerate-golden"):
            path.write_text(text)
        assert text == path.read_text()

    def test_no_golden_script_is_left_over(self):
        assert {path.stem for path in GOLDEN.iterdir()} == {f"{name}-{to}" for name in GOLDENS for to in SCRIPTS}

    @pytest.mark.parametrize("to", SCRIPTS)
    def test_it_is_as_a_formatter_leaves_it(self, to, tmp_path):
        ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
        if ruff is None:
            pytest.skip("ruff is not installed: pip install chalkgrad[dev]")
        # One of the formulas has a matrix of letters and numbers that needs a whole line.
        for name, make in {**GOLDENS, **CASES, "formula of vectors": by_hand}.items():
            path = tmp_path / f"{''.join(c if c.isalnum() else '_' for c in name)}.py"
            path.write_text(script_of(make(), to))
        linted = subprocess.run([ruff, "check", "--isolated", "--no-cache", tmp_path], capture_output=True, text=True)
        assert linted.returncode == 0, linted.stdout
        command = [ruff, "format", "--isolated", "--no-cache", "--diff", tmp_path]
        formatted = subprocess.run(command, capture_output=True, text=True, check=False)
        assert formatted.returncode == 0, formatted.stdout[:4000]

    @pytest.mark.parametrize("to", SCRIPTS)
    @pytest.mark.parametrize("case", CASES)
    def test_lines_are_short(self, case, to):
        text = script_of(CASES[case](), to)
        code = [line for line in text.splitlines() if '"""' not in line and "#" not in line]
        # The text at the top and names of parameters in a call may make a line longer, formulas may not.
        assert all(len(line) <= WIDTH + 12 for line in code), max(code, key=len)


class TestTextFromOutside:
    EVIL = (
        '"""\nimport os\nos.mkdir("hacked")\n"""',
        "'''\nimport os\nos.mkdir('hacked')\n'''",
        'ends with a quote"',
        "ends with a backslash\\",
        '\\"""',
        "a\rb\nc\x00d\u2028e\x85f",
        "\u202eerutuf\u202c",
        "{braces} %s %(x)s ${HOME}",
        "Gewichte für \U0001f600",
    )

    @pytest.mark.parametrize("to", SCRIPTS)
    @pytest.mark.parametrize("title", EVIL)
    def test_a_title_stays_a_text(self, title, to):
        text = script_of(network(title=title), to)
        plain, written = ast.parse(script_of(network(title="plain"), to)), ast.parse(text)
        top = written.body[0].value.value
        assert top.startswith(title)
        assert ast.dump(ast.Module(plain.body[1:], [])) == ast.dump(ast.Module(written.body[1:], []))
        assert "\u202e" not in text
        assert text.isprintable() or all(line.isprintable() for line in text.split("\n"))

    @pytest.mark.parametrize("to", SCRIPTS)
    def test_names_of_quantities_become_identifiers(self, to):
        x = variable("x", (SAMPLES, Axis("", 2)))
        w = variable("w'); import os; os.mkdir('hacked') #", (Axis("", 2), Axis("", 1)))
        problem = Problem.from_nodes(
            {"y_hat": x @ w + variable("np\n"), "class": (x @ w) ** 2},
            data=[{"x": [1, 2], "y": 1}],
            loss="mse",
        )
        given = {node.name: numpy.zeros([axis.size for axis in node.shape]) for node in problem.graph(1).parameters}
        files = export(problem, given, to, x=numpy.ones((1, 2)), y=numpy.ones((1, 1)), batches=[[0]])
        text = next(content for name, content in files.items() if name.endswith(".py")).decode()
        calls = {ast.unparse(node.func) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)}
        assert not any("mkdir" in call for call in calls)
        assert "import os" not in text

    def test_a_file_is_called_as_a_file_may_be(self):
        problem = CASES["no data"]()
        files = export(problem, to="numpy", name='../a b/"c".yaml', **material(problem))
        assert sorted(files) == ["a_b_c_yaml.npz", "a_b_c_yaml_numpy.py"]


class TestTheNumbers:
    class Scaler(NamedTuple):
        shift: numpy.ndarray
        factor: numpy.ndarray

    def test_all_scripts_have_the_same(self):
        problem = CASES["names of Python"]()
        found = {to: export(problem, to=to, **material(problem))["network.npz"] for to in SCRIPTS}
        assert found["numpy"] == found["torch"] == found["keras"]

    def test_they_are_read_without_pickle(self):
        problem = CASES["optimizer adam"]()
        scaler = self.Scaler(numpy.zeros(3), numpy.ones(3))
        files = export(problem, to="numpy", scaler=scaler, **material(problem))
        with numpy.load(io.BytesIO(files["network.npz"]), allow_pickle=False) as data:
            assert set(data.files) == {
                *("x", "y", "shift", "factor", "W1", "b1", "W2", "b2"),
                *(f"batch_{step}" for step in range(1, 6)),
            }
            assert data["W1"].dtype == numpy.float64
            numpy.testing.assert_array_equal(data["x"], material(problem)["x"])
        assert '(x - data["shift"]) * data["factor"]' in files["network_numpy.py"].decode()


class TestWhatIsRefused:
    def refusal(self, problem: Problem, to: str = "numpy", **more) -> str:
        with pytest.raises(UsageError) as error:
            export(problem, to=to, **{**material(problem), **more})
        return str(error.value)

    def test_another_target(self):
        found = self.refusal(network(), "pytorch")
        assert found == 'there is no export to "pytorch" [unknown-target]\n    hint: did you mean "torch"?'
        assert "one of onnx, torch, keras, numpy" in self.refusal(network(), "jax")

    @pytest.mark.parametrize("to", TARGETS)
    def test_a_function_that_is_left_open(self, to):
        found = self.refusal(network(layers=[{"units": 2, "activation": "f"}]), to)
        assert "f has no formula, so it cannot be written in" in found
        assert "[unnamed-function]" in found

    @pytest.mark.parametrize("to", SCRIPTS)
    def test_a_problem_without_a_loss(self, to):
        from chalkgrad.api import read

        problem = read("softmax-logistic")
        assert "the problem trains nothing, so there is no script of it [nothing-to-train]" in self.refusal(problem, to)

    def test_a_problem_that_learns_nothing(self):
        assert "[nothing-to-train]" in self.refusal(formula_that_learns_nothing())

    def test_missing_samples(self):
        assert "there are no numbers for x and y [no-samples]" in self.refusal(network(), x=None, y=None)

    def test_no_steps(self):
        assert "a script shows the first steps, and there are none [no-steps]" in self.refusal(network(), batches=[])

    def test_parameters_of_another_problem(self):
        found = self.refusal(network(), parameters={"W1": numpy.zeros((2, 2))})
        assert found == "the value of W1 has the shape (2, 2), but the problem has (3, 4) [parameters-differ]"
        assert self.refusal(network(), parameters={}) == "there is no value for W1 [parameters-differ]"

    def test_an_op_that_nobody_can_write(self):
        from dataclasses import replace

        from chalkgrad.ops import OPS

        bare = replace(OWN_OPS.activation("bump"), name="bare", definition=None)
        found = self.refusal(network(hidden="bare", ops=OPS.extend(bare)), "torch")
        assert "there is no way to write bare in PyTorch [cannot-export]" in found


def formula_that_learns_nothing() -> Problem:
    return Problem.from_formula(
        "y_hat = x w", given={"w": 2}, loss="mse", learn=["w"], data=[{"x": 1, "y": 1}], differentiate={"loss": ["w"]}
    )
