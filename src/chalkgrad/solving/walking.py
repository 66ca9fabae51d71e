"""The steps of a problem of which only some units are shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chalkgrad.core.precise import precise
from chalkgrad.errors import Fault, UsageError
from chalkgrad.reading.problem import Problem
from chalkgrad.solving.derivation import Asking, ViewName
from chalkgrad.solving.shown_units import choose_units
from chalkgrad.solving.some_units import around_units, only_in_products, values_of_units, view_of_units
from chalkgrad.solving.statements import View
from chalkgrad.solving.steps import Batch, StepValues, Walk, batches, rounded_as_printed
from chalkgrad.solving.views import matrix_view

__all__ = ["steps_with_units", "walk_units"]


def steps_with_units(problem: Problem, small: bool) -> list[Batch]:
    """The steps of a problem; of a large one there must be only one.

    Args:
        problem: what was asked.
        small: whether all of its numbers can be worked out to 50 digits in each of many steps.

    Raises:
        UsageError: `sample-missing`, `no-numbers`.
    """
    hint = "choose one with --sample"
    if problem.samples is None and problem.keys.data is not None:
        raise UsageError(Fault("sample-missing", "there are too many samples to show units for all of them", hint=hint))
    if not problem.has_numbers:
        raise UsageError(Fault("no-numbers", "units are shown with their numbers, and the problem gives none"))
    planned = list(batches(problem))
    if len(planned) > 1 and not small:
        message = f"there are {len(planned):,} steps, too many for units of so large a network"
        raise UsageError(Fault("sample-missing", message, hint=hint))
    return planned


def walk_units(
    problem: Problem, asking: Asking, planned: Sequence[Batch], views: dict[tuple[ViewName, int], View]
) -> Iterator[tuple[StepValues, StepValues]]:
    """The numbers of the shown units to 50 digits, step by step, and those of the matrix view around them.

    Args:
        problem: what was asked.
        asking: which units, and how they are to be written.
        planned: the steps to work out.
        views: the views so far, by name and number of samples; what is missing is added.

    Raises:
        UsageError: `no-such-unit`, `nothing-worked-out`, `too-many-units`.
    """
    rounding = rounded_as_printed(asking.style) if asking.carry == "rounded" else None
    walk: Walk | None = None
    for batch in planned:
        samples = max(1, len(batch.samples))
        matrix = views.setdefault(("matrix", samples), matrix_view(problem, samples))
        if ("units", samples) not in views:
            views["units", samples] = view_of_units(problem, matrix, choose_units(problem.graph(samples), asking.units))
        view = views["units", samples]
        # After the last step nobody asks for the other parameters.
        around = around_units(matrix, view) if len(planned) == 1 else matrix
        walk = walk or Walk(problem, precise(), rounding, only_in_products(around) if len(planned) == 1 else ())
        whole = walk.take(around, batch)
        yield values_of_units(view, whole, problem, precise(), rounding), whole
