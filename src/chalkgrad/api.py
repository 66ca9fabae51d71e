"""Short verbs that hand on: read a problem, solve it, look things up."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from chalkgrad.core.node import constant, variable
from chalkgrad.errors import ChalkgradError, Fault, UsageError, nearest
from chalkgrad.ops import OPS, OpSet
from chalkgrad.reading.problem import Problem
from chalkgrad.reading.problem_file import json_schema, parse_problem, read_problem_file
from chalkgrad.render import write
from chalkgrad.render.document import Document
from chalkgrad.render.numbers import NumberStyle
from chalkgrad.solving.derivation import Asking, Check, Derivation
from chalkgrad.solving.solve import VIEWS, asking_of, derive
from chalkgrad.solving.writing import write_solution

__all__ = [
    "ChalkgradError",
    "Page",
    "Problem",
    "Solution",
    "bundled_problems",
    "catalogue",
    "constant",
    "read",
    "read_text",
    "schema",
    "solve",
    "starter",
    "variable",
]


class Page:
    """Something to read, in any format; in a notebook it shows itself.

    Args:
        make: makes the document when it is first asked for.
        data: makes the same as plain data, for JSON.
    """

    def __init__(self, make: Callable[[], Document], data: Callable[[], Any]) -> None:
        self._make, self._data = make, data

    @cached_property
    def _document(self) -> Document:
        return self._make()

    def document(self) -> Document:
        """The document, as blocks."""
        return self._document

    def data(self) -> Any:
        """The same as plain numbers, lists and mappings."""
        return self._data()

    def write(self, format: str) -> str | bytes:
        """The document as `text`, `md`, `tex`, `html`, `typ`, `pdf` (bytes) or `json`.

        Raises:
            UsageError: with code `unknown-format`, or `missing-extra` if the format needs an extra.
        """
        if format == "json":
            return json.dumps(self.data(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        return write(self.document(), format)

    def save(self, path: str | Path) -> Path:
        """Write to a file; its ending says the format, such as `.pdf` or `.txt`.

        Raises:
            UsageError: with code `unknown-format`, for an ending that no format has.
        """
        target = Path(path)
        ending = target.suffix.removeprefix(".").lower()
        content = self.write({"": "text", "txt": "text", "htm": "html", "markdown": "md"}.get(ending, ending))
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
        return target

    def show(self, console_width: int | None = None) -> None:
        """Print to the terminal, in colour where it has any."""
        from rich.console import Console

        from chalkgrad.render.terminal import to_terminal

        to_terminal(self.document(), Console(width=console_width, highlight=False))

    def __str__(self) -> str:
        return str(self.write("text"))

    def _repr_html_(self) -> str:
        """For notebooks: the page in a frame of its own, so that its styles and the notebook's do not meet."""
        page, title = (html.escape(text, quote=True) for text in (str(self.write("html")), self.document().title))
        style = "width:100%;height:36em;border:0;resize:vertical;overflow:auto"
        return f'<iframe srcdoc="{page}" style="{style}" sandbox title="{title}"></iframe>'

    def _repr_markdown_(self) -> str:
        """For notebooks that show no frames."""
        return str(self.write("md"))


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
    if isinstance(problem, Mapping):
        problem = Problem.from_keys(problem)
    elif not isinstance(problem, Problem):
        problem = read(problem)
    return Solution(derive(problem, _asking(problem, view, detail, round, carry), progress))


def _asking(
    problem: Problem, view: str | None, detail: str | None, round: int | str | None, carry: str | None
) -> Asking:
    asking = asking_of(problem)
    wanted: dict[str, Any] = {}
    if view is not None:
        wanted["views"] = VIEWS[_one_of("view", view, tuple(VIEWS))]
    if detail is not None:
        wanted["detail"] = _one_of("detail", detail, ("short", "normal", "full"))
    if carry is not None:
        wanted["carry"] = _one_of("carry", carry, ("exact", "rounded"))
    if round is not None:
        wanted["style"] = NumberStyle.parse(round)
    return replace(asking, **wanted)


def _one_of(name: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        hint = nearest(value, known) or "one of " + ", ".join(known)
        raise UsageError(Fault(f"unknown-{name}", f"{name} cannot be {value!r}", hint=hint))
    return value


def bundled_problems() -> list[tuple[str, str]]:
    """The problems that come with the package: bare name and title of each."""
    from chalkgrad.problems import problem_names

    return [(name, read_problem_file(name).title) for name in problem_names()]


def catalogue(names: Sequence[str] = (), *, kind: str | None = None) -> Page:
    """What a problem may name: activations, losses, optimizers, regularizers, functions.

    Args:
        names: which; all if empty.
        kind: only `activation`, `loss`, `optimizer`, `regularizer` or `function`.

    Raises:
        UsageError: for an unknown name or kind.
    """
    from chalkgrad.solving.catalogue import catalogue_data, catalogue_document

    document = catalogue_document(names, kind)
    return Page(lambda: document, lambda: catalogue_data(names, kind))


def starter(kind: str = "network") -> str:
    """A commented problem file to start from, with a `network` or a `formula`."""
    from chalkgrad.reading.starter import starter_file

    return starter_file("formula" if _one_of("kind", kind, ("network", "formula")) == "formula" else "network")


def schema() -> dict[str, Any]:
    """The JSON Schema of a problem file, for editors."""
    return json_schema()
