"""Our own solutions as pages: whatever we write ourselves must be marked entirely right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import chalkgrad

FORMATS = ("md", "tex", "text")
ROUNDINGS: tuple[int | str, ...] = (3, 4, 6, "4 significant")
CARRIES = ("exact", "rounded")
VIEWS, DETAILS = ("both", "units", "matrix"), ("short", "normal", "full")
# Nobody works handwritten digits by hand, so they cannot be marked.
TOO_LARGE = frozenset({"digits"})
ALLOWED = frozenset({"right", "rounded", "not_about_this"})


@dataclass(frozen=True)
class Own:
    """A solution of ours in one format."""

    problem: str
    format: str
    round: int | str
    carry: str
    view: str
    detail: str


def own_pages(only: Sequence[str] = ()) -> Iterator[Own]:
    """Every bundled problem that can be marked, in every format that can be read back, with every rounding and view."""
    shown = [("both", "normal"), *(pair for pair in product(VIEWS, DETAILS) if pair != ("both", "normal"))]
    for name, _ in chalkgrad.bundled_problems():
        if name in TOO_LARGE or (only and name not in only):
            continue
        yield from (Own(name, *rest, *shown[0]) for rest in product(FORMATS, ROUNDINGS, CARRIES))
        yield from (Own(name, form, 4, "exact", *rest) for form, rest in product(FORMATS, shown[1:]))


def what_is_not_right(own: Own) -> list[str]:
    """Solve, write, mark: every claim that is wrong, unread, carried or undecided, in words."""
    try:
        problem = chalkgrad.read(own.problem)
        how = {"round": own.round, "carry": own.carry, "view": own.view, "detail": own.detail}
        text = chalkgrad.solve(problem, **how).write(own.format)
        assert isinstance(text, str)
        report = chalkgrad.mark(problem, text)
    except Exception as error:
        # Whatever goes wrong is a finding here, and the other solutions are still to be marked.
        return [f"{type(error).__name__}: {error}"]
    return [
        f"line {claim.line}: {claim.quantity or '?'} {claim.verdict}: {claim.text[:160]!r}: {claim.words}"
        for claim in report.claims
        if str(claim.verdict) not in ALLOWED
    ]
