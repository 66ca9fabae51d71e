"""Samples from a CSV file: numbers in every script, classes by name, and every fault by line and column."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np

from chalkgrad.errors import Fault, ProblemError
from chalkgrad.reading.csv_blocks import Block, text_blocks
from chalkgrad.reading.csv_columns import first_rows, sheet_for_training, sheet_like
from chalkgrad.reading.csv_rows import Sheet, read_block
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.row_store import RowStore

__all__ = ["load_csv", "load_csv_like"]


def load_csv(
    path: Path,
    name: str,
    target: str | int,
    columns: Sequence[str | int] | None = None,
    budget: int | None = None,
) -> Dataset:
    """Read samples from a CSV file, one a line; the first line may name the columns.

    Args:
        path: the file.
        name: what to call it in messages.
        target: the column to be learned, by name or by number from 1. If its first entry is no number, its words
            become classes, numbered in the order of the alphabet.
        columns: the columns that are inputs, by name or by number; None for all but the target.
        budget: the bytes that the inputs may take in memory; by default half of what is available.

    Returns:
        The samples; `y` is float64 (samples by 1), or int64 class numbers.

    Raises:
        ProblemError: up to twenty faults at once: `not-utf-8`, `no-samples`, `no-such-column`, `column-twice`,
            `no-inputs`, `text-column`, `ragged-row`, `not-a-number`, `missing-value`, `too-many-classes`, `not-csv`.
        UsageError: `cannot-write`, when the samples do not fit in memory, and not on the disk either.
    """
    blocks = text_blocks(path, name)
    sheet, start = sheet_for_training(first_rows(blocks, name), target, columns)
    return _sorted_classes(_read(sheet, chain([start], blocks), budget))


def load_csv_like(
    path: Path,
    name: str,
    features: Sequence[str],
    target: str,
    class_names: Sequence[str] = (),
    budget: int | None = None,
) -> Dataset:
    """Read a new CSV file for a network that was trained on another: the same columns by name, in the same order.

    Args:
        path: the file.
        name: what to call it in messages.
        features: the names of the inputs, as `Dataset.feature_names` has them; other columns are passed over.
        target: the name of the target, as `Dataset.target_name` has it; the file need not have it.
        class_names: the classes that were learned, if the target has classes.
        budget: the bytes that the inputs may take in memory; by default half of what is available.

    Returns:
        The samples; `y` is None where the file has no target.

    Raises:
        ProblemError: as `load_csv`, and `unknown-class`, for a class that was not learned.
    """
    blocks = text_blocks(path, name)
    sheet, start = sheet_like(first_rows(blocks, name), features, target, class_names)
    return _read(sheet, chain([start], blocks), budget)


def _read(sheet: Sheet, blocks: Iterable[Block], budget: int | None) -> Dataset:
    store = RowStore(len(sheet.features), np.float64, budget)
    targets = array("d" if sheet.labels is None else "q")
    for block in blocks:
        inputs, found = read_block(sheet, block)
        if not sheet.faults:
            store.append(inputs)
            targets.frombytes(b"" if found is None else found.tobytes())
    if sheet.faults:
        raise ProblemError(sheet.faults)
    if not store.rows:
        raise ProblemError(Fault("no-samples", f"{sheet.name} holds no samples below its first line"))
    features = tuple(sheet.header[column] for column in sheet.features)
    summary = f"{store.rows:,} samples of {len(features)} numbers from {sheet.name}"
    if sheet.target is None:
        return Dataset(store.finish(), None, features, (), summary)
    target = sheet.header[sheet.target]
    if sheet.labels is None:
        y = np.frombuffer(targets, dtype=np.float64).reshape(-1, 1)
        return Dataset(store.finish(), y, features, (), summary, target_name=target)
    names = tuple(sheet.labels.number_of)
    numbers = np.frombuffer(targets, dtype=np.int64)
    summary = f"{summary}, {len(names)} classes"
    return Dataset(store.finish(), numbers, features, names, summary, target_name=target)


def _sorted_classes(data: Dataset) -> Dataset:
    """Classes in the order of the alphabet, not in that of the file."""
    if not data.class_names:
        return data
    order = sorted(range(len(data.class_names)), key=data.class_names.__getitem__)
    number_of = np.empty(len(order), dtype=np.int64)
    number_of[order] = np.arange(len(order))
    assert data.y is not None
    return replace(data, y=number_of[data.y], class_names=tuple(data.class_names[k] for k in order))
