"""Which classes are taken for which."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from chalkgrad.training.pictures.style import INK, RULE, drawn, matplotlib_part, new_figure, plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["confusion_matrix", "percent"]

MOST_WITH_SHARES = 12  # classes whose cells hold two lines that can be read
MOST_WITH_COUNTS = 30
_MOST_NAMES = 60
_LONGEST_NAME = 24


@drawn
def confusion_matrix(counts: ArrayLike, class_names: Sequence[str]) -> Figure:
    """How often each class is predicted as each; the colour is the share of the true class.

    Each cell holds its count and its share; with more than 12 classes its count, with more than 30 its colour alone.

    Args:
        counts: classes by classes; rows are the truth.
        class_names: one for each class.
    """
    table = np.asarray(counts, dtype=np.int64)
    classes, totals = len(table), table.sum(axis=1, keepdims=True)
    shares = np.divide(table, totals, out=np.zeros(table.shape), where=totals > 0)
    cell = 0.5 if classes <= MOST_WITH_SHARES else max(0.27, 7.0 / classes)
    side = min(8.2, max(2.2, cell * classes))
    names = 0.075 * min(_LONGEST_NAME, max(map(len, class_names), default=0))
    figure = new_figure(side + 1.4 + names, side + 0.8 + names)
    axes = figure.subplots()
    # A mistake is seldom: the scale gives small shares most of the colour.
    scale = matplotlib_part("colors").PowerNorm(0.5, vmin=0, vmax=1)
    image = axes.imshow(shares, cmap="Blues", norm=scale)
    if classes <= MOST_WITH_COUNTS:
        _write_counts(axes, table, shares, 72 * side / classes)
    _name_classes(axes, class_names)
    _explain_colours(figure, axes, image)
    right, total = int(np.trace(table)), int(table.sum())
    axes.set_title(f"{right:,} of {total:,} right" + (f" ({right / total:.1%})" if total else ""))
    return figure


def _explain_colours(figure: Any, axes: Any, image: Any) -> None:
    shares = matplotlib_part("ticker").PercentFormatter(1.0, decimals=0)
    bar = figure.colorbar(image, ax=axes, shrink=0.8, ticks=[0, 0.01, 0.05, 0.2, 0.5, 1], format=shares)
    bar.minorticks_off()
    bar.set_label("Share of the true class")
    bar.outline.set_visible(False)


def _write_counts(axes: Any, table: NDArray[np.int64], shares: NDArray[np.float64], cell: float) -> None:
    """The numbers in the cells, which are so many points wide, and lines between them."""
    with_shares = len(table) <= MOST_WITH_SHARES
    digits = max(3, len(f"{table.max(initial=0)}"))
    size = min(8.0, 0.85 * cell / (0.64 * digits))
    edges = np.arange(len(table) - 1) + 0.5
    axes.hlines(edges, -0.5, len(table) - 0.5, color=RULE, linewidth=0.4)
    axes.vlines(edges, -0.5, len(table) - 0.5, color=RULE, linewidth=0.4)
    for (row, place), count in np.ndenumerate(table):
        share = float(shares[row, place])
        if count:
            text = f"{count}\n{percent(share)}" if with_shares else f"{count}"
            axes.text(place, row, text, ha="center", va="center", size=size, color="white" if share > 0.3 else INK)


def percent(share: float) -> str:
    """A share in per cent; one that is not all does not read 100%, and one that is not nothing not 0%."""
    if 0 < share < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= share < 1 else f"{share:.0%}"


def _name_classes(axes: Any, class_names: Sequence[str]) -> None:
    every = math.ceil(len(class_names) / _MOST_NAMES)
    places = range(0, len(class_names), every)
    names = [plain(class_names[place], _LONGEST_NAME) for place in places]
    size = 8.5 if len(class_names) <= MOST_WITH_SHARES else max(5.0, min(8.0, 230 / len(class_names)))
    upright = any(len(name) > 4 for name in names) or len(class_names) > MOST_WITH_COUNTS
    axes.set_xticks(places, names, size=size, rotation=90 if upright else 0)
    axes.set_yticks(places, names, size=size)
    axes.tick_params(length=0)
    axes.set_xlabel("Predicted class")
    axes.set_ylabel("True class")
    axes.grid(visible=False)
    axes.spines[:].set_visible(True)
    axes.spines[:].set_color(RULE)
