"""Which columns a CSV file has, which of them are inputs, and which is learned."""

from __future__ import annotations

import csv
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chalkgrad.errors import Fault, ProblemError, nearest
from chalkgrad.reading.csv_blocks import Block
from chalkgrad.reading.csv_rows import Labels, Sheet, cells_of, is_missing, is_number

__all__ = ["FirstRows", "first_rows", "sheet_for_training", "sheet_like"]

_DELIMITERS = (",", ";", "\t")
_ROWS_LOOKED_AT = 100
_ROWS_NEEDED = 3  # names, a row, and one more to tell a column of words from a slip
_MOST_NAMED = 12
_MOST_ALONE = 3  # missing columns that are each told alone
_NUMBERED = re.compile(r"column (\d+)")

Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class FirstRows:
    """The beginning of a file.

    Args:
        sheet: the file, with nothing known of its columns yet.
        block: its first block with a row that is not empty.
        lines: the lines of the block.
        head: the first row that is not empty.
        below: some rows below it.
    """

    sheet: Sheet
    block: Block
    lines: Sequence[str]
    head: Row
    below: Sequence[Row]

    def blame(self, code: str, message: str, row: Row, cell: int = 0, hint: str = "") -> None:
        """Note a fault in one of the rows."""
        line, _ = row
        self.sheet.blame(code, message, self.block.first_line + line, self.lines[line], cell, hint)

    @property
    def behind_head(self) -> Block:
        """The text below the first row."""
        reader = csv.reader((line + "\n" for line in self.lines[self.head[0] :]), delimiter=self.sheet.delimiter)
        next(reader)
        start = self.head[0] + reader.line_num
        return Block(self.block.first_line + start, "\n".join(self.lines[start:]))


def first_rows(blocks: Iterator[Block], name: str) -> FirstRows:
    """Look at the beginning of a file.

    Raises:
        ProblemError: `no-samples`, `not-csv`.
    """
    block = Block(1, "")
    for more in blocks:
        block = Block(block.first_line, block.text + more.text) if block.text.strip() else more
        lines = block.text.split("\n")
        first = next((line for line in lines if line.strip()), "")
        sheet = Sheet(name, max(_DELIMITERS, key=first.count))
        rows = _rows(sheet, block, lines)
        if len(rows) >= _ROWS_NEEDED:
            return FirstRows(sheet, block, lines, rows[0], rows[1:])
    if not block.text.strip() or not rows:
        raise ProblemError(Fault("no-samples", f"{name} is empty; expected samples, one a line"))
    return FirstRows(sheet, block, lines, rows[0], rows[1:])


def _rows(sheet: Sheet, block: Block, lines: Sequence[str]) -> list[Row]:
    """The first rows that are not empty; what cannot be read below the first of them is told later."""
    rows: list[Row] = []
    try:
        for row in itertools.islice(cells_of(block.text, sheet.delimiter), 1 + _ROWS_LOOKED_AT):
            rows.append(row)
    except csv.Error as error:
        if not rows:
            message = f"this cannot be read as CSV: {error}"
            sheet.blame("not-csv", message, block.first_line, lines[0], hint="quotes come in pairs")
            raise ProblemError(sheet.faults) from None
    return rows


def _has_names(first: FirstRows, target: str | int, columns: Sequence[str | int] | None) -> bool:
    """Whether the first row names the columns: where columns are asked for by name, or it is not made of numbers."""
    if any(isinstance(column, str) for column in (target, *(columns or ()))):
        return True
    chosen = columns or [number for number in range(1, len(first.head[1]) + 1) if number != target]
    cells = [cell for number, cell in enumerate(first.head[1], start=1) if number in chosen]
    return not any(map(is_number, cells)) or not all(is_number(cell) or is_missing(cell) for cell in cells)


def _numbered(width: int) -> tuple[str, ...]:
    return tuple(f"column {number}" for number in range(1, width + 1))


def sheet_for_training(first: FirstRows, target: str | int, columns: Sequence[str | int] | None) -> tuple[Sheet, Block]:
    """Settle the columns of a file that a network learns from.

    Args:
        first: how the file begins.
        target: the column that is learned, by name or by number from 1.
        columns: the columns that are inputs, or None for all others.

    Returns:
        What is read of each line, and the text of the first lines.

    Raises:
        ProblemError: `no-such-column`, `column-twice`, `no-inputs`, `text-column`.
    """
    sheet, cells = first.sheet, first.head[1]
    has_names = _has_names(first, target, columns)
    sheet.header = tuple(cell.strip() for cell in cells) if has_names else _numbered(len(cells))
    sheet.target = _column(first, target, "the target")
    if columns is None:
        sheet.features = tuple(k for k in range(len(cells)) if k != sheet.target)
    else:
        sheet.features = _chosen(first, columns)
    if not sheet.features:
        first.blame("no-inputs", f"there is no column but the target `{sheet.header[sheet.target]}`", first.head)
        raise ProblemError(sheet.faults)
    samples = first.below if has_names else [first.head, *first.below]
    _refuse_words(first, samples)
    entries = [cells[sheet.target] for _, cells in samples if sheet.target < len(cells)]
    known = next((entry for entry in entries if not is_missing(entry)), "0")
    sheet.labels = None if is_number(known) else Labels()
    return sheet, first.behind_head if has_names else first.block


