"""Pages marked several at a time, in as many processes as there are cores."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache

from chalkgrad.marking.folder.job import Job, Options, mark_job
from chalkgrad.marking.folder.rows import Row
from chalkgrad.processes import NoProcessError, core_count, in_processes

__all__ = ["mark_jobs"]

Done = Callable[[int, Row], None]
# Starting a process takes about as long as marking a few pages.
_FEWEST_JOBS = 6


def mark_jobs(jobs: Sequence[Job], options: Options, done: Done, processes: int | None = None) -> bool:
    """Mark pages, several at a time.

    Args:
        jobs: the pages.
        options: how.
        done: told the place of a page in `jobs` and its row, in the order in which they finish.
        processes: how many at a time; by default as many as there are cores, if there are pages enough.

    Returns:
        Whether all were marked; an interruption (Ctrl-C) ends with those that are done.

    Raises:
        UsageError: where reports cannot be written.
    """
    wanted = processes or (core_count() if len(jobs) >= _FEWEST_JOBS else 1)
    if wanted > 1 and (said := _said(options)):
        with suppress(NoProcessError):
            return in_processes(_mark, [(said, job) for job in jobs], done, _crashed, wanted)
    return _one_by_one(jobs, options, done)


def _said(options: Options) -> bytes:
    """The options for another process; nothing if what a program made itself cannot be said to one."""
    with suppress(pickle.PicklingError, TypeError, AttributeError):
        return pickle.dumps(options)
    return b""


@lru_cache(maxsize=1)
def _heard(said: bytes) -> Options:
    """The options in the process that marks, once for all of its pages."""
    options: Options = pickle.loads(said)
    return options


def _mark(order: tuple[bytes, Job]) -> Row:
    said, job = order
    return mark_job(job, _heard(said))


def _crashed(order: tuple[bytes, Job]) -> Row:
    return Row(order[1].name, "fault of ours", words="the process that marked it ended")


def _one_by_one(jobs: Sequence[Job], options: Options, done: Done) -> bool:
    try:
        for place, job in enumerate(jobs):
            done(place, mark_job(job, options))
    except KeyboardInterrupt:
        return False
    return True
