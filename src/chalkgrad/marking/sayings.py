"""From the chains of a page to what is said: one subject each, and what it is said to be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chalkgrad.marking.digits import printed
from chalkgrad.marking.page import written
from chalkgrad.marking.page.written import Chain, Derivative, Name, Page, Sign, Term, Unread

__all__ = ["Saying", "has_letters", "has_unread", "sayings_of"]

_EQUAL = ("=", "≈", "←")
_COMPARED = ("<", ">", "≤", "≥", "≠")
# What the reader says of a piece that can only be the rest of another.
_BROKEN_OFF = ("no term before it", "never opened")


@dataclass(frozen=True, slots=True)
class Saying:
    """`subject = part = part`, one thing that a page says.

    Args:
        subject: what is spoken of, or `None` where a line begins with numbers alone.
        parts: what it is said to be, in order; where a line has no subject, all of its parts.
        signs: the sign before each part.
        line: the line of the page.
        start: where it begins in the text of the page.
        end: where it ends.
        goes_on: whether its subject stands in an earlier line.
    """

    subject: Term | None
    parts: tuple[Term, ...]
    signs: tuple[Sign, ...]
    line: int
    start: int
    end: int
    goes_on: bool = False

    @property
    def assigns(self) -> bool:
        """Whether the subject gets a new value, as by an arrow to the left."""
        return "←" in self.signs


def has_letters(term: Term) -> bool:
    """Whether a term speaks of quantities by name."""
    return written.holds(term, (Name, Derivative))


def has_unread(term: Term) -> bool:
    """Whether a part of a term could not be read."""
    return written.holds(term, (Unread,))


def sayings_of(page: Page) -> Iterator[Saying]:
    """Everything that a page says, from the top down."""
    before: Saying | None = None
    for line in page.lines:
        for chain in line.chains:
            for saying in _of_chain(chain, before):
                yield saying
                before = saying


def _of_chain(chain: Chain, before: Saying | None) -> Iterator[Saying]:
    """A chain cut at its arrows and comparisons; a bare number behind an arrow is what the arrow gives."""
    groups: list[tuple[list[Term], list[Sign]]] = []
    for sign, part in zip(chain.signs, chain.parts, strict=True):
        is_given = bool(groups) and sign == "→" and not (printed(part) is not None and _is_open(groups[-1][0]))
        if not groups or is_given or sign in _COMPARED:
            groups.append(([part], [sign]))
        else:
            groups[-1][0].append(part)
            groups[-1][1].append("=" if sign == "→" else sign)
    for parts, signs in groups:
        yield _saying(parts, signs, chain.line, before)


def _is_open(parts: Sequence[Term]) -> bool:
    """Whether a number may still follow: something with letters, or a sum to work out, stands before it."""
    return any(has_letters(part) or printed(part) is None for part in parts)


def _saying(parts: Sequence[Term], signs: Sequence[Sign], line: int, before: Saying | None) -> Saying:
    start, end = parts[0].start, parts[-1].end
    if signs[0] in _EQUAL and before is not None:
        known = before.parts[-1:] if before.subject is not None else ()
        equals: list[Sign] = ["="] * len(known)
        return Saying(before.subject, (*known, *parts), (*equals, *signs), line, start, end, True)
    if before is not None and _is_second_half(parts, before):
        return Saying(before.subject, tuple(parts), ("=", *signs[1:]), line, start, end, True)
    if len(parts) == 1 and printed(parts[0]) is None:
        return Saying(parts[0], (), (), line, start, end)
    if not has_letters(parts[0]) and not has_unread(parts[0]):
        return Saying(None, tuple(parts), ("=", *signs[1:]), line, start, end)
    return Saying(parts[0], tuple(parts[1:]), tuple(signs[1:]), line, start, end)


def _is_second_half(parts: Sequence[Term], before: Saying) -> bool:
    """Whether a line goes on with a formula that the line before broke off: its beginning makes no sense alone."""
    is_open = bool(before.parts) and before.subject is not None and not has_letters(before.parts[-1])
    has_result = len(parts) > 1 and printed(parts[-1]) is not None
    first = parts[0]
    return is_open and has_result and isinstance(first, Unread) and any(why in first.why for why in _BROKEN_OFF)
