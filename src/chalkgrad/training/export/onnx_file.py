"""An ONNX file: the forward pass of our graph, node by node, with the parameters in it.

The file is written without the `onnx` package, field by field as its schema says.

Source: ONNX, onnx.proto (IR version 8) and Operators.md (opset 18), https://github.com/onnx/onnx
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy
from numpy.typing import NDArray

from chalkgrad.core.node import CONSTANT, Node, toposort
from chalkgrad.core.shape import Shape
from chalkgrad.errors import Fault, UsageError
from chalkgrad.training.export.expressions import no_words_for
from chalkgrad.training.export.onnx_ops import EMITTERS
from chalkgrad.training.export.protobuf import Message, field, message
from chalkgrad.training.export.recipe import Recipe
from chalkgrad.training.export.source_text import Identifiers

__all__ = ["onnx_file"]

_IR_VERSION, _OPSET = 8, 18
_FLOAT, _INT64 = 1, 7


def onnx_file(recipe: Recipe, class_names: Sequence[str] = (), version: str = "") -> dict[str, bytes]:
    """The model, by file name: raw inputs in, predictions out, one row for each sample and any number of them.

    Args:
        recipe: whose parameters are the weights, and whose scaler is built in.
        class_names: the name of each class, for the metadata.
        version: of this package, for the metadata.

    Raises:
        UsageError: `nothing-to-predict`, `cannot-export`, `unnamed-function`.
    """
    graph = recipe.plain_graph
    (formula,) = graph.composed(graph.output)
    inputs = [node for node in graph.inputs if node in set(toposort([formula]))]
    if not inputs:
        message_ = "the output depends on no data, so there is nothing to predict it from"
        raise UsageError(Fault("nothing-to-predict", message_, hint="give the problem `data`"))
    builder = _Builder(recipe)
    for node in inputs:
        builder.feed(node)
    needed = _needed(recipe)
    for line in graph.forward_lines:
        if line.symbol in needed:
            builder.define(line.symbol, line.formula)
    output = builder.give(graph.output)
    title = recipe.problem.title
    feed = "raw: they are scaled inside" if recipe.scaler is not None else "as the network takes them"
    metadata = {"title": title, "inputs": feed, "class_names": json.dumps(list(class_names))}
    content = message(
        field(1, _IR_VERSION),
        field(2, "chalkgrad"),
        *([field(3, version)] if version else []),
        field(6, title),
        field(7, builder.graph(output, graph.output.shape)),
        field(8, message(field(1, ""), field(2, _OPSET))),
        field(14, [message(field(1, key), field(2, value)) for key, value in metadata.items() if value]),
    )
    return {f"{recipe.stem}.onnx": content}


def _needed(recipe: Recipe) -> set[Node]:
    """The symbols of lines that the output is made of."""
    graph = recipe.plain_graph
    needed = {graph.output}
    for line in reversed(graph.forward_lines):
        if line.symbol in needed:
            needed.update(toposort([line.formula]))
    return needed


@dataclass
class _Entry:
    """A node of the file."""

    op_type: str
    inputs: Sequence[str]
    output: str
    attributes: Mapping[str, Any]

    def written(self) -> Message:
        """As NodeProto."""
        settings = [_attribute(key, value) for key, value in self.attributes.items()]
        inputs = [field(1, name) for name in self.inputs]
        return message(
            *inputs, field(2, self.output), field(3, self.output), field(4, self.op_type), field(5, settings)
        )


class _Builder:
    """Puts the nodes of an ONNX graph together."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.identifiers = Identifiers(ascii_only=True)
        self.names: dict[Node, str] = {}
        self.nodes: list[_Entry] = []
        self.initializers: list[Message] = []
        self.inputs: list[Message] = []
        self.constants: dict[Any, str] = {}
        parameters = {node: self.identifiers.of(node) for node in recipe.plain_graph.parameters}
        for node, name in parameters.items():
            self.names[node] = self._initializer(name, numpy.asarray(recipe.parameters[node.name]))

    # --- what entries of the table ask for ---

    def add(self, op_type: str, *inputs: str, **attributes: Any) -> str:
        """A node, and the name of what it gives."""
        name = self.identifiers.take(f"{op_type.lower()}_{len(self.nodes) + 1}")
        self.nodes.append(_Entry(op_type, inputs, name, attributes))
        return name

    def number(self, value: Any) -> str:
        """A constant of float32, once in the file."""
        return self._constant(numpy.float32(_as_float(value)), "number")

    def whole(self, *values: int) -> str:
        """A list of whole numbers, once in the file."""
        return self._constant(numpy.asarray(values, dtype=numpy.int64), "sizes")

    def _constant(self, value: Any, kind: str) -> str:
        key = (kind, numpy.shape(value), value.tobytes())
        if key not in self.constants:
            self.constants[key] = self._initializer(self.identifiers.take(f"{kind}_{len(self.constants) + 1}"), value)
        return self.constants[key]

    def _initializer(self, name: str, value: Any) -> str:
        self.initializers.append(_tensor(name, value))
        return name

    # --- the graph ---

    def feed(self, node: Node) -> None:
        """An input: raw numbers in rows, scaled and turned here as the formulas want them."""
        columns, scaler = self.recipe.columns, self.recipe.scaler
        name = self.identifiers.of(node)
        features = node.shape[0 if columns else 1].size or 1
        self.inputs.append(_value(name, ("samples", features)))
        if scaler is not None and node.name == "x":
            shift = self._initializer(self.identifiers.take("shift"), numpy.reshape(scaler.shift, (1, -1)))
            factor = self._initializer(self.identifiers.take("factor"), numpy.reshape(scaler.factor, (1, -1)))
            name = self.add("Mul", self.add("Sub", name, shift), factor)
        self.names[node] = self.add("Transpose", name, perm=(1, 0)) if columns else name

    def define(self, symbol: Node, formula: Node) -> None:
        """A line: the nodes of its formula, the last under the name of its symbol."""
        before = len(self.nodes)
        made = self.write(formula)
        name = self.names[symbol] = self.identifiers.of(symbol)
        if len(self.nodes) > before and self.nodes[-1].output == made:
            self.nodes[-1].output = self.names[formula] = name
        else:
            self.nodes.append(_Entry("Identity", (made,), name, {}))

    def write(self, formula: Node) -> str:
        """The nodes of a formula, each once."""
        for node in toposort([formula], stops=self.names):
            if node not in self.names:
                self.names[node] = self._emitted(node)
        return self.names[formula]

    def _emitted(self, node: Node) -> str:
        if node.op is CONSTANT:
            return self.number(node.attributes["number"])
        emit = None if node.op in self.recipe.own_ops else EMITTERS.get(node.op.name)
        if emit is not None:
            return emit(self, node, [self.names[argument] for argument in node.arguments])
        definition = node.op.define(node)
        if definition is not None:
            return self.write(definition)
        raise UsageError(no_words_for(node, "ONNX"))

    def give(self, symbol: Node) -> str:
        """The output, in rows."""
        name = self.names[symbol]
        if not self.recipe.columns or not symbol.shape:
            return name
        self.nodes.append(_Entry("Transpose", (name,), self.identifiers.take(f"{name}_rows"), {"perm": (1, 0)}))
        return self.nodes[-1].output

    def graph(self, output: str, shape: Shape) -> Message:
        """The graph as a message."""
        sizes = tuple(axis.size if axis.size is not None else "samples" for axis in shape)
        return message(
            field(1, [entry.written() for entry in self.nodes]),
            field(2, self.recipe.stem),
            field(5, self.initializers),
            field(11, self.inputs),
            field(12, _value(output, tuple(reversed(sizes)) if self.recipe.columns else sizes)),
        )


