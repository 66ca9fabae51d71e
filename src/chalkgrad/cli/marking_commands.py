"""Marking somebody's working: the command and its help. `chalkgrad.api` does the work."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

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
from chalkgrad.cli.target import STANDARD, choose_target, deliver, misuse, print_out, say

if TYPE_CHECKING:
    from chalkgrad.api import MarkingOfFolder

__all__ = ["mark"]

# A page is far shorter; of what never ends no more is read.
_MOST_BYTES = 2_000_001

PageArgument = Annotated[
    str,
    typer.Argument(
        metavar="PAGE",
        help='The working: Markdown with LaTeX, LaTeX, or text; a folder of such pages; or "-" for standard input.',
    ),
]
HintsOption = Annotated[
    Literal["place", "kind", "rule", "full"],
    typer.Option(
        "--hints",
        metavar="HOW",
        help="How much to give away: place (where it first goes wrong), kind (what sort of mistake), rule (which rule "
        "was broken), or full (what each line should have been).",
    ),
]


@app.command(
    epilog="""\b
Examples:
  chalkgrad mark skip-tanh-relu page.md
  chalkgrad mark homework.yaml page.tex --out marked.pdf
  chalkgrad mark homework.yaml page.md --hints kind
  chalkgrad mark homework.yaml page.md --json | jq .first_mistake
  chalkgrad mark homework.yaml pages/ --out marked/

\b
A page for sigmoid-2-2-2 may begin so, in the names and with the rounding of whoever wrote it:
  z_1 = 0.05 * 0.15 + 0.1 * 0.2 + 0.35 = 0.378
  a_1 = 1/(1 + e^-0.378) = 0.593

Every line gets a mark: right, right within rounding, carried (it follows from an earlier wrong number), wrong, unread
or undecided. A folder gives one report a page, marks.csv and summary.html; pages that have not changed are not marked
again unless --force is given.

\b
Exit codes: 0 no mistake, 1 a mistake was marked, 2 misuse, 3 a page cannot be read or is of another problem."""
)
def mark(
    file: FileArgument,
    page: PageArgument,
    to: ToOption = None,
    out: OutOption = None,
    hints: HintsOption = "full",
    as_json: JsonOption = False,
    force: ForceOption = False,
    quiet: QuietOption = False,
) -> int:
    """Mark somebody's working, line by line.

    Says what is right, what is carried from an earlier mistake, where it first went wrong, and what probably happened.
    """
    if file == STANDARD and page == STANDARD:
        raise misuse("two-inputs", "the problem and the page cannot both be standard input", "name a file for one")
    if page != STANDARD and Path(page).is_dir():
        return _mark_folder(file, page, to, out, hints, as_json, force, quiet)
    stem = "page" if page == STANDARD else Path(page).stem
    target = choose_target(to, out, stem=f"{stem}-marked", as_json=as_json, force=force, quiet=quiet)
    if target.path and target.path.exists() and any(_is_same(target.path, name) for name in (file, page)):
        raise misuse("file-exists", f'"{target.path}" is what is to be marked', "name another file with --out")
    problem = read_problem(file)
    from chalkgrad import api

    if page == STANDARD:
        marking = api.mark(problem, sys.stdin.buffer.read(_MOST_BYTES), hints=hints, name="<standard input>")
    else:
        marking = api.mark(problem, Path(page), hints=hints)
    deliver(marking, target)
    return ExitCode.DONE if marking.first_mistake is None else ExitCode.FINDINGS


def _is_same(path: Path, name: str) -> bool:
    return name != STANDARD and Path(name).exists() and path.samefile(name)


def _mark_folder(
    file: str, folder: str, to: str | None, out: str | None, hints: str, as_json: bool, force: bool, quiet: bool
) -> int:
    """Mark a folder of pages, and say what came of it."""
    if out is None or out == STANDARD:
        raise misuse("no-out", "a folder of pages is marked into a folder", "name it with --out, as in --out marked/")
    problem = read_problem(file)
    from chalkgrad import api

    found = api.mark_folder(problem, folder, out, format=to or "html", hints=hints, force=force, progress=not quiet)
    if as_json:
        print_out(json.dumps(found.data(), ensure_ascii=False, indent=1, allow_nan=False))
    _say_folder(found, quiet)
    return _code_of(found)


def _say_folder(found: MarkingOfFolder, quiet: bool) -> None:
    kept = f" ({found.unchanged} unchanged since they were marked before)" if found.unchanged else ""
    where = found.folder.as_posix()
    say(f"marked {len(found.rows)} pages{kept} into {where}/: see {where}/summary.html and {where}/marks.csv", quiet)
    for row in found.rows:
        if not row.report:
            say(f"{row.page}: {row.status}: {row.words}", quiet)
    if not found.is_done:
        say("interrupted; what is done is kept, and the same command goes on")


def _code_of(found: MarkingOfFolder) -> ExitCode:
    states = {row.status for row in found.rows}
    if not found.is_done:
        return ExitCode.INTERRUPTED
    if "fault of ours" in states:
        return ExitCode.OUR_FAULT
    if "mistake" in states:
        return ExitCode.FINDINGS
    return ExitCode.UNREADABLE if "not read" in states else ExitCode.DONE
