"""One process that reads the data of a work from a file, trains once and ends: what `memory` and `starting` measure."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy
import workloads
from engines import ENGINES, Prepared

__all__ = ["main", "save_samples"]


def main() -> int:
    """Train once, or only import what training needs; print the most memory held, in bytes."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("engine", choices=ENGINES)
    reader.add_argument("work", choices=workloads.WORKLOADS)
    reader.add_argument("data", type=Path, help="a folder made by `save_samples`")
    reader.add_argument("--quick", action="store_true")
    reader.add_argument("--import-only", action="store_true")
    said = reader.parse_args()
    engine, workload = ENGINES[said.engine], workloads.WORKLOADS[said.work]
    os.environ.update(engine.environment)
    try:
        module = importlib.import_module(engine.module)
        for library in engine.libraries:
            importlib.import_module(library)
        if not said.import_only:
            # Every engine asks `samples_of` for its data; here it lies in a file, as a user's does.
            module.samples_of = lambda workload: read_samples(said.data)
            workload = replace(workload.quick() if said.quick else workload, common_order=False)
            prepared: Prepared = getattr(module, engine.function)(workload, **engine.settings)
            prepared.run()
    except (ImportError, NotImplementedError) as reason:
        print("answer " + json.dumps({"left_out": str(reason).splitlines()[0]}))
        return 0
    print("answer " + json.dumps({"bytes": most_memory()}))
    return 0


def save_samples(samples: workloads.Samples, folder: Path) -> None:
    """The rows and their targets as files."""
    numpy.save(folder / "x.npy", samples.x)
    numpy.save(folder / "y.npy", samples.y)


def read_samples(folder: Path) -> workloads.Samples:
    """The same again, targets one-hot too."""
    x, y = numpy.load(folder / "x.npy"), numpy.load(folder / "y.npy")
    return workloads.Samples(x, y, numpy.eye(int(y.max()) + 1, dtype=numpy.float32)[y] if y.ndim == 1 else y)


def most_memory() -> int:
    """The largest resident size of this process so far, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not `getrusage`: that counts what the parent held when this process was started.
        lines: dict[str, Any] = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        return int(lines["VmHWM"].split()[0]) * 1024
    import resource

    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest if sys.platform == "darwin" else largest * 1024


if __name__ == "__main__":
    sys.exit(main())
