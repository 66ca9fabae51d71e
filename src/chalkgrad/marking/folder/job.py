"""The marking of one page of a folder: read, marked, its report written; whatever happens, a row comes of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from chalkgrad.errors import UsageError
from chalkgrad.files import write_whole
from chalkgrad.marking.contract import report_data
from chalkgrad.marking.folder.rows import Row, row_of, unread_row
from chalkgrad.marking.mark_text import mark_text
from chalkgrad.marking.page_text import read_page_text
from chalkgrad.marking.report import Report
from chalkgrad.marking.writing import write_report
from chalkgrad.reading.problem import Problem
from chalkgrad.render import write

__all__ = ["Job", "Options", "mark_job", "report_as"]


@dataclass(frozen=True, slots=True)
class Options:
    """How all pages of a folder are marked: the problem, the format of the reports, how much they give away."""

    problem: Problem
    format: str
    hints: str


@dataclass(frozen=True, slots=True)
class Job:
    """One page: the file, its name as it may be shown, and the file of its report."""

    page: str
    name: str
    report: str


def report_as(report: Report, format: str, hints: str) -> bytes:
    """A report in a format.

    Raises:
        UsageError: `unknown-format`, `missing-extra`, `unknown-hints`.
    """
    if format == "json":
        data = report_data(report, hints)
        return (json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode("utf-8", "replace")
    written = write(write_report(report, hints), format)
    return written if isinstance(written, bytes) else written.encode("utf-8", "replace")


def mark_job(job: Job, options: Options) -> Row:
    """Mark a page and write its report.

    Raises:
        UsageError: where the report cannot be written, which is no fault of the page.
    """
    try:
        text = read_page_text(Path(job.page), job.name)
        report = mark_text(options.problem, text, job.name)
        content = report_as(report, options.format, options.hints)
        row = row_of(report, Path(job.report).name, options.hints)
    except UsageError as error:
        if error.code in ("missing-extra", "unknown-format", "unknown-hints"):
            raise
        return unread_row(job.name, error)
    except Exception as error:
        return unread_row(job.name, error)
    target = Path(job.report)
    if target.is_symlink():  # it may lead out of the folder
        target.unlink()
    write_whole(target, content)
    return row
