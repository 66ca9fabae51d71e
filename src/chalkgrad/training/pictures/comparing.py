"""Several runs in one picture: settings over several seeds, folds, learning rates."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from chalkgrad.render.characters import clean
from chalkgrad.training.pictures.curves import (
    History,
    column,
    draw_line,
    epochs_of,
    label_values,
    over_epochs,
    scale_for_losses,
    thinned,
)
from chalkgrad.training.pictures.style import COLOURS, INK, LINES, QUIET, drawn, explained, new_figure, plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["comparison_bars", "comparison_curves", "fold_curves", "rate_curve"]

# A name has so many letters on a line, and so many lines.
_LINE, _MOST_LINES = 36, 2


@drawn
def comparison_curves(settings: Mapping[str, Sequence[History]], key: str = "val_loss") -> Figure:
    """One line a setting: the mean over its seeds, in a band from the lowest to the highest of them.

    Where not every seed has a number any more, because one stopped early or diverged, the runs go on as thin lines.

    Args:
        settings: the histories of each setting, one a seed.
        key: which list of the histories, such as `val_loss` or `accuracy`.
    """
    figure = new_figure(6.6, 3.6)
    axes = figure.subplots()
    _draw_bands(axes, {name: (histories, key) for name, histories in settings.items()})
    label_values(axes, key)
    seeds = {len(histories) for histories in settings.values()}
    if seeds and max(seeds) > 1:
        count = f"{min(seeds)}" if len(seeds) == 1 else f"{min(seeds)} to {max(seeds)}"
        explained(figure, f"Mean of {count} seeds, in a band from the lowest to the highest.")
    if settings:
        figure.legend(loc="outside right upper")
    return figure


@drawn
def fold_curves(folds: Sequence[History], key: str = "loss", other: str = "held out") -> Figure:
    """The mean over the folds of a cross-validation, training and another part, in bands from lowest to highest.

    Args:
        folds: the history of each fold.
        key: `loss` or `accuracy`; the other part is read from `val_loss` or `val_accuracy`, if that is there.
        other: what the other part is called: it may be held out, or watched inside the folds.
    """
    figure = new_figure(5.2, 3.4)
    axes = figure.subplots()
    parts = {"training": (folds, key)}
    if any(f"val_{key}" in history for history in folds):
        parts[other] = (folds, f"val_{key}")
    _draw_bands(axes, parts)
    label_values(axes, key)
    explained(figure, f"Mean of {len(folds)} folds, in a band from the lowest to the highest.")
    axes.legend(loc="best")
    return figure


@drawn
def comparison_bars(
    values: Mapping[str, Sequence[float | None]], label: str, larger_is_better: bool = False, percent: bool = False
) -> Figure:
    """The results of each setting: every seed a dot, a bar from the lowest to the highest, a line at their mean.

    The best setting stands on top; one without any finite result stands at the bottom and says so.

    Args:
        values: the results of each setting, one a seed; None or NaN for a run that failed.
        label: what is measured, such as `test accuracy`.
        larger_is_better: which end of the scale is the good one.
        percent: whether the values are shares, to be shown in per cent.
    """
    results = {name: column({"": list(numbers)}, "") for name, numbers in values.items()}
    finite = {name: numbers[np.isfinite(numbers)] for name, numbers in results.items()}

    def place(name: str) -> float:
        return float(finite[name].mean()) * (-1 if larger_is_better else 1) if finite[name].size else np.inf

    order = sorted(results, key=place)
    labels = [_named(name, results[name], finite[name]) for name in order]
    lines = max((label.count("\n") + 1 for label in labels), default=1)
    figure = new_figure(6.2, 0.9 + max(0.34, 0.17 * lines) * max(1, len(order)))
    axes = figure.subplots()
    for row, name in enumerate(order):
        _draw_result(axes, row, finite[name], COLOURS[0])
    axes.set_yticks(range(len(order)), labels)
    axes.set_ylim(len(order) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    _mark_failures(axes, order, finite)
    axes.set_xlabel(plain(label, 60) + (" (larger is better)" if larger_is_better else " (smaller is better)"))
    if percent:
        axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g}%")
    return figure


@drawn
def rate_curve(rates: ArrayLike, losses: ArrayLike, suggested: float | None = None) -> Figure:
    """The loss at each learning rate of a search, with the suggested rate marked; what shoots up is cut off.

    Args:
        rates: learning rates, ascending and above 0.
        losses: the loss at each.
        suggested: the rate to take, if one was found.
    """
    tried, values = np.asarray(rates, dtype=np.float64), column({"": list(np.ravel(losses))}, "")
    figure = new_figure(5.2, 3.2)
    axes = figure.subplots()
    draw_line(axes, tried, values, color=COLOURS[0])
    axes.set_xscale("log")
    axes.set_xlabel("Learning rate")
    axes.set_ylabel("Loss")
    _cut_off(axes, values)
    if suggested is not None:
        axes.axvline(suggested, color=COLOURS[1], linewidth=1.2, linestyle=LINES[1])
        axes.legend([axes.lines[-1]], [f"suggested: {suggested:.2g}"], loc="best")
    return figure


def _draw_bands(axes: Any, parts: Mapping[str, tuple[Sequence[History], str]]) -> None:
    """A band for each part: some histories, and the key of their list."""
    every: list[NDArray[np.float64]] = []
    longest = np.empty(0)
    for index, (name, (histories, key)) in enumerate(parts.items()):
        epochs, table = _table(histories, key)
        look = {"color": COLOURS[index % len(COLOURS)], "linestyle": LINES[index % len(LINES)]}
        _draw_band(axes, epochs, table, _on_lines(name) or " ", look)
        every.append(table.ravel())
        longest = epochs if epochs.size > longest.size else longest
    if all("loss" in key for _, key in parts.values()):
        scale_for_losses(axes, *every)
    over_epochs(axes, longest)


def _table(histories: Sequence[History], key: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The epochs of the longest history, and a row of values for each history, NaN behind its end."""
    rows = [column(history, key) for history in histories]
    width = max((row.size for row in rows), default=0)
    table = np.full((len(rows), width), np.nan)
    for place, row in enumerate(rows):
        table[place, : row.size] = row
    longest = next((history for history, row in zip(histories, rows, strict=True) if row.size == width), {})
    return epochs_of(longest, width), table


