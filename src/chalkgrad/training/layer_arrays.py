"""The weights and biases of each layer, however the problem names its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy
from numpy.typing import NDArray

from chalkgrad.core.algebra import matmul
from chalkgrad.core.evaluate import evaluate
from chalkgrad.core.node import ZERO, Node
from chalkgrad.reading.problem import Problem

__all__ = ["layer_arrays"]

Array = NDArray[Any]


def layer_arrays(problem: Problem, parameters: Mapping[str, Array]) -> list[tuple[Array, Array]]:
    """The weights and the biases of each layer of a network.

    Args:
        problem: a network of layers.
        parameters: the value of each parameter, in the shape of its node.

    Returns:
        For each layer what its inputs are multiplied by, inputs by units whatever the convention, and what is added to
        each unit; zeros where a layer has no bias. A formula has no layers.

    >>> problem = Problem.from_layers(2, [{"units": 1, "weights": [["w1", "w2"]], "bias": "none"}], loss="mse")
    >>> layer_arrays(problem, {"w1": numpy.float64(3), "w2": numpy.float64(4)})
    [(array([[3.],
           [4.]]), array([0.]))]
    """
    if problem.keys.network is None:
        return []
    graph = problem.graph(1)
    values: dict[Node, Any] = {node: parameters[node.name] for node in graph.parameters}
    found = []
    for line in graph.forward_lines:
        product = next((node for node in (line.formula, *line.formula.arguments) if node.op is matmul), None)
        if product is None:
            continue
        weights = product.arguments[0 if problem.columns else 1]
        added = [node for node in line.formula.arguments if node is not product] if product is not line.formula else []
        w, b = evaluate(graph.composed(weights, *(added or [ZERO])), values)
        matrix = numpy.asarray(w).T if problem.columns else numpy.asarray(w)
        bias = numpy.broadcast_to(numpy.ravel(numpy.asarray(b, dtype=matrix.dtype)), (matrix.shape[1],))
        found.append((numpy.array(matrix), numpy.array(bias)))
    return found
