"""The JSON answer of `chalkgrad mark`: every line with what it claims, the first mistake, the marks."""

from __future__ import annotations

import math
from typing import Any

from chalkgrad.marking.hints import limited
from chalkgrad.marking.report import Claim, MarkedLine, MarkItem, Marks, Report, Verdict

__all__ = ["report_data"]

Data = dict[str, Any]


def report_data(report: Report, hints: str = "full") -> Data:
    """A report as the keys and numbers of its JSON form.

    Args:
        report: the marked page.
        hints: how much to give away, as for `limited`.

    Raises:
        UsageError: `unknown-hints`.
    """
    report = limited(report, hints)
    first = report.first_mistake
    return {
        "title": report.title,
        "page": report.page,
        "lines": [_line(line) for line in report.lines],
        "first_mistake": first
        and {
            "line": first.line,
            "quantity": first.quantity,
            "cause": first.cause,
            "words": first.words,
            "rule": first.rule,
            "correct": first.correct,
        },
        "marks": _marks(report.marks),
        "verdicts": {verdict.value: report.count(verdict) for verdict in Verdict},
        "naming": dict(report.naming),
        "quantities": report.quantities,
        "notes": list(report.notes),
        "hints": hints,
    }


def _line(line: MarkedLine) -> Data:
    return {"line": line.number, "text": line.text, "kind": line.kind, "claims": [_claim(c) for c in line.claims]}


def _claim(claim: Claim) -> Data:
    return {
        "quantity": claim.quantity,
        "title": claim.title,
        "step": claim.step,
        "text": claim.text,
        "named": claim.named,
        "found_by": claim.found_by,
        "claimed": plain(claim.claimed),
        "expected": plain(claim.expected),
        "follows": plain(claim.follows),
        "verdict": claim.verdict.value,
        "from": list(claim.sources),
        "cause": claim.cause,
        "words": claim.words,
        "correct": claim.correct,
        "suggestion": claim.suggestion,
        "trivial": claim.trivial,
        "formula_holds": claim.formula_holds,
    }


def _marks(marks: Marks) -> Data:
    return {
        "earned": plain(marks.earned),
        "possible": plain(marks.possible),
        "items": [_item(item) for item in marks.items],
        "to_look_at": [_item(item) for item in marks.to_look_at],
    }


def _item(item: MarkItem) -> Data:
    return {
        "quantity": item.quantity,
        "title": item.title,
        "step": item.step,
        "possible": plain(item.possible),
        "earned": plain(item.earned),
        "line": item.line,
        "verdict": item.verdict and item.verdict.value,
        "words": item.words,
    }


def plain(value: Any) -> Any:
    """A number or rows of numbers as JSON has them: a whole number without its point; what is no number as `null`.

    >>> plain(31.0), plain((0.5, float("nan"))), plain(None)
    (31, [0.5, None], None)
    """
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if value is None or isinstance(value, str | bool | int):
        return value
    number = float(value)
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < 2**53 else number
