"""The course of a problem: every number of its working, one by one, stage after stage.

A *stage* is an optimizer step, or the forward pass with the parameters that the last step left. Its numbers are those
of the unit view, each a symbol with a formula in earlier symbols, so that any of them can be worked out again from
other numbers than the true ones.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any, TypeVar

import numpy

from chalkgrad.core.evaluate import evaluate
from chalkgrad.core.node import Node, variable
from chalkgrad.errors import Fault, UsageError
from chalkgrad.marking.side_results import SideResults, side_results
from chalkgrad.reading.problem import Problem
from chalkgrad.solving.statements import Statement, View
from chalkgrad.solving.steps import Batch, Walk, batches
from chalkgrad.solving.views import matrix_view, unit_view

__all__ = ["MOST_NUMBERS", "Course", "Stage", "course_of", "each_of"]

# Beyond this many numbers nobody has worked a page by hand.
MOST_NUMBERS = 20_000
_MOST_STAGES = 60
_MOST_SAMPLES = 12
Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Stage:
    """One optimizer step, or the forward pass after the last.

    Args:
        number: counted from 1.
        batch: which samples it sees.
        units: the working unit by unit.
        matrix: the working matrix by matrix.
        statements: the statement of each symbol that is worked out here, as the solution has it.
        side: the statements of slopes, differences, gradients and changes that the working does not need.
        formulas: for each symbol of both, its formula, in which slopes and differences are symbols.
        other_ways: for some symbols, other formulas, by way of what stands in `side`.
        gradients: for a quantity of the forward pass or a parameter, the symbol of its gradient, those included.
        before: for a leaf that an earlier stage worked out, the number of that stage and its symbol there.
        true: the value of every symbol; empty where the problem has no numbers.
        is_after: whether only the forward pass is worked here, with the final parameters.
    """

    number: int
    batch: Batch
    units: View
    matrix: View
    statements: Mapping[Node, Statement]
    side: Mapping[Node, Statement]
    formulas: Mapping[Node, Node]
    other_ways: Mapping[Node, tuple[Node, ...]]
    gradients: Mapping[Node, Node]
    before: Mapping[Node, tuple[int, Node]]
    true: Mapping[Node, float]
    is_after: bool = False
    behind: dict[Node, frozenset[Node]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def matrix_entries(self) -> dict[Node, Any]:
        """For each symbol of the matrix view, the symbol of the unit view that it is, or the array of them."""
        units, found = self.units, dict(self.units.entries)
        for ours, theirs in (
            (self.matrix.gradients, self.gradients),
            (self.matrix.totals, units.totals),
            (self.matrix.updated, units.updated),
        ):
            for of, symbol in ours.items():
                found.setdefault(symbol, each_of(units.entries.get(of, of), theirs))
        for name, symbol in self.matrix.settings.items():
            found[symbol] = units.settings[name]
        for (of, name), symbols in self.matrix.states.items():
            for position, symbol in enumerate(symbols):
                pairs = {owner: pair[position] for (owner, kind), pair in units.states.items() if kind == name}
                found.setdefault(symbol, each_of(units.entries.get(of, of), pairs))
        return {symbol: entries for symbol, entries in found.items() if entries is not None}

    def side_by(self, role: str) -> dict[Node, Node]:
        """For a prediction, the symbol of its difference (`error`); for an activation, that of its slope (`slope`).

        For a parameter, that of what a step adds to it (`change`) or subtracts from it (`step`).
        """
        found: dict[Node, Node] = {}
        for made in self.side.values():
            if made.role == role == "error":
                found[made.formula.arguments[0]] = made.symbol
            elif made.role == role and role in ("change", "step"):
                found[variable(made.symbol.name.partition(":")[2])] = made.symbol
            elif made.role == role:
                found[variable(made.symbol.name[1:].partition("/")[0])] = made.symbol
        return found


@dataclass(frozen=True)
class Course:
    """All stages of a problem; `kept` is what readers of it work out once and look up again."""

    problem: Problem
    stages: tuple[Stage, ...]
    kept: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def stage(self, number: int) -> Stage:
        """The stage of a number, counted from 1."""
        return self.stages[number - 1]

    @cached_property
    def gradient_symbols(self) -> dict[tuple[int, Node], Node]:
        """For a symbol of a stage, that of its gradient."""
        return {(stage.number, of): symbol for stage in self.stages for of, symbol in stage.gradients.items()}

    @cached_property
    def total_symbols(self) -> dict[tuple[int, Node], Node]:
        """For a parameter of a stage, the symbol of its gradient with the regularizer, where that is another."""
        return {
            (stage.number, of): symbol
            for stage in self.stages
            for of, symbol in stage.units.totals.items()
            if symbol is not stage.gradients.get(of) and not stage.is_after
        }

    @cached_property
    def losses(self) -> frozenset[Node]:
        """The symbols of what is differentiated."""
        return frozenset(stage.units.loss for stage in self.stages if stage.units.loss is not None)

    def once(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """What `make` gives, worked out the first time that it is asked for under a key."""
        if key not in self.kept:
            self.kept[key] = make()
        found: Kept = self.kept[key]
        return found


class _Same:
    """A problem, the same as no other, so that its course can be kept."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.problem is self.problem

    def __hash__(self) -> int:
        return id(self.problem)


@dataclass(frozen=True)
class _Views:
    """The working of a step unit by unit and matrix by matrix, and what can be written down beside it."""

    units: View
    matrix: View
    beside: SideResults