def _column(first: FirstRows, column: str | int, what: str) -> int:
    header = first.sheet.header
    if isinstance(column, int) and column <= len(header):
        return column - 1
    if isinstance(column, str) and header.count(column) == 1:
        return header.index(column)
    if isinstance(column, int):
        message, hint = f"there is no column {column}; the file has {len(header)}", ""
    elif column in header:
        message, hint = f"two columns are called `{column}`", f"name {what} by its number, counted from 1"
    else:
        message, hint = (
            f"there is no column `{column}`",
            nearest(column, header) or f"the columns are {_listed(header)}",
        )
    first.blame("no-such-column", message, first.head, hint=hint)
    raise ProblemError(first.sheet.faults)


def _listed(names: Sequence[str]) -> str:
    return ", ".join([*names[:_MOST_NAMED], *["..."] * (len(names) > _MOST_NAMED)])


def _chosen(first: FirstRows, columns: Sequence[str | int]) -> tuple[int, ...]:
    sheet = first.sheet
    found = [_column(first, column, "the column") for column in columns]
    for position, column in enumerate(found):
        name = sheet.header[column]
        if column == sheet.target:
            first.blame("column-twice", f"`{name}` is the target, and stands under `columns` too", first.head, column)
        elif column in found[:position]:
            first.blame("column-twice", f"`{name}` stands under `columns` twice", first.head, column)
    if sheet.faults:
        raise ProblemError(sheet.faults)
    return tuple(found)


def _refuse_words(first: FirstRows, samples: Sequence[Row]) -> None:
    """Columns of inputs in which no entry is a number; a single word in a column is told where it stands."""
    sheet = first.sheet
    wordy: dict[int, Row] = {}
    for column in sheet.features:
        known = [row for row in samples if column < len(row[1]) and not is_missing(row[1][column])]
        if len(known) > 1 and not any(is_number(row[1][column]) for row in known):
            wordy[column] = known[0]
    left = [sheet.header[column] for column in sheet.features if column not in wordy]
    hint = f"leave it out: `columns: [{_listed(left)}]`"
    for column, row in wordy.items():
        word = row[1][column].strip()[:40]
        message = f"column `{sheet.header[column]}` holds words, such as `{word}`; inputs are numbers"
        first.blame("text-column", message, row, column, hint if left else "write each class as a column of 0 and 1")
    if wordy:
        raise ProblemError(sheet.faults)


def sheet_like(
    first: FirstRows, features: Sequence[str], target: str, class_names: Sequence[str]
) -> tuple[Sheet, Block]:
    """Settle the columns of a new file by the names of those that a network was trained on.

    Args:
        first: how the file begins.
        features: the inputs, in their order.
        target: the column that was learned; the file need not have it.
        class_names: the classes of the target, if it has classes.

    Returns:
        What is read of each line, and the text of the first lines.

    Raises:
        ProblemError: `no-such-column`.
    """
    sheet = first.sheet
    names = tuple(cell.strip() for cell in first.head[1])
    numbered = _by_number(features, target, len(names)) if not {*features, target} & {*names} else None
    sheet.header = numbered or names
    _refuse_other_columns(first, features)
    if sheet.faults:
        raise ProblemError(sheet.faults)
    sheet.features = tuple(sheet.header.index(name) for name in features)
    sheet.target = sheet.header.index(target) if sheet.header.count(target) == 1 else None
    sheet.labels = Labels(class_names) if class_names and sheet.target is not None else None
    return sheet, first.block if numbered else first.behind_head


def _refuse_other_columns(first: FirstRows, features: Sequence[str]) -> None:
    """Columns that are missing or stand there twice; of many it is said once, for the file is likely another one."""
    header = first.sheet.header
    found, columns = Counter(header), f"the columns are {_listed(header)}"
    missing = [name for name in features if not found[name]]
    if len(missing) > _MOST_ALONE:
        counts = f"{len(missing)} of the {len(features)} columns"
        message = f"{counts} that the network takes in are missing: {_listed(missing)}"
        first.blame("no-such-column", message, first.head, hint=columns)
        return
    for name in missing:
        message = f"no column is called `{name}`, which the network takes in"
        first.blame("no-such-column", message, first.head, hint=nearest(name, header) or columns)
    for name in features:
        if found[name] > 1:
            message = f"two columns are called `{name}`, which the network takes in"
            first.blame("no-such-column", message, first.head, hint=columns)


def _by_number(features: Sequence[str], target: str, width: int) -> tuple[str, ...] | None:
    """The names of columns that are known by their numbers alone, or None where they have names of their own.

    A file of as many columns as there are inputs has no target.
    """
    found = [_NUMBERED.fullmatch(name) for name in (*features, target)]
    if not all(found):
        return None
    last = max(int(match[1]) for match in found if match)
    return tuple(features) if width < last and width == len(features) else _numbered(width)
