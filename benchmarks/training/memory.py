"""Measures the most memory that a process holds while it trains T3, less that of its libraries.

It stands against what no training can do without: the data, three times the parameters (themselves and the two moments
of Adam), and the values of one batch.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from once import save_samples
from workloads import WORKLOADS, Samples, Workload, samples_of

__all__ = ["main"]

_WORK = "T3"
_WANTED = 1.2
_ENGINES = (
    "chalkgrad-numpy,chalkgrad-jax,numpy-naive,numpy-buffers,pytorch,pytorch-fused,pytorch-loader,jax-scan,"
    "scikit-learn,keras-jax,keras-torch"
)


def main() -> int:
    """Print one table; the exit code is 0."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--only", default=_ENGINES, help="engines, with commas")
    reader.add_argument("--quick", action="store_true", help="a small work: to see that it runs, not to quote")
    said = reader.parse_args()
    workload = WORKLOADS[_WORK].quick() if said.quick else WORKLOADS[_WORK]
    samples = samples_of(workload)
    needed = needed_bytes(workload, samples)
    print(f"{workload.title}\ndata, three times the parameters and one batch's values: {needed / 1e6:.1f} MB\n")
    print(f"{'engine':18}{'libraries MB':>14}{'most MB':>10}{'training MB':>13}{'ratio':>8}  target")
    with tempfile.TemporaryDirectory() as folder:
        save_samples(samples, Path(folder))
        for name in said.only.split(","):
            print(_row(name, Path(folder), needed, said.quick), flush=True)
    return 0


def needed_bytes(workload: Workload, samples: Samples) -> int:
    """What must be held: data, parameters with Adam's moments, and of one batch every layer's input and output."""
    of_a_row = workload.sizes[0] + 2 * sum(workload.sizes[1:])
    of_a_batch = 4 * min(workload.batch, workload.samples) * of_a_row
    return int(samples.x.nbytes + samples.y.nbytes + 3 * 4 * workload.parameters + of_a_batch)


def _row(name: str, folder: Path, needed: int, quick: bool) -> str:
    imported = _ended([name, _WORK, str(folder), "--import-only"])
    trained = _ended([name, _WORK, str(folder), *(["--quick"] if quick else [])])
    left_out = imported.get("left_out") or trained.get("left_out")
    if left_out:
        return f"{name}: left out, {left_out}"
    spent = trained["bytes"] - imported["bytes"]
    target = ""
    if name.startswith("chalkgrad"):
        target = f"  at most {_WANTED}: {'met' if spent <= _WANTED * needed else 'NOT MET'}"
    return (
        f"{name:18}{imported['bytes'] / 1e6:14.1f}{trained['bytes'] / 1e6:10.1f}{spent / 1e6:13.1f}"
        f"{spent / needed:8.2f}{target}"
    )


def _ended(arguments: Sequence[str]) -> dict[str, Any]:
    """What a process says at its end."""
    command = [sys.executable, "-W", "ignore", str(Path(__file__).with_name("once.py")), *arguments]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    for line in ended.stdout.splitlines():
        if line.startswith("answer "):
            told: dict[str, Any] = json.loads(line.removeprefix("answer "))
            return told
    return {"left_out": f"its process ended with {ended.returncode}"}


if __name__ == "__main__":
    sys.exit(main())
