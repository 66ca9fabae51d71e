"""Sums too long to be read: which of their terms are written out, and how the others are told of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from chalkgrad.core.node import Node

__all__ = ["LongSum", "ends_of", "long_sum", "terms_of", "with_gaps"]

# A weighted sum of a dozen terms is read as it stands; of more than forty nobody follows each.
_ALWAYS = 12
_MOST = 40
_FIRST, _LAST = 4, 2

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class LongSum:
    """What is written of a long sum.

    Args:
        count: how many terms it has.
        kept: the positions of the terms that are written with their numbers.
        zeros: how many terms are 0.
    """

    count: int
    kept: tuple[int, ...]
    zeros: int

    @property
    def first(self) -> int:
        """How many stand before the gap, if any are skipped."""
        return _FIRST

    @property
    def skips(self) -> bool:
        """Whether terms that are not 0 are left out too."""
        return len(self.kept) < self.count - self.zeros

    def words(self, things: str) -> str:
        """What is left out, in a sentence.

        >>> LongSum(64, tuple(range(33)), 31).words("terms")
        '31 of the 64 terms are 0 and left out.'
        >>> LongSum(64, (0, 1, 2, 3, 62, 63), 0).words("terms")
        'Of the 64 terms the first 4 and the last 2 are written out.'
        """
        zeros = f"{self.zeros:,} of the {self.count:,} {things} {'is' if self.zeros == 1 else 'are'} 0"
        ends = f"the first {_FIRST} and the last {_LAST} are written out."
        if not self.skips:
            return f"{zeros} and left out."
        return f"{zeros}; of the others {ends}" if self.zeros else f"Of the {self.count:,} {things} {ends}"


def long_sum(values: Sequence[Any]) -> LongSum | None:
    """What is to be written of a sum, or `None` if it is short enough to be written as it is.

    Args:
        values: the value of each term.
    """
    if len(values) <= _ALWAYS:
        return None
    other = [position for position, value in enumerate(values) if value != 0]
    kept = other if len(other) <= _MOST else [*other[:_FIRST], *other[-_LAST:]]
    if len(kept) == len(values):
        return None
    return LongSum(len(values), tuple(kept), len(values) - len(other))


def ends_of(count: int) -> tuple[int, ...]:
    """The positions of the terms that show how a long sum of letters goes on."""
    return (0, 1, count - 2, count - 1)


def with_gaps(items: Sequence[Item], kept: Sequence[int], gap: Item) -> list[Item]:
    """Some items in their order, with something where others are left out.

    >>> with_gaps("abcdef", [0, 1, 5], "…")
    ['a', 'b', '…', 'f']
    """
    found: list[Item] = []
    before = -1
    for position in kept:
        found += [gap] if position != before + 1 else []
        found.append(items[position])
        before = position
    return found if before == len(items) - 1 else [*found, gap]


def terms_of(node: Node) -> list[tuple[str, Node]]:
    """The terms of a sum, each with the sign before it, however its brackets are set."""
    terms: list[tuple[str, Node]] = []
    waiting = [("+", node)]
    while waiting:
        sign, here = waiting.pop()
        if here.op.name in ("add", "subtract") and sign != "−":
            left, right = here.arguments
            waiting += [(here.op.notation.sign, right), (sign, left)]
        else:
            terms.append((sign, here))
    return terms
