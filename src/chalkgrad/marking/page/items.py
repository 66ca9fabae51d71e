"""What a formula is made of once its brackets are matched: tokens, and blocks of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from chalkgrad.marking.page.tokens import OPERATORS, Kind, Token
from chalkgrad.marking.page.written import Term

__all__ = ["Block", "Item", "Unreadable", "begins_operand", "ends_operand", "without_spaces"]


class Unreadable(Exception):
    """A part of a formula cannot be read; the message says why."""


@dataclass(slots=True)
class Block:
    """Brackets, an argument in braces or an environment, with what stands inside.

    Args:
        kind: `(`, `[`, `{` for an argument, `\\\\{`, `|`, `‖`, or the name of an environment.
        start: where it begins.
        end: where it ends.
        items: what is inside.
        inner_start: where the inside begins.
        inner_end: where the inside ends.
        term: what the block is as an operand.
        why: why it is none.
        cells: the arguments, where it can be those of a function.
    """

    kind: str
    start: int
    end: int
    items: list[Token | Block]
    inner_start: int
    inner_end: int
    term: Term | None = None
    why: str = ""
    cells: tuple[Term, ...] = field(default=())


Item = Token | Block

_ENDS = frozenset({Kind.NUMBER, Kind.NAME, Kind.PRIME, Kind.TRANSPOSE})
_SPACES = frozenset({Kind.SPACE, Kind.GAP})
_BEGINS = frozenset(
    {Kind.NUMBER, Kind.NAME, Kind.FUNCTION, Kind.FRACTION, Kind.ROOT, Kind.ACCENT, Kind.NOTE, Kind.PARTIAL, Kind.NABLA}
)


def ends_operand(item: Item | None) -> bool:
    """Whether something that can be a factor ends here."""
    if isinstance(item, Token):
        return item.kind in _ENDS or (item.kind in {Kind.SUBSCRIPT, Kind.SUPERSCRIPT} and bool(item.value))
    return item is not None


def begins_operand(item: Item | None) -> bool:
    """Whether something that can be a factor begins here."""
    return item.kind in _BEGINS if isinstance(item, Token) else item is not None


def is_operator(item: Item | None) -> bool:
    """Whether this is `+`, `-`, a sign of multiplication or a slash."""
    return isinstance(item, Token) and item.kind in OPERATORS


def without_spaces(items: Sequence[Item]) -> list[Item]:
    """What is left when spacing is passed over."""
    return [item for item in items if not (isinstance(item, Token) and item.kind in _SPACES)]
