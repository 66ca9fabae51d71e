"""Statements: the lines of a solution, each one quantity, its formula, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from chalkgrad.core.gradient import Line, Step
from chalkgrad.core.node import Node, variable

__all__ = ["GRADIENT_NORM", "Kind", "Statement", "View", "setting_symbol"]

# The norm of all gradients together, by which they are clipped.
GRADIENT_NORM = variable("gradient_norm")

Kind = Literal["forward", "loss", "chain", "accumulate", "regularize", "update"]


@dataclass(frozen=True, slots=True)
class Statement:
    """One line of working.

    Args:
        symbol: what is worked out.
        formula: its formula in symbols of earlier statements and leaves.
        kind: what sort of line it is.
        of: the name of the quantity that it speaks of, as in the JSON answer: for a gradient, of what is differentiated
            by; for an update, the parameter.
        role: which of several statements about one name: `value`; `way` for what comes along one of several ways, and
            `gradient` for their sum; `total` with the regularizer; or the name of a line of the optimizer.
        sample: the position of the sample in the batch that it belongs to, or `None` if to all.
        steps: for a gradient, the uses of the chain rule that lead to it.
    """

    symbol: Node
    formula: Node
    kind: Kind
    of: str
    role: str
    sample: int | None = None
    steps: tuple[Step, ...] = ()

    @property
    def line(self) -> Line:
        """The statement as a plain line."""
        return Line(self.symbol, self.formula)


@dataclass(frozen=True)
class View:
    """One way of looking at an optimizer step: matrix by matrix, or unit by unit.

    Args:
        name: `matrix` or `units`.
        samples: how many samples stand side by side.
        statements: the lines of working, in order.
        gradients: for a quantity of the forward pass or a parameter, the symbol of its gradient by the data alone.
        totals: for a parameter, the symbol of the gradient that the optimizer gets.
        updated: for a parameter, the symbol of its new value.
        states: for a parameter and a name of the optimizer's memory, the symbols before and after the step.
        settings: the symbols of the optimizer's numbers and of the regularizer's.
        entries: for a quantity of the matrix view, the array of symbols that stands for it here.
        loss: the symbol of the loss.
        taken: where only some units are shown, the symbol and the entry of the matrix view that each symbol stands for.
    """

    name: Literal["matrix", "units"]
    samples: int
    statements: tuple[Statement, ...]
    gradients: Mapping[Node, Node]
    totals: Mapping[Node, Node]
    updated: Mapping[Node, Node]
    states: Mapping[tuple[Node, str], tuple[Node, Node]]
    settings: Mapping[str, Node]
    entries: Mapping[Node, Any]
    loss: Node | None
    taken: Mapping[Node, tuple[Node, tuple[int, ...]]] = field(default_factory=dict)
    evaluators: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)


def setting_symbol(name: str) -> Node:
    """The symbol of a number of the optimizer or the regularizer, or of the number `t` of the step.

    Not by the name alone: a parameter of the problem may be called beta1 or t as well.
    """
    return variable(f"{name}:setting")
