"""Layers as lines: z = x W + b, a = activation(z), layer after layer."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from chalkgrad.core.algebra import matmul
from chalkgrad.core.node import Node
from chalkgrad.core.shape import Axis
from chalkgrad.ops import OPS, OpSet
from chalkgrad.ops.activations import relu
from chalkgrad.ops.functions import unnamed
from chalkgrad.ops.structure import stack
from chalkgrad.reading.assembly import Assembly, Exact, Start, entry_names
from chalkgrad.reading.known_names import is_unnamed_function
from chalkgrad.reading.network_names import bias_name, layer_name, name_network, sum_name, weights_name
from chalkgrad.reading.schema_network import LayerKeys, NetworkKeys

__all__ = ["add_layers"]


def add_layers(
    network: NetworkKeys,
    assembly: Assembly,
    relu_attributes: dict[str, Any],
    ops: OpSet = OPS,
    dropout: bool = False,
) -> Node:
    """Write the lines of a network into an assembly, with the masks of dropout where they are asked for.

    Returns:
        The symbol of the output layer.
    """
    names = name_network(network)
    units = {unit for layer in names.units for unit in layer}
    assembly.reserved |= {
        *units,
        *(sum_name(unit) for unit in units),
        *names.inputs,
        *names.parameter_names(),
        "y",
        "loss",
    }
    activation = assembly.input("x", Axis("inputs", len(names.inputs)), names.inputs)
    for number, (layer, layer_units) in enumerate(zip(network.layers, names.units, strict=True), start=1):
        writer = _Layer(layer, number, layer_units, number == len(network.layers), assembly)
        activation = writer.write(activation, relu_attributes, ops)
        if dropout and layer.dropout:
            activation = assembly.masked(activation, 1 - Fraction(layer.dropout))
    return activation


class _Layer:
    """One layer being written."""

    def __init__(self, keys: LayerKeys, number: int, units: tuple[str, ...], last: bool, assembly: Assembly) -> None:
        self.keys, self.number, self.units, self.assembly = keys, number, units, assembly
        self.name = self._name(last)
        self.axis = Axis(f"units of layer {number}", len(units))

    def _name(self, last: bool) -> str:
        """What the units have in common, such as `h` for h1 and h2."""
        if len(self.units) == 1:
            return self.units[0]
        stem = re.sub(r"[_\d]*$", "", _common_start(self.units)) if isinstance(self.keys.units, tuple) else ""
        return self.assembly.free(stem or layer_name(self.number - 1, last), f"a^[{self.number}]")

    def write(self, below: Node, relu_attributes: dict[str, Any], ops: OpSet) -> Node:
        """z = x W + b and a = activation(z); the answer is the symbol of a."""
        inputs = below.shape[self.assembly.feature_axis]
        if self.number > 1:
            # A matrix shared with another layer brings the names of that layer's axes along.
            inputs = Axis(f"units of layer {self.number - 1}", inputs.size)
        before = set(self.assembly.parameters)
        weights = self._weights(inputs)
        self._note(before, Start(inputs.size or 1, len(self.units), self.keys.activation))
        weighted = matmul(weights, below) if self.assembly.columns else matmul(below, weights)
        bias = self._bias()
        self._note(before, Start(inputs.size or 1, len(self.units), self.keys.activation, is_bias=True))
        formula = weighted if bias is None else weighted + bias
        z = self.assembly.line(sum_name(self.name), formula, [sum_name(unit) for unit in self.units])
        return self.assembly.line(self.name, self._activated(z, relu_attributes, ops), self.units)

    def _activated(self, z: Node, relu_attributes: dict[str, Any], ops: OpSet) -> Node:
        name = self.keys.activation
        if is_unnamed_function(name):
            return unnamed(z, name=name, order=0)
        op = ops.activation(name)
        if not op.elementwise:  # such as softmax, over the units of the layer
            return op(z, axis=self.assembly.feature_axis)
        return op(z, **(relu_attributes if op is relu else {}))

    def _note(self, before: set[str], start: Start) -> None:
        """Remember how parameters that are new in this layer start."""
        for name in self.assembly.parameters:
            if name not in before:
                self.assembly.starts.setdefault(name, start)

    # --- weights and biases ---

    def _weights(self, inputs: Axis) -> Node:
        written = self.keys.weights
        shape = self.assembly.matrix(inputs, self.axis)
        name = weights_name(self.number - 1)
        if isinstance(written, str):
            return self.assembly.parameter(written, shape)
        if isinstance(written, tuple):
            self._in_order_of_the_file(written)
            rows = written if self.assembly.columns else tuple(zip(*written, strict=True))
            return self._entries(name, rows, shape)
        if written is not None:
            sizes = [axis.size or 1 for axis in shape]
            self.assembly.values[name] = [[Fraction(written)] * sizes[1] for _ in range(sizes[0])]
        return self.assembly.parameter(name, shape)

    def _bias(self) -> Node | None:
        written = self.keys.bias
        shape = self.assembly.vector(self.axis)
        name = bias_name(self.number - 1)
        if written == "none":
            return None
        if isinstance(written, str):
            # One name is one number, shared by the layer, unless a list is given for it.
            is_list = isinstance(self.assembly.given.get(written), tuple)
            return self.assembly.parameter(written, shape if is_list else ())
        if isinstance(written, tuple):
            rows = tuple((entry,) for entry in written) if self.assembly.columns else (written,)
            return self._entries(name, rows, shape)
        if written is not None:
            self.assembly.values[name] = Fraction(written)
            return self.assembly.parameter(name)
        return self.assembly.parameter(name, shape)

    def _entries(self, name: str, rows: Sequence[Sequence[Any]], shape: tuple[Axis, ...]) -> Node:
        """A matrix of names and numbers: of numbers alone it is one parameter, otherwise a line of single ones."""
        if all(not isinstance(entry, str) for row in rows for entry in row):
            self.assembly.values[name] = _as_exact(rows)
            return self.assembly.parameter(name, shape)
        entries = [entry for row in rows for entry in row]
        spelled = entry_names(name, (len(entries),) if name[0] == "b" else (len(rows), len(rows[0])))
        scalars = [self._entry(entry, own) for entry, own in zip(entries, spelled, strict=True)]
        made = stack(*scalars, rows=shape[0], columns=shape[1])
        line = self.assembly.free(name, f"{name[0]}^({self.number})")
        return self.assembly.line(line, made, [scalar.name for scalar in scalars])

    def _in_order_of_the_file(self, rows: Sequence[Sequence[Any]]) -> None:
        for row in rows:
            for entry in row:
                if isinstance(entry, str):
                    self.assembly.parameter(entry)

    def _entry(self, entry: Any, name: str) -> Node:
        if isinstance(entry, str):
            return self.assembly.parameter(entry)
        name = self.assembly.free(name)
        self.assembly.values[name] = Fraction(entry)
        return self.assembly.parameter(name)


def _as_exact(rows: Sequence[Sequence[Any]]) -> Exact:
    return [[Fraction(entry) for entry in row] for row in rows]


def _common_start(names: Sequence[str]) -> str:
    """The letters that all names begin with."""
    same = itertools.takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    return "".join(letters[0] for letters in same)
