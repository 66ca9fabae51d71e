"""A closer look at how a problem learns, and ways to take it elsewhere: the commands and their help."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

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
from chalkgrad.cli.target import choose_target, deliver, print_out, say, shows_pictures
from chalkgrad.cli.training_options import DtypeOption, EngineOption, EpochsOption, PlotOption

__all__ = ["compare", "export", "find_rate", "landscape"]


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

    found = api.compare(
        problem,
        api.read_over(over),
        seeds=seeds,
        engine=engine,
        dtype=dtype,
        epochs=epochs,
        parallel=parallel,
        folder=folder,
        progress=not quiet,
    )
    deliver(api.Page(lambda: found.document(shows_pictures(target)), found.data), target)
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
    deliver(api.Page(lambda: found.document(shows_pictures(target)), found.data), target)
    if plot is not None:
        api.save_figure(found.plot(), plot)
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
