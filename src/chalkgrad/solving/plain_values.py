"""Values of any number format as plain Python numbers and lists, which JSON knows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy

from chalkgrad.core.node import Node
from chalkgrad.solving.steps import StepValues

__all__ = ["in_shape", "names_of_units", "only_finite", "plain", "plain_number", "worked_out"]


def plain_number(value: Any) -> float | None:
    """One number as a float; `None` stays `None`, a matrix of one entry is its entry, and 0 has no sign.

    >>> plain_number(numpy.array([[-0.0]]))
    0.0
    """
    if value is None:
        return None
    return float(value.item() if isinstance(value, numpy.ndarray) else value) + 0.0


def plain(value: Any) -> Any:
    """A number, a flat list for a row or a column, a list of lists for a matrix.

    >>> plain(numpy.array([[1], [2]])), plain(numpy.array([[3]]))
    ([1.0, 2.0], 3.0)
    """
    shape = tuple(size for size in numpy.shape(value) if size != 1)
    return in_shape(value, shape)


def in_shape(value: Any, sizes: tuple[int, ...]) -> Any:
    """The same numbers in other sizes: `()` a number, `(n,)` a list, `(rows, columns)` a list of lists."""
    if not sizes:
        return plain_number(value)
    array = numpy.asarray(value, dtype=object).reshape(sizes)
    return [plain(entry) for entry in array] if len(sizes) == 1 else [in_shape(row, sizes[1:]) for row in array]


def worked_out(numbers: StepValues, symbol: Node, which: Mapping[Node, Node] | None = None) -> Any:
    """The value of a quantity of the graph, or of what `which` gives for it, with `None` where that is not worked out.

    Unlike `StepValues.of`, this tells a gradient that nobody asked for from a gradient of 0.
    """
    symbols = numbers.view.entries.get(symbol, symbol)
    if isinstance(symbols, Node):
        return _one(numbers, symbols, which)
    made = numpy.empty(symbols.shape, dtype=object)
    for index, node in numpy.ndenumerate(symbols):
        made[index] = _one(numbers, node, which)
    return made if any(entry is not None for entry in made.flat) else None


def _one(numbers: StepValues, node: Node, which: Mapping[Node, Node] | None) -> Any:
    meant = node if which is None else which.get(node)
    return None if meant is None else numbers.values.get(meant)


def only_finite(data: Any, remarks: list[str], path: str = "") -> Any:
    """The same data with `null` for infinities and what is not a number, which JSON has no word for.

    Args:
        data: numbers, texts, lists and mappings.
        remarks: gets a sentence for each number that was left out.
        path: where the data stand, for the sentence.

    >>> remarks = []
    >>> only_finite({"loss": math.inf, "z": [1.0]}, remarks), remarks
    ({'loss': None, 'z': [1.0]}, ['`loss` is inf, so it is given as null.'])
    """
    if isinstance(data, float) and not math.isfinite(data):
        remarks.append(f"`{path}` is {data}, so it is given as null.")
        return None
    if isinstance(data, dict):
        return {key: only_finite(value, remarks, f"{path}.{key}" if path else str(key)) for key, value in data.items()}
    if isinstance(data, list):
        return [only_finite(entry, remarks, f"{path}[{k}]") for k, entry in enumerate(data)]
    return data


def names_of_units(names: tuple[str, ...], value: Any) -> Iterator[tuple[str, float]]:
    """Each unit with its number; units without one are left out."""
    for name, entry in zip(names, numpy.asarray(value, dtype=object).flat, strict=True):
        if entry is not None:
            yield name, float(entry) + 0.0
