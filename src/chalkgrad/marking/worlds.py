"""Worlds: the same working with different numbers in it.

The *true world* has the numbers of the problem. The *writer's world* has the numbers that a page says, and what follows
from them. A *sampled world* has random numbers in place of the given ones, so that two formulas which agree there are
the same formula.
"""

from __future__ import annotations

import math
import random
from functools import lru_cache
from typing import Any

import numpy

from chalkgrad.core.node import VARIABLE, Node, toposort
from chalkgrad.marking.course import Course, Stage
from chalkgrad.marking.scalars import Scalar
from chalkgrad.marking.stand_ins import StandIns

__all__ = ["SampledWorld", "TrueWorld", "World", "leaves_of", "sampled_worlds", "scalar_of", "true_world", "worlds_of"]

# A step for slopes by central differences: the cube root of the rounding error of float64, times a number of size 1.
_NUDGE = 1e-5


@lru_cache(maxsize=20_000)
def scalar_of(formula: Node) -> Scalar:
    """A formula of single numbers, to be worked out from those of its symbols, in the order in which they stand."""
    return Scalar(formula, leaves_of(formula), StandIns())


@lru_cache(maxsize=20_000)
def leaves_of(formula: Node) -> tuple[Node, ...]:
    """The symbols in a formula, in the order in which they stand."""
    return tuple(node for node in toposort([formula]) if node.op is VARIABLE)


class World:
    """Numbers for the symbols of a course. `value` is what a subclass gives; the rest follows from it."""

    def __init__(self, course: Course) -> None:
        self.course = course

    def value(self, stage: int, symbol: Node) -> float:
        """The number of a symbol at a stage."""
        raise NotImplementedError

    def work_out(self, stage: int, formula: Node) -> float:
        """The value of a formula of single numbers."""
        return scalar_of(formula)([self.value(stage, node) for node in leaves_of(formula)])

    def array(self, stage: int, symbols: Any) -> Any:
        """The numbers of an array of symbols, in its shape."""
        if isinstance(symbols, Node):
            return self.value(stage, symbols)
        flat = [self.value(stage, symbol) for symbol in symbols.flat]
        return numpy.array(flat, dtype=numpy.float64).reshape(symbols.shape)

    def nudged(self, stage: int, symbol: Node, by: float) -> World:
        """This world with one number moved, and everything behind it in the forward pass worked out again."""
        return _Nudged(self, stage, symbol, self.value(stage, symbol) + by)

    def nudge_of(self, stage: int, symbol: Node) -> float:
        """How far to move a number for a slope by central differences."""
        return _NUDGE * max(1.0, abs(self.value(stage, symbol)))


class _FixedWorld(World):
    """A world whose numbers never change, so that its arrays are made once."""

    def __init__(self, course: Course) -> None:
        super().__init__(course)
        self._arrays: dict[tuple[int, int], tuple[Any, Any]] = {}

    def array(self, stage: int, symbols: Any) -> Any:
        """The numbers of an array of symbols, in its shape; not to be changed."""
        if isinstance(symbols, Node):
            return self.value(stage, symbols)
        key = (stage, id(symbols))
        if key not in self._arrays:
            made = super().array(stage, symbols)
            made.flags.writeable = False
            self._arrays[key] = symbols, made  # the symbols are kept, so that their id stays theirs
        return self._arrays[key][1]


class TrueWorld(_FixedWorld):
    """The numbers of the problem."""

    def value(self, stage: int, symbol: Node) -> float:
        """The number of a symbol at a stage."""
        return self.course.stage(stage).true[symbol]


class _Nudged(World):
    """A world with one number of the forward pass moved."""

    def __init__(self, base: World, stage: int, symbol: Node, value: float) -> None:
        super().__init__(base.course)
        self._base, self._stage = base, stage
        self._known = {symbol: value}
        self._touched = _behind(base.course.stage(stage), symbol)

    def value(self, stage: int, symbol: Node) -> float:
        """The number of a symbol at a stage."""
        if stage != self._stage or (symbol not in self._touched and symbol not in self._known):
            return self._base.value(stage, symbol)
        if symbol not in self._known:
            formula = self.course.stage(stage).formulas[symbol]
            self._known[symbol] = self.work_out(stage, formula)
        return self._known[symbol]


def _behind(stage: Stage, symbol: Node) -> frozenset[Node]:
    """Everything in the forward pass and the loss that is worked out from a symbol."""
    if symbol not in stage.behind:
        ahead = [made.symbol for made in stage.statements.values() if made.kind in ("forward", "loss")]
        found: set[Node] = {symbol}
        # A difference stands before the loss that is worked out from it, and behind the prediction.
        for _ in range(2):
            for node in (*ahead, *stage.side):
                if not found.isdisjoint(leaves_of(stage.formulas[node])):
                    found.add(node)
        stage.behind[symbol] = frozenset(found - {symbol})
    return stage.behind[symbol]


class SampledWorld(_FixedWorld):
    """Random numbers for the leaves of a stage, and what follows from them. All stages look the same here."""

    def __init__(self, course: Course, stage: Stage, seed: int) -> None:
        super().__init__(course)
        chance = random.Random(seed)
        self._values: dict[Node, float] = {}
        made = {statement.symbol for statement in stage.units.statements}
        for statement in stage.units.statements:
            for leaf in leaves_of(statement.formula):
                if leaf not in made and leaf not in self._values:
                    self._values[leaf] = _drawn(chance, leaf, stage)
            self._values[statement.symbol] = self.work_out(stage.number, statement.formula)
        for statement in stage.side.values():
            self._values[statement.symbol] = self.work_out(stage.number, statement.formula)

    def value(self, stage: int, symbol: Node) -> float:
        """The number of a symbol; a leaf that nothing uses is 1."""
        return self._values.get(symbol, 1.0)


def _drawn(chance: random.Random, leaf: Node, stage: Stage) -> float:
    """A random number for a leaf: of either sign, but a setting between 0 and 1, and never near 0 or 1."""
    if leaf in set(stage.units.settings.values()):
        return 3.0 if leaf.name.startswith("t:") else chance.uniform(0.2, 0.8)
    if any(leaf is old for old, _ in stage.units.states.values()):
        return chance.uniform(0.2, 0.8)
    size = chance.uniform(0.3, 1.3)
    return size if chance.random() < 0.6 else -size


def true_world(course: Course) -> TrueWorld:
    """The world of the problem's own numbers."""
    return course.once("true world", lambda: TrueWorld(course))


def worlds_of(course: Course, number: int) -> tuple[SampledWorld, ...]:
    """The sampled worlds of a stage; stages with the same view share theirs."""
    view = course.stage(number).units
    # The first stage with a view works out most: the last one has only a forward pass.
    first = next(stage for stage in course.stages if stage.units is view)
    return course.once(("sampled worlds", first.number), lambda: sampled_worlds(course, first))


def sampled_worlds(course: Course, stage: Stage, count: int = 4) -> tuple[SampledWorld, ...]:
    """Some sampled worlds of a stage in which every number is finite."""
    found: list[SampledWorld] = []
    for seed in range(20 * count):
        world = SampledWorld(course, stage, seed)
        if all(math.isfinite(world.value(stage.number, made.symbol)) for made in stage.units.statements):
            found.append(world)
        if len(found) == count:
            break
    return tuple(found)
