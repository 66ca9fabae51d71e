"""The rows of a CSV file as numbers: whole blocks at once where they are plain, else cell by cell, with every fault."""

from __future__ import annotations

import csv
import io
import math
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chalkgrad.errors import Fault, FormulaError, Place, ProblemError, nearest
from chalkgrad.reading.csv_blocks import Block
from chalkgrad.reading.written_numbers import read_written

__all__ = ["Labels", "Sheet", "cells_of", "is_missing", "is_number", "read_block"]

Numbers = NDArray[np.float64]

_MOST_FAULTS = 20
_MOST_CLASSES = 10_000
_MISSING = frozenset(("", "?", "na", "n/a", "nan", "null", "none", "#n/a", "<na>"))


class Labels:
    """The classes of a target, each with a number in the order in which it comes, or in a given order.

    Args:
        names: the classes that may occur; None where every word is one.
    """

    def __init__(self, names: Sequence[str] | None = None) -> None:
        self.is_open = names is None
        self.number_of = {name: number for number, name in enumerate(names or ())}

    def numbers(self, cells: Sequence[str]) -> list[int] | None:
        """The number of each word, or None where one of them needs a closer look."""
        words = [cell.strip() for cell in cells]
        if self.is_open:
            for word in dict.fromkeys(words):
                self.number_of.setdefault(word, len(self.number_of))
        return None if "" in words or not all(map(self._may_be, set(words))) else [self.number_of[w] for w in words]

    def _may_be(self, word: str) -> bool:
        return word in self.number_of and self.number_of[word] < _MOST_CLASSES


@dataclass(slots=True)
class Sheet:
    """What is read of each line of a CSV file, and what is wrong with it so far.

    Args:
        name: what to call the file in messages.
        delimiter: what stands between cells.
        header: the names of its columns.
        features: the columns that are inputs, from 0, in their order.
        target: the column that is learned, or None.
        labels: the classes of the target, where it holds classes.
    """

    name: str
    delimiter: str
    header: tuple[str, ...] = ()
    features: tuple[int, ...] = ()
    target: int | None = None
    labels: Labels | None = None
    faults: list[Fault] = field(default_factory=list)

    def blame(self, code: str, message: str, line: int, text: str = "", cell: int = 0, hint: str = "") -> None:
        """Note a fault in a cell of a line; after twenty of them, give up."""
        column, width = _cell_at(text, self.delimiter, cell)
        self.faults.append(Fault(code, message, Place(self.name, line, column + 1, text, max(1, width)), hint))
        if len(self.faults) >= _MOST_FAULTS:
            raise ProblemError(self.faults)


def read_block(sheet: Sheet, block: Block) -> tuple[Numbers, NDArray[Any] | None]:
    """The inputs and targets of some rows; what is wrong with them is noted on the sheet.

    Returns:
        Samples by features, and one target a sample: float64, or int64 class numbers; None without a target.
    """
    found = _at_once(sheet, block.text)
    return found if found is not None else _one_by_one(sheet, block)


def is_number(cell: str) -> bool:
    """Whether a cell is a number in any script."""
    try:
        float(read_written(cell))
    except (FormulaError, OverflowError):
        return False
    return True


def is_missing(cell: str) -> bool:
    """Whether a cell is empty, or says that there is no value.

    >>> is_missing(" NA"), is_missing("0")
    (True, False)
    """
    return cell.strip().lower() in _MISSING


