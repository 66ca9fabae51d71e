"""Samples from a CSV file: numbers in every script, classes by name, and every fault by line and column."""

from __future__ import annotations

import csv
import io
import math
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from chalkgrad.errors import Fault, FormulaError, Place, ProblemError, nearest
from chalkgrad.reading.data_sources import Dataset
from chalkgrad.reading.written_numbers import read_written

__all__ = ["load_csv"]

_MOST_FAULTS = 20
_DELIMITERS = (",", ";", "\t")


@dataclass(slots=True)
class _Table:
    """A CSV file while it is read."""

    name: str
    lines: list[str]
    delimiter: str
    header: tuple[str, ...] = ()
    target: int = 0
    has_classes: bool = False
    features: array[float] = field(default_factory=lambda: array("d"))
    targets: array[float] = field(default_factory=lambda: array("d"))
    classes: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def blame(self, code: str, message: str, line: int, cell: int = 0, hint: str = "") -> None:
        """Note a fault in a cell; after twenty of them, give up."""
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        column, width = _cell_at(text, self.delimiter, cell)
        self.faults.append(Fault(code, message, Place(self.name, line, column + 1, text, max(1, width)), hint))
        if len(self.faults) >= _MOST_FAULTS:
            raise ProblemError(self.faults)


def load_csv(path: Path, name: str, target: str | int) -> Dataset:
    """Read samples from a CSV file, one a line; the first line may name the columns.

    Args:
        path: the file.
        name: what to call it in messages.
        target: the column to be learned, by name or by number from 1. If its first entry is no number, its words
            become classes, numbered in the order of the alphabet.

    Returns:
        The samples; `y` is float64 (samples by 1), or int64 class numbers.

    Raises:
        ProblemError: up to twenty faults at once: `not-utf-8`, `no-samples`, `no-such-column`, `ragged-row`,
            `not-a-number`, `empty-cell`, `not-csv`.
    """
    text = _text(path, name)
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    table = _Table(name, lines, max(_DELIMITERS, key=first.count))
    rows = _rows(table, text)
    head = next(rows, None)
    if head is None:
        raise ProblemError(Fault("no-samples", f"{name} is empty; expected samples, one a line"))
    body = _start(table, head, rows, target)
    for line, cells in body:
        _take_row(table, line, cells)
    if table.faults:
        raise ProblemError(table.faults)
    return _dataset(table)


def _text(path: Path, name: str) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        message = f"{name} is not UTF-8: byte {error.start + 1} is 0x{error.object[error.start]:02X}"
        raise ProblemError(Fault("not-utf-8", message, Place(name, line, 1), "save the file as UTF-8")) from None
    except OSError as error:
        raise ProblemError(Fault("file-not-readable", f"`{name}` cannot be read: {error.strerror}")) from None