def _as_float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _tensor(name: str, value: NDArray[Any]) -> Message:
    """TensorProto: sizes, kind of number, name, and the bytes, lowest first."""
    is_whole = value.dtype == numpy.int64
    with numpy.errstate(over="ignore"):
        stored = numpy.asarray(value, dtype="<i8" if is_whole else "<f4")
    sizes = [field(1, size) for size in stored.shape]
    return message(*sizes, field(2, _INT64 if is_whole else _FLOAT), field(8, name), field(9, stored.tobytes()))


def _value(name: str, sizes: Sequence[int | str | None]) -> Message:
    """ValueInfoProto of float32 numbers; a size with a name is known only when the model runs."""
    dimensions = [message(field(2 if isinstance(size, str) else 1, size or 1)) for size in sizes]
    tensor = message(field(1, _FLOAT), field(2, message(field(1, dimensions))))
    return message(field(1, name), field(2, message(field(1, tensor))))


def _attribute(name: str, value: Any) -> Message:
    """AttributeProto: a number or a list of whole numbers, with its kind."""
    if isinstance(value, float):
        return message(field(1, name), field(2, value), field(20, 1))
    if isinstance(value, int):
        return message(field(1, name), field(3, value), field(20, 2))
    return message(field(1, name), *(field(8, entry) for entry in value), field(20, 7))
