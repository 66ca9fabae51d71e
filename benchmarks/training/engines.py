"""Who is measured: each engine's name, where it is written, the library it needs and the works it does."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from workloads import Workload

__all__ = ["ENGINES", "TARGETS", "Engine", "Prepared", "Target", "prepare"]

ALL = ("T1", "T2", "T3", "T4", "T5")
ONE_NETWORK = ALL[:4]
IMAGES = ("T3", "T4")


@dataclass(frozen=True)
class Prepared:
    """A work ready to be timed: the library imported, the data where it is needed, nothing trained.

    Args:
        run: trains from the starting weights, and gives the mean loss over the last epoch (of many networks, the
            first's); or a function that works it out, untimed; or `None` where it is not the same quantity.
        scale: by how much the seconds are multiplied, where only a share of the networks was trained.
        note: what is not the same as in the other engines, for a line under the table.
    """

    run: Callable[[], Any]
    scale: float = 1.0
    note: str = ""


@dataclass(frozen=True)
class Engine:
    """One row of a table.

    Args:
        name: what it is called on the command line.
        module: the file beside this one that holds it.
        function: what prepares it: takes a `Workload`, gives a `Prepared`.
        libraries: what it imports.
        works: the works it does.
        settings: further arguments of the function.
        environment: variables that are set before its process starts.
    """

    name: str
    module: str
    function: str
    libraries: tuple[str, ...]
    works: tuple[str, ...] = ONE_NETWORK
    settings: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)


def _torch(name: str, function: str, works: tuple[str, ...] = ONE_NETWORK, **settings: Any) -> Engine:
    return Engine(name, "pytorch_peers", function, ("torch",), works, settings)


def _jax(name: str, function: str, works: tuple[str, ...] = ONE_NETWORK, **settings: Any) -> Engine:
    return Engine(name, "jax_peers", function, ("jax",), works, settings)


def _keras(name: str, backend: str) -> Engine:
    return Engine(name, "keras_peers", "fitted", ("keras", backend), ALL, environment={"KERAS_BACKEND": backend})


def _ours(name: str, engine: str, libraries: tuple[str, ...]) -> Engine:
    return Engine(name, "ours", "measured", libraries, ALL, {"engine": engine})


ENGINES = {
    engine.name: engine
    for engine in (
        _ours("chalkgrad-numpy", "numpy", ("chalkgrad.training.training",)),
        _ours("chalkgrad-jax", "jax", ("chalkgrad.training.training", "jax")),
        Engine("numpy-naive", "numpy_peers", "naive", ("numpy",)),
        Engine("numpy-buffers", "numpy_buffers", "with_buffers", ("numpy",)),
        Engine("numpy-batched", "numpy_peers", "batched", ("numpy",), ("T5",)),
        _torch("pytorch", "eager", ALL),
        _torch("pytorch-foreach", "eager", foreach=True),
        _torch("pytorch-fused", "eager", ALL, fused=True),
        _torch("pytorch-loader", "with_loader", IMAGES),
        _torch("pytorch-by-hand", "by_hand"),
        _torch("pytorch-vmap", "vmapped", ("T5",)),
        _jax("jax-step", "one_call_a_step"),
        _jax("jax-scan", "scanned"),
        _jax("jax-scan-by-hand", "scanned", written_out=True),
        _jax("jax-vmap", "vmapped", ("T5",)),
        Engine("scikit-learn", "sklearn_peer", "fitted", ("sklearn",), ALL),
        _keras("keras-jax", "jax"),
        _keras("keras-torch", "torch"),
    )
}


def prepare(name: str, workload: Workload) -> Prepared:
    """An engine made ready for a work, in this process."""
    engine = ENGINES[name]
    os.environ.update(engine.environment)
    function = getattr(importlib.import_module(engine.module), engine.function)
    prepared: Prepared = function(workload, **engine.settings)
    return prepared


@dataclass(frozen=True)
class Target:
    """What we want: so many times faster than a peer, or within a factor of its time.

    Args:
        work: T1 to T5.
        engine: one of ours.
        peer: whom it is compared with.
        faster: the least ratio of the peer's time to ours.
    """

    work: str
    engine: str
    peer: str
    faster: float

    def __str__(self) -> str:
        if self.faster < 1:
            return f"within {1 / self.faster:.2f} of {self.peer}"
        return f"{self.faster:g}x {self.peer}"


TARGETS = (
    Target("T1", "chalkgrad-numpy", "pytorch", 8),
    Target("T1", "chalkgrad-jax", "pytorch", 1000),
    Target("T2", "chalkgrad-numpy", "pytorch", 5),
    Target("T2", "chalkgrad-jax", "pytorch", 15),
    Target("T3", "chalkgrad-numpy", "pytorch", 1.3),
    Target("T3", "chalkgrad-numpy", "scikit-learn", 1.7),
    Target("T3", "chalkgrad-jax", "pytorch", 1.8),
    Target("T3", "chalkgrad-jax", "jax-scan", 1 / 1.05),
    Target("T4", "chalkgrad-numpy", "scikit-learn", 1.9),
    Target("T4", "chalkgrad-jax", "jax-scan", 1 / 1.05),
    Target("T4", "chalkgrad-jax", "pytorch-fused", 1 / 1.05),
    Target("T5", "chalkgrad-jax", "pytorch", 15),
    Target("T5", "chalkgrad-jax", "jax-vmap", 1 / 1.1),
)
