"""Mistakes with the regularizer."""

from __future__ import annotations

from collections.abc import Iterator

from chalkgrad.core.algebra import power
from chalkgrad.core.node import Node, as_node
from chalkgrad.marking.mistakes.mistake import Edit, Mistake
from chalkgrad.marking.mistakes.rewriting import replaced, total
from chalkgrad.marking.mistakes.site import Site

__all__ = ["REGULARIZERS"]


def _penalties(site: Site) -> list[tuple[int, Node]]:
    """The terms that the regularizer adds to a gradient, with their signs."""
    if site.statement.role != "total":
        return []
    return [(sign, term) for sign, term in site.terms if term.op.name == "multiply"]


def _rest(site: Site) -> list[tuple[int, Node]]:
    return [(sign, term) for sign, term in site.terms if term.op.name != "multiply"]


def _left_out(site: Site) -> Iterator[Edit]:
    if _penalties(site):
        yield Edit(total(_rest(site)))


def _wrong_sign(site: Site) -> Iterator[Edit]:
    penalties = _penalties(site)
    if penalties:
        yield Edit(total([*_rest(site), *((-sign, term) for sign, term in penalties)]))


def _wrong_factor(site: Site) -> Iterator[Edit]:
    penalties = _penalties(site)
    if penalties:
        yield Edit(total([*_rest(site), *((s, as_node(2) * term) for s, term in penalties)]), {"how": "twice"}, "twice")
        halved = [(sign, term / as_node(2)) for sign, term in penalties]
        yield Edit(total([*_rest(site), *halved]), {"how": "only half"}, "half")


def _not_differentiated(site: Site) -> Iterator[Edit]:
    weight, strength = site.around.named.get(site.statement.of), site.setting("l2")
    if _penalties(site) and weight is not None and strength is not None:
        square = strength * power(weight, 2)
        yield Edit(total([*_rest(site), (1, square / as_node(2))]), {}, "half")
        yield Edit(total([*_rest(site), (1, square)]), {}, "whole")


def _on_bias(site: Site) -> Iterator[Edit]:
    """The penalty on a parameter that has none, where others have one."""
    view = site.around.view
    strength = view.settings.get("l2")
    if strength is None:
        return
    of = site.parameter if site.parameter is not None else None
    if of is None and site.is_of_parameter and site.statement.role == "gradient":
        of = site.statement.steps[0].of
    if of is None or of not in view.totals or view.totals[of] is not view.gradients[of]:
        return
    if site.parameter is None:
        yield Edit(site.formula + strength * of, {"bias": of})
    elif site.gradient in site.leaves and site.gradient is not None:
        yield Edit(replaced(site.formula, {site.gradient: site.gradient + strength * of}), {"bias": of})


REGULARIZERS = (
    Mistake(
        "l2-left-out",
        "regularizer left out",
        "{this} lacks the part of the regularizer.",
        "The regularizer adds λ times the weight to the gradient of each weight.",
        1,
        _left_out,
    ),
    Mistake(
        "l2-on-bias",
        "regularizer on a parameter that has none",
        "In {this}, the regularizer was put on {bias} as well.",
        "The regularizer of this problem is on the weights alone.",
        1,
        _on_bias,
    ),
    Mistake(
        "l2-sign",
        "regularizer with the wrong sign",
        "In {this}, the part of the regularizer was subtracted.",
        "The regularizer adds λ times the weight, so that the step makes the weight smaller.",
        2,
        _wrong_sign,
    ),
    Mistake(
        "l2-twice",
        "factor of the regularizer",
        "In {this}, the part of the regularizer was taken {how}.",
        "The penalty is λ/2 times the square, so its slope is λ times the weight.",
        2,
        _wrong_factor,
    ),
    Mistake(
        "penalty-not-differentiated",
        "penalty in place of its slope",
        "In {this}, the penalty itself was added, with the square of the weight.",
        "The slope of λ/2 times the square is λ times the weight.",
        4,
        _not_differentiated,
    ),
)
