"""The mistakes that are injected: each an edit of one line, as somebody writes it who makes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import wraps
from typing import Any

from expressions import (
    Call,
    Constant,
    Expression,
    Product,
    Quantity,
    Quotient,
    Ref,
    Sum,
    references,
    replaced,
)
from slips import Circumstances, arithmetic_slip, copied_wrong_line, digits_swapped, minus_dropped
from working import Line, minus, plus, slope_of, times

Edits = Callable[["Line", "Circumstances"], Iterator["Line"]]
Parts = Mapping[str, Any]


def _edits_by_rule(*rules: str) -> Callable[[Callable[[Parts, Line], Iterator[Expression]]], Edits]:
    """Make edits from a function over the parts of lines of some rules."""

    def make(function: Callable[[Parts, Line], Iterator[Expression]]) -> Edits:
        @wraps(function)
        def edits(line: Line, _: Circumstances) -> Iterator[Line]:
            if line.rule in rules:
                for says in function(line.parts, line):
                    if says != line.says:
                        yield replace(line, says=says)

        return edits

    return make


@_edits_by_rule("delta")
def missing_slope(parts: Parts, _: Line) -> Iterator[Expression]:
    """The gradient went through an activation without its slope."""
    yield parts["upstream"]


@_edits_by_rule("delta", "slope")
def slope_at_activation(parts: Parts, line: Line) -> Iterator[Expression]:
    """The slope was taken at the wrong side of the activation."""
    if parts["activation"] == "relu":
        return
    for inside in (parts["sum"], Call(parts["activation"], parts["output"])):
        yield from _with_slope(parts, line, slope_of(parts["activation"], parts["sum"], inside))


@_edits_by_rule("delta", "slope")
def value_for_slope(parts: Parts, line: Line) -> Iterator[Expression]:
    """The activation itself stands where its slope belongs."""
    if parts["activation"] != "relu":
        yield from _with_slope(parts, line, parts["output"])


def _with_slope(parts: Parts, line: Line, slope: Expression) -> Iterator[Expression]:
    """The line with another slope; a slope that has its own line is wrong there."""
    if line.rule == "slope":
        yield slope
    elif isinstance(line.says, Product) and not isinstance(parts["slope"], Ref):
        factors = slope.factors if isinstance(slope, Product) else (slope,)
        yield Product((parts["upstream"], *factors), line.says.kind)


@_edits_by_rule("delta")
def scalar_slope(parts: Parts, _: Line) -> Iterator[Expression]:
    """The slopes of a layer were taken as one number."""
    if "scalar" in parts:
        yield parts["scalar"]


@_edits_by_rule("jacobian")
def diagonal_softmax(parts: Parts, _: Line) -> Iterator[Expression]:
    """Only the diagonal of softmax's Jacobian was used."""
    yield parts["own"]


@_edits_by_rule("error", "pooled weight gradient", "pooled bias gradient")
def sign_of_error(parts: Parts, line: Line) -> Iterator[Expression]:
    """Y − ŷ stands for ŷ − y."""
    if line.rule == "error":
        # A letter for y − ŷ is a name, and no mistake yet.
        if line.of.kind != "error":
            yield minus(parts["target"], parts["output"])
        return
    says = line.says
    for error in [quantity for quantity in references(line.says) if quantity.kind == "error"]:
        target = Ref(Quantity("target", error.of, 1, error.sample))
        output = Ref(Quantity("unit", error.of, error.step, error.sample))
        says = replaced(says, error, minus(target, output))
    yield says


@_edits_by_rule("update")
def ascent(parts: Parts, line: Line) -> Iterator[Expression]:
    """The step goes uphill."""
    assert isinstance(line.says, Sum)
    yield replace(line.says, signs="++")


@_edits_by_rule("half squares")
def factor_half_lost(parts: Parts, _: Line) -> Iterator[Expression]:
    """The factor 1/2 of the loss was lost."""
    yield parts["squares"]


@_edits_by_rule("error")
def factor_two_left(parts: Parts, line: Line) -> Iterator[Expression]:
    """The 2 was not cancelled by the 1/2."""
    if parts["loss"] == "half_sse":
        yield times(Constant("2"), line.says)


@_edits_by_rule("pooled weight gradient", "pooled bias gradient")
def factor_two_lost(parts: Parts, _: Line) -> Iterator[Expression]:
    """The 2 of the square's derivative was lost."""
    if parts["squared"]:
        share = Constant(f"1/{len(parts['terms'])}")
        yield times(share, plus(*parts["terms"]))