def _rows(table: _Table, text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, each with the line it starts in."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=table.delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            table.blame("not-csv", f"this cannot be read as CSV: {error}", line, hint="quotes come in pairs")
            raise ProblemError(table.faults) from None
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1


def _start(
    table: _Table, head: tuple[int, list[str]], rows: Iterator[tuple[int, list[str]]], target: str | int
) -> Iterator[tuple[int, list[str]]]:
    """Settle the names of the columns, the target and whether it holds classes; hand on the rows of samples."""
    line, cells = head
    names = tuple(cell.strip() for cell in cells)
    others = [cell for index, cell in enumerate(cells) if not (isinstance(target, int) and index == target - 1)]
    has_header = isinstance(target, str) or not all(_is_number(cell) for cell in others) or not others
    table.header = names if has_header else tuple(f"column {number}" for number in range(1, len(cells) + 1))
    table.target = _target_column(table, target, line)
    first = next(rows, None) if has_header else head
    if first is None:
        raise ProblemError(Fault("no-samples", f"{table.name} holds no samples below its first line"))
    position = min(table.target, len(first[1]) - 1)
    table.has_classes = not _is_number(first[1][position])
    return _chained(first, rows)


def _chained(first: tuple[int, list[str]], rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    yield first
    yield from rows


def _target_column(table: _Table, target: str | int, line: int) -> int:
    if isinstance(target, int) and target <= len(table.header):
        return target - 1
    if isinstance(target, str) and table.header.count(target) == 1:
        return table.header.index(target)
    if isinstance(target, int):
        message = f"there is no column {target}; the file has {len(table.header)}"
        hint = ""
    elif target in table.header:
        message, hint = f"two columns are called `{target}`", "name the target by its number, counted from 1"
    else:
        message = f"there is no column `{target}`"
        hint = nearest(target, table.header) or f"the columns are {', '.join(table.header[:12])}"
    table.blame("no-such-column", message, line, hint=hint)
    raise ProblemError(table.faults)


def _is_number(cell: str) -> bool:
    try:
        read_written(cell)
    except FormulaError:
        return False
    return True


def _take_row(table: _Table, line: int, cells: Sequence[str]) -> None:
    if len(cells) != len(table.header):
        message = f"expected {len(table.header)} cells, read {len(cells)}"
        table.blame("ragged-row", message, line, min(len(cells), len(table.header)))
        return
    target = cells[table.target]
    features = [cell for index, cell in enumerate(cells) if index != table.target]
    table.features.extend(_floats(table, line, features))
    if not table.has_classes:
        table.targets.append(_float(table, line, table.target, target))
    elif target.strip():
        table.classes.append(target.strip())
    else:
        table.blame(
            "empty-cell", f"expected a class in column `{table.header[table.target]}`, read nothing", line, table.target
        )


def _floats(table: _Table, line: int, cells: Sequence[str]) -> list[float]:
    """The numbers of a row; the plain case in one go, anything unusual cell by cell."""
    try:
        values = [float(cell) for cell in cells]
    except ValueError:
        values = [math.nan]
    # float() takes nan, inf and 1_000 for numbers, which here are slips.
    if all(map(math.isfinite, values)) and "_" not in table.lines[line - 1]:
        return values
    columns = [index for index in range(len(table.header)) if index != table.target]
    return [_float(table, line, column, cell) for column, cell in zip(columns, cells, strict=True)]


def _float(table: _Table, line: int, column: int, cell: str) -> float:
    where = f"column `{table.header[column]}`"
    if not cell.strip():
        table.blame("empty-cell", f"expected a number in {where}, read nothing", line, column)
        return math.nan
    try:
        return float(read_written(cell))
    except FormulaError as error:
        shown = cell.strip()[:40]
        hint = error.faults[0].hint
        table.blame("not-a-number", f"expected a number in {where}, read `{shown}`", line, column, hint)
    except OverflowError:
        table.blame(
            "number-too-long", f"expected a number up to 1e308 in {where}, read `{cell.strip()[:40]}`", line, column
        )
    return math.nan


def _cell_at(line: str, delimiter: str, cell: int) -> tuple[int, int]:
    """Where a cell starts in its line, and how wide it is."""
    pattern = re.compile(r'"(?:[^"]|"")*"?|[^' + re.escape(delimiter) + "]*")
    position = 0
    for _ in range(cell):
        found = pattern.match(line, position)
        end = found.end() if found else position
        if end >= len(line):
            return max(0, len(line) - 1), 1
        position = end + 1
    found = pattern.match(line, position)
    return position, (found.end() - position) if found else 1


def _dataset(table: _Table) -> Dataset:
    features = tuple(name for index, name in enumerate(table.header) if index != table.target)
    count = len(table.classes) if table.has_classes else len(table.targets)
    x = np.frombuffer(table.features, dtype=np.float64).reshape(count, len(features))
    summary = f"{count:,} samples of {len(features)} numbers from {table.name}"
    if not table.has_classes:
        y = np.frombuffer(table.targets, dtype=np.float64).reshape(count, 1)
        return Dataset(x, y, features, (), summary)
    names = tuple(sorted(set(table.classes)))
    number_of = {name: number for number, name in enumerate(names)}
    numbers = np.array([number_of[name] for name in table.classes], dtype=np.int64)
    return Dataset(x, numbers, features, names, f"{summary}, {len(names)} classes")
