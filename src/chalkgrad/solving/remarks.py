"""Remarks where something happens that a student should see: a dead unit, a saturated one, a gradient of zero."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy

from chalkgrad.ops.activations import relu, sigmoid, tanh
from chalkgrad.render.document import Remark, words
from chalkgrad.render.names import name_box
from chalkgrad.solving.derivation import Derivation, WorkedStep
from chalkgrad.solving.statements import Statement, View
from chalkgrad.solving.steps import StepValues

__all__ = ["course_remarks", "forward_remarks", "gradient_remarks"]

# Below this slope a saturating unit passes on less than a hundredth of its gradient.
_SATURATED = 0.01


def forward_remarks(numbers: StepValues) -> Iterator[Remark]:
    """What is to be said of the values of one step, and of its activations unit by unit."""
    yield from _without_value(numbers)
    for name, group in _by_unit(numbers.view).items():
        op = group[0].formula.op
        inputs = [_largest(numbers.values[s.formula.arguments[0]]) for s in group]
        if op is relu and all(value <= 0 for value in inputs):
            yield _dead(name, [s.sample for s in group], any(value == 0 for value in inputs))
        elif op in (sigmoid, tanh):
            slopes = [_slope(s, numbers) for s in group]
            if max(slopes) < _SATURATED:
                yield _saturated(name, max(slopes))


def _without_value(numbers: StepValues) -> Iterator[Remark]:
    """The first quantity that is infinite or not a number: everything after it means nothing."""
    for statement in numbers.view.statements:
        entries = numpy.asarray(numbers.values[statement.symbol], dtype=object).flat
        if not all(abs(entry) < float("inf") for entry in entries):
            text = (
                " is not a finite number here (a logarithm or root of a negative number, a division by 0, an overflow)."
            )
            yield Remark(words(name_box(statement.of), text, " What follows from it means nothing."), "warning")
            return


def _by_unit(view: View) -> dict[str, list[Statement]]:
    found: dict[str, list[Statement]] = {}
    for statement in view.statements:
        if statement.role == "value" and statement.formula.op.role == "activation" and not statement.symbol.shape:
            found.setdefault(statement.of, []).append(statement)
    return found


def _largest(value: Any) -> Any:
    return max(numpy.asarray(value, dtype=object).flat)


def _dead(name: str, samples: list[int | None], at_kink: bool) -> Remark:
    every = "for every sample of this step" if len(samples) > 1 else "here"
    text = f" is 0 {every}: its input is not positive, so its slope is 0 and no gradient comes back through it."
    text += " (An input of exactly 0 is at the kink, where the slope is taken as 0.)" if at_kink else ""
    return Remark(words("The ReLU unit ", name_box(name), text), "warning")


def _slope(statement: Statement, numbers: StepValues) -> float:
    a = float(numbers.values[statement.symbol])
    return a * (1 - a) if statement.formula.op is sigmoid else 1 - a * a


def _saturated(name: str, slope: float) -> Remark:
    text = f" is saturated: its slope is only {slope:.2g}, so hardly any gradient comes back through it."
    return Remark(words("The unit ", name_box(name), text), "warning")


def gradient_remarks(numbers: StepValues, written: Collection[str]) -> Iterator[Remark]:
    """Parameters whose gradient is exactly 0, in one remark.

    Args:
        numbers: the step.
        written: the names of what is written out; of what stands in a table the table tells it.
    """
    named = {s.symbol: s.of for s in numbers.view.statements if s.role == "gradient"}
    totals = [node for node in numbers.view.totals if named.get(numbers.view.gradients[node], node.name) in written]
    zero = [node.name for node in totals if _is_zero(numbers.values[numbers.view.gradients[node]])]
    if not zero:
        return
    more = f" and {len(zero) - 12} more" if len(zero) > 12 else ""
    one = len(zero) == 1
    text = f"{more} {'is' if one else 'are'} exactly 0, so the data do not move {'it' if one else 'them'} in this step."
    yield Remark(words(f"The gradient{'' if one else 's'} of ", *_listed(zero[:12], "" if more else " and "), text))


def _listed(names: Sequence[str], before_last: str) -> list[Any]:
    """Names with commas between them, or with a word before the last."""
    pieces: list[Any] = []
    for position, name in enumerate(names):
        last = position == len(names) - 1
        pieces += [] if not position else [before_last if last and before_last else ", "]
        pieces.append(name_box(name))
    return pieces


def _is_zero(value: Any) -> bool:
    return all(entry == 0 for entry in numpy.asarray(value, dtype=object).flat)


def course_remarks(derivation: Derivation) -> Iterator[Remark]:
    """What the steps show together: a loss that does not fall, units that stay equal, a class never answered."""
    losses = [_loss(step) for step in derivation.steps]
    if len(losses) > 1 and derivation.problem.updates and derivation.problem.keys.batch == "full":
        yield from _loss_remarks(losses)
    yield from _equal_units(derivation)
    yield from _never_below_half(derivation)


def _loss(step: WorkedStep) -> float:
    loss = step.floats.view.loss
    return float("nan") if loss is None else float(numpy.max(step.floats.values[loss]))


def _loss_remarks(losses: list[float]) -> Iterator[Remark]:
    if max(losses) - min(losses) <= 1e-12 * max(1.0, abs(losses[0])):
        yield Remark(words("The loss stays the same from step to step: the steps lead nowhere."), "warning")
    elif losses[-1] > losses[0]:
        yield Remark(
            words("The loss grows instead of falling: the learning rate is too large for this problem."), "warning"
        )


def _equal_units(derivation: Derivation) -> Iterator[Remark]:
    """Hidden units that compute the same in every step."""
    if not derivation.steps:
        return
    for line in derivation.problem.graph(1).forward_lines:
        if line.formula.op.role != "activation" or line.symbol is derivation.problem.graph(1).output:
            continue
        names = derivation.problem.graph(1).unit_names[line.symbol]
        same = len(names) > 1 and all(_columns_equal(step, line.symbol.name) for step in derivation.steps)
        if same:
            text = " compute the same value in every step: they start equal, get equal gradients and stay equal."
            yield Remark(words("The units ", *_listed(names, " and "), text), "warning")


def _columns_equal(step: WorkedStep, name: str) -> bool:
    graph_symbol = next(node for node in step.floats.view.entries if node.name == name)
    value = numpy.asarray(step.floats.values[graph_symbol])
    if value.ndim < 2:
        return False
    features = value if graph_symbol.shape[0].name == "samples" else value.T
    return features.shape[1] > 1 and bool(numpy.all(features == features[:, :1]))


def _never_below_half(derivation: Derivation) -> Iterator[Remark]:
    """A sigmoid of a ReLU."""
    lines = {line.symbol: line.formula for line in derivation.problem.graph(1).forward_lines}
    output = lines.get(derivation.problem.graph(1).output)
    if output is None or output.op is not sigmoid:
        return
    inner = lines.get(output.arguments[0])
    if inner is not None and inner.op is relu:
        yield Remark(
            words(
                "The output is the sigmoid of a ReLU, which is never negative, so the output is never below 1/2: "
                "class 0 can never be answered."
            ),
            "warning",
        )
