"""Reading a problem, and working it out in longhand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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
    view: str | None = None,
    detail: str | None = None,
    round: int | str | None = None,
    carry: str | None = None,
    progress: Callable[[Iterable[Any], int], Iterable[Any]] | None = None,
) -> Solution:
    """Work a problem out in longhand and check every number.

    Args:
        problem: a problem, the path or bare name of one, or the keys of a problem file.
        view: `matrix`, `units` or `both`; by default as the problem says.
        detail: `short`, `normal` or `full`.
        round: decimals (`4`) or significant digits (`"4 significant"`).
        carry: `exact`, or `rounded` to go on with each printed number, as by hand.
        progress: wraps the iteration over optimizer steps, to show how far it has come.

    Returns:
        The solution; `print` it, `save` it, or look at it in a notebook.

    >>> solve("parabola").passed
    True
    """
    problem = problem_of(problem)
    return Solution(derive(problem, _asking(problem, view, detail, round, carry), progress))


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
