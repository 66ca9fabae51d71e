"""A folder of pages, marked: a report each, a table, and a summary; what has not changed is not marked again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from chalkgrad.errors import Fault, UsageError
from chalkgrad.files import refusal, write_whole
from chalkgrad.marking.folder.job import Job, Options
from chalkgrad.marking.folder.names import pages_of, report_names, shown_name
from chalkgrad.marking.folder.record import (
    FILE,
    Kept,
    fingerprint,
    page_fingerprint,
    read_record,
    write_record,
)
from chalkgrad.marking.folder.rows import Row, rows_as_csv
from chalkgrad.marking.folder.summary import write_summary
from chalkgrad.marking.folder.workers import mark_jobs
from chalkgrad.render import FORMATS, write

__all__ = ["MarkedFolder", "mark_pages"]

Progress = Callable[[int, int, object], None]


@dataclass(frozen=True)
class MarkedFolder:
    """A folder of pages that were marked.

    Args:
        title: that of the problem.
        folder: where the reports, `marks.csv` and `summary.html` are.
        rows: one for each page, by their names.
        unchanged: how many were not marked again.
        is_done: whether all pages were marked, or the work was interrupted.
    """

    title: str
    folder: Path
    rows: tuple[Row, ...]
    unchanged: int
    is_done: bool


def mark_pages(
    pages: Path,
    out: Path,
    options: Options,
    *,
    force: bool = False,
    processes: int | None = None,
    progress: Progress | None = None,
) -> MarkedFolder:
    """Mark every page of a folder.

    Args:
        pages: the folder with the pages.
        out: where everything is written; it is made if it is not there.
        options: the problem, the format of the reports, how much they give away.
        force: whether pages are marked again that have not changed, and files replaced that are not ours.
        processes: how many pages at a time; by default as many as there are cores.
        progress: told how many pages are done, of how many, and the row of the last.

    Raises:
        UsageError: `no-folder`, `no-pages`, `same-folder`, `folder-not-empty`, `cannot-write`, `unknown-format`.
    """
    found = pages_of(pages)
    _refuse_format(options.format)
    known = _settled(pages, out, force)
    names = report_names(found, "." + options.format if options.format == "json" else FORMATS[options.format].ending)
    jobs = [Job(str(page), shown_name(page), str(out / names[page])) for page in found]
    work = _Work(jobs, out, known, fingerprint(options), progress)
    is_done = mark_jobs([jobs[place] for place in work.left], options, work.take, processes) if work.left else True
    rows = work.rows()
    write_record(out, work.kept())
    write_whole(out / "marks.csv", rows_as_csv(rows).encode("utf-8", "replace"))
    title = options.problem.title
    summary = write(write_summary(title, rows), "html")
    write_whole(out / "summary.html", summary if isinstance(summary, bytes) else summary.encode("utf-8", "replace"))
    return MarkedFolder(title, out, rows, len(jobs) - len(work.left), is_done)


def _refuse_format(format: str) -> None:
    if format != "json" and format not in FORMATS:
        known = ", ".join([*FORMATS, "json"])
        raise UsageError(Fault("unknown-format", f"`{format}` is no format of a report; there are {known}"))


def _settled(pages: Path, out: Path, force: bool) -> dict[str, Kept]:
    """Make the folder for the reports, and read what is kept in it."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        if out.samefile(pages):
            message = "the reports would lie among the pages"
            raise UsageError(Fault("same-folder", message, hint="name another folder with --out"))
        is_empty = next(out.iterdir(), None) is None
    except (OSError, ValueError) as error:
        raise refusal(out, error) from error
    known = read_record(out)
    if known is None and not is_empty and not force:
        message = f'"{out}" holds files that are not of this command, and is left as it is'
        raise UsageError(Fault("folder-not-empty", message, hint="name another folder with --out, or give --force"))
    for name in (FILE, "marks.csv", "summary.html"):
        if (out / name).is_symlink():  # it may lead out of the folder
            (out / name).unlink()
    return {} if force or known is None else known


class _Work:
    """Which pages are left to be marked, and what came of those that were."""

    def __init__(
        self, jobs: list[Job], out: Path, known: dict[str, Kept], options: str | None, progress: Progress | None
    ) -> None:
        self.jobs, self.progress = jobs, progress
        self.prints = [page_fingerprint(job, options) if options is not None else None for job in jobs]
        self.done: dict[int, Row] = {}
        for place, job in enumerate(jobs):
            kept, report, print = known.get(Path(job.report).name), Path(job.report), self.prints[place]
            if kept is not None and print is not None and kept.still_holds(print, report):
                self.done[place] = kept.row
        self.left = [place for place in range(len(jobs)) if place not in self.done]
        if progress is not None:
            progress(len(self.done), len(jobs), None)

    def take(self, place: int, row: Row) -> None:
        """Take the row of the page at a place among those that were left."""
        self.done[self.left[place]] = row
        if self.progress is not None:
            self.progress(len(self.done), len(self.jobs), row)

    def rows(self) -> tuple[Row, ...]:
        """The rows of all pages that are done, by the order of the pages."""
        return tuple(self.done[place] for place in sorted(self.done))

    def kept(self) -> dict[str, tuple[str, Row]]:
        """What the record holds of them."""
        return {
            Path(self.jobs[place].report).name: (print, self.done[place])
            for place in sorted(self.done)
            if (print := self.prints[place]) is not None
        }
