"""One engine in a process of its own, which waits for its turn: lines of JSON in and out."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from engines import prepare
from workloads import WORKLOADS

__all__ = ["main"]


def main() -> int:
    """Say what was prepared; then run once for every line that comes in, until there are no more."""
    name, work, size = sys.argv[1:4]
    workload = WORKLOADS[work].quick() if size == "quick" else WORKLOADS[work]
    try:
        prepared = prepare(name, workload)
    except (ImportError, NotImplementedError) as reason:
        say(left_out=str(reason).splitlines()[0])
        return 0
    say(note=prepared.note)
    for _ in sys.stdin:
        start, worked = time.perf_counter(), time.process_time()
        result = prepared.run()
        seconds, worked = time.perf_counter() - start, time.process_time() - worked
        loss = result() if callable(result) else result
        scale = prepared.scale
        loss = None if loss is None else float(loss)
        say(seconds=seconds * scale, worked=worked * scale, scale=scale, loss=loss)
    return 0


def say(**answer: Any) -> None:
    """One line; libraries print to the same stream, so it has a mark."""
    print("answer " + json.dumps(answer), flush=True)


if __name__ == "__main__":
    sys.exit(main())
