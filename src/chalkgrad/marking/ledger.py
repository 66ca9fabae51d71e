"""The writer's world: the numbers that a page has said so far, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy

from chalkgrad.core.node import Node
from chalkgrad.marking.course import Course
from chalkgrad.marking.worlds import World, leaves_of, scalar_of

__all__ = ["Ledger", "Said"]

Key = tuple[int, Node]


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
        self._said: dict[Key, Said] = {}
        self._known: dict[Key, float] = {}
        self._followed: dict[Key, float] = {}
        self._slack: dict[Key, float] = {}
        self._arrays: dict[tuple[str, int, int], tuple[Any, Any]] = {}
        # What each number is worked out from is the same for all pages.
        self._ways: dict[Key, tuple[Key, ...]] = course.once("ways back", dict)

    def say(self, stage: int, symbol: Node, said: Said) -> None:
        """Write down what the page says of a symbol."""
        self._said[stage, symbol] = said
        self._known.clear()
        self._followed.clear()
        self._slack.clear()
        self._arrays.clear()

    def said(self, stage: int, symbol: Node) -> Said | None:
        """What the page says of a symbol, or of the new value that it is."""
        found = self._said.get((stage, symbol))
        if found is not None:
            return found
        before = self.course.stage(stage).before.get(symbol)
        return self.said(*before) if before is not None else None

    def value(self, stage: int, symbol: Node) -> float:
        """The writer's number of a symbol at a stage."""
        key = (stage, symbol)
        found = self._known.get(key)
        if found is None:
            said = self._said.get(key)
            found = self._known[key] = said.value if said is not None else self.follows(stage, symbol)
        return found

    def follows(self, stage: int, symbol: Node) -> float:
        """What the writer's other numbers make of a symbol, whatever the page says of itself."""
        key = (stage, symbol)
        if key not in self._followed:
            for at in self._steps_to(key, self._followed):
                self._followed[at] = self._worked_out(at, self.value)
        return self._followed[key]

    def _worked_out(self, key: Key, value: Callable[[int, Node], float]) -> float:
        """A number from those directly before it."""
        stage, symbol = key
        here = self.course.stage(stage)
        formula = self._formula(stage, symbol)
        if formula is not None:
            return scalar_of(formula)([value(*before) for before in self._before(key)])
        before = here.before.get(symbol)
        return value(*before) if before is not None else here.true[symbol]

    def _before(self, key: Key) -> tuple[Key, ...]:
        """The numbers that a number is directly worked out from."""
        stage, symbol = key
        formula = self._formula(stage, symbol)
        if formula is None:
            before = self.course.stage(stage).before.get(symbol)
            return () if before is None else (before,)
        found = self._ways.get((stage, formula))
        if found is None:
            found = self._ways[stage, formula] = tuple((stage, leaf) for leaf in leaves_of(formula))
        return found

    def _formula(self, stage: int, symbol: Node) -> Node | None:
        """The formula of a symbol: by the way that the page goes, where it says a side result on the way."""
        here = self.course.stage(stage)
        for other in here.other_ways.get(symbol, ()):
            if any((stage, leaf) in self._said for leaf in leaves_of(other) if leaf in here.side):
                return other
        return here.formulas.get(symbol)

    def _steps_to(self, key: Key, done: Container[Key] = ()) -> list[Key]:
        """A number and those before it that nobody said, back to what was said or is done, each after what it uses."""
        order: list[Key] = []
        seen = {key}
        stack = [(key, iter(self._before(key)))]
        while stack:
            at, ahead = stack[-1]
            for before in ahead:
                if before not in seen and before not in self._said and before not in done:
                    seen.add(before)
                    stack.append((before, iter(self._before(before))))
                    break
            else:
                order.append(at)
                stack.pop()
        return order

    def sources(self, stage: int, symbol: Node) -> Mapping[Key, Said]:
        """The numbers of the page that a symbol rests on: the nearest that were said, on every way back."""
        return self._sources_of(self._steps_to((stage, symbol)))

    def _sources_of(self, steps: Iterable[Key]) -> dict[Key, Said]:
        ahead = (before for step in steps for before in self._before(step))
        return {before: self._said[before] for before in ahead if before in self._said}

    def follows_each(self, stage: int, symbols: Any) -> Any:
        """What follows for each of some symbols, in their shape."""
        return self._each("follows", stage, symbols, self.follows)

    def slack_each(self, stage: int, symbols: Any) -> Any:
        """By how much each of some numbers may differ, in their shape."""
        return self._each("slack", stage, symbols, self.slack)

    def _each(self, kind: str, stage: int, symbols: Any, number: Callable[[int, Node], float]) -> Any:
        if isinstance(symbols, Node):
            return number(stage, symbols)
        key = (kind, stage, id(symbols))
        if key not in self._arrays:
            made = numpy.array([number(stage, symbol) for symbol in symbols.flat], dtype=numpy.float64)
            self._arrays[key] = symbols, made.reshape(symbols.shape)  # the symbols are kept, so that their id is theirs
        return self._arrays[key][1]

    def slack(self, stage: int, symbol: Node) -> float:
        """By how much a number may differ because those that it rests on were printed rounded."""
        key = (stage, symbol)
        if key not in self._slack:
            self._slack[key] = self._worked_slack(key)
        return self._slack[key]

    def _worked_slack(self, key: Key) -> float:
        steps = self._steps_to(key)
        at = self.follows(*key)
        total = 0.0
        for source, said in self._sources_of(steps).items():
            if said.unit:
                moved = self._moved(steps, source, said.value + said.unit / 2)
                total += abs(moved.get(key, at) - at) * 2
        return total

    def _moved(self, steps: Iterable[Key], source: Key, value: float) -> Mapping[Key, float]:
        """Those of some steps that change with a number that was said, and their other numbers."""
        moved = {source: value}

        def number(stage: int, symbol: Node) -> float:
            found = moved.get((stage, symbol))
            return self.value(stage, symbol) if found is None else found

        for step in steps:
            if not moved.keys().isdisjoint(self._before(step)):
                moved[step] = self._worked_out(step, number)
        return moved

    def unrounded(self) -> Ledger:
        """A copy in which what was said rightly has all its digits, as in a calculator that goes on with them."""
        instead = {}
        for (stage, symbol), said in self._said.items():
            right = self.course.stage(stage).true.get(symbol)
            if right is not None and said.unit and abs(said.value - right) <= said.unit * (1 + 1e-9):
                instead[stage, symbol] = replace(said, value=right)
        return self.saying(instead)

    def saying(self, instead: Mapping[Key, Said]) -> Ledger:
        """A copy in which some numbers are others."""
        copy = Ledger(self.course)
        copy._said = {**self._said, **instead}
        return copy
