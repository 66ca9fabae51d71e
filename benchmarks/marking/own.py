"""Our own solutions as pages: whatever we write ourselves must be marked entirely right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import chalkgrad

FORMATS = ("md", "tex", "text")
ROUNDINGS: tuple[int | str, ...] = (3, 4, 6)
CARRIES = ("exact", "rounded")
ALLOWED = frozenset({"right", "rounded", "not_about_this", "undecided"})


@dataclass(frozen=True)
class Own:
    """A solution of ours in one format."""

    problem: str
    format: str
    round: int | str
    carry: str


def own_pages(only: Sequence[str] = ()) -> Iterator[Own]:
    """Every bundled problem, in every format that can be read back, with every rounding."""
    for name, _ in chalkgrad.bundled_problems():
        if not only or name in only:
            yield from (Own(name, *rest) for rest in product(FORMATS, ROUNDINGS, CARRIES))


def what_is_not_right(own: Own) -> list[str]:
    """Solve, write, mark: every claim that is wrong, unread or carried, in words."""
    try:
        problem = chalkgrad.read(own.problem)
        text = chalkgrad.solve(problem, round=own.round, carry=own.carry).write(own.format)
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
