"""How much a marked page gives away: the place of the first mistake, its kind, the rule that was broken, or everything.

A report is cut down here, before anything is written of it. What is not in the report cannot be in a page, in the
source of a page, or in a fold of it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from chalkgrad.errors import Fault, UsageError, nearest
from chalkgrad.marking.report import Claim, FirstMistake, MarkedLine, Report, Verdict

__all__ = ["HINTS", "kind_of", "limited", "without_numbers"]

HINTS = ("place", "kind", "rule", "full")

# A number by itself, in any script; not one in a name such as w1, z_h1 or W^(1).
_NUMBER = re.compile(r"(?<![\w^_{(\[.٫])[-−+]?\d+(?:[.,٫/]\d+)*(?:[eE][-+−]?\d+)?(?![\w.]*[\w'])")
_DECIMAL = re.compile(r"[-−+]?\d*[.٫]\d+(?:[eE][-+−]?\d+)?|[-−+]?\d+[eE][-+−]\d+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_WHERE = "The working first goes wrong on this line."
_WORDS = {
    Verdict.RIGHT: "Right.",
    Verdict.ROUNDED: "Right within rounding.",
    Verdict.CARRIED: "It follows from an earlier mistake.",
    Verdict.WRONG: "This does not hold.",
    Verdict.UNREAD: "This could not be read for sure.",
    Verdict.UNDECIDED: "Whether this holds could not be told.",
    Verdict.NOT_ABOUT_THIS: "This says nothing about the problem.",
}


def limited(report: Report, hints: str = "full") -> Report:
    """A report that gives away no more than it is asked to.

    Args:
        report: the whole report.
        hints: `place` tells the line of the first mistake, and nothing of lines below it; `kind` tells what sort of
            mistake it is, without numbers; `rule` tells the rule that was broken, too; `full` tells everything, and
            what lines should have been.

    Raises:
        UsageError: `unknown-hints`.
    """
    if hints not in HINTS:
        hint = nearest(hints, HINTS) or f"one of {', '.join(HINTS)}"
        raise UsageError(Fault("unknown-hints", f"hints cannot be {hints!r}", hint=hint))
    if hints == "full":
        return report
    if hints == "place":
        return _place(report)
    first = report.first_mistake and _first(report.first_mistake, hints == "rule")
    lines = tuple(replace(line, claims=tuple(map(_claim, line.claims))) for line in report.lines)
    items, to_look_at = (
        tuple(replace(item, words="") for item in found) for found in (report.marks.items, report.marks.to_look_at)
    )
    marks = replace(report.marks, items=items, to_look_at=to_look_at)
    return replace(report, lines=lines, first_mistake=first, marks=marks, notes=_notes(report))


def _first(first: FirstMistake, with_rule: bool) -> FirstMistake:
    rule = _DECIMAL.sub("…", first.rule) if with_rule else ""
    words = without_numbers(first.words, kind_of(first.cause))
    return replace(first, words=words, rule=rule, correct="")


def _claim(claim: Claim) -> Claim:
    words = without_numbers(claim.words, kind_of(claim.cause)) if claim.cause else _WORDS[claim.verdict]
    # All that would say, or lead to, the number or the line that is right.
    return replace(claim, words=words, expected=None, follows=None, correct="", suggestion="")


def kind_of(cause: str) -> str:
    """A cause in words, from its code alone.

    >>> kind_of("arithmetic-slip"), kind_of("")
    ('Arithmetic slip.', 'This does not hold.')
    """
    words = cause.replace("-", " ")
    return f"{words[:1].upper()}{words[1:]}." if words else _WORDS[Verdict.WRONG]


def without_numbers(words: str, otherwise: str = "") -> str:
    """The sentences of a text that say no number; names such as w1 are none.

    >>> without_numbers("The slope of tanh was left out at z_h1. It should be 0.37.")
    'The slope of tanh was left out at z_h1.'

    Args:
        words: sentences.
        otherwise: what to say where no sentence is left.
    """
    kept = [
        sentence for sentence in _SENTENCE.split(words) if not (_NUMBER.search(sentence) or _DECIMAL.search(sentence))
    ]
    return " ".join(kept).strip() or otherwise


def _notes(report: Report) -> tuple[str, ...]:
    return tuple(_DECIMAL.sub("…", note) for note in report.notes)


def _place(report: Report) -> Report:
    """Marks down to the line of the first mistake; of that line only that it is wrong, and of those below nothing."""
    first = report.first_mistake
    last = first.line if first is not None else None
    lines = tuple(_line_of_place(line, last) for line in report.lines)
    marks = replace(report.marks, items=(), to_look_at=())
    where = first and FirstMistake(first.line, "", "", _WHERE)
    return replace(report, lines=lines, first_mistake=where, marks=marks, naming={}, notes=_notes(report))


def _line_of_place(line: MarkedLine, last: int | None) -> MarkedLine:
    if last is None or line.number < last:
        return replace(line, claims=tuple(_claim(claim) for claim in line.claims))
    if line.number > last:
        return replace(line, claims=())
    found = line.claims[0] if line.claims else Claim(line.number, 0, 0, line.text, Verdict.WRONG, "")
    end = line.claims[-1].end if line.claims else 0
    return replace(line, claims=(Claim(line.number, found.start, end, line.text, Verdict.WRONG, _WHERE),))
