"""A graph of matrices taken apart into a graph of single numbers.

The same ops run on arrays whose entries are nodes: a matrix product of such arrays is the sum of products that one
writes unit by unit. So the unit view is not a second formula but the same one, looked at closely.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy

from chalkgrad.core import algebra
from chalkgrad.core.node import CONSTANT, VARIABLE, Node, as_node, constant, toposort
from chalkgrad.errors import EvaluationError, Fault

__all__ = ["Index", "entries", "entry", "indices", "unit_array"]

UnitArray = Any  # a NumPy array of nodes, or one node for a scalar
Index = tuple[int, ...]  # row and column of an entry; empty for a scalar


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


# --- one entry alone --------------------------------------------------------------------------------------------------


def entry(node: Node, index: Index, known: Callable[[Node, Index], Node]) -> Node:
    """One entry of a node, as a scalar node; of large matrices only what this entry needs is looked at.

    Args:
        node: of any shape.
        index: which entry.
        known: what stands for an entry of a variable.

    >>> from chalkgrad.core.node import variable
    >>> from chalkgrad.core.shape import shape_of
    >>> X, W = variable("x", shape_of(1, 2)), variable("w", shape_of(2, 900))
    >>> made = entry(X @ W, (0, 7), lambda node, index: variable(f"{node.name}{index[0]}{index[1]}"))
    >>> [node.name for node in toposort([made]) if node.name]
    ['x00', 'w07', 'x01', 'w17']
    """
    order = toposort([node])
    wanted: dict[Node, dict[Index, None]] = {part: {} for part in order}
    wanted[node][index] = None
    for part in reversed(order):
        for place in wanted[part]:
            for argument, needed in zip(part.arguments, _needed(part, place), strict=True):
                wanted[argument].update(dict.fromkeys(needed))
    found: dict[Node, dict[Index, Node]] = {}
    for part in order:
        if part.op is VARIABLE:
            found[part] = {place: known(part, place) for place in wanted[part]}
        else:
            found[part] = _worked_entries(part, wanted[part], found)
    return found[node][index]


def indices(node: Node) -> Iterator[Index]:
    """The places of all entries of a node, row by row; of a scalar the empty one."""
    return iter(numpy.ndindex(*(axis.size or 1 for axis in node.shape)))


def _needed(node: Node, index: Index) -> list[Iterable[Index]]:
    """Which entries of each argument one entry of a node is made of."""
    if node.op is algebra.matmul:
        inner = range(node.arguments[0].shape[1].size or 1)
        return [[(index[0], k) for k in inner], [(k, index[1]) for k in inner]]
    if node.op is algebra.transpose:
        return [[(index[1], index[0])]]
    if node.op.elementwise:
        return [[_repeated(argument, index)] for argument in node.arguments]
    return [indices(argument) for argument in node.arguments]


def _repeated(argument: Node, index: Index) -> Index:
    """Where in an argument an entry of the result comes from; scalars, single rows and columns are repeated."""
    return tuple(0 if axis.size == 1 else k for axis, k in zip(argument.shape, index, strict=False))


def _worked_entries(node: Node, places: Iterable[Index], found: dict[Node, dict[Index, Node]]) -> dict[Index, Node]:
    made: dict[Index, Node] = {}
    whole: UnitArray = None
    for place in places:
        if node.op is algebra.matmul:
            needed = zip(node.arguments, _needed(node, place), strict=True)
            left, right = ([found[argument][k] for k in places_] for argument, places_ in needed)
            products = [one * other for one, other in zip(left, right, strict=True)]
            made[place] = products[0]
            for product in products[1:]:
                made[place] = made[place] + product
        elif node.op is algebra.transpose:
            made[place] = found[node.arguments[0]][place[1], place[0]]
        elif node.op.elementwise:
            scalars = [found[argument][_repeated(argument, place)] for argument in node.arguments]
            made[place] = node.op(*scalars, **node.attributes)
        else:
            if whole is None:
                whole = _entries_of(node, [_whole(argument, found[argument]) for argument in node.arguments])
            made[place] = whole[place] if place else whole
    return made


def _whole(node: Node, found: dict[Index, Node]) -> UnitArray:
    if not node.shape:
        return found[()]
    made = numpy.empty([axis.size or 1 for axis in node.shape], dtype=object)
    for place, scalar in found.items():
        made[place] = scalar
    return made


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
