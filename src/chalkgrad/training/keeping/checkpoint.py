"""Where a run stands: its arrays and its progress in one file, so that the two can never disagree."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chalkgrad.errors import Fault, ProblemError
from chalkgrad.files import write_whole
from chalkgrad.training.keeping.tensor_files import Arrays, packed, read_tensors

__all__ = ["Checkpoint", "load_checkpoint", "save_checkpoint"]

_VERSION = "1"


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """Where a run stands.

    Args:
        arrays: every array by its kind and name, such as `parameter:W1`, `m:W1`, `best:W1`.
        progress: everything else that is needed to go on: the epoch, the place in it, sums so far, random states. Of
            dicts with text as keys, lists, texts, numbers, booleans and None; numbers come back bit for bit.
        rows: how many rows of the history belong to it; the folder of the run sees to that.
    """

    arrays: Arrays
    progress: dict[str, Any] = field(default_factory=dict)
    rows: int = 0

    def group(self, kind: str) -> Arrays:
        """The arrays of one kind, by the name behind it.

        >>> import numpy as np
        >>> Checkpoint({"parameter:W1": np.zeros(2), "m:W1": np.ones(2)}).group("m")
        {'W1': array([1., 1.])}
        """
        start = f"{kind}:"
        return {name.removeprefix(start): array for name, array in self.arrays.items() if name.startswith(start)}


def save_checkpoint(path: str | Path, checkpoint: Checkpoint) -> None:
    """Keep a checkpoint in a file, written whole or not at all.

    Args:
        path: the file; one that is there is replaced.
        checkpoint: where the run stands.

    Raises:
        UsageError: `cannot-write`, `wrong-dtype`.
        TypeError: if the progress holds something that would not come back as it is, such as a tuple.
    """
    check_plain(checkpoint.progress)
    # Python writes the shortest decimals that are read as the same float64, and NaN and Infinity by name.
    progress = json.dumps(checkpoint.progress, sort_keys=True)
    texts = {"checkpoint": _VERSION, "progress": progress, "history_rows": str(checkpoint.rows)}
    write_whole(path, packed(checkpoint.arrays, texts))


def check_plain(value: Any, where: str = "progress") -> None:
    """Refuse what JSON would turn into something else, or not take: each is a mistake of the program.

    Args:
        value: the value.
        where: what it is called in the message.

    Raises:
        TypeError: with the place.
    """
    if isinstance(value, dict):
        for key, entry in value.items():
            if type(key) is not str:
                raise TypeError(f"{where} has the key {key!r}, which is no text")
            check_plain(entry, f"{where}.{key}")
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            check_plain(entry, f"{where}[{index}]")
    elif value is not None and type(value) not in (bool, int, float, str):
        raise TypeError(f"{where} is a {type(value).__name__}, which would not come back as it is")


def load_checkpoint(path: str | Path) -> Checkpoint:
    """Read a checkpoint, to the bits that were saved.

    Args:
        path: the file.

    Raises:
        ProblemError: `not-a-checkpoint`, for weights and for a checkpoint of a later version; and what reading weights
            raises.
    """
    path = Path(path)
    arrays, texts = read_tensors(path)
    version, progress = texts.get("checkpoint"), texts.get("progress")
    if version is None or progress is None:
        hint = "a run can be resumed from the `checkpoint.safetensors` of its folder"
        raise ProblemError(Fault("not-a-checkpoint", f"`{path.name}` holds arrays and no progress of a run", hint=hint))
    if version != _VERSION:
        message = f"`{path.name}` is a checkpoint of version {version[:20]!r}; expected {_VERSION}"
        raise ProblemError(Fault("not-a-checkpoint", message, hint="a later Chalkgrad wrote it: use that one"))
    return Checkpoint(arrays, *_progress(progress, texts.get("history_rows", ""), path.name))


def _progress(text: str, rows: str, file: str) -> tuple[dict[str, Any], int]:
    try:
        progress = json.loads(text)
    except (ValueError, RecursionError):
        progress = None
    # A file with a fingerprint was checked; one without may say anything here.
    if not isinstance(progress, dict) or not (rows.isascii() and rows.isdecimal() and len(rows) < 16):
        hint = "take another copy of it"
        raise ProblemError(Fault("damaged-weights", f"`{file}` is damaged: its progress cannot be read", hint=hint))
    return progress, int(rows)
