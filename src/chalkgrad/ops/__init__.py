"""What networks are made of: one place that knows every op, loss, regularizer and optimizer by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from chalkgrad.core.algebra import ALGEBRA
from chalkgrad.core.node import Op
from chalkgrad.errors import Fault, UsageError, nearest
from chalkgrad.ops.activations import ACTIVATIONS
from chalkgrad.ops.functions import FUNCTIONS
from chalkgrad.ops.losses import LOSS_OPS, LOSSES, Loss
from chalkgrad.ops.optimizers import OPTIMIZERS, Optimizer, Setting
from chalkgrad.ops.regularizers import REGULARIZERS, Regularizer
from chalkgrad.ops.structure import STRUCTURE

__all__ = ["OPS", "Entry", "Loss", "OpSet", "Optimizer", "Regularizer", "Setting"]

Found = TypeVar("Found")
Entry = Op | Loss | Regularizer | Optimizer


@dataclass(frozen=True)
class OpSet:
    """Everything that a problem may name. Frozen: `extend` makes a larger set."""

    entries: tuple[Entry, ...]

    @classmethod
    def collect(cls, *groups: Iterable[Entry]) -> OpSet:
        """A set from module-level records.

        Raises:
            UsageError: with code `name-twice`, if two records of one kind share a name.
        """
        entries = tuple(entry for group in groups for entry in group)
        seen: set[tuple[type, str]] = set()
        for entry in entries:
            key = (type(entry), entry.name)
            if key in seen:
                raise UsageError(Fault("name-twice", f"there are two of the name {entry.name}", hint="rename one"))
            seen.add(key)
        return cls(entries)

    def extend(self, *entries: Entry) -> OpSet:
        """This set with more in it, such as a teacher's own activation."""
        return OpSet.collect(self.entries, entries)

    def __iter__(self) -> Iterator[Op]:
        return (entry for entry in self.entries if isinstance(entry, Op))

    def with_role(self, *roles: str) -> tuple[Op, ...]:
        """The ops of these roles: `algebra`, `function`, `activation`, `loss`, `structure`."""
        return tuple(op for op in self if op.role in roles)

    @cached_property
    def activations(self) -> dict[str, Op]:
        """The activations by name."""
        return {op.name: op for op in self.with_role("activation")}

    @cached_property
    def functions(self) -> dict[str, Op]:
        """The functions that a formula may call, activations among them, by name."""
        return {op.name: op for op in self.with_role("activation", "function")}

    @cached_property
    def losses(self) -> dict[str, Loss]:
        """The losses by name."""
        return {entry.name: entry for entry in self.entries if isinstance(entry, Loss)}

    @cached_property
    def optimizers(self) -> dict[str, Optimizer]:
        """The optimizers by name."""
        return {entry.name: entry for entry in self.entries if isinstance(entry, Optimizer)}

    @cached_property
    def regularizers(self) -> dict[str, Regularizer]:
        """The regularizers by name."""
        return {entry.name: entry for entry in self.entries if isinstance(entry, Regularizer)}

    def activation(self, name: str) -> Op:
        """The activation of a name."""
        return self._find(name, self.activations, "activation")

    def function(self, name: str) -> Op:
        """The function of a name that a formula may call."""
        return self._find(name, self.functions, "function")

    def loss(self, name: str) -> Loss:
        """The loss of a name."""
        return self._find(name, self.losses, "loss")

    def optimizer(self, name: str) -> Optimizer:
        """The optimizer of a name."""
        return self._find(name, self.optimizers, "optimizer")

    def regularizer(self, name: str) -> Regularizer:
        """The regularizer of a name."""
        return self._find(name, self.regularizers, "regularizer")

    @staticmethod
    def _find(name: str, known: dict[str, Found], kind: str) -> Found:
        if name not in known:
            hint = nearest(name, list(known)) or "one of " + ", ".join(known)
            raise UsageError(Fault(f"unknown-{kind}", f'there is no {kind} named "{name}"', hint=hint))
        return known[name]


OPS = OpSet.collect(ALGEBRA, STRUCTURE, FUNCTIONS, ACTIVATIONS, LOSS_OPS, LOSSES, REGULARIZERS, OPTIMIZERS)
