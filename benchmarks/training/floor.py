"""Measures how fast this machine multiplies matrices: large ones, and those of the very sizes of each work.

No engine can be faster than the products it must do at the highest rate that any library reaches here.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy
from turns import limited_to
from workloads import WORKLOADS, Workload

__all__ = ["LIBRARIES", "Rates", "main", "measure", "peak_of", "print_rates"]

# Rates in operations a second, by "rows x inner x columns", for each library.
Rates = dict[str, dict[str, float]]

_LARGE = (2048, 2048, 2048)
_SMALL = (256, 256, 256)


def main() -> int:
    """Print one table; the exit code is 0."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("works", nargs="*", metavar="WORK", help="T1 to T5; all if none is said")
    reader.add_argument("--threads", type=int, help="how many threads; each library's own choice if not said")
    reader.add_argument("--quick", action="store_true", help="small products: to see that it runs, not to quote")
    reader.add_argument("--library", choices=LIBRARIES, help="measure this one here, and print it as JSON")
    said = reader.parse_args()
    works = said.works or list(WORKLOADS)
    if said.library:
        products = _products([WORKLOADS[work] for work in works], said.quick)
        print(json.dumps({_name(sizes): _rate(LIBRARIES[said.library], sizes, said.quick) for sizes in products}))
        return 0
    print_rates(measure(works, said.threads, said.quick))
    return 0


def measure(works: Sequence[str], threads: int | None, quick: bool) -> Rates:
    """The rates of every library that is there, each in a process of its own."""
    rates: Rates = {}
    for library in list(LIBRARIES)[:1] if quick else LIBRARIES:
        command = [sys.executable, "-W", "ignore", str(Path(__file__)), *works, "--library", library]
        environment = os.environ | limited_to(threads)
        ended = subprocess.run(
            [*command, "--quick"] if quick else command, capture_output=True, text=True, env=environment, check=False
        )
        if ended.returncode == 0:
            rates[library] = json.loads(ended.stdout)
    return rates


def peak_of(rates: Rates) -> float:
    """The highest rate of all, operations a second."""
    return max(rate for of_library in rates.values() for rate in of_library.values())


def print_rates(rates: Rates) -> None:
    """One table: a line for each product, a column for each library."""
    print(f"float32 products, {1e-9 * peak_of(rates):.0f} GFLOP/s at most\n")
    print(f"{'rows x inner x columns':24}" + "".join(f"{library:>8}" for library in rates) + "  GFLOP/s")
    for product in next(iter(rates.values())):
        print(f"{product:24}" + "".join(f"{1e-9 * rates[library][product]:8.1f}" for library in rates))
    print()


def _products(works: Sequence[Workload], quick: bool) -> list[tuple[int, int, int]]:
    """A large product, and those of one step of each work: forward, by the weights, by the inputs."""
    products = [_SMALL if quick else _LARGE]
    for work in works:
        batch = min(work.batch, work.samples)
        for layer, (rows, columns) in enumerate(work.layers):
            products += [(batch, rows, columns), (rows, batch, columns)]
            products += [(batch, columns, rows)] if layer else []
    return list(dict.fromkeys(products))


def _name(sizes: tuple[int, int, int]) -> str:
    return " x ".join(map(str, sizes))


def _rate(product_of: Callable[[Any, Any], Callable[[], Any]], sizes: tuple[int, int, int], quick: bool) -> float:
    rows, inner, columns = sizes
    draw = numpy.random.default_rng(0)
    a = draw.random((rows, inner), dtype=numpy.float32)
    b = draw.random((inner, columns), dtype=numpy.float32)
    product = product_of(a, b)
    operations = 2 * rows * inner * columns
    # Long enough for the clock, a few hundredths of a second at 100 GFLOP/s; the best of many says what is possible.
    together = max(1, round((1e6 if quick else 2e9) / operations / 10))
    best = float("inf")
    for _ in range(3 if quick else 10):
        start = time.perf_counter()
        for _ in range(min(together, 2_000)):
            product()
        best = min(best, (time.perf_counter() - start) / min(together, 2_000))
    return operations / best


def _with_numpy(a: Any, b: Any) -> Callable[[], Any]:
    out = numpy.empty((len(a), b.shape[1]), numpy.float32)
    return lambda: a.dot(b, out)


def _with_torch(a: Any, b: Any) -> Callable[[], Any]:
    import torch

    one, other = torch.from_numpy(a), torch.from_numpy(b)
    out = torch.empty(len(a), b.shape[1])
    return lambda: torch.mm(one, other, out=out)


def _with_jax(a: Any, b: Any) -> Callable[[], Any]:
    import jax

    one, other = jax.numpy.asarray(a), jax.numpy.asarray(b)
    product = jax.jit(jax.numpy.matmul)
    return lambda: product(one, other).block_until_ready()


LIBRARIES: dict[str, Callable[[Any, Any], Callable[[], Any]]] = {
    "numpy": _with_numpy,
    "torch": _with_torch,
    "jax": _with_jax,
}


if __name__ == "__main__":
    sys.exit(main())
