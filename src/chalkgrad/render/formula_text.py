"""Nodes as text that the formula reader reads back to the same node."""

from __future__ import annotations

from collections.abc import Mapping

from chalkgrad.core.node import Node
from chalkgrad.core.notation import Precedence

__all__ = ["formula_text"]

_SIGNS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "matmul": "@"}
_PRECEDENCE = {
    "add": Precedence.SUM,
    "subtract": Precedence.SUM,
    "negate": Precedence.NEGATION,
    "multiply": Precedence.PRODUCT,
    "divide": Precedence.PRODUCT,
    "matmul": Precedence.PRODUCT,
    "power": Precedence.POWER,
    "transpose": Precedence.POWER,
}


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
    return _text(node, names or {})[0]


def _text(node: Node, names: Mapping[Node, str]) -> tuple[str, Precedence]:
    if node in names:
        return names[node], Precedence.ATOM
    name = node.op.name
    if node.number is not None:
        return _number(node)
    if not node.arguments:
        return node.name or name, Precedence.ATOM
    if name in ("add", "subtract"):
        return _sum(node, names), Precedence.SUM
    if name in _SIGNS:
        return _product(node, names), Precedence.PRODUCT
    if name == "negate":
        return "-" + _at_least(node.arguments[0], Precedence.PRODUCT, names), Precedence.NEGATION
    if name == "power":
        base, exponent = (_at_least(argument, Precedence.ATOM, names) for argument in node.arguments)
        return f"{base}^{exponent}", Precedence.POWER
    if name == "transpose":
        return _at_least(node.arguments[0], Precedence.ATOM, names) + ".T", Precedence.ATOM
    return _call(node, names), Precedence.ATOM


def _at_least(node: Node, precedence: Precedence, names: Mapping[Node, str]) -> str:
    text, binding = _text(node, names)
    return text if binding >= precedence else f"({text})"


def _number(node: Node) -> tuple[str, Precedence]:
    value, typed = node.attributes["number"], node.attributes["typed"]
    text = typed or str(value)
    if value < 0:
        return text, Precedence.NEGATION
    return text, Precedence.PRODUCT if "/" in text else Precedence.ATOM


def _sum(node: Node, names: Mapping[Node, str]) -> str:
    terms: list[str] = []
    first = node
    while first.op.name in ("add", "subtract") and (first is node or first not in names):
        terms.append(f" {_SIGNS[first.op.name]} {_at_least(first.arguments[1], Precedence.PRODUCT, names)}")
        first = first.arguments[0]
    return _at_least(first, Precedence.SUM, names) + "".join(reversed(terms))


def _product(node: Node, names: Mapping[Node, str]) -> str:
    left, right = node.arguments
    # Division binds to the left only, and elementwise and matrix products do not mix without brackets.
    head = _at_least(left, Precedence.PRODUCT if _chains(left, node, names) else Precedence.POWER, names)
    tail = _at_least(right, Precedence.POWER, names)
    return f"{head} {_SIGNS[node.op.name]} {tail}"


def _chains(left: Node, node: Node, names: Mapping[Node, str]) -> bool:
    return left in names or left.op is node.op or left.number is not None and "/" not in _number(left)[0]


def _call(node: Node, names: Mapping[Node, str]) -> str:
    arguments = [_text(argument, names)[0] for argument in node.arguments]
    name = node.op.name
    if name == "unnamed":
        return f"{node.attributes['name']}{chr(39) * node.attributes.get('order', 0)}({arguments[0]})"
    if name == "part":
        return arguments[0] + "".join(
            f"_{node.attributes[key] + 1}"
            for key, axis in zip(("row", "column"), node.arguments[0].shape, strict=True)
            if node.attributes.get(key) is not None and axis.size != 1
        )
    if name == "linear":
        return arguments[0]
    definition = node.op.define(node) if node.op.notation.style == "defined" else None
    if definition is not None:
        return f"({_text(definition, names)[0]})"
    return f"{name}({', '.join(arguments)})"
