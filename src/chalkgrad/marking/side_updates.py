"""What people write down beside a loss and an update: the loss of one output, and the change of a parameter."""

from __future__ import annotations

from collections.abc import Iterator

from chalkgrad.core.node import VARIABLE, Node, toposort, variable
from chalkgrad.solving.statements import Statement, View

__all__ = ["changes_of", "shares_of"]


def shares_of(view: View) -> tuple[list[Statement], dict[Node, Node]]:
    """The loss of each output, where the loss adds one term for each; and the loss as the sum of these.

    Args:
        view: the working, unit by unit.

    Returns:
        One statement of `kind` loss and `role` share for each output, `of` the unit; for the symbol of the loss, the
        sum of their symbols.
    """
    made = {statement.symbol: statement for statement in view.statements}
    found: list[Statement] = []
    sums: dict[Node, Node] = {}
    for statement in view.statements:
        terms = list(_terms(statement.formula)) if statement.kind == "loss" else []
        outputs = [[leaf for leaf in _leaves(term) if leaf in made and made[leaf].kind == "forward"] for term in terms]
        if len(terms) < 2 or any(len(leaves) != 1 for leaves in outputs):
            continue
        total: Node | None = None
        for (output,), term in zip(outputs, terms, strict=True):
            symbol = variable(f"{statement.symbol.name}_{output.name}")
            found.append(Statement(symbol, term, "loss", made[output].of, "share", made[output].sample))
            total = symbol if total is None else total + symbol
        if total is not None:
            sums[statement.symbol] = total
    return found, sums


def _terms(formula: Node) -> Iterator[Node]:
    """The terms of a sum, each with the factor before the sum."""
    if formula.op.name == "multiply" and not _leaves(formula.arguments[0]):
        factor, inner = formula.arguments
        yield from (factor * term for term in _terms(inner))
    elif formula.op.name == "add":
        for argument in formula.arguments:
            yield from _terms(argument)
    else:
        yield formula


def _leaves(formula: Node) -> list[Node]:
    return [node for node in toposort([formula]) if node.op is VARIABLE]


def changes_of(view: View) -> tuple[list[Statement], dict[Node, tuple[Node, ...]]]:
    """By how much each parameter changes; and each new value by way of that, added or subtracted.

    Args:
        view: the working, unit by unit.

    Returns:
        Two statements of `kind` update for each parameter, of `role` change (what is added to the old value) and step
        (what is subtracted); for the symbol of each new value, the two sums with the old value.
    """
    formulas = {statement.symbol: statement.formula for statement in view.statements}
    found: list[Statement] = []
    ways: dict[Node, tuple[Node, ...]] = {}
    for old, new in view.updated.items():
        formula = formulas.get(new)
        if formula is None or formula.op.name != "subtract" or formula.arguments[0] is not old:
            continue
        taken = formula.arguments[1]
        change, step = variable(f"change:{old.name}"), variable(f"step:{old.name}")
        found.append(Statement(change, -taken, "update", old.name, "change"))
        found.append(Statement(step, taken, "update", old.name, "step"))
        ways[new] = (old + change, old - step)
    return found, ways
