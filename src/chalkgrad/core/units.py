"""A graph of matrices taken apart into a graph of single numbers.

The same ops run on arrays whose entries are nodes: a matrix product of such arrays is the sum of products that one
writes unit by unit. So the unit view is not a second formula but the same one, looked at closely.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy

from chalkgrad.core.node import CONSTANT, Node, as_node, constant, toposort
from chalkgrad.errors import EvaluationError, Fault

__all__ = ["entries", "unit_array"]

UnitArray = Any  # a NumPy array of nodes, or one node for a scalar


def unit_array(nodes: Sequence[Sequence[Node]]) -> UnitArray:
    """Rows of scalar nodes as an array."""
    made = numpy.empty((len(nodes), len(nodes[0])), dtype=object)
    for i, row in enumerate(nodes):
        for j, node in enumerate(row):
            made[i, j] = node
    return made


def entries(outputs: Sequence[Node], known: Mapping[Node, UnitArray]) -> list[UnitArray]:
    """The entries of nodes, as scalar nodes.

    Args:
        outputs: the nodes wanted, of any shape.
        known: the entries of variables or of any other nodes; nothing below them is looked at.

    Returns:
        For each output an array of scalar nodes in its shape, or one node if it is a scalar.

    Raises:
        EvaluationError: with code `no-entries`, if a variable of several numbers is not among the known.
    """
    found: dict[Node, UnitArray] = dict(known)
    for node in toposort(outputs, stops=known):
        if node not in found:
            found[node] = _entries_of(node, [found[argument] for argument in node.arguments])
    return [found[output] for output in outputs]


def _entries_of(node: Node, arguments: list[UnitArray]) -> UnitArray:
    op, attributes = node.op, node.attributes
    if not node.arguments and node.op is not CONSTANT and node.shape:
        raise EvaluationError(Fault("no-entries", f"the entries of {node.name} are not known"))
    if not node.arguments:
        return node
    if all(isinstance(argument, Node) for argument in arguments) and not node.shape:
        return op(*arguments, **attributes)
    if op.entries is not None:
        return op.entries(*arguments, **attributes)
    if op.elementwise:
        return numpy.frompyfunc(lambda *scalars: op(*scalars, **attributes), len(arguments), 1)(*arguments)
    return _as_nodes(op.forward(_UNITS, *arguments, **attributes))


def _as_nodes(value: Any) -> UnitArray:
    """Counts come out of forwards as plain numbers; everything else is nodes already."""
    return value if isinstance(value, numpy.ndarray | Node) else as_node(value)


class _Units:
    """The few array functions that the forwards of structural ops use, on arrays of nodes."""

    exact_number = staticmethod(constant)

    @staticmethod
    def matmul(left: UnitArray, right: UnitArray) -> UnitArray:
        return left @ right

    @staticmethod
    def sum(value: UnitArray, axis: tuple[int, ...] | None = None, keepdims: bool = False) -> UnitArray:
        return numpy.asarray(value, dtype=object).sum(axis=axis, keepdims=keepdims)

    @staticmethod
    def broadcast_to(value: UnitArray, shape: tuple[int, ...]) -> UnitArray:
        return numpy.broadcast_to(numpy.asarray(value, dtype=object), shape)

    @staticmethod
    def stack(values: Sequence[Node]) -> UnitArray:
        made = numpy.empty(len(values), dtype=object)
        made[:] = values
        return made


_UNITS = _Units()
