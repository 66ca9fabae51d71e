"""Nodes as text that the formula reader reads back to the same node."""

from __future__ import annotations

from collections.abc import Mapping

from chalkgrad.core.node import Node, toposort
from chalkgrad.core.notation import Precedence

__all__ = ["formula_text"]

_SIGNS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "matmul": "@"}
_RELATIONS = {"greater": ">", "greater_equal": ">=", "less_equal": "<="}
_SUMS = ("add", "subtract")

Texts = dict[Node, tuple[str, Precedence]]


def formula_text(node: Node, names: Mapping[Node, str] | None = None) -> str:
    """A node as a person would type it.

    Args:
        node: what to write.
        names: names for some nodes, taken instead of what they are made of.

    >>> from chalkgrad.core.node import variable
    >>> x = variable("x")
    >>> formula_text(2 * x ** 2 - 1)
    '2 * x^2 - 1'
    """
    texts: Texts = {named: (name, Precedence.ATOM) for named, name in (names or {}).items()}
    order = toposort([node], stops=list(texts))
    sums = {part.arguments[0] for part in order if part.op.name in _SUMS}
    # From the inside out, so that deep formulas need no deep recursion; a sum inside a sum is only written with it.
    for part in order[:-1]:
        if part not in texts and (part.op.name not in _SUMS or part not in sums):
            texts[part] = _text(part, texts)
    return _text(node, texts)[0]


def _text(node: Node, texts: Texts) -> tuple[str, Precedence]:
    if node in texts:
        return texts[node]
    name = node.op.name
    if node.number is not None:
        return _number(node)
    if not node.arguments:
        return node.name or name, Precedence.ATOM
    if name in _SUMS:
        return _sum(node, texts), Precedence.SUM
    if name in _SIGNS:
        return _product(node, texts), Precedence.PRODUCT
    if name == "negate":
        return "-" + _at_least(node.arguments[0], Precedence.PRODUCT, texts), Precedence.NEGATION
    if name == "power":
        base, exponent = (_at_least(argument, Precedence.ATOM, texts) for argument in node.arguments)
        return f"{base}^{exponent}", Precedence.POWER
    if name == "transpose":
        return _at_least(node.arguments[0], Precedence.ATOM, texts) + ".T", Precedence.ATOM
    return _special(node, texts) or (_call(node, texts), Precedence.ATOM)


def _special(node: Node, texts: Texts) -> tuple[str, Precedence] | None:
    """What is no call: comparisons, and ops that are written as their argument or definition."""
    name = node.op.name
    if name == "indicator":
        return f"{_at_least(node.arguments[0], Precedence.SUM, texts)} > 0", Precedence.RELATION
    if name in _RELATIONS:
        left, right = (_at_least(argument, Precedence.SUM, texts) for argument in node.arguments)
        return f"{left} {_RELATIONS[name]} {right}", Precedence.RELATION
    if node.op.notation.style == "quiet":
        return _text(node.arguments[0], texts)
    definition = node.op.define(node) if node.op.notation.style == "defined" else None
    return None if definition is None else _text(definition, texts)


def _at_least(node: Node, precedence: Precedence, texts: Texts) -> str:
    text, binding = _text(node, texts)
    return text if binding >= precedence else f"({text})"


def _number(node: Node) -> tuple[str, Precedence]:
    value, typed = node.attributes["number"], node.attributes["typed"]
    text = typed or str(value)
    if value < 0:
        return text, Precedence.NEGATION
    return text, Precedence.PRODUCT if "/" in text else Precedence.ATOM


def _sum(node: Node, texts: Texts) -> str:
    terms: list[str] = []
    first = node
    while first.op.name in _SUMS and (first is node or first not in texts):
        terms.append(f" {_SIGNS[first.op.name]} {_at_least(first.arguments[1], Precedence.PRODUCT, texts)}")
        first = first.arguments[0]
    return _at_least(first, Precedence.SUM, texts) + "".join(reversed(terms))


def _product(node: Node, texts: Texts) -> str:
    left, right = node.arguments
    # Signs of products are read from left to right; to people, different ones do not mix without brackets.
    head = _at_least(left, Precedence.PRODUCT if left.op is node.op else Precedence.POWER, texts)
    return f"{head} {_SIGNS[node.op.name]} {_at_least(right, Precedence.POWER, texts)}"


def _call(node: Node, texts: Texts) -> str:
    arguments = [_text(argument, texts)[0] for argument in node.arguments]
    name = node.op.name
    if name == "unnamed":
        return f"{node.attributes['name']}{chr(39) * node.attributes.get('order', 0)}({arguments[0]})"
    if name == "part":
        return _at_least(node.arguments[0], Precedence.ATOM, texts) + "".join(
            f"_{node.attributes[key] + 1}"
            for key, axis in zip(("row", "column"), node.arguments[0].shape, strict=True)
            if node.attributes.get(key) is not None and axis.size != 1
        )
    if name == "stack":
        columns = node.shape[1].size or 1
        rows = [arguments[k : k + columns] for k in range(0, len(arguments), columns)]
        return "[" + ", ".join(f"[{', '.join(row)}]" for row in rows) + "]"
    return f"{'max' if name == 'maximum' else name}({', '.join(arguments)})"
