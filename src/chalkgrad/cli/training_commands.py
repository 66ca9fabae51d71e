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
from chalkgrad.cli.progress import epochs_shown, runs_counted
from chalkgrad.cli.target import STANDARD, choose_target, deliver, print_out, say

if TYPE_CHECKING:
    from chalkgrad.api import Problem, Run

__all__ = ["compare", "describe", "export", "find_rate", "landscape", "train"]

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
  chalkgrad train mine.yaml --folds 5
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
    devices: Annotated[
        int | None,
        typer.Option("--devices", min=1, metavar="N", show_default=False, help="Devices that share a batch, with jax."),
    ] = None,
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
    folds: Annotated[
        int | None,
        typer.Option("--folds", min=2, metavar="K", show_default=False, help="Cross-validate over K folds instead."),
    ] = None,
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

    if folds is not None or (problem.keys.split is not None and problem.keys.split.folds is not None):
        return _cross_validated(problem, folds, engine, dtype, epochs, seed, as_json, quiet)
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
            devices=devices,
            resume=resume,
            callbacks=callbacks,
            fast_dev_run=fast_dev_run,
            watcher=watcher,
            **where,
        )
    return _deliver_run(run, file, plot, as_json, quiet)


def _cross_validated(
    problem: Problem,
    folds: int | None,
    engine: str,
    dtype: str,
    epochs: int | None,
    seed: int | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Train once for each fold, and show how good it is on what it has not seen."""
    from chalkgrad import api

    with runs_counted("folds", quiet) as counted:
        found = api.cross_validate(
            problem, folds, engine=engine, dtype=dtype, epochs=epochs, seed=seed, progress=counted
        )
    deliver(api.Page(found.document, found.data), choose_target("json" if as_json else None, None, quiet=quiet))
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


@app.command(
    epilog="""\b
Examples:
  chalkgrad compare digits --over activation=relu,sigmoid,tanh --seeds 3
  chalkgrad compare mine.yaml --over batch=1,32,full --over optimizer=sgd,adam --seeds 5 --out comparison.html
  chalkgrad compare mine.yaml --over layers=1,2,3 --over learning_rate=0.1,0.01 --folder comparisons/depth

Any key of the file can be varied, as a path with dots (network.layers.0.units), or for short activation, units, layers,
dropout, learning_rate, momentum, l1, l2, patience. All settings have the same starts, the same order of the data and
the same split. With --folder finished runs are kept, and a comparison that was interrupted goes on where it stopped."""
)
def compare(
    file: FileArgument,
    over: Annotated[
        list[str], typer.Option("--over", metavar="KEY=A,B,C", help="A key and its values; may be given several times.")
    ],
    seeds: Annotated[
        int, typer.Option("--seeds", min=1, metavar="N", help="Runs of each setting, each from its own seed.")
    ] = 3,
    epochs: EpochsOption = None,
    engine: EngineOption = "auto",
    dtype: DtypeOption = "float32",
    parallel: Annotated[
        int | None, typer.Option("--parallel", min=1, metavar="N", show_default=False, help="Runs at a time.")
    ] = None,
    folder: Annotated[
        str | None, typer.Option("--folder", metavar="PATH", show_default=False, help="Keep finished runs here.")
    ] = None,
    to: ToOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    force: ForceOption = False,
    quiet: QuietOption = False,
) -> int:
    """Compare activations, optimizers, batch sizes, layers: anything of the file.

    A table with the spread over seeds, and a plain sentence on what may be concluded.
    """
    target = choose_target(to, out, stem="comparison", as_json=as_json, force=force, quiet=quiet)
    problem = read_problem(file)
    from chalkgrad import api

    with runs_counted("runs", quiet) as counted:
        found = api.compare(
            problem,
            api.read_over(over),
            seeds=seeds,
            engine=engine,
            dtype=dtype,
            epochs=epochs,
            parallel=parallel,
            folder=folder,
            progress=counted,
        )
    deliver(api.Page(found.document, found.data), target)
    return ExitCode.DONE if found.is_done else ExitCode.INTERRUPTED


@app.command(
    "find-rate",
    epilog="""\b
Examples:
  chalkgrad find-rate digits
  chalkgrad find-rate mine.yaml --plot rates.png
  chalkgrad find-rate mine.yaml --lowest 1e-5 --highest 1 --json""",
)
def find_rate(
    file: FileArgument,
    lowest: Annotated[float, typer.Option("--lowest", metavar="RATE", help="The rate of the first step.")] = 1e-6,
    highest: Annotated[float, typer.Option("--highest", metavar="RATE", help="The rate of the last step.")] = 10.0,
    steps: Annotated[int, typer.Option("--steps", min=10, metavar="N", help="How many steps.")] = 100,
    engine: EngineOption = "auto",
    dtype: DtypeOption = "float32",
    plot: PlotOption = None,
    to: ToOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    force: ForceOption = False,
    quiet: QuietOption = False,
) -> None:
    """Find a learning rate: take steps with one that grows until the loss blows up."""
    target = choose_target(to, out, stem="rates", as_json=as_json, force=force, quiet=quiet)
    problem = read_problem(file)
    from chalkgrad import api

    found = api.find_rate(problem, lowest=lowest, highest=highest, steps=steps, engine=engine, dtype=dtype)
    deliver(api.Page(found.document, found.data), target)
    if plot is not None:
        api.save_figure(api.rate_curve(found), plot)
        say(f"wrote {plot}", quiet)


@app.command(
    epilog="""\b
Examples:
  chalkgrad landscape mine.yaml --plot landscape.png
  chalkgrad landscape digits --epochs 3 --plot landscape.svg"""
)
def landscape(
    file: FileArgument,
    plot: Annotated[
        str, typer.Option("--plot", metavar="PATH", help="The picture: .png, .svg or .pdf.")
    ] = "landscape.png",
    epochs: EpochsOption = None,
    points: Annotated[
        int, typer.Option("--points", min=5, metavar="N", help="Points of the loss along each axis.")
    ] = 41,
    engine: EngineOption = "auto",
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Draw the loss with the paths of batch, stochastic and mini-batch descent on it.

    Exactly, where there are two parameters; else on the plane in which the paths vary most.
    """
    problem = read_problem(file)
    from chalkgrad import api

    found, figure = api.landscape(problem, epochs=epochs, engine=engine, points=points)
    api.save_figure(figure, plot)
    if as_json:
        print_out(json.dumps(found.data(), ensure_ascii=False, allow_nan=False))
    say(f"wrote {plot}", quiet)


@app.command(
    epilog="""\b
Examples:
  chalkgrad export digits --to torch --out scripts && python3 scripts/digits_torch.py
  chalkgrad export runs/digits-1 --to onnx --out models

A script starts from the weights that training starts from (or, of a run, from those that it ended with), takes the
same first steps on the same samples, and prints the same losses. ONNX holds the network with its weights; it scales
inputs itself."""
)
def export(
    source: Annotated[
        str, typer.Argument(metavar="FILE", help="A problem file, a bundled name, or the folder of a run.")
    ],
    to: Annotated[
        Literal["onnx", "torch", "keras", "numpy"],
        typer.Option("--to", metavar="TARGET", help="onnx, torch, keras or numpy."),
    ],
    out: Annotated[str, typer.Option("--out", "-o", metavar="FOLDER", help="Where the files go.")] = ".",
    steps: Annotated[int, typer.Option("--steps", min=1, metavar="N", help="Training steps of a script.")] = 5,
    quiet: QuietOption = False,
) -> None:
    """Write the network for PyTorch, Keras, NumPy or ONNX."""
    from chalkgrad import api

    if Path(source).is_dir():
        problem, parameters, stem = api.trained_problem(source)
    else:
        problem, parameters, stem = read_problem(source), None, Path(source).stem
    for path in api.export(problem, to, out, parameters=parameters, name=stem, steps=steps):
        say(f"wrote {path.as_posix()}", quiet)
