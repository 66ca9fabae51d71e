"""Devices in words, and what they have room for."""

from types import SimpleNamespace
from typing import Any

import numpy
import pytest

pytest.importorskip("jax", reason="jax, an extra, is not installed: pip install chalkgrad[jax]")

from chalkgrad.training.engines.jax_devices import JaxDevices


def devices_like(kind: str, processes: list[int], limit: int | None = None) -> JaxDevices:
    """Devices that are not there."""
    made = JaxDevices(numpy.float32)
    platform = "cpu" if kind == "cpu" else "gpu"
    made.devices = [
        SimpleNamespace(
            device_kind=kind, process_index=process, platform=platform, memory_stats=lambda: {"bytes_limit": limit}
        )
        for process in processes
    ]
    return made


@pytest.mark.parametrize(
    ("kind", "processes", "words"),
    [
        ("cpu", [0], "1 CPU device"),
        ("cpu", [0, 0], "2 CPU devices"),
        ("NVIDIA H100 80GB HBM3", [0], "NVIDIA H100 80GB HBM3"),
        ("NVIDIA H100 80GB HBM3", [0, 0, 1, 1], "4 times NVIDIA H100 80GB HBM3 in 2 processes"),
    ],
)
def test_words(kind: str, processes: list[int], words: str) -> None:
    assert devices_like(kind, processes).words == words


@pytest.mark.parametrize(("size", "has"), [(40, True), (60, False)])
def test_samples_may_take_half_of_a_device(size: int, has: bool) -> None:
    assert devices_like("some GPU", [0], limit=100).has_room_for(size) is has
    assert devices_like("cpu", [0], limit=1).has_room_for(size)


@pytest.mark.parametrize(("dtype", "expected"), [(numpy.float32, "float32"), (numpy.float64, "float64")])
def test_precision_holds_within_its_context_only(dtype: Any, expected: str) -> None:
    import jax.numpy as jnp

    devices = JaxDevices(dtype)
    with devices.precision():
        assert devices.put(numpy.zeros(3)).dtype == expected
    assert jnp.zeros(1).dtype == numpy.float32
