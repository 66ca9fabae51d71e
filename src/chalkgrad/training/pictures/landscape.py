"""The loss along two directions, and the paths of descents on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from chalkgrad.training.pictures.plane import (
    Plane,
    Vector,
    deviation_of,
    plane_of_both,
    principal_plane,
    surface_on,
    window_around,
)
from chalkgrad.training.pictures.style import COLOURS, INK, drawn, explained, matplotlib_part, new_figure, plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["landscape", "plane_for", "plane_in_words"]

_MOST_POINTS = 4_000
_LEVELS = 14
_BOWL = 20  # a loss that spans more than this factor gets levels at equal factors


@drawn
def landscape(
    loss: Callable[[Vector], float],
    paths: Mapping[str, ArrayLike],
    plane: Plane | None = None,
    parameter_names: Sequence[str] = (),
    points: int = 41,
    title: str = "",
) -> Figure:
    """The loss on a plane through the space of parameters, with the paths of descents on it.

    With exactly two parameters it is the loss itself over both. With more, the plane is spanned by the two directions
    in which the paths vary most around the end of the first one, unless another is given; below the picture stands
    how far the paths leave it.

    Args:
        loss: the loss of a full vector of parameters; it is asked points squared times.
        paths: by name, such as `batch`, `stochastic`, `mini-batch`: steps by parameters, the start first.
        plane: where to look.
        parameter_names: of the two parameters, if there are two.
        points: how many grid points an axis has.
        title: what stands above.

    Raises:
        ValueError: without a path, or for paths of vectors of different lengths.
    """
    steps = {name: np.atleast_2d(np.asarray(path, dtype=np.float64)) for name, path in paths.items()}
    plane = plane or plane_for(steps)
    seen = {name: plane.coordinates(path) for name, path in steps.items()}
    first, second = window_around(np.concatenate(list(seen.values())), points)
    values = surface_on(loss, plane, first, second)
    figure = new_figure(6.0, 5.0)
    axes = figure.subplots()
    _draw_surface(figure, axes, first, second, values)
    _draw_paths(axes, seen)
    _name_axes(axes, plane, parameter_names, np.concatenate(list(steps.values())))
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.2)
    if title:
        figure.suptitle(plain(title, 90), x=0.01, ha="left", fontsize=10.5, fontweight="bold")
    explained(figure, plane_in_words(plane, steps))
    return figure


def plane_for(paths: Mapping[str, ArrayLike]) -> Plane:
    """The plane on which paths are shown: all there is for two parameters, else the one that leaves the least of them.

    Raises:
        ValueError: without a path, for paths of vectors of different lengths, or for a single parameter.
    """
    arrays = [np.atleast_2d(np.asarray(path, dtype=np.float64)) for path in paths.values()]
    widths = {array.shape[1] for array in arrays}
    if len(widths) != 1 or widths == {1}:
        raise ValueError(f"paths of vectors of one length, at least 2, are needed, not of {sorted(widths) or 'none'}")
    if widths == {2}:
        return plane_of_both()
    finite = arrays[0][np.isfinite(arrays[0]).all(axis=1)]
    return principal_plane(np.concatenate(arrays), finite[-1] if len(finite) else np.zeros(arrays[0].shape[1]))


def plane_in_words(plane: Plane, paths: Mapping[str, ArrayLike]) -> str:
    """What the plane is and how far the paths leave it, in one or two sentences."""
    if plane.exact:
        return "The loss over both parameters, exactly; the paths lie on it."
    off = deviation_of(plane, np.concatenate([np.atleast_2d(np.asarray(path)) for path in paths.values()]))
    return (
        f"A plane through {plane.origin.size:,} parameters, which holds {_percent(1 - off.share_left)} of the variance "
        f"of the paths around its origin ({_percent(off.shares[0])} and {_percent(off.shares[1])} by direction); "
        f"{_percent(off.share_left)} is left. The paths are projected: they leave the plane by at most "
        f"{off.largest:.2g} and reach {off.reach:.2g} from its origin. The loss shown is that of the plane."
    )


def _percent(share: float) -> str:
    return f"{share:.1%}" if share >= 0.0005 or share == 0 else "less than 0.1%"


def _levels(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where the lines of equal loss lie: at equal steps, or at equal factors where the loss spans a large one."""
    low, high = (float(np.nanmin(values)), float(np.nanmax(values))) if np.isfinite(values).any() else (0.0, 1.0)
    if high <= low:
        return np.array([low - 0.5, low + 0.5])
    if low > 0 and high / low > _BOWL:
        return np.geomspace(low, high, _LEVELS)
    # The bottom of a bowl is flat: squares of equal steps put more lines there.
    return low + (high - low) * np.linspace(0, 1, _LEVELS) ** 2