def cells_of(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The cells of each row that is not empty, with the line that it starts in, from 0.

    Raises:
        csv.Error: behind the last row that can be read.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 0
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num


# --- whole blocks ---


def _at_once(sheet: Sheet, text: str) -> tuple[Numbers, NDArray[Any] | None] | None:
    """The rows of a block without a look at single cells, or None where one is needed."""
    read = _quoted_rows if '"' in text else _plain_rows
    found = read(sheet, text)
    if found is None:
        return None
    values, words = found
    if not np.isfinite(values).all():
        return None
    if sheet.labels is not None:
        numbers = sheet.labels.numbers(words)
        return None if numbers is None else (values, np.array(numbers, dtype=np.int64))
    return (values, None) if sheet.target is None else (values[:, :-1], values[:, -1])


def _wanted(sheet: Sheet) -> list[int]:
    """The columns of numbers; a target of numbers comes last."""
    has_numbers = sheet.target is not None and sheet.labels is None
    return [*sheet.features, *([sheet.target] if has_numbers and sheet.target is not None else [])]


def _plain_rows(sheet: Sheet, text: str) -> tuple[Numbers, list[str]] | None:
    delimiter, columns = sheet.delimiter, _wanted(sheet)
    lines = [line for line in text.split("\n") if line]
    between = len(sheet.header) - 1
    if not lines or any(line.count(delimiter) != between for line in lines):
        return None
    words: list[str] = []
    if sheet.labels is not None and sheet.target is not None:
        target = sheet.target
        words = [line.split(delimiter, target + 1)[target] for line in lines]
    for decimals in (".", ","):
        if decimals == "," and (delimiter == "," or "," not in text):
            break
        try:
            # A comma that is no delimiter is a decimal one; more than one in a number is refused by what reads it.
            plain = lines if decimals == "." else [line.replace(",", ".") for line in lines]
            values = np.loadtxt(plain, np.float64, comments=None, delimiter=delimiter, usecols=columns, ndmin=2)
        except ValueError:
            continue
        return values, words
    return None


def _quoted_rows(sheet: Sheet, text: str) -> tuple[Numbers, list[str]] | None:
    if "_" in text:  # which float() takes for a separator
        return None
    try:
        rows = [cells for _, cells in cells_of(text, sheet.delimiter)]
        if not rows or {len(cells) for cells in rows} != {len(sheet.header)}:
            return None
        columns = _wanted(sheet)
        values = array("d", map(float, chain.from_iterable([cells[k] for k in columns] for cells in rows)))
    except (csv.Error, ValueError):
        return None
    words = [cells[sheet.target] for cells in rows] if sheet.labels is not None and sheet.target is not None else []
    return np.frombuffer(values, dtype=np.float64).reshape(len(rows), len(columns)), words


# --- cell by cell ---


def _one_by_one(sheet: Sheet, block: Block) -> tuple[Numbers, NDArray[Any] | None]:
    lines = block.text.split("\n")
    values, targets = array("d"), array("d")
    line = 0
    try:
        for line, cells in cells_of(block.text, sheet.delimiter):
            row = _Row(sheet, block.first_line + line, lines[line], cells)
            if row.fits():
                values.extend(row.number(column) for column in sheet.features)
                if sheet.target is not None:
                    targets.append(row.target())
    except csv.Error as error:
        message = f"this cannot be read as CSV: {error}"
        sheet.blame("not-csv", message, block.first_line + line, lines[line], hint="quotes come in pairs")
    width = len(sheet.features)
    found = np.array(values, dtype=np.float64).reshape(-1, width)
    if sheet.target is None:
        return found, None
    return found, np.array(targets, dtype=np.float64 if sheet.labels is None else np.int64)


@dataclass(slots=True)
class _Row:
    """One row while its cells are looked at."""

    sheet: Sheet
    line: int
    text: str
    cells: Sequence[str]

    def blame(self, code: str, message: str, cell: int, hint: str = "") -> None:
        self.sheet.blame(code, message, self.line, self.text, cell, hint)

    def fits(self) -> bool:
        expected, read = len(self.sheet.header), len(self.cells)
        if expected != read:
            self.blame("ragged-row", f"expected {expected} cells, read {read}", min(expected, read))
        return expected == read

    def number(self, column: int) -> float:
        cell, where = self.cells[column], f"column `{self.sheet.header[column]}`"
        if is_missing(cell):
            self._missing("a number", column)
            return math.nan
        try:
            return float(read_written(cell))
        except FormulaError as error:
            message = f"expected a number in {where}, read `{_shown(cell)}`"
            self.blame("not-a-number", message, column, error.faults[0].hint)
        except OverflowError:
            message = f"expected a number up to 1e308 in {where}, read `{_shown(cell)}`"
            self.blame("number-too-long", message, column)
        return math.nan

    def _missing(self, expected: str, column: int) -> None:
        read = f"`{_shown(self.cells[column])}`" if self.cells[column].strip() else "nothing"
        message = f"missing value: expected {expected} in column `{self.sheet.header[column]}`, read {read}"
        hint = "fill it in, or take the line out"
        if column != self.sheet.target:
            hint = "fill it in, take the line out, or leave the column out with `columns`"
        self.blame("missing-value", message, column, hint)

    def target(self) -> float:
        column, labels = self.sheet.target, self.sheet.labels
        assert column is not None
        if labels is None:
            return self.number(column)
        word = self.cells[column].strip()
        if not word:
            self._missing("a class", column)
            return -1
        numbers = labels.numbers([word])
        if numbers is not None:
            return numbers[0]
        where = f"column `{self.sheet.header[column]}`"
        if labels.is_open:
            message = f"{where} holds more than {_MOST_CLASSES:,} different words; expected classes or numbers"
            self.blame("too-many-classes", message, column, "name another column as `target`")
            raise ProblemError(self.sheet.faults)
        known = list(labels.number_of)
        hint = nearest(word, known) or f"the classes are {', '.join(known[:12])}{', ...' if len(known) > 12 else ''}"
        self.blame(
            "unknown-class", f"`{_shown(word)}` in {where} is none of the classes that were learned", column, hint
        )
        return -1


def _shown(cell: str) -> str:
    return cell.strip()[:40]


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
