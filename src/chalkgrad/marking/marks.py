"""The marks of a page: what each quantity that is asked for is worth, and what was earned, with follow-through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from chalkgrad.marking.report import Claim, MarkItem, Marks, Verdict
from chalkgrad.reading.schema_marks import MarksKeys, Worth

__all__ = ["Asked", "marks_of", "points"]

_GOOD = (Verdict.RIGHT, Verdict.ROUNDED, Verdict.CARRIED)
_OPEN = (Verdict.UNREAD, Verdict.UNDECIDED)
# Of several claims of one quantity, the first of these decides.
_ORDER = (*_GOOD, Verdict.WRONG, *_OPEN)
_NONE = Fraction(0)
Parts = tuple[Fraction, ...]  # one mark, or one for the method and one for accuracy
_TRIVIAL = "It follows from the earlier mistake, but that mistake left nothing here to work out: no follow-through."


@dataclass(frozen=True, slots=True)
class Asked:
    """A quantity that a page is expected to say.

    Args:
        quantity: in the file's names, as in the claims of it.
        title: in words, as in the claims of it.
        step: which optimizer step.
        wholes: the vectors and matrices that it is an entry of; a claim of one of them speaks of it, too.
    """

    quantity: str
    title: str = ""
    step: int | None = None
    wholes: tuple[str, ...] = ()

    def is_in(self, claim: Claim) -> bool:
        """Whether a claim speaks of it."""
        if claim.step != self.step:
            return False
        return (claim.quantity, claim.title) == (self.quantity, self.title) or claim.quantity in self.wholes


@dataclass(frozen=True, slots=True)
class _Item:
    """A mark item whose numbers are still exact."""

    asked: Asked
    possible: Fraction
    earned: Fraction
    claim: Claim | None
    words: str
    is_open: bool = False
    line: int | None = None

    def item(self) -> MarkItem:
        line, verdict = (self.line, None) if self.claim is None else (self.claim.line, self.claim.verdict)
        worth = (float(self.possible), float(self.earned))
        return MarkItem(self.asked.quantity, self.asked.title, self.asked.step, *worth, line, verdict, self.words)


def marks_of(
    claims: Sequence[Claim],
    quantities: Sequence[Asked],
    scheme: MarksKeys | None = None,
    covered: Mapping[Asked, int] | None = None,
) -> Marks:
    """The marks of a page.

    A quantity earns its mark if some claim of it is right, right within rounding, or carried. Where the page says its
    number, the number decides and not the formula. A scheme may split it: the mark for the method is earned by a right
    formula or by the right numbers put in, too, the one for accuracy only by the number. What is unread or undecided is
    in no sum, and what is carried where an earlier mistake left nothing to work out earns nothing.

    Args:
        claims: those of the page.
        quantities: what is expected on it, each worth one mark by default.
        scheme: other worths; that of a vector or matrix is shared by its entries.
        covered: quantities that the page leaves out although all that depends on them is right, with the line that
            shows it: they are earned.
    """
    known = scheme if scheme is not None else MarksKeys()
    named: dict[str, list[tuple[int, Claim]]] = {}
    for place, claim in enumerate(claims):
        named.setdefault(claim.quantity, []).append((place, claim))
    items = [
        _item(asked, worth, _of(asked, named), covered or {})
        for asked, worth in _worths(quantities, known)
        if sum(worth)
    ]
    counted = [item for item in items if not item.is_open]
    return Marks(
        float(sum((item.earned for item in counted), _NONE)),
        float(sum((item.possible for item in counted), _NONE)),
        tuple(item.item() for item in counted),
        tuple(item.item() for item in items if item.is_open),
    )


def _of(asked: Asked, named: Mapping[str, Sequence[tuple[int, Claim]]]) -> list[Claim]:
    """The claims that speak of a quantity, in the order of the page."""
    names = dict.fromkeys((asked.quantity, *asked.wholes))
    found = {place: claim for name in names for place, claim in named.get(name, ()) if asked.is_in(claim)}
    return [found[place] for place in sorted(found)]


def _worths(quantities: Sequence[Asked], scheme: MarksKeys) -> Iterator[tuple[Asked, Parts]]:
    """What is asked for, with its worth; what only the scheme names is asked for in the first step."""
    found = set()
    entries = Counter((name, asked.step) for asked in quantities for name in set(asked.wholes))
    for asked in quantities:
        name = next((name for name in (asked.quantity, *asked.wholes) if name in scheme.quantities), "")
        found.add(name)
        shared = 1 if name in ("", asked.quantity) else entries[name, asked.step]
        yield asked, _parts(scheme.worth(name), shared)
    for name in scheme.quantities:
        if name not in found:
            yield Asked(name, name, 1), _parts(scheme.worth(name), 1)


def _parts(worth: Worth, entries: int) -> Parts:
    if worth.accuracy is None:
        return (Fraction(worth.method) / entries,)
    return Fraction(worth.method) / entries, Fraction(worth.accuracy) / entries


def _item(asked: Asked, worth: Parts, claims: Sequence[Claim], covered: Mapping[Asked, int]) -> _Item:
    said = [claim for claim in claims if claim.verdict in _ORDER]
    numbers = [claim for claim in said if claim.claimed is not None]
    decides = min(numbers or said, key=_rank, default=None)
    if decides is None:
        return _unsaid(asked, sum(worth, _NONE), covered)
    if len(worth) == 1:
        return _judged(asked, worth[0], decides)
    return _in_parts(asked, worth, said, decides, bool(numbers))


def _rank(claim: Claim) -> tuple[int, bool]:
    """Of several claims, the one that is best for the writer decides."""
    return _ORDER.index(claim.verdict), claim.trivial


def _unsaid(asked: Asked, worth: Fraction, covered: Mapping[Asked, int]) -> _Item:
    if asked in covered:
        line = covered[asked]
        return _Item(
            asked, worth, worth, None, f"Not written down, but line {line} shows that it was right.", line=line
        )
    return _Item(asked, worth, _NONE, None, "The page does not say it.")


def _judged(asked: Asked, possible: Fraction, claim: Claim) -> _Item:
    """Marks for a quantity that one claim decides."""
    if claim.verdict in _OPEN:
        return _Item(asked, possible, _NONE, claim, _open_words(claim), is_open=True)
    is_good = claim.verdict in _GOOD and not claim.trivial
    return _Item(asked, possible, possible if is_good else _NONE, claim, _words(claim))


def _in_parts(asked: Asked, worth: Parts, said: Sequence[Claim], number: Claim, has_number: bool) -> _Item:
    """Marks for the method and for accuracy."""
    shows_method = any(claim.formula_holds and not claim.trivial for claim in said)
    method = worth[0] if shows_method else _NONE
    accuracy = _judged(asked, worth[1], number)
    if accuracy.is_open:
        # A number that cannot be read costs nothing, and what the method earned stays.
        words = f"Method {points(method)} of {points(worth[0])}. {accuracy.words}"
        if not shows_method:
            return replace(accuracy, possible=sum(worth, _NONE))
        return replace(accuracy, possible=worth[0], earned=method, words=words, is_open=False)
    exact = accuracy.earned if has_number else _NONE
    words = f"Method {points(method)} of {points(worth[0])}, accuracy {points(exact)} of {points(worth[1])}."
    return replace(accuracy, possible=sum(worth, _NONE), earned=method + exact, words=f"{accuracy.words} {words}")


def points(value: float | Fraction) -> str:
    """Marks as one writes them.

    >>> points(31.0), points(2.5), points(Fraction(1, 3))
    ('31', '2.5', '0.33')
    """
    return f"{round(float(value), 2):g}"


def _words(claim: Claim) -> str:
    match claim.verdict:
        case Verdict.CARRIED if claim.trivial:
            return _TRIVIAL
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
