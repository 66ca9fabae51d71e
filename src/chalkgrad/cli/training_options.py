"""The options of the commands that train."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

__all__ = [
    "DevicesOption",
    "DtypeOption",
    "EngineOption",
    "EpochsOption",
    "FolderOption",
    "FoldsOption",
    "KeepOption",
    "PlotOption",
    "ResumeOption",
    "SeedOption",
    "TensorBoardOption",
    "ThreadsOption",
    "TrialOption",
]

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
DevicesOption = Annotated[
    int | None,
    typer.Option("--devices", min=1, metavar="N", show_default=False, help="Devices that share a batch, with jax."),
]
FolderOption = Annotated[
    str | None,
    typer.Option("--folder", metavar="PATH", show_default=False, help="Keep the run here, not in a new runs/NAME-N."),
]
KeepOption = Annotated[bool, typer.Option("--keep/--no-keep", help="Whether to write a run folder at all.")]
ResumeOption = Annotated[bool, typer.Option("--resume", help="Go on with the run in --folder.")]
TrialOption = Annotated[
    bool, typer.Option("--fast-dev-run", help="One batch of each part, to see that everything works.")
]
FoldsOption = Annotated[
    int | None,
    typer.Option("--folds", min=2, metavar="K", show_default=False, help="Cross-validate over K folds instead."),
]
TensorBoardOption = Annotated[
    str | None,
    typer.Option("--tensorboard", metavar="FOLDER", show_default=False, help="Also log for TensorBoard (an extra)."),
]
