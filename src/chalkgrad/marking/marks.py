"""The marks of a page: what each quantity that is asked for is worth, and what was earned, with follow-through."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from chalkgrad.marking.report import Claim, MarkItem, Marks, Verdict
from chalkgrad.reading.schema_marks import MarksKeys, Worth

__all__ = ["Asked", "marks_of"]

_GOOD = (Verdict.RIGHT, Verdict.ROUNDED, Verdict.CARRIED)
_OPEN = (Verdict.UNREAD, Verdict.UNDECIDED)
# Of several claims of one quantity, the first of these decides.
_ORDER = (*_GOOD, Verdict.WRONG, *_OPEN)
_TRIVIAL = "It follows from the earlier mistake, but that mistake left nothing here to work out: no follow-through."


@dataclass(frozen=True, slots=True)
class Asked:
    """A quantity that a page is expected to say.

    Args:
        quantity: in the file's names, as in the claims of it.
        title: in words, as in the claims of it.
        step: which optimizer step.
    """

    quantity: str
    title: str = ""
    step: int | None = None

    def is_in(self, claim: Claim) -> bool:
        """Whether a claim speaks of it."""
        return (claim.quantity, claim.title, claim.step) == (self.quantity, self.title, self.step)


@dataclass(frozen=True, slots=True)
class _Item:
    """A mark item whose numbers are still exact."""

    asked: Asked
    possible: Fraction
    earned: Fraction
    claim: Claim | None
    words: str
    is_open: bool = False
    line: int | None = field(default=None)

    def item(self) -> MarkItem:
        line, verdict = (self.line, None) if self.claim is None else (self.claim.line, self.claim.verdict)
        worth = (_number(self.possible), _number(self.earned))
        return MarkItem(self.asked.quantity, self.asked.title, self.asked.step, *worth, line, verdict, self.words)


def marks_of(
    claims: Sequence[Claim],
    quantities: Sequence[Asked],
    scheme: MarksKeys | None = None,
    *,
    covered: Mapping[Asked, int] | None = None,
    trivial: Collection[Claim] = (),
) -> Marks:
    """The marks of a page.

    A quantity earns its mark if some claim of it is right, right within rounding, or carried. Where the page says its
    number, the number decides and not the formula. A scheme may split it: the mark for the method is earned by a right
    formula too, the one for accuracy only by the number. What is unread or undecided is in no sum.

    Args:
        claims: those of the page.
        quantities: what is expected on it, each worth one mark by default.
        scheme: other worths, and quantities that are asked for beside.
        covered: quantities that the page leaves out although all that depends on them is right, with the line that
            shows it: they are earned.
        trivial: carried claims that an earlier mistake left nothing to work out for: they earn nothing.
    """
    known = scheme if scheme is not None else MarksKeys()
    without_work = {id(claim) for claim in trivial}
    items = [
        _item(asked, worth, [claim for claim in claims if asked.is_in(claim)], covered or {}, without_work)
        for asked, worth in _worths(quantities, known)
        if worth.total
    ]
    counted = [item for item in items if not item.is_open]
    return Marks(
        _number(sum((item.earned for item in counted), Fraction(0))),
        _number(sum((item.possible for item in counted), Fraction(0))),
        tuple(item.item() for item in counted),
        tuple(item.item() for item in items if item.is_open),
    )


def _worths(quantities: Sequence[Asked], scheme: MarksKeys) -> list[tuple[Asked, Worth]]:
    """What is asked for, with its worth; what only the scheme names is asked for in the first step."""
    names = {asked.quantity for asked in quantities}
    more = [Asked(name, name, 1) for name in scheme.quantities if name not in names]
    return [(asked, scheme.worth(asked.quantity)) for asked in (*quantities, *more)]


def _item(
    asked: Asked, worth: Worth, claims: Sequence[Claim], covered: Mapping[Asked, int], trivial: Collection[int]
) -> _Item:
    said = [claim for claim in claims if claim.verdict in _ORDER]
    numbers = [claim for claim in said if claim.claimed is not None]
    decides = _best(numbers or said, trivial)
    if decides is None:
        return _unsaid(asked, worth, covered)
    if worth.accuracy is None:
        return _judged(asked, Fraction(worth.method), decides, trivial)
    return _in_parts(asked, worth, decides, _best(said, trivial) or decides, bool(numbers), trivial)


def _best(claims: Sequence[Claim], trivial: Collection[int]) -> Claim | None:
    """The claim that is best for the writer; of equals the first. What is trivial comes behind all that is carried."""
    return min(claims, key=lambda claim: (_ORDER.index(claim.verdict), id(claim) in trivial), default=None)


def _unsaid(asked: Asked, worth: Worth, covered: Mapping[Asked, int]) -> _Item:
    if asked in covered:
        line = covered[asked]
        words = f"Not written down, but line {line} shows that it was right."
        return _Item(asked, worth.total, worth.total, None, words, line=line)
    return _Item(asked, worth.total, Fraction(0), None, "The page does not say it.")


def _judged(asked: Asked, possible: Fraction, claim: Claim, trivial: Collection[int]) -> _Item:
    """Marks for a quantity that one claim decides."""
    if claim.verdict in _OPEN:
        return _Item(asked, possible, Fraction(0), claim, _open_words(claim), is_open=True)
    if claim.verdict is Verdict.CARRIED and id(claim) in trivial:
        return _Item(asked, possible, Fraction(0), claim, _TRIVIAL)
    earned = possible if claim.verdict in _GOOD else Fraction(0)
    return _Item(asked, possible, earned, claim, _words(claim))


def _in_parts(
    asked: Asked, worth: Worth, number: Claim, best: Claim, has_number: bool, trivial: Collection[int]
) -> _Item:
    """Marks for method and for accuracy."""
    method = _judged(asked, Fraction(worth.method), best, trivial)
    accuracy = _judged(asked, Fraction(worth.accuracy or 0), number, trivial)
    if not has_number and not accuracy.is_open:
        accuracy = replace(accuracy, earned=Fraction(0))
    decides = accuracy if has_number else method
    parts = ", ".join(
        f"{name} {_number(part.earned):g} of {_number(part.possible):g}"
        for name, part in (("method", method), ("accuracy", accuracy))
        if not part.is_open
    )
    words = f"{decides.words} {parts[:1].upper()}{parts[1:]}.".strip() if parts else decides.words
    if method.is_open or (accuracy.is_open and not method.earned):
        return replace(decides, possible=worth.total, earned=Fraction(0), words=decides.words, is_open=True)
    # A number that cannot be read costs nothing, and what the method earned stays.
    possible = method.possible if accuracy.is_open else worth.total
    earned = method.earned if accuracy.is_open else method.earned + accuracy.earned
    return replace(decides, possible=possible, earned=earned, words=words, is_open=False)


def _words(claim: Claim) -> str:
    match claim.verdict:
        case Verdict.CARRIED:
            rests = f" (line {', '.join(map(str, claim.sources))})" if claim.sources else ""
            return f"Earned with follow-through: it follows from an earlier mistake{rests}."
        case Verdict.WRONG:
            return "Wrong."
        case Verdict.ROUNDED:
            return "Right within rounding."
        case _:
            return "Right."


def _open_words(claim: Claim) -> str:
    return "Unread: a person should look." if claim.verdict is Verdict.UNREAD else "Undecided: a person should look."


def _number(value: Fraction) -> float:
    return float(value)
