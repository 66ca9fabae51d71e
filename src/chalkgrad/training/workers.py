"""Many runs at once, in processes of their own: as many as there are cores, each with one thread for its matrices."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy

from chalkgrad.errors import ChalkgradError, Fault, UsageError
from chalkgrad.ops import OPS
from chalkgrad.reading.changing import changed, problem_text
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem
from chalkgrad.reading.splitting import Parts
from chalkgrad.training.outcome import Outcome, from_json, outcome_of
from chalkgrad.training.training import Training
from chalkgrad.training.worker import READY, Order, save_dataset, save_parts

__all__ = ["Job", "can_travel", "core_count", "estimated_seconds", "on_its_samples", "run_jobs"]

Done = Callable[[int, Outcome], None]

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
_ENVIRONMENT = {**_ONE_THREAD, "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}

# A process needs about a second before it can begin.
_WORTH_A_PROCESS = 2.0
_OPERATIONS_A_SECOND = 5e9
_SECONDS_A_STEP = 5e-5


@dataclass(frozen=True)
class Job:
    """One run.

    Args:
        problem: what is trained.
        seed: takes the place of its seed.
        parts: which rows train and which do not; None as the problem draws them from `seed`.
    """

    problem: Problem
    seed: int
    parts: Parts | None = None


def core_count() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def can_travel(problem: Problem, how: Training) -> bool:
    """Whether a problem can be said to another process: by its text, and samples as arrays."""
    said = not problem.nodes and not problem.trained and not problem.rows and problem.ops is OPS
    return said and not how.callbacks and not how.start and bool(sys.executable)


def on_its_samples(problem: Problem) -> Problem:
    """The problem with its samples in memory, so that they are read once; listed ones and maps of files stay."""
    if problem.has_listed_samples or isinstance(problem.dataset.x, numpy.memmap):
        return problem
    return problem.with_dataset(problem.dataset)


def estimated_seconds(problem: Problem, rows: int) -> float:
    """About how long a run takes: 6 operations a parameter and sample, and what every step costs beside them."""
    sizes = [[axis.size or 1 for axis in node.shape] for node in problem.graph(1).parameters]
    parameters = sum(int(numpy.prod(size, dtype=int)) for size in sizes)
    batch = rows if problem.keys.batch == "full" else int(problem.keys.batch)
    steps = -(-rows // max(1, batch))
    each = 6 * parameters * rows / _OPERATIONS_A_SECOND + steps * _SECONDS_A_STEP
    return float(problem.keys.epochs * each)


def run_jobs(jobs: Sequence[Job], how: Training, done: Done, parallel: int | None = None) -> bool:
    """Train runs, several at a time, and say as each is done what it came to.

    Args:
        jobs: the runs.
        how: `engine`, `dtype` and `fast_dev_run` of each; with `callbacks` or `start` they are trained here.
        done: told the place of a job in `jobs` and what it came to, in the order in which they finish.
        parallel: how many at a time, 1 for one by one in this process; by default as many as there are cores, if they
            are worth it.

    Returns:
        Whether all jobs were done; an interruption (Ctrl-C) ends with those that are finished.

    Raises:
        UsageError: `not-a-count`, for `parallel` below 1.
    """
    if parallel is not None and parallel < 1:
        raise UsageError(Fault("not-a-count", f"at least one run at a time can be trained, and not {parallel}"))
    count = min(len(jobs), _wanted(jobs, how) if parallel is None else parallel)
    if count > 1 and all(can_travel(job.problem, how) for job in jobs):
        with tempfile.TemporaryDirectory(prefix="chalkgrad-") as folder:
            orders = [order.line() for order in _orders(jobs, how, Path(folder))]
            with suppress(_NoProcessError):
                return _Pool(orders, done, count).run()
    return _one_by_one(jobs, how, done)


def _wanted(jobs: Sequence[Job], how: Training) -> int:
    """As many processes as there are cores, if the runs take longer than it takes to start them."""
    seconds = 0.0
    for job in jobs:
        rows = len(job.parts.train) if job.parts is not None else len(job.problem.parts.train)
        seconds += estimated_seconds(job.problem, rows) / (job.problem.keys.epochs if how.fast_dev_run else 1)
    return core_count() if seconds > _WORTH_A_PROCESS else 1


def _one_by_one(jobs: Sequence[Job], how: Training, done: Done) -> bool:
    for place, job in enumerate(jobs):
        own = replace(how, parts=job.parts if job.parts is not None else how.parts, folder=None, resume=False)
        try:
            outcome = outcome_of(_seeded(job), own)
        except ChalkgradError as error:
            outcome = Outcome.of_error(error)
        except KeyboardInterrupt:
            return False
        if outcome.stopped == "interrupted":
            return False
        done(place, outcome)
    return True


def _seeded(job: Job) -> Problem:
    """The problem with the seed of the job; what was read from a file is not read again."""
    problem = changed(job.problem, {"seed": job.seed})
    if job.problem.has_listed_samples or job.problem.keys.data is None or problem.nodes:
        return problem
    return problem.with_dataset(job.problem.dataset)


# --- on the way ---


def _orders(jobs: Sequence[Job], how: Training, folder: Path) -> Iterator[Order]:
    """The jobs as text; arrays that several of them share are laid down once."""
    laid: dict[int, Path] = {}

    def place_of(thing: Any, save: Callable[[Path, Any], None]) -> str:
        if id(thing) not in laid:
            laid[id(thing)] = folder / str(len(laid))
            laid[id(thing)].mkdir()
            save(laid[id(thing)], thing)
        return str(laid[id(thing)])

    texts: dict[int, str] = {}
    for job in jobs:
        problem, file = job.problem, job.problem.file
        text = texts.setdefault(id(problem), problem_text(problem))
        directory = None if file.directory is None else str(file.directory.absolute())
        data, parts = problem.keys.data, job.parts if job.parts is not None else how.parts
        dataset = place_of(data, save_dataset) if isinstance(data, Dataset) else None
        where = place_of(parts, save_parts) if parts is not None else None
        places = (directory, job.seed, dataset, where)
        yield Order(text, file.name, *places, how.engine, how.dtype, how.fast_dev_run, how.threads)


class _NoProcessError(Exception):
    """The system lets no process be started, or what it starts is not this package."""


class _Worker:
    """A process that carries out one order after the other."""

    def __init__(self) -> None:
        paths = [os.path.abspath(path) for path in sys.path if path]
        environment = {**os.environ, **_ENVIRONMENT, "PYTHONPATH": os.pathsep.join(paths)}
        # In a group of its own, Ctrl-C does not reach it; `-P` keeps the current directory from being imported from.
        alone: dict[str, Any] = {"start_new_session": True}
        if sys.platform == "win32":
            alone = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "chalkgrad.training.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                encoding="ascii",
                **alone,
            )
        except OSError as error:
            raise _NoProcessError from error
        if self._read() != READY:
            self.close()
            raise _NoProcessError

    def carry_out(self, order: str) -> Outcome:
        """What an order comes to; the end of the process is an outcome too."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(order)
            self.process.stdin.flush()
            return from_json(json.loads(self._read()))
        except (OSError, ValueError):
            self.close()
            return Outcome(
                "failed", code="crashed", reason=f"the process that trained it ended ({_end_of(self.process)})"
            )

    def _read(self) -> str:
        assert self.process.stdout is not None
        return str(self.process.stdout.readline()).rstrip("\n")

    @property
    def is_there(self) -> bool:
        """Whether it can take another order."""
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


