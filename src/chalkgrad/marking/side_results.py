"""What people write down on the way: slopes of activations, differences of predictions and targets, other gradients.

The working has them inside its formulas. Here each gets a symbol of its own, so that a page can say its number, and
what follows is worked out from that number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalkgrad.core.gradient import pull_back
from chalkgrad.core.node import ONE, Node, toposort, variable
from chalkgrad.marking.side_updates import changes_of, shares_of
from chalkgrad.solving.statements import Statement, View

__all__ = ["SideResults", "side_results"]


@dataclass(frozen=True)
class SideResults:
    """What can be written down on the way.

    Args:
        statements: one for each slope (`kind` chain, `role` slope, `of` the unit), each difference (`kind` loss, `role`
            error), each gradient that the working goes around because a loss is fused with its activation, and what
            `side_updates` has.
        formulas: for the symbol of each statement of the view, its formula in which slopes and differences stand.
        other_ways: for some symbols, formulas that go by a side result.
        gradients: for an activation whose gradient the working goes around, the symbol of that gradient.
    """

    statements: tuple[Statement, ...]
    formulas: Mapping[Node, Node]
    other_ways: Mapping[Node, tuple[Node, ...]]
    gradients: Mapping[Node, Node]


def side_results(view: View) -> SideResults:
    """The slopes, differences and gradients beside the working of a view, which is taken unit by unit."""
    found: dict[Node, Statement] = {}
    for statement in (*_errors(view), *_slopes(view)):
        found.setdefault(statement.formula, statement)
    symbols = {formula: statement.symbol for formula, statement in found.items()}
    activations = {
        made.formula: made.symbol
        for made in view.statements
        if made.kind == "forward" and made.formula.op.role in ("activation", "structure") and made.formula.arguments
    }
    formulas = {}
    for made in view.statements:
        # On paper a loss is worked out from the activations, though the graph takes the step before them.
        formula = (
            _with_symbols(_written_out(made.formula, activations), activations) if made.kind == "loss" else made.formula
        )
        formulas[made.symbol] = _with_symbols(formula, symbols)
    around, gradients = _around(view, formulas, activations)
    shares, sums = shares_of(view)
    changes, ways = changes_of(view)
    others = {**_other_ways(view, gradients, activations), **sums}
    other_ways = {**{symbol: (formula,) for symbol, formula in others.items()}, **ways}
    beside = (*found.values(), *around, *shares, *changes)
    return SideResults(beside, formulas, other_ways, gradients)


def _around(
    view: View, formulas: Mapping[Node, Node], activations: Mapping[Node, Node]
) -> tuple[list[Statement], dict[Node, Node]]:
    """The gradients of activations that are fused with the loss, so that the working does not need them."""
    loss = view.loss
    if loss is None or loss not in formulas:
        return [], {}
    made = {statement.symbol: statement for statement in view.statements}
    wanted = [symbol for symbol in activations.values() if symbol not in view.gradients]
    statements: list[Statement] = []
    gradients: dict[Node, Node] = {}
    for symbol in wanted:
        formula = _pulled(formulas, loss, symbol)
        if formula is not None:
            gradients[symbol] = variable(f"d{loss.name}/d{symbol.name}")
            known = made[symbol]
            statements.append(Statement(gradients[symbol], formula, "chain", known.of, "gradient", known.sample))
    return statements, gradients


def _pulled(formulas: Mapping[Node, Node], loss: Node, symbol: Node) -> Node | None:
    """The gradient of the loss by a symbol that stands in it, or in the loss of one sample."""
    total: Node | None = None
    for leaf in (loss, *(node for node in toposort([formulas[loss]]) if node in formulas)):
        outer = ONE if leaf is loss else pull_back(formulas[loss], ONE, [leaf]).get(leaf)
        inner = pull_back(formulas[leaf], outer, [symbol]).get(symbol) if outer is not None else None
        if inner is not None:
            total = inner if total is None else total + inner
    return total


def _other_ways(view: View, gradients: Mapping[Node, Node], activations: Mapping[Node, Node]) -> dict[Node, Node]:
    """The gradient of a pre-activation by way of the activations behind it."""
    found: dict[Node, Node] = {}
    for formula, symbol in activations.items():
        if symbol not in gradients:
            continue
        for before, term in pull_back(formula, gradients[symbol], formula.arguments).items():
            target = view.gradients.get(before)
            if target is not None:
                part = _with_symbols(term, activations)
                found[target] = found[target] + part if target in found else part
    return found


def _slopes(view: View) -> list[Statement]:
    """The slope of each activation of one argument at its pre-activation."""
    activations = {
        (made.symbol, made.formula.arguments[0]): made
        for made in view.statements
        if made.kind in ("forward", "loss") and made.formula.op.role == "activation"
    }
    found = []
    for made in view.statements:
        for step in made.steps:
            activation = activations.get((step.via, step.of))
            if activation is None or step.local is None or not step.local.arguments:
                continue
            symbol = variable(f"d{step.via.name}/d{step.of.name}")
            found.append(Statement(symbol, step.local, "chain", activation.of, "slope", activation.sample))
    return found


def _errors(view: View) -> list[Statement]:
    """The difference of each prediction and its target, where a loss or a gradient has it."""
    made = {statement.symbol: statement for statement in view.statements}
    found = []
    for statement in view.statements:
        if statement.kind not in ("loss", "chain"):
            continue
        for node in toposort([statement.formula]):
            if node.op.name != "subtract":
                continue
            prediction, target = node.arguments
            if prediction in made and made[prediction].kind == "forward" and _is_target(target, view):
                known = made[prediction]
                symbol = variable(f"{prediction.name} - {target.name}")
                found.append(Statement(symbol, node, "loss", known.of, "error", known.sample))
    return found


def _is_target(node: Node, view: View) -> bool:
    """Whether a symbol is a target of the data."""
    return any(
        node in ((symbols,) if isinstance(symbols, Node) else tuple(symbols.flat))
        for symbol, symbols in view.entries.items()
        if symbol.name == "y"
    )


def _written_out(formula: Node, activations: Mapping[Node, Node]) -> Node:
    """A loss with everything that is fused in it written as its definition."""
    made: dict[Node, Node] = {}
    for node in toposort([formula]):
        again = node.op(*[made[argument] for argument in node.arguments], **node.attributes) if node.arguments else node
        is_fused = again.op.role in ("loss", "structure") and again not in activations
        definition = again.op.define(again) if is_fused and again.arguments else None
        made[node] = again if definition is None else definition
    return made[formula]


def _with_symbols(formula: Node, symbols: Mapping[Node, Node]) -> Node:
    """A formula with side results in it as symbols; the formula of a side result itself is one, too."""
    made: dict[Node, Node] = {}
    order: Sequence[Node] = toposort([formula], stops=symbols)
    for node in order:
        if node in symbols:
            made[node] = symbols[node]
        elif node.arguments:
            made[node] = node.op(*[made[argument] for argument in node.arguments], **node.attributes)
        else:
            made[node] = node
    return made[formula]
