"""Where the values of a program lie in memory: a plan that an engine reads.

Values that are no longer needed give their place to later ones, and an operation that works entry by entry writes over
an operand that nobody reads any more. So a program that runs many times needs its memory once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chalkgrad.core.program import ELEMENTWISE, VIEWS, Operation, Program, Value

__all__ = ["Plan", "plan"]


@dataclass(frozen=True, slots=True)
class Plan:
    """A program and the place of each of its values.

    Args:
        program: what is computed, in which order, with which shapes.
        slots: the size of each piece of memory that the program needs for itself, in bytes.
        slot_of: for a value that has memory of its own, the slot that it lies in from its start on.
        home_of: for an output that is to be written to memory of the caller, the number of that output.
        late: outputs whose memory of the caller is still read when they are made: they are copied there at the end.
    """

    program: Program
    slots: tuple[int, ...]
    slot_of: Mapping[Value, int]
    home_of: Mapping[Value, int]
    late: tuple[tuple[Value, int], ...] = ()

    @property
    def bytes(self) -> int:
        """How much memory the program needs beside its inputs and outputs."""
        return sum(self.slots)


def base_of(program: Program) -> dict[Value, Value]:
    """For each value the one whose memory it looks at: itself, unless it is a view."""
    bases: dict[Value, Value] = {value: value for value in program.inputs}
    for operation in program.operations:
        source = operation.operands[0] if operation.name in VIEWS else None
        bases[operation.result] = bases[source] if isinstance(source, Value) else operation.result
    return bases


def plan(program: Program, homes: Mapping[int, Value | None] | None = None, tight: bool = True) -> Plan:
    """Find a place for every value.

    Args:
        program: what is computed.
        homes: outputs, by their number, that are to be written to memory of the caller: to that of an input (an
            update in place), or with `None` to memory that nothing else of the program touches.
        tight: whether values may share memory one after the other; without, each keeps its own, so that all of them
            can be looked at afterwards.

    >>> from chalkgrad.core.lowering import lower
    >>> from chalkgrad.core.node import variable
    >>> from chalkgrad.core.shape import shape_of
    >>> x = variable("x", shape_of(4, 4))
    >>> plan(lower([-((x + 1) * (x - 1))], {x: (4, 4)}, "float32")).bytes
    128
    """
    return _Planner(program, homes or {}, tight).plan()


def _may_be_overwritten(operation: Operation) -> tuple[Value, ...]:
    """The operands whose memory the result may take; a choice begins with the branch that is not chosen."""
    if operation.name != "where":
        return operation.reads
    other = operation.operands[2]
    alone = isinstance(other, Value) and other not in operation.operands[:2]
    return (other,) if alone and isinstance(other, Value) else ()


@dataclass
class _Planner:
    program: Program
    homes: Mapping[int, Value | None]
    tight: bool
    slots: list[int] = field(default_factory=list)
    free: list[int] = field(default_factory=list)
    slot_of: dict[Value, int] = field(default_factory=dict)

    def plan(self) -> Plan:
        self.bases = base_of(self.program)
        self.last_read = self._last_reads()
        home_of, late = self._homes()
        for position, operation in enumerate(self.program.operations):
            result = operation.result
            own = self.bases[result] is result
            if own and result not in home_of:
                self.slot_of[result] = self._place(position, operation.name, result)
            self._release(position, keep=self.slot_of.get(result))
        return Plan(self.program, tuple(self.slots), dict(self.slot_of), home_of, late)

    def _last_reads(self) -> dict[Value, int]:
        """The position of the operation that reads the memory of a value for the last time."""
        last: dict[Value, int] = {}
        for position, operation in enumerate(self.program.operations):
            last[self.bases[operation.result]] = position
            for value in operation.reads:
                last[self.bases[value]] = position
        for output in self.program.outputs:
            if isinstance(output, Value):
                last[self.bases[output]] = len(self.program.operations)
        return last

    def _homes(self) -> tuple[dict[Value, int], tuple[tuple[Value, int], ...]]:
        """Outputs that are made in the memory of the caller, and those that can only be copied there at the end."""
        made_at = {operation.result: position for position, operation in enumerate(self.program.operations)}
        home_of: dict[Value, int] = {}
        late: list[tuple[Value, int]] = []
        for number, target in self.homes.items():
            output = self.program.outputs[number]
            if not isinstance(output, Value):
                continue
            own = self.bases[output] is output and output in made_at and output not in home_of
            if own and (target is None or self._can_overwrite(made_at[output], target)):
                home_of[output] = number
            else:
                late.append((output, number))
        return home_of, tuple(late)

    def _can_overwrite(self, position: int, target: Value) -> bool:
        """Whether an input may be written over by an operation: nobody reads it later, and it works entry by entry."""
        operation = self.program.operations[position]
        if operation.name not in ELEMENTWISE or self.last_read.get(target, -1) > position:
            return False
        reads = [value for value in operation.reads if self.bases[value] is target]
        return all(value is target and value in _may_be_overwritten(operation) for value in reads)

    def _place(self, position: int, name: str, result: Value) -> int:
        """A slot for a result: that of an operand that ends here, a free one, or a new one."""
        if self.tight and name in ELEMENTWISE:
            for value in _may_be_overwritten(self.program.operations[position]):
                ends = value in self.slot_of and self.last_read[value] == position
                if ends and value.shape == result.shape and value.dtype == result.dtype:
                    return self.slot_of[value]
        size = max(1, result.size) * result.dtype.itemsize
        fitting = [slot for slot in self.free if self.slots[slot] >= size]
        if fitting:
            slot = min(fitting, key=lambda slot: self.slots[slot])
            self.free.remove(slot)
            return slot
        if self.free:
            slot = max(self.free, key=lambda slot: self.slots[slot])
            self.free.remove(slot)
            self.slots[slot] = size
            return slot
        self.slots.append(size)
        return len(self.slots) - 1

    def _release(self, position: int, keep: int | None) -> None:
        """Free the slots of values that nothing reads after this operation."""
        if not self.tight:
            return
        operation = self.program.operations[position]
        for value in {self.bases[v] for v in (*operation.reads, operation.result)}:
            slot = self.slot_of.get(value)
            if slot is not None and self.last_read[value] <= position and slot != keep and slot not in self.free:
                self.free.append(slot)
