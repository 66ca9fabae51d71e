"""A planned program on NumPy: every call is prepared once, with its operands and the memory of its result."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy

from chalkgrad.core.aligned import aligned_empty
from chalkgrad.core.plan import Plan
from chalkgrad.core.program import VIEWS, Operand, Operation, Value

__all__ = ["BoundProgram"]

Array = numpy.ndarray[Any, Any]
Call = Callable[[], Any]

# The functions of NumPy that are called as they are: operands first, then where the result goes.
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    name: getattr(numpy, "absolute" if name == "abs" else name)
    for name in (
        *("negative", "exp", "expm1", "log", "log1p", "sqrt", "tanh", "sin", "cos", "abs", "sign"),
        *("add", "subtract", "multiply", "divide", "power", "maximum", "minimum", "heaviside"),
        *("greater", "greater_equal", "less", "less_equal", "equal", "not_equal"),
    )
}


class BoundProgram:
    """A program with all its memory: `calls` in order work it out, again and again, without taking any more.

    Args:
        plan: what is computed, and what may share memory.
        inputs: the memory of each input, in their order; its contents may change between runs.
        homes: the memory of the caller for outputs that have a home, by their number.
        slots: memory of another program that runs before or after this one, to be used again: what was just written
            still lies in the cache.
    """

    def __init__(
        self,
        plan: Plan,
        inputs: Sequence[Array],
        homes: Mapping[int, Array] | None = None,
        slots: Sequence[Array] = (),
    ) -> None:
        self.plan = plan
        self._homes = homes or {}
        fits = len(slots) == len(plan.slots) and all(len(s) >= size for s, size in zip(slots, plan.slots, strict=True))
        self.slots = list(slots) if fits else [aligned_empty((size,), numpy.uint8) for size in plan.slots]
        self._arrays: dict[Value, Array] = dict(zip(plan.program.inputs, inputs, strict=True))
        self.calls: list[Call] = []
        for operation in plan.program.operations:
            self._bind(operation)
        for value, number in plan.late:
            self.calls.append(partial(numpy.copyto, self._homes[number], self._arrays[value]))
        self.outputs = [self._output(output) for output in plan.program.outputs]

    def __call__(self) -> list[Array]:
        """Work it out; the outputs lie in memory that the next run writes over."""
        for call in self.calls:
            call()
        return self.outputs

    def of(self, value: Value) -> Array:
        """The memory of a value; what it holds is its own only until another value takes the place."""
        return self._arrays[value]

    def _output(self, output: Operand) -> Array:
        return self._arrays[output] if isinstance(output, Value) else numpy.asarray(output)

    def _bind(self, operation: Operation) -> None:
        result = operation.result
        if operation.name in VIEWS:
            self._arrays[result] = _view(operation, self._operand(operation.operands[0], result))
            return
        out = self._result(result)
        self._arrays[result] = out
        self.calls += _calls(operation, [self._operand(o, result) for o in operation.operands], out)

    def _operand(self, operand: Operand, result: Value) -> Array:
        if isinstance(operand, Value):
            return self._arrays[operand]
        # A number of Python would be made an array at every call.
        kind = numpy.float64 if result.dtype.kind == "b" else result.dtype
        return operand if isinstance(operand, numpy.ndarray) else numpy.asarray(operand, dtype=kind)

    def _result(self, result: Value) -> Array:
        home = self.plan.home_of.get(result)
        if home is not None:
            return self._homes[home].reshape(result.shape)
        raw = self.slots[self.plan.slot_of[result]][: result.size * result.dtype.itemsize]
        return raw.view(result.dtype).reshape(result.shape)


def _view(operation: Operation, source: Array) -> Array:
    settings = operation.attributes
    if operation.name == "transpose":
        return source.T
    if operation.name == "broadcast":
        return numpy.broadcast_to(source, operation.result.shape)
    if operation.name == "reshape":
        return source.reshape(operation.result.shape)
    window = tuple(slice(*w) if isinstance(w, tuple) else w for w in settings["window"])
    # An entry picked from an array would be a copy of it; a slice of length 1 goes on looking at its memory.
    kept = tuple(slice(w, w + 1) if isinstance(w, int) else w for w in window)
    return source[kept].reshape(operation.result.shape)


def _calls(operation: Operation, operands: list[Array], out: Array) -> Iterator[Call]:
    """The calls of NumPy that make one operation; the quickest of those that say the same."""
    name = operation.name
    if name in ("maximum", "minimum"):
        # Beside a single number they are not vectorised, and the place of their result must be named.
        full = [numpy.full(out.shape, operand) if operand.ndim == 0 < out.ndim else operand for operand in operands]
        yield partial(_FUNCTIONS[name], *full, out=out)
    elif name in _FUNCTIONS:
        yield partial(_FUNCTIONS[name], *operands, out)
    elif name == "cast":
        yield partial(numpy.copyto, out, operands[0])
    elif name == "where":
        test, chosen, other = operands
        if not numpy.shares_memory(out, other):
            yield partial(numpy.copyto, out, other)
        yield partial(numpy.copyto, out, chosen, where=test)
    elif name == "matmul":
        yield partial(operands[0].dot, operands[1], out)
    elif name in ("sum", "max"):
        yield _reduction(operation, operands[0], out)
    else:
        for position, operand in enumerate(operands):
            yield partial(numpy.copyto, out[position : position + 1], operand)


def _reduction(operation: Operation, operand: Array, out: Array) -> Call:
    axes, keepdims = operation.attributes["axes"], operation.attributes["keepdims"]
    if operation.name == "max":
        return partial(numpy.maximum.reduce, operand, axis=axes, out=out, keepdims=keepdims)
    if operand.ndim == 2 and operand.flags.forc and (len(axes) == 1 or operand.flags.c_contiguous):
        # A sum is a product with ones, at which BLAS is several times quicker.
        flat = operand if len(axes) == 1 else operand.reshape(-1)
        ones = numpy.ones(operand.shape[axes[0]] if len(axes) == 1 else operand.size, dtype=operand.dtype)
        left, right = (flat, ones) if axes == (1,) else (ones, flat)
        return partial(left.dot, right, out.reshape(out.size) if len(axes) == 1 else out.reshape(()))
    return partial(numpy.add.reduce, operand, axis=axes, out=out, keepdims=keepdims)
