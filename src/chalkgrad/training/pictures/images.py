"""Samples and weights that are images: the worst mistakes, and what each unit of the first layer looks at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from chalkgrad.training.metrics import by_class, worst_mistakes_first
from chalkgrad.training.pictures.classes import percent
from chalkgrad.training.pictures.style import drawn, new_figure, plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["weight_images", "worst_mistakes"]

_MISTAKES_A_ROW = 6
_WITH_LONG_NAMES = 4
_LONGEST_NAME = 14
_UNITS_A_ROW = 8
# Inches.
_GAP, _HEADING, _SCALE = 0.1, 0.3, 1.0
_TALLEST = 3.0  # the height of a place for an image in widths


@drawn
def worst_mistakes(
    images: ArrayLike,
    truths: ArrayLike,
    predictions: ArrayLike,
    probabilities: ArrayLike,
    class_names: Sequence[str],
    most: int = 24,
    sample_numbers: ArrayLike | None = None,
) -> Figure:
    """The images that are predicted wrong, the least probable truth first.

    Args:
        images: samples by rows by columns, or with red, green and blue as a fourth axis.
        truths: class numbers from 0, one a sample.
        predictions: the same of the predictions.
        probabilities: samples by classes; or the probability of class 1, one a sample.
        class_names: one for each class.
        most: how many images at most.
        sample_numbers: what each sample is called by; else its place from 0.

    Raises:
        ValueError: for images of another shape.
    """
    stack, truth, guess = _stack(images), np.ravel(truths), np.ravel(predictions)
    numbers = np.arange(len(truth)) if sample_numbers is None else np.ravel(sample_numbers)
    chosen = worst_mistakes_first(truth, guess, probabilities, most)
    shares, drawing = by_class(probabilities), _drawing_of(stack)
    short = max(map(len, class_names), default=0) <= 6
    columns = _MISTAKES_A_ROW if short else _WITH_LONG_NAMES
    figure, panels = _panels(len(chosen), columns, 1.2 if short else 1.8, stack.shape[1:3], 0.42)
    for axes, place in zip(panels, chosen, strict=False):
        _show(axes, stack[place], drawing)
        (is_, taken_for), odds = (truth[place], guess[place]), shares[place]
        told = (
            f"sample {numbers[place]}\nis {_name(class_names, is_)} ({percent(odds[is_])})"
            f"\ntaken for {_name(class_names, taken_for)} ({percent(odds[taken_for])})"
        )
        axes.set_title(told, fontsize=7, loc="center", linespacing=1.15, pad=3)
    _head(figure, _how_many(len(chosen), int((truth != guess).sum()), len(truth)))
    return figure


def _name(class_names: Sequence[str], number: int) -> str:
    return plain(class_names[int(number)], _LONGEST_NAME)


def _how_many(shown: int, wrong: int, total: int) -> str:
    if not wrong:
        return f"No mistake among {total:,} samples"
    which = "all of them" if shown == wrong else f"the worst {shown}"
    return f"{wrong:,} of {total:,} samples predicted wrong; {which}"


@drawn
def weight_images(
    weights: ArrayLike, image_shape: tuple[int, ...], most: int = 64, unit_names: Sequence[str] = ()
) -> Figure:
    """The weights of each unit of the first layer as an image, all on one scale with 0 in its middle.

    Where the images have three colours, a pixel shows its three weights as red, green and blue, and 0 is grey.

    Args:
        weights: inputs by units, as in z = x W; hand over the transposed matrix where z = W x.
        image_shape: rows, columns, and the number of colours if there are several.
        most: how many units at most, from the first on.
        unit_names: one for each unit; else `unit 1` and on.

    Raises:
        ValueError: where the weights of a unit are not as many as an image has entries.
    """
    matrix = np.asarray(weights, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != math.prod(image_shape):
        raise ValueError(f"weights of shape {matrix.shape} are no images of shape {tuple(image_shape)}, one a column")
    stack = _stack(matrix.T[:most].reshape(-1, *image_shape))
    largest = float(np.nanmax(np.abs(stack), initial=0.0)) or 1.0
    # From dark blue over grey to yellow: its grey rises all the way, so that a copy without colour tells the sign.
    drawing = {"cmap": "cividis", "vmin": -largest, "vmax": largest}
    columns = _UNITS_A_ROW if len(stack) <= _UNITS_A_ROW**2 else math.ceil(math.sqrt(len(stack)))
    figure, panels = _panels(len(stack), columns, 0.8, stack.shape[1:3], 0.19, beside=_SCALE)
    image = None
    for place, (axes, pixels) in enumerate(zip(panels, stack, strict=False)):
        shown = pixels if pixels.ndim == 2 else 0.5 + pixels / (2 * largest)
        image = _show(axes, shown, drawing)
        name = unit_names[place] if unit_names else f"unit {place + 1}"
        axes.set_title(plain(name, 14), fontsize=7, loc="center", pad=3)
    if image is not None and stack.ndim == 3:
        _explain_colours(figure, image)
    if len(stack) < matrix.shape[1]:
        _head(figure, f"The first {len(stack)} of {matrix.shape[1]:,} units")
    return figure


def _stack(images: ArrayLike) -> NDArray[Any]:
    """Images as samples by rows by columns, with a fourth axis of three colours if they have any."""
    stack = np.asarray(images)
    if stack.ndim == 4 and stack.shape[3] == 1:
        stack = stack[..., 0]
    if stack.ndim == 3 or (stack.ndim == 4 and stack.shape[3] == 3):
        return stack
    raise ValueError(f"images are samples by rows by columns, and by 3 colours if they have any, not {stack.shape}")


def _drawing_of(stack: NDArray[Any]) -> dict[str, Any]:
    """One scale of greys for all images, from their darkest to their brightest."""
    low, high = (float(stack.min()), float(stack.max())) if stack.size else (0.0, 1.0)
    return {"cmap": "gray", "vmin": low, "vmax": high if high > low else low + 1}


def _show(axes: Any, image: NDArray[Any], drawing: dict[str, Any]) -> Any:
    """One image; colours are stretched to what Matplotlib takes, shares from 0 to 1."""
    if image.ndim == 3 and drawing["cmap"] == "gray":
        image = (image - drawing["vmin"]) / (drawing["vmax"] - drawing["vmin"])
    return axes.imshow(np.clip(image, 0, 1) if image.ndim == 3 else image, **drawing)


def _panels(
    count: int, columns: int, width: float, shape: tuple[int, ...], above: float, beside: float = 0.1
) -> tuple[Figure, list[Any]]:
    """A figure with a place for each of so many images, each so many inches wide, with room for words above.

    A grid needs no layout engine, which takes seconds for dozens of images.
    """
    across, down = max(1, min(columns, count)), math.ceil(count / columns)
    height = width * min(_TALLEST, shape[0] / max(1, shape[1]))
    size = max(3.2, across * (width + _GAP) + beside), _HEADING + down * (height + above + _GAP)
    figure = new_figure(*size)
    figure.set_layout_engine("none")
    panels = []
    for place in range(count):
        left = _GAP / 2 + place % across * (width + _GAP)
        bottom = size[1] - _HEADING - (place // across + 1) * (height + above) - place // across * _GAP
        axes = figure.add_axes((left / size[0], bottom / size[1], width / size[0], height / size[1]))
        axes.set_axis_off()
        panels.append(axes)
    return figure, panels


def _head(figure: Figure, words: str) -> None:
    figure.text(0.05 / figure.get_figwidth(), 1 - 0.06 / figure.get_figheight(), words, va="top", fontsize=9.5)


def _explain_colours(figure: Figure, image: Any) -> None:
    """The scale of the weights, at the right edge."""
    width, height = figure.get_size_inches()
    tall = min(height - 0.6, 2.6)
    bottom = (height - 0.2 - tall) / 2
    place = ((width - _SCALE + 0.15) / width, bottom / height, 0.11 / width, tall / height)
    bar = figure.colorbar(image, cax=figure.add_axes(place))
    bar.ax.set_title("Weight", fontsize=8.5)
    bar.ax.tick_params(labelsize=8)
    bar.outline.set_visible(False)