def _draw_surface(figure: Any, axes: Any, first: Vector, second: Vector, values: NDArray[np.float64]) -> None:
    levels = _levels(values)
    colors = matplotlib_part("colors")
    paper = colors.LinearSegmentedColormap.from_list("paper", ["#ffffff", "#9aa3ad"])
    shown = np.ma.masked_invalid(values)
    look = {"levels": levels, "norm": colors.BoundaryNorm(levels, paper.N), "cmap": paper}
    filled = axes.contourf(first, second, shown, **look)
    axes.contour(first, second, shown, levels=levels, colors="#7b838c", linewidths=0.4, linestyles="solid")
    bar = figure.colorbar(filled, ax=axes, ticks=levels[:: max(1, len(levels) // 7)], format=_short, shrink=0.9)
    bar.set_label("Loss")
    bar.outline.set_visible(False)
    bar.minorticks_off()
    axes.set_xlim(first[0], first[-1])
    axes.set_ylim(second[0], second[-1])
    axes.grid(visible=False)


def _short(value: float, _position: int | None = None) -> str:
    return f"{value:.3g}".replace("-", "−")


def _draw_paths(axes: Any, seen: Mapping[str, NDArray[np.float64]]) -> None:
    """Each path as a line from a ring at its start to a square at its end; the first on top."""
    for index, (name, path) in enumerate(seen.items()):
        colour, above = COLOURS[index % len(COLOURS)], 2 + 0.1 * (len(seen) - index)
        every = max(1, len(path) // _MOST_POINTS)
        line = np.concatenate([path[:-1:every], path[-1:]])
        steps = f"{len(path) - 1:,} step" + ("s" if len(path) != 2 else "")
        few = {"marker": ".", "markersize": 4} if len(path) <= 60 else {}
        width = 1.4 if index == 0 or len(path) <= 60 else 0.9
        axes.plot(*line.T, color=colour, linewidth=width, zorder=above, label=f"{plain(name, 24)} ({steps})", **few)
        finite = path[np.isfinite(path).all(axis=1)]
        if len(finite):
            ends = {"linestyle": "none", "markeredgecolor": INK, "zorder": 4}
            axes.plot(*finite[0], marker="o", markersize=8, markerfacecolor="none", **ends)
            axes.plot(*finite[-1], marker="s", markersize=5.5, markerfacecolor=colour, **ends)
    rings = {"linestyle": "none", "markerfacecolor": "none", "markeredgecolor": INK}
    axes.plot([], [], marker="o", markersize=8, label="start", **rings)
    axes.plot([], [], marker="s", markersize=5.5, label="end", **rings)


def _numbered(shares: tuple[float, float]) -> tuple[tuple[str, float], ...]:
    return ("First", shares[0]), ("Second", shares[1])


def _name_axes(axes: Any, plane: Plane, parameter_names: Sequence[str], points: NDArray[np.float64]) -> None:
    if plane.exact:
        names = list(parameter_names) or ["parameter 1", "parameter 2"]
    else:
        shares = deviation_of(plane, points).shares
        names = [f"{which} direction ({_percent(share)} of the variance)" for which, share in _numbered(shares)]
    axes.set_xlabel(plain(names[0], 60))
    axes.set_ylabel(plain(names[1], 60))
