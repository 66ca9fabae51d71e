"""Mistakes with the loss and with its slope."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from chalkgrad.core.algebra import log, negate, power, subtract
from chalkgrad.core.node import Node, as_node
from chalkgrad.marking.mistakes.mistake import Edit, Mistake
from chalkgrad.marking.mistakes.rewriting import holds, inner_sum, parts_of, replaced, total
from chalkgrad.marking.mistakes.site import Site
from chalkgrad.ops.functions import xlogy
from chalkgrad.ops.losses import sigmoid_cross_entropy, softmax_cross_entropy_unit

__all__ = ["LOSSES"]

_ENTROPIES = (sigmoid_cross_entropy, softmax_cross_entropy_unit)


def _sign_of_error(site: Site) -> Iterator[Edit]:
    if site.is_error:
        yield Edit(negate(site.formula))


def _target_left_out(site: Site) -> Iterator[Edit]:
    for part in _errors(site):
        yield Edit(replaced(site.formula, {part: part.arguments[0]}), {"target": part.arguments[1]})


def _errors(site: Site) -> list[Node]:
    """The differences of prediction and target in the slope of a loss."""
    if not site.is_error:
        return []
    targets = site.around.targets
    return [part for part in parts_of(site.formula) if part.op is subtract and part.arguments[1] in targets]


def _is_half(node: Node) -> bool:
    """Whether a node is one half of squares."""
    return node.op.name == "multiply" and node.arguments[0].number == Fraction(1, 2) and _has_square(node.arguments[1])


def _has_square(formula: Node) -> bool:
    return any(part.op is power and part.arguments[1].number == 2 for part in parts_of(formula))


def _losses(site: Site) -> list[Node]:
    """The formulas of the loss."""
    return [made.formula for made in site.around.view.statements if made.kind == "loss"]


def _half_lost(site: Site) -> Iterator[Edit]:
    if site.is_loss:
        for part in parts_of(site.formula):
            if _is_half(part):
                yield Edit(replaced(site.formula, {part: part.arguments[1]}))


def _two_left(site: Site) -> Iterator[Edit]:
    if site.is_error and any(_is_half(part) for formula in _losses(site) for part in parts_of(formula)):
        yield Edit(as_node(2) * site.formula)


def _two_lost(site: Site) -> Iterator[Edit]:
    if site.is_error and any(_has_square(formula) for formula in _losses(site)):
        yield Edit(site.formula / as_node(2))


def _not_squared(site: Site) -> Iterator[Edit]:
    if not site.is_loss:
        return
    squares = [part for part in parts_of(site.formula) if part.op is power and part.arguments[1].number == 2]
    if squares:
        yield Edit(replaced(site.formula, {part: part.arguments[0] for part in squares}), {}, "all")
    for number, part in enumerate(squares if len(squares) > 1 else ()):
        yield Edit(replaced(site.formula, {part: part.arguments[0]}), {}, str(number))


def _square_of_sum(site: Site) -> Iterator[Edit]:
    """(a + b)² in place of a² + b²."""
    if not site.is_loss:
        return
    whole, terms = inner_sum(site.formula)
    if len(terms) > 1 and all(term.op is power and term.arguments[1].number == 2 for _, term in terms):
        yield Edit(replaced(site.formula, {whole: power(total([(s, term.arguments[0]) for s, term in terms]), 2)}))


def _log_base(site: Site) -> Iterator[Edit]:
    if site.is_loss and site.formula.op in _ENTROPIES:
        for base in (10, 2):
            yield Edit(site.formula / log(as_node(base)), {"base": str(base)}, str(base))
        return
    logs = [part for part in parts_of(site.formula) if part.op in (log, xlogy)] if site.is_loss else []
    if logs:
        for base in (10, 2):
            meaning = {part: part / log(as_node(base)) for part in logs}
            yield Edit(replaced(site.formula, meaning), {"base": str(base)}, str(base))


def _terms_missing(site: Site) -> Iterator[Edit]:
    if not site.is_loss:
        return
    longhand = site.formula.op.define(site.formula) if site.formula.op in _ENTROPIES else site.formula
    whole, terms = inner_sum(site.formula if longhand is None else longhand)
    if longhand is None or len(terms) < 2:
        return
    for number in range(len(terms)):
        left = total([*terms[:number], *terms[number + 1 :]])
        yield Edit(replaced(longhand, {whole: left}), {"which": f"term {number + 1}"}, f"without {number}")
        if len(terms) > 2:
            names = {"which": f"all terms but term {number + 1}"}
            yield Edit(replaced(longhand, {whole: total([terms[number]])}), names, f"only {number}")


def _target_as_prediction(site: Site) -> Iterator[Edit]:
    # In the loss itself the term would be 0, which is a term left out.
    if site.statement.kind != "chain":
        return
    for output in site.leaves:
        target = site.around.outputs.get(output)
        if target is not None and not (site.is_error and _errors(site)):
            names = {"target": target, "output": output}
            yield Edit(replaced(site.formula, {output: target}), names)


def _loss_for_gradient(site: Site) -> Iterator[Edit]:
    loss = site.around.view.loss
    if site.is_error and loss is not None and not holds(site.formula, loss):
        yield Edit(loss)


LOSSES = (
    Mistake(
        "sign-of-error",
        "target minus prediction",
        "In {this}, the difference was taken the wrong way round, as target minus prediction.",
        "The slope of the loss by the prediction is the prediction minus the target.",
        1,
        _sign_of_error,
    ),
    Mistake(
        "target-left-out",
        "target left out of the error",
        "In {this}, the target {target} was not subtracted.",
        "The slope of the loss by the prediction is the prediction minus the target.",
        4,
        _target_left_out,
    ),
    Mistake(
        "factor-half-lost",
        "factor one half lost",
        "The factor 1/2 was left out of {this}.",
        "The loss of the problem has a factor 1/2 before the squares.",
        1,
        _half_lost,
    ),
    Mistake(
        "factor-two-left",
        "factor two left over",
        "A factor 2 was left in {this}.",
        "The 1/2 of the loss takes away the 2 that the square brings down.",
        2,
        _two_left,
    ),
    Mistake(
        "factor-two-lost",
        "factor two of the square lost",
        "The factor 2 of the square was left out of {this}.",
        "The slope of a square is two times its base.",
        2,
        _two_lost,
    ),
    Mistake(
        "loss-not-squared",
        "error not squared",
        "In {this}, an error was not squared.",
        "This loss adds up squares of errors.",
        2,
        _not_squared,
    ),
    Mistake(
        "square-of-sum",
        "sum squared in place of its terms",
        "In {this}, the errors were added before they were squared.",
        "This loss squares each error and then adds up.",
        4,
        _square_of_sum,
    ),
    Mistake(
        "log-base",
        "logarithm to another base",
        "In {this}, the logarithm to base {base} was taken.",
        "Cross-entropy uses the natural logarithm.",
        2,
        _log_base,
    ),
    Mistake(
        "loss-terms-missing",
        "terms of the loss missing",
        "{this} lacks {which} of its sum.",
        "The loss adds up all outputs and all samples.",
        2,
        _terms_missing,
    ),
    Mistake(
        "target-as-prediction",
        "target used in place of the prediction",
        "In {this}, the target {target} was used where the prediction {output} belongs.",
        "Slopes are taken at the prediction; the target stands only in the error.",
        4,
        _target_as_prediction,
    ),
    Mistake(
        "loss-for-gradient",
        "value of the loss used as its slope",
        "For {this}, the value of the loss was used.",
        "The backward pass begins with the slope of the loss, and not with its value.",
        5,
        _loss_for_gradient,
    ),
)
