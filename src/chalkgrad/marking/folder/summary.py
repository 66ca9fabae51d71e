"""A class in one page: how the marks are spread, which mistake is on how many pages, and every page with its report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from chalkgrad.marking.folder.rows import Row
from chalkgrad.marking.marks import points
from chalkgrad.render.document import (
    Bar,
    Bars,
    Block,
    BulletList,
    Code,
    Document,
    Heading,
    Inline,
    Link,
    Paragraph,
    Remark,
    Strong,
    Table,
)

__all__ = ["CommonMistake", "common_mistakes", "summary_data", "write_summary"]

_TENTHS = 10


@dataclass(frozen=True, slots=True)
class CommonMistake:
    """A mistake, and the pages it is on."""

    cause: str
    words: str
    rows: tuple[Row, ...]


def common_mistakes(rows: Sequence[Row]) -> list[CommonMistake]:
    """Every mistake of a class, the one on most pages first; of as many pages, by its code."""
    words: dict[str, str] = {}
    pages: dict[str, list[Row]] = {}
    for row in rows:
        for cause, said in row.mistakes:
            words.setdefault(cause, said)
            pages.setdefault(cause, []).append(row)
    found = [CommonMistake(cause, words[cause], tuple(on)) for cause, on in pages.items()]
    return sorted(found, key=lambda mistake: (-len(mistake.rows), mistake.cause))


def summary_data(title: str, rows: Sequence[Row]) -> dict[str, Any]:
    """The summary as JSON has it."""
    return {
        "title": title,
        "pages": [row.data() for row in rows],
        "mistakes": [
            {"cause": known.cause, "words": known.words, "pages": [row.page for row in known.rows]}
            for known in common_mistakes(rows)
        ],
    }


def write_summary(title: str, rows: Sequence[Row]) -> Document:
    """The summary of a class, to lie beside the reports.

    Args:
        title: that of the problem.
        rows: the pages, in order.
    """
    return Document(f"{title}: {len(rows)} pages", tuple(_blocks(rows)))


def _blocks(rows: Sequence[Row]) -> Iterator[Block]:
    yield Paragraph(tuple(_sentence(rows)))
    unread = [row for row in rows if not row.report]
    if unread:
        yield Remark((f"{_pages(len(unread))} could not be marked; the table below says why.",), "warning")
    yield from _mistakes(rows)
    yield from _spread(rows)
    yield Heading(("The pages",))
    header = (("Page",), ("Marks",), ("First mistake",), ("What happened",), ("To look at",))
    yield Table(header, tuple(_cells(row) for row in rows), "lrrlr")


def _sentence(rows: Sequence[Row]) -> Iterator[str | Strong]:
    wrong = sum(row.status == "mistake" for row in rows)
    clean = sum(row.status == "no mistake" for row in rows)
    yield Strong(f"{_pages(len(rows))}: {wrong} with a mistake, {clean} without.")
    shares = [share for row in rows if (share := _share(row)) is not None]
    if shares:
        yield f" On average {100 * sum(shares) / len(shares):.0f} % of the marks were earned."


def _pages(count: int) -> str:
    return f"{count} page" if count == 1 else f"{count} pages"


def _share(row: Row) -> float | None:
    return row.earned / row.possible if row.earned is not None and row.possible else None


def _mistakes(rows: Sequence[Row]) -> Iterator[Block]:
    known = common_mistakes(rows)
    if not known:
        return
    yield Heading(("Mistakes, by the pages they are on",))
    yield Bars(tuple(Bar((mistake.words or mistake.cause,), len(mistake.rows), _of(mistake)) for mistake in known))
    yield BulletList(tuple(_on(mistake) for mistake in known))


def _of(mistake: CommonMistake) -> str:
    return str(len(mistake.rows))


def _on(mistake: CommonMistake) -> Inline:
    pieces: list[str | Code | Link] = [Code(mistake.cause), ": "]
    for place, row in enumerate(mistake.rows):
        pieces += [", "] if place else []
        pieces.append(_link(row))
    return tuple(pieces)


def _link(row: Row) -> Link | str:
    return Link(row.page, quote(row.report, safe="")) if row.report else row.page


def _spread(rows: Sequence[Row]) -> Iterator[Block]:
    """How many pages earned which tenth of the marks."""
    shares = [share for row in rows if (share := _share(row)) is not None]
    if len(shares) < 2:
        return
    counts = [0] * _TENTHS
    for share in shares:
        counts[min(_TENTHS - 1, int(share * _TENTHS))] += 1
    yield Heading(("Marks",))
    bars = (Bar((f"{10 * tenth} to {10 * tenth + 10} %",), n, str(n)) for tenth, n in enumerate(counts))
    yield Bars(tuple(bars))


def _cells(row: Row) -> tuple[Inline, ...]:
    marks = "–" if row.earned is None or row.possible is None else f"{points(row.earned)} of {points(row.possible)}"
    line = "–" if row.line is None else f"line {row.line}"
    words = row.words or ("No mistake was found." if row.status == "no mistake" else "")
    said = words if row.report else f"{row.status}: {words}"
    return (_link(row),), (marks,), (line,), (said,), (str(row.unread) if row.report else "–",)
