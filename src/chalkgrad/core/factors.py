"""Constant factors brought to where they cost least.

The 1/N of a mean stands in front of every gradient, as a person writes it: (1/N) XᵀD is one more pass over a large
matrix. In a program the factor moves to the small D instead, and, where all that is made of D wants it, further back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chalkgrad.core.program import VIEWS, Operand, Operation, Program, Value

__all__ = ["sink_factors"]

# A factor of the result of these is a factor of one operand.
_PASSING = frozenset({"matmul", "multiply", "sum", "negative", "divide", *VIEWS})


def sink_factors(program: Program) -> Program:
    """The same program with constant factors moved towards its inputs.

    >>> from chalkgrad.core.lowering import lower
    >>> from chalkgrad.core.node import variable
    >>> from chalkgrad.core.shape import shape_of
    >>> x, d = variable("x", shape_of(9, 2)), variable("d", shape_of(2, 3))
    >>> print(sink_factors(lower([(x @ d) * 4], {x: (9, 2), d: (2, 3)}, "float32")))
    given %0, %1
    %2 = multiply(4.0, %1)  # 2×3 float32
    %3 = matmul(%0, %2)  # 9×3 float32
    give back %3
    """
    return _Sinking(program).program()


class _Sinking:
    def __init__(self, program: Program) -> None:
        self.old = program
        self.made_by = {operation.result: operation for operation in program.operations}
        # For each value, the factors by which it is wanted.
        self.wanted: dict[Value, set[float]] = {}
        self.operations: list[Operation] = []
        self.new: dict[tuple[Value, float], Value] = {}
        self.count = len(program.inputs)

    def program(self) -> Program:
        for output in self.old.outputs:
            self._want(output, 1.0)
        for operation in reversed(self.old.operations):
            self._pass_on(operation)
        for number, value in enumerate(self.old.inputs):
            self.new[value, 1.0] = replace(value, number=number)
            self._scaled(value)
        for operation in self.old.operations:
            self._write(operation)
        outputs = tuple(self._now(output) for output in self.old.outputs)
        return Program(tuple(self.new[value, 1.0] for value in self.old.inputs), tuple(self.operations), outputs)

    def _want(self, operand: Operand, factor: float) -> None:
        if isinstance(operand, Value):
            self.wanted.setdefault(operand, set()).add(factor)

    def _pass_on(self, operation: Operation) -> None:
        """Say by which factors the operands are wanted."""
        for operand, factor in zip(operation.operands, self._factors(operation), strict=True):
            self._want(operand, factor)
        if _constant_factor(operation) is not None:
            for factor in self.wanted[operation.result] - {self._single(operation)}:
                self._want(operation.operands[1], factor * (_constant_factor(operation) or 1.0))

    def _single(self, operation: Operation) -> float | None:
        """The one factor by which the result is wanted, or `None` if there are several."""
        factors = self.wanted.get(operation.result, set())
        return next(iter(factors)) if len(factors) == 1 else None

    def _factors(self, operation: Operation) -> tuple[float, ...]:
        """The factor that each operand takes over."""
        own, single = _constant_factor(operation), self._single(operation)
        if own is not None:
            return (1.0, own * (1.0 if single is None else single))
        taking = self._taker(operation) if single not in (None, 1.0) else None
        return tuple((single or 1.0) if place == taking else 1.0 for place in range(len(operation.operands)))

    def _taker(self, operation: Operation) -> int | None:
        """Which operand takes the factor of the result over: one that hands it on, else one that is no larger."""
        if operation.name not in _PASSING or not operation.result.shape:
            return None
        places = [0] if operation.name in ("divide", "sum", "negative", *VIEWS) else [0, 1]
        matrices = {p: o for p in places if isinstance(o := operation.operands[p], Value) and o.shape}
        best = min(matrices, key=lambda p: (not self._hands_on(matrices[p]), matrices[p].size), default=None)
        if best is None or (not self._hands_on(matrices[best]) and matrices[best].size > operation.result.size):
            return None
        return best

    def _hands_on(self, value: Value) -> bool:
        made = self.made_by.get(value)
        while made is not None and made.name in VIEWS and isinstance(made.operands[0], Value):
            made = self.made_by.get(made.operands[0])
        return made is not None and made.name in _PASSING - VIEWS

    # --- writing anew ---

    def _write(self, operation: Operation) -> None:
        own = _constant_factor(operation)
        if own is not None:
            for factor in self.wanted[operation.result]:
                self.new[operation.result, factor] = self.new[operation.operands[1], own * factor]  # type: ignore[index]
            return
        factors = self._factors(operation)
        taken = next((factor for factor in factors if factor != 1.0), 1.0)
        operands = tuple(self._now(o, f) for o, f in zip(operation.operands, factors, strict=True))
        self.new[operation.result, taken] = self._new(operation.name, operands, operation.result, operation.attributes)
        if taken == 1.0:
            self._scaled(operation.result)

    def _scaled(self, value: Value) -> None:
        """What is wanted of a value by other factors than 1."""
        for factor in sorted(self.wanted.get(value, set()) - {1.0}):
            self.new[value, factor] = self._new("multiply", (factor, self.new[value, 1.0]), value, {})

    def _new(self, name: str, operands: tuple[Operand, ...], like: Value, attributes: Mapping[str, object]) -> Value:
        result = replace(like, number=self.count)
        self.count += 1
        self.operations.append(Operation(name, operands, attributes, result))
        return result

    def _now(self, operand: Operand, factor: float = 1.0) -> Operand:
        return self.new[operand, factor] if isinstance(operand, Value) else operand


def _constant_factor(operation: Operation) -> float | None:
    """The constant of a product with a matrix."""
    first = operation.operands[0]
    is_scaling = operation.name == "multiply" and not isinstance(first, Value) and isinstance(first, int | float)
    return float(first) if is_scaling and operation.result.shape else None  # type: ignore[arg-type]
