"""A derivation: the worked steps of a problem, its answers, and the checks that were measured on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from chalkgrad.core.equality import Comparison
from chalkgrad.core.node import Node
from chalkgrad.reading.problem import Problem
from chalkgrad.render.numbers import NumberStyle
from chalkgrad.solving.statements import View
from chalkgrad.solving.steps import Batch, StepValues

__all__ = ["Asking", "Check", "Derivation", "WorkedStep"]

ViewName = Literal["matrix", "units"]


@dataclass(frozen=True, slots=True)
class Asking:
    """How a solution is to be written.

    Args:
        views: which views, in the order in which they are shown.
        detail: how much is explained.
        style: how numbers are rounded.
        carry: whether each printed number is what the next line uses.
        units: the names of the units, weights and layers that are shown alone; empty for all.
    """

    views: tuple[ViewName, ...] = ("units", "matrix")
    detail: Literal["short", "normal", "full"] = "normal"
    style: NumberStyle = field(default_factory=NumberStyle)
    carry: Literal["exact", "rounded"] = "exact"
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """Something that was measured on a derivation.

    Args:
        name: what was checked.
        passed: whether it held.
        measured: the worst deviation met.
        tolerance: how much is allowed.
        words: what was compared with what, and how many values.
    """

    name: str
    passed: bool
    measured: float
    tolerance: float
    words: str


@dataclass(frozen=True)
class WorkedStep:
    """One optimizer step.

    Args:
        batch: which samples it saw.
        floats: its numbers in float64, from the matrix view.
        exact: its numbers to 50 digits by view (rounded as printed, if they are carried so); empty for a step that is
            not shown in longhand.
        around: where only some units are shown, the numbers to 50 digits of the matrix view that theirs rest on.
    """

    batch: Batch
    floats: StepValues
    exact: Mapping[ViewName, StepValues] = field(default_factory=dict)
    around: StepValues | None = None


@dataclass(frozen=True)
class Derivation:
    """A solution.

    Args:
        problem: what was asked.
        asking: how it is to be written.
        views: for a number of samples, the views; 1 is always there for symbolic answers.
        steps: every optimizer step; those that are shown in longhand have exact values.
        loss_after: the loss over all samples with the final parameters, or `None`.
        symbolic: the wanted derivatives as formulas of the forward pass, by name, with the view they belong to.
        comparison: what was found about `equal`, or `None`.
        checks: what was measured.
        notes: remarks on the derivation as a whole, such as a view that was left out.
    """

    problem: Problem
    asking: Asking
    views: Mapping[tuple[ViewName, int], View]
    steps: tuple[WorkedStep, ...]
    loss_after: Any
    symbolic: Mapping[str, tuple[View, Node]]
    comparison: Comparison | None = None
    checks: tuple[Check, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every check held."""
        return all(check.passed for check in self.checks)

    @property
    def shown_steps(self) -> tuple[WorkedStep, ...]:
        """The steps that are shown in longhand."""
        return tuple(step for step in self.steps if step.exact)