def course_of(problem: Problem) -> Course:
    """Work a problem out number by number, in float64; once for all pages of one problem.

    Args:
        problem: what was asked.

    Raises:
        UsageError: `too-large-to-mark`, where the working has more numbers than anybody writes by hand.
    """
    return _worked_out(_Same(problem))


@lru_cache(maxsize=8)
def _worked_out(same: _Same) -> Course:
    problem = same.problem
    if not problem.has_numbers:
        return Course(problem, (_symbolic_stage(problem),))
    walk = Walk(problem, numpy)
    views: dict[int, _Views] = {}
    stages: list[Stage] = []
    for batch in batches(problem):
        if len(stages) >= _MOST_STAGES:
            break
        stages.append(_stage(problem, walk, batch, views, stages))
    if problem.updates:
        last = stages[-1]
        after = Batch(last.batch.epoch, last.number + 1, _looked_at(stages))
        stages.append(_stage(problem, walk, after, views, stages, is_after=True))
    return Course(problem, tuple(stages))


def _looked_at(stages: Sequence[Stage]) -> tuple[int, ...]:
    """The samples of the forward pass after the last step: all, or those of the first step where all are too many."""
    every = sorted({sample for stage in stages for sample in stage.batch.samples})
    return tuple(every) if len(every) <= _MOST_SAMPLES else stages[0].batch.samples


def _views(problem: Problem, samples: int, views: dict[int, _Views]) -> _Views:
    if samples not in views:
        matrix = matrix_view(problem, samples)
        size = sum(int(numpy.prod([axis.size or 1 for axis in made.symbol.shape])) for made in matrix.statements)
        if size > MOST_NUMBERS:
            message = f"a step of this problem has {size:,} numbers, and at most {MOST_NUMBERS:,} can be marked by hand"
            raise UsageError(Fault("too-large-to-mark", message, hint="Mark a smaller network, or fewer samples."))
        units = unit_view(problem, samples)
        parameters = [node.name for node in problem.graph(samples).parameters]
        wide = units if problem.updates else unit_view(problem, samples, parameters)
        views[samples] = _Views(units, matrix, _beside(units, wide))
    return views[samples]


def _beside(units: View, wide: View) -> SideResults:
    """What can be written down beside a view, the gradients of a wider one included."""
    found = side_results(wide)
    more = [made for made in wide.statements if made.symbol not in _made(units)]
    return replace(found, statements=(*more, *found.statements), gradients={**wide.gradients, **found.gradients})


def _stage(
    problem: Problem,
    walk: Walk,
    batch: Batch,
    views: dict[int, _Views],
    earlier: list[Stage],
    is_after: bool = False,
) -> Stage:
    here = _views(problem, max(1, len(batch.samples)), views)
    values = dict(walk.take(here.units, batch).values)
    for made in here.beside.statements:
        values[made.symbol] = evaluate([made.formula], values)[0]
    true = {symbol: _number(value) for symbol, value in values.items()}
    return _staged(batch, here, _before(here.units, earlier), true, is_after)


def _staged(
    batch: Batch,
    views: _Views,
    before: Mapping[Node, tuple[int, Node]],
    true: Mapping[Node, float],
    is_after: bool = False,
) -> Stage:
    """A stage with what can be written down beside its working."""
    units, beside = views.units, views.beside
    statements = {made.symbol: made for made in units.statements if not is_after or made.kind in ("forward", "loss")}
    if is_after:
        true = {symbol: value for symbol, value in true.items() if symbol in statements or symbol not in _made(units)}
    side = {made.symbol: made for made in beside.statements if not is_after or made.role == "error"}
    formulas = {symbol: formula for symbol, formula in beside.formulas.items() if symbol in statements}
    formulas |= {made.symbol: made.formula for made in side.values()}
    formulas |= {symbol: beside.formulas[symbol] for symbol in side if symbol in beside.formulas}
    gradients = {} if is_after else beside.gradients
    ways = {} if is_after else beside.other_ways
    return Stage(
        batch.step, batch, units, views.matrix, statements, side, formulas, ways, gradients, before, true, is_after
    )


def each_of(entries: Any, theirs: Mapping[Node, Node]) -> Any:
    """What a mapping gives for each entry, in the same shape; `None` where it lacks one."""
    if isinstance(entries, Node):
        return theirs.get(entries)
    found = [theirs.get(entry) for entry in entries.flat]
    if None in found:
        return None
    array = numpy.empty(len(found), dtype=object)
    array[:] = found
    return array.reshape(entries.shape)


def _made(view: View) -> set[Node]:
    """The symbols that a view works out."""
    return {made.symbol for made in view.statements}


def _before(units: View, earlier: list[Stage]) -> dict[Node, tuple[int, Node]]:
    """Where the parameters and the optimizer's memory of a stage come from."""
    if not earlier:
        return {}
    last = earlier[-1]
    found = {old: (last.number, new) for old, new in last.units.updated.items()}
    olds = {key: old for key, (old, _) in units.states.items()}
    for key, (_, new) in last.units.states.items():
        if key in olds:
            found[olds[key]] = (last.number, new)
    return found


def _number(value: Any) -> float:
    return float(numpy.asarray(value, dtype=numpy.float64).reshape(()))


def _symbolic_stage(problem: Problem) -> Stage:
    """The working of a problem without numbers."""
    return _staged(Batch(1, 1, (0,)), _views(problem, 1, {}), {}, {})
