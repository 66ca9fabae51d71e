"""The samples on the device: placed there once, or sent a few steps at a time where they do not fit."""

from __future__ import annotations

from typing import Any

import numpy
from numpy.typing import NDArray

from chalkgrad.reading.problem import Problem
from chalkgrad.training.data import TrainingData
from chalkgrad.training.dropout import draw_mask
from chalkgrad.training.jax_devices import JaxDevices
from chalkgrad.training.jax_loop import Source
from chalkgrad.training.jax_step import JaxStep
from chalkgrad.training.scaled_rows import ScaledRows, is_on_disk

__all__ = ["DeviceSamples", "drawn_masks"]

Array = NDArray[Any]


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
        self._arrays: dict[str, Array | ScaledRows | None] = {"x": data.x, "y": data.y, "labels": labels}
        # Where on the device each row of the data lies; -1 where it does not.
        self._places = numpy.full(len(data.x), -1, dtype=numpy.int32)
        self._placed: dict[str, Any] = {}
        self._ordered: tuple[Array, dict[str, Any]] | None = None

    @property
    def bytes_a_row(self) -> int:
        """How many bytes the inputs and targets of one sample take."""
        numbers = self.data.x.shape[1] + (0 if self.data.y is None else self.data.y.shape[1])
        return numbers * self.data.x.dtype.itemsize

    def batches(self, rows: Array, batch: int, first: int, steps: int, size: int) -> dict[str, Any]:
        """What a loop is given for some steps of an epoch.

        Args:
            rows: the rows in the order of the epoch.
            batch: how many make a step of it.
            first: the first of the steps, from 0.
            steps: how many there is to be place for; those behind the end of the epoch may be anything.
            size: how many samples each of these steps sees.
        """
        order = rows[first * batch : first * batch + steps * size]
        order = order[: len(order) // size * size].reshape(-1, size)
        missing = steps - len(order)
        if self.stay:
            self._place(rows)
            places = self._places[numpy.pad(order, ((0, missing), (0, 0)), "edge")]
            return {**self._placed, "order": self.devices.put_rows(places, 1)}
        given: dict[str, Any] = {}
        for name, array in self._arrays.items():
            if array is not None:
                sent = numpy.zeros((steps, size, *array.shape[1:]), array.dtype)
                sent[: len(order)] = array[order]
                given[name] = self.devices.put_rows(sent, 1)
        return given

    def all_of(self, rows: Array) -> dict[str, Any]:
        """All samples of some rows, in one order or another: they are seen together."""
        if not self.stay:
            return {k: self.devices.put_rows(v[rows]) for k, v in self._arrays.items() if v is not None}
        self._place(rows)
        if len(rows) == len(self._placed["x"]):
            return self._placed
        if self._ordered is None or not numpy.array_equal(self._ordered[0], rows):
            places = self.devices.put(self._places[rows])
            self._ordered = numpy.array(rows), {name: array[places] for name, array in self._placed.items()}
        return self._ordered[1]

    def _place(self, rows: Array) -> None:
        """Bring rows to the device that are not there."""
        if self._placed and (self._places[rows] >= 0).all():
            return
        wanted = numpy.union1d(rows, numpy.flatnonzero(self._places >= 0))
        whole = len(wanted) == len(self.data.x)
        self._places[wanted] = numpy.arange(len(wanted), dtype=numpy.int32)
        arrays = {name: array for name, array in self._arrays.items() if array is not None}
        self._placed = {k: self.devices.put(numpy.asarray(v) if whole else v[wanted]) for k, v in arrays.items()}
        self._ordered = None


def drawn_masks(problem: Problem, step: JaxStep, epoch: int, steps: range, places: int) -> dict[str, Array]:
    """The masks of dropout for some steps of an epoch, by their name in a loop; with as many places as asked for."""
    made: dict[str, Array] = {}
    for number, (shape, share) in enumerate(step.masks):
        masks = numpy.zeros((places, *shape), step.dtype)
        for place, k in enumerate(steps):
            draw_mask(problem.keys.seed, epoch, k, number, share, masks[place])
        made[f"mask{number}"] = masks
    return made
