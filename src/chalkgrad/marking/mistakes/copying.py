"""Numbers copied from the wrong line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chalkgrad.core.node import Node
from chalkgrad.marking.mistakes.mistake import Edit, Mistake
from chalkgrad.marking.mistakes.rewriting import replaced
from chalkgrad.marking.mistakes.site import Site

__all__ = ["COPYING", "copied_from"]


def _copied(site: Site) -> Iterator[Edit]:
    around = site.around
    if site.statement.role != "way":
        for kind, others in (("unit", around.others(site.symbol)), ("sample", around.other_samples(site.symbol))):
            for other in others:
                names: dict[str, Node | str] = {"other": other, "wanted": site.symbol}
                yield Edit(other, names, f"{kind} {other.name}")
        if site.has_before and site.statement.kind != "update":
            names = {"other": "its number in the step before", "wanted": site.symbol}
            yield Edit(site.symbol, names, "step", {site.symbol: site.symbol})
    for leaf in site.leaves:
        yield from _other_for(site, leaf)


def _other_for(site: Site, leaf: Node) -> Iterator[Edit]:
    """Another number in place of one of those that the step uses; wrong weights and inputs have codes of their own."""
    around = site.around
    is_own = leaf is site.parameter or leaf in around.view.settings.values()
    is_weight = leaf in around.parameters and not is_own
    is_input = site.is_weighted_sum or (site.is_of_parameter and leaf is not site.upstream)
    others = [] if is_weight or (is_input and leaf not in around.family) else list(around.others(leaf))
    for other in [*others, *around.other_samples(leaf)]:
        names: dict[str, Node | str] = {"other": other, "wanted": leaf}
        yield Edit(replaced(site.formula, {leaf: other}), names, f"{leaf.name} to {other.name}")
    if site.has_before and not is_weight and leaf in around.statements:
        names = {"other": "its number in the step before", "wanted": leaf}
        yield Edit(site.formula, names, f"{leaf.name} before", {leaf: leaf})


def copied_from(site: Site, known: Sequence[Node]) -> Iterator[Edit]:
    """Any other number of the same kind in place of one that a step uses, or of its result.

    Args:
        site: the step.
        known: the symbols of which the writer has numbers.
    """
    kinds = {symbol: _kind(site, symbol) for symbol in known}
    kind = _kind(site, site.symbol)
    for other in known if site.statement.role != "way" else ():
        if kinds[other] == kind and other is not site.symbol:
            yield Edit(other, {"other": other, "wanted": site.symbol}, f"as {other.name}")
    for leaf in site.leaves:
        for other in known:
            if kinds[other] == _kind(site, leaf) != "" and other is not leaf and other is not site.symbol:
                names: dict[str, Node | str] = {"other": other, "wanted": leaf}
                yield Edit(replaced(site.formula, {leaf: other}), names, f"{leaf.name} to {other.name}")


def _kind(site: Site, symbol: Node) -> str:
    """What a number is: numbers of one kind are easily taken for one another. Empty for settings and targets."""
    around = site.around
    made = around.statements.get(symbol)
    if made is None:
        return "parameter" if symbol in around.parameters else ""
    return made.role if made.kind == "update" else "gradient" if made.steps else made.kind


COPYING = (
    Mistake(
        "copied-wrong-line",
        "number copied from the wrong line",
        "In {this}, the number of {other} stands where that of {wanted} belongs.",
        "Every number that is used must be that of the quantity that is meant.",
        3,
        _copied,
    ),
    Mistake(
        "arithmetic-slip",
        "slip of arithmetic",
        "What is written before {this} gives another number.",
        "Both sides of an equals sign have the same value.",
        1,
    ),
    Mistake(
        "digits-swapped",
        "digits swapped",
        "{this} has two digits in the wrong order.",
        "A number is copied digit by digit.",
        2,
    ),
)
