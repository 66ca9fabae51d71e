"""From a problem to its derivation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy

from chalkgrad.core.equality import Comparison, compare
from chalkgrad.core.evaluate import Evaluator
from chalkgrad.core.gradient import Line, compose
from chalkgrad.core.node import Node
from chalkgrad.core.precise import precise
from chalkgrad.reading.problem import Problem
from chalkgrad.render.numbers import NumberStyle
from chalkgrad.solving.checks import measure
from chalkgrad.solving.derivation import Asking, Derivation, ViewName, WorkedStep
from chalkgrad.solving.notes import notes_on
from chalkgrad.solving.statements import View
from chalkgrad.solving.steps import Batch, Walk, batches, rounded_as_printed
from chalkgrad.solving.views import matrix_view, unit_view
from chalkgrad.solving.walking import steps_with_units, walk_units

__all__ = ["VIEWS", "asking_of", "derive"]

# What may be asked for under `show.view`, and the views that it means, in the order in which they are shown.
VIEWS: Mapping[str, tuple[ViewName, ...]] = MappingProxyType(
    {"matrix": ("matrix",), "units": ("units",), "both": ("units", "matrix")}
)

# Longhand beyond this is not read by anybody: it is worked out in float64 and shown as a table.
_SHOWN_STEPS = {"short": 1, "normal": 10, "full": 100}
_UNIT_VIEW_LIMIT = {"short": 400, "normal": 400, "full": 2_000}
_LONGHAND_LIMIT = 4_000

Progress = Callable[[Iterable[Batch], int], Iterable[Batch]]


def asking_of(problem: Problem) -> Asking:
    """How the problem file wants its solution to be written."""
    show = problem.keys.show
    style = NumberStyle(show.round.digits, show.round.kind == "significant")
    return Asking(VIEWS[show.view], show.detail, style, show.carry)


def derive(problem: Problem, asking: Asking | None = None, progress: Progress | None = None) -> Derivation:
    """Work a problem out.

    Args:
        problem: what was asked.
        asking: how it is to be written; by default as the problem file says.
        progress: wraps the iteration over optimizer steps, to show how far it has come.

    Returns:
        The derivation with its checks measured.

    Raises:
        UsageError: where only some units are asked for: `no-such-unit`, `nothing-worked-out`, `too-many-units`,
            `sample-missing`, `no-numbers`.
    """
    asking = asking or asking_of(problem)
    return _checked(_derive_units(problem, asking, progress) if asking.units else _derive(problem, asking, progress))


def _checked(derivation: Derivation) -> Derivation:
    return replace(derivation, checks=measure(derivation))


def _derive(problem: Problem, asking: Asking, progress: Progress | None) -> Derivation:
    asking, notes = _fitting(problem, asking)
    views: dict[tuple[ViewName, int], View] = {}
    steps: list[WorkedStep] = []
    loss_after = None
    if problem.has_numbers and _size(problem) <= _LONGHAND_LIMIT:
        steps, loss_after = _walk(problem, asking, views, progress)
    elif problem.has_numbers:
        more = "; some of its units can be asked for" if problem.rows else ""
        notes.append(f"The problem is too large for longhand; its formulas stand for all of its numbers{more}.")
    notes += notes_on(problem) if steps else []
    symbolic = _symbolic(problem, views)
    return Derivation(problem, asking, views, tuple(steps), loss_after, symbolic, _compare(problem), (), tuple(notes))


def _derive_units(problem: Problem, asking: Asking, progress: Progress | None) -> Derivation:
    """The lines about some units alone."""
    asking = replace(asking, views=("units",))
    views: dict[tuple[ViewName, int], View] = {}
    planned = steps_with_units(problem, small=_size(problem) <= _LONGHAND_LIMIT)
    floats = Walk(problem, numpy)
    worked = walk_units(problem, asking, planned[: _SHOWN_STEPS[asking.detail]], views)
    steps = []
    for batch in planned if progress is None else progress(planned, len(planned)):
        samples = max(1, len(batch.samples))
        taken = floats.take(_view(problem, "matrix", samples, views), batch)
        numbers, around = next(worked, (None, None))
        steps.append(WorkedStep(batch, taken, {} if numbers is None else {"units": numbers}, around))
    loss_after = _loss_after(problem, floats)
    return Derivation(problem, asking, views, tuple(steps), loss_after, {}, None, (), tuple(notes_on(problem)))


def _size(problem: Problem) -> int:
    """How many numbers one sample of the problem has: parameters, units and inputs."""
    graph = problem.graph(1)
    nodes = [*graph.parameters, *graph.inputs, *(line.symbol for line in graph.lines)]
    return sum(int(numpy.prod([axis.size or 1 for axis in node.shape], dtype=int)) for node in nodes)


def _fitting(problem: Problem, asking: Asking) -> tuple[Asking, list[str]]:
    """The views that can be shown: not unit by unit where that would fill hundreds of pages."""
    graph = problem.graph(1)
    if all(not node.shape for node in [*graph.parameters, *(line.symbol for line in graph.lines)]):
        return replace(asking, views=("units",)), []
    samples = len(problem.samples or ()) or 1
    batch = samples if problem.keys.batch == "full" else min(int(problem.keys.batch), samples)
    limit = _UNIT_VIEW_LIMIT[asking.detail] * (10 if asking.views == ("units",) else 1)
    if "units" in asking.views and _size(problem) * batch > limit:
        note = f"Unit by unit this would be more than {limit} numbers a step, so it is written matrix by matrix."
        return replace(asking, views=("matrix",)), [note]
    return asking, []


def _view(problem: Problem, name: ViewName, samples: int, views: dict[tuple[ViewName, int], View]) -> View:
    key = (name, samples)
    if key not in views:
        views[key] = matrix_view(problem, samples) if name == "matrix" else unit_view(problem, samples)
    return views[key]


def _walk(
    problem: Problem, asking: Asking, views: dict[tuple[ViewName, int], View], progress: Progress | None
) -> tuple[list[WorkedStep], Any]:
    """Every step in float64, and those that are shown to 50 digits as well."""
    rounding = rounded_as_printed(asking.style) if asking.carry == "rounded" else None
    floats = Walk(problem, numpy)
    exact = {name: Walk(problem, precise(), rounding) for name in asking.views}
    planned = list(batches(problem))
    shown = _SHOWN_STEPS[asking.detail]
    steps = []
    for batch in planned if progress is None else progress(planned, len(planned)):
        samples = max(1, len(batch.samples))
        taken = floats.take(_view(problem, "matrix", samples, views), batch)
        numbers = {}
        if batch.step <= shown:
            numbers = {name: walk.take(_view(problem, name, samples, views), batch) for name, walk in exact.items()}
        steps.append(WorkedStep(batch, taken, numbers))
    every = numbers and rounding is not None
    last = next(iter(exact.values())) if every else floats
    return steps, _loss_after(problem, last)


def _loss_after(problem: Problem, walk: Walk) -> Any:
    """The loss over all samples with the parameters that the last step left."""
    if not problem.updates:
        return None
    count = len(problem.samples or ()) or 1
    graph = problem.graph(count)
    assert graph.loss is not None
    batch = Batch(problem.keys.epochs, 1, problem.samples.numbers if problem.samples else ())
    leaves = [*graph.parameters, *graph.inputs]
    values = [walk.parameters[node.name] for node in graph.parameters] + [
        walk.data(node, batch) for node in graph.inputs
    ]
    (loss,) = Evaluator(graph.composed(graph.loss), leaves, walk.xp)(*values)
    return loss


def _symbolic(problem: Problem, views: dict[tuple[ViewName, int], View]) -> dict[str, tuple[View, Node]]:
    """The wanted derivatives in terms of the forward pass."""
    if problem.graph(1).loss is None:
        return {}
    answers: dict[str, tuple[View, Node]] = {}
    for name in ("matrix", "units"):
        if name == "units" and _size(problem) > _UNIT_VIEW_LIMIT["normal"]:
            continue
        view = _view(problem, name, 1, views)
        backward = [Line(s.symbol, s.formula) for s in view.statements if s.role in ("way", "gradient")]
        for node, symbol in view.gradients.items():
            if node.name in problem.wanted:
                # The unit view comes second: what has a name there is written out there.
                answers[node.name] = (view, compose(backward, [symbol])[0])
    return {name: answers[name] for name in problem.wanted if name in answers}


def _compare(problem: Problem) -> Comparison | None:
    asked = problem.keys.equal
    if asked is None:
        return None
    return compare(problem.expression(asked.left, "equal.left"), problem.expression(asked.right, "equal.right"))
