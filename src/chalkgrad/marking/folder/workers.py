"""Processes of our own that mark pages, as many as there are cores.

Each is a fresh Python that runs `worker.py`: it does not matter what the program that marks has imported, started or
opened, and a page that brings its process down costs that page alone.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from chalkgrad.errors import Fault, UsageError
from chalkgrad.marking.folder.job import Job, Options, mark_job
from chalkgrad.marking.folder.rows import Row
from chalkgrad.marking.folder.worker import READY, job_line, options_line

__all__ = ["core_count", "mark_jobs"]

Done = Callable[[int, Row], None]
# Starting a process takes about as long as marking a few pages.
_FEWEST_JOBS = 6
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"), "1")


class _NoProcessError(Exception):
    """No process could be started, or it is not this package that runs in it."""


def core_count() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


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
    wanted = core_count() if processes is None else processes
    if processes is None and len(jobs) < _FEWEST_JOBS:
        wanted = 1
    if wanted > 1 and sys.executable:
        with suppress(_NoProcessError, TypeError, AttributeError, ImportError):
            return _Pool(jobs, options_line(options), done, min(wanted, len(jobs))).run()
    return _one_by_one(jobs, options, done)


def _one_by_one(jobs: Sequence[Job], options: Options, done: Done) -> bool:
    try:
        for place, job in enumerate(jobs):
            done(place, mark_job(job, options))
    except KeyboardInterrupt:
        return False
    return True


class _Worker:
    """A process that marks one page after the other."""

    def __init__(self, first_line: str) -> None:
        paths = [os.path.abspath(path) for path in sys.path if path]
        environment = {**os.environ, **_ONE_THREAD, "PYTHONPATH": os.pathsep.join(paths)}
        # In a group of its own, Ctrl-C does not reach it; `-P` keeps the current folder from being imported from.
        alone: dict[str, Any] = {"start_new_session": True}
        if sys.platform == "win32":
            alone = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "chalkgrad.marking.folder.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                encoding="ascii",
                **alone,
            )
        except OSError as error:
            raise _NoProcessError from error
        if self._ask(first_line) != READY:
            self.close()
            raise _NoProcessError

    def mark(self, job: Job) -> Row | UsageError:
        """The row of a page, or why its report could not be written."""
        try:
            answer = json.loads(self._ask(job_line(job)))
        except ValueError:
            self.close()
            return Row(job.name, "fault of ours", words="the process that marked it ended")
        if "fault" in answer:
            code, message, hint = answer["fault"]
            return UsageError(Fault(code, message, hint=hint))
        return Row.of(answer["row"])

    def _ask(self, line: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(line)
            self.process.stdin.flush()
            return str(self.process.stdout.readline()).rstrip("\n")
        except (OSError, ValueError):
            return ""

    @property
    def is_there(self) -> bool:
        """Whether it can take another page."""
        return self.process.poll() is None

    def kill(self) -> None:
        """End it at once, whatever it is doing."""
        with suppress(OSError):
            self.process.kill()

    def close(self) -> None:
        """End it, and wait until it has ended."""
        self.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


class _Pool:
    """Some processes that share the pages among them."""

    def __init__(self, jobs: Sequence[Job], first_line: str, done: Done, count: int) -> None:
        self.first_line, self.done, self.left, self.count = first_line, done, len(jobs), count
        self.jobs: queue.SimpleQueue[tuple[int, Job]] = queue.SimpleQueue()
        for numbered in enumerate(jobs):
            self.jobs.put(numbered)
        self.answers: queue.SimpleQueue[tuple[int, Row] | BaseException] = queue.SimpleQueue()
        self.is_over = threading.Event()
        self.lock = threading.Lock()
        self.workers = [_Worker(first_line)]

    def run(self) -> bool:
        """Have all pages marked; the answer is whether they were."""
        threads = [
            threading.Thread(target=self._serve, args=(self.workers[0] if place == 0 else None,))
            for place in range(self.count)
        ]
        for thread in threads:
            thread.start()
        try:
            while self.left:
                self._take_answer()
        except KeyboardInterrupt:
            return False
        finally:
            self.is_over.set()
            with self.lock:
                for worker in self.workers:
                    worker.kill()
            for thread in threads:
                thread.join()
        return True

    def _take_answer(self) -> None:
        try:
            # Waiting without an end cannot be interrupted on Windows.
            answer = self.answers.get(timeout=0.2)
        except queue.Empty:
            return
        if isinstance(answer, BaseException):
            raise answer
        self.left -= 1
        self.done(*answer)

    def _serve(self, worker: _Worker | None) -> None:
        """Hand page after page to a process, and start another if it ends."""
        try:
            while not self.is_over.is_set():
                place, job = self.jobs.get_nowait()
                answer: Row | UsageError
                try:
                    worker = worker if worker is not None and worker.is_there else self._new()
                    answer = worker.mark(job)
                except _NoProcessError:
                    answer = Row(job.name, "fault of ours", words="no process could be started to mark it")
                if not self.is_over.is_set():
                    self.answers.put(answer if isinstance(answer, UsageError) else (place, answer))
        except queue.Empty:
            pass
        except BaseException as error:
            self.answers.put(error)
        finally:
            if worker is not None:
                worker.close()

    def _new(self) -> _Worker:
        worker = _Worker(self.first_line)
        with self.lock:
            self.workers.append(worker)
        if self.is_over.is_set():
            worker.kill()
        return worker
