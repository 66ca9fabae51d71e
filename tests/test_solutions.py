"""Whole solutions, letter by letter: a change of wording or of numbers shows as a difference to be read.

`python -m pytest tests/test_solutions.py --regenerate-golden` writes them anew; read the difference before keeping it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from chalkgrad.api import Solution, read_text, solve

GOLDEN = Path(__file__).parent / "golden"

# One sample, two units, a shared bias and an L2 term: every kind of line once.
SMALL = """
title: A small network
network:
  input: [x1]
  layers:
    - {units: [h1, h2], activation: tanh, weights: [[w1], [w2]], bias: b}
    - {units: [o], activation: sigmoid, weights: [[v1, v2]], bias: none}
loss: binary_cross_entropy
regularizer: {l2: 0.1}
data:
  - {x: [0.5], y: 1}
given: {w1: 0.4, w2: -0.3, b: 0.1, v1: 0.6, v2: -0.2}
optimizer: {name: sgd, learning_rate: 0.5}
show: {detail: short}
"""


def small() -> Solution:
    return solve(read_text(SMALL))


def one_epoch_of_relu_adam() -> Solution:
    from chalkgrad.problems import problem_text

    text = problem_text("relu-adam")
    assert text is not None
    return solve(read_text(text.decode().replace("epochs: 2", "epochs: 1")), view="units", detail="short")


SOLUTIONS: dict[str, Any] = {
    "sigmoid-2-2-2.txt": lambda: solve("sigmoid-2-2-2"),
    "skip-tanh-relu.txt": lambda: solve("skip-tanh-relu", detail="short"),
    "relu-adam.txt": one_epoch_of_relu_adam,
    "shared-path.txt": lambda: solve("shared-path"),
    "parabola.txt": lambda: solve("parabola"),
    "softmax-logistic.txt": lambda: solve("softmax-logistic"),
    "small.txt": small,
    "small.md": small,
    "small.tex": small,
    "small.html": small,
    "small.typ": small,
}

# The deviations that checks measure are rounding errors: they may differ from one machine to the next.
_MEASURED = re.compile(r"deviation\s+[0-9.]+e[-+][0-9]+", re.ASCII)


def written(name: str) -> str:
    solution = SOLUTIONS[name]()
    text = str(solution.write("text" if name.endswith(".txt") else Path(name).suffix[1:]))
    return _MEASURED.sub("deviation ...", text)


@pytest.mark.parametrize("name", SOLUTIONS)
def test_is_as_it_was_read_and_kept(name: str, request: pytest.FixtureRequest) -> None:
    path = GOLDEN / name
    text = written(name)
    if request.config.getoption("--regenerate-golden"):
        GOLDEN.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")


def test_no_golden_solution_is_left_over() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(SOLUTIONS)
