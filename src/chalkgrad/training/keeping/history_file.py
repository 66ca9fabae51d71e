"""The history of a run on disk, one line an epoch: as JSON for programs, as CSV for a spreadsheet.

Lines are only ever added, so that the ten-thousandth epoch costs what the first did. The JSON lines are added and
synced before the checkpoint is written: a process that ends in between leaves lines too many, never too few, and the
number of lines that belong to a checkpoint stands in it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from chalkgrad.errors import Fault, ProblemError, UsageError
from chalkgrad.files import extend, write_whole
from chalkgrad.render.spreadsheet import csv_lines, plain_number

__all__ = ["History", "HistoryFiles", "json_line", "read_history", "rows_of"]

History: TypeAlias = dict[str, list[Any]]
Row: TypeAlias = dict[str, Any]

# JSON has no word for them, and what is written here must be JSON to every reader.
_BY_NAME = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def json_line(row: Mapping[str, Any]) -> str:
    """A row as one line of JSON; numbers are read back to the bit, and what JSON cannot say is said as text."""
    plain = {str(key): plain_number(value) for key, value in row.items()}
    for key, value in plain.items():
        if isinstance(value, float) and not math.isfinite(value):
            plain[key] = "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return f"{json.dumps(plain, allow_nan=False)}\n"


def rows_of(history: Mapping[str, Sequence[Any]], start: int = 0) -> list[Row]:
    """A history row by row, from the row `start` on.

    Raises:
        ValueError: if its columns are not of one length.
    """
    names = list(history)
    return [
        dict(zip(names, values, strict=True))
        for values in zip(*(column[start:] for column in history.values()), strict=True)
    ]


def read_history(path: Path, most_rows: int | None = None) -> History:
    """Read the JSON lines of a history.

    A last line that a crash cut off is left out.

    Args:
        path: the file; one that is not there is an empty history.
        most_rows: how many rows belong to the checkpoint; what stands behind them is left out.

    Returns:
        A list for each column; None where a row lacks it.

    Raises:
        ProblemError: `damaged-history`, with the line; `file-not-readable`.
    """
    rows = [_row(line, number, path.name) for number, line in enumerate(_whole_lines(path, most_rows), start=1)]
    if most_rows is not None and len(rows) < most_rows:
        message = f"`{path.name}` has {len(rows):,} rows, and the checkpoint belongs to {most_rows:,}"
        raise ProblemError(Fault("damaged-history", message, hint="take another copy of the folder of the run"))
    columns = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in columns}


def _whole_lines(path: Path, most_rows: int | None) -> list[bytes]:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        message = f"`{path.name}` cannot be read: {error.strerror or error}"
        raise ProblemError(Fault("file-not-readable", message)) from None
    return raw.split(b"\n")[:-1][:most_rows]


def _row(line: bytes, number: int, file: str) -> Row:
    try:
        row = json.loads(line.decode())
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict) or any(isinstance(value, dict | list) for value in row.values()):
        message = f"line {number} of `{file}` is no row of a history"
        raise ProblemError(Fault("damaged-history", message, hint="take another copy of the folder of the run"))
    return {key: _BY_NAME.get(value, value) if isinstance(value, str) else value for key, value in row.items()}


class HistoryFiles:
    """The two files of a history, written by one process.

    Args:
        lines: the file of JSON lines.
        table: the CSV file.
    """

    def __init__(self, lines: Path, table: Path) -> None:
        self.lines = lines
        self.table = table
        self._rows = -1  # how many rows are known to be on the disk; none is before the first writing
        self._lines_bytes = 0
        self._table_bytes = 0
        self._columns: tuple[str, ...] = ()

    def write(self, history: Mapping[str, Sequence[Any]]) -> None:
        """Bring a history to the disk, adding only the rows that are not there.

        Args:
            history: a list for each column, all of one length.

        Raises:
            UsageError: `cannot-write`; the rows that were there before stay whole.
        """
        rows = max(map(len, history.values()), default=0)
        if self._rows < 0 or self._rows > rows or tuple(history) != self._columns:
            self._write_anew(history)
            return
        added = rows_of(history, self._rows)
        if not added:
            return
        # Where one of the two fails, all is written anew the next time.
        self._rows = -1
        self._lines_bytes = extend(self.lines, self._lines_bytes, "".join(map(json_line, added)))
        with _open_elsewhere():
            self._table_bytes = extend(self.table, self._table_bytes, csv_lines(added, self._columns, with_head=False))
            self._rows = rows

    def _write_anew(self, history: Mapping[str, Sequence[Any]]) -> None:
        """Write both files whole: at the start, after going back, or when there are other columns."""
        self._rows = -1
        rows = rows_of(history)
        self._columns = tuple(history)
        lines = "".join(map(json_line, rows)).encode()
        table = csv_lines(rows, self._columns, with_head=True).encode()
        write_whole(self.lines, lines)
        with _open_elsewhere():
            write_whole(self.table, table)
            self._rows, self._lines_bytes, self._table_bytes = len(rows), len(lines), len(table)


@contextmanager
def _open_elsewhere() -> Iterator[None]:
    """Let a run go on while a spreadsheet holds the table open, as Windows allows it; it is written the next time."""
    try:
        yield
    except UsageError as error:
        if not isinstance(error.__cause__, PermissionError):
            raise
