"""What is seen of work that takes long enough to wonder about: bars, and a line for each epoch."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

__all__ = ["counted", "epochs_shown", "runs_counted"]

T = TypeVar("T")

# A step of a small network takes milliseconds; below this nobody would see the bar.
_FEWEST = 50

# So many epochs have a line each; of more, so many lines are shown, evenly spread.
_MOST_LINES = 100
_COLUMNS = ("loss", "accuracy", "val_loss", "val_accuracy")


def counted(work: Iterable[T], total: int) -> Iterable[T]:
    """The same work, with a bar on standard error while it goes on, if a person is looking there."""
    if total < _FEWEST or not sys.stderr.isatty():
        return work
    from rich.console import Console
    from rich.progress import track

    return track(work, "Working the steps out", total=total, console=Console(stderr=True), transient=True)


@contextmanager
def epochs_shown() -> Iterator[Callable[[Any, int], None]]:
    """Shows how training goes on, on standard error: a line for each epoch and, for a person, a bar below them.

    Gives what a trainer calls with its progress and the number of epochs.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    columns = (TextColumn("epoch"), MofNCompleteColumn(), BarColumn(), TimeRemainingColumn(elapsed_when_finished=True))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        yield _Lines(bar, console).watch


@contextmanager
def runs_counted(what: str, quiet: bool) -> Iterator[Callable[[int, int, Any], None] | None]:
    """A bar of the runs that are done, on standard error; gives what is told of each of them.

    Args:
        what: what is counted, in the plural.
        quiet: whether nothing is to be shown.
    """
    if quiet:
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, highlight=False)
    columns = (TextColumn(what), MofNCompleteColumn(), BarColumn(), TimeRemainingColumn(elapsed_when_finished=True))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total, row: bar.update(task, completed=done, total=total)


class _Lines:
    """The lines of the epochs that were done since the last look."""

    def __init__(self, bar: Any, console: Any) -> None:
        self.bar, self.console = bar, console
        self.shown = 0
        self.task: Any = None

    def watch(self, progress: Any, epochs: int) -> None:
        """Show what is new."""
        if self.task is None:
            self.task = self.bar.add_task("", total=epochs)
        self.bar.update(self.task, completed=progress.epoch)
        every = max(1, epochs // _MOST_LINES)
        history: Mapping[str, list[Any]] = progress.history
        for place in range(self.shown, progress.epoch):
            epoch = history["epoch"][place]
            if epoch % every == 0 or epoch in (1, epochs):
                record = {name: column[place] for name, column in history.items()}
                self.console.print(epoch_line(record, epochs), markup=False)
        self.shown = progress.epoch


def epoch_line(record: Mapping[str, Any], epochs: int) -> str:
    """An epoch in one line.

    >>> epoch_line({"epoch": 3, "loss": 0.25, "accuracy": 0.925, "seconds": 0.0312}, 60)
    'epoch  3/60  31 ms  loss 0.2500  accuracy 0.9250'
    """
    width = len(str(epochs))
    numbers = "  ".join(f"{name} {_number(record[name])}" for name in _COLUMNS if name in record)
    return f"epoch {record['epoch']:{width}}/{epochs}  {_seconds(record['seconds'])}  {numbers}"


def _number(value: float) -> str:
    return f"{value:.4f}" if 1e-3 <= abs(value) < 1e4 else f"{value:.3e}"


def _seconds(seconds: float) -> str:
    if seconds >= 1:
        return f"{seconds:.1f} s"
    return f"{seconds * 1e3:.0f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f} µs"
