"""Reading a problem, and working it out in longhand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from chalkgrad.api.pages import Page
from chalkgrad.errors import Fault, UsageError, nearest
from chalkgrad.ops import OPS, OpSet
from chalkgrad.reading.problem import Problem
from chalkgrad.reading.problem_file import parse_problem, read_problem_file
from chalkgrad.render.numbers import NumberStyle
from chalkgrad.solving.derivation import Asking, Check, Derivation
from chalkgrad.solving.solve import VIEWS, asking_of, derive
from chalkgrad.solving.writing import write_solution

__all__ = ["Solution", "one_of", "problem_of", "read", "read_text", "solve"]

# A comma that is not within braces.
_COMMA = re.compile(r",(?![^{}]*\})")


class Solution(Page):
    """A solved problem: its steps, its answers, and the checks that were measured on them."""

    def __init__(self, derivation: Derivation) -> None:
        super().__init__(lambda: write_solution(derivation), lambda: _data_of(derivation))
        self.derivation = derivation

    @property
    def passed(self) -> bool:
        """Whether every check held."""
        return self.derivation.passed

    @property
    def checks(self) -> tuple[Check, ...]:
        """What was measured."""
        return self.derivation.checks

    def __repr__(self) -> str:
        steps, verdict = len(self.derivation.steps), "passed" if self.passed else "FAILED"
        return f"<solution of {self.derivation.problem.title!r}: {steps} steps, checks {verdict}>"


def _data_of(derivation: Derivation) -> dict[str, Any]:
    from chalkgrad.solving.contract import solution_data

    return solution_data(derivation)


def read(path_or_name: str | Path, ops: OpSet = OPS) -> Problem:
    """Read a problem file, or a problem that comes with the package by its bare name.

    Args:
        path_or_name: a path or a bare name.
        ops: what the problem may name; `OPS.extend(...)` brings in records of one's own.

    Raises:
        ProblemError: with all faults of the file at once.

    >>> read("parabola").title
    'Gradient descent that only oscillates'
    """
    return Problem.from_file(read_problem_file(path_or_name, ops))


def read_text(text: str, source: str = "problem.yaml", ops: OpSet = OPS) -> Problem:
    """Read the text of a problem file.

    Args:
        text: YAML, as in a problem file.
        source: what to call it in messages.
        ops: what the problem may name.

    Raises:
        ProblemError: with all faults of the text at once.
    """
    return Problem.from_file(parse_problem(text, source, ops=ops))


def problem_of(problem: Problem | str | Path | Mapping[str, Any]) -> Problem:
    """A problem, the path or bare name of one, or the keys of a problem file, as a problem."""
    if isinstance(problem, Mapping):
        return Problem.from_keys(problem)
    return problem if isinstance(problem, Problem) else read(problem)


def solve(
    problem: Problem | str | Path | Mapping[str, Any],
    *,
    sample: int | Sequence[int] | None = None,
    units: str | Sequence[str] | None = None,
    weights: str | Path | Mapping[str, Any] | None = None,
    view: str | None = None,
    detail: str | None = None,
    round: int | str | None = None,
    carry: str | None = None,
    progress: Callable[[Iterable[Any], int], Iterable[Any]] | None = None,
) -> Solution:
    """Work a problem out in longhand and check every number.

    Args:
        problem: a problem, the path or bare name of one, or the keys of a problem file.
        sample: the row of a sample in its source, from 0, or several: one step on these alone. By default the steps of
            the problem.
        units: names of units (`h1_3`), weighted sums (`z_h1_3`), weights (`w^(1)_{3,17}`), parameters or layers, of
            which alone the longhand is shown; for networks of any size. Several with commas, or as a list.
        weights: what a run has learned, to start from: the folder of the run (the best, where something was watched),
            a `.safetensors` file, or arrays by the names of the parameters.
        view: `matrix`, `units` or `both`; by default as the problem says.
        detail: `short`, `normal` or `full`.
        round: decimals (`4`) or significant digits (`"4 significant"`).
        carry: `exact`, or `rounded` to go on with each printed number, as by hand.
        progress: wraps the iteration over optimizer steps, to show how far it has come.

    Returns:
        The solution; `print` it, `save` it, or look at it in a notebook.

    Raises:
        UsageError: `no-such-sample`, `no-data`, `no-such-unit`, `nothing-worked-out`, `too-many-units`,
            `sample-missing`, `no-numbers`, `units-by-matrix`, `no-run`.
        ProblemError: what is wrong with the problem, with its data or with the weights.

    >>> solve("parabola").passed
    True
    >>> solve("sigmoid-two-samples", sample=1, units="h1_2").data()["steps"][0]["samples"]
    [1]
    """
    problem = problem_of(problem)
    if weights is not None:
        problem = _with_weights(problem, weights)
    if sample is not None:
        problem = problem.with_samples([sample] if isinstance(sample, int) else sample)
    asking = _asking(problem, view, detail, round, carry)
    names = _separated(units or ())
    if names and view == "matrix":
        hint = "leave one of the two out"
        raise UsageError(Fault("units-by-matrix", "units are shown unit by unit, and not matrix by matrix", hint=hint))
    return Solution(derive(problem, replace(asking, units=names), progress))


def _separated(units: str | Sequence[str]) -> tuple[str, ...]:
    """Names between commas; those within braces, as in `w^(1)_{3,17}`, belong to a name."""
    texts = [units] if isinstance(units, str) else units
    names = (name.strip() for text in texts for name in _COMMA.split(text))
    return tuple(dict.fromkeys(name for name in names if name))


def _with_weights(problem: Problem, weights: str | Path | Mapping[str, Any]) -> Problem:
    """The problem with the parameters of a run in place of its starting values."""
    if isinstance(weights, Mapping):
        return problem.with_values(weights)
    from chalkgrad.training.keeping.folder import RunFolder
    from chalkgrad.training.keeping.weights import load_weights

    nodes = problem.graph(None).parameters
    expected = {node.name: tuple(axis.size or 1 for axis in node.shape) for node in nodes}
    path = Path(weights)
    found = RunFolder(path).load_weights(expected) if path.is_dir() else load_weights(path, expected)
    return problem.with_values(found.arrays, str(weights))


def _asking(
    problem: Problem, view: str | None, detail: str | None, round: int | str | None, carry: str | None
) -> Asking:
    asking = asking_of(problem)
    wanted: dict[str, Any] = {}
    if view is not None:
        wanted["views"] = VIEWS[one_of("view", view, tuple(VIEWS))]
    if detail is not None:
        wanted["detail"] = one_of("detail", detail, ("short", "normal", "full"))
    if carry is not None:
        wanted["carry"] = one_of("carry", carry, ("exact", "rounded"))
    if round is not None:
        wanted["style"] = NumberStyle.parse(round)
    return replace(asking, **wanted)


def one_of(name: str, value: str, known: tuple[str, ...]) -> str:
    """A value that must be one of a few.

    Raises:
        UsageError: `unknown-` with the name, if it is none of them.
    """
    if value not in known:
        hint = nearest(value, known) or "one of " + ", ".join(known)
        raise UsageError(Fault(f"unknown-{name}", f"{name} cannot be {value!r}", hint=hint))
    return value
