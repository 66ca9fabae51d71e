"""Checks that are measured on a derivation, never assumed: each can fail, and says by how much."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy

from chalkgrad.core.evaluate import Evaluator
from chalkgrad.core.gradient import compose
from chalkgrad.core.node import Node
from chalkgrad.core.precise import precise
from chalkgrad.core.shape import same_sizes
from chalkgrad.errors import counted
from chalkgrad.solving.derivation import Check, Derivation
from chalkgrad.solving.differences import Differences, measure_differences
from chalkgrad.solving.engines import ENGINE_TOLERANCE, Agreement, compare_engines, relative_difference
from chalkgrad.solving.families import written_out
from chalkgrad.solving.redoing import enough_digits
from chalkgrad.solving.sampling import sampled_deviation
from chalkgrad.solving.some_units import values_of_units
from chalkgrad.solving.steps import StepValues
from chalkgrad.solving.values import run

__all__ = ["measure"]

_DIFFERENCE_TOLERANCE = 1e-9
# Large problems are nudged by 1e-6 in float64, which leaves about 9 digits of the difference.
_FLOAT_DIFFERENCE_TOLERANCE = 1e-6
# As many as are written out in normal detail.
_MOST_STEPS = 10
_EACH_FITS = "each has the shape of its quantity"


def measure(derivation: Derivation) -> tuple[Check, ...]:
    """All checks that apply to a derivation."""
    checks: list[Check | None] = []
    if derivation.shown_steps:
        checks += [_finite_differences(derivation), _second_engine(derivation)]
        if derivation.asking.units:
            checks += [_with_the_whole(derivation), _by_hand(derivation)]
        else:
            checks += [_shapes(derivation), _views(derivation), _fused(derivation), _by_hand(derivation)]
    elif derivation.symbolic:
        shapes = _symbolic_shapes(derivation)
        # What does not fit in shape cannot be compared number by number.
        checks += [_symbolic_differences(derivation) if shapes.passed else None, shapes]
    if derivation.comparison is not None:
        checks.append(_comparison(derivation))
    return tuple(check for check in checks if check is not None)


# --- finite differences, the second engine ----------------------------------------------------------------------------


def _finite_differences(derivation: Derivation) -> Check | None:
    """Every gradient against the change of the loss."""
    found, rounded = Differences(), derivation.asking.carry == "rounded"
    for step in derivation.shown_steps[:_MOST_STEPS]:
        numbers, around = next(iter(step.exact.values())), step.around
        if rounded:
            around = None if around is None else _unrounded(around)
            numbers = _unrounded(numbers) if around is None else _from_around(derivation, numbers, around)
        measure_differences(numbers, found, around)
    if not found.alone:
        return None
    words = (
        f"{counted(found.alone, 'gradient')} compared with the change of the loss when the quantity is nudged by 1e-20"
    )
    words += ", before they are rounded" if rounded else ""
    words += f", in the first {_MOST_STEPS} steps" if len(derivation.shown_steps) > _MOST_STEPS else ""
    words += f"; {found.together:,} with all entries of a quantity nudged at once" if found.together else ""
    words += (
        f"; {found.kinks} lie at a kink, where the slope must be between those of both sides" if found.kinks else ""
    )
    words += f"; {found.beyond} have no finite loss to be compared with" if found.beyond else ""
    return Check("finite differences", found.worst <= _DIFFERENCE_TOLERANCE, found.worst, _DIFFERENCE_TOLERANCE, words)


def _unrounded(numbers: StepValues) -> StepValues:
    """The step once more from the same start, without rounding: rounding moves gradients away from the true slopes."""
    produced = {statement.symbol for statement in numbers.view.statements}
    leaves = {node: value for node, value in numbers.values.items() if node not in produced}
    return replace(numbers, values=run(numbers.view, leaves, precise()))


def _from_around(derivation: Derivation, numbers: StepValues, around: StepValues) -> StepValues:
    """The numbers of some units from others of the matrix view around them."""
    return values_of_units(numbers.view, around, derivation.problem, precise(), None)


def _second_engine(derivation: Derivation) -> Check:
    """Every printed number, worked out again: float64 against 50 digits."""
    found = Agreement()
    for step in derivation.shown_steps:
        for numbers in step.exact.values():
            compare_engines(numbers, derivation.asking.carry == "rounded", found)
    words = f"{counted(found.numbers, 'printed number')} worked out in float64 and again to 50 digits"
    if found.cancelled:
        words += f"; {counted(found.cancelled, 'line')} with large numbers on the way compared as far as float64 goes"
    words += f"; {counted(found.beyond, 'line')} beyond the largest number of float64" if found.beyond else ""
    return Check("second engine", found.worst <= ENGINE_TOLERANCE, found.worst, ENGINE_TOLERANCE, words)


# --- shapes, views, fused losses --------------------------------------------------------------------------------------


def _shapes(derivation: Derivation) -> Check | None:
    """Every gradient has the sizes of what it belongs to."""
    wrong, count = 0, 0
    for step in derivation.shown_steps:
        values = step.floats
        for node, gradient in values.view.gradients.items():
            if gradient in values.values and node in values.values:
                count += 1
                wrong += numpy.shape(values.values[gradient]) != numpy.shape(values.values[node])
    if not count:
        return None
    return Check(
        "shapes",
        wrong == 0,
        float(wrong),
        0.0,
        f"{counted(count, 'gradient')} looked at: {_EACH_FITS}",
    )


def _views(derivation: Derivation) -> Check | None:
    """Unit by unit and matrix by matrix give the same numbers."""
    if derivation.asking.carry == "rounded" or len(derivation.asking.views) < 2:
        return None
    worst, count = 0.0, 0
    for step in derivation.shown_steps:
        matrix, units = step.exact["matrix"], step.exact["units"]
        graph = derivation.problem.graph(matrix.view.samples)
        for which in ("value", "gradients", "totals", "updated"):
            for node in _compared(graph.parameters, matrix, which):
                one, other = (_looked_at(numbers, node, which) for numbers in (matrix, units))
                worst, count = max(worst, relative_difference(one, other)), count + int(numpy.size(one))
    words = f"{counted(count, 'number')} worked out both ways, unit by unit and matrix by matrix"
    return Check("both views", worst <= ENGINE_TOLERANCE, worst, ENGINE_TOLERANCE, words)


def _with_the_whole(derivation: Derivation) -> Check | None:
    """What is shown of some units against the matrix view of the whole network, in float64."""
    if derivation.asking.carry == "rounded":
        return None
    worst, count = 0.0, 0
    for step in derivation.shown_steps:
        (numbers,) = step.exact.values()
        shown = {statement.symbol for statement in numbers.view.statements}
        whole_view = step.floats.view
        places = dict(numbers.view.taken)
        for node, updated in numbers.view.updated.items():
            parameter, index = numbers.view.taken[node]
            places[updated] = (whole_view.updated[parameter], index)
        for node, (symbol, index) in places.items():
            if node in shown and symbol in step.floats.values:
                whole = step.floats.values[symbol]
                worst = max(worst, relative_difference(whole[index] if index else whole, numbers.values[node]))
                count += 1
    words = f"{counted(count, 'number')} of these units compared with those of the whole network, matrix by matrix"
    return Check("both views", worst <= ENGINE_TOLERANCE, worst, ENGINE_TOLERANCE, words)


def _looked_at(numbers: StepValues, node: Node, which: str) -> Any:
    if which == "updated":
        return numbers.after(node)
    return numbers.of(node, None if which == "value" else getattr(numbers.view, which))


def _compared(parameters: tuple[Node, ...], matrix: StepValues, which: str) -> list[Node]:
    if which == "value":
        return [node for node in matrix.view.entries if node in matrix.values and node.name != "loss"]
    return [node for node in parameters if node in getattr(matrix.view, which)]


def _fused(derivation: Derivation) -> Check | None:
    """A loss fused with its activation against the two apart."""
    worst, count = 0.0, 0
    for step in derivation.shown_steps[:_MOST_STEPS]:
        view = step.floats.view
        graph = derivation.problem.graph(view.samples)
        if not graph.plain_loss_lines or derivation.asking.carry == "rounded":
            continue
        numbers = next(iter(step.exact.values()))
        leaves = [*graph.parameters, *graph.inputs]
        (fused,) = graph.composed(graph.loss)  # type: ignore[arg-type]
        (plain,) = compose([*graph.forward_lines, *graph.plain_loss_lines], [graph.loss])  # type: ignore[list-item]
        one, other = Evaluator([fused, plain], leaves, precise())(*[numbers.of(leaf) for leaf in leaves])
        worst, count = max(worst, relative_difference(one, other)), count + 1
    if not count:
        return None
    words = "the loss written in one piece with its activation equals its definition"
    return Check("fused loss", worst <= ENGINE_TOLERANCE, worst, ENGINE_TOLERANCE, words)


def _by_hand(derivation: Derivation) -> Check | None:
    """Every line gives its printed result when it is redone with the numbers printed in it."""
    style, lost, count = derivation.asking.style, 0, 0
    for step in derivation.shown_steps:
        for numbers in step.exact.values():
            for statement in written_out(numbers, derivation.asking):
                count += 1
                lost += enough_digits(numbers.view, statement, numbers.values, style) is None
    words = (
        f"{counted(count, 'line')} redone with the numbers as they are printed in them, to arrive at the printed result"
    )
    return Check("by hand", lost == 0, float(lost), 0.0, words)


# --- where there are no numbers ---------------------------------------------------------------------------------------


def _symbolic_differences(derivation: Derivation) -> Check | None:
    """Symbolic derivatives against differences, at numbers drawn for the purpose."""
    worst, count = 0.0, 0
    large = any(view.name == "matrix" for view, _ in derivation.symbolic.values())
    tolerance = _FLOAT_DIFFERENCE_TOLERANCE if large else _DIFFERENCE_TOLERANCE
    for name, (view, _) in derivation.symbolic.items():
        deviation = sampled_deviation(view, name)
        if deviation is not None:
            worst, count = max(worst, deviation), count + 1
    if not count:
        return None
    words = f"{counted(count, 'derivative')} compared with differences at numbers drawn for the purpose"
    return Check("finite differences", worst <= tolerance, worst, tolerance, words)


def _symbolic_shapes(derivation: Derivation) -> Check:
    """Every derivative has the sizes of what it is taken by."""
    views = {id(view): view for view, _ in derivation.symbolic.values()}.values()
    pairs = [(node, gradient) for view in views for node, gradient in view.gradients.items()]
    formulas = {s.symbol: s.formula for view in views for s in view.statements}
    wrong = sum(
        bool(formulas[g].shape) and not same_sizes(formulas[g].shape, node.shape) for node, g in pairs if g in formulas
    )
    return Check(
        "shapes", wrong == 0, float(wrong), 0.0, f"{counted(len(pairs), 'derivative')} looked at: {_EACH_FITS}"
    )


def _comparison(derivation: Derivation) -> Check:
    found = derivation.comparison
    assert found is not None
    words = f"both sides were worked out to 50 digits at {found.points} points"
    return Check("equality", found.equal is not None, found.largest_difference, 1e-35, words)
