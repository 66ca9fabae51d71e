"""What is seen of training while it goes on, on standard error: a line for each epoch, and bars for a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bar

    from chalkgrad.training.trainer import Progress

__all__ = ["epochs_told", "runs_told"]

T = TypeVar("T")
Told = Callable[["Progress", int], None]
ToldRuns = Callable[[int, int, T], None]

# So many epochs have a line each; of more, so many lines are shown, evenly spread.
_MOST_LINES = 100
_COLUMNS = ("loss", "accuracy", "val_loss", "val_accuracy")


def epochs_told(progress: Told | bool) -> AbstractContextManager[Told | None]:
    """What a trainer calls with its progress and the number of epochs.

    Args:
        progress: that function itself; True for one that shows a line for each epoch; False for none.
    """
    if callable(progress):
        return nullcontext(progress)
    return _epochs_shown() if progress else nullcontext()


def runs_told(what: str, progress: ToldRuns[T] | bool) -> AbstractContextManager[ToldRuns[T] | None]:
    """What is called with how many runs are done, how many there are to be, and the run that is done.

    Args:
        what: what is counted, in the plural.
        progress: that function itself; True for one that moves a bar, if a person is looking; False for none.
    """
    if callable(progress):
        return nullcontext(progress)
    return _runs_counted(what) if progress else nullcontext()


@contextmanager
def _epochs_shown() -> Iterator[Told]:
    with _bar("epoch") as (bar, console):
        yield _Lines(bar, console).watch


@contextmanager
def _runs_counted(what: str) -> Iterator[ToldRuns[Any]]:
    with _bar(what) as (bar, _):
        task = bar.add_task("", total=None)
        yield lambda done, total, run: bar.update(task, completed=done, total=total)


@contextmanager
def _bar(what: str) -> Iterator[tuple[Bar, Console]]:
    """A bar that goes away when it is done, and is not drawn where nobody is looking."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    columns = (TextColumn(what), MofNCompleteColumn(), BarColumn(), TimeRemainingColumn(elapsed_when_finished=True))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        yield bar, console


class _Lines:
    """The lines of the epochs that were done since the last look."""

    def __init__(self, bar: Bar, console: Console) -> None:
        self.bar, self.console = bar, console
        self.shown = 0
        self.task: Any = None

    def watch(self, progress: Progress, epochs: int) -> None:
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
