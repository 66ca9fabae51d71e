"""Mistakes with sums over ways, samples and outputs, and with signs."""

from __future__ import annotations

from collections.abc import Iterator

from chalkgrad.core.algebra import subtract
from chalkgrad.core.node import Node, as_node
from chalkgrad.marking.mistakes.mistake import Edit, Mistake
from chalkgrad.marking.mistakes.rewriting import base_name, inner_sum, parts_of, replaced, summed, total
from chalkgrad.marking.mistakes.site import Site
from chalkgrad.marking.mistakes.slopes import fused_softmax
from chalkgrad.ops.functions import absolute

__all__ = ["SUMS"]


def _way_left_out(site: Site) -> Iterator[Edit]:
    yield from _class_left_out(site)
    if site.statement.kind != "accumulate":
        return
    for number in range(len(site.terms)):
        step = site.statement.steps[number] if number < len(site.statement.steps) else None
        names: dict[str, Node | str] = {"via": step.via if step is not None else "one quantity"}
        yield Edit(total([*site.terms[:number], *site.terms[number + 1 :]]), names, str(number))


def _class_left_out(site: Site) -> Iterator[Edit]:
    """One output of a softmax left out on the way back from the loss: Σ ∂L/∂p ∂p/∂z without one of its terms."""
    found = fused_softmax(site)
    if found is None:
        return
    difference, own, target, others = found
    # Written out, so that it also holds where the targets do not add up to 1.
    terms = [y * own for _, y in others]
    diagonal = target * (as_node(1) - own)
    for number, (p, _) in enumerate(others):
        left = summed([*terms[:number], *terms[number + 1 :]])
        yield Edit(replaced(site.formula, {difference: left - diagonal}), {"via": p}, f"class {number}")
    yield Edit(replaced(site.formula, {difference: summed(terms)}), {"via": own}, "own class")


def _mean_of_ways(site: Site) -> Iterator[Edit]:
    if site.statement.kind == "accumulate" and len(site.terms) > 1:
        yield Edit(site.formula / as_node(len(site.terms)), {"count": str(len(site.terms))})
    yield from _mean_of_losses(site)


def _mean_of_losses(site: Site) -> Iterator[Edit]:
    if site.is_loss and not divisors(site.formula):
        count = len(inner_sum(site.formula)[1])
        if count > 1:
            yield Edit(site.formula / as_node(count), {"count": str(count)})
    if site.is_error and not _mean_by(site):
        for count in dict.fromkeys((site.around.view.samples, len(site.around.outputs) // site.around.view.samples)):
            if count > 1:
                yield Edit(site.formula / as_node(count), {"count": str(count)}, str(count))


def _sum_of_losses(site: Site) -> Iterator[Edit]:
    if site.is_loss:
        for number, (node, inner, by) in enumerate(divisors(site.formula)):
            yield Edit(replaced(site.formula, {node: inner}), {"count": str(by)}, str(number))
    if site.is_error:
        counts = _mean_by(site)
        whole = 1
        for count in counts:
            whole *= count
        for count in dict.fromkeys((*counts, whole) if counts else ()):
            yield Edit(as_node(count) * site.formula, {"count": str(count)}, str(count))


def divisors(formula: Node) -> list[tuple[Node, Node, int]]:
    """The quotients by a whole number in a formula of a loss: the quotient, what is divided, and by how much."""
    found = []
    for node in parts_of(formula):
        if node.op.name == "divide" and node.arguments[1].number is not None and node.arguments[0].number is None:
            by = node.arguments[1].number
            if by.denominator == 1 and by > 1:
                found.append((node, node.arguments[0], int(by)))
    return found


def _mean_by(site: Site) -> list[int]:
    """By which numbers the loss behind an error is divided."""
    losses = [made.formula for made in site.around.view.statements if made.kind == "loss"]
    found = dict.fromkeys((node, by) for formula in losses for node, _, by in divisors(formula))
    per_sample = any(made.of == "loss_n" for made in site.around.view.statements)
    counts = [by for _, by in found]
    # The loss of each sample says the same for all samples, so it counts once.
    return counts if not per_sample else list(dict.fromkeys(counts))


def _sign_lost(site: Site) -> Iterator[Edit]:
    yield from _minus_of_numbers(site)
    if site.parameter is None:
        yield from _minus_as_plus(site)
        yield from _term_turned(site)


def _minus_of_numbers(site: Site) -> Iterator[Edit]:
    """The minus sign of a negative number, lost."""
    is_whole = not site.formula.arguments and site.statement.role != "way"
    if site.statement.kind == "accumulate" or is_whole or site.is_loss or site.is_error:
        return
    is_update = site.statement.role == "parameter"
    for leaf in site.leaves:
        # What a lost sign does to the step of an update has a code of its own.
        if leaf is site.parameter or (not is_update and leaf not in site.around.setting_of):
            yield Edit(replaced(site.formula, {leaf: absolute(leaf)}), {"part": leaf}, f"of {base_name(leaf)}")


def _minus_as_plus(site: Site) -> Iterator[Edit]:
    """A minus between two terms that was read as a plus."""
    found = [part for part in parts_of(site.formula) if part.op is subtract]
    for number, part in enumerate(found):
        named = next((inner for inner in parts_of(part.arguments[1]) if inner.name), None)
        plus = part.arguments[0] + part.arguments[1]
        names: dict[str, Node | str] = {"part": named if named is not None else "a difference"}
        yield Edit(replaced(site.formula, {part: plus}), names, f"minus {number}")


def _term_turned(site: Site) -> Iterator[Edit]:
    """A term, or the whole, with the other sign: where it is no single number that lost its minus."""
    if site.statement.kind == "accumulate" or (site.is_error and len(site.terms) == 1):
        return
    for number, (sign, term) in enumerate(site.terms):
        named = next((part for part in reversed(parts_of(term)) if part.name), None)
        names: dict[str, Node | str] = {"part": named if named is not None else "a term"}
        turned = [*site.terms[:number], (-sign, term), *site.terms[number + 1 :]]
        yield Edit(total(turned), names, f"term {number}", likely=0.1)


SUMS = (
    Mistake(
        "path-left-out",
        "one way left out of a sum",
        "In {this}, the way through {via} was left out.",
        "A quantity that acts on the loss along several ways gets the sum of what comes back along all of them.",
        1,
        _way_left_out,
    ),
    Mistake(
        "mean-for-sum",
        "mean taken for a sum",
        "In {this}, the sum was divided by {count}.",
        "The problem asks for a sum here, so it is not divided by the number of its terms.",
        2,
        _mean_of_ways,
    ),
    Mistake(
        "sum-for-mean",
        "sum taken for a mean",
        "In {this}, the division by {count} was left out.",
        "The loss is a mean, so the sum and every gradient are divided by the number of terms.",
        1,
        _sum_of_losses,
    ),
    Mistake(
        "minus-dropped",
        "sign lost",
        "In {this}, a sign was lost or turned round, at {part}.",
        "A minus sign belongs to its factor or term and is carried along with it.",
        2,
        _sign_lost,
    ),
)
