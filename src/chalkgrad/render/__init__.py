"""How things look: a document of a few block types, and its writers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from chalkgrad.errors import Fault, UsageError, nearest
from chalkgrad.render.document import Document

__all__ = ["FORMATS", "Format", "write"]


@dataclass(frozen=True, slots=True)
class Format:
    """A format that a document can be written in.

    Args:
        name: what it is called on the command line.
        ending: how its files end, with the dot.
        write: writes a document; text, or bytes for PDF.
    """

    name: str
    ending: str
    write: Callable[[Document], str | bytes]


# A writer is imported when it first writes: who asks for text does not wait for HTML, LaTeX and PDF.


def _to_text(document: Document) -> str:
    from chalkgrad.render.terminal import to_text

    return to_text(document)


def _to_markdown(document: Document) -> str:
    from chalkgrad.render.markdown import to_markdown

    return to_markdown(document)


def _to_latex(document: Document) -> str:
    from chalkgrad.render.latex_document import to_latex

    return to_latex(document)


def _to_html(document: Document) -> str:
    from chalkgrad.render.html import to_html

    return to_html(document)


def _to_pdf(document: Document) -> bytes:
    from chalkgrad.render.typst_document import to_pdf

    return to_pdf(document)


def _to_typst(document: Document) -> str:
    from chalkgrad.render.typst_document import to_typst

    return to_typst(document)


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        known.name: known
        for known in (
            Format("text", ".txt", _to_text),
            Format("md", ".md", _to_markdown),
            Format("tex", ".tex", _to_latex),
            Format("html", ".html", _to_html),
            Format("pdf", ".pdf", _to_pdf),
            Format("typ", ".typ", _to_typst),
        )
    }
)


def write(document: Document, format: str) -> str | bytes:
    """Write a document.

    Args:
        document: what to write.
        format: the name of a format in `FORMATS`.

    Returns:
        Text, or bytes for `pdf`.

    Raises:
        UsageError: `unknown-format`; `missing-extra` for `pdf` without the `typst` package.

    >>> print(write(Document("A title", ()), "md"), end="")
    # A title
    """
    known = FORMATS.get(format)
    if known is None:
        raise UsageError(
            Fault(
                "unknown-format",
                f"`{format}` is no format that a document can be written in; there are {', '.join(FORMATS)}.",
                hint=nearest(format, list(FORMATS)),
            )
        )
    return known.write(document)
