"""Measures how long every engine trains: the same start, data and order of samples, all in turns.

Before anything is timed, the losses that the engines come to are compared. The works are T1 to T5; see README.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Sequence
from importlib import metadata
from statistics import median

import floor
from engines import ENGINES, TARGETS
from turns import Measured, measure, ratio_of
from workloads import WORKLOADS, Workload

__all__ = ["WORKLOADS", "Measured", "main", "print_disagreement"]

# float32 sums in another order, over thousands of steps.
_AGREEMENT = 1e-3
_MAIN_PEER = "pytorch"


def main() -> int:
    """Print the machine, its peak, and one table for each work; the exit code is 1 if losses differ."""
    said = _arguments()
    _print_machine(said.threads)
    rates = floor.measure(said.works, said.threads, said.quick)
    floor.print_rates(rates)
    agreed = True
    for name in said.works:
        workload = WORKLOADS[name].quick() if said.quick else WORKLOADS[name]
        chosen = [engine for engine in said.only if name in ENGINES[engine].works]
        results = measure(name, chosen, 1 if said.quick else said.rounds, said.quick, said.threads)
        _print_table(workload, results, floor.peak_of(rates))
        agreed = print_disagreement(results) and agreed
    return 0 if agreed else 1


def _arguments() -> argparse.Namespace:
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("works", nargs="*", metavar="WORK", help="T1 to T5; all if none is said")
    reader.add_argument("--only", default=",".join(ENGINES), help="engines, with commas: " + ", ".join(ENGINES))
    reader.add_argument("--without", default="", help="engines to leave out, with commas")
    reader.add_argument("--rounds", type=int, default=5, help="runs of each engine after its first")
    reader.add_argument("--threads", type=int, help="how many threads; each library's own choice if not said")
    reader.add_argument(
        "--quick", action="store_true", help="small works, one round: to see that it runs, not to quote"
    )
    said = reader.parse_args()
    said.works = said.works or list(WORKLOADS)
    said.only = [name for name in said.only.split(",") if name not in said.without.split(",")]
    for known, names in ((WORKLOADS, said.works), (ENGINES, said.only)):
        for name in names:
            if name not in known:
                reader.error(f"there is no {name}; there are {', '.join(known)}")
    return said


def _print_machine(threads: int | None) -> None:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    taken = "threads as each library chooses" if threads is None else f"{threads} threads"
    versions = []
    for library in ("numpy", "torch", "jax", "scikit-learn", "keras"):
        try:
            versions.append(f"{library} {metadata.version(library)}")
        except metadata.PackageNotFoundError:
            versions.append(f"{library} missing")
    print(f"{platform.machine()}, {cores} cores, {taken}; Python {platform.python_version()}, {', '.join(versions)}\n")


def _print_table(workload: Workload, results: Sequence[Measured], peak: float) -> None:
    """Engines with the fastest first; then why some are left out, and what is not the same."""
    by_name = {result.name: result for result in results if result.seconds and not result.left_out}
    least = workload.operations / peak
    print(f"{workload.title}\n{workload.operations * 1e-9:.3g} GFLOP: floor {least * 1e3:.3g} ms\n")
    header = f"{'engine':18}{'median ms':>11}{'CPU ms':>11}{'first + s':>11}{'faster than ' + _MAIN_PEER:>21}"
    print(f"{header}{'of the floor':>14}{'loss':>12}  target")
    for result in sorted(by_name.values(), key=lambda result: result.median):
        main_peer = by_name.get(_MAIN_PEER)
        ratio = "" if main_peer is None else f"{ratio_of(result, main_peer):.2f}"
        loss = "" if result.loss is None else f"{result.loss:.6g}"
        times = f"{result.median * 1e3:11.2f}{median(result.worked) * 1e3:11.2f}"
        line = f"{result.name:18}{times}{result.compiling:11.2f}{ratio:>21}"
        print(f"{line}{least / result.median:14.1%}{loss:>12}  {_targets(workload.name, result, by_name)}".rstrip())
    for result in results:
        if result.left_out:
            print(f"{result.name}: left out, {result.left_out}")
        elif result.note:
            print(f"{result.name}: {result.note}")
    print()


def _targets(work: str, result: Measured, by_name: dict[str, Measured]) -> str:
    told = []
    for target in TARGETS:
        if (target.work, target.engine) != (work, result.name) or target.peer not in by_name:
            continue
        ratio = ratio_of(result, by_name[target.peer])
        reached = f"{ratio:.2f}x" if target.faster >= 1 else f"{1 / ratio:.2f}"
        told.append(f"{target}: {reached}, {'met' if ratio >= target.faster else 'NOT MET'}")
    return "; ".join(told)


def print_disagreement(results: Sequence[Measured]) -> bool:
    """Whether all came to the same loss; what did not do the same work is not to be compared."""
    losses = {result.name: result.loss for result in results if result.loss is not None and not result.left_out}
    if not losses:
        return True
    middle = sorted(losses.values())[len(losses) // 2]
    apart = {name: loss for name, loss in losses.items() if not abs(loss - middle) <= _AGREEMENT * abs(middle)}
    for name, loss in apart.items():
        print(f"{name} came to the loss {loss:.6g}, the others to {middle:.6g}: NOT THE SAME WORK\n")
    return not apart


if __name__ == "__main__":
    sys.exit(main())
