"""How an op is written, as data: the style of writing, its sign, and how tightly it binds.

The renderer turns these into boxes; an op never holds a piece of LaTeX or any other format.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

__all__ = ["Notation", "Precedence", "function", "infix"]


class Precedence(IntEnum):
    """How tightly a piece of notation binds: a looser piece inside a tighter one needs brackets."""

    RELATION = 0
    SUM = 1
    NEGATION = 2
    PRODUCT = 3
    POWER = 4
    ATOM = 5


@dataclass(frozen=True, slots=True)
class Notation:
    """A style of writing with its sign.

    `style` is one of: `number`, `symbol`, `function`, `infix`, `negation`, `product`, `elementwise`, `fraction`,
    `power`, `transpose`, `bars`, `root`, `cases`, `indicator`, `matrix`, `part`, `sum`, `mean`, `quiet` (only the
    first argument is written), `exponential`, `defined` (written as its definition).
    """

    style: str
    sign: str = ""
    precedence: Precedence = Precedence.ATOM


def function(name: str) -> Notation:
    """`name(argument)`."""
    return Notation("function", name)


def infix(sign: str, precedence: Precedence) -> Notation:
    """`left sign right`."""
    return Notation("infix", sign, precedence)
