"""Where a reader of items has got to, and what every part of the grammar needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from chalkgrad.marking.page.items import Block, Item, Unreadable
from chalkgrad.marking.page.tokens import Kind, Token
from chalkgrad.marking.page.written import Group, Negative, Sum, Term

__all__ = ["DEEPEST", "Cursor", "why_not"]

DEEPEST = 60


def why_not(item: Item) -> str:
    """Why a term cannot go on with this."""
    if isinstance(item, Block):
        return item.why or "brackets stand where an operator was expected"
    reasons = {
        Kind.UNREAD: item.value,
        Kind.RELATION: "a relation stands inside brackets",
        Kind.NUMBER: "a number stands behind another term without an operator",
        Kind.TEXT: "a word stands inside the formula",
        Kind.COMMA: "a comma stands inside the formula",
        Kind.SUPERSCRIPT: "a superscript stands where none is expected",
        Kind.SUBSCRIPT: "a subscript stands behind something that is no name",
        Kind.PRIME: "a prime stands behind something that is no name",
        Kind.PLUS: "an operator has no term before it",
        Kind.TIMES: "an operator has no term before it",
        Kind.SLASH: "an operator has no term before it",
    }
    return reasons.get(item.kind) or "a sign stands where a term was expected"


class Cursor:
    """Reads a flat list; `place` is the next item."""

    def __init__(self, items: Sequence[Item], text: str, depth: int = 0) -> None:
        self.items = items
        self.text = text
        self.place = 0
        self.depth = depth

    @property
    def here(self) -> Item | None:
        """The next item."""
        return self.items[self.place] if self.place < len(self.items) else None

    def at(self, *kinds: Kind) -> Token | None:
        """The next token, if it is of one of these kinds."""
        if self.place >= len(self.items):
            return None
        here = self.items[self.place]
        return here if isinstance(here, Token) and here.kind in kinds else None

    def block(self, kind: str = "") -> Block | None:
        """The next block, if it is one of this kind."""
        here = self.here
        return here if isinstance(here, Block) and kind in {"", here.kind} else None

    def take(self) -> Item:
        """The next item, which is then behind."""
        here = self.here
        if here is None:
            raise Unreadable("a term is missing at the end")
        self.place += 1
        return here

    def deeper(self) -> None:
        """Count one more level; whoever counts it takes it off again."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable("nested too deeply")

    def inside(self, items: Sequence[Item]) -> Self:
        """Another reader of the same kind, for other items of the same page."""
        return type(self)(items, self.text, self.depth)

    def block_term(self, block: Block) -> Term:
        """A block as an operand; what stands in braces that nobody sees is a group where it is more than one factor."""
        if block.term is None:
            raise Unreadable(block.why)
        if block.kind == "{" and isinstance(block.term, Sum | Negative):
            return Group(block.start, block.end, block.term)
        return block.term

    def alone(self, item: Item) -> Term:
        """One item as a term."""
        return self.block_term(item) if isinstance(item, Block) else self.inside([item]).operand()

    def has_arguments(self) -> bool:
        """Whether brackets follow that can hold arguments."""
        block = self.block()
        return block is not None and block.kind in {"(", "[", "\\{"}

    # What the readers above this one add.

    def whole(self) -> Term:
        """All that is there as one term."""
        raise NotImplementedError

    def product(self) -> Term:
        """A product or quotient."""
        raise NotImplementedError

    def signed(self) -> Term:
        """A factor that may have a minus sign of its own."""
        raise NotImplementedError

    def factor(self) -> Term:
        """An operand with the powers and signs behind it."""
        raise NotImplementedError

    def behind(self, term: Term) -> Term:
        """A term with the powers and signs that follow it."""
        raise NotImplementedError

    def operand(self) -> Term:
        """An operand by itself."""
        raise NotImplementedError
