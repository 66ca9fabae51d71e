"""Training and what comes with it: the commands and their help. `chalkgrad.api` does the work."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

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
from chalkgrad.cli.progress import epochs_shown
from chalkgrad.cli.target import STANDARD, choose_target, deliver, print_out, say

if TYPE_CHECKING:
    from chalkgrad.api import Run

__all__ = ["describe", "train"]

EngineOption = Annotated[
    Literal["auto", "numpy", "jax"],
    typer.Option("--engine", metavar="ENGINE", help="numpy, jax (an extra), or auto: by what there is and the work."),
]
DtypeOption = Annotated[
    Literal["float32", "float64"], typer.Option("--dtype", metavar="TYPE", help="float32, or float64 for more digits.")
]
EpochsOption = Annotated[
    int | None, typer.Option("--epochs", min=1, metavar="N", show_default=False, help="Passes over the samples.")
]
SeedOption = Annotated[
    int | None, typer.Option("--seed", min=0, metavar="N", show_default=False, help="Fixes everything random.")
]
ThreadsOption = Annotated[
    int | None,
    typer.Option("--threads", min=1, metavar="N", show_default=False, help="Threads of each matrix product."),
]
PlotOption = Annotated[
    str | None,
    typer.Option("--plot", metavar="PATH", show_default=False, help="Also draw the curves there: .png, .svg or .pdf."),
]


@app.command(
    epilog="""\b
Examples:
  chalkgrad train digits
  chalkgrad train mine.yaml --epochs 200 --seed 1
  chalkgrad train mine.yaml --folder runs/long --plot curves.png
  chalkgrad train mine.yaml --folder runs/long --resume
  chalkgrad train mine.yaml --json | jq '.test.accuracy'

Each run is kept in a folder of its own, runs/NAME-1, runs/NAME-2 and so on: the problem, the weights (the last and the
best), the history, the curves and a report. Ctrl-C finishes the batch, saves, and says how to go on; the run then ends
with the very bits of one that was never interrupted. If the numbers run away, the exit code is 1, and the folder keeps
the last good weights."""
)
def train(
    file: FileArgument,
    engine: EngineOption = "auto",
    dtype: DtypeOption = "float32",
    epochs: EpochsOption = None,
    seed: SeedOption = None,
    threads: ThreadsOption = None,
    folder: Annotated[
        str | None,
        typer.Option(
            "--folder", metavar="PATH", show_default=False, help="Keep the run here, not in a new runs/NAME-N."
        ),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep/--no-keep", help="Whether to write a run folder at all.")] = True,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in --folder.")] = False,
    plot: PlotOption = None,
    fast_dev_run: Annotated[
        bool, typer.Option("--fast-dev-run", help="One batch of each part, to see that everything works.")
    ] = False,
    tensorboard: Annotated[
        str | None,
        typer.Option(
            "--tensorboard", metavar="FOLDER", show_default=False, help="Also log for TensorBoard (an extra)."
        ),
    ] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Train the network of a problem on its data.

    It runs the very formulas that `solve` writes out: the number explained is the number trained.
    """
    problem = read_problem(file)
    from chalkgrad import api

    keeps = keep and not fast_dev_run
    where: dict[str, Any] = {"folder": folder} if folder is not None else {"runs": "runs" if keeps else None}
    callbacks = [api.TensorBoardLog(tensorboard)] if tensorboard is not None else []
    with nullcontext() if quiet else epochs_shown() as watcher:
        run = api.train(
            problem,
            engine=engine,
            dtype=dtype,
            epochs=epochs,
            seed=seed,
            threads=threads,
            resume=resume,
            callbacks=callbacks,
            fast_dev_run=fast_dev_run,
            watcher=watcher,
            **where,
        )
    return _deliver_run(run, file, plot, as_json, quiet)


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
