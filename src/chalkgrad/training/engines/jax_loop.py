"""Many steps in one compiled program: a loop whose bounds are given with each call, so that it is compiled once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy
from numpy.typing import NDArray

from chalkgrad.training.data import TrainingData
from chalkgrad.training.engines.jax_devices import JaxDevices
from chalkgrad.training.engines.jax_step import JaxStep, Numbers
from chalkgrad.training.scaled_rows import ScaledRows

__all__ = ["Carried", "Source", "StepLoop"]

Array = NDArray[Any]
Arrays = Mapping[str, Any]

Source = Literal["all", "picked", "sent"]
"""Where the samples of a step come from: all that are there, those whose rows are given, or sent step by step."""

# A loop comes back after about so many seconds, so that somebody can look at it or stop it.
_SECONDS_AT_A_TIME = 1.0
_FIRST_STEPS = 8


@dataclass(slots=True)
class Carried:
    """What goes from step to step.

    Args:
        parameters: by name, on the device.
        memory: what the optimizer remembers, by key, on the device.
        numbers: the single numbers among it, in float64.
    """

    parameters: dict[str, Any]
    memory: dict[str, Any]
    numbers: dict[str, Array]


class StepLoop:
    """Steps on batches of one size.

    Args:
        step: what is done in each.
        data: how an output is read as a class.
        devices: where it runs.
        source: where the samples of a step come from.
        networks: whether many networks take each step at once: then all that they hold has a first axis for them, and
            single numbers and what comes of the steps have one behind that of the steps.
        own_samples: whether each of them has samples of its own, with an axis likewise.
        own_masks: whether each has masks of its own.
    """

    def __init__(
        self,
        step: JaxStep,
        data: TrainingData,
        devices: JaxDevices,
        source: Source,
        networks: bool = False,
        own_samples: bool = False,
        own_masks: bool = False,
    ) -> None:
        self.step, self.data, self.devices, self.source = step, data, devices, source
        self._taken = self._take
        if networks:
            samples, masks = 0 if own_samples else None, 0 if own_masks else None
            axes = (0, 0, samples, samples, samples, masks, 0)
            self._taken = devices.jax.vmap(self._take, in_axes=axes)
        self._compiled = devices.jax.jit(self._trace, donate_argnums=(0, 1))
        self._ready: set[tuple[int, ...]] = set()
        self._seconds_a_step: float | None = None

    def run(
        self,
        carried: Carried,
        given: Arrays,
        numbers: Numbers,
        places: tuple[int, int],
        watched: bool = True,
        every_step: bool = False,
        meanwhile: Callable[[], None] | None = None,
    ) -> Iterator[tuple[Array, Array]]:
        """Take steps, some at a time; what is carried is brought up to date with each piece.

        Args:
            carried: what the first step starts from.
            given: the samples `x`, `y` and `labels`; with a source `picked`, the `order` of their rows, a row of it a
                step; with `sent`, a first axis for steps; and for each mask of dropout `mask0`, `mask1`, ..., likewise.
            numbers: the single numbers of the steps to take.
            places: how many steps the samples are given for, and which of them is the first to take.
            watched: whether to come back every second or so; several processes together do not.
            every_step: whether to come back after every step.
            meanwhile: what else to do while the last piece is worked on.

        Yields:
            The losses of some steps, and how many samples were classified right in each.
        """
        size, first = places
        table = numpy.zeros((size, *numbers.table.shape[1:]), self.step.dtype)
        table[first : first + len(numbers.table)] = numbers.table
        placed, start, last = self.devices.put(table), first, first + len(numbers.table)
        self._compile(carried, given, placed)
        while start < last:
            stop = min(last, start + (1 if every_step else self._at_a_time() if watched else last))
            began = time.perf_counter()
            losses, hits = self._call(carried, given, placed, start, stop)
            if stop == last and meanwhile is not None:
                meanwhile()
            found = numpy.asarray(losses)[start:stop].astype(numpy.float64), numpy.asarray(hits)[start:stop]
            self._seconds_a_step = (time.perf_counter() - began) / (stop - start)
            carried.numbers = {name: values[stop - first - 1] for name, values in numbers.after.items()}
            start = stop
            yield found

    def _at_a_time(self) -> int:
        """How many steps take about as long as nobody needs to look; processes that work together all take the same."""
        if self.devices.processes > 1:
            return 2**31 - 1
        if self._seconds_a_step is None:
            return _FIRST_STEPS
        return max(1, int(_SECONDS_AT_A_TIME / max(self._seconds_a_step, 1e-9)))

    def _compile(self, carried: Carried, given: Arrays, table: Any) -> None:
        """Take no step at all, so that later calls last as long as their steps."""
        if table.shape not in self._ready:
            self._call(carried, given, table, 0, 0)
            self._ready.add(table.shape)

    def _call(self, carried: Carried, given: Arrays, table: Any, start: int, stop: int) -> tuple[Any, Any]:
        bounds = numpy.int32(start), numpy.int32(stop)
        made = self._compiled(carried.parameters, carried.memory, given, table, *bounds)
        carried.parameters, carried.memory, losses, hits = made
        return losses, hits

    # --- what is compiled ---

    def _trace(
        self, parameters: Arrays, memory: Arrays, given: Arrays, table: Any, start: Any, stop: Any
    ) -> tuple[Any, Any, Any, Any]:
        import jax.numpy as jnp
        from jax import lax

        def take(k: Any, carried: tuple[Any, Any, Any, Any]) -> tuple[Any, Any, Any, Any]:
            parameters, memory, losses, hits = carried
            x, y, labels = (self._batch(given, name, k) for name in ("x", "y", "labels"))
            masks = [given[f"mask{number}"][k] for number in range(len(self.step.masks))]
            parameters, memory, loss, hit = self._taken(parameters, memory, x, y, labels, masks, table[k])
            parameters, memory = self.devices.hold_everywhere((parameters, memory))
            return parameters, memory, losses.at[k].set(loss), hits.at[k].set(hit)

        # The same digits on every device: some would otherwise round the operands of a product.
        with self.devices.jax.default_matmul_precision("highest"):
            shape = table.shape[:-1]
            before = (parameters, memory, jnp.zeros(shape, self.step.dtype), jnp.zeros(shape, jnp.int32))
            after: tuple[Any, Any, Any, Any] = self.devices.hold_everywhere(lax.fori_loop(start, stop, take, before))
        return after

    def _take(
        self, parameters: Arrays, memory: Arrays, x: Any, y: Any, labels: Any, masks: Any, row: Any
    ) -> tuple[Any, Any, Any, Any]:
        """One step of one network; the last that comes back is how many samples were classified right."""
        parameters, memory, loss, output = self.step.take(parameters, memory, x, y, masks, row)
        return parameters, memory, loss, count_hits(self.data, output, labels)

    def _batch(self, given: Arrays, name: str, k: Any) -> Any:
        """The inputs, targets or labels of a step."""
        rows = given.get(name)
        if rows is None:
            return None
        if self.source == "picked":
            rows = rows.at[given["order"][k]].get(mode="promise_in_bounds")
        elif self.source == "sent":
            rows = rows[k]
        if name == "x" and isinstance(self.data.x, ScaledRows):
            rows = self.data.x.scaled(rows)
        return self.devices.share_rows(rows)


def count_hits(data: TrainingData, output: Any, labels: Any) -> Any:
    """How many outputs say the right class, traced by JAX; see `TrainingData.classes_of`."""
    import jax.numpy as jnp

    if data.decision is None or labels is None:
        return jnp.int32(0)
    said = jnp.argmax(output, axis=1) if data.decision == "largest" else output[:, 0] >= data.threshold
    return jnp.sum(said == labels, dtype=jnp.int32)
