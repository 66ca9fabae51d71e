"""From the text of a page to its report."""

from __future__ import annotations

from chalkgrad.marking.marking import mark_page, words_of
from chalkgrad.marking.page.read import read_page
from chalkgrad.marking.report import Report
from chalkgrad.reading.problem import Problem

__all__ = ["mark_text"]


def mark_text(problem: Problem, text: str, name: str = "page") -> Report:
    """Read a page and mark it.

    Args:
        problem: what was asked.
        text: the page.
        name: what to call it.

    Raises:
        UsageError: `too-large-to-mark`.
        ProblemError: `nothing-to-mark`, `another-problem`.
    """
    return mark_page(problem, read_page(text, name, sorted({*problem.known_names, *words_of(problem)})))
