"""The options of `solve`, and what their texts mean."""

from __future__ import annotations

import re
from typing import Annotated, Literal

import typer

__all__ = [
    "CarryOption",
    "DetailOption",
    "RoundOption",
    "SampleOption",
    "UnitsOption",
    "ViewOption",
    "WeightsOption",
    "rounding",
    "rows_of",
]

ViewOption = Annotated[
    Literal["matrix", "units", "both"] | None,
    typer.Option("--view", metavar="VIEW", show_default=False, help="matrix, units (edge by edge) or both."),
]
DetailOption = Annotated[
    Literal["short", "normal", "full"] | None,
    typer.Option("--detail", metavar="DETAIL", show_default=False, help="short, normal or full."),
]
RoundOption = Annotated[
    str | None,
    typer.Option("--round", metavar="DIGITS", show_default=False, help='Decimals ("4") or digits ("4 significant").'),
]
CarryOption = Annotated[
    Literal["exact", "rounded"] | None,
    typer.Option(
        "--carry",
        metavar="NUMBERS",
        show_default=False,
        help="exact: round only what is printed; rounded: go on with the printed numbers, as by hand.",
    ),
]
SampleOption = Annotated[
    list[str] | None,
    typer.Option(
        "--sample",
        metavar="ROWS",
        show_default=False,
        help="One step on these samples alone: rows of the data, counted from 0, such as 0 or 0,5.",
    ),
]
UnitsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--units",
        metavar="NAMES",
        show_default=False,
        help="Only these units, weights or layers, such as h1_3; in networks of any size.",
    ),
]
WeightsOption = Annotated[
    str | None,
    typer.Option(
        "--weights", metavar="PATH", show_default=False, help="Start from a trained run: its folder or its weights."
    ),
]


def rounding(text: str) -> int | str:
    """`4` is decimals, `4 significant` is digits."""
    found = re.fullmatch(r"\s*(\d{1,3})(\s+significant)?\s*", text, re.ASCII)
    if not found:
        raise typer.BadParameter(f'"{text}" is neither decimals ("4") nor digits ("4 significant").')
    return f"{int(found[1])} significant" if found[2] else int(found[1])


def rows_of(texts: list[str]) -> list[int]:
    """Rows of samples, with commas between them or given one by one."""
    pieces = [piece.strip() for text in texts for piece in text.split(",")]
    for piece in pieces:
        if not re.fullmatch(r"\d{1,12}", piece, re.ASCII):
            raise typer.BadParameter(f'"{piece}" is no row of a sample; rows are counted from 0, as in "0" or "0,5".')
    return [int(piece) for piece in pieces]
