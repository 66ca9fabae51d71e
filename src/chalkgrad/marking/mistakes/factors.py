"""Mistakes with the factors of the chain rule: one left out, or one added instead of multiplied."""

from __future__ import annotations

from collections.abc import Iterator

from chalkgrad.core.node import ONE
from chalkgrad.marking.mistakes.mistake import Edit, Mistake
from chalkgrad.marking.mistakes.rewriting import replaced
from chalkgrad.marking.mistakes.site import Site

__all__ = ["FACTORS"]


def _slope_left_out(site: Site) -> Iterator[Edit]:
    use = site.activation
    # Without its slope a ReLU is taken as if its input were positive, which has a code of its own.
    if use is not None and use.node.op.name not in ("relu", "leaky_relu"):
        yield Edit(replaced(site.formula, {use.slope: ONE}), {"activation": use.node.op.name})


def _upstream_left_out(site: Site) -> Iterator[Edit]:
    if site.upstream is not None and site.formula is not site.upstream:
        yield Edit(replaced(site.formula, {site.upstream: ONE}), {"upstream": site.upstream})


def _weight_left_out(site: Site) -> Iterator[Edit]:
    if site.upstream is not None and not site.is_of_parameter:
        for weight in site.weights:
            yield Edit(replaced(site.formula, {weight: ONE}), {"weight": weight})


def _input_left_out(site: Site) -> Iterator[Edit]:
    if site.is_of_parameter and site.step is not None and site.step.local is not None:
        local = site.step.local
        if local.name:
            yield Edit(replaced(site.formula, {local: ONE}), {"input": local})


def _added(site: Site) -> Iterator[Edit]:
    upstream = site.upstream
    if upstream is not None and site.formula is not upstream and site.step and site.step.local is not None:
        yield Edit(upstream + site.step.local, {"upstream": upstream})


FACTORS = (
    Mistake(
        "missing-slope",
        "slope left out",
        "The gradient went back through {activation} without its slope, in {this}.",
        "Behind an activation the gradient is multiplied by the slope of the activation.",
        1,
        _slope_left_out,
    ),
    Mistake(
        "upstream-left-out",
        "gradient from behind left out",
        "In {this}, the gradient that arrives, {upstream}, was left out.",
        "The chain rule multiplies the slope here by the gradient that arrives from behind.",
        3,
        _upstream_left_out,
    ),
    Mistake(
        "weight-left-out",
        "weight left out on the way back",
        "In {this}, the weight {weight} was left out.",
        "On its way back through a weighted sum a gradient is multiplied by the weight of that way.",
        2,
        _weight_left_out,
    ),
    Mistake(
        "input-left-out",
        "input left out of a weight's gradient",
        "In {this}, the factor {input} was left out.",
        "The gradient of a weight is the gradient of the weighted sum times the input that the weight multiplies.",
        2,
        _input_left_out,
    ),
    Mistake(
        "factors-added",
        "added instead of multiplied",
        "In {this}, the slope was added to {upstream} instead of multiplied by it.",
        "The chain rule multiplies slopes; only different ways are added.",
        5,
        _added,
    ),
)
