"""Something to read, in any format."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from chalkgrad.render import write
from chalkgrad.render.document import Document

__all__ = ["Page"]


class Page:
    """Something to read, in any format; in a notebook it shows itself.

    Args:
        make: makes the document when it is first asked for.
        data: makes the same as plain data, for JSON.
    """

    def __init__(self, make: Callable[[], Document], data: Callable[[], Any]) -> None:
        self._make, self._data = make, data

    @cached_property
    def _document(self) -> Document:
        return self._make()

    def document(self) -> Document:
        """The document, as blocks."""
        return self._document

    def data(self) -> Any:
        """The same as plain numbers, lists and mappings."""
        return self._data()

    def write(self, format: str) -> str | bytes:
        """The document as `text`, `md`, `tex`, `html`, `typ`, `pdf` (bytes) or `json`.

        Raises:
            UsageError: with code `unknown-format`, or `missing-extra` if the format needs an extra.
        """
        if format == "json":
            return json.dumps(self.data(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        return write(self.document(), format)

    def save(self, path: str | Path) -> Path:
        """Write to a file; its ending says the format, such as `.pdf` or `.txt`.

        Raises:
            UsageError: with code `unknown-format`, for an ending that no format has.
        """
        target = Path(path)
        ending = target.suffix.removeprefix(".").lower()
        content = self.write({"": "text", "txt": "text", "htm": "html", "markdown": "md"}.get(ending, ending))
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
        return target

    def show(self, console_width: int | None = None) -> None:
        """Print to the terminal, in colour where it has any."""
        from rich.console import Console

        from chalkgrad.render.terminal import to_terminal

        to_terminal(self.document(), Console(width=console_width, highlight=False))

    def __str__(self) -> str:
        return str(self.write("text"))

    def _repr_html_(self) -> str:
        """For notebooks: the page in a frame of its own, so that its styles and the notebook's do not meet."""
        from chalkgrad.render.html import framed

        return framed(self.document())

    def _repr_markdown_(self) -> str:
        """For notebooks that show no frames."""
        return str(self.write("md"))
