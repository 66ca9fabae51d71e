"""Runs as orders to another process: text and numbers, and arrays as files that all processes map into their memory."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
from numpy.typing import NDArray

from chalkgrad.reading.changing import changed
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem
from chalkgrad.reading.problem_file import parse_problem
from chalkgrad.reading.source import load_source
from chalkgrad.reading.splitting import Parts
from chalkgrad.training.comparing.outcome import Outcome, outcome_of
from chalkgrad.training.training import Training

__all__ = ["Order", "carried_out", "load_dataset", "load_parts", "save_dataset", "save_parts"]


@dataclass(frozen=True)
class Order:
    """What is to be trained.

    Args:
        text: the problem file.
        name: what it is called in messages.
        directory: where its paths start; None for the current directory.
        seed: takes the place of the seed of the file.
        dataset: the folder of samples that take the place of what the file says; None for those of the file.
        parts: the folder of the rows that train and do not; None for those that the problem draws.
        how: the fields of `Training` that are plain numbers and words.
    """

    text: str
    name: str
    directory: str | None
    seed: int
    dataset: str | None
    parts: str | None
    how: dict[str, Any]


def carried_out(order: Order) -> Outcome:
    """What an order comes to; what goes wrong is an outcome too."""
    try:
        problem = _problem(order)
        parts = load_parts(Path(order.parts)) if order.parts is not None else None
        how = Training(**order.how, parts=parts)
    except Exception as error:
        return Outcome.of_error(error)
    return outcome_of(problem, how)


def _problem(order: Order) -> Problem:
    directory = Path(order.directory) if order.directory is not None else None
    if order.dataset is None:
        problem = Problem.from_file(parse_problem(order.text, order.name, directory))
    else:
        tree: Any = load_source(order.text, order.name).value
        problem = Problem.from_keys({**tree, "data": load_dataset(Path(order.dataset))})
    return changed(problem, {"seed": order.seed})


# --- arrays, on their way from one process to another ---


def save_dataset(folder: Path, dataset: Dataset) -> None:
    """Lay samples into a folder, for processes that share the memory they are mapped into."""
    numpy.save(folder / "x.npy", dataset.x, allow_pickle=False)
    if dataset.y is not None:
        numpy.save(folder / "y.npy", dataset.y, allow_pickle=False)
    words = {
        "feature_names": dataset.feature_names,
        "class_names": dataset.class_names,
        "summary": dataset.summary,
        "image_shape": dataset.image_shape,
        "target_name": dataset.target_name,
    }
    (folder / "dataset.json").write_text(json.dumps(words), encoding="utf-8")


def load_dataset(folder: Path) -> Dataset:
    """The samples of `save_dataset`; inputs stay on disk until they are asked for."""
    listed = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
    words: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in listed.items()}
    y = _array(folder / "y.npy") if (folder / "y.npy").exists() else None
    return Dataset(_array(folder / "x.npy", mapped=True), y, **words)


def save_parts(folder: Path, parts: Parts) -> None:
    """Lay the rows of parts into a folder."""
    for name, rows in vars(parts).items():
        numpy.save(folder / f"{name}.npy", rows, allow_pickle=False)


def load_parts(folder: Path) -> Parts:
    """The parts of `save_parts`."""
    return Parts(*(_array(folder / f"{name}.npy") for name in ("train", "validation", "test")))


def _array(path: Path, mapped: bool = False) -> NDArray[Any]:
    found: NDArray[Any] = numpy.load(path, mmap_mode="r" if mapped else None, allow_pickle=False)
    return found
