"""What is seen of work that takes long enough to wonder about: a bar, if a person is looking there."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TypeVar

__all__ = ["counted"]

T = TypeVar("T")

# A step of a small network takes milliseconds; below this nobody would see the bar.
_FEWEST = 50


def counted(work: Iterable[T], total: int) -> Iterable[T]:
    """The same work, with a bar on standard error while it goes on, if a person is looking there."""
    if total < _FEWEST or not sys.stderr.isatty():
        return work
    from rich.console import Console
    from rich.progress import track

    return track(work, "Working the steps out", total=total, console=Console(stderr=True), transient=True)
