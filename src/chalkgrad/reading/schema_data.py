"""Where the samples come from, as it is written in a problem file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag
from pydantic.json_schema import SkipJsonSchema

from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.schema_values import (
    Checked,
    Keys,
    NumberOrList,
    PositiveCount,
    ReadBy,
    Text,
    TrueOrFalse,
    filled,
    number,
    read_count,
    refusal,
)
from chalkgrad.reading.written_numbers import WrittenNumber, exact

__all__ = ["ArchiveKeys", "CsvKeys", "DataKeys", "FolderKeys", "ImageKeys", "SampleKeys", "SetKeys", "SplitKeys"]

_MOST_SIDE = 4096


class SampleKeys(Keys):
    """One sample, written out."""

    x: NumberOrList = Field(description="The inputs: one number, or a list.", examples=[[0.05, 0.1], 2])
    y: NumberOrList | None = Field(
        default=None,
        description="What the output should be: one number, a list with one number for each output, "
        "or the number of the class, counted from 0.",
        examples=[[0, 1], 1],
    )


def read_column(value: Any) -> str | int:
    """A column by its name, or by its number from 1."""
    if isinstance(value, str) and value.strip():
        return value.strip()
    if isinstance(value, WrittenNumber):
        return read_count(value, at_least=1)
    raise refusal("not-a-column", "the name of a column, or its number counted from 1")


def read_columns(value: Any) -> Any:
    """A list of columns; a single one stands for a list of one."""
    return value if isinstance(value, list | tuple) else [value]


_COLUMN_SCHEMA = {"anyOf": [{"type": "string"}, {"type": "integer", "minimum": 1}]}
Column = Annotated[str | int, ReadBy(read_column, _COLUMN_SCHEMA)]


class CsvKeys(Keys):
    """Samples in a CSV file, one a line."""

    csv: Text = Field(description="The CSV file, relative to the problem file.", examples=["houses.csv"])
    target: Column = Field(
        description="The column that is to be learned: its name, or its number counted from 1. "
        "Words in it become classes.",
        examples=["price", 5],
    )
    columns: Annotated[tuple[Column, ...], Checked(filled, before=read_columns)] | None = Field(
        default=None,
        description="The columns that are inputs, by name or by number, in this order; left out, all but the target.",
        examples=[["rooms", "area"]],
    )


class ImageKeys(Keys):
    """Images and their labels in two IDX files, packed with gzip or not."""

    images: Text = Field(description="The IDX file of the images.", examples=["train-images-idx3-ubyte.gz"])
    labels: Text = Field(description="The IDX file of the labels.", examples=["train-labels-idx1-ubyte.gz"])


def _two(size: tuple[int, ...]) -> tuple[int, ...]:
    if len(size) != 2 or max(size) > _MOST_SIDE:
        raise refusal("not-a-size", f"two whole numbers up to {_MOST_SIDE:,}, rows and columns, such as [28, 28]")
    return size


class FolderKeys(Keys):
    """Images in folders, one folder for each class."""

    folder: Text = Field(
        description="The folder, relative to the problem file; each folder in it holds the images of one class.",
        examples=["flowers"],
    )
    size: Annotated[tuple[PositiveCount, ...], Checked(after=_two)] | None = Field(
        default=None,
        description="The rows and columns that every image is brought to; left out, all must have one size.",
        examples=[[28, 28]],
    )
    color: TrueOrFalse = Field(
        default=False,
        description="Whether red, green and blue are kept; otherwise one grey value a pixel.",
        examples=[True],
    )


class ArchiveKeys(Keys):
    """Arrays in a file of NumPy."""

    npz: Text = Field(description="The NumPy archive, relative to the problem file.", examples=["data.npz"])
    x: Text = Field(default="x", description="The name of the array of inputs in it.", examples=["x_train"])
    y: Text | None = Field(
        default=None,
        description="The name of the array of targets in it; left out, `y` if there is one.",
        examples=["y_train"],
    )


class SetKeys(Keys):
    """Data that ships with scikit-learn."""

    set: Literal["digits", "iris", "wine", "breast_cancer", "diabetes"] = Field(
        description="Which of the data sets that ship with scikit-learn.", examples=["digits"]
    )


_KINDS = {"csv": "csv", "images": "images", "labels": "images", "folder": "folder", "npz": "npz", "set": "set"}


def data_kind(value: Any) -> str | None:
    """Which of the ways to give samples a value is, by the key that only that way has."""
    if isinstance(value, list | tuple):
        return "<samples>"
    if isinstance(value, Dataset):
        return "<memory>"
    if not isinstance(value, dict):
        return None
    return next((f"<{kind}>" for key, kind in _KINDS.items() if key in value), None)


# What is in memory already comes from Python alone; in a file there is nothing to write for it.
InMemory = Annotated[Dataset, ReadBy(lambda dataset: dataset, {})]
Samples = Annotated[tuple[SampleKeys, ...], Checked(after=filled)]
DataKeys = Annotated[
    Annotated[Samples, Tag("<samples>")]
    | Annotated[CsvKeys, Tag("<csv>")]
    | Annotated[ImageKeys, Tag("<images>")]
    | Annotated[FolderKeys, Tag("<folder>")]
    | Annotated[ArchiveKeys, Tag("<npz>")]
    | Annotated[SetKeys, Tag("<set>")]
    | SkipJsonSchema[Annotated[InMemory, Tag("<memory>")]],
    Discriminator(
        data_kind,
        custom_error_type="unknown-data",
        custom_error_message="a list of samples such as - {x: [1, 2], y: 0}, or a mapping with "
        "csv and target, images and labels, folder, npz, or set",
    ),
]

Share = Annotated[WrittenNumber, number(at_least=0, below=1)]


def _leaves_samples(split: SplitKeys) -> SplitKeys:
    if split.validation + split.test >= 1:
        expected = "validation and test to leave samples for training: together less than 1"
        raise refusal("nothing-to-train-on", expected)
    return split


def _at_least_two(folds: int) -> int:
    if folds < 2:
        raise refusal("out-of-range", "a whole number of at least 2")
    return folds


class SplitKeys(Keys):
    """Which share of the samples is kept from training."""

    validation: Share = Field(
        default=exact("0"), description="The share that is looked at after every epoch.", examples=[0.2]
    )
    test: Share = Field(default=exact("0"), description="The share that is looked at once, at the end.", examples=[0.2])
    stratify: TrueOrFalse = Field(
        default=False, description="Whether every part has the same shares of the classes.", examples=[True]
    )
    folds: Annotated[PositiveCount, Checked(after=_at_least_two)] | None = Field(
        default=None, description="Into how many parts to cut for cross-validation.", examples=[5]
    )


Split = Annotated[SplitKeys, Checked(after=_leaves_samples)]
