"""A picture as a block of a document, where it can be drawn at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from chalkgrad.errors import UsageError
from chalkgrad.render.document import Block, words
from chalkgrad.training.pictures.files import in_document

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["picture_block"]


def picture_block(draw: Callable[[], Figure], alt: str, caption: str = "") -> Iterator[Block]:
    """The picture, or nothing where Matplotlib is not installed.

    Args:
        draw: makes the figure.
        alt: what it shows, in a sentence.
        caption: what stands below it.
    """
    try:
        figure = draw()
    except UsageError as error:
        if error.code != "missing-extra":
            raise
        return
    yield in_document(figure, alt, words(caption) if caption else ())
