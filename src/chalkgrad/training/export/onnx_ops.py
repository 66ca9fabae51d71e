"""Each op of our language as nodes of ONNX, one small entry each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy

from chalkgrad.core.node import Node

__all__ = ["EMITTERS", "Emitter", "GraphBuilder"]


class GraphBuilder(Protocol):
    """What an entry may ask for; all values are float32 if nothing else is said."""

    def add(self, op_type: str, *inputs: str, **attributes: Any) -> str:
        """A node, and the name of what it gives."""

    def number(self, value: Any) -> str:
        """A constant of float32."""

    def whole(self, *values: int) -> str:
        """A list of whole numbers as a constant, for axes and sizes."""


Emitter = Callable[[GraphBuilder, Node, Sequence[str]], str]

_FLOAT, _BOOL = 1, 9


def _plain(op_type: str) -> Emitter:
    """An op that ONNX has in the same form."""
    return lambda build, node, inputs: build.add(op_type, *inputs)


def _reduced(op_type: str) -> Emitter:
    def emit(build: GraphBuilder, node: Node, inputs: Sequence[str]) -> str:
        axes = node.attributes["axes"]
        if axes is None:
            return build.add(op_type, *inputs, keepdims=0)
        return build.add(op_type, *inputs, build.whole(*axes), keepdims=1)

    return emit


def _compared(op_type: str) -> Emitter:
    """1 where it holds, else 0."""
    return lambda build, node, inputs: build.add("Cast", build.add(op_type, *inputs), to=_FLOAT)


def _indicator(build: GraphBuilder, node: Node, inputs: Sequence[str]) -> str:
    zero, at_zero = build.number(0), node.attributes["at_zero"]
    above = build.add("Cast", build.add("Greater", inputs[0], zero), to=_FLOAT)
    if not at_zero:
        return above
    return build.add("Where", build.add("Equal", inputs[0], zero), build.number(at_zero), above)


def _choose(build: GraphBuilder, node: Node, inputs: Sequence[str]) -> str:
    return build.add("Where", build.add("Cast", inputs[0], to=_BOOL), *inputs[1:])


def _xlogy(build: GraphBuilder, node: Node, inputs: Sequence[str]) -> str:
    y, p = inputs
    nothing = build.add("Equal", y, build.number(0))
    safe = build.add("Where", nothing, build.number(1), p)
    return build.add("Where", nothing, build.number(0), build.add("Mul", y, build.add("Log", safe)))


def _part(build: GraphBuilder, node: Node, inputs: Sequence[str]) -> str:
    picked = [(axis, node.attributes[key]) for axis, key in enumerate(("row", "column"))]
    axes = [(axis, index) for axis, index in picked if index is not None]
    starts, ends = build.whole(*(index for _, index in axes)), build.whole(*(index + 1 for _, index in axes))
    piece = build.add("Slice", inputs[0], starts, ends, build.whole(*(axis for axis, _ in axes)))
    return build.add("Reshape", piece, build.whole()) if len(axes) == 2 else piece


def _stack(build: GraphBuilder, node: Node, inputs: Sequence[str]) -> str:
    entries = [build.add("Reshape", entry, build.whole(1)) for entry in inputs]
    sizes = [axis.size or 1 for axis in node.shape]
    return build.add("Reshape", build.add("Concat", *entries, axis=0), build.whole(*sizes))


def _expand(build: GraphBuilder, node: Node, inputs: Sequence[str]) -> str:
    return build.add("Expand", inputs[0], build.add("Shape", inputs[1]))


def _count(build: GraphBuilder, node: Node, inputs: Sequence[str]) -> str:
    axes = node.attributes["axes"]
    if axes is None:
        return build.add("Cast", build.add("Size", inputs[0]), to=_FLOAT)
    sizes = build.add("Gather", build.add("Shape", inputs[0]), build.whole(*axes))
    return build.add("Cast", build.add("ReduceProd", sizes, keepdims=0), to=_FLOAT)


def _gelu(build: GraphBuilder, node: Node, inputs: Sequence[str]) -> str:
    # Opset 20 has Gelu of its own; older runtimes do not.
    (z,) = inputs
    share = build.add("Erf", build.add("Mul", z, build.number(2**-0.5)))
    return build.add("Mul", build.add("Mul", z, build.number(0.5)), build.add("Add", share, build.number(1)))


def _attribute(op_type: str, **settings: Any) -> Emitter:
    return lambda build, node, inputs: build.add(op_type, *inputs, **settings)


EMITTERS: dict[str, Emitter] = {
    "add": _plain("Add"),
    "subtract": _plain("Sub"),
    "negate": _plain("Neg"),
    "multiply": _plain("Mul"),
    "divide": _plain("Div"),
    "power": _plain("Pow"),
    "exp": _plain("Exp"),
    "log": _plain("Log"),
    "sqrt": _plain("Sqrt"),
    "matmul": _plain("MatMul"),
    "transpose": lambda build, node, inputs: build.add("Transpose", *inputs, perm=(1, 0)) if node.shape else inputs[0],
    "sum": _reduced("ReduceSum"),
    "max": _reduced("ReduceMax"),
    "expand": _expand,
    "stack": _stack,
    "part": _part,
    "count": _count,
    "greater": _compared("Greater"),
    "greater_equal": _compared("GreaterOrEqual"),
    "less_equal": _compared("LessOrEqual"),
    "equal_to": _compared("Equal"),
    "choose": _choose,
    "pi": lambda build, node, inputs: build.number(numpy.pi),
    "sin": _plain("Sin"),
    "cos": _plain("Cos"),
    "sign": _plain("Sign"),
    "abs": _plain("Abs"),
    "indicator": _indicator,
    "erf": _plain("Erf"),
    "maximum": _plain("Max"),
    "minimum": _plain("Min"),
    "xlogy": _xlogy,
    "linear": _plain("Identity"),
    "step": lambda build, node, inputs: _compared("GreaterOrEqual")(build, node, [inputs[0], build.number(0)]),
    "sigmoid": _plain("Sigmoid"),
    "tanh": _plain("Tanh"),
    "relu": _plain("Relu"),
    "leaky_relu": lambda build, node, inputs: build.add("LeakyRelu", *inputs, alpha=float(node.attributes["slope"])),
    "elu": _attribute("Elu", alpha=1.0),
    "selu": _attribute("Selu", alpha=1.6732632423543772, gamma=1.0507009873554805),
    "gelu": _gelu,
    "silu": lambda build, node, inputs: build.add("Mul", inputs[0], build.add("Sigmoid", inputs[0])),
    "softplus": _plain("Softplus"),
    "softmax": lambda build, node, inputs: build.add("Softmax", *inputs, axis=node.attributes["axis"]),
    "log_softmax": lambda build, node, inputs: build.add("LogSoftmax", *inputs, axis=node.attributes["axis"]),
}
