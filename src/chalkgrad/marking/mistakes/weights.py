"""Mistakes with weights, inputs and biases: the wrong one taken, or taken at the wrong time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from chalkgrad.core.node import ONE
from chalkgrad.marking.mistakes.mistake import Edit, Mistake
from chalkgrad.marking.mistakes.rewriting import base_name, parts_of, replaced
from chalkgrad.marking.mistakes.site import Site

__all__ = ["WEIGHTS"]

_MOST_EXCHANGES = 6


def _weight_swapped(site: Site) -> Iterator[Edit]:
    if not (site.is_weighted_sum or site.upstream is not None) or site.is_of_parameter:
        return
    turned = {weight: site.around.transposed(weight) for weight in site.weights}
    meaning = {weight: other for weight, other in turned.items() if other is not None}
    if meaning:
        weight, other = next(iter(meaning.items()))
        yield Edit(replaced(site.formula, meaning), {"weight": weight, "other": other}, "transposed")
    if site.is_weighted_sum:
        for one, other in list(combinations(site.weights, 2))[:_MOST_EXCHANGES]:
            names = {"weight": one, "other": other}
            yield Edit(replaced(site.formula, {one: other, other: one}), names, f"{one.name} and {other.name}")
    for weight in site.weights:
        for other in site.around.neighbours(weight):
            names = {"weight": weight, "other": other}
            yield Edit(replaced(site.formula, {weight: other}), names, f"{weight.name} to {other.name}")


def _input_swapped(site: Site) -> Iterator[Edit]:
    local = site.step.local if site.step is not None and site.is_of_parameter else None
    inputs = [local] if local is not None and local.name else []
    if site.is_weighted_sum:
        inputs = [leaf for leaf in site.leaves if leaf not in site.around.parameters]
    for used in inputs:
        for other in site.around.others(used):
            names = {"input": used, "other": other}
            yield Edit(replaced(site.formula, {used: other}), names, f"{base_name(used)} to {base_name(other)}")


def _is_bias(site: Site) -> bool:
    """Whether a gradient is that of a bias: it is the gradient of the weighted sum, unchanged."""
    return site.is_of_parameter and site.step is not None and site.step.local is ONE


def _bias_times_input(site: Site) -> Iterator[Edit]:
    if not _is_bias(site) or site.step is None:
        return
    made = site.around.statements.get(site.step.via)
    parts = parts_of(made.formula) if made is not None else ()
    inputs = [part for part in parts if part.name and part not in site.around.parameters]
    for number, used in enumerate(inputs):
        yield Edit(site.formula * used, {"input": used}, str(number))
    # Where a bias is shared by several units, each way may have been given the input of its own number.
    _, _, way = site.symbol.name.partition(":")
    if way.isdigit() and int(way) <= len(inputs):
        used = inputs[int(way) - 1]
        yield Edit(site.formula * used, {"input": used}, "own")


def _bias_one(site: Site) -> Iterator[Edit]:
    if _is_bias(site):
        yield Edit(ONE, {"why": "as 1"}, "one")
    made = site.statement
    if made.kind == "accumulate" and site.is_of_parameter and all(step.local is ONE for step in made.steps):
        yield Edit(ONE, {"why": "as 1"}, "one")
        for number, (_, term) in enumerate(site.terms if len(site.terms) > 2 else ()):
            yield Edit(term, {"why": "from one unit or sample alone"}, f"only {number}")


def _new_weight(site: Site) -> Iterator[Edit]:
    if site.statement.kind != "chain" or site.is_of_parameter:
        return
    new = {weight: site.around.view.updated[weight] for weight in site.weights if weight in site.around.view.updated}
    if new:
        yield Edit(replaced(site.formula, new), {"weight": next(iter(new))})


WEIGHTS = (
    Mistake(
        "weight-swapped",
        "another weight taken",
        "In {this}, {other} was used where {weight} belongs.",
        "Each weight belongs to one way: from one unit to one other, also on the way back.",
        2,
        _weight_swapped,
    ),
    Mistake(
        "input-swapped",
        "another input taken",
        "In {this}, {other} was used where {input} belongs.",
        "A weight multiplies the input that it comes from, and its gradient is multiplied by the same input.",
        2,
        _input_swapped,
    ),
    Mistake(
        "bias-gradient-times-input",
        "gradient of a bias multiplied by an input",
        "{this} was multiplied by {input}.",
        "A bias is multiplied by nothing, so its gradient is that of the weighted sum itself.",
        2,
        _bias_times_input,
    ),
    Mistake(
        "bias-gradient-one",
        "gradient of a bias taken as 1, or from one unit alone",
        "{this} was taken {why}.",
        "The slope of the weighted sum by its bias is 1, and it is multiplied by the gradient that arrives.",
        3,
        _bias_one,
    ),
    Mistake(
        "updated-weight-in-backward",
        "new weight used in the same backward pass",
        "In {this}, the new value of {weight} was used.",
        "All gradients of a step belong to the weights from before the step.",
        1,
        _new_weight,
    ),
)
