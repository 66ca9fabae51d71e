"""Marking somebody's page, and a folder of pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalkgrad.api.pages import Page
from chalkgrad.api.progress import runs_told
from chalkgrad.api.solving import one_of, problem_of
from chalkgrad.reading.problem import Problem

if TYPE_CHECKING:
    # What marks is imported when something is marked: who only solves does not wait for it.
    from chalkgrad.marking.folder.marking import MarkedFolder
    from chalkgrad.marking.report import Claim, FirstMistake, MarkedLine, Marks, Report

__all__ = ["Marking", "MarkingOfFolder", "mark", "mark_folder"]


class Marking(Page):
    """A marked page: its lines, the first mistake, the marks.

    Args:
        report: the whole report.
        hints: how much to give away.
    """

    def __init__(self, report: Report, hints: str = "full") -> None:
        from chalkgrad.marking.contract import report_data
        from chalkgrad.marking.hints import limited
        from chalkgrad.marking.writing import write_report

        shown = limited(report, hints)
        super().__init__(lambda: write_report(report, hints), lambda: report_data(report, hints))
        self.report = shown
        self.hints = hints

    @property
    def lines(self) -> tuple[MarkedLine, ...]:
        """The lines of the page, each with what it claims."""
        return self.report.lines

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Everything that the page claims, from the top down."""
        return self.report.claims

    @property
    def first_mistake(self) -> FirstMistake | None:
        """Where the working first goes wrong, or `None`."""
        return self.report.first_mistake

    @property
    def marks(self) -> Marks:
        """What was earned."""
        return self.report.marks

    @property
    def naming(self) -> Mapping[str, str]:
        """What the page calls each quantity."""
        return self.report.naming

    @property
    def notes(self) -> tuple[str, ...]:
        """Remarks on the page as a whole."""
        return self.report.notes

    def __repr__(self) -> str:
        first = self.first_mistake
        where = "no mistake" if first is None else f"first mistake in line {first.line}"
        return f"<marked page {self.report.page!r}: {where}, {self.marks.earned:g} of {self.marks.possible:g} marks>"


def mark(
    problem: Problem | str | Path | Mapping[str, Any],
    page: str | bytes | Path,
    *,
    hints: str = "full",
    name: str | None = None,
) -> Marking:
    """Mark somebody's working of a problem, line by line.

    Args:
        problem: a problem, the path or bare name of one, or the keys of a problem file.
        page: the text of the page; a `Path` is read as a file.
        hints: how much to give away: `place`, `kind`, `rule` or `full`.
        name: what to call the page; by default the name of its file.

    Returns:
        The marked page; `print` it, `save` it, or look at it in a notebook.

    Raises:
        UsageError: `unknown-hints`, `too-large-to-mark`.
        ProblemError: what is wrong with the problem; `page-not-found`, `page-not-readable`, `page-too-large`,
            `page-not-text`, `not-utf-8`, `empty-page`, `nothing-to-mark`, `another-problem`.
    """
    from chalkgrad.marking.hints import HINTS
    from chalkgrad.marking.mark_text import mark_text
    from chalkgrad.marking.page_text import page_text, read_page_text

    one_of("hints", hints, HINTS)
    known = problem_of(problem)
    if isinstance(page, Path):
        called = name if name is not None else page.name
        text = read_page_text(page)
    else:
        called = name if name is not None else "page"
        text = page_text(page, called)
    return Marking(mark_text(known, text, called), hints)


class MarkingOfFolder(Page):
    """A folder of pages that were marked: a row for each, and the mistakes by the pages they are on.

    Args:
        found: what came of it.
    """

    def __init__(self, found: MarkedFolder) -> None:
        from chalkgrad.marking.folder.summary import summary_data, write_summary

        super().__init__(lambda: write_summary(found.title, found.rows), lambda: summary_data(found.title, found.rows))
        self.rows, self.folder = found.rows, found.folder
        self.unchanged, self.is_done = found.unchanged, found.is_done

    def __repr__(self) -> str:
        return f"<{len(self.rows)} marked pages in {str(self.folder)!r}>"


def mark_folder(
    problem: Problem | str | Path | Mapping[str, Any],
    folder: str | Path,
    out: str | Path,
    *,
    format: str = "html",
    hints: str = "full",
    force: bool = False,
    processes: int | None = None,
    progress: Callable[[int, int, object], None] | bool = False,
) -> MarkingOfFolder:
    """Mark every page of a folder, on all cores: a report each, `marks.csv`, and `summary.html`.

    Args:
        problem: as for `mark`.
        folder: the folder with the pages: `.md`, `.markdown`, `.tex`, `.txt`.
        out: the folder for everything that is written.
        format: that of the reports, as of `Page.write`.
        hints: how much the reports give away. The table and the summary are for the teacher.
        force: whether pages are marked again that have not changed, and files replaced that are not ours.
        processes: how many pages at a time; by default as many as there are cores.
        progress: told how many pages are done, of how many, and the row of the last; True for a bar.

    Returns:
        The rows and the summary. A page that cannot be marked has a row that says why.

    Raises:
        UsageError: `no-folder`, `no-pages`, `same-folder`, `folder-not-empty`, `cannot-write`, `unknown-format`,
            `unknown-hints`.
        ProblemError: what is wrong with the problem.
    """
    from chalkgrad.marking.folder.job import Options
    from chalkgrad.marking.folder.marking import mark_pages
    from chalkgrad.marking.hints import HINTS

    options = Options(problem_of(problem), format, one_of("hints", hints, HINTS))
    with runs_told("pages", progress) as told:
        found = mark_pages(Path(folder), Path(out), options, force=force, processes=processes, progress=told)
    return MarkingOfFolder(found)
