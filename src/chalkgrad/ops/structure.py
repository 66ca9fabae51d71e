"""Ops that put numbers together, pick them out, count and compare them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy

from chalkgrad.core.algebra import as_typed, divide, elementwise_shape, expand, fit, is_plain, summation
from chalkgrad.core.node import ZERO, Facts, Node, Op, constant
from chalkgrad.core.notation import Notation, Precedence, function, infix
from chalkgrad.core.shape import Axis, Shape, broadcast, describe, same_sizes
from chalkgrad.errors import Fault, ShapeError

__all__ = [
    "STRUCTURE",
    "choose",
    "count",
    "equal_to",
    "greater",
    "greater_equal",
    "less_equal",
    "mean",
    "part",
    "stack",
]


# --- putting together and picking out ---------------------------------------------------------------------------------


def _stack_shape(*scalars: Node, rows: Axis, columns: Axis) -> Shape:
    shape = (rows, columns)
    if rows.size is None or columns.size is None or len(scalars) != rows.size * columns.size:
        message = f"a matrix {describe(shape)} cannot be put together from {len(scalars)} entries"
        raise ShapeError(Fault("entries-missing", message, hint="give every entry once"))
    for scalar in scalars:
        if scalar.shape:
            message = f"an entry of a matrix must be a scalar, but one is {describe(scalar.shape)}"
            raise ShapeError(Fault("not-a-scalar", message, hint="take one entry of it, or its sum"))
    return shape


def _stack_forward(xp: Any, *values: Any, rows: Axis, columns: Axis) -> Any:
    return xp.stack([as_typed(xp, value, *values) for value in values]).reshape(rows.size, columns.size)


stack: Op = Op(
    "stack",
    shape=_stack_shape,
    forward=_stack_forward,
    pull_back=lambda node, upstream: [
        (k, part(upstream, row=k // node.shape[1].size, column=k % node.shape[1].size))  # type: ignore[operator]
        for k in range(len(node.arguments))
    ],
    notation=Notation("matrix"),
    role="structure",
    facts=Facts(
        "matrix of named entries", law="A parameter that stands in several places gets the sum of their gradients."
    ),
)


def _part_shape(inner: Node, row: int | None = None, column: int | None = None) -> Shape:
    if not inner.shape:
        raise ShapeError(Fault("not-a-matrix", "a scalar has no rows and columns", hint="use it as it is"))
    for axis, index, kind in zip(inner.shape, (row, column), ("row", "column"), strict=True):
        if index is not None and (index < 0 or (axis.size is not None and index >= axis.size)):
            message = f"there is no {kind} {index + 1} in {describe(inner.shape)}"
            hint = f"{kind}s count from 1" + (f" to {axis.size}" if axis.size is not None else "")
            raise ShapeError(Fault(f"no-such-{kind}", message, hint=hint))
    if row is not None and column is not None:
        return ()
    rows, columns = inner.shape
    return (Axis(rows.name, 1) if row is not None else rows, Axis(columns.name, 1) if column is not None else columns)


def _window(row: int | None, column: int | None) -> tuple[Any, Any]:
    keep = row is None or column is None
    rows = slice(None) if row is None else (slice(row, row + 1) if keep else row)
    columns = slice(None) if column is None else (slice(column, column + 1) if keep else column)
    return rows, columns


def _tidy_part(inner: Node, row: int | None = None, column: int | None = None) -> Node | None:
    _part_shape(inner, row=row, column=column)
    if inner.op is stack and row is not None and column is not None:
        return inner.arguments[row * (inner.shape[1].size or 0) + column]
    if inner.op is expand and row is not None and column is not None and not inner.arguments[0].shape:
        return inner.arguments[0]
    return None


part: Op = Op(
    "part",
    shape=_part_shape,
    forward=lambda xp, value, row=None, column=None: value[_window(row, column)],
    pull_back=lambda node, upstream: [(0, _embed(upstream, node.arguments[0], **node.attributes))],
    notation=Notation("part"),
    tidy=_tidy_part,
    role="structure",
    facts=Facts("a row, a column or an entry", law="Only the entries that were picked receive the gradient."),
)


def _embed_forward(xp: Any, value: Any, like: Any, row: int | None = None, column: int | None = None) -> Any:
    mask = numpy.zeros(like.shape, dtype=bool)
    mask[_window(row, column)] = True
    return xp.where(mask, as_typed(xp, value, like), 0)


def _embed_entries(value: Any, like: Any, row: int | None = None, column: int | None = None) -> Any:
    made = numpy.full(like.shape, ZERO, dtype=object)
    made[_window(row, column)] = value
    return made


_embed: Op = Op(
    "embed",
    shape=lambda inner, like, row=None, column=None: like.shape,
    forward=_embed_forward,
    pull_back=lambda node, upstream: [(0, fit(part(upstream, **node.attributes), node.arguments[0]))],
    notation=function("embed"),
    entries=_embed_entries,
    role="structure",
    facts=Facts("a matrix that is zero but for one part", law="Only the part that is not fixed at 0 has a gradient."),
)


# --- counting ---------------------------------------------------------------------------------------------------------


def _tidy_count(inner: Node, axes: tuple[int, ...] | None = None) -> Node | None:
    total = 1
    for position, axis in enumerate(inner.shape):
        if axes is None or position in axes:
            if axis.size is None:
                return None
            total *= axis.size
    return constant(total)


def _count_forward(xp: Any, value: Any, axes: tuple[int, ...] | None = None) -> int:
    shape = value.shape
    return int(numpy.prod([size for k, size in enumerate(shape) if axes is None or k in axes], dtype=int))


count: Op = Op(
    "count",
    shape=lambda inner, axes=None: (),
    forward=_count_forward,
    notation=Notation("symbol", "N"),
    tidy=_tidy_count,
    role="structure",
    facts=Facts("number of entries"),
)


def mean(inner: Node, axes: tuple[int, ...] | None = None) -> Node:
    """The mean of all entries, or over axes: a sum over the number of its terms."""
    return divide(summation(inner, axes=axes), count(inner, axes=axes)) if inner.shape else inner


# --- comparing --------------------------------------------------------------------------------------------------------


def _comparison(name: str, sign: str, holds: Callable[[Any, Any], Any]) -> Op:
    def forward(xp: Any, left: Any, right: Any) -> Any:
        held = holds(left, right)
        # 1 and 0 in the dtype of the arguments, so that a choice between two constants knows the dtype to take.
        return held.astype(xp.result_type(left, right)) if hasattr(held, "astype") else held

    return Op(
        name,
        shape=elementwise_shape("a comparison"),
        forward=forward,
        notation=infix(sign, Precedence.RELATION),
        elementwise=True,
        role="structure",
        facts=Facts("comparison"),
    )


greater: Op = _comparison("greater", ">", lambda left, right: left > right)
greater_equal: Op = _comparison("greater_equal", "≥", lambda left, right: left >= right)
less_equal: Op = _comparison("less_equal", "≤", lambda left, right: left <= right)
equal_to: Op = _comparison("equal_to", "=", lambda left, right: left == right)


def _tidy_choose(test: Node, chosen: Node, other: Node) -> Node | None:
    if chosen is not other:
        return None
    shape = broadcast("a choice", [test.shape, chosen.shape])
    if same_sizes(shape, chosen.shape):
        return chosen
    return expand(chosen, test) if same_sizes(shape, test.shape) else None


def _choose_forward(xp: Any, test: Any, chosen: Any, other: Any) -> Any:
    if is_plain(test):
        return chosen if test else other
    return xp.where(test, as_typed(xp, chosen, test, other), as_typed(xp, other, test, chosen))


choose: Op = Op(
    "choose",
    shape=elementwise_shape("a choice"),
    forward=_choose_forward,
    pull_back=lambda node, upstream: [
        (1, fit(choose(node.arguments[0], upstream, ZERO), node.arguments[1])),
        (2, fit(choose(node.arguments[0], ZERO, upstream), node.arguments[2])),
    ],
    notation=Notation("cases"),
    tidy=_tidy_choose,
    elementwise=True,
    role="structure",
    facts=Facts("choice", law="The gradient goes to the branch that was taken."),
)

STRUCTURE = (stack, part, count, greater, greater_equal, less_equal, equal_to, choose)
