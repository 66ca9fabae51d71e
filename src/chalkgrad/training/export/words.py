"""What the array libraries say alike, but for the names of the library and of its arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from chalkgrad.core.node import Node
from chalkgrad.training.export.code import Code
from chalkgrad.training.export.expressions import Template, indices, sizes_of

__all__ = ["choice", "embedded", "functions", "matrix_of", "rectified", "reduction", "repeated", "shape_of", "stacked"]

Written = Callable[[Node, Sequence[Code]], str]


def functions(library: str, names: Iterable[str]) -> dict[str, Template]:
    """Functions of one argument that are called as our ops are."""
    before = f"{library}." if library else ""
    return {name: f"{before}{name}({{0}})" for name in names}


def rectified(function: str) -> Written:
    """The ReLU of a library, or that of the script where the slope at 0 is not the 0 of libraries."""

    def written(node: Node, arguments: Sequence[Code]) -> str:
        value, at_zero = arguments[0].text, node.attributes["at_zero"]
        return f"relu_with_slope({value}, {float(at_zero)})" if at_zero else f"{function}({value})"

    return written


def reduction(function: str, axis: str, keep: str) -> Written:
    """A sum or the like: of everything, or along axes that are kept with size 1."""

    def written(node: Node, arguments: Sequence[Code]) -> str:
        axes = node.attributes["axes"]
        if axes is None:
            return f"{function}({arguments[0].text})"
        along = axes[0] if len(axes) == 1 else axes
        return f"{function}({arguments[0].text}, {axis}={along}, {keep}=True)"

    return written


def shape_of(node: Node) -> str:
    """The shape of a node as a tuple, with N samples."""
    return f"({', '.join(sizes_of(node, 'N'))})"


def repeated(full: str, broadcast: str) -> Written:
    """One number, row or column repeated to a matrix."""

    def written(node: Node, arguments: Sequence[Code]) -> str:
        function = full if arguments[0].is_plain else broadcast
        value = arguments[0].text
        return (
            f"{function}({shape_of(node)}, {value})" if function is full else f"{function}({value}, {shape_of(node)})"
        )

    return written


def choice(function: str) -> Written:
    """One of two values by a condition."""

    def written(node: Node, arguments: Sequence[Code]) -> str:
        test, chosen, other = arguments
        condition = test.condition or f"{test.text} != 0"
        return f"{function}({condition}, {chosen.text}, {other.text})"

    return written


def embedded(node: Node, arguments: Sequence[Code]) -> str:
    """A matrix that is zero but for one part."""
    return f"embed({arguments[0].text}, {shape_of(node)}, np.s_[{indices(node)}])"


def stacked(tensor: str, entry: str, stack: str, reshaped: str) -> Written:
    """A matrix from its entries.

    Args:
        tensor: the function that makes one from numbers alone.
        entry: how a number stands between tensors.
        stack: the function that puts tensors of one number in a row.
        reshaped: how a row is brought into a shape.
    """

    def written(node: Node, arguments: Sequence[Code]) -> str:
        # A library may take 1 for a whole number, and then nothing else goes with it.
        numbers = [_as_decimal(argument.text) for argument in arguments]
        if all(argument.is_plain for argument in arguments):
            return f"{tensor}({matrix_of(node, numbers)})"
        entries = [entry.format(text) if a.is_plain else a.text for a, text in zip(arguments, numbers, strict=True)]
        rows, columns = (axis.size for axis in node.shape)
        return reshaped.format(f"{stack}([{', '.join(entries)}])", f"{rows}, {columns}")

    return written


def _as_decimal(text: str) -> str:
    if text.isdigit():
        return f"{text}.0"
    return text if text.replace(".", "", 1).isdigit() else f"float({text})"


def matrix_of(node: Node, entries: Sequence[str]) -> str:
    """The entries of a matrix, row by row in brackets."""
    columns = node.shape[1].size or 1
    rows = [", ".join(entries[k : k + columns]) for k in range(0, len(entries), columns)]
    return "[" + ", ".join(f"[{row}]" for row in rows) + "]"
