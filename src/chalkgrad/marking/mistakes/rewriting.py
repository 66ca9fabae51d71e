"""Formulas taken apart and put together again: the terms of a sum, the parts of a formula, what stands in its place."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from chalkgrad.core.algebra import add, negate, subtract
from chalkgrad.core.gradient import substitute
from chalkgrad.core.node import ZERO, Node, toposort

__all__ = ["base_name", "holds", "inner_sum", "parts_of", "replaced", "summed", "terms_of", "total"]

replaced = substitute


@lru_cache(maxsize=50_000)
def parts_of(formula: Node) -> tuple[Node, ...]:
    """Every node that a formula is made of, each after its arguments."""
    return tuple(toposort([formula]))


def holds(formula: Node, part: Node) -> bool:
    """Whether a node stands somewhere in a formula."""
    return part in parts_of(formula)


def base_name(symbol: Node) -> str:
    """The name of a symbol without its sample, so that a slip is called the same for all samples."""
    return symbol.name.partition("#")[0]


def terms_of(formula: Node) -> list[tuple[int, Node]]:
    """The terms of a sum with their signs, from left to right; what is no sum is its own only term.

    >>> from chalkgrad.core.node import variable
    >>> a, b, c = variable("a"), variable("b"), variable("c")
    >>> terms_of(a + b - c)
    [(1, a), (1, b), (-1, c)]
    """
    found: list[tuple[int, Node]] = []
    stack = [(1, formula)]
    while stack:
        sign, node = stack.pop()
        if node.op is add:
            stack += [(sign, node.arguments[1]), (sign, node.arguments[0])]
        elif node.op is subtract:
            stack += [(-sign, node.arguments[1]), (sign, node.arguments[0])]
        elif node.op is negate:
            stack.append((-sign, node.arguments[0]))
        else:
            found.append((sign, node))
    return found


def inner_sum(formula: Node) -> tuple[Node, list[tuple[int, Node]]]:
    """The sum inside the plain factors, divisors and the minus sign of a formula, and its terms."""
    while formula.op.name in ("multiply", "divide", "negate"):
        inner = [argument for argument in formula.arguments if argument.number is None]
        if len(inner) != 1:
            break
        formula = inner[0]
    return formula, terms_of(formula)


def total(terms: Sequence[tuple[int, Node]]) -> Node:
    """The sum of terms with signs; 0 for none."""
    if not terms:
        return ZERO
    (sign, first), *rest = terms
    whole = first if sign > 0 else -first
    for sign, term in rest:
        whole = whole + term if sign > 0 else whole - term
    return whole


def summed(terms: Sequence[Node]) -> Node:
    """The sum of some nodes; 0 for none."""
    return total([(1, term) for term in terms])
