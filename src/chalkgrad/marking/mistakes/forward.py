"""Mistakes of the forward pass."""

from __future__ import annotations

from collections.abc import Iterator

from chalkgrad.core.algebra import exp
from chalkgrad.core.node import Node
from chalkgrad.marking.mistakes.mistake import Edit, Mistake
from chalkgrad.marking.mistakes.rewriting import parts_of, replaced, total
from chalkgrad.marking.mistakes.site import Site
from chalkgrad.ops.activations import leaky_relu, linear, relu, sigmoid, tanh
from chalkgrad.ops.softmax import softmax_unit

__all__ = ["FORWARD"]

_USUAL = (sigmoid, tanh, relu)


def _bias_forgotten(site: Site) -> Iterator[Edit]:
    if site.is_weighted_sum:
        for number, (_, term) in enumerate(site.terms):
            if term in site.around.parameters:
                yield Edit(total([*site.terms[:number], *site.terms[number + 1 :]]), {"bias": term})


def _term_left_out(site: Site) -> Iterator[Edit]:
    if not site.is_weighted_sum or len(site.terms) < 2:
        return
    for number, (_, term) in enumerate(site.terms):
        if term not in site.around.parameters:
            names: dict[str, Node | str] = {"term": next(iter(_factors(site, term)), "one term")}
            yield Edit(total([*site.terms[:number], *site.terms[number + 1 :]]), names, str(number))


def _factors(site: Site, term: Node) -> Iterator[Node]:
    """The parameters of a term, then its other symbols."""
    symbols = [part for part in parts_of(term) if part.name]
    yield from sorted(symbols, key=lambda symbol: symbol not in site.around.parameters)


def _activations(site: Site) -> list[Node]:
    """The activations that are used in a step of the forward pass."""
    if not site.is_forward:
        return []
    return [part for part in parts_of(site.formula) if part.op.role == "activation" and len(part.arguments) == 1]


def _left_out(site: Site) -> Iterator[Edit]:
    for node in _activations(site):
        if node.op not in (relu, linear):
            used: Node | str = node.arguments[0] if node.arguments[0].name else "the pre-activation"
            names = {"used": used, "activation": f"its {node.op.name}"}
            yield Edit(replaced(site.formula, {node: node.arguments[0]}), names)
    yield from _before_for_after(site)


def _before_for_after(site: Site) -> Iterator[Edit]:
    """The pre-activation, or the input of the layer, where the activation belongs."""
    if not (site.is_weighted_sum or site.is_of_parameter):
        return
    uses = [site.around.activation_to[leaf] for leaf in site.leaves if leaf in site.around.activation_to]
    for use in uses:
        if use.after is not None:
            names: dict[str, Node | str] = {"used": use.before, "activation": use.after}
            yield Edit(replaced(site.formula, {use.after: use.before}), names, "before")
            if site.is_of_parameter:
                yield from _inputs_for_after(site, use.before, use.after)
    yield from _after_for_input(site)
    if len(uses) > 1:
        befores = {use.after: use.before for use in uses if use.after is not None}
        names = {"used": "every pre-activation", "activation": "the activation"}
        yield Edit(replaced(site.formula, befores), names, "all before")


def _after_for_input(site: Site) -> Iterator[Edit]:
    """What a unit hands on where what goes into it belongs, in the gradient of one of its weights."""
    step = site.step if site.is_of_parameter else None
    if step is None or step.local is None or not step.local.name:
        return
    own = [use.after for use in site.around.activations.get(step.via, ()) if use.node.op is not softmax_unit]
    for used in [step.via, *(after for after in own if after is not None)]:
        names: dict[str, Node | str] = {"used": used, "activation": step.local}
        yield Edit(replaced(site.formula, {step.local: used}), names, "own" if used is step.via else "own after")


def _inputs_for_after(site: Site, before: Node, after: Node) -> Iterator[Edit]:
    made = site.around.statements.get(before)
    parts = parts_of(made.formula) if made is not None else ()
    inputs = [part for part in parts if part.name and part not in site.around.parameters]
    for number, used in enumerate(inputs):
        yield Edit(replaced(site.formula, {after: used}), {"used": used, "activation": after}, f"input {number}")


