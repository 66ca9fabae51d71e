"""Training and what comes with it: the commands and their help. `chalkgrad.api` does the work."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalkgrad.cli.options import (
    ExitCode,
    FileArgument,
    ForceOption,
    JsonOption,
    OutOption,
    QuietOption,
    ToOption,
    app,
    read_problem,
)
from chalkgrad.cli.target import STANDARD, choose_target, deliver, misuse, print_out, say, shows_pictures
from chalkgrad.cli.training_options import (
    DevicesOption,
    DtypeOption,
    EngineOption,
    EpochsOption,
    FolderOption,
    FoldsOption,
    KeepOption,
    PlotOption,
    ResumeOption,
    SeedOption,
    TensorBoardOption,
    ThreadsOption,
    TrialOption,
)

if TYPE_CHECKING:
    from chalkgrad.api import Problem, Run

__all__ = ["describe", "train"]


@app.command(
    epilog="""\b
Examples:
  chalkgrad train digits
  chalkgrad train mine.yaml --epochs 200 --seed 1
  chalkgrad train mine.yaml --folder runs/long --plot curves.png
  chalkgrad train mine.yaml --folder runs/long --resume
  chalkgrad train mine.yaml --folds 5
  chalkgrad train mine.yaml --json | jq '.test.accuracy'

Each run is kept in a folder of its own, runs/NAME-1, runs/NAME-2 and so on: the problem, the weights (the last and the
best), the history, the curves and a report. Ctrl-C finishes the batch, saves, and says how to go on; the run then ends
with the very bits of one that was never interrupted. If the numbers run away, the exit code is 1, and the folder keeps
the last good weights. Folds are kept only with --folder, each in a folder of its own inside it."""
)
def train(
    file: FileArgument,
    engine: EngineOption = "auto",
    dtype: DtypeOption = "float32",
    epochs: EpochsOption = None,
    seed: SeedOption = None,
    threads: ThreadsOption = None,
    devices: DevicesOption = None,
    folder: FolderOption = None,
    keep: KeepOption = True,
    resume: ResumeOption = False,
    plot: PlotOption = None,
    fast_dev_run: TrialOption = False,
    folds: FoldsOption = None,
    tensorboard: TensorBoardOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Train the network of a problem on its data.

    It runs the very formulas that `solve` writes out: the number explained is the number trained.
    """
    problem = read_problem(file)
    from chalkgrad import api

    how: dict[str, Any] = {
        "engine": engine,
        "dtype": dtype,
        "epochs": epochs,
        "seed": seed,
        "threads": threads,
        "devices": devices,
        "fast_dev_run": fast_dev_run,
    }
    if folds is not None or (problem.keys.split is not None and problem.keys.split.folds is not None):
        _refuse_for_folds(resume, tensorboard)
        return _cross_validated(problem, folds, how, folder, plot, as_json, quiet)
    keeps = keep and not fast_dev_run
    where: dict[str, Any] = {"folder": folder} if folder is not None else {"runs": "runs" if keeps else None}
    callbacks = [api.TensorBoardLog(tensorboard)] if tensorboard is not None else []
    run = api.train(problem, resume=resume, callbacks=callbacks, progress=not quiet, **how, **where)
    return _deliver_run(run, file, plot, as_json, quiet)


def _refuse_for_folds(resume: bool, tensorboard: str | None) -> None:
    """Refuse what only a single run can do."""
    if resume:
        raise misuse(
            "not-for-folds", "--resume goes on with one run, and folds are several", "train them anew, without --resume"
        )
    if tensorboard is not None:
        raise misuse(
            "not-for-folds",
            "--tensorboard logs one run, and folds are several",
            "leave it out; with --folder each fold keeps a history.csv",
        )


def _cross_validated(
    problem: Problem,
    folds: int | None,
    how: Mapping[str, Any],
    folder: str | None,
    plot: str | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Train once for each fold, and show how good it is on what it has not seen."""
    from chalkgrad import api

    found = api.cross_validate(problem, folds, folder=folder, progress=not quiet, **how)
    target = choose_target("json" if as_json else None, None, quiet=quiet)
    deliver(api.Page(lambda: found.document(shows_pictures(target)), found.data), target)
    if plot is not None:
        api.save_figure(found.plot("accuracy" if found.has_accuracy else "loss"), plot)
        say(f"wrote {plot}", quiet)
    if folder is not None:
        say(f"the run of each fold is in a folder of its own in {Path(folder).as_posix()}", quiet)
    return ExitCode.DONE if found.is_done else ExitCode.INTERRUPTED


def _deliver_run(run: Run, file: str, plot: str | None, as_json: bool, quiet: bool) -> int:
    """Show what came out, and say where it is kept."""
    from chalkgrad import api

    page = api.page_of_run(run)
    if as_json:
        print_out(json.dumps(page.data(), ensure_ascii=False, indent=1, allow_nan=False))
    else:
        deliver(page, choose_target(None, None, quiet=quiet))
    if plot is not None:
        run.plot(plot)
        say(f"wrote {plot}", quiet)
    if run.folder is not None:
        say(f"the run is in {run.folder.as_posix()}, its report in {(run.folder / 'report.html').as_posix()}", quiet)
    if run.stopped == "interrupted":
        if run.folder is not None:
            say(f"interrupted and saved; go on with: chalkgrad train {file} --folder {run.folder.as_posix()} --resume")
        return ExitCode.INTERRUPTED
    return ExitCode.FINDINGS if run.stopped == "diverged" else ExitCode.DONE


@app.command(
    epilog="""\b
Examples:
  chalkgrad describe digits
  chalkgrad describe mine.yaml --json"""
)
def describe(
    file: FileArgument,
    to: ToOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    force: ForceOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show the data, the layers, the parameters and the memory of a problem."""
    stem = "problem" if file == STANDARD else Path(file).stem
    target = choose_target(to, out, stem=stem, as_json=as_json, force=force, quiet=quiet)
    problem = read_problem(file)
    from chalkgrad import api

    deliver(api.describe(problem), target)
