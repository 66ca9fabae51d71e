"""What a network of two inputs says at every point of the plane of its inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from chalkgrad.training.metrics import binary_by_threshold
from chalkgrad.training.pictures.style import COLOURS, INK, MARKERS, drawn, matplotlib_part, new_figure, plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["decision_boundary"]

_GRID = 240  # points an axis
_MANY_SAMPLES = 2_000  # from here on their dots are pixels, not shapes, so that the file stays small
_ROOM = 0.08


@drawn
def decision_boundary(
    predict: Callable[[NDArray[np.float64]], ArrayLike],
    x: ArrayLike,
    y: ArrayLike,
    feature_names: Sequence[str] = (),
    class_names: Sequence[str] = (),
    threshold: float = 0.5,
) -> Figure:
    """The regions of the classes, the line between them, and the samples; for regression, the output as a surface.

    Args:
        predict: from points by 2 to points by outputs.
        x: samples by 2.
        y: class numbers from 0, one a sample; for regression, the true outputs.
        feature_names: of the two inputs.
        class_names: one for each class; empty for regression.
        threshold: with a single output, class 1 is where it is at least this.

    Raises:
        ValueError: for samples of another width, or for regression with several outputs.
    """
    samples = np.asarray(x, dtype=np.float64)
    if samples.ndim != 2 or samples.shape[1] != 2:
        raise ValueError(f"samples of two inputs are needed, samples by 2, not {samples.shape}")
    across, up = (_axis(samples[:, place]) for place in (0, 1))
    grid = np.stack([values.ravel() for values in np.meshgrid(across, up)], axis=1)
    outputs = np.asarray(predict(grid), dtype=np.float64).reshape(len(grid), -1)
    figure = new_figure(5.8, 4.2)
    axes = figure.subplots()
    truth = np.ravel(np.asarray(y))
    if class_names:
        _draw_classes(axes, across, up, outputs, threshold)
        guess = _classes(np.asarray(predict(samples), dtype=np.float64).reshape(len(samples), -1), threshold)
        _draw_samples(axes, samples, truth.astype(np.int64), guess, class_names)
        figure.legend(loc="outside right upper", markerscale=2 if len(samples) > _MANY_SAMPLES else 1)
    else:
        _draw_output(figure, axes, across, up, outputs, samples, truth.astype(np.float64))
    names = list(feature_names) or ["input 1", "input 2"]
    axes.set_xlabel(plain(names[0], 60))
    axes.set_ylabel(plain(names[1], 40))
    axes.set_xlim(across[0], across[-1])
    axes.set_ylim(up[0], up[-1])
    axes.grid(visible=False)
    return figure


def _axis(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """A grid over the values with some room at both ends."""
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    room = _ROOM * (high - low) or 1.0
    return np.linspace(low - room, high + room, _GRID)


def _classes(outputs: NDArray[np.float64], threshold: float) -> NDArray[np.int64]:
    """The class number of each row of outputs; -1 where one of them is not a number."""
    guess = binary_by_threshold(outputs, threshold) if outputs.shape[1] == 1 else outputs.argmax(axis=1)
    return np.where(np.isnan(outputs).any(axis=1), -1, guess)


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]


def _draw_classes(
    axes: Any, across: NDArray[np.float64], up: NDArray[np.float64], outputs: NDArray[np.float64], threshold: float
) -> None:
    """Each region in a light tint of its class, and the lines where the largest output changes."""
    shape = (up.size, across.size)
    tints = 1 - 0.25 * (1 - np.array([matplotlib_part("colors").to_rgb(colour) for colour in COLOURS]))
    numbers = _classes(outputs, threshold)
    pixels = np.where((numbers < 0)[:, None], 1.0, tints[numbers % len(COLOURS)]).reshape(*shape, 3)
    extent = (across[0], across[-1], up[0], up[-1])
    axes.imshow(pixels, extent=extent, origin="lower", aspect="auto", zorder=0)
    for margin in _margins(outputs, threshold):
        if margin.min() < 0 < margin.max():
            axes.contour(across, up, margin.reshape(shape), levels=[0.0], colors=INK, linewidths=1.1, zorder=1)
    axes.plot([], [], color=INK, linewidth=1.1, label="decision boundary")


def _margins(outputs: NDArray[np.float64], threshold: float) -> list[NDArray[np.float64]]:
    """For each class, by how much its output is ahead of all others; 0 is the boundary of its region."""
    if outputs.shape[1] == 1:
        return [outputs[:, 0] - threshold]
    if outputs.shape[1] == 2:
        return [outputs[:, 1] - outputs[:, 0]]
    first_two = np.partition(outputs, -2, axis=1)[:, -2:]
    leader = outputs.argmax(axis=1)
    others = np.repeat(first_two[:, 1:], outputs.shape[1], axis=1)
    others[np.arange(len(outputs)), leader] = first_two[:, 0]
    return list((outputs - others).T)


def _draw_samples(
    axes: Any,
    samples: NDArray[np.float64],
    truth: NDArray[np.int64],
    guess: NDArray[np.int64],
    class_names: Sequence[str],
) -> None:
    many = len(samples) > _MANY_SAMPLES
    size = 6 if many else 18
    for number, name in enumerate(class_names):
        mine = samples[truth == number]
        axes.scatter(
            *mine.T,
            s=size,
            color=_colour(number),
            marker=MARKERS[number % len(MARKERS)],
            edgecolor="white",
            linewidth=0.2 if many else 0.5,
            rasterized=many,
            label=f"{plain(name, 24)} ({len(mine):,})",
        )
    wrong = samples[truth != guess]
    if len(wrong):
        width = 0.35 if many else 0.8
        look = {"s": 2.6 * size, "facecolor": "none", "edgecolor": INK, "linewidth": width, "rasterized": many}
        axes.scatter(*wrong.T, label=f"predicted wrong ({len(wrong):,})", **look)


def _draw_output(
    figure: Any,
    axes: Any,
    across: NDArray[np.float64],
    up: NDArray[np.float64],
    outputs: NDArray[np.float64],
    samples: NDArray[np.float64],
    truth: NDArray[np.float64],
) -> None:
    """The output as filled lines of equal height; each sample has the colour of its true value on the same scale."""
    if outputs.shape[1] != 1 or truth.size != len(samples):
        raise ValueError(f"one output is needed to be drawn over two inputs, not {outputs.shape[1]}")
    heights = np.ma.masked_invalid(outputs.reshape(up.size, across.size))
    every = np.concatenate([heights.compressed(), truth[np.isfinite(truth)]])
    low, high = (float(every.min()), float(every.max())) if every.size else (0.0, 1.0)
    levels = matplotlib_part("ticker").MaxNLocator(12).tick_values(low, high if high > low else low + 1)
    scale = {"cmap": "cividis", "vmin": levels[0], "vmax": levels[-1]}
    filled = axes.contourf(across, up, heights, levels=levels, **scale)
    axes.contour(across, up, heights, levels=levels, colors="white", linewidths=0.3, linestyles="solid")
    many = len(samples) > _MANY_SAMPLES
    dots = {"s": 6 if many else 22, "edgecolor": "white", "linewidth": 0.2 if many else 0.7, "rasterized": many}
    axes.scatter(*samples.T, c=truth, **dots, **scale)
    bar = figure.colorbar(filled, ax=axes)
    bar.set_label("Output (surface) and true value (dots)")
    bar.outline.set_visible(False)
