"""What the benchmarks share: timing two things alternately, medians, and one table."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

__all__ = ["Row", "alternately", "arguments", "median", "print_table"]


@dataclass(frozen=True)
class Row:
    """One line of a table.

    Args:
        what: what was measured.
        value: the median, in the unit of the table.
        ratio: the median of the ratios to the line below, run by run; `None` where nothing is compared.
        target: what we want it to be, in words.
    """

    what: str
    value: float
    ratio: float | None = None
    target: str = ""


def arguments(description: str | None) -> argparse.Namespace:
    """The options of every benchmark."""
    reader = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--quick", action="store_true", help="few repeats: to see that it runs, not to quote")
    return reader.parse_args()


def alternately(
    one: Callable[[], Any], other: Callable[[], Any], repeats: int
) -> tuple[Sequence[float], Sequence[float]]:
    """Seconds of both actions, taken in turns, so that a slow moment of the machine meets both alike.

    Both run once before, uncounted. Who begins changes from turn to turn.
    """
    times: dict[Callable[[], Any], list[float]] = {one: [], other: []}
    one(), other()
    for turn in range(repeats):
        for action in (one, other) if turn % 2 == 0 else (other, one):
            start = time.perf_counter()
            action()
            times[action].append(time.perf_counter() - start)
    return times[one], times[other]


def print_table(title: str, unit: str, rows: Sequence[Row]) -> None:
    """One table: what, the median, the ratio, the target."""
    width = max(len(row.what) for row in rows)
    print(f"{title}\n")
    print(f"{'':{width}}  {'median ' + unit:>12}  {'ratio':>6}  target")
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        print(f"{row.what:{width}}  {row.value:12.3f}  {ratio:>6}  {row.target}".rstrip())
