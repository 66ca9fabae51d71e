"""Measures whole processes, from start to one trained epoch of T3 on data read from a file; all in turns."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from once import save_samples
from workloads import WORKLOADS, samples_of

__all__ = ["main"]

_WORK = "T3"
_ENGINES = "chalkgrad-numpy,chalkgrad-jax,numpy-buffers,jax-scan,pytorch,pytorch-fused,scikit-learn,keras-jax"


def main() -> int:
    """Print one table; the exit code is 0."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--only", default=_ENGINES, help="engines, with commas")
    reader.add_argument("--rounds", type=int, default=3, help="processes of each engine")
    reader.add_argument("--quick", action="store_true", help="a small work, one round: to see that it runs")
    said = reader.parse_args()
    workload = WORKLOADS[_WORK].quick() if said.quick else WORKLOADS[_WORK]
    with tempfile.TemporaryDirectory() as folder:
        save_samples(samples_of(workload), Path(folder))
        seconds = _in_turns(said.only.split(","), folder, 1 if said.quick else said.rounds, said.quick)
    print(f"from the start of a process to its end: {workload.title}\n")
    print(f"{'engine':18}{'median s':>10}{'faster than pytorch':>21}")
    for name, taken in sorted(seconds.items(), key=lambda item: median(item[1])):
        ratio = ""
        if "pytorch" in seconds:
            ratio = f"{median(other / one for one, other in zip(taken, seconds['pytorch'], strict=True)):.2f}"
        print(f"{name:18}{median(taken):10.2f}{ratio:>21}".rstrip())
    return 0


def _in_turns(names: list[str], folder: str, rounds: int, quick: bool) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {}
    for name in names:
        # Uncounted: its libraries are read from the disk now.
        left_out = _left_out(_run(name, folder, quick)[1])
        if left_out:
            print(f"{name}: left out, {left_out}")
        else:
            seconds[name] = []
    for turn in range(rounds):
        shift = turn % max(1, len(seconds))
        for name in [*list(seconds)[shift:], *list(seconds)[:shift]]:
            seconds[name].append(_run(name, folder, quick)[0])
    return seconds


def _run(name: str, folder: str, quick: bool) -> tuple[float, str]:
    command = [sys.executable, "-W", "ignore", str(Path(__file__).with_name("once.py")), name, _WORK, folder]
    start = time.perf_counter()
    ended = subprocess.run([*command, "--quick"] if quick else command, stdout=subprocess.PIPE, text=True, check=False)
    return time.perf_counter() - start, ended.stdout if ended.returncode == 0 else ""


def _left_out(said: str) -> str:
    if '"bytes"' in said:
        return ""
    return said.partition('"left_out": "')[2].partition('"')[0] or "its process failed"


if __name__ == "__main__":
    sys.exit(main())
