"""Engines in processes of their own that train in turns, so that a slow moment of the machine meets all alike."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from engines import ENGINES

__all__ = ["Measured", "limited_to", "measure", "ratio_of"]

FOLDER = Path(__file__).parent


@dataclass
class Measured:
    """What came out for one engine.

    Args:
        name: its name.
        left_out: why it was not measured, if so.
        note: what is not the same in it.
        loss: the loss of its first run; `None` where it is not the same quantity.
        first: seconds of its first run.
        scale: by how much its seconds were multiplied, where it trained a few of many networks.
        seconds: of every later run, one for each round.
        worked: processor seconds of those runs, of all threads together.
    """

    name: str
    left_out: str = ""
    note: str = ""
    loss: float | None = None
    first: float = 0.0
    scale: float = 1.0
    seconds: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Median seconds of a run."""
        return median(self.seconds)

    @property
    def compiling(self) -> float:
        """Seconds that the first run took longer than the others: compiling, and choosing threads."""
        return max(0.0, self.first - self.median) / self.scale


def ratio_of(one: Measured, other: Measured) -> float:
    """How many times as long the other takes: the median over the rounds."""
    return median(theirs / ours for ours, theirs in zip(one.seconds, other.seconds, strict=True))


def limited_to(threads: int | None) -> dict[str, str]:
    """The variables that tell the libraries how many threads to take; none where each chooses for itself."""
    if threads is None:
        return {}
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
    return {name: str(threads) for name in names}


class Process:
    """A worker that was started."""

    def __init__(self, name: str, work: str, quick: bool, threads: int | None) -> None:
        command = [sys.executable, "-W", "ignore", str(FOLDER / "worker.py"), name, work, "quick" if quick else "whole"]
        environment = os.environ | limited_to(threads) | ENGINES[name].environment
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        # Some libraries take no number of threads but look at the cores they may use.
        if threads is not None and hasattr(os, "sched_setaffinity"):
            allowed = sorted(os.sched_getaffinity(0))[:threads]
            os.sched_setaffinity(self.process.pid, allowed)

    def answer(self) -> dict[str, Any]:
        """The next answer, or that there is none."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("answer "):
                told: dict[str, Any] = json.loads(line.removeprefix("answer "))
                return told
        return {"left_out": f"its process ended with {self.process.wait()}"}

    def run(self) -> dict[str, Any]:
        """One run."""
        assert self.process.stdin is not None
        try:
            print("run", file=self.process.stdin, flush=True)
        except BrokenPipeError:
            return {"left_out": "its process ended"}
        return self.answer()

    def close(self) -> None:
        """Let it end, and wait for it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


def measure(work: str, names: Sequence[str], rounds: int, quick: bool, threads: int | None) -> list[Measured]:
    """All engines on one work: a first run each, then rounds in which everyone runs once."""
    results = [Measured(name) for name in names]
    processes = {name: Process(name, work, quick, threads) for name in names}
    try:
        for result in results:
            _prepared(result, processes[result.name])
        for turn in range(rounds):
            taking_part = [result for result in results if not result.left_out]
            # Who begins changes from round to round.
            shift = turn % max(1, len(taking_part))
            for result in taking_part[shift:] + taking_part[:shift]:
                told = processes[result.name].run()
                result.left_out = told.get("left_out", "")
                if not result.left_out:
                    result.seconds.append(told["seconds"])
                    result.worked.append(told["worked"])
    finally:
        for process in processes.values():
            process.close()
    return results


def _prepared(result: Measured, process: Process) -> None:
    told = process.answer()
    result.note = told.get("note", "")
    if "left_out" not in told:
        told = process.run()
    result.left_out = told.get("left_out", "")
    if not result.left_out:
        result.first, result.loss, result.scale = told["seconds"], told["loss"], told["scale"]
