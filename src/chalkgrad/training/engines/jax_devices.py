"""Where JAX works and in which precision: one device, or several that share the samples of each batch.

Several devices form one row (a mesh with the axis `data`): each holds all parameters and its share of the samples.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy

from chalkgrad.core.aligned import aligned_empty, is_aligned
from chalkgrad.errors import Fault, UsageError

__all__ = ["JaxDevices", "require_jax"]

# Beside the samples a device needs place for parameters, their gradients and the values of a batch.
_SHARE_FOR_SAMPLES = 0.5
# From so many bytes on it matters how often an array is copied.
_LARGE = 2**20


def require_jax() -> Any:
    """The module `jax`.

    Raises:
        UsageError: `missing-extra`, when it is not installed.
    """
    try:
        import jax
    except ImportError:
        hint = "pip install 'chalkgrad[jax]'"
        raise UsageError(Fault("missing-extra", "the engine jax needs the package jax", hint=hint)) from None
    return jax


class JaxDevices:
    """Places arrays on devices.

    Args:
        dtype: the type of all numbers, `float32` or `float64`.
        devices: those to work on, or how many; by default one, or all where several processes work together.

    Raises:
        UsageError: `missing-extra`; `too-few-devices`, when more are asked for than there are.
    """

    def __init__(self, dtype: Any, devices: Sequence[Any] | int | None = None) -> None:
        self.jax = jax = require_jax()
        self.double = numpy.dtype(dtype) == numpy.float64
        if devices is None:
            devices = len(jax.devices()) if jax.process_count() > 1 else 1
        self.devices = _first_devices(jax.devices(), devices) if isinstance(devices, int) else list(devices)
        sharding = jax.sharding
        self.mesh = sharding.Mesh(numpy.array(self.devices), ("data",))
        self._everywhere = sharding.NamedSharding(self.mesh, sharding.PartitionSpec())
        if len(self.devices) == 1:
            self._everywhere = sharding.SingleDeviceSharding(self.devices[0])

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.devices)

    @property
    def processes(self) -> int:
        """To how many processes they belong."""
        return len({device.process_index for device in self.devices})

    @property
    def words(self) -> str:
        """What they are, in words."""
        kind = self.devices[0].device_kind
        kind = f"{kind.upper()} device" if kind == "cpu" else kind
        if self.count == 1:
            return f"1 {kind}" if "CPU" in kind else kind
        words = f"{self.count} {kind}s" if "CPU" in kind else f"{self.count} times {kind}"
        return words if self.processes == 1 else f"{words} in {self.processes} processes"

    def precision(self) -> AbstractContextManager[Any]:
        """Within it, JAX works in the precision that is wanted; outside, a program of the user is not disturbed."""
        # Before JAX 0.8 it stood among the experiments.
        home = self.jax if hasattr(self.jax, "enable_x64") else importlib.import_module("jax.experimental")
        context: AbstractContextManager[Any] = home.enable_x64(self.double)
        return context

    def has_room_for(self, size: int) -> bool:
        """Whether so many bytes of samples can stay on each device, as far as it tells."""
        device = self.devices[0]
        limit = None if device.platform == "cpu" else (device.memory_stats() or {}).get("bytes_limit")
        return limit is None or size <= limit * _SHARE_FOR_SAMPLES

    # --- placing ---

    @property
    def everywhere(self) -> Any:
        """The sharding of what every device holds as a whole."""
        return self._everywhere

    def put(self, array: Any) -> Any:
        """An array that every device holds as a whole; it may share the memory of the given one."""
        return self._put(array, self._everywhere)

    def put_rows(self, array: Any, axis: int = 0) -> Any:
        """An array whose entries along an axis are shared out among the devices, if they go up in them."""
        return self._put(array, self._of_rows(array.shape, axis))

    def _put(self, array: Any, sharding: Any) -> Any:
        if self.processes == 1:
            if self.devices[0].platform == "cpu" and isinstance(array, numpy.ndarray) and array.nbytes > _LARGE:
                array = _aligned(array)
            return self.jax.device_put(array, sharding)
        array = numpy.asarray(array)
        return self.jax.make_array_from_callback(array.shape, sharding, lambda window: array[window])

    def _of_rows(self, shape: Sequence[int], axis: int) -> Any:
        if self.count == 1 or shape[axis] % self.count:
            return self._everywhere
        names = [None] * axis + ["data"]
        return self.jax.sharding.NamedSharding(self.mesh, self.jax.sharding.PartitionSpec(*names))

    # --- within a compiled program ---

    def share_rows(self, array: Any) -> Any:
        """Have each device work on its share of the rows, if they go up in the devices."""
        if self.count == 1:
            return array
        return self.jax.lax.with_sharding_constraint(array, self._of_rows(array.shape, 0))

    def hold_everywhere(self, tree: Any) -> Any:
        """Have every device hold these arrays as a whole."""
        if self.count == 1:
            return tree
        keep = self.jax.lax.with_sharding_constraint
        return self.jax.tree_util.tree_map(lambda array: keep(array, self._everywhere), tree)


def _aligned(array: Any) -> Any:
    """The same array in memory that JAX on a processor takes as it is; otherwise it is copied twice on the way."""
    if is_aligned(array):
        return array
    copy = aligned_empty(array.shape, array.dtype)
    copy[...] = array
    return copy


def _first_devices(there: Sequence[Any], count: int) -> list[Any]:
    if not 1 <= count <= len(there):
        message = f"{count} devices were asked for, and JAX sees {len(there)}"
        hint = "on a processor, XLA_FLAGS=--xla_force_host_platform_device_count=N makes N of it"
        raise UsageError(Fault("too-few-devices", message, hint=hint))
    return list(there[:count])
