"""The writer's world: the numbers that a page has said so far, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalkgrad.core.node import Node
from chalkgrad.marking.course import Course
from chalkgrad.marking.worlds import World, leaves_of

__all__ = ["Ledger", "Said"]


@dataclass(frozen=True, slots=True)
class Said:
    """A number that the page says.

    Args:
        value: the number, as it is carried on.
        unit: one unit in its last printed place.
        line: the line of the page.
        is_wrong: whether it is wrong, or follows from something that is.
    """

    value: float
    unit: float
    line: int
    is_wrong: bool = False


class Ledger(World):
    """Numbers that the page says come before those that follow; what nobody said yet is worked out."""

    def __init__(self, course: Course) -> None:
        super().__init__(course)
        self._said: dict[tuple[int, Node], Said] = {}
        self._known: dict[tuple[int, Node], float] = {}
        self._slack: dict[tuple[int, Node], float] = {}

    def say(self, stage: int, symbol: Node, said: Said) -> None:
        """Write down what the page says of a symbol."""
        self._said[stage, symbol] = said
        self._known.clear()
        self._slack.clear()

    def said(self, stage: int, symbol: Node) -> Said | None:
        """What the page says of a symbol, or of the new value that it is."""
        found = self._said.get((stage, symbol))
        if found is not None:
            return found
        before = self.course.stage(stage).before.get(symbol)
        return self.said(*before) if before is not None else None

    def value(self, stage: int, symbol: Node) -> float:
        """The writer's number of a symbol at a stage."""
        found = self.said(stage, symbol)
        if found is not None:
            return found.value
        key = (stage, symbol)
        if key not in self._known:
            self._known[key] = self.follows(stage, symbol)
        return self._known[key]

    def follows(self, stage: int, symbol: Node) -> float:
        """What the writer's other numbers make of a symbol, whatever the page says of itself."""
        here = self.course.stage(stage)
        formula = self._formula(stage, symbol)
        if formula is not None:
            return self.work_out(stage, formula)
        before = here.before.get(symbol)
        return self.value(*before) if before is not None else here.true[symbol]

    def _formula(self, stage: int, symbol: Node) -> Node | None:
        """The formula of a symbol: by the way that the page goes, where it says a gradient on the way."""
        here = self.course.stage(stage)
        other = here.other_ways.get(symbol)
        if other is not None and any((stage, leaf) in self._said for leaf in leaves_of(other) if leaf in here.side):
            return other
        return here.formulas.get(symbol)

    def sources(self, stage: int, symbol: Node) -> Mapping[tuple[int, Node], Said]:
        """The numbers of the page that a symbol rests on: the nearest that were said, on every way back."""
        found: dict[tuple[int, Node], Said] = {}
        stack, seen = [(stage, symbol)], {(stage, symbol)}
        while stack:
            at, node = stack.pop()
            here = self.course.stage(at)
            formula = self._formula(at, node)
            ahead = [(at, leaf) for leaf in leaves_of(formula)] if formula is not None else []
            if formula is None and node in here.before:
                ahead = [here.before[node]]
            for key in ahead:
                if key in seen:
                    continue
                seen.add(key)
                said = self._said.get(key)
                if said is not None:
                    found[key] = said
                else:
                    stack.append(key)
        return found

    def slack(self, stage: int, symbol: Node) -> float:
        """By how much a number may differ because those that it rests on were printed rounded."""
        key = (stage, symbol)
        if key not in self._slack:
            self._slack[key] = self._worked_slack(stage, symbol)
        return self._slack[key]

    def _worked_slack(self, stage: int, symbol: Node) -> float:
        total = 0.0
        at = self.follows(stage, symbol)
        for (where, source), said in self.sources(stage, symbol).items():
            if said.unit:
                moved = self.saying({(where, source): Said(said.value + said.unit / 2, 0.0, 0)})
                total += abs(moved.follows(stage, symbol) - at) * 2
        return total

    def saying(self, instead: Mapping[tuple[int, Node], Said]) -> Ledger:
        """A copy in which some numbers are others."""
        copy = Ledger(self.course)
        copy._said = {**self._said, **instead}
        return copy
