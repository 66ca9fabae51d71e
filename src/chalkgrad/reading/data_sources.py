"""Samples as arrays, wherever they come from: listed, CSV, IDX images, NumPy archives, or scikit-learn's own sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from chalkgrad.errors import Fault, Place, ProblemError
from chalkgrad.reading.dataset import Dataset, ExactSample, one_hot
from chalkgrad.reading.schema_data import ArchiveKeys, CsvKeys, FolderKeys, ImageKeys, SampleKeys, SetKeys

__all__ = ["DataSpec", "Dataset", "ExactSample", "listed_dataset", "load_data"]

DataSpec: TypeAlias = tuple[SampleKeys, ...] | CsvKeys | ImageKeys | FolderKeys | ArchiveKeys | SetKeys | Dataset


def load_data(
    spec: DataSpec,
    base_directory: str | Path | None = None,
    place: Place | None = None,
    budget: int | None = None,
) -> Dataset:
    """Bring samples into arrays, or map them where they are too many for memory.

    Args:
        spec: what stands behind `data` in the problem file.
        base_directory: where relative paths start: the directory of the problem file; None for the current one.
        place: where `data` stands, for faults about files that cannot be opened.
        budget: the bytes that the inputs may take in memory, counted as float32 at least; by default half of what is
            available. Beyond it `x` is a `numpy.memmap`.

    Returns:
        The samples.

    Raises:
        ProblemError: `file-not-found`, `file-not-readable`, and what is wrong inside the file, by line and column.
        UsageError: `missing-extra`, when a set of scikit-learn is asked for and it is not installed; `cannot-write`,
            when samples fit neither in memory nor on the disk.

    >>> from chalkgrad.reading.written_numbers import exact
    >>> load_data((SampleKeys.model_validate({"x": exact("0.5"), "y": exact("1")}),)).x
    array([[0.5]])
    """
    if isinstance(spec, Dataset):
        return spec
    if isinstance(spec, tuple):
        return listed_dataset(spec)
    base = Path(base_directory) if base_directory is not None else Path()
    found = _of_source(spec, base, place, budget)
    if isinstance(found.x, np.memmap):
        return replace(found, summary=f"{found.summary}; too many for memory, so they stay on disk")
    return found


def _of_source(
    spec: CsvKeys | ImageKeys | FolderKeys | ArchiveKeys | SetKeys, base: Path, place: Place | None, budget: int | None
) -> Dataset:
    """The samples of a file, a folder or a set; each reader is imported when it is needed."""
    if isinstance(spec, CsvKeys):
        from chalkgrad.reading.data_csv import load_csv

        return load_csv(_existing(base, spec.csv, place), spec.csv, spec.target, spec.columns, budget)
    if isinstance(spec, FolderKeys):
        from chalkgrad.reading.data_folder import load_folder

        return load_folder(_existing_folder(base, spec.folder, place), spec.size, spec.color, budget)
    if isinstance(spec, ImageKeys):
        from chalkgrad.reading.data_idx import load_images

        return load_images(_existing(base, spec.images, place), _existing(base, spec.labels, place), budget)
    if isinstance(spec, ArchiveKeys):
        from chalkgrad.reading.data_archive import load_archive

        return load_archive(_existing(base, spec.npz, place), spec.x, spec.y, budget)
    from chalkgrad.reading.data_sets import load_set

    return load_set(spec.set)


def _existing(base: Path, name: str, place: Place | None) -> Path:
    path = base / name
    if path.is_file():
        return path
    if path.is_dir():
        raise ProblemError(Fault("file-not-readable", f"`{name}` is a directory; expected a file of samples", place))
    hint = "paths start at the directory of the problem file"
    raise ProblemError(Fault("file-not-found", f"there is no file `{name}`", place, hint))


def _existing_folder(base: Path, name: str, place: Place | None) -> Path:
    path = base / name
    if path.is_dir():
        return path
    if path.is_file():
        message = f"`{name}` is a file; expected a folder with one folder for each class"
        raise ProblemError(Fault("file-not-readable", message, place))
    hint = "paths start at the directory of the problem file"
    raise ProblemError(Fault("file-not-found", f"there is no folder `{name}`", place, hint))


def listed_dataset(samples: tuple[SampleKeys, ...], classes: int = 1) -> Dataset:
    """The samples that a problem file lists, as arrays.

    Args:
        samples: as they are listed.
        classes: how many outputs there are, where a single target is the number of a class; otherwise 1.
    """
    exact = tuple(ExactSample(_numbers(sample.x), _numbers(sample.y)) for sample in samples)
    x = np.array([[float(entry) for entry in sample.x] for sample in exact], dtype=np.float64)
    has_targets = all(sample.y for sample in exact)
    y = _targets([sample.y for sample in exact], classes) if has_targets else None
    summary = "1 sample, listed" if len(exact) == 1 else f"{len(exact):,} samples, listed"
    return Dataset(x, y, summary=f"{summary} in the problem file", exact=exact)


def _targets(listed: Sequence[tuple[Fraction, ...]], classes: int) -> NDArray[Any] | None:
    """Class numbers where each sample has one, else numbers, with classes one-hot.

    Where nothing is compared with the targets they may be of any sizes, and are left out.
    """
    if classes > 1 and all(len(targets) == 1 for targets in listed):
        return np.array([int(targets[0]) for targets in listed], dtype=np.int64)
    if classes > 1:
        listed = [one_hot(targets[0], classes) if len(targets) == 1 else targets for targets in listed]
    if len(set(map(len, listed))) > 1:
        return None
    return np.array([[float(entry) for entry in targets] for targets in listed])


def _numbers(written: Any) -> tuple[Fraction, ...]:
    if written is None:
        return ()
    return tuple(written) if isinstance(written, tuple) else (written,)
