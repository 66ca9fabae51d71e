"""Loss and accuracy over the epochs of one run, for the training and the validation part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from chalkgrad.training.pictures.style import COLOURS, INK, LINES, QUIET, drawn, matplotlib_part, new_figure, plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["column", "curves", "draw_line", "epochs_of", "over_epochs", "scale_for_losses", "thinned"]

History = Mapping[str, Sequence[float | None]]

MOST_POINTS = 2_000  # more than a page shows side by side
FEW_POINTS = 12  # up to here each epoch has a dot of its own
_DECADES = 2


@drawn
def curves(history: History, title: str = "") -> Figure:
    """Loss and, where there is one, accuracy over the epochs, with the best epoch marked.

    The best epoch is the one of the lowest validation loss; without a validation part, of the lowest loss. The loss has
    a logarithmic scale where it spans more than two decades. Epochs without a finite number are a gap.

    Args:
        history: a list an entry: `epoch` (else they are counted from 1), `loss`, and if there are any `val_loss`,
            `accuracy` and `val_accuracy` (shares from 0 to 1).
        title: what stands above.
    """
    has_accuracy = bool(column(history, "accuracy").size or column(history, "val_accuracy").size)
    figure = new_figure(7.0 if has_accuracy else 4.6, 3.0)
    panels = figure.subplots(1, 1 + has_accuracy, squeeze=False)[0]
    best = _best(history)
    _panel(panels[0], history, "loss", best)
    if has_accuracy:
        _panel(panels[1], history, "accuracy", best)
    if title:
        figure.suptitle(plain(title, 90), x=0.01, ha="left", fontsize=10.5, fontweight="bold")
    return figure


def column(history: History, key: str) -> NDArray[np.float64]:
    """One list of a history, what is missing or infinite as NaN."""
    values = np.array([np.nan if value is None else value for value in history.get(key, ())], dtype=np.float64)
    return np.where(np.isfinite(values), values, np.nan)


def epochs_of(history: History, count: int) -> NDArray[np.float64]:
    """The numbers of the epochs, counted from 1 where the history does not say."""
    epochs = column(history, "epoch")
    return epochs if epochs.size == count else np.arange(1.0, count + 1)


def thinned(
    x: NDArray[np.float64], y: NDArray[np.float64], most: int = MOST_POINTS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A long line with fewer points and the same look: of each stretch its lowest and its highest point, and its gaps.

    >>> x, y = thinned(np.arange(10_000.0), np.sin(np.arange(10_000.0)))
    >>> len(x) <= 2_000, float(y.max()) == float(np.sin(np.arange(10_000.0)).max())
    (True, True)
    """
    if len(x) <= most:
        return x, y
    kept = {0, len(x) - 1}
    for stretch in np.array_split(np.arange(len(x)), (most - 2) // 3):
        values = y[stretch]
        finite = stretch[np.isfinite(values)]
        if finite.size:
            kept |= {int(finite[np.argmin(y[finite])]), int(finite[np.argmax(y[finite])])}
        if finite.size < stretch.size:
            kept.add(int(stretch[np.argmin(np.isfinite(values))]))
    chosen = np.array(sorted(kept))
    return x[chosen], y[chosen]


def draw_line(axes: Any, x: NDArray[np.float64], y: NDArray[np.float64], **look: Any) -> None:
    """A line with its gaps; a point that stands alone between them, and each of few points, gets a dot."""
    x, y = thinned(x, y)
    finite = np.isfinite(y)
    beside = np.concatenate(([False], finite[:-1])) | np.concatenate((finite[1:], [False]))
    dots = finite if len(x) <= FEW_POINTS else finite & ~beside
    if dots.any():
        look = {"marker": "o", "markersize": 3, "markevery": np.flatnonzero(dots).tolist(), **look}
    axes.plot(x, y, **look)


def scale_for_losses(axes: Any, *columns: NDArray[np.float64]) -> None:
    """A logarithmic scale where all values are above 0 and span more than two decades."""
    values = np.concatenate([values[np.isfinite(values)] for values in columns] or [np.empty(0)])
    if values.size and values.min() > 0 and values.max() / values.min() > 10**_DECADES:
        axes.set_yscale("log")


def over_epochs(axes: Any, epochs: NDArray[np.float64]) -> None:
    """The axis of the epochs: whole numbers, all of the run, and room around a single one."""
    axes.set_xlabel("Epoch")
    axes.xaxis.set_major_locator(matplotlib_part("ticker").MaxNLocator(nbins=7, integer=True, min_n_ticks=1))
    if epochs.size:
        room = 0.03 * (epochs.max() - epochs.min()) or 1
        axes.set_xlim(epochs.min() - room, epochs.max() + room)


def label_values(axes: Any, key: str) -> None:
    """The axis of the values: losses as they are, accuracies in per cent, no finer than they deserve."""
    name = key.removeprefix("val_")
    low, high = axes.get_ylim()
    least = 0.1 if name == "accuracy" else 0.05 * max(abs(low), abs(high))
    if axes.get_yscale() == "linear" and high - low < least:
        axes.set_ylim((low + high - least) / 2, (low + high + least) / 2)
    if name == "accuracy":
        axes.yaxis.set_major_formatter(matplotlib_part("ticker").PercentFormatter(1.0))
    if not np.isfinite(axes.dataLim.height):
        axes.set_yticks([])
    axes.set_ylabel({"seconds": "Time (s)"}.get(name, plain(name.replace("_", " ").capitalize(), 40)))


def _best(history: History) -> int | None:
    """The place of the best epoch in the lists."""
    for key in ("val_loss", "loss"):
        values = column(history, key)
        if np.isfinite(values).any():
            return int(np.nanargmin(values))
    return None


def _panel(axes: Any, history: History, key: str, best: int | None) -> None:
    both = [(name, column(history, prefix + key)) for name, prefix in (("training", ""), ("validation", "val_"))]
    epochs = np.empty(0)
    for index, (name, values) in enumerate(both):
        if values.size:
            epochs = epochs_of(history, values.size)
            draw_line(axes, epochs, values, label=name, color=COLOURS[index], linestyle=LINES[index])
    if key == "loss":
        scale_for_losses(axes, *(values for _, values in both))
    over_epochs(axes, epochs)
    label_values(axes, key)
    _mark_best(axes, epochs, best, both)
    _say_where_it_broke(axes, epochs, both)
    if key == "loss" and axes.lines:
        axes.legend(loc="best")


def _mark_best(
    axes: Any, epochs: NDArray[np.float64], best: int | None, both: Sequence[tuple[str, NDArray[np.float64]]]
) -> None:
    """A line at the best epoch, with a ring around what was measured there."""
    if best is None or best >= epochs.size:
        return
    axes.axvline(epochs[best], color=QUIET, linewidth=0.8, linestyle=LINES[2], zorder=1)
    colour, values = next(
        (COLOURS[index], values) for index, (_, values) in reversed(list(enumerate(both))) if values.size > best
    )
    axes.plot(
        [epochs[best]],
        [values[best]],
        linestyle="none",
        marker="o",
        markersize=7,
        markerfacecolor="none",
        markeredgecolor=colour,
        label=f"best epoch: {epochs[best]:.0f}",
    )


def _say_where_it_broke(
    axes: Any, epochs: NDArray[np.float64], both: Sequence[tuple[str, NDArray[np.float64]]]
) -> None:
    """The first epoch from which on no number came, if the run ended so."""
    broken = [_first_of_last_gap(values) for _, values in both if values.size]
    starts = [start for start in broken if start is not None]
    if starts:
        first = epochs[min(starts)]
        axes.set_title(f"not a finite number from epoch {first:.0f} on", fontsize=8.5, color=INK)


def _first_of_last_gap(values: NDArray[np.float64]) -> int | None:
    """Where the gap at the end of a list begins; None where it ends in a number."""
    finite = np.flatnonzero(np.isfinite(values))
    last = int(finite[-1]) if finite.size else -1
    return None if last == values.size - 1 else last + 1
