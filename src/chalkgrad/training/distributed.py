"""Several processes that train one network together, each with its devices and its share of the samples of a batch.

Every process runs the same script on the same data:

    join_processes()
    engine = JaxEngine(problem, data)

with, for two processes on one machine, CHALKGRAD_COORDINATOR=127.0.0.1:8476, CHALKGRAD_PROCESSES=2 and
CHALKGRAD_PROCESS=0 or 1 in their environment.
"""

from __future__ import annotations

import os

from chalkgrad.errors import Fault, UsageError
from chalkgrad.training.jax_devices import require_jax

__all__ = ["join_processes", "leave_processes"]


def join_processes(coordinator: str | None = None, processes: int | None = None, process: int | None = None) -> bool:
    """Wait for the other processes; afterwards JAX sees the devices of all of them.

    It comes before anything else that uses JAX. What is not given is taken from the environment.

    Args:
        coordinator: address and port of process 0, such as `127.0.0.1:8476`; CHALKGRAD_COORDINATOR.
        processes: how many there are; CHALKGRAD_PROCESSES.
        process: the number of this one, from 0; CHALKGRAD_PROCESS.

    Returns:
        Whether there is more than one: without an address nothing happens.

    Raises:
        UsageError: `missing-extra`, without the package jax; `bad-process`, if the numbers make no sense;
            `processes-not-joined`, if the others cannot be reached.

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
    try:
        jax.distributed.initialize(coordinator_address=coordinator, num_processes=count, process_id=own)
    except (RuntimeError, ValueError) as error:
        message = f"process {own} of {count} did not find the others at {coordinator}: {error}"
        hint = "all must be started at about the same time, and before anything else uses JAX"
        raise UsageError(Fault("processes-not-joined", message, hint=hint)) from error
    return count > 1


def leave_processes() -> None:
    """Say goodbye to the other processes, when all of them are done."""
    require_jax().distributed.shutdown()


def _number(name: str, given: int | None) -> int:
    """A number that was given, or stands in the environment."""
    written = os.environ.get(name, "") if given is None else str(given)
    if not written.strip().isdecimal():
        said = f"`{written}` is no number" if written else "it is not given"
        hint = "give CHALKGRAD_COORDINATOR, CHALKGRAD_PROCESSES and CHALKGRAD_PROCESS together"
        raise UsageError(Fault("bad-process", f"{name}: {said}", hint=hint))
    return int(written)
