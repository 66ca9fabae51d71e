"""The application, and the arguments and options that several commands have.

`chalkgrad.api` brings in NumPy and more, so it is imported when a command runs and not here: `chalkgrad --help`
answers at once.
"""

from __future__ import annotations

import sys
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from chalkgrad.cli.target import STANDARD
from chalkgrad.errors import Fault, ProblemError

if TYPE_CHECKING:
    from chalkgrad.api import Problem

__all__ = [
    "ExitCode",
    "FileArgument",
    "ForceOption",
    "JsonOption",
    "OutOption",
    "QuietOption",
    "ToOption",
    "app",
    "complete_bundled",
    "read_problem",
]

Format = Literal["text", "md", "tex", "html", "pdf", "typ", "json"]


class ExitCode(IntEnum):
    """What the command answers to the shell."""

    DONE = 0
    FINDINGS = 1
    MISUSE = 2
    UNREADABLE = 3
    OUR_FAULT = 4
    INTERRUPTED = 130


# What they read


def read_problem(file: str) -> Problem:
    """The problem of a file, of a bundled name, or on standard input."""
    from chalkgrad import api

    if file != STANDARD:
        return api.read(file)
    try:
        text = sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProblemError(Fault("not-utf-8", f"standard input is not UTF-8 text: {error.reason}")) from error
    return api.read_text(text, "<standard input>")


def complete_problem(incomplete: str) -> list[str]:
    """Bundled names and problem files here, for the shell's completion."""
    here = sorted(path.as_posix() for path in Path().glob("*.y*ml"))
    return complete_bundled(incomplete) + [name for name in here if name.startswith(incomplete)]


def complete_bundled(incomplete: str) -> list[str]:
    """Bundled names, for the shell's completion."""
    from chalkgrad.problems import problem_names

    return [name for name in problem_names() if name.startswith(incomplete)]


# The commands

app = typer.Typer(
    name="chalkgrad",
    rich_markup_mode=None,  # drawing the help with rich would double the time it takes
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

FileArgument = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help='A problem file, the name of a bundled problem, or "-" for standard input.',
        autocompletion=complete_problem,
    ),
]
ToOption = Annotated[
    Format | None,
    typer.Option(
        "--to",
        metavar="FORMAT",
        show_default=False,
        help="text, md, tex, html, pdf, typ or json; without it, what the name after --out says, else text.",
    ),
]
OutOption = Annotated[
    str | None,
    typer.Option("--out", "-o", metavar="PATH", show_default=False, help='Write to this file; "-" is standard output.'),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Data on standard output: the same as --to json.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors on standard error.")]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace a file that exists.")]
