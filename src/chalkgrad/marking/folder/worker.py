"""A process that marks one page after the other: the options on its first line of input, then a page a line."""

from __future__ import annotations

import base64
import json
import pickle
import signal
import sys
from contextlib import suppress
from typing import Any, TextIO

from chalkgrad.errors import ChalkgradError
from chalkgrad.marking.folder.job import Job, Options, mark_job

__all__ = ["READY", "job_line", "options_line", "serve"]

READY = "ready"


def options_line(options: Options) -> str:
    """The first line for a process.

    Raises:
        Exception: if the problem cannot be said to another process.
    """
    return base64.b64encode(pickle.dumps(options)).decode("ascii") + "\n"


def job_line(job: Job) -> str:
    """The line of a page."""
    return json.dumps([job.page, job.name, job.report]) + "\n"


def serve(orders: TextIO, answers: TextIO) -> None:
    """Mark pages until there are no more orders; each answer is a row, or the fault that ends the work."""
    # What comes here was written by the process that started this one.
    options: Options = pickle.loads(base64.b64decode(orders.readline()))
    _answer(answers, READY)
    for line in orders:
        answer: dict[str, Any]
        try:
            answer = {"row": mark_job(Job(*json.loads(line)), options).data()}
        except ChalkgradError as error:
            fault = error.faults[0]
            answer = {"fault": [fault.code, fault.message, fault.hint]}
        _answer(answers, json.dumps(answer))


def _answer(answers: TextIO, line: str) -> None:
    answers.write(f"{line}\n")
    answers.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it ends it
    said, sys.stdout = sys.stdout, sys.stderr  # nothing but answers goes there
    with suppress(BrokenPipeError):
        serve(sys.stdin, said)
