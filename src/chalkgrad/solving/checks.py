"""Checks that are measured on a derivation, never assumed: each can fail, and says by how much."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy

from chalkgrad.core.evaluate import Evaluator
from chalkgrad.core.gradient import compose
from chalkgrad.core.node import VARIABLE, Node, toposort
from chalkgrad.core.precise import precise
from chalkgrad.solving.derivation import Check, Derivation
from chalkgrad.solving.redoing import enough_digits
from chalkgrad.solving.sampling import sampled_deviation
from chalkgrad.solving.statements import Statement, View
from chalkgrad.solving.steps import StepValues
from chalkgrad.solving.values import run

__all__ = ["measure"]

# A step of 1e-20 with 50 digits leaves 30 good ones in the difference; a kink within it is felt, anything smooth is not.
_NUDGE = Fraction(1, 10**20)
_DIFFERENCE_TOLERANCE = 1e-9
# Large problems are nudged by 1e-6 in float64, which leaves about 9 digits of the difference.
_FLOAT_DIFFERENCE_TOLERANCE = 1e-6
# Two engines that do the same few hundred operations in float64 and in 50 digits agree to a few units of 2e-16 each.
_ENGINE_TOLERANCE = 1e-12
_MOST_NUDGED = 60
_MOST_STEPS = 4


def measure(derivation: Derivation) -> tuple[Check, ...]:
    """All checks that apply to a derivation."""
    checks: list[Check | None] = []
    if derivation.shown_steps:
        checks += [_finite_differences(derivation), _second_engine(derivation), _shapes(derivation)]
        checks += [_views(derivation), _fused(derivation), _by_hand(derivation)]
    elif derivation.symbolic:
        checks.append(_symbolic_differences(derivation))
    if derivation.comparison is not None:
        checks.append(_comparison(derivation))
    return tuple(check for check in checks if check is not None)


def _many(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'s' * (count != 1)}"


def _relative(one: Any, other: Any) -> float:
    """The largest difference of two values, relative where they are larger than 1."""
    worst = 0.0
    for a, b in numpy.broadcast(numpy.asarray(one, dtype=object), numpy.asarray(other, dtype=object)):
        if not (_finite(a) and _finite(b)):
            worst = max(worst, 0.0 if str(a) == str(b) else float("inf"))
            continue
        worst = max(worst, float(abs(a - b) / max(1, abs(b))))
    return worst


def _finite(value: Any) -> bool:
    return bool(abs(value) < float("inf"))


# --- finite differences -----------------------------------------------------------------------------------------------


def _finite_differences(derivation: Derivation) -> Check | None:
    """Every gradient against the loss itself, nudged up and down at 50 digits."""
    worst, tried, kinks, left = 0.0, 0, 0, 0
    for step in derivation.shown_steps[:_MOST_STEPS]:
        for numbers in step.exact.values():
            found = list(_nudged(numbers))
            chosen = found[:: max(1, -(-len(found) // _MOST_NUDGED))]
            left += len(found) - len(chosen)
            for loss, leaf, index, claimed in chosen:
                deviation, kink = _deviation(loss, numbers, leaf, index, claimed)
                worst, tried, kinks = max(worst, deviation), tried + 1, kinks + kink
            break
    if not tried:
        return None
    if derivation.asking.carry == "rounded":
        # By-hand rounding moves the gradients themselves; what can be asked is that they stay near the true slope.
        return None
    words = f"{_many(tried, 'gradient')} compared with the change of the loss when the quantity is nudged by 1e-20"
    words += f"; {left} more were not tried" if left else ""
    words += f"; {kinks} lie at a kink, where the slope must be between those of both sides" if kinks else ""
    return Check("finite differences", worst <= _DIFFERENCE_TOLERANCE, worst, _DIFFERENCE_TOLERANCE, words)


def _nudged(numbers: StepValues) -> Iterator[tuple[Node, Node, tuple[int, ...], Any]]:
    """Each entry of each leaf that has a gradient."""
    view = numbers.view
    if view.loss is None:
        return
    produced = {statement.symbol for statement in view.statements}
    loss = _loss_formula(view)
    for node, gradient in view.gradients.items():
        if node in produced:
            continue
        values = numbers.values[gradient]
        for index in numpy.ndindex(getattr(values, "shape", ())):
            yield loss, node, index, values[index] if index else values


def _loss_formula(view: View) -> Node:
    assert view.loss is not None
    lines = [s.line for s in view.statements if s.role == "value"]
    return compose(lines, [view.loss])[0]


def _deviation(loss: Node, numbers: StepValues, leaf: Node, index: tuple[int, ...], claimed: Any) -> tuple[float, bool]:
    """How far a gradient is from the slope, and whether there is a kink at the point."""
    xp = precise()
    nudge = xp.exact_number(_NUDGE)
    below, here, above = (_loss_at(loss, numbers, leaf, index, k * nudge) for k in (-1, 0, 1))
    backward, forward = (here - below) / nudge, (above - here) / nudge
    if abs(backward - forward) <= 1e-12 * max(1, abs(forward)):
        return _relative(claimed, (above - below) / (2 * nudge)), False
    low, high = min(backward, forward), max(backward, forward)
    return float(max(0, low - claimed, claimed - high) / max(1, abs(claimed))), True


def _loss_at(loss: Node, numbers: StepValues, leaf: Node, index: tuple[int, ...], nudge: Any) -> Any:
    view = numbers.view
    key = ("loss", precise())
    if key not in view.evaluators:
        inputs = tuple(node for node in toposort([loss]) if node.op is VARIABLE)
        view.evaluators[key] = (inputs, Evaluator([loss], inputs, precise()))
    inputs, evaluator = view.evaluators[key]
    values = [numbers.values[node] for node in inputs]
    if leaf in inputs:
        position = inputs.index(leaf)
        values[position] = _moved(values[position], index, nudge)
    (result,) = evaluator(*values)
    return result[0, 0] if getattr(result, "shape", ()) else result


def _moved(value: Any, index: tuple[int, ...], nudge: Any) -> Any:
    if not index:
        return value + nudge
    moved = value.copy()
    moved[index] = moved[index] + nudge
    return moved


# --- the second engine ------------------------------------------------------------------------------------------------


def _second_engine(derivation: Derivation) -> Check:
    """Every printed number, worked out again: float64 against 50 digits."""
    worst, count = 0.0, 0
    for step in derivation.shown_steps:
        for numbers in step.exact.values():
            floats = _in_float64(numbers, derivation.asking.carry == "rounded")
            for statement in numbers.view.statements:
                exact = numbers.values[statement.symbol]
                if derivation.asking.carry == "rounded":
                    exact = _unrounded(numbers, statement)
                worst = max(worst, _relative(floats[statement.symbol], exact))
                count += int(numpy.size(exact))
    words = f"{_many(count, 'printed number')} worked out in float64 and again to 50 digits"
    return Check("second engine", worst <= _ENGINE_TOLERANCE, worst, _ENGINE_TOLERANCE, words)


def _in_float64(numbers: StepValues, each_from_printed: bool) -> dict[Node, Any]:
    """The statements in float64: as a chain from the leaves, or each from the printed numbers before it."""
    given = {node: _float_array(value) for node, value in numbers.values.items()}
    produced = {statement.symbol for statement in numbers.view.statements}
    leaves = {node: value for node, value in given.items() if node not in produced}
    if not each_from_printed:
        return run(numbers.view, leaves, numpy)
    results: dict[Node, Any] = {}

    def keep(statement: Statement, value: Any) -> Any:
        results[statement.symbol] = value
        return given[statement.symbol]

    run(numbers.view, leaves, numpy, keep)
    return results


def _float_array(value: Any) -> Any:
    if not getattr(value, "shape", ()):
        return numpy.float64(float(value))
    return value.astype(numpy.float64)


def _unrounded(numbers: StepValues, statement: Statement) -> Any:
    """What a statement gives before it is rounded."""
    inputs, evaluator = numbers.view.evaluators[(statement.symbol, precise())]
    return evaluator(*[numbers.values[node] for node in inputs])[0]


# --- shapes, views, fused losses ---------------------------------------------------------------------------------------


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
        f"{_many(count, 'gradient')} looked at: each has the shape of its quantity",
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
                one, other = (
                    numbers.of(node, None if which == "value" else getattr(numbers.view, which))
                    for numbers in (matrix, units)
                )
                worst, count = max(worst, _relative(one, other)), count + int(numpy.size(one))
    words = f"{_many(count, 'number')} worked out both ways, unit by unit and matrix by matrix"
    return Check("both views", worst <= _ENGINE_TOLERANCE, worst, _ENGINE_TOLERANCE, words)


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
        worst, count = max(worst, _relative(one, other)), count + 1
    if not count:
        return None
    words = "the loss written in one piece with its activation equals its definition"
    return Check("fused loss", worst <= _ENGINE_TOLERANCE, worst, _ENGINE_TOLERANCE, words)


def _by_hand(derivation: Derivation) -> Check | None:
    """Every line gives its printed result when it is redone with the numbers printed in it."""
    style, lost, count = derivation.asking.style, 0, 0
    for step in derivation.shown_steps:
        for numbers in step.exact.values():
            for statement in numbers.view.statements:
                count += 1
                lost += enough_digits(numbers.view, statement, numbers.values, style) is None
    words = (
        f"{_many(count, 'line')} redone with the numbers as they are printed in them, to arrive at the printed result"
    )
    return Check("by hand", lost == 0, float(lost), 0.0, words)


# --- where there are no numbers ----------------------------------------------------------------------------------------


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
    words = f"{_many(count, 'derivative')} compared with differences at numbers drawn for the purpose"
    return Check("finite differences", worst <= tolerance, worst, tolerance, words)


def _comparison(derivation: Derivation) -> Check:
    found = derivation.comparison
    assert found is not None
    words = f"both sides were worked out to 50 digits at {found.points} points"
    return Check("equality", found.equal is not None, found.largest_difference, 1e-35, words)
