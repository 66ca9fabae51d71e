"""Logs of a run that grow while it trains: CSV, JSON lines, TensorBoard."""

from __future__ import annotations

import csv
import math
from importlib import import_module
from pathlib import Path
from typing import Any

from chalkgrad.errors import Fault, UsageError
from chalkgrad.files import extend, write_whole
from chalkgrad.render.spreadsheet import cell, csv_lines, plain_number
from chalkgrad.training.events import Callback, Logs
from chalkgrad.training.keeping.history_file import json_line

__all__ = ["CsvLog", "JsonLinesLog", "TensorBoardLog"]


class JsonLinesLog(Callback):
    """One line of JSON for each epoch, on the disk before the next begins.

    What JSON has no word for is written as the texts `"NaN"`, `"Infinity"` and `"-Infinity"`.

    Args:
        path: the file; a new run replaces it, a resumed one goes on in it.

    Raises:
        UsageError: `cannot-write`, when the run begins or goes on.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._bytes = 0

    def on_train_begin(self, logs: Logs) -> None:
        """Begin the file, or keep the lines of the epochs before the first of this run."""
        kept = _lines_before(self.path, int(logs.get("first_epoch", 1)) - 1)
        write_whole(self.path, kept)
        self._bytes = len(kept)

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Add a line, with the epoch first."""
        self._bytes = extend(self.path, self._bytes, json_line({"epoch": epoch, **logs}))


class CsvLog(Callback):
    """One row of a CSV file for each epoch, on the disk before the next begins.

    The columns are those of the first epoch; a text that a spreadsheet would take for a formula gets a quote before it.

    Args:
        path: the file; a new run replaces it, a resumed one goes on in it.

    Raises:
        UsageError: `cannot-write`, when the run begins or goes on.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._bytes = 0
        self._columns: list[str] = []

    def on_train_begin(self, logs: Logs) -> None:
        """Begin the file, or keep the rows of the epochs before the first of this run, with their heading."""
        epochs = int(logs.get("first_epoch", 1)) - 1
        kept = _lines_before(self.path, epochs + 1 if epochs else 0)
        write_whole(self.path, kept)
        self._bytes = len(kept)
        self._columns = next(csv.reader(kept.decode("utf-8", "replace").splitlines()[:1]), [])

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Add a row, with the epoch first."""
        row = {str(cell(name)): value for name, value in {"epoch": epoch, **logs}.items()}
        self._columns = self._columns or list(row)
        text = csv_lines([row], self._columns, with_head=self._bytes == 0)
        self._bytes = extend(self.path, self._bytes, text)


def _lines_before(path: Path, count: int) -> bytes:
    """The first whole lines of a file, as many as there are."""
    if count <= 0 or not path.is_file():
        return b""
    return b"".join(line for line in path.read_bytes().splitlines(keepends=True)[:count] if line.endswith(b"\n"))


class TensorBoardLog(Callback):
    """Each number of an epoch as a curve for TensorBoard; look at it with `tensorboard --logdir FOLDER`.

    `loss` and `val_loss` are drawn as `loss/train` and `loss/validation`, side by side, and so is every other pair.

    Args:
        folder: where the event file stands; made if it is not there.

    Raises:
        UsageError: `missing-extra`, when `tensorboardX` is not installed; `cannot-write`, when the run begins.
    """

    def __init__(self, folder: str | Path) -> None:
        try:
            self._library: Any = import_module("tensorboardX")
        except ImportError:
            hint = "pip install 'chalkgrad[tensorboard]'"
            message = "the log for TensorBoard is written by tensorboardX, which is not installed"
            raise UsageError(Fault("missing-extra", message, hint=hint)) from None
        self.folder = Path(folder)
        self._writer: Any = None
        self._paired: set[str] = set()  # what is measured on the validation part too

    def on_train_begin(self, logs: Logs) -> None:
        """Open a new event file; in a resumed run, TensorBoard then drops what the old ones say of later epochs."""
        first = int(logs.get("first_epoch", 1))
        try:
            # The name of an event file is made of the second, so that two of one second would be one file.
            self._writer = self._library.SummaryWriter(
                str(self.folder), purge_step=first if first > 1 else None, filename_suffix=f".from-epoch-{first}"
            )
        except OSError as error:
            message = f'cannot write "{self.folder}": {error.strerror or error}'
            raise UsageError(Fault("cannot-write", message)) from error

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Add a point to each curve; what is no finite number has none."""
        self._paired |= {name.removeprefix("val_") for name in logs if name.startswith("val_")}
        for name, value in logs.items():
            number = plain_number(value)
            if isinstance(number, int | float) and math.isfinite(number) and name != "epoch":
                self._writer.add_scalar(self._curve(name), float(number), epoch)
        self._writer.flush()

    def _curve(self, name: str) -> str:
        """What TensorBoard calls a curve: those with one beginning stand in one group."""
        if name.startswith("val_"):
            return f"{name.removeprefix('val_')}/validation"
        return f"{name}/train" if name in self._paired else name

    def on_train_end(self, logs: Logs) -> None:
        """Close the event file."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
