"""The files of an export, written to a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from chalkgrad.files import refusal, write_whole

__all__ = ["write_files"]


def write_files(folder: str | Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write the files of an export.

    Args:
        folder: where; made if it is not there.
        files: their contents by their names, as `export` gives them.

    Returns:
        Where they stand.

    Raises:
        UsageError: `cannot-write`.
    """
    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise refusal(place, error) from error
    for name, content in files.items():
        write_whole(place / name, content)
    return [place / name for name in files]
