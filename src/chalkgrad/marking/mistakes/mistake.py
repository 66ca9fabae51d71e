"""A known mistake: an edit of one step of the working."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from chalkgrad.core.node import Node
from chalkgrad.marking.mistakes.site import Site

__all__ = ["Edit", "Edits", "Mistake"]


@dataclass(frozen=True, slots=True)
class Edit:
    """What is worked out instead of the formula of a statement.

    Args:
        formula: a formula of single numbers in symbols of the unit view.
        names: what the words of the mistake name: symbols, or words as they are.
        variant: which of several ways to make the mistake this is; the same for the same way at another unit.
        borrowed: symbols whose number is taken from the stage before, each with the symbol there.
        likely: how likely this way is, beside the usual ways to make the mistake.
    """

    formula: Node
    names: Mapping[str, Node | str] = field(default_factory=dict)
    variant: str = ""
    borrowed: Mapping[Node, Node] = field(default_factory=dict)
    likely: float = 1.0


Edits = Callable[[Site], Iterable[Edit]]


def _no_edits(site: Site) -> Iterable[Edit]:
    return ()


@dataclass(frozen=True, slots=True)
class Mistake:
    """A slip that people make.

    Args:
        code: what it is called in data.
        title: what it is called, in words.
        words: what happened; names in braces are those of an edit, and `{this}` is what the step works out.
        rule: the rule that was broken, in a sentence.
        rank: how common it is, 1 for the most common.
        edits: every way to make it at a step; none for what is seen on the page alone.
    """

    code: str
    title: str
    words: str
    rule: str
    rank: int
    edits: Edits = _no_edits
