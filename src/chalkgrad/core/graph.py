"""A graph: lines of formulas from the data to the loss, and what each leaf is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from chalkgrad.core.gradient import Line, compose, gradient
from chalkgrad.core.node import Node

__all__ = ["Graph"]


@dataclass(frozen=True)
class Graph:
    """What a problem computes.

    Args:
        forward_lines: `symbol = formula` up to the output, each after what it uses.
        output: the symbol of the prediction.
        parameters: the leaves that are given or learned, in the order in which they appear.
        inputs: the leaves that the data fill, such as `x` and `y`; their samples stand along `sample_axis`.
        loss: the symbol that is differentiated, or `None`.
        loss_lines: the lines of the loss, if it has any of its own.
        unit_names: for a symbol, the names of its units; for a matrix parameter, of its entries row by row.
        sample_axis: along which axis samples stand: 0 with rows as convention, 1 with columns.
        plain_loss_lines: the lines of the loss without fusing it with the output's activation, for showing and
            checking the fused one; empty where nothing is fused.
        masks: the leaves that dropout fills with 0 and 1/share, each with the share of units that it keeps.
    """

    forward_lines: tuple[Line, ...]
    output: Node
    parameters: tuple[Node, ...]
    inputs: tuple[Node, ...]
    loss: Node | None = None
    loss_lines: tuple[Line, ...] = ()
    unit_names: Mapping[Node, tuple[str, ...]] = field(default_factory=dict)
    sample_axis: int = 0
    plain_loss_lines: tuple[Line, ...] = ()
    masks: Mapping[Node, Fraction] = field(default_factory=dict)

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines, from the data to the loss."""
        return self.forward_lines + self.loss_lines

    def composed(self, *symbols: Node) -> list[Node]:
        """Symbols as formulas of the leaves alone."""
        return compose(self.lines, symbols)

    def loss_and_gradients(self, wrt: tuple[Node, ...]) -> tuple[Node, list[Node]]:
        """The loss and its gradients as formulas of the leaves: what training runs."""
        assert self.loss is not None, "a graph without a loss has no gradients of it"
        (loss,) = self.composed(self.loss)
        return loss, gradient(loss, wrt)
