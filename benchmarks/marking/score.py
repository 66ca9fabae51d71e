"""Measures how well pages of working are marked: places, causes, follow-through, and nobody accused who is right.

The pages are those of `generate.py`. Exits with 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from own import Own, own_pages, what_is_not_right
from rich.console import Console
from rich.progress import track
from rich.table import Table
from scoring import Claimed, Said, Score, pages

import chalkgrad

PROBLEMS = Path(__file__).parent / "problems"
CLEAN_F1, NOISY_F1 = 0.98, 0.93
ACCUSED, CARRIED, CAUSE, OTHER_CAUSE = 0.005, 0.97, 0.90, 0.03
SECONDS, TIMED_PAGES, TIMED_CORES = 60.0, 300, 2


@cache
def problem(name: str) -> chalkgrad.Problem:
    """A problem of the benchmark, read once in each process."""
    return chalkgrad.read(PROBLEMS / f"{name}.yaml")


def mark(page: Mapping[str, Any]) -> Said:
    """Mark one page; a marker that stops with a fault has said nothing."""
    asked = problem(page["problem"])
    start = time.perf_counter()
    try:
        report = chalkgrad.mark(asked, page["text"])
    except Exception as error:
        # Whatever goes wrong in the marker is a finding here, and the other pages are still to be marked.
        return Said(None, (), time.perf_counter() - start, f"{type(error).__name__}: {error}")
    seconds = time.perf_counter() - start
    claims = tuple(
        Claimed(claim.line, str(claim.verdict), claim.cause, claim.quantity, claim.text, claim.words)
        for claim in report.claims
    )
    first = report.first_mistake
    return Said(first and (first.line, first.quantity, first.cause), claims, seconds)


@dataclass(frozen=True)
class Row:
    """A line of the table; `good` is nothing where there is no target."""

    what: str
    reached: str
    target: str = ""
    good: bool | None = None


def rows(score: Score, wall: float, cores: int) -> list[Row]:
    """What is asked for, and what was reached."""
    timed = wall * cores / TIMED_CORES * TIMED_PAGES / max(score.pages, 1)
    clean, noisy = score.clean, score.noisy
    return [
        Row("first mistake, clean pages: F1", f"{clean.f1:.4f}{_counts(clean)}", f"≥ {CLEAN_F1}", clean.f1 >= CLEAN_F1),
        Row("first mistake, with noise: F1", f"{noisy.f1:.4f}{_counts(noisy)}", f"≥ {NOISY_F1}", noisy.f1 >= NOISY_F1),
        _share("right pages accused", score.accused, f"≤ {ACCUSED:.1%}", score.accused.value <= ACCUSED),
        Row("damaged lines called wrong", str(score.damaged_wrong), "0", score.damaged_wrong == 0),
        _share("carried lines recognised", score.carried, f"≥ {CARRIED:.0%}", score.carried.value >= CARRIED),
        _share("cause right", score.cause_right, f"≥ {CAUSE:.0%}", score.cause_right.value >= CAUSE),
        _share(
            "another cause named", score.cause_wrong, f"≤ {OTHER_CAUSE:.0%}", score.cause_wrong.value <= OTHER_CAUSE
        ),
        _share("second mistakes found", score.second),
        Row("pages without a report", str(score.failures), "0", score.failures == 0),
        Row(
            f"seconds for {TIMED_PAGES} pages on {TIMED_CORES} cores",
            f"{timed:.1f}",
            f"≤ {SECONDS:.0f}",
            timed <= SECONDS,
        ),
    ]


def _counts(places: Any) -> str:
    return f" ({places.found} found, {places.missed} missed, {places.accused} accused)"


def _share(what: str, share: Any, target: str = "", good: bool | None = None) -> Row:
    return Row(what, f"{share.value:.2%} ({share.part} of {share.whole})", target, good)


def print_rows(console: Console, found: Sequence[Row], title: str) -> None:
    """Print the table."""
    table = Table(title=title, title_justify="left")
    for column in ("what", "reached", "target", ""):
        table.add_column(column)
    for row in found:
        word = {None: "", True: "met", False: "[bold red]MISSED[/]"}[row.good]
        table.add_row(row.what, row.reached, row.target, word)
    console.print(table)


def by_group(score_of: Mapping[str, Score], console: Console, what: str) -> None:
    """Print a table with a line for each style or problem."""
    table = Table(title=f"By {what}", title_justify="left")
    for column in (
        what,
        "pages",
        "F1 clean",
        "F1 noisy",
        "accused",
        "damaged wrong",
        "carried",
        "cause",
        "other cause",
    ):
        table.add_column(column, justify="left" if column == what else "right")
    for name, score in sorted(score_of.items()):
        numbers = [f"{score.clean.f1:.3f}", f"{score.noisy.f1:.3f}", str(score.accused.part), str(score.damaged_wrong)]
        shares = [f"{share.value:.1%}" for share in (score.carried, score.cause_right, score.cause_wrong)]
        table.add_row(name, str(score.pages), *numbers, *shares)
    console.print(table)


def in_processes(work: Any, items: Sequence[Any], cores: int, what: str, console: Console) -> Iterator[Any]:
    """What comes of every item, in their order, with a bar for a person."""
    bar = partial(track, description=what, total=len(items), console=console, transient=True)
    if cores == 1:
        yield from bar(map(work, items))
        return
    with ProcessPoolExecutor(cores) as pool:
        yield from bar(pool.map(work, items, chunksize=4))


def mark_all(options: argparse.Namespace, console: Console) -> int:
    """Mark the pages and print what came of it."""
    chosen = pages(options.only, options.limit)
    start = time.perf_counter()
    said = list(in_processes(mark, chosen, options.cores, "Marking", Console(stderr=True)))
    wall = time.perf_counter() - start
    score, styles, problems = Score(), {}, {}
    for page, one in zip(chosen, said, strict=True):
        score.add(page, one)
        styles.setdefault(page["style"], Score()).add(page, one)
        problems.setdefault(page["problem"], Score()).add(page, one)
    if options.misses:
        print_misses(score, console)
    by_group(styles, console, "style")
    by_group(problems, console, "problem")
    found = rows(score, wall, options.cores)
    print_rows(console, found, f"{score.pages} pages, {wall:.1f} s on {options.cores} processes")
    return int(any(row.good is False for row in found))


def print_misses(score: Score, console: Console) -> None:
    """Print everything that was not as it should be."""
    for miss in sorted(score.misses, key=lambda miss: (miss.what, miss.page)):
        console.print(f"[bold]{miss.what}[/] {miss.page} ({miss.style})", highlight=False)
        for label, text in (("expected", miss.expected), ("got", miss.got), ("line", miss.text)):
            console.print(f"    {label}: {text}", highlight=False, markup=False, soft_wrap=True)


def show_page(identity: str, console: Console) -> int:
    """Print one page with what is true and what is said of each of its lines."""
    found = [page for page in pages() if page["id"] == identity]
    if not found:
        console.print(f"there is no page {identity!r}; they are called like sigmoid-017", markup=False)
        return 2
    page, said = found[0], mark(found[0])
    console.print({key: value for key, value in page.items() if key not in ("text", "lines")})
    for number, text in enumerate(page["text"].split("\n"), start=1):
        if not text.strip():
            continue
        console.print(f"{number:4} {_truth(page, number):8} {text}", markup=False, highlight=False, soft_wrap=True)
        for claim in said.on(number, number):
            label = f"{claim.quantity or '?'}: {claim.verdict} {claim.cause}".rstrip()
            console.print(f"{'':14}[dim]→ {label}[/]", highlight=False, soft_wrap=True)
    console.print("first mistake:", said.first, said.failure)
    return 0


def _truth(page: Mapping[str, Any], line: int) -> str:
    if any(mistake["line"] <= line <= mistake["last"] for mistake in page["mistakes"]):
        return "MISTAKE"
    if line in page["damaged"]:
        return "damaged"
    return "carried" if any(first <= line <= last for first, last in page["carried"]) else ""


def mark_own(options: argparse.Namespace, console: Console) -> int:
    """Mark our own solutions; the exit code is 1 where anything of them is not entirely right."""
    asked = list(own_pages(options.only))
    results: Iterable[list[str]] = in_processes(
        what_is_not_right, asked, options.cores, "Marking our own solutions", Console(stderr=True)
    )
    bad = [(own, found) for own, found in zip(asked, results, strict=True) if found]
    for own, found in bad:
        print_own(own, found, console, options.misses)
    console.print(f"{len(asked) - len(bad)} of {len(asked)} of our own solutions are marked entirely right")
    return int(bool(bad))


def print_own(own: Own, found: list[str], console: Console, everything: bool) -> None:
    """Print what is not right of a solution of ours."""
    console.print(
        f"[bold]{own.problem}[/], {own.format}, {own.round}, {own.carry}, {own.view}, {own.detail}", highlight=False
    )
    for text in found if everything else found[:3]:
        console.print(f"    {text}", markup=False, highlight=False, soft_wrap=True)
    if not everything and len(found) > 3:
        console.print(f"    and {len(found) - 3} more")


def main() -> int:
    """Mark, print, and hold the numbers against what we want."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", metavar="NAMES", default="", help="problems or styles, or sigmoid/typed, with commas")
    parser.add_argument("--limit", type=int, help="at most so many pages")
    parser.add_argument("--misses", action="store_true", help="list everything that is not as it should be")
    parser.add_argument("--page", metavar="ID", help="print one page with its truth and its report")
    parser.add_argument("--own", action="store_true", help="mark our own solutions of the bundled problems")
    parser.add_argument("--cores", type=int, default=len(os.sched_getaffinity(0)), help="how many processes")
    options = parser.parse_args()
    options.only = [name for name in options.only.split(",") if name]
    console = Console(width=None if sys.stdout.isatty() else 160)
    if options.page:
        return show_page(options.page, console)
    return mark_own(options, console) if options.own else mark_all(options, console)


if __name__ == "__main__":
    sys.exit(main())
