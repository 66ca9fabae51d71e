"""A picture as SVG, PNG or PDF, as a file, and as a block of a document; the same figure gives the same bytes."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalkgrad.errors import Fault, UsageError
from chalkgrad.files import write_whole
from chalkgrad.render import document
from chalkgrad.render.document import Inline
from chalkgrad.training.pictures.style import styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["in_document", "save_figure", "to_pdf", "to_png", "to_svg"]


def to_svg(figure: Figure) -> str:
    """The picture as SVG: letters as outlines, no date, so that the same picture is the same text."""
    return _written(figure, "svg", metadata={"Date": None, "Creator": None}).decode()


def to_png(figure: Figure, dots_per_inch: float = 150) -> bytes:
    """The picture as PNG on white paper, 8 bits a colour and no transparency, as LaTeX can hold it."""
    from PIL import Image  # comes with Matplotlib

    opaque = io.BytesIO()
    with Image.open(io.BytesIO(_written(figure, "png", dpi=dots_per_inch))) as image:
        image.convert("RGB").save(opaque, "PNG")
    return opaque.getvalue()


def to_pdf(figure: Figure) -> bytes:
    """The picture as a page of PDF of its own size, without a date."""
    return _written(figure, "pdf", metadata={"CreationDate": None, "Creator": None, "Producer": None})


def save_figure(figure: Figure, path: str | Path) -> Path:
    """Write a picture to a file, whole or not at all; the ending says the format.

    Args:
        figure: what to write.
        path: a name that ends in `.png`, `.svg` or `.pdf`.

    Returns:
        The path.

    Raises:
        UsageError: `unknown-format`, for another ending; `cannot-write`, where the file cannot be written.
    """
    target = Path(path)
    writers: dict[str, Callable[[Figure], bytes | str]] = {".png": to_png, ".svg": to_svg, ".pdf": to_pdf}
    write = writers.get(target.suffix.lower())
    if write is None:
        message = f'a picture is written as PNG, SVG or PDF, and "{target.name}" ends in none of .png, .svg, .pdf'
        raise UsageError(Fault("unknown-format", message, hint="name the file with one of these endings"))
    write_whole(target, write(figure))
    return target


def in_document(figure: Figure, alt: str, caption: Inline = (), width: float = 1.0) -> document.Figure:
    """The picture as a block of a document, as SVG and, for LaTeX, as PNG.

    Args:
        figure: what to show.
        alt: what it shows, in a sentence, for who cannot see it.
        caption: what stands below it.
        width: its width as a share of the line.
    """
    return document.Figure(alt, caption, to_svg(figure), to_png(figure), width)


def _written(figure: Figure, format: str, **options: Any) -> bytes:
    page = io.BytesIO()
    with styled():
        figure.savefig(page, format=format, **options)
    return page.getvalue()
