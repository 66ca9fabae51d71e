"""Several processes that train one network together, each with its devices and its share of the samples of a batch.

Every process runs the same script on the same data:

    join_processes()
    engine = JaxEngine(problem, data)

with, for two processes on one machine, CHALKGRAD_COORDINATOR=127.0.0.1:8476, CHALKGRAD_PROCESSES=2 and
CHALKGRAD_PROCESS=0 or 1 in their environment.
"""

from __future__ import annotations

import os
import socket
import time

from chalkgrad.errors import Fault, UsageError
from chalkgrad.training.engines.jax_devices import require_jax

__all__ = ["join_processes", "leave_processes"]


def join_processes(
    coordinator: str | None = None, processes: int | None = None, process: int | None = None, timeout: int = 300
) -> bool:
    """Wait for the other processes; afterwards JAX sees the devices of all of them.

    It comes before anything else that uses JAX. What is not given is taken from the environment.

    Args:
        coordinator: address and port of process 0, such as `127.0.0.1:8476`; CHALKGRAD_COORDINATOR.
        processes: how many there are; CHALKGRAD_PROCESSES.
        process: the number of this one, from 0; CHALKGRAD_PROCESS.
        timeout: how many seconds to wait for the others. If some do not come, JAX ends process 0.

    Returns:
        Whether there is more than one: without an address nothing happens.

    Raises:
        UsageError: `missing-extra`, without the package jax; `bad-process`, if the numbers make no sense;
            `processes-not-joined`, if process 0 cannot be reached.

    Source: https://docs.jax.dev/en/latest/multi_process.html
    """
    coordinator = coordinator or os.environ.get("CHALKGRAD_COORDINATOR", "")
    if not coordinator:
        return False
    count = _number("CHALKGRAD_PROCESSES", processes)
    own = _number("CHALKGRAD_PROCESS", process)
    if not 0 <= own < count:
        hint = "processes are counted from 0, and each has a number of its own"
        raise UsageError(Fault("bad-process", f"process {own} of {count} makes no sense", hint=hint))
    jax = require_jax()
    if own > 0:
        _wait_for(coordinator, timeout)
    try:
        jax.distributed.initialize(coordinator, count, own, initialization_timeout=timeout)
    except (RuntimeError, ValueError) as error:
        message = f"process {own} of {count} could not join the others at {coordinator}: {error}"
        hint = "it comes once, and before anything else uses JAX"
        raise UsageError(Fault("processes-not-joined", message, hint=hint)) from error
    return count > 1


def leave_processes() -> None:
    """Say goodbye to the other processes, when all of them are done."""
    require_jax().distributed.shutdown()


def _wait_for(coordinator: str, timeout: float) -> None:
    """Wait until process 0 listens: JAX itself would end this process if it does not."""
    host, _, port = coordinator.rpartition(":")
    if not host or not port.isdecimal():
        hint = "an address and a port, such as 127.0.0.1:8476"
        raise UsageError(Fault("bad-process", f"`{coordinator}` is no address of process 0", hint=hint))
    end = time.monotonic() + timeout
    while True:
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=1).close()
            return
        except OSError as error:
            if time.monotonic() > end:
                message = f"process 0 does not answer at {coordinator}: {error}"
                hint = "all processes must be started at about the same time"
                raise UsageError(Fault("processes-not-joined", message, hint=hint)) from error
        time.sleep(0.1)


def _number(name: str, given: int | None) -> int:
    """A number that was given, or stands in the environment."""
    written = os.environ.get(name, "") if given is None else str(given)
    if not written.strip().isdecimal():
        said = f"`{written}` is no number" if written else "it is not given"
        hint = "give CHALKGRAD_COORDINATOR, CHALKGRAD_PROCESSES and CHALKGRAD_PROCESS together"
        raise UsageError(Fault("bad-process", f"{name}: {said}", hint=hint))
    return int(written)
