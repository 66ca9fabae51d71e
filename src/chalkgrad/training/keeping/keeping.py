"""What a run leaves in its folder, and how it goes on from there."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from chalkgrad.errors import Fault, UsageError
from chalkgrad.files import write_whole
from chalkgrad.reading.changing import problem_text
from chalkgrad.reading.problem import Problem
from chalkgrad.render import write
from chalkgrad.training.data import TrainingData
from chalkgrad.training.engines.engine import EpochSums, State
from chalkgrad.training.keeping.checkpoint import Checkpoint
from chalkgrad.training.keeping.data_record import record_of
from chalkgrad.training.keeping.folder import RunFolder
from chalkgrad.training.pictures.files import save_figure
from chalkgrad.training.run import History, Run
from chalkgrad.training.stopping import Watch
from chalkgrad.training.trainer import Progress

__all__ = ["Keeper", "checkpoint_of", "restored"]

# Saving takes milliseconds, and losing the last seconds of a run costs little.
_SECONDS_BETWEEN = 2.0


def checkpoint_of(state: State, progress: Progress, settings: dict[str, Any]) -> Checkpoint:
    """All that is needed to go on to the very bits.

    Args:
        state: what the engine holds.
        progress: how far the run has come.
        settings: what must be the same when it goes on: engine, dtype, seed.
    """
    arrays = {f"parameter:{name}": value for name, value in state.parameters.items()}
    arrays |= {f"memory:{name}": value for name, value in state.memory.items()}
    arrays |= {f"best:{name}": value for name, value in (progress.best or {}).items()}
    plain = {
        "epoch": progress.epoch,
        "steps": progress.steps,
        "seconds": progress.seconds,
        "sums": asdict(progress.sums),
        "watch": asdict(progress.watch),
        **settings,
    }
    return Checkpoint(arrays, plain)


def restored(checkpoint: Checkpoint, history: History) -> tuple[State, Progress]:
    """The state and the progress that a checkpoint was made of."""
    plain = checkpoint.progress
    progress = Progress(
        Watch(**plain["watch"]),
        plain["epoch"],
        plain["steps"],
        EpochSums(**plain["sums"]),
        history,
        checkpoint.group("best") or None,
        plain["seconds"],
    )
    return State(checkpoint.group("parameter"), checkpoint.group("memory")), progress


class Keeper:
    """Saves a run to its folder while it goes on.

    Args:
        folder: where.
        settings: engine, dtype and seed of the run.
    """

    def __init__(self, folder: RunFolder, settings: dict[str, Any]) -> None:
        self.folder, self.settings = folder, settings
        self._saved = time.monotonic()

    def begin(self, problem: Problem, environment: dict[str, Any], data: TrainingData) -> None:
        """Write what is known before the first step, and from where the paths in the problem start."""
        start = problem.file.directory or Path()
        place = os.path.relpath(start.absolute(), self.folder.path.absolute())
        self.folder.create(
            problem_text(problem), environment | {"paths_start": Path(place).as_posix()}, record_of(problem, data)
        )

    def is_due(self) -> bool:
        """Whether it is time to save again."""
        return time.monotonic() - self._saved >= _SECONDS_BETWEEN

    def save(self, state: State, progress: Progress) -> None:
        """Save where the run stands."""
        self.folder.save(checkpoint_of(state, progress, self.settings), progress.history)
        self._saved = time.monotonic()

    def report(self, run: Run) -> None:
        """Write the report and, where they can be drawn, the curves."""
        write_whole(self.folder.report, str(write(run.document(), "html")))
        if not run.history:
            return
        with suppress(UsageError):  # without Matplotlib there are no pictures
            figure = run.plot(self.folder.path / "curves.svg")
            save_figure(figure, self.folder.path / "curves.png")

    def resume(self, problem: Problem) -> tuple[State, Progress]:
        """Where the run stands in its folder.

        Raises:
            UsageError: `other-problem`, `other-settings`, if it was another problem, engine, dtype or seed.
        """
        if different := self.folder.problem_differs(problem_text(problem)):
            message = f'the run in "{self.folder.path}" was of another problem: it differs in {different}'
            hint = "resume it with the problem.yaml of its folder, or train anew in another folder"
            raise UsageError(Fault("other-problem", message, hint=hint))
        checkpoint = self.folder.load_checkpoint()
        for name, value in self.settings.items():
            if checkpoint.progress.get(name) != value:
                message = f"the run was trained with {name} {checkpoint.progress.get(name)}, and now asks for {value}"
                hint = f"go on with {name} {checkpoint.progress.get(name)}, or train anew in another folder"
                raise UsageError(Fault("other-settings", message, hint=hint))
        return restored(checkpoint, History(self.folder.load_history(checkpoint.rows)))
