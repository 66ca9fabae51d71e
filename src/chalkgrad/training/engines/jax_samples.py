"""The samples on the device: placed there once, or sent a few steps at a time where they do not fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy
from numpy.typing import NDArray

from chalkgrad.core.aligned import aligned_empty
from chalkgrad.training.data import TrainingData
from chalkgrad.training.dropout import draw_mask
from chalkgrad.training.engines.engine import EpochWork
from chalkgrad.training.engines.jax_devices import JaxDevices
from chalkgrad.training.engines.jax_loop import Source
from chalkgrad.training.engines.jax_step import JaxStep
from chalkgrad.training.scaled_rows import ScaledRows, is_on_disk

__all__ = ["DeviceSamples", "Window", "drawn_masks", "windows_of"]

Array = NDArray[Any]


# What is sent to a device while an epoch goes on lies in pieces of so many bytes.
_SENT_AT_A_TIME = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Window:
    """Steps of an epoch whose samples are sent together.

    Args:
        begin: the first step that is sent, from 0.
        size: how many there is place for.
        start: the first step to take.
        stop: the step behind the last to take, and the last that is sent.
        batch: how many samples each sees.
    """

    begin: int
    size: int
    start: int
    stop: int
    batch: int

    def order(self, work: EpochWork) -> Array:
        """The rows that each of them sees."""
        first = self.begin * work.batch
        count = (self.stop - self.begin) * self.batch
        return work.rows[first : first + count].reshape(-1, self.batch)


def windows_of(work: EpochWork, first: int, bytes_a_step: int) -> Iterator[Window]:
    """The steps of an epoch in pieces, all of one size but the last, smaller batch.

    Args:
        work: the epoch.
        first: the first step to take, from 0.
        bytes_a_step: how much is sent for each of them.
    """
    full, rest = divmod(len(work.rows), work.batch)
    size = max(1, min(full, _SENT_AT_A_TIME // max(1, bytes_a_step)))
    for begin in range(first // size * size, full, size):
        yield Window(begin, size, max(first, begin), min(begin + size, full), work.batch)
    if rest:
        yield Window(full, 1, full, full + 1, rest)


class DeviceSamples:
    """The samples that are trained on, as the device gets them.

    Args:
        data: all samples.
        devices: where they go.
    """

    def __init__(self, data: TrainingData, devices: JaxDevices) -> None:
        self.data, self.devices = data, devices
        self.stay = not is_on_disk(data.x) and devices.has_room_for(len(data.x) * self.bytes_a_row)
        self.source: Source = "picked" if self.stay else "sent"
        labels = None if data.labels is None or data.decision is None else data.labels.astype(numpy.int32)
        arrays = {"x": self._raw, "y": data.y, "labels": labels}
        self._arrays = {name: array for name, array in arrays.items() if array is not None}
        # Where on the device each row of the data lies; -1 where it does not.
        self._places = numpy.full(len(data.x), -1, dtype=numpy.int32)
        self._placed: dict[str, Any] = {}
        self._ordered: tuple[Array, dict[str, Any]] | None = None

    @property
    def bytes_a_row(self) -> int:
        """How many bytes the inputs and targets of one sample take."""
        targets = 0 if self.data.y is None else self.data.y.shape[1] * self.data.y.dtype.itemsize
        return int(self._raw.shape[1] * self._raw.dtype.itemsize + targets)

    @property
    def _raw(self) -> Array:
        """The inputs as they lie in memory; those that are not scaled yet are scaled by the loop."""
        return self.data.x.raw if isinstance(self.data.x, ScaledRows) else self.data.x

    def batches(self, order: Array, places: int) -> dict[str, Any]:
        """What a loop is given for some steps.

        Args:
            order: the rows that each step sees: steps by samples, or steps by networks by samples.
            places: how many steps there is to be place for; those behind the last may be anything.
        """
        missing = [(0, places - len(order))] + [(0, 0)] * (order.ndim - 1)
        if self.stay:
            self._place(order)
            padded = numpy.pad(self._places[order], missing, "edge")
            return {**self._placed, "order": self.devices.put_rows(padded, order.ndim - 1)}
        given: dict[str, Any] = {}
        for name, array in self._arrays.items():
            sent = numpy.zeros((places, *order.shape[1:], *array.shape[1:]), array.dtype)
            sent[: len(order)] = array[order]
            given[name] = self.devices.put_rows(sent, order.ndim - 1)
        return given

    def all_of(self, rows: Array) -> dict[str, Any]:
        """All samples of some rows, in one order or another: they are seen together."""
        if not self.stay:
            return {name: self.devices.put_rows(array[rows]) for name, array in self._arrays.items()}
        self._place(rows)
        if len(rows) == len(self._placed["x"]):
            return self._placed
        if self._ordered is None or not numpy.array_equal(self._ordered[0], rows):
            places = self.devices.put(self._places[rows])
            self._ordered = numpy.array(rows), {name: array[places] for name, array in self._placed.items()}
        return self._ordered[1]

    def _place(self, rows: Array) -> None:
        """Bring rows to the device that are not there, and with the first all that are trained on."""
        if self._placed and (self._places[rows] >= 0).all():
            return
        there = numpy.concatenate([self.data.parts.train, numpy.flatnonzero(self._places >= 0)])
        wanted = numpy.union1d(rows.ravel(), there)
        whole = len(wanted) == len(self.data.x)
        self._places[wanted] = numpy.arange(len(wanted), dtype=numpy.int32)
        self._placed = {k: self.devices.put(v if whole else _rows_of(v, wanted)) for k, v in self._arrays.items()}
        self._ordered = None


def _rows_of(array: Array, rows: Array) -> Array:
    """Some rows, in memory that JAX on a processor takes as it is."""
    return array.take(rows, 0, aligned_empty((len(rows), *array.shape[1:]), array.dtype), "clip")


def drawn_masks(seed: int, step: JaxStep, epoch: int, steps: range, places: int) -> dict[str, Array]:
    """The masks of dropout for some steps of an epoch, by their name in a loop.

    Args:
        seed: that of the problem or of a network.
        step: with the sizes of the masks.
        epoch: from 1.
        steps: from 0.
        places: how many steps there is to be place for.
    """
    made: dict[str, Array] = {}
    for number, (shape, share) in enumerate(step.masks):
        masks = numpy.zeros((places, *shape), step.dtype)
        for place, k in enumerate(steps):
            draw_mask(seed, epoch, k, number, share, masks[place])
        made[f"mask{number}"] = masks
    return made