def _end_of(process: subprocess.Popen[str]) -> str:
    code = process.returncode
    return f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"


class _Pool:
    """Some processes that share the orders among them."""

    def __init__(self, orders: Sequence[str], done: Done, count: int) -> None:
        self.done, self.left = done, len(orders)
        self.orders: queue.SimpleQueue[tuple[int, str]] = queue.SimpleQueue()
        for numbered in enumerate(orders):
            self.orders.put(numbered)
        self.answers: queue.SimpleQueue[tuple[int, Outcome] | BaseException] = queue.SimpleQueue()
        self.is_over = threading.Event()
        self.workers = [_Worker()]
        self.lock = threading.Lock()
        self.count = count

    def run(self) -> bool:
        """Have all orders carried out; the answer is whether they were."""
        with self._threads():
            try:
                while self.left:
                    self._take_answer()
            except KeyboardInterrupt:
                return False
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

    @contextmanager
    def _threads(self) -> Iterator[None]:
        """A thread for each process; at the end, whatever still goes on is broken off."""
        first = self.workers[0]
        threads = [threading.Thread(target=self._serve, args=(first if k == 0 else None,)) for k in range(self.count)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.is_over.set()
            with self.lock:
                for worker in self.workers:
                    worker.kill()
            for thread in threads:
                thread.join()

    def _serve(self, worker: _Worker | None) -> None:
        """Hand order after order to a process, and start another if it ends."""
        try:
            while not self.is_over.is_set():
                place, order = self.orders.get_nowait()
                try:
                    worker = worker if worker is not None and worker.is_there else self._new()
                    outcome = worker.carry_out(order)
                except _NoProcessError:
                    outcome = Outcome("failed", code="crashed", reason="no process could be started to train it")
                if not self.is_over.is_set():
                    self.answers.put((place, outcome))
        except queue.Empty:
            pass
        except BaseException as error:
            self.answers.put(error)
        finally:
            if worker is not None:
                worker.close()

    def _new(self) -> _Worker:
        """A process more; the first of all has shown that they can be started."""
        worker = _Worker()
        with self.lock:
            self.workers.append(worker)
        if self.is_over.is_set():
            worker.kill()
        return worker
