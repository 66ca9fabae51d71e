"""What is kept of a marked page: its row in the table of a class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from chalkgrad.errors import ChalkgradError
from chalkgrad.marking.contract import plain
from chalkgrad.marking.hints import kind_of, without_numbers
from chalkgrad.marking.report import Report, Verdict
from chalkgrad.render.spreadsheet import csv_lines

__all__ = ["COLUMNS", "Row", "row_of", "rows_as_csv", "unread_row"]

COLUMNS = ("page", "earned", "possible", "line", "quantity", "cause", "words", "unread", "status")
_LONGEST_WORDS = 500
_OTHER, _OTHER_WORDS = "other", "A mistake of another kind."


@dataclass(frozen=True, slots=True)
class Row:
    """A page in the table of a class.

    Args:
        page: its name, as it may be shown.
        status: `no mistake`, `mistake`, `not read`, or `fault of ours`.
        earned: the marks it earned; `None` if it was not read.
        possible: of how many.
        line: where it first goes wrong.
        quantity: what is wrong there.
        cause: the code of the mistake, or empty.
        words: what happened, or why it was not read.
        unread: how many of its claims are for a person to look at.
        mistakes: each mistake on it, once: its code and its words, without numbers.
        report: the file of its report, or empty.
    """

    page: str
    status: str
    earned: float | None = None
    possible: float | None = None
    line: int | None = None
    quantity: str = ""
    cause: str = ""
    words: str = ""
    unread: int = 0
    mistakes: tuple[tuple[str, str], ...] = ()
    report: str = ""

    def data(self) -> dict[str, Any]:
        """The row as JSON has it."""
        return {**asdict(self), "mistakes": [list(mistake) for mistake in self.mistakes]}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Row:
        """The row that was written as `data`.

        Raises:
            TypeError: if it is none.
        """
        if set(data) != {field.name for field in fields(cls)}:
            raise TypeError("this is no row")
        mistakes = tuple((str(code), str(words)) for code, words in data["mistakes"])
        return cls(**{**data, "mistakes": mistakes})


def row_of(report: Report, file: str, hints: str) -> Row:
    """The row of a marked page.

    It is for the teacher: it names the mistake whatever the hints for the writer are, but numbers only with `full`.

    Args:
        report: the whole report.
        file: where it was written.
        hints: how much the reports give away.
    """
    first, open_verdicts = report.first_mistake, (Verdict.UNREAD, Verdict.UNDECIDED)
    unread = sum(claim.verdict in open_verdicts for claim in report.claims)
    marks = {"earned": plain(report.marks.earned), "possible": plain(report.marks.possible)}
    if first is None:
        return Row(report.page, "no mistake", **marks, unread=unread, report=file)
    words = first.words if hints == "full" else without_numbers(first.words, kind_of(first.cause))
    return Row(
        report.page,
        "mistake",
        **marks,
        line=first.line,
        quantity=first.quantity,
        cause=first.cause,
        words=words[:_LONGEST_WORDS],
        unread=unread,
        mistakes=tuple(_mistakes(report)),
        report=file,
    )


def _mistakes(report: Report) -> Iterable[tuple[str, str]]:
    found: dict[str, str] = {}
    for claim in report.claims:
        if claim.verdict is Verdict.WRONG:
            words = without_numbers(claim.words, kind_of(claim.cause)) if claim.cause else _OTHER_WORDS
            found.setdefault(claim.cause or _OTHER, words[:_LONGEST_WORDS])
    return found.items()


def unread_row(page: str, error: Exception) -> Row:
    """The row of a page that was not marked, with the reason."""
    if isinstance(error, ChalkgradError):
        fault = error.faults[0]
        return Row(page, "not read", words=fault.message[:_LONGEST_WORDS], cause=fault.code)
    words = " ".join(str(error).split())
    return Row(page, "fault of ours", words=f"{type(error).__name__}: {words}"[:_LONGEST_WORDS])


def rows_as_csv(rows: Sequence[Row]) -> str:
    """The table of a class, one page a line; no cell of it is a formula to any spreadsheet."""
    return csv_lines([row.data() for row in rows], COLUMNS, with_head=True, all_quoted=True)
