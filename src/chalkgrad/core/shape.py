"""Shapes whose axes have names, so that a fault can say which sizes do not fit and what they count.

A quantity is a scalar (no axes) or a matrix (two axes); a vector is a matrix with one row or one column. A size of
`None` is the number of samples in a batch, known only when there is data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalkgrad.errors import Fault, ShapeError

__all__ = ["SAMPLES", "Axis", "Shape", "broadcast", "describe", "matrix_product", "same_sizes", "shape_of", "sizes"]


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis counts, and how many there are; `None` if only the data will tell."""

    name: str
    size: int | None

    def __str__(self) -> str:
        size = "N" if self.size is None else str(self.size)
        return f"{self.name}: {size}" if self.name else size


Shape = tuple[Axis, ...]

SAMPLES = Axis("samples", None)


def shape_of(*axes: Axis | int) -> Shape:
    """A shape from axes, or from plain sizes without names.

    >>> describe(shape_of(Axis("inputs", 2), 3))
    '(inputs: 2 × 3)'
    """
    return tuple(Axis("", axis) if isinstance(axis, int) else axis for axis in axes)


def sizes(shape: Shape) -> tuple[int | None, ...]:
    """The sizes alone."""
    return tuple(axis.size for axis in shape)


def same_sizes(left: Shape, right: Shape) -> bool:
    """Whether two shapes agree in every size, whatever their axes are called."""
    return sizes(left) == sizes(right)


def describe(shape: Shape) -> str:
    """A shape in words, for messages."""
    return f"({' × '.join(str(axis) for axis in shape)})" if shape else "a scalar"


def broadcast(operation: str, shapes: Sequence[Shape]) -> Shape:
    """The shape of an elementwise operation: sizes must agree, and a size of 1 is repeated as needed.

    Raises:
        ShapeError: with code `shapes-differ`, naming every axis with its size.
    """
    result: Shape = ()
    for shape in shapes:
        result = _broadcast_two(operation, result, shape, shapes)
    return result


def _broadcast_two(operation: str, left: Shape, right: Shape, shapes: Sequence[Shape]) -> Shape:
    if len(left) != len(right):
        return left or right
    return tuple(_wider(operation, a, b, shapes) for a, b in zip(left, right, strict=True))


def _wider(operation: str, a: Axis, b: Axis, shapes: Sequence[Shape]) -> Axis:
    if a.size == b.size:
        return a if a.name else b
    if b.size == 1:
        return a
    if a.size == 1:
        return b
    raise ShapeError(
        Fault(
            "shapes-differ",
            f"{operation} needs equal sizes, but {_one(a)} does not fit {_one(b)}: "
            + " and ".join(describe(shape) for shape in shapes),
            hint="check the order of the factors, or transpose one of them",
        )
    )


def matrix_product(left: Shape, right: Shape) -> Shape:
    """The shape of a matrix product: the columns of the left factor must be as many as the rows of the right.

    Raises:
        ShapeError: with code `inner-sizes-differ`.
    """
    if len(left) != 2 or len(right) != 2:
        raise ShapeError(
            Fault(
                "not-a-matrix",
                f"a matrix product needs two vectors or matrices, but got {describe(left)} and {describe(right)}",
                hint="write a scaling by juxtaposition, as in 2 x",
            )
        )
    if left[1].size != right[0].size:
        raise ShapeError(
            Fault(
                "inner-sizes-differ",
                f"the matrix product of {describe(left)} and {describe(right)} needs as many columns on the left as "
                f"rows on the right, but {_one(left[1])} does not fit {_one(right[0])}",
                hint="transpose one factor (x') or change their order",
            )
        )
    return (left[0], right[1])


def _one(axis: Axis) -> str:
    size = "N" if axis.size is None else str(axis.size)
    return f"{axis.name} = {size}" if axis.name else f"size {size}"
