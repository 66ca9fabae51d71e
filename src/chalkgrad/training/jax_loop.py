"""Many steps in one compiled program: a loop whose bounds are given with each call, so that it is compiled once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy
from numpy.typing import NDArray

from chalkgrad.training.data import TrainingData
from chalkgrad.training.jax_devices import JaxDevices
from chalkgrad.training.jax_step import JaxStep

__all__ = ["Found", "Source", "StepLoop", "count_hits"]

Array = NDArray[Any]
Arrays = Mapping[str, Any]

Source = Literal["all", "picked", "sent"]
"""Where the samples of a step come from: all that are there, those whose rows are given, or sent step by step."""


@dataclass(frozen=True, slots=True)
class Found:
    """What came of some steps: their losses and how many samples were classified right, still on the device."""

    losses: Any
    hits: Any

    def of(self, start: int, stop: int) -> tuple[Array, Array]:
        """Those of the steps from `start` up to `stop`, when they are done."""
        losses, hits = numpy.asarray(self.losses)[start:stop], numpy.asarray(self.hits)[start:stop]
        return losses.astype(numpy.float64), hits.astype(numpy.int64)


def count_hits(data: TrainingData, output: Any, labels: Any) -> Any:
    """How many outputs say the right class, traced by JAX; see `TrainingData.classes_of`."""
    import jax.numpy as jnp

    if data.decision is None or labels is None:
        return jnp.int32(0)
    said = jnp.argmax(output, axis=1) if data.decision == "largest" else output[:, 0] >= data.threshold
    return jnp.sum(said == labels, dtype=jnp.int32)


class StepLoop:
    """Steps on batches of one size.

    Args:
        step: what is done in each.
        data: how an output is read as a class.
        devices: where it runs.
        source: where the samples of a step come from.
    """

    def __init__(self, step: JaxStep, data: TrainingData, devices: JaxDevices, source: Source) -> None:
        self.step, self.data, self.devices, self.source = step, data, devices, source
        self._compiled = devices.jax.jit(self._trace, donate_argnums=(0, 1))
        self._ready: set[int] = set()

    def run(
        self, parameters: Arrays, memory: Arrays, given: Arrays, table: Any, start: int, stop: int
    ) -> tuple[dict[str, Any], dict[str, Any], Found]:
        """Take the steps from `start` up to `stop`.

        Args:
            parameters: by name; they are used up.
            memory: what the optimizer remembers, by key; it is used up.
            given: the samples `x`, `y` and `labels`; with a source `picked`, the `order` of their rows, a row of it a
                step; with `sent`, a first axis for steps; and for each mask of dropout `mask0`, `mask1`, ..., likewise.
            table: a row of single numbers for each step.
            start: the place of the first step among all that are given.
            stop: that behind the last.
        """
        if len(table) not in self._ready:
            # No step at all: only compiled, so that later calls take the time of their steps.
            parameters, memory, *_ = self._compiled(parameters, memory, given, table, numpy.int32(0), numpy.int32(0))
            self._ready.add(len(table))
        made = self._compiled(parameters, memory, given, table, numpy.int32(start), numpy.int32(stop))
        return made[0], made[1], Found(*made[2:])

    def _trace(
        self, parameters: Arrays, memory: Arrays, given: Arrays, table: Any, start: Any, stop: Any
    ) -> tuple[Any, Any, Any, Any]:
        import jax.numpy as jnp
        from jax import lax

        def take(k: Any, carried: tuple[Any, Any, Any, Any]) -> tuple[Any, Any, Any, Any]:
            parameters, memory, losses, hits = carried
            x, y, labels = (self._batch(given, name, k) for name in ("x", "y", "labels"))
            masks = [given[f"mask{number}"][k] for number in range(len(self.step.masks))]
            parameters, memory, loss, output = self.step.take(parameters, memory, x, y, masks, table[k])
            parameters, memory = self.devices.hold_everywhere((parameters, memory))
            losses, hits = losses.at[k].set(loss), hits.at[k].set(count_hits(self.data, output, labels))
            return parameters, memory, losses, hits

        losses = jnp.zeros(len(table), self.step.dtype)
        # The same digits on every device: some would otherwise round the operands of a product.
        with self.devices.jax.default_matmul_precision("highest"):
            before = (parameters, memory, losses, jnp.zeros(len(table), jnp.int32))
            after: tuple[Any, Any, Any, Any] = self.devices.hold_everywhere(lax.fori_loop(start, stop, take, before))
        return after

    def _batch(self, given: Arrays, name: str, k: Any) -> Any:
        """The inputs, targets or labels of a step."""
        rows = given.get(name)
        if rows is None:
            return None
        if self.source == "picked":
            rows = rows.at[given["order"][k]].get(mode="promise_in_bounds")
        elif self.source == "sent":
            rows = rows[k]
        return self.devices.share_rows(rows)
