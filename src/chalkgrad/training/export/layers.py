"""Networks that libraries know as a row of dense layers, and where their weights belong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from chalkgrad.core.algebra import add, matmul
from chalkgrad.core.node import Node
from chalkgrad.training.export.recipe import Recipe

__all__ = ["DenseLayer", "dense_layers"]


@dataclass(frozen=True, slots=True)
class DenseLayer:
    """One layer: a matrix, perhaps a bias, an activation, perhaps dropout.

    Args:
        inputs: how many numbers come in.
        units: how many come out.
        activation: the node of the activation.
        weights: the parameter that is its matrix.
        bias: the parameter that is its bias, or `None`.
        dropout: the share of its units that is left out while training.
    """

    inputs: int
    units: int
    activation: Node
    weights: Node
    bias: Node | None
    dropout: float


def dense_layers(recipe: Recipe, activations: Collection[str]) -> list[DenseLayer] | None:
    """The layers of a network, or `None` if it is not a plain row of them.

    It is none where parameters are shared or named one by one, where an activation is not among those that a library
    knows, or where the loss is made of more than the output and the targets.

    Args:
        recipe: whose problem.
        activations: the names of activations that the library knows in the same form.
    """
    graph = recipe.plain_graph
    if recipe.problem.keys.network is None or recipe.own_ops & {line.formula.op for line in graph.forward_lines}:
        return None
    layers: list[DenseLayer] = []
    lines = graph.forward_lines
    if len(lines) % 2:
        return None
    for sums, units in zip(lines[::2], lines[1::2], strict=True):
        layer = _layer(recipe, sums.formula, units.formula, recipe.rates.get(units.symbol, 0.0))
        if layer is None or layer.activation.op.name not in activations or _bends_otherwise(layer.activation):
            return None
        layers.append(layer)
    used = Counter(node for layer in layers for node in (layer.weights, layer.bias) if node is not None)
    handed = lines[-2].symbol if recipe.is_fused else recipe.graph.forward_lines[-1].symbol
    return layers if max(used.values()) == 1 and recipe.handed == (handed,) else None


def _bends_otherwise(activation: Node) -> bool:
    """Whether it is a ReLU whose slope at 0 is not 0, as in every library."""
    return bool(activation.attributes.get("at_zero"))


def _layer(recipe: Recipe, sums: Node, activation: Node, dropout: float) -> DenseLayer | None:
    product, bias = sums.arguments if sums.op is add else (sums, None)
    if product.op is not matmul:
        return None
    weights = product.arguments[0 if recipe.columns else 1]
    parameters = recipe.graph.parameters
    if weights not in parameters or (bias is not None and (bias not in parameters or not bias.shape)):
        return None
    outer, inner = weights.shape if recipe.columns else reversed(weights.shape)
    return DenseLayer(inner.size or 1, outer.size or 1, activation, weights, bias, dropout)
