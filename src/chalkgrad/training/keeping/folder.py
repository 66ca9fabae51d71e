"""The folder of a run: everything that is needed to look at it, to use it, and to go on with it.

| file | what it holds |
|---|---|
| `problem.yaml` | the problem as it was read |
| `environment.json` | what it ran on |
| `data.json` | what was learned of the samples: scale, classes, names of columns |
| `checkpoint.safetensors` | where it stands, to go on from |
| `weights.safetensors`, `best.safetensors` | the last weights, and the best by what is monitored |
| `history.jsonl`, `history.csv` | one line an epoch |
| `report.html` | a page about it |
| `run.lock` | there while a process writes to the folder |
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from chalkgrad.errors import Fault, ProblemError, UsageError
from chalkgrad.files import refusal, write_whole
from chalkgrad.training.keeping.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from chalkgrad.training.keeping.folder_lock import held
from chalkgrad.training.keeping.history_file import History, HistoryFiles, read_history
from chalkgrad.training.keeping.problem_difference import differing_keys
from chalkgrad.training.keeping.weights import Weights, check_finite, check_parameters, load_weights, save_weights

__all__ = ["RunFolder", "safe_name"]

_LONGEST_NAME = 60  # bytes; paths of 260 letters are all that some systems take
_RESULTS = ("problem.yaml", "environment.json", "checkpoint.safetensors", "history.jsonl", "weights.safetensors")
_FILES = (*_RESULTS, "data.json", "best.safetensors", "history.csv", "report.html")


class RunFolder:
    """The folder of one run.

    Whoever writes to it does so within `held`, so that two processes never write to one folder.

    Args:
        path: the folder; it need not be there yet.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._history = HistoryFiles(self.path / "history.jsonl", self.path / "history.csv")

    def __repr__(self) -> str:
        return f"RunFolder({str(self.path)!r})"

    @classmethod
    def choose(cls, parent: str | Path, name: str) -> RunFolder:
        """Make a new numbered folder, such as `runs/digits-3`; it is never one that exists.

        Args:
            parent: where it shall stand; made if it is not there.
            name: what it is named after, such as the title of the problem; any text.

        Raises:
            UsageError: `cannot-write`.
        """
        parent, stem = Path(parent), safe_name(name)
        try:
            parent.mkdir(parents=True, exist_ok=True)
            number = 1 + max((_number(path.name, stem) for path in parent.iterdir()), default=0)
            while True:
                path = parent / f"{stem}-{number}"
                with suppress(FileExistsError):  # another process was faster
                    path.mkdir()
                    return cls(path)
                number += 1
        except (OSError, ValueError) as error:
            raise refusal(parent, error) from error

    @property
    def report(self) -> Path:
        """Where the report of the run stands."""
        return self.path / "report.html"

    @property
    def has_checkpoint(self) -> bool:
        """Whether there is something to go on from."""
        return (self.path / "checkpoint.safetensors").is_file()

    # --- writing ---

    @contextmanager
    def held(self) -> Iterator[RunFolder]:
        """Hold the folder while writing to it; it is made if it is not there.

        Raises:
            UsageError: `folder-in-use`, with the process that holds it; `cannot-write`.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except (OSError, ValueError) as error:
            raise refusal(self.path, error) from error
        with held(self.path):
            self._remove_unfinished()
            yield self

    def _remove_unfinished(self) -> None:
        """Remove what a process that was killed left behind; nobody else writes here now."""
        for name in _FILES:
            for unfinished in self.path.glob(f".{name}.*.part"):
                with suppress(OSError):
                    unfinished.unlink()

    def create(self, problem_text: str, environment: Mapping[str, Any], data: Mapping[str, Any] | None = None) -> None:
        """Begin a run.

        Args:
            problem_text: the problem as it was read.
            environment: what it runs on.
            data: what was learned of the samples, as plain JSON; see `data_record`.

        Raises:
            UsageError: `run-exists`, if the folder holds a run already; `cannot-write`.
        """
        there = [name for name in _RESULTS if (self.path / name).exists()]
        if there and not self._was_only_begun(there, problem_text):
            message = f'"{self.path}" holds a run already ({", ".join(there)})'
            raise UsageError(Fault("run-exists", message, hint="resume it, or choose another folder"))
        write_whole(self.path / "environment.json", f"{json.dumps(environment, indent=2)}\n")
        if data is not None:
            write_whole(self.path / "data.json", f"{json.dumps(data, allow_nan=False)}\n")
        write_whole(self.path / "problem.yaml", problem_text)

    def _was_only_begun(self, there: Sequence[str], problem_text: str) -> bool:
        """Whether a process was killed while it began this very run, so that nothing of it is lost."""
        return set(there) <= {"problem.yaml", "environment.json"} and (
            "problem.yaml" not in there or self.problem_text() == problem_text
        )

    def save(self, checkpoint: Checkpoint, history: Mapping[str, Sequence[Any]]) -> None:
        """Keep where the run stands; a crash at any moment leaves the checkpoint before or this one, whole.

        Args:
            checkpoint: arrays and progress.
            history: a list for each column, all of one length: all epochs from the first. Only new ones are written.

        Raises:
            UsageError: `cannot-write`; the checkpoint before is still there.
        """
        # Rows first: too many of them can be cut to those of the checkpoint, and missing ones are lost.
        self._history.write(history)
        rows = max(map(len, history.values()), default=0)
        save_checkpoint(self.path / "checkpoint.safetensors", replace(checkpoint, rows=rows))

    def save_weights(
        self, last: Mapping[str, Any], best: Mapping[str, Any] | None, metadata: Mapping[str, str]
    ) -> None:
        """Keep the weights for other programs and for prediction.

        Args:
            last: each parameter by its name, as the run ended.
            best: as it was best by what is monitored; None where nothing is.
            metadata: texts beside them, such as the title.

        Raises:
            UsageError: `cannot-write`.
            ProblemError: `not-finite`.
        """
        save_weights(self.path / "weights.safetensors", last, metadata)
        if best is not None:
            save_weights(self.path / "best.safetensors", best, metadata)

    # --- reading ---

    def problem_text(self) -> str:
        """The problem as it was read when the run began.

        Raises:
            UsageError: `no-run`, if this is no folder of a run.
            ProblemError: `file-not-readable`.
        """
        return self._text("problem.yaml")

    def environment(self) -> dict[str, Any]:
        """What the run began on.

        Raises:
            UsageError: `no-run`.
            ProblemError: `file-not-readable`.
        """
        return self._mapping("environment.json", "no environment of a run")

    def data(self) -> dict[str, Any]:
        """What was learned of the samples when the run began.

        Raises:
            UsageError: `no-run`.
            ProblemError: `file-not-readable`.
        """
        return self._mapping("data.json", "no record of data")

    def _mapping(self, name: str, otherwise: str) -> dict[str, Any]:
        try:
            found = json.loads(self._text(name))
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise ProblemError(Fault("file-not-readable", f"`{name}` is {otherwise}"))
        return found

    def _text(self, name: str) -> str:
        path = self.path / name
        try:
            with path.open(encoding="utf-8", newline="") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            hint = "name the folder that `train` wrote to, such as runs/digits-1"
            raise UsageError(
                Fault("no-run", f'there is no run in "{self.path}": it has no {name}', hint=hint)
            ) from None
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it is not text in UTF-8"
            raise ProblemError(Fault("file-not-readable", f"`{path}` cannot be read: {why}")) from None

    def load_checkpoint(self) -> Checkpoint:
        """Where the run stood when it was last saved.

        Raises:
            UsageError: `no-run`; `nothing-to-resume`, if it was never saved.
            ProblemError: `damaged-weights`, `not-weights`, `not-a-checkpoint`, `file-not-readable`.
        """
        if not self.has_checkpoint:
            self.problem_text()
            message = f'the run in "{self.path}" was never saved'
            raise UsageError(Fault("nothing-to-resume", message, hint="train it from the start"))
        return load_checkpoint(self.path / "checkpoint.safetensors")

    def load_history(self, rows: int | None = None) -> History:
        """The history, a list for each column.

        Args:
            rows: `rows` of the checkpoint, to leave out epochs that were not yet in it; None takes all there are.

        Raises:
            ProblemError: `damaged-history`, `file-not-readable`.
        """
        return read_history(self.path / "history.jsonl", rows)

    def load_weights(self, expected: Mapping[str, tuple[int, ...]] | None = None, *, best: bool = True) -> Weights:
        """The weights of the run: of its checkpoint, which is never older than the files beside it, or of those files.

        Args:
            expected: the shape of each parameter of the problem; None takes what there is.
            best: whether the best are wanted, where something was monitored, or the last.

        Raises:
            UsageError: `no-run`.
            ProblemError: what reading a checkpoint or weights raises.
        """
        if not self.has_checkpoint:
            has_best = best and (self.path / "best.safetensors").is_file()
            name = "best.safetensors" if has_best else "weights.safetensors"
            if not (self.path / name).is_file():
                self.problem_text()
            return load_weights(self.path / name, expected)
        checkpoint = self.load_checkpoint()
        arrays = (checkpoint.group("best") if best else {}) or checkpoint.group("parameter")
        if expected is not None:
            check_parameters({name: array.shape for name, array in arrays.items()}, expected, "checkpoint.safetensors")
            arrays = {name: arrays[name] for name in expected}
        check_finite(arrays, "checkpoint.safetensors")
        return Weights(arrays)

    def problem_differs(self, problem_text: str) -> str:
        """The keys in which a problem differs from that of the run, in words; empty where they say the same.

        Comments, the order of keys and the way numbers are typed make no difference.

        Args:
            problem_text: the text of the problem file.
        """
        return ", ".join(differing_keys(self.problem_text(), problem_text))

    def refuse_other_problem(self, problem_text: str, may_differ: Sequence[str] = ("title", "show")) -> None:
        """Refuse to go on with another problem than the run began with.

        Args:
            problem_text: the text of the problem file.
            may_differ: keys that make no difference to the numbers.

        Raises:
            UsageError: `another-problem`, with the keys that differ.
        """
        differing = differing_keys(self.problem_text(), problem_text)
        asked = [key for key in differing if key.split(".")[0] not in may_differ and key not in may_differ]
        if asked:
            message = f'the run in "{self.path}" is of another problem: {", ".join(asked)} differ'
            hint = "resume with the problem of its folder, or train this one in a new folder"
            raise UsageError(Fault("another-problem", message, hint=hint))


def safe_name(text: str) -> str:
    """A name for a file or folder that any system takes, from any text: letters and digits, joined by `-`.

    >>> safe_name("../Two Moons: tanh?"), safe_name("...")
    ('two-moons-tanh', 'run')
    """
    letters = unicodedata.normalize("NFKC", text).casefold()
    words = "".join(letter if letter.isalnum() else " " for letter in letters).split()
    name = "-".join(words).encode()[:_LONGEST_NAME].decode("utf-8", "ignore").strip("-")
    return name or "run"


def _number(name: str, stem: str) -> int:
    """The number behind a stem, or 0 where a name is not of that kind."""
    digits = name.removeprefix(f"{stem}-") if name.startswith(f"{stem}-") else ""
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else 0
