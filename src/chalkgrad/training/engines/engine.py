"""What an engine is: it holds parameters and the optimizer's memory, and takes steps on batches of rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy
from numpy.typing import NDArray

from chalkgrad.ops import Optimizer
from chalkgrad.training.engines.evaluation import Evaluation, Inputs

__all__ = ["Engine", "EpochSums", "EpochWork", "Pause", "State", "batches_of", "memory_key"]

Pause = Callable[[int, float], bool]


@dataclass(frozen=True, slots=True)
class EpochWork:
    """The steps of one epoch.

    Args:
        epoch: its number, from 1.
        rows: the rows of the data in the order in which they come.
        batch: how many make one step; the last step may see fewer.
        rates: the learning rate of each step.
        first_step: how many steps were taken before this epoch.
    """

    epoch: int
    rows: NDArray[Any]
    batch: int
    rates: Sequence[float]
    first_step: int


@dataclass(slots=True)
class EpochSums:
    """What an epoch adds up while it goes on.

    Args:
        steps: how many steps of the epoch are done.
        loss: the loss of each batch times its weight, added up.
        weight: the weights, added up.
        hits: how many samples were classified right, before the step that learned from them.
        rows: how many samples were seen.
    """

    steps: int = 0
    loss: float = 0.0
    weight: float = 0.0
    hits: int = 0
    rows: int = 0


@dataclass
class State:
    """Everything that a run needs to go on: the same bits in, the same bits out.

    Args:
        parameters: the value of each parameter, by name.
        memory: what the optimizer remembers, by `name:parameter`.
    """

    parameters: dict[str, NDArray[Any]] = field(default_factory=dict)
    memory: dict[str, NDArray[Any]] = field(default_factory=dict)

    def copy(self) -> State:
        """The same in memory of its own."""
        return State(*({k: numpy.array(v) for k, v in part.items()} for part in (self.parameters, self.memory)))

    def is_finite(self) -> bool:
        """Whether there is no infinity and no NaN in any parameter."""
        return all(bool(numpy.isfinite(value).all()) for value in self.parameters.values())


class Engine(Protocol):
    """Takes steps. All engines give the same numbers, up to rounding."""

    name: str
    """How it is called: `numpy`, `jax`."""

    @property
    def devices(self) -> str:
        """What it runs on, in words."""

    @property
    def state(self) -> State:
        """A copy of all that it holds."""

    def load(self, state: State) -> None:
        """Go on from there."""

    def run_epoch(
        self, work: EpochWork, sums: EpochSums, pause: Pause | None = None, every_batch: bool = False
    ) -> EpochSums:
        """Take the steps of an epoch, or those up to a pause.

        Args:
            work: which steps.
            sums: what was added up before, if the epoch was interrupted.
            pause: asked about every second, or after every batch, whether to stop there: it is given the number of the
                step in the epoch, from 1, and the loss of its batch.
            every_batch: whether it must be asked after every batch.
        """

    def run_full_epochs(self, first: EpochWork, rates: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Take epochs of one step each on all samples, one after the other, without looking up in between.

        Args:
            first: the first of them.
            rates: the learning rate of each.

        Returns:
            The loss of each, and how many samples were classified right in each.
        """

    def evaluate(self, x: Inputs, y: NDArray[Any] | None, rows: NDArray[Any] | None = None) -> Evaluation:
        """The loss and the outputs for scaled inputs and targets, of all samples or of some rows, without dropout."""

    def predict(self, x: Inputs) -> NDArray[Any]:
        """The outputs for inputs that are scaled already, one row a sample."""


def memory_key(optimizer: Optimizer, name: str, parameter: str) -> str:
    """Under which key the state of a run holds what an optimizer remembers of a parameter.

    A single number is the same for all parameters, so it stands there once.
    """
    return name if name in optimizer.numbers else f"{name}:{parameter}"


def batches_of(work: EpochWork) -> list[tuple[int, int]]:
    """Where each batch of an epoch begins and ends."""
    return [(k, min(k + work.batch, len(work.rows))) for k in range(0, len(work.rows), work.batch)]
