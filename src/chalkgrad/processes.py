"""Work in processes of its own, several at a time: loky's, which start fresh and die alone.

It does not matter what the program that asks for the work has imported, opened or started, nor whether its main module
can be imported again; and work that brings its process down costs no other work.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, TypeVar

__all__ = ["NoProcessError", "core_count", "in_processes"]

Job = TypeVar("Job")
Answer = TypeVar("Answer")
_Numbered = tuple[int, Job]

# Two processes that multiply matrices with all cores each only wait for one another.
_ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "BLIS_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
        "NUMEXPR_NUM_THREADS",
    ),
    "1",
)
# On a GPU, the first of several processes would take all the memory for itself.
_JAX = {"XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
_XLA_FLAGS = "--xla_cpu_multi_thread_eigen=false"
# Nothing is imported from the current folder, which may hold anything.
_SAFE_PATH = "PYTHONSAFEPATH"
_SECONDS_BETWEEN_LOOKS = 1.0


class NoProcessError(Exception):
    """The system lets no process be started."""


def core_count() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def in_processes(
    work: Callable[[Job], Answer],
    jobs: Iterable[Job],
    done: Callable[[int, Answer], None],
    lost: Callable[[Job], Answer],
    count: int,
) -> bool:
    """Have jobs done in several processes, each with one thread for its matrices.

    Args:
        work: a function of a module; what it takes, gives and raises can be pickled.
        jobs: what it is asked to do.
        done: told the place of a job among `jobs` and its answer, in the order in which they finish.
        lost: the answer to a job that ends the process in which it is done.
        count: how many processes.

    Returns:
        Whether all were done; an interruption (Ctrl-C) ends with those that are.

    Raises:
        NoProcessError: if no process can be started.
        Exception: what `work` or `done` raises.
    """
    waiting: deque[_Numbered[Job]] = deque(enumerate(jobs))
    try:
        while waiting:
            suspects = _until_one_ends(work, waiting, done, count)
            for place, job in suspects:
                # Which of them ended its process is known when each has one to itself.
                alone = deque([(place, job)])
                if _until_one_ends(work, alone, done, 1):
                    done(place, lost(job))
    except KeyboardInterrupt:
        return False
    return True


def _until_one_ends(
    work: Callable[[Job], Answer], waiting: deque[_Numbered[Job]], done: Callable[[int, Answer], None], count: int
) -> Sequence[_Numbered[Job]]:
    """Have jobs done until none waits, or a process has ended; the jobs that were then being done."""
    running: dict[Future[Answer], _Numbered[Job]] = {}
    with _processes(min(count, len(waiting))) as pool:
        while waiting or running:
            while waiting and len(running) < count:
                place, job = waiting.popleft()
                running[pool.submit(work, job)] = place, job
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in sorted(finished, key=lambda future: running[future][0]):
                if isinstance(future.exception(), BrokenProcessPool):
                    continue
                done(running[future][0], future.result())
                del running[future]
            if any(future.done() for future in running):
                return list(running.values())
    return []


@contextmanager
def _processes(count: int) -> Iterator[Any]:
    """A pool of processes, which end with it."""
    from loky import ProcessPoolExecutor

    flags = f"{os.environ.get('XLA_FLAGS', '')} {_XLA_FLAGS}".strip()
    environment = {**_ONE_THREAD, **_JAX, "XLA_FLAGS": flags, _SAFE_PATH: "1"}
    pool = ProcessPoolExecutor(count, initializer=_settle_in, initargs=(os.getpid(),), env=environment)
    try:
        try:
            with _safe_path():
                pool.submit(int).result()
        except (BrokenProcessPool, OSError) as error:
            raise NoProcessError from error
        yield pool
    finally:
        pool.shutdown(kill_workers=True)


@contextmanager
def _safe_path() -> Iterator[None]:
    """Where loky starts a process for its own housekeeping, which takes no environment from us."""
    earlier = os.environ.get(_SAFE_PATH)
    os.environ[_SAFE_PATH] = "1"
    try:
        yield
    finally:
        if earlier is None:
            del os.environ[_SAFE_PATH]
        else:
            os.environ[_SAFE_PATH] = earlier


def _settle_in(parent: int) -> None:
    """Make a new process one that says nothing, ends with its parent, and leaves Ctrl-C to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """End when the process that asked for the work has: nobody waits for an answer any more."""
    while os.getppid() == parent:
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    os._exit(1)
