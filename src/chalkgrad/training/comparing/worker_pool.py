"""Processes of our own that carry out orders, each with one thread for its matrices."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from chalkgrad.training.comparing.outcome import Outcome, from_json
from chalkgrad.training.comparing.worker import READY

__all__ = ["NoProcessError", "Pool", "Worker"]

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
_XLA_FLAGS = "--xla_cpu_multi_thread_eigen=false"


class NoProcessError(Exception):
    """The system lets no process be started, or what it starts is not this package."""


class Worker:
    """A process that carries out one order after the other."""

    def __init__(self) -> None:
        paths = [os.path.abspath(path) for path in sys.path if path]
        flags = f"{os.environ.get('XLA_FLAGS', '')} {_XLA_FLAGS}".strip()
        environment = {**os.environ, **_ENVIRONMENT, "XLA_FLAGS": flags, "PYTHONPATH": os.pathsep.join(paths)}
        # In a group of its own, Ctrl-C does not reach it; `-P` keeps the current directory from being imported from.
        alone: dict[str, Any] = {"start_new_session": True}
        if sys.platform == "win32":
            alone = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "chalkgrad.training.comparing.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                encoding="ascii",
                **alone,
            )
        except OSError as error:
            raise NoProcessError from error
        if self._read() != READY:
            self.close()
            raise NoProcessError

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


class Pool:
    """Some processes that share the orders among them."""

    def __init__(self, orders: Sequence[str], done: Done, count: int) -> None:
        self.done, self.left = done, len(orders)
        self.orders: queue.SimpleQueue[tuple[int, str]] = queue.SimpleQueue()
        for numbered in enumerate(orders):
            self.orders.put(numbered)
        self.answers: queue.SimpleQueue[tuple[int, Outcome] | BaseException] = queue.SimpleQueue()
        self.is_over = threading.Event()
        self.workers = [Worker()]
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

    def _serve(self, worker: Worker | None) -> None:
        """Hand order after order to a process, and start another if it ends."""
        try:
            while not self.is_over.is_set():
                place, order = self.orders.get_nowait()
                try:
                    worker = worker if worker is not None and worker.is_there else self._new()
                    outcome = worker.carry_out(order)
                except NoProcessError:
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

    def _new(self) -> Worker:
        """A process more; the first of all has shown that they can be started."""
        worker = Worker()
        with self.lock:
            self.workers.append(worker)
        if self.is_over.is_set():
            worker.kill()
        return worker
