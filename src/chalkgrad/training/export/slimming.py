"""Formulas without repetitions that array libraries make by themselves."""

from __future__ import annotations

from collections.abc import Collection

from chalkgrad.core.algebra import expand
from chalkgrad.core.node import Node, toposort
from chalkgrad.core.shape import same_sizes

__all__ = ["slimmed"]


def slimmed(formula: Node, known: Collection[Node]) -> Node:
    """A formula in which nothing is repeated to the size of something that it is added to or multiplied by.

    Our graphs say when a number becomes a column of N numbers; next to a column, a number does as well.

    Args:
        formula: the formula.
        known: nodes that have names, and stay as they are.

    >>> from chalkgrad.core.node import variable
    >>> from chalkgrad.core.shape import shape_of
    >>> a, b = variable("a"), variable("b", shape_of(4, 2))
    >>> slimmed(expand(a, b) / 2 * b, [a, b]) is a / 2 * b
    True
    """
    # For each node the same with all of its size, and, where a repetition was left out, the same with less.
    whole: dict[Node, Node] = {}
    lean: dict[Node, Node] = {}
    for node in toposort([formula], stops=known):
        if node in known or not node.arguments:
            whole[node] = node
            continue
        arguments = [whole[argument] for argument in node.arguments]
        whole[node] = node.op(*arguments, **node.attributes)
        if node.op is expand:
            lean[node] = lean.get(node.arguments[0], arguments[0])
        elif node.op.elementwise and any(argument in lean for argument in node.arguments):
            slim = node.op(*(lean.get(a, whole[a]) for a in node.arguments), **node.attributes)
            if same_sizes(slim.shape, node.shape):
                whole[node] = slim
            else:
                lean[node] = slim
    return whole[formula]
