"""Which files of a folder are pages, and what the report of each is called; names may be hostile."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path

from chalkgrad.errors import Fault, UsageError
from chalkgrad.render.characters import clean

__all__ = ["ENDINGS", "pages_of", "report_names", "shown_name"]

ENDINGS = (".md", ".markdown", ".tex", ".txt")
_UNSAFE = re.compile(r"[^\w.() -]")
_LONGEST = 120  # bytes of the name of a report, without what is put behind it
_LONGEST_SHOWN = 80


def pages_of(folder: Path) -> list[Path]:
    """The pages of a folder, by their names; hidden files are none, and folders in it are not looked into.

    Raises:
        UsageError: `no-folder`; `no-pages`, where there is nothing to mark.
    """
    try:
        found = [path for path in folder.iterdir() if _is_page(path)]
    except OSError as error:
        why = error.strerror or str(error)
        raise UsageError(Fault("no-folder", f'"{folder}" cannot be read as a folder: {why}')) from None
    if not found:
        hint = f"pages end in {', '.join(ENDINGS)}"
        raise UsageError(Fault("no-pages", f'there is no page in "{folder}"', hint=hint))
    return sorted(found, key=lambda path: os.fsencode(path.name))


def _is_page(path: Path) -> bool:
    return path.suffix.lower() in ENDINGS and not path.name.startswith(".") and path.is_file()


def shown_name(path: Path) -> str:
    """The name of a page as it may be shown anywhere: on one line, without what no format can show, not too long.

    >>> shown_name(Path("an\\nna.md"))
    'an na.md'
    """
    name = clean(path.name)
    return name if len(name) <= _LONGEST_SHOWN else f"{name[: _LONGEST_SHOWN - 9]}…{name[-8:]}"


def report_names(pages: Sequence[Path], ending: str) -> dict[Path, str]:
    """What the report of each page is called: the name of the page, made safe, with the ending of the format.

    A name that had to be changed, or that meets another where large and small letters are one, gets a part of its
    fingerprint, so that no two pages share a report.

    >>> list(report_names([Path("anna.md"), Path("=cmd()|x.md")], ".html").values())
    ['anna.md.html', '_cmd()_x.md-5ee0aa72.html']
    """
    found: dict[Path, str] = {}
    taken: set[str] = set()
    for page in pages:
        name = _safe(page.name)
        if name != page.name or name.casefold() in taken:
            name = f"{name}-{hashlib.sha256(os.fsencode(page.name)).hexdigest()[:8]}"
        taken.add(name.casefold())
        found[page] = f"{name}{ending}"
    return found


def _safe(name: str) -> str:
    safe = _UNSAFE.sub("_", clean(name)).strip(" .") or "_"
    cut = safe.encode()[:_LONGEST].decode("utf-8", "ignore")
    return f"_{cut[1:]}" if cut[0] in "-(" else cut