def _wrong_activation(site: Site) -> Iterator[Edit]:
    for node in _activations(site):
        for op in _USUAL:
            if op is not node.op:
                names = {"used": op.name, "activation": node.op.name}
                yield Edit(replaced(site.formula, {node: op(*node.arguments)}), names, op.name)
    if site.is_forward and site.formula.op is softmax_unit:
        own = site.formula.arguments[site.formula.attributes["index"]]
        yield Edit(sigmoid(own), {"used": "sigmoid", "activation": "softmax"}, "sigmoid")

    yield from _wrong_slope(site)


def _wrong_slope(site: Site) -> Iterator[Edit]:
    """The slope of another activation, by the output of the right one where it has such a law."""
    use = site.activation
    if use is None or use.after is None or use.node.op is softmax_unit:
        return
    for op in (sigmoid, tanh):
        if op is not use.node.op:
            node = op(use.before)
            slope = replaced(site.around.slope_of(node, None), {node: use.after})
            names = {"used": f"the slope of {op.name}", "activation": f"that of {use.node.op.name}"}
            yield Edit(replaced(site.formula, {use.slope: slope}), names, f"slope of {op.name}")


def _not_normalized(site: Site) -> Iterator[Edit]:
    if site.is_forward and site.formula.op is softmax_unit:
        yield Edit(exp(site.formula.arguments[site.formula.attributes["index"]]))


def _passes_negative(site: Site) -> Iterator[Edit]:
    for node in _activations(site):
        if node.op in (relu, leaky_relu):
            used: Node | str = node.arguments[0] if node.arguments[0].name else "its input"
            yield Edit(replaced(site.formula, {node: node.arguments[0]}), {"before": used, "activation": node.op.name})


def _weights_of_before(site: Site) -> Iterator[Edit]:
    if site.has_before and site.is_forward and site.weights:
        old = {weight: weight for weight in site.weights if weight in site.around.view.updated}
        if old:
            yield Edit(site.formula, {"weight": next(iter(old))}, "all", old)
        for number, weight in enumerate(old if len(old) > 1 else ()):
            yield Edit(site.formula, {"weight": weight}, str(number), {weight: weight}, likely=0.5)


FORWARD = (
    Mistake(
        "bias-forgotten",
        "bias forgotten",
        "The bias {bias} was left out of {this}.",
        "A weighted sum ends with its bias.",
        1,
        _bias_forgotten,
    ),
    Mistake(
        "term-left-out",
        "term of a weighted sum left out",
        "The term with {term} was left out of {this}.",
        "A weighted sum has one term for each input.",
        3,
        _term_left_out,
    ),
    Mistake(
        "input-for-activation",
        "input used where the activation belongs",
        "In {this}, {used} was used where {activation} belongs.",
        "What a layer hands on, and what a weight multiplies, is the value after the activation.",
        2,
        _left_out,
    ),
    Mistake(
        "wrong-activation",
        "another activation applied",
        "In {this}, {used} was applied in place of {activation}.",
        "Every layer has the activation that the problem gives it.",
        3,
        _wrong_activation,
    ),
    Mistake(
        "softmax-not-normalized",
        "softmax without its sum",
        "In {this}, the exponential was not divided by the sum over all classes.",
        "Softmax divides each exponential by the sum of all of them, so that the outputs add up to 1.",
        4,
        _not_normalized,
    ),
    Mistake(
        "relu-passes-negative",
        "rectifier let a negative number through",
        "In {this}, {activation} handed on {before} although it is negative.",
        "ReLU hands on what is positive, and 0 for everything else.",
        1,
        _passes_negative,
    ),
    Mistake(
        "old-weight-in-forward",
        "weight of the step before",
        "In {this}, the old value of {weight} was used, from before its update.",
        "After an update the next forward pass takes the new weights.",
        1,
        _weights_of_before,
    ),
)
