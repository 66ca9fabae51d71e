"""From a page to its report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from chalkgrad.errors import Fault, ProblemError
from chalkgrad.marking import wording
from chalkgrad.marking.arithmetic import Arithmetic
from chalkgrad.marking.asked import asked_of, page_marks
from chalkgrad.marking.course import Course, course_of
from chalkgrad.marking.judging import Judge, Unreliable
from chalkgrad.marking.meant import MeantAsPrinted, are_gainsaid
from chalkgrad.marking.notebook import Judged, Notebook
from chalkgrad.marking.page.written import Page
from chalkgrad.marking.quantities import quantities_of
from chalkgrad.marking.report import Claim, FirstMistake, MarkedLine, Report, Verdict
from chalkgrad.marking.sayings import sayings_of
from chalkgrad.reading.problem import Problem

__all__ = ["mark_page", "words_of"]

_GOOD = (Verdict.RIGHT, Verdict.ROUNDED, Verdict.CARRIED)
# A page of which fewer of this many claims fit, and less than this share, belongs to another problem.
_FEWEST, _SHARE = 6, 0.15
_MOST_READINGS = 8
_TELLS = re.compile(r"[A-Z][a-z]+(?: [A-Za-z\-]{2,}){2,8}: ")
# More than the longest solution of a problem that comes with the package; a whole book is marked page by page.
MOST_FORMULAS = 3_000


def mark_page(problem: Problem, page: Page) -> Report:
    """Mark somebody's working of a problem, line by line.

    Args:
        problem: what was asked.
        page: what was written.

    Returns:
        The report. The same page gives the same report.

    Raises:
        UsageError: `too-large-to-mark`.
        ProblemError: `nothing-to-mark`, where the page has no formula; `another-problem`, where hardly any fits;
            `page-too-long`.
    """
    formulas = sum(len(line.chains) for line in page.lines)
    if formulas > MOST_FORMULAS:
        message = f"this page has {formulas:,} formulas, and at most {MOST_FORMULAS:,} are marked at a time"
        raise ProblemError(Fault("page-too-long", message, hint="Mark it page by page."))
    course = course_of(problem)
    notes = _judge(course, page)
    if not notes.judged:
        message = "there is no formula and no number on this page that could be marked"
        raise ProblemError(
            Fault("nothing-to-mark", message, hint="Write one equation a line, as in z = w x + b = 0.3.")
        )
    judged = _reconsidered(page, notes.judged)
    _refuse_another_problem(judged)
    return _report(problem, page, notes, judged)


def words_of(problem: Problem) -> tuple[str, ...]:
    """The names of a problem, and those of their gradients, for the reader of a page.

    Raises:
        UsageError: `too-large-to-mark`.
    """
    names = dict.fromkeys(q.of for q in quantities_of(course_of(problem)))
    return (*names, *(f"d{name}" for name in names))


def _judge(course: Course, page: Page) -> Notebook:
    """Go down the page; once more where it may call minus the gradients δ, if fewer lines are wrong then."""
    arithmetic = Arithmetic(course)
    plain = _read_well(course, page, arithmetic, descends=False)
    if not any(_is_wrong_delta(one) for one in plain.judged):
        return plain
    turned = _read_well(course, page, arithmetic, descends=True)
    return turned if _fits_better(turned, plain) else plain


def _is_wrong_delta(one: Judged) -> bool:
    """Whether what a page calls δ is wrong; with the other sign it may be right."""
    return one.claim.verdict is Verdict.WRONG and re.match(r"\\?[dD]elta|[δΔ]", one.claim.named) is not None


def _fits_better(turned: Notebook, plain: Notebook) -> bool:
    """Whether fewer lines are wrong, and the steps that the page comes to, if it comes to any, bear it out."""
    wrong = [sum(one.claim.verdict is Verdict.WRONG for one in notes.judged) for notes in (turned, plain)]
    steps = [one for one in turned.judged if one.quantity is not None and one.quantity.kind in ("update", "change")]
    return wrong[0] < wrong[1] and (not steps or any(one.claim.verdict in _GOOD[:2] for one in steps))


def _read_well(course: Course, page: Page, arithmetic: Arithmetic, descends: bool) -> Notebook:
    """Go down the page, and if hardly any number on it can be right as it was read, once more with that in mind."""
    try:
        return _read_down(course, page, arithmetic, is_unreliable=False, descends=descends)
    except Unreliable:
        return _read_down(course, page, arithmetic, is_unreliable=True, descends=descends)


def _read_down(course: Course, page: Page, arithmetic: Arithmetic, is_unreliable: bool, descends: bool) -> Notebook:
    """Go down the page; again from the top where a later line shows how an earlier one was meant."""
    meant: frozenset[int] = frozenset()
    spared: frozenset[int] = frozenset()
    for _ in range(_MOST_READINGS):
        notes = Notebook(course, page, meant - spared, is_unreliable, descends, spared=spared, arithmetic=arithmetic)
        judge = Judge(notes)
        try:
            for saying in sayings_of(page):
                judge.judge(saying)
        except MeantAsPrinted as found:
            meant |= found.starts
        else:
            gainsaid = are_gainsaid(notes.judged, meant - spared)
            if not gainsaid:
                break
            spared |= gainsaid
    return notes


def _reconsidered(page: Page, judged: Sequence[Judged]) -> list[Judged]:
    """The claims again, with what later lines say of them."""
    found = list(judged)
    for place, one in enumerate(found):
        is_open = one.claim.verdict is Verdict.UNDECIDED and one.claim.claimed is None
        if is_open and _is_remark(page, one.claim.line, one.quantity is None):
            words = wording.not_about_this()
            found[place] = replace(one, claim=replace(one.claim, verdict=Verdict.NOT_ABOUT_THIS, words=words))
        if one.claim.verdict is not Verdict.WRONG or one.quantity is None:
            continue
        alike = [other for other in found if other.quantity is one.quantity and other is not one]
        is_formula = one.claim.claimed is None
        if any(_is_good_number(other, is_formula) for other in alike if _is_after(other, one) or is_formula):
            words = "The same quantity is right elsewhere on the page, so this is a slip of the pen or was corrected."
            found[place] = replace(one, claim=replace(one.claim, verdict=Verdict.UNDECIDED, words=words, cause=""))
        elif any(other.claim.verdict is Verdict.WRONG and _is_after(one, other) for other in alike):
            words = "The same wrong value as before."
            found[place] = replace(one, claim=replace(one.claim, verdict=Verdict.CARRIED, words=words))
    return found


def _is_remark(page: Page, number: int, is_of_nothing: bool) -> bool:
    """Whether a whole line is slanted, or is a reason as our own solutions give them: a rule in general letters.

    What is about no quantity is also a remark where several words and a colon stand before it.
    """
    text = next(line.text for line in page.lines if line.number == number).strip()
    is_slanted = text.startswith("*") and text.endswith("*") and not text.startswith(("**", "* "))
    is_told = is_of_nothing and _TELLS.match(text) is not None
    return is_slanted or is_told or text.startswith(("\\reason{", "\\emph{", "\\textit{"))


def _is_after(one: Judged, other: Judged) -> bool:
    return (one.claim.line, one.claim.start) > (other.claim.line, other.claim.start)


def _is_good_number(one: Judged, for_sure: bool) -> bool:
    """Whether a number is right, or, if it need not be for sure, would be with a digit read otherwise."""
    good = one.claim.verdict in (Verdict.RIGHT, Verdict.ROUNDED)
    mended = one.claim.verdict is Verdict.UNREAD and one.claim.suggestion != "" and not for_sure
    return one.claim.claimed is not None and (good or mended)


def _refuse_another_problem(judged: Sequence[Judged]) -> None:
    about = [one for one in judged if one.claim.verdict is not Verdict.NOT_ABOUT_THIS]
    good = {(one.claim.quantity, one.claim.step) for one in about if one.claim.verdict in _GOOD and one.quantity}
    # What is said many times counts once.
    told = dict.fromkeys(
        (one.claim.quantity, one.claim.step) if one.quantity else one.claim.start
        for one in about
        if one.claim.verdict in (*_GOOD, Verdict.WRONG) or one.is_guess
    )
    if len(told) >= _FEWEST and len(good) < _SHARE * len(told):
        message = f"this page seems to be about another problem: {len(good)} of {len(told)} quantities fit"
        raise ProblemError(Fault("another-problem", message, hint="Is it the page of this problem file?"))


def _report(problem: Problem, page: Page, notes: Notebook, judged: Sequence[Judged]) -> Report:
    claims = [one.claim for one in judged]
    lines = tuple(
        MarkedLine(line.number, line.text, line.kind, tuple(c for c in claims if c.line == line.number))
        for line in page.lines
    )
    quantities = notes.binder.quantities
    return Report(
        problem.title,
        page.name,
        lines,
        _first_mistake(judged),
        page_marks(notes.course, quantities, claims),
        _naming(claims),
        len(asked_of(quantities)),
        tuple(_notes(claims)),
    )


def _first_mistake(judged: Sequence[Judged]) -> FirstMistake | None:
    wrong = [one for one in judged if one.claim.verdict is Verdict.WRONG]
    if not wrong:
        return None
    first = min(wrong, key=lambda one: (one.claim.line, one.claim.start))
    cause = first.cause
    quantity = first.claim.quantity
    if cause is not None:
        quantity = cause.symbol.name.partition("#")[0]
    correct = "" if first.claim.expected is None else wording.shown(first.claim.expected)
    return FirstMistake(
        first.claim.line, quantity, first.claim.cause, first.claim.words, cause.rule if cause else "", correct
    )


def _naming(claims: Sequence[Claim]) -> dict[str, str]:
    found: dict[str, str] = {}
    for claim in claims:
        if claim.quantity and claim.named and claim.verdict in _GOOD:
            found.setdefault(claim.quantity, claim.named)
    return found


def _notes(claims: Sequence[Claim]) -> Iterable[str]:
    unread = sum(claim.verdict is Verdict.UNREAD for claim in claims)
    if unread:
        said = "1 claim" if unread == 1 else f"{unread} claims"
        yield f"{said} could not be read for sure; that costs nothing, but a person should look."
