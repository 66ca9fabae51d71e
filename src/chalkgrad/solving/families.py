"""Weights that are many and alike: a few are written out, all stand in a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalkgrad.core.node import Node
from chalkgrad.render.boxes import Box
from chalkgrad.render.document import Block, Inline, Paragraph, Table, prose, words
from chalkgrad.render.names import name_box
from chalkgrad.solving.derivation import Asking
from chalkgrad.solving.labels import letter_of_memory, value_box
from chalkgrad.solving.statements import Statement
from chalkgrad.solving.steps import StepValues

__all__ = ["Family", "families", "family_tables", "written_out"]

# So many weights of one matrix are written out one by one, as in a network drawn on paper.
_MOST_ALONE = 8
_EXAMPLES = 2
_MOST_ROWS = 40
# Columns of numbers that fit a terminal and a page.
_MOST_COLUMNS = 6


@dataclass(frozen=True, slots=True)
class Family:
    """Shown entries of one parameter.

    Args:
        owner: the name of the parameter.
        members: the letters of the entries.
        examples: those that are written out.
    """

    owner: str
    members: tuple[Node, ...]
    examples: tuple[Node, ...]


def families(numbers: StepValues, asking: Asking) -> list[Family]:
    """The parameters of which so many entries are shown that only a few are written out."""
    members: dict[Node, list[Node]] = {}
    view = numbers.view
    worked_out = {statement.symbol for statement in view.statements}
    for node, (symbol, index) in view.taken.items() if asking.detail != "full" else ():
        if index and node not in worked_out and view.gradients.get(node) in worked_out:
            members.setdefault(symbol, []).append(node)
    found = []
    for symbol, nodes in members.items():
        if len(nodes) > _MOST_ALONE:
            telling = [node for node in nodes if numbers.values[view.gradients[node]] != 0]
            found.append(Family(symbol.name, tuple(nodes), tuple((telling or nodes)[:_EXAMPLES])))
    return found


def written_out(numbers: StepValues, asking: Asking) -> list[Statement]:
    """The statements that are written out, in their order; the others stand in tables alone."""
    view = numbers.view
    in_tables = {
        view.gradients[node]
        for family in families(numbers, asking)
        for node in family.members
        if node not in family.examples
    }
    names = {s.of for s in view.statements if s.symbol in in_tables}
    return [s for s in view.statements if s.role == "value" or s.sample is not None or s.of not in names]


def family_tables(numbers: StepValues, asking: Asking) -> Iterator[Block]:
    """A table for each family: its entries before the step, their gradients, and what the optimizer makes of them."""
    for family in families(numbers, asking):
        yield from _FamilyTable(family, numbers, asking).blocks()


class _FamilyTable:
    """The table of one family."""

    def __init__(self, family: Family, numbers: StepValues, asking: Asking) -> None:
        self.family, self.numbers, self.asking, self.view = family, numbers, asking, numbers.view
        of = {self.view.gradients[node]: node for node in family.members}
        named = {statement.of: of[statement.symbol] for statement in self.view.statements if statement.symbol in of}
        self.names = {node: name for name, node in named.items()}
        self.made: dict[str, dict[Node, Node]] = {}
        for statement in self.view.statements:
            if statement.of in named and statement.role not in ("value", "way", "gradient", "parameter"):
                self.made.setdefault(statement.role, {})[named[statement.of]] = statement.symbol

    def blocks(self) -> Iterator[Block]:
        moved = [node for node in self.family.members if self._moves(node)]
        still = len(self.family.members) - len(moved)
        shown = moved if len(moved) <= _MOST_ROWS else [*moved[: _MOST_ROWS // 2], *moved[-_MOST_ROWS // 2 :]]
        if moved:
            count = f"{'All' if not still else 'The'} {len(moved):,} entries of "
            yield Paragraph(words(count, name_box(self.family.owner), f" {self._told(still)}:"))
            left = len(moved) - len(shown)
            caption = prose(f"{left:,} in the middle are left out (`--detail full` has them)") if left else ()
            yield from self._tables(shown, caption)
        if still:
            rest = f"the other {still:,}" if moved else f"all {still:,} entries"
            stay = ", and they stay as they are" if self.view.updated else ""
            yield Paragraph(words(f"The gradients of {rest} of ", name_box(self.family.owner), f" are 0{stay}."))

    def _told(self, still: int) -> str:
        return "whose gradient is not 0, found in the same way" if still else "that are shown, found in the same way"

    def _moves(self, node: Node) -> bool:
        value = self.numbers.values
        new = self.view.updated.get(node)
        return bool(value[self.view.gradients[node]] != 0 or (new is not None and value[new] != value[node]))

    def _tables(self, nodes: Sequence[Node], caption: Inline) -> Iterator[Table]:
        """What was made on the way stands in a table of its own where one would be too wide."""
        made = [(words(letter_of_memory(role)), symbols) for role, symbols in self.made.items()]
        before, gradient = (words("before"), {node: node for node in nodes}), (words("gradient"), self.view.gradients)
        after = [(words("after"), self.view.updated)] if self.view.updated else []
        columns: list[tuple[Inline, Mapping[Node, Node]]] = [before, gradient, *made, *after]
        if len(columns) <= _MOST_COLUMNS:
            yield self._table(nodes, columns, caption)
            return
        yield self._table(nodes, [before, gradient, *after], caption)
        yield self._table(nodes, made, ())

    def _table(
        self, nodes: Sequence[Node], columns: Sequence[tuple[Inline, Mapping[Node, Node]]], caption: Inline
    ) -> Table:
        header = (words("entry"), *(title for title, _ in columns))
        rows = tuple(
            (words(name_box(self.names[node])), *(words(self._number(symbols[node])) for _, symbols in columns))
            for node in nodes
        )
        return Table(header, rows, "l" + "r" * len(columns), caption)

    def _number(self, symbol: Node) -> Box:
        value: Any = self.numbers.values[symbol]
        return value_box(value, self.asking.style)[0]
