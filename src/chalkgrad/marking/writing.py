"""A marked page as a document: the writer's own lines, each with its mark, and what is said of the whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chalkgrad.marking.hints import limited
from chalkgrad.marking.marks import points
from chalkgrad.marking.report import Claim, FirstMistake, MarkedLine, MarkItem, Report, Verdict
from chalkgrad.render.document import (
    Block,
    BulletList,
    Code,
    Document,
    Fold,
    Heading,
    Inline,
    Mark,
    Marked,
    Paragraph,
    Remark,
    Strong,
    Table,
)

__all__ = ["write_report"]

# The mark of a line with several claims is that of the claim which comes first here.
_GRAVEST = (
    Verdict.WRONG,
    Verdict.UNREAD,
    Verdict.UNDECIDED,
    Verdict.CARRIED,
    Verdict.ROUNDED,
    Verdict.RIGHT,
    Verdict.NOT_ABOUT_THIS,
)
_QUIET = (Verdict.RIGHT, Verdict.NOT_ABOUT_THIS)
_MEANING = {
    Verdict.RIGHT: "follows from unrounded working",
    Verdict.ROUNDED: "follows from the rounded numbers of the page",
    Verdict.CARRIED: "follows from an earlier mistake of the page",
    Verdict.WRONG: "does not follow from what stands before",
    Verdict.UNREAD: "could not be read for sure; a person should look",
    Verdict.UNDECIDED: "was read, but could not be decided",
    Verdict.NOT_ABOUT_THIS: "says nothing about the problem",
}
_LIMITS = {
    "place": "Hints: only where the working first goes wrong. Nothing is said of the lines below it.",
    "kind": "Hints: what kind of mistake it is, and no numbers.",
    "rule": "Hints: which rule was broken, and no numbers.",
}
# Of a longer line only the beginning is shown; JSON has all of it.
_LONGEST_LINE = 2_000
_MOST_NAMES = 400


def write_report(report: Report, hints: str = "full") -> Document:
    """The marked page, to be handed back.

    Args:
        report: the marked page.
        hints: how much to give away, as for `limited`.

    Raises:
        UsageError: `unknown-hints`.
    """
    shown = limited(report, hints)
    return Document(f"{shown.page}: {shown.title}", tuple(_blocks(shown, hints)))


def _blocks(report: Report, hints: str) -> Iterator[Block]:
    yield Paragraph(tuple(_verdict(report)))
    if hints in _LIMITS:
        yield Remark((_LIMITS[hints],))
    yield from (Remark((note,), "warning") for note in report.notes)
    yield Heading(("The page, line by line",))
    yield from (_line(line) for line in report.lines)
    yield from _first_mistake(report)
    yield from _look_at(report)
    yield from _marks(report, with_items=hints != "place")
    yield from _summary(report)
    yield from _naming(report)


def _verdict(report: Report) -> Iterator[str | Strong]:
    """The whole page in a sentence or two."""
    marks, first = report.marks, report.first_mistake
    if first is not None:
        yield Strong(f"The working first goes wrong in line {first.line}.")
    elif any(claim.verdict in _GRAVEST[1:3] for claim in report.claims):
        yield Strong("No mistake was found.")
        yield " Some of it could not be read or decided."
    elif report.claims:
        yield Strong("No mistake was found.")
    else:
        yield Strong("Nothing on this page could be marked.")
    if marks.possible:
        yield f" {points(marks.earned)} of {points(marks.possible)} marks."


# --- the lines ---


def _line(line: MarkedLine) -> Marked:
    text = line.text
    if len(text) > _LONGEST_LINE:
        text = f"{text[:_LONGEST_LINE]} … ({len(text) - _LONGEST_LINE:,} more characters)"
    if not line.claims:
        return Marked(str(line.number), text)
    gravest = min((claim.verdict for claim in line.claims), key=_GRAVEST.index)
    return Marked(str(line.number), text, Mark(gravest.value), tuple(_said(line.claims, gravest)))


def _said(claims: Sequence[Claim], gravest: Verdict) -> Iterator[Block]:
    """What is said of each claim; a claim that is simply right needs no words beside others that are not."""
    for claim in claims:
        if claim.verdict in _QUIET and (gravest in _QUIET or len(claims) > 1):
            continue
        yield Paragraph(tuple(_words(claim, with_mark=len(claims) > 1)))
        if said := _suggested(claim):
            yield Paragraph((said,))
        if claim.correct:
            yield Fold(("What the line should have been",), (Paragraph((Code(claim.correct),)),))


def _words(claim: Claim, with_mark: bool) -> Iterator[str | Strong | Mark]:
    if with_mark:
        yield Mark(claim.verdict.value)
        yield " "
    if claim.title:
        yield Strong(f"{claim.title}{_of_step(claim.step)}:")
        yield " "
    yield claim.words or f"This {_MEANING[claim.verdict]}."
    if claim.verdict is Verdict.CARRIED and claim.sources:
        yield f" (From {_lines(claim.sources)}.)"


def _suggested(claim: Claim) -> str:
    """What would make an unread claim right, where its words do not say so themselves."""
    said = claim.suggestion and claim.suggestion not in claim.words
    return f"{claim.suggestion} would make it right." if said else ""


def _of_step(step: int | None) -> str:
    return f", step {step}" if step is not None and step > 1 else ""


def _lines(numbers: Sequence[int]) -> str:
    return f"{'line' if len(numbers) == 1 else 'lines'} {', '.join(map(str, numbers))}"


# --- the whole ---


def _first_mistake(report: Report) -> Iterator[Block]:
    first = report.first_mistake
    if first is None:
        return
    yield Heading(("The first mistake",))
    yield Paragraph((Mark(Verdict.WRONG.value), *_about(first)))
    if first.rule:
        yield Paragraph((Strong("The rule:"), f" {first.rule}"))
    if first.correct:
        yield Fold(("What the line should have been",), (Paragraph((Code(first.correct),)),))


def _about(first: FirstMistake) -> Inline:
    of = (", ", Code(first.quantity)) if first.quantity else ()
    return (f" Line {first.line}", *of, f": {first.words}")


def _look_at(report: Report) -> Iterator[Block]:
    open_claims = [claim for claim in report.claims if claim.verdict in (Verdict.UNREAD, Verdict.UNDECIDED)]
    if not open_claims:
        return
    yield Heading(("For a person to look at",))
    yield BulletList(tuple(_open(claim) for claim in open_claims))


def _open(claim: Claim) -> Inline:
    text = claim.text if len(claim.text) <= 120 else f"{claim.text[:120]}…"
    words = " ".join(filter(None, (claim.words, _suggested(claim))))
    return (Mark(claim.verdict.value), f" Line {claim.line}: ", Code(text), f" {words}")


def _marks(report: Report, with_items: bool) -> Iterator[Block]:
    marks = report.marks
    if not marks.possible and not marks.to_look_at:
        return
    yield Heading(("Marks",))
    yield Paragraph((Strong(f"{points(marks.earned)} of {points(marks.possible)}"), " marks."))
    if not with_items:
        return
    if marks.items:
        header = (("Quantity",), ("Line",), ("Marks",), ("Verdict",), ("Why",))
        yield Table(header, tuple(_row(item) for item in marks.items), "lrrll")
    if marks.to_look_at:
        yield Paragraph(("These could not be read or decided. They are in no sum, and cost nothing.",))
        rows = tuple(_open_row(item) for item in marks.to_look_at)
        yield Table((("Quantity",), ("Line",), ("Worth",), ("Verdict",)), rows, "lrrl")


def _row(item: MarkItem) -> tuple[Inline, ...]:
    worth = f"{points(item.earned)} of {points(item.possible)}"
    return (*_named(item), (worth,), _mark(item), (item.words,))


def _open_row(item: MarkItem) -> tuple[Inline, ...]:
    return (*_named(item), (points(item.possible),), _mark(item))


def _named(item: MarkItem) -> tuple[Inline, Inline]:
    name = f"{item.title or item.quantity}{_of_step(item.step)}"
    return (name,), ("–" if item.line is None else str(item.line),)


def _mark(item: MarkItem) -> Inline:
    return ("–",) if item.verdict is None else (Mark(item.verdict.value),)


def _summary(report: Report) -> Iterator[Block]:
    rows = [
        ((Mark(verdict.value),), (str(report.count(verdict)),), (_MEANING[verdict],))
        for verdict in Verdict
        if report.count(verdict)
    ]
    if rows:
        yield Heading(("Summary",))
        yield Table((("Verdict",), ("Claims",), ("What it means",)), tuple(rows), "lrl")


def _naming(report: Report) -> Iterator[Block]:
    other = [(name, written) for name, written in report.naming.items() if name != written][:_MOST_NAMES]
    if not other:
        return
    yield Heading(("Names on this page",))
    rows: tuple[tuple[Inline, ...], ...] = tuple(((Code(written),), (Code(name),)) for name, written in other)
    yield Table((("The page writes",), ("for",)), rows)
