"""What every script is written from: the graph of a training step, its numbers, and a name for everything in it."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy
from numpy.typing import NDArray

from chalkgrad.core.graph import Graph
from chalkgrad.core.node import Node, Op, toposort
from chalkgrad.errors import Fault, ProblemError, UsageError
from chalkgrad.ops import OPS
from chalkgrad.reading.problem import Problem
from chalkgrad.solving.order import batch_size
from chalkgrad.solving.statements import View
from chalkgrad.solving.views import matrix_view
from chalkgrad.training.dropout import draw_mask

__all__ = ["Recipe", "Scaling"]


class Scaling(Protocol):
    """How inputs were scaled: (x - shift) * factor, one entry of each a feature."""

    @property
    def shift(self) -> NDArray[Any]:
        """What is taken away."""

    @property
    def factor(self) -> NDArray[Any]:
        """What the rest is multiplied by."""


@dataclass(frozen=True)
class Recipe:
    """The first steps of a training, ready to be written in any language.

    Args:
        problem: what is trained.
        parameters: the values to start from, by name, in the shape of their nodes.
        stem: what the files are called.
        x: the inputs as trained (scaled), a row for each sample, or `None` if the problem takes none.
        y: the targets as trained (one-hot), a row for each sample, or `None`.
        batches: the numbers of the rows of each of the first steps.
        scaler: how the inputs were scaled, or `None`.
    """

    problem: Problem
    parameters: Mapping[str, NDArray[Any]]
    stem: str = "network"
    x: NDArray[Any] | None = None
    y: NDArray[Any] | None = None
    batches: Sequence[Sequence[int] | NDArray[Any]] = ()
    scaler: Scaling | None = None

    def __post_init__(self) -> None:
        for node in self.plain_graph.parameters:
            _refuse_other_shape(node, self.parameters)

    # --- the graph ---

    @cached_property
    def count(self) -> int | None:
        """Of how many samples the graph is: any number, or one alone if formulas are written so and steps take one."""
        try:
            self.problem.graph(None)
        except ProblemError:
            if any(len(batch) > 1 for batch in self.batches):
                raise
            return 1
        return None

    @property
    def plain_graph(self) -> Graph:
        """The graph without dropout."""
        return self.problem.graph(self.count)

    @cached_property
    def own_ops(self) -> frozenset[Op]:
        """Ops that are not ours, which can only be written by their definition."""
        return frozenset(self.problem.ops) - frozenset(OPS)

    @cached_property
    def masks(self) -> dict[Node, Node]:
        """For each symbol with dropout, the factors of its units: 0 for those that are left out."""
        masks, lines = self.graph.masks, self.graph.forward_lines
        dropped = [line.formula.arguments for line in lines if any(node in masks for node in line.formula.arguments)]
        return {next(n for n in pair if n not in masks): next(n for n in pair if n in masks) for pair in dropped}

    @cached_property
    def rates(self) -> dict[Node, float]:
        """For each layer with dropout, the symbol of its units and the share that is left out."""
        return {symbol: float(1 - self.graph.masks[mask]) for symbol, mask in self.masks.items()}

    @cached_property
    def graph(self) -> Graph:
        """The graph for any number of samples, with dropout."""
        return self.problem.graph(self.count, dropout=True)

    @cached_property
    def view(self) -> View:
        """The statements of one step, for any number of samples."""
        return matrix_view(self.problem, self.count, dropout=True)

    @cached_property
    def loss(self) -> Node:
        """The symbol of the loss."""
        assert self.graph.loss is not None, "a problem that is trained has a loss"
        return self.graph.loss

    @cached_property
    def learned(self) -> tuple[Node, ...]:
        """The parameters that a step changes."""
        return tuple(node for node in self.graph.parameters if node in self.view.updated)

    @cached_property
    def penalized(self) -> tuple[Node, ...]:
        """The parameters that a regularizer acts on."""
        penalized = {statement.of for statement in self.view.statements if statement.role == "total"}
        return tuple(node for node in self.learned if node.name in penalized)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of what the data fill: x, y, both or neither."""
        return tuple(node.name for node in self.graph.inputs)

    @property
    def columns(self) -> bool:
        """Whether samples stand in columns."""
        return self.problem.columns

    @property
    def is_fused(self) -> bool:
        """Whether the activation of the output is a part of the loss."""
        return bool(self.graph.plain_loss_lines)

    @cached_property
    def handed(self) -> tuple[Node, ...]:
        """The quantities that the loss is made of, targets apart."""
        formula = self.graph.composed(self.loss)[0] if not self.graph.loss_lines else None
        lines = self.graph.loss_lines
        own = {line.symbol for line in lines}
        leaves = toposort([line.formula for line in lines] if formula is None else [formula])
        return tuple(leaf for leaf in leaves if leaf.name and leaf not in own and leaf.name != "y")

    # --- the numbers ---

    @property
    def steps(self) -> int:
        """How many steps are shown."""
        return len(self.batches)

    @property
    def steps_of_an_epoch(self) -> int:
        """How many steps an epoch of the whole training has."""
        if self.x is None:
            return 1
        # Rows that only validate or test stand among the samples, but no step sees them.
        count = len(self.problem.parts.train) if self.problem.keys.data is not None else len(self.x)
        return -(-count // batch_size(self.problem, count))

    @property
    def all_steps(self) -> int:
        """How many steps the whole training has."""
        return self.problem.keys.epochs * self.steps_of_an_epoch

    def refuse_if_untrained(self) -> None:
        """Refuse a problem in which nothing is trained, or whose samples are missing.

        Raises:
            UsageError: `nothing-to-train`, `no-samples`, `no-steps`, `unnamed-function`.
        """
        if not self.problem.updates or not self.learned:
            hint = "give the problem a `loss` and something to learn"
            raise UsageError(
                Fault("nothing-to-train", "the problem trains nothing, so there is no script of it", hint=hint)
            )
        missing = [name for name in self.inputs if getattr(self, name) is None]
        if missing:
            message = f"there are no numbers for {' and '.join(missing)}"
            raise UsageError(Fault("no-samples", message, hint="give the problem `data`"))
        if not self.batches:
            raise UsageError(Fault("no-steps", "a script shows the first steps, and there are none"))

    def archive(self, names: Mapping[Node, str]) -> bytes:
        """The numbers as a NumPy archive: data, parameters by the names they have in the script, and the batches."""
        arrays: dict[str, Any] = {name: getattr(self, name) for name in self.inputs}
        if self.scaler is not None and "x" in arrays:
            arrays |= {"shift": self.scaler.shift, "factor": self.scaler.factor}
        for node in self.graph.parameters:
            arrays[names[node]] = numpy.asarray(self.parameters[node.name], dtype=numpy.float64)
        for number, batch in enumerate(self.batches if self.inputs else (), start=1):
            arrays[f"batch_{number}"] = numpy.asarray(batch, dtype=numpy.int64)
        for mask in self.masks.values():
            arrays |= {f"{names[mask]}_{step}": self._mask(mask, step) for step in range(1, self.steps + 1)}
        file = io.BytesIO()
        numpy.savez(file, allow_pickle=False, **arrays)
        return file.getvalue()

    def _mask(self, mask: Node, step: int) -> NDArray[Any]:
        """Which units of a layer the training leaves out in a step, counted from 1."""
        epoch, number = divmod(step - 1, self.steps_of_an_epoch)
        place, count = list(self.graph.masks).index(mask), len(self.batches[step - 1])
        drawn = numpy.empty([count if axis.size is None else axis.size for axis in mask.shape])
        draw_mask(self.problem.keys.seed, epoch + 1, number, place, float(self.graph.masks[mask]), drawn)
        return drawn


def _refuse_other_shape(node: Node, parameters: Mapping[str, NDArray[Any]]) -> None:
    wanted = tuple(axis.size or 1 for axis in node.shape)
    if node.name not in parameters:
        raise UsageError(Fault("parameters-differ", f"there is no value for {node.name}"))
    found = numpy.shape(parameters[node.name])
    if found != wanted:
        raise UsageError(
            Fault("parameters-differ", f"the value of {node.name} has the shape {found}, but the problem has {wanted}")
        )
