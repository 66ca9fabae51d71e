"""What a trained network says of new samples: the commands and their help. `chalkgrad.api` does the work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from chalkgrad.cli.options import ForceOption, JsonOption, QuietOption, app
from chalkgrad.cli.target import STANDARD, misuse, print_out, say

__all__ = ["evaluate", "predict"]

RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="The folder of a run, such as runs/digits-1.")]
SamplesArgument = Annotated[
    str,
    typer.Argument(
        metavar="FILE", help="New samples: CSV with the same columns, NPZ, IDX images, a picture or a folder of them."
    ),
]
LabelsOption = Annotated[
    str | None, typer.Option("--labels", metavar="PATH", show_default=False, help="The IDX file of the labels.")
]


@app.command(
    epilog="""\b
Examples:
  chalkgrad predict runs/flowers-1 new.csv
  chalkgrad predict runs/digits-1 scans/ --out predictions.csv
  chalkgrad predict runs/flowers-1 new.csv --json | jq '.[0].prediction'

Inputs are scaled with the numbers of the training part, and classes have their names. The target may be missing."""
)
def predict(
    run: RunArgument,
    file: SamplesArgument,
    labels: LabelsOption = None,
    out: Annotated[
        str | None,
        typer.Option("--out", "-o", metavar="PATH", show_default=False, help="Write to this file: .csv or .json."),
    ] = None,
    as_json: JsonOption = False,
    force: ForceOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say what a trained network makes of new samples."""
    if out not in (None, STANDARD) and Path(str(out)).exists() and not force:
        raise misuse("file-exists", f'"{out}" exists and is left as it is', "--force replaces it, or name another file")
    from chalkgrad import api

    rows = api.predictions(run, file, labels=labels)
    if out not in (None, STANDARD):
        say(f"wrote {api.write_predictions(str(out), rows)}", quiet)
    elif as_json:
        print_out(api.predictions_as_json(rows))
    else:
        print_out(api.predictions_as_csv(rows))


@app.command(
    epilog="""\b
Examples:
  chalkgrad evaluate runs/flowers-1 new.csv
  chalkgrad evaluate runs/digits-1 t10k-images.gz --labels t10k-labels.gz --json"""
)
def evaluate(
    run: RunArgument,
    file: SamplesArgument,
    labels: LabelsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Score a trained network on new samples with their targets."""
    from chalkgrad import api

    found = api.evaluate(run, file, labels=labels)
    if as_json:
        print_out(json.dumps(found))
    else:
        print_out("\n".join(f"{name:10} {value:.6g}" for name, value in found.items()))
