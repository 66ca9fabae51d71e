"""From a graph to a program: the `forward` of every op, run on arrays that only write down what is asked of them.

So there is no second account of what an op does. An op of somebody's own that asks for something unknown is told so,
with the name of what is missing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy

from chalkgrad.core.evaluate import constants_of
from chalkgrad.core.node import VARIABLE, Node, toposort
from chalkgrad.core.program import Operand, Operation, Program, Value
from chalkgrad.errors import EvaluationError, Fault

__all__ = ["lower"]

Dtype = numpy.dtype[Any]

_BOOL = numpy.dtype(bool)
# Single numbers, such as 1 − β₂ᵗ, lose digits in float32 and cost nothing in float64.
_NUMBER = numpy.dtype(numpy.float64)


def lower(outputs: Sequence[Node], inputs: Mapping[Node, tuple[int, ...]], dtype: Any) -> Program:
    """The program that computes nodes.

    Args:
        outputs: the nodes wanted.
        inputs: the nodes whose values will be given, with their sizes; nothing below them is computed.
        dtype: the type of all matrices, `float32` or `float64`; single numbers that come in are float64.

    Returns:
        The program, without work that is done twice or for nothing.

    Raises:
        EvaluationError: with code `no-value`, if a variable below the outputs is not among the inputs;
            `cannot-be-planned`, if an op asks for something that programs do not have.

    >>> from chalkgrad.core.node import variable
    >>> from chalkgrad.core.shape import shape_of
    >>> x = variable("x", shape_of(1, 2))
    >>> print(lower([(3 * x) ** 2], {x: (1, 2)}, "float32"))
    given %0
    %1 = multiply(3, %0)  # 1×2 float32
    %2 = multiply(%1, %1)  # 1×2 float32
    give back %2
    """
    writer = _Writer(numpy.dtype(dtype))
    known: dict[Node, Any] = {node: writer.given(shape) for node, shape in inputs.items()}
    order = [node for node in toposort(outputs, stops=known) if node not in known]
    missing = sorted(node.name for node in order if node.op is VARIABLE)
    if missing:
        raise EvaluationError(Fault("no-value", f"no value for {', '.join(missing)}"))
    known |= constants_of(order, numpy)
    recorder = _Recorder(writer)
    with numpy.errstate(all="ignore"):
        for node in order:
            if node not in known:
                known[node] = _recorded(recorder, node, [known[argument] for argument in node.arguments])
    results = tuple(known[node].value if isinstance(known[node], _Traced) else known[node] for node in outputs)
    return Program(tuple(writer.inputs), tuple(writer.operations), results).needed()


def _recorded(recorder: _Recorder, node: Node, arguments: list[Any]) -> Any:
    try:
        return node.op.forward(recorder, *arguments, **node.attributes)
    except (AttributeError, TypeError) as error:
        message = f"the op `{node.op.name}` cannot be planned: {error}"
        hint = "its `forward` may use operators and the common functions of an array namespace"
        raise EvaluationError(Fault("cannot-be-planned", message, hint=hint)) from error


class _Writer:
    """The operations written so far; what was written once is not written again."""

    def __init__(self, dtype: Dtype) -> None:
        self.dtype = dtype
        self.inputs: list[Value] = []
        self.operations: list[Operation] = []
        self._count = 0
        self._written: dict[Any, Value] = {}
        self._made_by: dict[Value, Operation] = {}

    def given(self, shape: tuple[int, ...]) -> _Traced:
        value = self._new(shape, self.dtype if shape else _NUMBER)
        self.inputs.append(value)
        return _Traced(self, value)

    def _new(self, shape: tuple[int, ...], dtype: Dtype) -> Value:
        self._count += 1
        return Value(self._count - 1, shape, dtype)

    def write(
        self, name: str, operands: Sequence[Operand], shape: tuple[int, ...], dtype: Dtype, **attributes: Any
    ) -> _Traced:
        """Note an operation, or find the same one noted before."""
        key = (name, tuple(map(_key, operands)), tuple(attributes.items()), dtype)
        found = self._written.get(key)
        if found is None:
            found = self._written[key] = self._new(shape, dtype)
            operation = Operation(name, tuple(operands), attributes, found)
            self.operations.append(operation)
            self._made_by[found] = operation
        return _Traced(self, found)

    def elementwise(self, name: str, *operands: Any, dtype: Dtype | None = None) -> Any:
        """An operation entry by entry; matrices decide the type, single numbers come along."""
        plain = [_operand(operand) for operand in operands]
        shape = numpy.broadcast_shapes(*(_shape(operand) for operand in plain))
        kind = self._common_type(plain)
        plain = [self._fitting(operand, kind) for operand in plain]
        shorter = _shorter(self, name, plain)
        return shorter if shorter is not None else self.write(name, plain, shape, dtype or kind)

    def _common_type(self, operands: Sequence[Operand]) -> Dtype:
        """The type of matrices if there is one, else the finest of the numbers."""
        arrays = [operand for operand in operands if isinstance(operand, Value | numpy.ndarray)]
        if any(array.shape for array in arrays):
            return self.dtype
        return _NUMBER if any(array.dtype == _NUMBER for array in arrays) else self.dtype

    def _fitting(self, operand: Operand, kind: Dtype) -> Operand:
        """A single number in the type of the matrices beside it."""
        if isinstance(operand, Value) and operand.dtype.kind == "f" and operand.dtype != kind:
            return self.write("cast", [operand], operand.shape, kind).value
        return operand

    def made_by(self, operand: Operand) -> Operation | None:
        """The operation that made a value, or `None` for what came from outside."""
        return self._made_by.get(operand) if isinstance(operand, Value) else None


def _is_plain(operand: Any) -> bool:
    return isinstance(operand, bool | int | float)


def _shape(operand: Operand) -> tuple[int, ...]:
    return operand.shape if isinstance(operand, Value | numpy.ndarray) else ()


def _operand(operand: Any) -> Operand:
    if isinstance(operand, _Traced):
        return operand.value
    if isinstance(operand, numpy.ndarray | numpy.generic) and not operand.shape:
        plain: float | int | bool = operand.item()
        return plain
    return operand  # type: ignore[no-any-return]


def _key(operand: Operand) -> Any:
    """What makes an operand the same as another."""
    if isinstance(operand, numpy.ndarray):
        return (operand.shape, operand.dtype.str, operand.tobytes())
    return operand if isinstance(operand, Value) else (type(operand), repr(operand))


# --- shorter ways of the same ---------------------------------------------------------------------------------------


def _shorter(writer: _Writer, name: str, operands: list[Operand]) -> _Traced | None:
    """A quicker way to the same value, up to the last digit: fewer passes over matrices.

    A number times a number times a matrix is one number times the matrix, and a division by a number is a
    multiplication.
    """
    if name == "divide" and _is_number(operands[1]) and not _is_number(operands[0]):
        return writer.elementwise("multiply", _inverse(writer, operands[1]), operands[0])  # type: ignore[no-any-return]
    if name == "multiply" and _is_number(operands[1]) and not _is_number(operands[0]):
        return writer.elementwise("multiply", operands[1], operands[0])  # type: ignore[no-any-return]
    if name == "multiply" and _is_number(operands[0]) and not _is_number(operands[1]):
        return _one_factor(writer, operands[0], operands[1])
    if name == "where" and (test := _truth(writer, operands[0])) is not operands[0]:
        return writer.elementwise("where", test, *operands[1:])  # type: ignore[no-any-return]
    return None


def _truth(writer: _Writer, test: Operand) -> Operand:
    """A test as true and false, also where it was made 1 and 0."""
    made = writer.made_by(test)
    if made is not None and made.name == "cast" and made.reads[0].dtype == _BOOL:
        return made.operands[0]
    if isinstance(test, Value) and test.dtype != _BOOL:
        return writer.write("not_equal", [test, 0], test.shape, _BOOL).value
    return test


def _is_number(operand: Operand) -> bool:
    return not _shape(operand)


def _inverse(writer: _Writer, number: Operand) -> Any:
    if isinstance(number, Value):
        source = _uncast(writer, number)
        return writer.elementwise("divide", 1.0, source)
    return float(numpy.divide(1.0, float(number)))


def _uncast(writer: _Writer, number: Value) -> Value:
    """The float64 number behind one that was made to fit a matrix, so that it is worked on with all its digits."""
    made = writer.made_by(number)
    return made.operands[0] if made is not None and made.name == "cast" else number  # type: ignore[return-value]


def _one_factor(writer: _Writer, number: Operand, matrix: Operand) -> _Traced | None:
    made = writer.made_by(matrix)
    if made is None or made.name != "multiply" or not _is_number(made.operands[0]):
        return None
    factors = [_uncast(writer, f) if isinstance(f, Value) else f for f in (number, made.operands[0])]
    if all(not isinstance(factor, Value) for factor in factors):
        return writer.elementwise("multiply", factors[0] * factors[1], made.operands[1])  # type: ignore[operator, no-any-return]
    return writer.elementwise("multiply", writer.elementwise("multiply", *factors), made.operands[1])  # type: ignore[no-any-return]


# --- arrays that write down what is asked of them ---------------------------------------------------------------------


def _binary(name: str, dtype: Dtype | None = None) -> tuple[Callable[..., Any], Callable[..., Any]]:
    def left(self: _Traced, other: Any) -> Any:
        return self.writer.elementwise(name, self, other, dtype=dtype)

    def right(self: _Traced, other: Any) -> Any:
        return self.writer.elementwise(name, other, self, dtype=dtype)

    return left, right


class _Traced:
    """An array that writes down what is asked of it."""

    # Arrays of NumPy beside it leave the operators to us.
    __array_ufunc__ = None
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, writer: _Writer, value: Value) -> None:
        self.writer, self.value = writer, value

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape

    @property
    def dtype(self) -> Dtype:
        return self.value.dtype

    @property
    def T(self) -> _Traced:
        return self.writer.write("transpose", [self.value], self.shape[::-1], self.dtype)

    __add__, __radd__ = _binary("add")
    __sub__, __rsub__ = _binary("subtract")
    __mul__, __rmul__ = _binary("multiply")
    __truediv__, __rtruediv__ = _binary("divide")
    __gt__, _ = _binary("greater", _BOOL)
    __ge__, _ = _binary("greater_equal", _BOOL)
    __lt__, _ = _binary("less", _BOOL)
    __le__, _ = _binary("less_equal", _BOOL)
    __eq__, _ = _binary("equal", _BOOL)
    __ne__, _ = _binary("not_equal", _BOOL)

    def __neg__(self) -> Any:
        return self.writer.elementwise("negative", self)

    def __abs__(self) -> Any:
        return self.writer.elementwise("abs", self)

    def __pow__(self, exponent: Any) -> Any:
        return _power(self.writer, self, exponent)

    def __rpow__(self, base: Any) -> Any:
        return _power(self.writer, base, self)

    def __matmul__(self, other: _Traced) -> _Traced:
        shape = (self.shape[0], other.shape[1])
        return self.writer.write("matmul", [self.value, other.value], shape, self.writer.dtype)

    def __getitem__(self, window: Any) -> _Traced:
        window = window if isinstance(window, tuple) else (window,)
        shape = numpy.empty(self.shape, dtype=bool)[window].shape
        # A slice cannot be looked up in a dictionary before Python 3.12.
        picked = tuple((w.start, w.stop, w.step) if isinstance(w, slice) else w for w in window)
        return self.writer.write("slice", [self.value], shape, self.dtype, window=picked)

    def astype(self, dtype: Any) -> _Traced:
        kind = numpy.dtype(dtype)
        return self if kind == self.dtype else self.writer.write("cast", [self.value], self.shape, kind)

    def reshape(self, *shape: int) -> _Traced:
        return self.writer.write("reshape", [self.value], shape, self.dtype)


def _power(writer: _Writer, base: Any, exponent: Any) -> Any:
    """A power; squares, roots and inverses have quicker operations of their own."""
    if _is_plain(exponent):
        if exponent == 2:
            return writer.elementwise("multiply", base, base)
        if exponent == 0.5:
            return writer.elementwise("sqrt", base)
        if exponent == -1:
            return writer.elementwise("divide", 1.0, base)
    return writer.elementwise("power", base, exponent)


class _Recorder:
    """The array namespace that writes down what is asked of it."""

    pi = math.pi

    def __init__(self, writer: _Writer) -> None:
        self._writer = writer
        for name in ("exp", "expm1", "log", "log1p", "sqrt", "tanh", "sin", "cos", "abs", "sign"):
            setattr(self, name, self._function(name))
        for name in ("maximum", "minimum", "heaviside", "divide"):
            setattr(self, name, self._function(name))

    def _function(self, name: str) -> Callable[..., Any]:
        plain = getattr(numpy, name)

        def function(*operands: Any) -> Any:
            if not any(isinstance(operand, _Traced) for operand in operands):
                return plain(*operands)
            return self._writer.elementwise(name, *operands)

        return function

    def power(self, base: Any, exponent: Any) -> Any:
        return _power(self._writer, base, exponent)

    def where(self, test: Any, chosen: Any, other: Any) -> Any:
        return self._writer.elementwise("where", test, chosen, other)

    def sum(self, value: Any, axis: Any = None, keepdims: bool = False) -> Any:
        return self._reduced("sum", value, axis, keepdims)

    def max(self, value: Any, axis: Any = None, keepdims: bool = False) -> Any:
        return self._reduced("max", value, axis, keepdims)

    def _reduced(self, name: str, value: Any, axis: Any, keepdims: bool) -> Any:
        axes = tuple(range(len(value.shape))) if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
        kept = [1 if k in axes else size for k, size in enumerate(value.shape)]
        shape = tuple(kept) if keepdims else tuple(size for k, size in enumerate(value.shape) if k not in axes)
        return self._writer.write(name, [value.value], shape, value.dtype, axes=axes, keepdims=keepdims)

    def broadcast_to(self, value: Any, shape: tuple[int, ...]) -> Any:
        operand = _operand(value)
        if isinstance(operand, Value) and operand.dtype.kind == "f" and operand.dtype != self._writer.dtype:
            operand = self._writer.write("cast", [operand], operand.shape, self._writer.dtype).value
        return self._writer.write("broadcast", [operand], tuple(shape), self._writer.dtype)

    def stack(self, values: Sequence[Any]) -> Any:
        operands = [_operand(value) for value in values]
        return self._writer.write("stack", operands, (len(operands),), self._writer.dtype)

    def result_type(self, *values: Any) -> Dtype:
        return self._writer.dtype
