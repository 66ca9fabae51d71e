"""New samples for a trained network, read like those that it was trained on: by the names of columns and classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy

from chalkgrad.errors import Fault, ProblemError, nearest
from chalkgrad.reading.csv_rows import is_number
from chalkgrad.reading.data_archive import load_archive
from chalkgrad.reading.data_csv import load_csv_like
from chalkgrad.reading.data_folder import is_picture, load_folder, load_pictures
from chalkgrad.reading.data_idx import is_idx, load_images
from chalkgrad.reading.dataset import Dataset
from chalkgrad.training.data import TrainingData

__all__ = ["load_new_data"]


def load_new_data(
    path: str | Path, data: TrainingData, labels: str | Path | None = None, source: Any = None
) -> Dataset:
    """Read new samples.

    Args:
        path: a CSV file with the columns that were trained on, in any order; an archive of NumPy; an IDX file of
            images; a picture; a folder of pictures, or one with a folder for each class.
        data: what was learned of the samples of training.
        labels: the IDX file of the labels of images.
        source: what stands behind `data` in the problem that was trained, for the names of the arrays of an archive.

    Returns:
        The samples, classes numbered as they were in training; `y` is None where there are no targets.

    Raises:
        ProblemError: `file-not-found`, `unknown-class`, `wrong-size`, `no-such-column`, and what readers raise.
    """
    path = Path(path)
    if not path.exists():
        raise ProblemError(Fault("file-not-found", f"there is no file `{path}`"))
    made = _read(path, data, None if labels is None else Path(labels), source)
    if path.is_dir() or made.class_names != _numbered(len(made.class_names)):
        made = _renumbered(made, data, path.name)
    if made.x.shape[1] != data.x.shape[1]:
        message = f"{path.name} holds {made.x.shape[1]} numbers a sample, and the network takes {data.x.shape[1]}"
        raise ProblemError(Fault("wrong-size", message))
    return made


def _read(path: Path, data: TrainingData, labels: Path | None, source: Any) -> Dataset:
    if path.is_dir() or is_picture(path):
        return _pictures(path, data)
    if path.suffix.lower() == ".npz":
        return _archive(path, source if isinstance(source, Mapping) else {})
    if labels is not None or is_idx(path):
        return load_images(path, labels)
    inputs = data.x.shape[1]
    features: Sequence[str] = data.feature_names
    if not features or data.image_shape is not None:
        features = [f"column {number}" for number in range(1, inputs + 1)]
    names = data.class_names
    # Classes that were numbers in training are numbers in a new file too, however they are written.
    words = () if all(map(is_number, names)) else names
    return load_csv_like(path, path.name, features, data.target_name or f"column {inputs + 1}", words)


def _pictures(path: Path, data: TrainingData) -> Dataset:
    if data.image_shape is None:
        message = f"{path.name} holds images, and the network was trained on {data.x.shape[1]} numbers a sample"
        raise ProblemError(Fault("wrong-size", message, hint="name a file of such samples"))
    if path.is_dir() and any(entry.is_dir() and not entry.name.startswith(".") for entry in path.iterdir()):
        return load_folder(path, data.image_shape[:2], len(data.image_shape) == 3)
    return load_pictures(path, data.image_shape)


def _archive(path: Path, source: Mapping[str, Any]) -> Dataset:
    x, y = str(source.get("x", "x")), source.get("y")
    try:
        return load_archive(path, x, None if y is None else str(y))
    except ProblemError as error:
        if y is None or error.code != "no-such-array":
            raise
        return load_archive(path, x, None)


def _numbered(count: int) -> tuple[str, ...]:
    """What classes are called that have numbers alone."""
    return tuple(map(str, range(count)))


def _renumbered(made: Dataset, data: TrainingData, file: str) -> Dataset:
    """Classes by their names in the source, with the numbers that they had in training."""
    if made.y is None or made.y.ndim > 1 or not made.class_names or made.class_names == data.class_names:
        return made
    number_of = {name: number for number, name in enumerate(data.class_names)}
    present = numpy.unique(made.y).tolist()
    unknown = [made.class_names[number] for number in present if made.class_names[number] not in number_of]
    if unknown and number_of:
        raise ProblemError([_unknown(name, file, data.class_names) for name in unknown[:20]])
    numbers = numpy.array([number_of.get(name, number) for number, name in enumerate(made.class_names)])
    return replace(made, y=numbers[made.y].astype(numpy.int64), class_names=data.class_names)


def _unknown(name: str, file: str, names: Sequence[str]) -> Fault:
    known = f"the classes are {', '.join(names[:12])}{', ...' if len(names) > 12 else ''}"
    message = f"{file}: `{name}` is none of the classes that were learned"
    return Fault("unknown-class", message, hint=nearest(name, names) or known)