@_edits_by_rule("half squares", "bias gradient")
def mean_for_sum(parts: Parts, line: Line) -> Iterator[Expression]:
    """A mean was taken where the sum is asked for."""
    if line.rule == "half squares" and isinstance(parts["squares"], Sum):
        yield times(Constant("1/2"), Constant(f"1/{len(parts['squares'].terms)}"), parts["squares"])
    if line.rule == "bias gradient" and len(parts["deltas"]) > 1:
        yield times(Constant(f"1/{len(parts['deltas'])}"), plus(*parts["deltas"]))


@_edits_by_rule("mean loss", "pooled weight gradient", "pooled bias gradient")
def sum_for_mean(parts: Parts, line: Line) -> Iterator[Expression]:
    """A sum was taken where the mean is asked for."""
    if line.rule == "mean loss":
        yield parts["whole"]
        return
    whole = plus(*parts["terms"])
    whole = times(Constant("2"), whole) if parts["squared"] else whole
    is_weight = line.rule == "pooled weight gradient"
    yield plus(whole, parts["decay"]) if is_weight and "decay" in parts else whole


@_edits_by_rule("paths", "bias gradient", "jacobian")
def path_left_out(parts: Parts, line: Line) -> Iterator[Expression]:
    """One path of the chain rule was left out."""
    if line.rule == "paths" and len(parts["paths"]) > 1:
        yield from (times(delta, weight) for delta, weight in parts["paths"])
    if line.rule == "bias gradient" and len(parts["deltas"]) > 1:
        yield from parts["deltas"]
    if line.rule == "jacobian":
        assert isinstance(line.says, Sum)
        for place, term in enumerate(line.says.terms):
            if term != parts["own"]:
                signs = line.says.signs[:place] + line.says.signs[place + 1 :]
                yield Sum(line.says.terms[:place] + line.says.terms[place + 1 :], signs)


@_edits_by_rule("paths", "weighted sum", "weight gradient", "pooled weight gradient")
def weight_swapped(parts: Parts, line: Line) -> Iterator[Expression]:
    """A weight or an input of another index was taken."""
    if line.rule == "paths":
        if len(parts["swapped"]) == len(parts["paths"]) > 0:
            yield plus(*(times(delta, weight) for delta, weight in parts["swapped"]))
    elif line.rule == "weighted sum":
        if len(parts["column"]) == len(parts["pairs"]) > 1:
            terms = [times(w, a) for w, (_, a) in zip(parts["column"], parts["pairs"], strict=True)]
            yield plus(*terms, *([parts["bias"]] if parts["bias"] else []))
    elif line.rule == "weight gradient":
        yield times(parts["delta"], parts["swapped"])
    elif parts["swapped"] != parts["terms"]:
        data = times(parts["factor"], plus(*parts["swapped"]))
        yield plus(data, parts["decay"]) if "decay" in parts else data


@_edits_by_rule("weighted sum", "matrix sum")
def bias_forgotten(parts: Parts, line: Line) -> Iterator[Expression]:
    """The bias was forgotten."""
    if parts["bias"]:
        yield plus(*(parts["terms"] if "terms" in parts else [times(w, a) for w, a in parts["pairs"]]))


@_edits_by_rule("bias gradient", "pooled bias gradient")
def bias_gradient_times_input(parts: Parts, line: Line) -> Iterator[Expression]:
    """The gradient of a bias was multiplied by an input."""
    if line.rule == "pooled bias gradient":
        terms = [times(error, x) for error, x in zip(parts["terms"], parts["inputs"], strict=True)]
        yield times(parts["factor"], plus(*terms))
    elif len(parts["deltas"]) == 1:
        yield from (times(parts["deltas"][0], x) for x in parts["inputs"])
    elif len(parts["deltas"]) == len(parts["inputs"]):
        yield plus(*(times(d, x) for d, x in zip(parts["deltas"], parts["inputs"], strict=True)))


@_edits_by_rule("weighted sum", "weight gradient", "matrix sum", "matrix weight gradient")
def input_for_activation(parts: Parts, line: Line) -> Iterator[Expression]:
    """What goes into an activation stands for what comes out."""
    if line.rule == "weighted sum":
        if parts["sums"]:
            terms = [times(w, z) for (w, _), z in zip(parts["pairs"], parts["sums"], strict=True)]
            yield plus(*terms, *([parts["bias"]] if parts["bias"] else []))
    elif line.rule == "weight gradient":
        yield from (times(parts["delta"], other) for other in parts["others"])
    elif line.rule == "matrix sum":
        if parts["others"]:
            yield plus(*parts["others"], parts["bias"])
    else:
        yield from parts["others"]


