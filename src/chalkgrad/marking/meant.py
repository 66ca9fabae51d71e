"""Whether a number is meant as it stands, though a glyph of it may have been confused."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence

import numpy

from chalkgrad.marking.arithmetic import NumberPart
from chalkgrad.marking.damage import Mending
from chalkgrad.marking.digits import agrees
from chalkgrad.marking.evaluating import ways
from chalkgrad.marking.evidence import Cause
from chalkgrad.marking.fitting import Fit, How, fit_of
from chalkgrad.marking.formulas import numbers_of
from chalkgrad.marking.ledger import Ledger
from chalkgrad.marking.notebook import Judged, Notebook
from chalkgrad.marking.products import as_value, same_value
from chalkgrad.marking.report import Verdict
from chalkgrad.marking.sayings import Saying, has_letters, has_unread

__all__ = ["MeantAsPrinted", "are_gainsaid", "is_borne_out", "is_meant", "look_back"]

# How near to a whole number the logarithm of a power of ten is.
_POWER = 1e-9


class MeantAsPrinted(Exception):
    """A number that was taken for a misread one is carried on as it stands, so it was meant so.

    Args:
        starts: where the line with that number begins, and others that say the same digits.
    """

    def __init__(self, starts: Collection[int]) -> None:
        super().__init__(starts)
        self.starts = frozenset(starts)


def is_meant(notes: Notebook, saying: Saying, fit: Fit, numbers: Sequence[NumberPart]) -> bool:
    """Whether a number is meant as it stands: its line works it out, a later one uses it, or its formula is wrong."""
    before = notes.judged[-1] if notes.judged else None
    follows_wrong = (
        saying.goes_on
        and before is not None
        and before.quantity is fit.quantity
        and before.claim.verdict is Verdict.WRONG
    )
    is_worked = len(numbers) > 1 and notes.arithmetic.is_exact(numbers)
    return is_worked or follows_wrong or saying.start in notes.meant or _is_its_letters(notes, saying, numbers[-1])


def _is_its_letters(notes: Notebook, saying: Saying, last: NumberPart) -> bool:
    """Whether a number is what a formula in letters before it gives with the writer's numbers."""
    letters = [part for part in saying.parts if has_letters(part) and not has_unread(part)]
    scope = notes.formulas.scope(notes.ledger)
    values = (value for part in letters for _, value in ways(part, scope, 1))
    return any(agrees(last.value, last.shown_unit, value) for value in values)


def look_back(notes: Notebook, fit: Fit) -> None:
    """Whether a number follows from an earlier one as it was printed, though that was taken for misread.

    A copy of the same digits tells nothing: a reader that confuses a glyph may do so twice.

    Raises:
        MeantAsPrinted: if it does.
    """
    for start, said in reversed(notes.as_printed.items()):
        if start in notes.spared:
            continue
        if {abs(value) for value in numbers_of(fit.value)} <= {abs(one.value) for one in said.values()}:
            continue
        ledger = notes.ledger.saying(said)
        if fit_of(fit.quantity, fit.value, fit.unit, notes.formulas.true, ledger).how is not How.FOLLOWS:
            continue
        if not _is_gainsaid(notes, start, ledger):
            raise MeantAsPrinted(_copies(notes, start))


def _copies(notes: Notebook, start: int) -> list[int]:
    """The lines that were taken for misread and say the same digits as one of them."""
    digits = {abs(one.value) for one in notes.as_printed[start].values()}
    return [at for at, said in notes.as_printed.items() if {abs(one.value) for one in said.values()} == digits]


def _is_gainsaid(notes: Notebook, start: int, printed: Ledger) -> bool:
    """Whether a number that follows from an earlier one as it was taken does not from what stands there."""
    for one in notes.judged:
        if one.saying.start <= start or one.claim.claimed is None or one.quantity is None:
            continue
        quantity, verdict = one.quantity, one.claim.verdict
        if verdict not in (Verdict.RIGHT, Verdict.ROUNDED) or quantity.kind == "given":
            continue
        meant, other = (
            as_value(ledger.follows_each(quantity.stage, quantity.symbols)) for ledger in (notes.ledger, printed)
        )
        if not same_value(meant, other, 0.05):
            return True
    return False


def is_borne_out(
    notes: Notebook,
    saying: Saying,
    fit: Fit,
    last: NumberPart,
    mending: Mending,
    find_cause: Callable[[], Cause | None],
) -> bool:
    """Whether a known mistake moves the point of a number, and did so with another of its kind.

    Adam without its bias correction is ten times too small in the first step: one such number looks like a moved point.

    Args:
        notes: what is known of the page.
        saying: the line.
        fit: how its number fits.
        last: its result.
        mending: what that was taken for.
        find_cause: looks for a known mistake that gives it.

    Raises:
        MeantAsPrinted: if that other one was taken for misread.
    """
    ratio = _moved_by(mending, last)
    kind = (fit.quantity.kind, fit.quantity.role)
    alike = [
        one
        for one in notes.judged
        if one.quantity is not None
        and (one.quantity.kind, one.quantity.role) == kind
        and one.quantity is not fit.quantity
    ]
    taken = [one for one in alike if ratio and abs(notes.moved_by.get(one.saying.start, 0.0) - ratio) <= 1e-9 * ratio]
    if ratio:
        notes.moved_by[saying.start] = ratio
    meant = [one for one in alike if one.saying.start in notes.meant and one.cause is not None]
    if not ratio or not (taken or meant):
        return False
    cause = find_cause()
    if cause is not None and taken:
        raise MeantAsPrinted([taken[0].saying.start])
    return cause is not None and any(one.claim.cause == cause.code for one in meant)


def _moved_by(mending: Mending, last: NumberPart) -> float:
    """How many times larger a result was meant to be, if nothing but its point was moved; else 0."""
    found = [misread for place, misread in mending.readings.items() if last.term.start <= place < last.term.end]
    if len(mending.readings) != 1 or not found or found[0].pair or numpy.ndim(last.value) != 0:
        return 0.0
    was, meant = abs(float(last.value)), abs(found[0].value)
    if was == meant or not (was and meant and math.isfinite(was)):
        return 0.0
    tens = math.log10(meant / was)
    return meant / was if abs(tens - round(tens)) < _POWER else 0.0


def are_gainsaid(judged: Sequence[Judged], meant: Collection[int]) -> frozenset[int]:
    """The lines that were meant as printed by one number below them, while more of those would be wrong then.

    Args:
        judged: the claims of the page, read with that in mind.
        meant: where those lines begin.
    """
    found = []
    for one in judged:
        if one.saying.start in meant and one.claim.verdict is Verdict.WRONG:
            behind = [other.claim.verdict for other in judged if one.claim.line in other.claim.sources]
            if behind.count(Verdict.WRONG) > behind.count(Verdict.CARRIED):
                found.append(one.saying.start)
    return frozenset(found)