def _draw_band(
    axes: Any, epochs: NDArray[np.float64], table: NDArray[np.float64], name: str, look: dict[str, Any]
) -> None:
    whole: NDArray[np.bool_] = np.asarray(np.isfinite(table).all(axis=0))
    mean = np.where(whole, table.mean(axis=0), np.nan) if len(table) else np.full(epochs.size, np.nan)
    draw_line(axes, epochs, mean, label=name, **look)
    if len(table) > 1:
        low, high = (np.where(whole, edge, np.nan) for edge in (table.min(axis=0), table.max(axis=0)))
        _shade(axes, epochs, low, high, look["color"])
        alone = ~whole
        alone[:-1] |= ~whole[1:]
        for row in table:
            if np.isfinite(row[~whole]).any():
                rest = np.where(alone, row, np.nan)
                axes.plot(*thinned(epochs, rest), linewidth=0.6, alpha=0.7, **look)


def _shade(
    axes: Any, epochs: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64], colour: str
) -> None:
    lower, upper = thinned(epochs, low), thinned(epochs, high)
    places = np.union1d(lower[0], upper[0])
    chosen = np.isin(epochs, places)
    axes.fill_between(epochs[chosen], low[chosen], high[chosen], color=colour, alpha=0.18, linewidth=0)


def _draw_result(axes: Any, row: int, numbers: NDArray[np.float64], colour: str) -> None:
    if numbers.size:
        axes.plot([numbers.min(), numbers.max()], [row, row], color=colour, linewidth=5, alpha=0.3)
        axes.plot(numbers, np.full(numbers.size, row), "o", color=colour, markersize=4, alpha=0.7, markeredgewidth=0)
        axes.plot([numbers.mean()], [row], "|", color=INK, markersize=13, markeredgewidth=1.8)


def _named(name: str, numbers: NDArray[np.float64], finite: NDArray[np.float64]) -> str:
    failed = numbers.size - finite.size
    return _on_lines(name) + (f"\n{failed} of {numbers.size} failed" if failed else "")


def _on_lines(name: str) -> str:
    """A name on as many lines as it needs, and no more than fit; what is left is cut."""
    lines = textwrap.wrap(clean(name), _LINE, max_lines=_MOST_LINES, placeholder=" …")
    return "\n".join(map(plain, lines))


def _mark_failures(axes: Any, order: Sequence[str], finite: Mapping[str, NDArray[np.float64]]) -> None:
    for row, name in enumerate(order):
        if not finite[name].size:
            place = axes.get_yaxis_transform()
            axes.text(0.01, row, "no result", transform=place, va="center", size=8, style="italic", color=QUIET)


def _cut_off(axes: Any, values: NDArray[np.float64]) -> None:
    """Leave out of sight what is far above the start; the descent is what matters."""
    finite = values[np.isfinite(values)]
    if finite.size:
        low, start = float(finite.min()), float(finite[0])
        top = start + 0.6 * (start - low or abs(start) or 1.0)
        if finite.max() > top:
            axes.set_ylim(low - 0.08 * (top - low), top)
