"""The runs of a comparison on disk, one line of JSON each, so that it goes on where it stopped.

A line is added when its run is done. A process that ends while it writes leaves a torn last line, which the next one
writes over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chalkgrad.errors import Fault, ProblemError
from chalkgrad.files import extend, refusal, write_whole
from chalkgrad.training.comparing.outcome import Outcome, from_json, to_json
from chalkgrad.training.keeping.folder_lock import held

__all__ = ["FILE_NAME", "ComparisonFile"]

FILE_NAME = "comparison.jsonl"


class ComparisonFile:
    """The runs that are done, by a key for each.

    Args:
        path: the file.

    Raises:
        ProblemError: `damaged-comparison` with the line, `file-not-readable`.
        UsageError: `cannot-write`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.outcomes: dict[str, Outcome] = {}
        raw = self._raw()
        # What stands behind the last line end was never finished.
        *lines, torn = raw.split(b"\n")
        for number, line in enumerate(lines, start=1):
            key, outcome = self._read(line, number)
            self.outcomes[key] = outcome
        self._bytes = len(raw) - len(torn)

    @classmethod
    @contextmanager
    def held(cls, folder: str | Path) -> Iterator[ComparisonFile]:
        """The file of a folder, which no other process writes to meanwhile; both are made if they are not there.

        Raises:
            ProblemError: as above.
            UsageError: `folder-in-use`, `cannot-write`.
        """
        folder = Path(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except (OSError, ValueError) as error:
            raise refusal(folder, error) from error
        with held(folder):
            yield cls(folder / FILE_NAME)

    def add(self, key: str, words: dict[str, Any], outcome: Outcome) -> None:
        """Keep what a run came to.

        Args:
            key: by which it is found again.
            words: what it was, for a reader.
            outcome: what it came to.

        Raises:
            UsageError: `cannot-write`; what was there before stays whole.
        """
        line = json.dumps({"key": key, **words, "outcome": to_json(outcome)}, allow_nan=False)
        self._bytes = extend(self.path, self._bytes, f"{line}\n")
        self.outcomes[key] = outcome

    def _raw(self) -> bytes:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            write_whole(self.path, b"")
            return b""
        except OSError as error:
            message = f"`{self.path}` cannot be read: {error.strerror or error}"
            raise ProblemError(Fault("file-not-readable", message)) from None

    def _read(self, line: bytes, number: int) -> tuple[str, Outcome]:
        try:
            row = json.loads(line.decode())
            key, outcome = row["key"], from_json(row["outcome"])
            if not isinstance(key, str):
                raise ValueError
        except (ValueError, KeyError, TypeError, RecursionError):
            message = f"line {number} of `{self.path.name}` is no run of a comparison"
            hint = "remove the line, or compare in another folder"
            raise ProblemError(Fault("damaged-comparison", message, hint=hint)) from None
        return key, outcome