@_edits_by_rule("paths")
def updated_weight_in_backward(parts: Parts, line: Line) -> Iterator[Expression]:
    """A new weight was used in the same backward pass."""
    says = line.says
    for quantity in list(references(says)):
        if quantity.kind == "parameter":
            says = replaced(says, quantity, Ref(replace(quantity, step=quantity.step + 1)))
    yield says


@_edits_by_rule("update")
def learning_rate_left_out(parts: Parts, _: Line) -> Iterator[Expression]:
    """The learning rate was left out."""
    yield minus(parts["old"], parts["by"])


@_edits_by_rule("update")
def learning_rate_twice(parts: Parts, _: Line) -> Iterator[Expression]:
    """The learning rate was used twice."""
    yield minus(parts["old"], times(parts["rate"], parts["rate"], parts["by"]))


@_edits_by_rule("update")
def no_bias_correction(parts: Parts, _: Line) -> Iterator[Expression]:
    """Moments were not corrected for their start."""
    if "raw" in parts:
        yield minus(parts["old"], times(parts["rate"], parts["raw"]))


@_edits_by_rule("corrected")
def one_minus_beta(parts: Parts, _: Line) -> Iterator[Expression]:
    """1 − β stands for 1 − β to the number of the step."""
    yield Quotient(parts["moment"], minus(Constant("1"), parts["share"]))


@_edits_by_rule("update")
def epsilon_inside_root(parts: Parts, _: Line) -> Iterator[Expression]:
    """Ε stands under the root."""
    if "inside" in parts:
        yield minus(parts["old"], times(parts["rate"], parts["inside"]))


@_edits_by_rule("v")
def second_moment_not_squared(parts: Parts, _: Line) -> Iterator[Expression]:
    """The gradient in the second moment was not squared."""
    yield plus(times(parts["share"], parts["old"]), times(parts["rest"], parts["gradient"]))


@_edits_by_rule("update", "velocity")
def momentum_left_out(parts: Parts, line: Line) -> Iterator[Expression]:
    """The momentum was left out."""
    if line.rule == "velocity":
        yield parts["gradient"]
    elif isinstance(parts["by"], Ref) and parts["by"].quantity.kind == "velocity":
        yield minus(parts["old"], times(parts["rate"], parts["gradient"]))


@_edits_by_rule("pooled weight gradient")
def l2_left_out(parts: Parts, _: Line) -> Iterator[Expression]:
    """The regularizer's part was left out."""
    if "decay" in parts:
        yield parts["data"]


@_edits_by_rule("pooled bias gradient")
def l2_on_bias(parts: Parts, _: Line) -> Iterator[Expression]:
    """The regularizer was put on a bias."""
    if "decay" in parts:
        yield plus(parts["data"], parts["decay"])


@_edits_by_rule("pooled weight gradient")
def l2_sign(parts: Parts, _: Line) -> Iterator[Expression]:
    """The regularizer's part has the wrong sign."""
    if "decay" in parts:
        yield minus(parts["data"], parts["decay"])


@_edits_by_rule("delta")
def relu_slope_negative(parts: Parts, _: Line) -> Iterator[Expression]:
    """ReLU's slope was taken as 1 below 0."""
    if parts["activation"] == "relu" and not isinstance(parts["slope"], Ref):
        yield times(parts["upstream"], Constant("1"))


CODES: dict[str, Edits] = {
    edits.__name__.replace("_", "-"): edits
    for edits in (
        missing_slope,
        slope_at_activation,
        value_for_slope,
        scalar_slope,
        diagonal_softmax,
        sign_of_error,
        ascent,
        factor_half_lost,
        factor_two_left,
        factor_two_lost,
        mean_for_sum,
        sum_for_mean,
        path_left_out,
        weight_swapped,
        bias_forgotten,
        bias_gradient_times_input,
        input_for_activation,
        updated_weight_in_backward,
        learning_rate_left_out,
        learning_rate_twice,
        no_bias_correction,
        one_minus_beta,
        epsilon_inside_root,
        second_moment_not_squared,
        momentum_left_out,
        l2_left_out,
        l2_on_bias,
        l2_sign,
        relu_slope_negative,
        minus_dropped,
        digits_swapped,
        arithmetic_slip,
        copied_wrong_line,
    )
}
