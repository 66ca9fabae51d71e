"""The pieces that a formula is made of before anything is said of its structure: tokens with places."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, auto

from chalkgrad.marking.page.written import Reading

__all__ = ["OPERATORS", "Kind", "Token"]


class Kind(IntEnum):
    """What a token is. Whole numbers, because sets of them are asked at every step."""

    NUMBER = auto()
    NAME = auto()
    FUNCTION = auto()
    PLUS = auto()
    MINUS = auto()
    TIMES = auto()
    SLASH = auto()
    RELATION = auto()
    SUBSCRIPT = auto()
    SUPERSCRIPT = auto()
    PRIME = auto()
    TRANSPOSE = auto()
    OPEN = auto()
    CLOSE = auto()
    BAR = auto()
    BEGIN = auto()
    END = auto()
    FRACTION = auto()
    ROOT = auto()
    ACCENT = auto()
    NOTE = auto()
    PARTIAL = auto()
    NABLA = auto()
    COMMA = auto()
    CELL = auto()
    ROW = auto()
    SPACE = auto()
    GAP = auto()
    COLON = auto()
    STOP = auto()
    TEXT = auto()
    UNREAD = auto()


OPERATORS = frozenset({Kind.PLUS, Kind.MINUS, Kind.TIMES, Kind.SLASH})


@dataclass(slots=True)
class Token:
    """A token of a formula.

    Args:
        kind: what it is. A `SPACE` is passed over; a `GAP` is so wide that it may part two formulas; a `STOP` parts
            them; a `TEXT` is a word that is no mathematics.
        start: where it begins in the text of the page.
        end: where it ends.
        value: the name, function, sign, bracket, command, or the reason why it is unread.
        readings: of a number.
        subscript: of a name whose script is written as a part of the word.
        superscript: likewise.
        accent: likewise.
        is_loose: whether it is a word of typed text that may be prose.
        is_typed: whether it stands outside of dollar signs and their like.
    """

    kind: Kind
    start: int
    end: int
    value: str = ""
    readings: tuple[Reading, ...] = ()
    subscript: str = ""
    superscript: str = ""
    accent: str = ""
    is_loose: bool = False
    is_typed: bool = False
