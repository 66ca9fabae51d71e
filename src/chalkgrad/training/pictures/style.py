"""How all pictures look, and the one door through which Matplotlib comes in.

Figures are made from their classes, never through `pyplot`, so that none is kept alive behind the user's back. The
settings of the user's own Matplotlib (a dark style, TeX for every text) are put aside while a picture is drawn: the
same numbers give the same picture on every machine.
"""

from __future__ import annotations

import functools
import importlib
import textwrap
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ParamSpec

from chalkgrad.errors import Fault, UsageError
from chalkgrad.render.characters import clean

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "COLOURS",
    "INK",
    "LINES",
    "MARKERS",
    "QUIET",
    "RULE",
    "drawn",
    "explained",
    "matplotlib_part",
    "new_figure",
    "plain",
    "styled",
]

# Okabe and Ito, "Color Universal Design" (2008), in an order whose greys differ, without its yellow, which is too light
# for a line; then two of Paul Tol's "muted" scheme and a grey.
COLOURS = (
    *("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"),
    *("#882255", "#999933", "#8a8a8a"),
)
LINES = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)))
MARKERS = "osD^vPX*<>p"
INK, QUIET, RULE = "#1d1b18", "#5f5a52", "#d9d9d9"
# Letters beyond Latin, Greek, Cyrillic, Hebrew and Arabic are taken from the first of these that is installed.
_OTHER_FONTS = (
    *("Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Microsoft YaHei", "PingFang SC", "Hiragino Sans"),
    *("WenQuanYi Zen Hei", "Malgun Gothic", "Noto Sans Devanagari", "Nirmala UI", "Noto Sans", "Arial Unicode MS"),
)
_STYLE: dict[str, Any] = {
    "font.size": 9.0,
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.titleweight": "normal",
    "axes.labelcolor": INK,
    "axes.edgecolor": QUIET,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": RULE,
    "grid.linewidth": 0.5,
    "text.color": INK,
    "text.usetex": False,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "lines.linewidth": 1.6,
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "image.interpolation": "nearest",
    # Letters as outlines: the picture looks the same where the font is not installed, in a browser as in a PDF.
    "svg.fonttype": "path",
    "svg.hashsalt": "chalkgrad",
    "pdf.fonttype": 42,
}
# Matplotlib keeps its settings in one place for all threads; ours stand there only while this is held.
_SETTINGS = threading.RLock()

_Arguments = ParamSpec("_Arguments")


def matplotlib_part(name: str = "") -> Any:
    """A module of Matplotlib, such as `ticker`, or Matplotlib itself.

    Raises:
        UsageError: `missing-extra`, when Matplotlib is not installed.
    """
    try:
        return importlib.import_module(f"matplotlib.{name}" if name else "matplotlib")
    except ImportError:
        message = "Pictures are drawn by the package `matplotlib`, which is not installed."
        raise UsageError(Fault("missing-extra", message, hint="pip install 'chalkgrad[plot]'")) from None


@contextmanager
def styled() -> Iterator[None]:
    """Put the settings of our pictures in the place of the user's, and take them away again."""
    style = matplotlib_part("style")
    with _SETTINGS, style.context(["default", {**_STYLE, "font.family": _fonts()}]), warnings.catch_warnings():
        # A letter that no installed font has is drawn as a box; the name is text from outside, and no fault of ours.
        warnings.filterwarnings("ignore", message=r"Glyph \d+", category=UserWarning)
        yield


def drawn(draw: Callable[_Arguments, Figure]) -> Callable[_Arguments, Figure]:
    """A function that draws a figure, run under the settings of our pictures."""

    @functools.wraps(draw)
    def under_our_settings(*args: _Arguments.args, **keys: _Arguments.kwargs) -> Figure:
        with styled():
            figure = draw(*args, **keys)
            # Each layout starts from the last one and moves things a little: done once, all files are alike.
            if figure.get_layout_engine() is not None:
                figure.draw_without_rendering()
                figure.set_layout_engine("none")
        return figure

    return under_our_settings


def explained(figure: Any, words: str) -> None:
    """A sentence below the picture."""
    figure.supxlabel(
        textwrap.fill(plain(words), int(16 * figure.get_figwidth())), x=0.01, ha="left", fontsize=8, color=QUIET
    )


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of a width and a height in inches; in a notebook it shows itself."""
    figure: Figure = _figure_class()(figsize=(width, height), layout="constrained")
    return figure


def plain(text: object, most: int = 0) -> str:
    """Text as it stands, cut to `most` characters if that is given.

    A dollar sign would begin mathematics to Matplotlib, and an underscore hide a name from the legend.

    >>> plain("$x$ costs"), plain("a very long name", 8)
    ('\\\\$x\\\\$ costs', 'a very …')
    """
    shown = clean(str(text))
    if most and len(shown) > most:
        shown = shown[: most - 1] + "…"
    return shown.replace("$", r"\$").replace("_", "\u200b_", shown.startswith("_"))


@functools.cache
def _fonts() -> list[str]:
    """DejaVu Sans, which comes with Matplotlib, and what is installed of the fonts for other letters."""
    installed = {font.name for font in matplotlib_part("font_manager").fontManager.ttflist}
    return ["DejaVu Sans", *(name for name in _OTHER_FONTS if name in installed)]


@functools.cache
def _figure_class() -> Any:
    """Matplotlib's figure, shown by a notebook even where `pyplot` was never asked to."""
    return type("NotebookFigure", (matplotlib_part("figure").Figure,), {"_repr_png_": _for_a_notebook})


def _for_a_notebook(figure: Any) -> tuple[bytes, dict[str, int]]:
    """The picture with twice the dots of the screen, and the size that it is to be shown at."""
    from chalkgrad.training.pictures.files import to_png

    width, height = (round(96 * inches) for inches in figure.get_size_inches())
    return to_png(figure, 192), {"width": width, "height": height}
