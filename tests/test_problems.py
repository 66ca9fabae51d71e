"""The problems that come with the package are there, are found by name, and can be read."""

from __future__ import annotations

import pytest

from chalkgrad.problems import problem_names, problem_text
from chalkgrad.reading.problem_file import read_problem_file

THIRTEEN = (
    "chain-rule",
    "digits",
    "equal-weights",
    "gradient-field",
    "parabola",
    "relu-adam",
    "relu-then-sigmoid",
    "shared-path",
    "sigmoid-2-2-2",
    "sigmoid-two-samples",
    "skip-tanh-relu",
    "softmax-logistic",
    "symbolic-deltas",
)


def test_all_thirteen_are_there():
    assert set(THIRTEEN) <= set(problem_names())
    assert list(problem_names()) == sorted(problem_names())


@pytest.mark.parametrize("name", problem_names())
class TestEveryProblem:
    def test_can_be_read_by_its_bare_name(self, name):
        read = read_problem_file(name)
        assert read.name == f"{name}.yaml"
        assert read.keys.title

    def test_is_utf_8_and_ends_with_a_line_break(self, name):
        text = problem_text(name)
        assert text is not None
        assert text.decode().endswith("\n")


@pytest.mark.parametrize("name", ["nothing", "", "../problems/parabola", "parabola.yaml", "__init__"])
def test_no_other_name_is_found(name):
    assert problem_text(name) is None
