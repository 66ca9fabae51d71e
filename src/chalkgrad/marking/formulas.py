"""Lines in letters: whether a formula is what it is said to be, decided by its values in sampled worlds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy

from chalkgrad.marking.binding import Binder
from chalkgrad.marking.choosing import Unresolved
from chalkgrad.marking.course import Course
from chalkgrad.marking.evaluating import Scope, follow, ways
from chalkgrad.marking.page.written import Term
from chalkgrad.marking.products import same_value
from chalkgrad.marking.quantities import Quantity
from chalkgrad.marking.worlds import SampledWorld, TrueWorld, World, true_world, worlds_of

__all__ = ["Formulas", "Holds"]

_MOST_WAYS = 32


class Holds(Enum):
    """Whether two things are the same."""

    ALWAYS = "always"
    """In every world."""
    HERE = "here"
    """With the numbers of the problem, as where a slope of 1 was put in."""
    NO = "no"
    UNKNOWN = "unknown"
    """One of them has no value that could be found."""


@dataclass
class Formulas:
    """Compares what stands on a page with quantities and with other terms, in sampled worlds and the true one."""

    course: Course
    binder: Binder

    @property
    def true(self) -> TrueWorld:
        """The world of the problem's own numbers."""
        return true_world(self.course)

    def samples(self, stage: int) -> tuple[SampledWorld, ...]:
        """The sampled worlds of a stage."""
        return worlds_of(self.course, stage)

    def scope(self, world: World, **more: Any) -> Scope:
        """Where terms of the page are looked at in a world."""
        course = self.course
        return Scope(world, self.binder.meanings, course.gradient_symbols, course.total_symbols, course.losses, **more)

    def compare(self, term: Term, quantity: Quantity, readings: Mapping[int, Any] | None = None) -> Holds:
        """Whether a term is a quantity, with other numbers at some of its places perhaps."""

        def value(world: World) -> Any:
            return quantity.value(world.array)

        return self._compare(term, value, quantity.stage, readings or {})

    def _compare(self, term: Term, wanted: Any, stage: int, readings: Mapping[int, Any]) -> Holds:
        worlds = self.samples(stage)
        found = False
        if worlds:
            first, *others = worlds
            for path, value in ways(term, self.scope(first, readings=readings), _MOST_WAYS):
                found = True
                if same_value(value, wanted(first)) and self._agrees(term, path, others, wanted, readings):
                    return Holds.ALWAYS
        if self.course.stage(stage).true:
            for _, value in ways(term, self.scope(self.true, readings=readings), _MOST_WAYS):
                found = True
                if same_value(value, wanted(self.true)):
                    return Holds.HERE
        return Holds.NO if found else Holds.UNKNOWN

    def _agrees(
        self, term: Term, path: Sequence[int], worlds: Iterable[World], wanted: Any, readings: Mapping[int, Any]
    ) -> bool:
        scopes = ((world, self.scope(world, readings=readings)) for world in worlds)
        try:
            return all(same_value(follow(term, scope, path), wanted(world)) for world, scope in scopes)
        except Unresolved:
            return False

    def same(self, left: Term, right: Term, stage: int, free: bool = False) -> Holds:
        """Whether two terms are the same; with `free`, names without a meaning are any number."""
        worlds: Sequence[World] = self.samples(stage)
        if not worlds:
            return Holds.UNKNOWN
        numbers = _free_number if free else None
        scopes = [self.scope(world, free=numbers) for world in worlds]
        known = [(path, value) for path, value in ways(left, scopes[0], 12)]
        found = False
        for path, value in ways(right, scopes[0], _MOST_WAYS):
            for other, wanted in known:
                found = True
                if same_value(value, wanted) and self._all(left, other, right, path, scopes[1:]):
                    return Holds.ALWAYS
        if not found:
            return Holds.UNKNOWN
        if self.course.stage(stage).true and self._same_here(left, right):
            return Holds.HERE
        return Holds.NO

    def may_have_one_size(self, left: Term, right: Term, stage: int) -> bool:
        """Whether two terms can have the same number of entries."""
        scope = self.scope(self.samples(stage)[0])
        sizes = {numpy.size(value) for _, value in ways(left, scope, 12)}
        return any(numpy.size(value) in sizes for _, value in ways(right, scope, 12))

    def _all(self, left: Term, one: Sequence[int], right: Term, other: Sequence[int], scopes: Iterable[Scope]) -> bool:
        try:
            return all(same_value(follow(left, scope, one), follow(right, scope, other)) for scope in scopes)
        except Unresolved:
            return False

    def _same_here(self, left: Term, right: Term) -> bool:
        scope = self.scope(self.true)
        known = [value for _, value in ways(left, scope, 12)]
        return any(same_value(value, wanted) for _, value in ways(right, scope, _MOST_WAYS) for wanted in known)

    def identify(self, term: Term, among: Sequence[Quantity]) -> list[Quantity]:
        """The quantities that a term is in every world."""
        if not among:
            return []
        worlds = self.samples(among[0].stage)
        if not worlds:
            return []
        found = []
        first, *others = worlds
        options = list(ways(term, self.scope(first), _MOST_WAYS))
        for quantity in among:

            def wanted(world: World, quantity: Quantity = quantity) -> Any:
                return quantity.value(world.array)

            target = wanted(first)
            for path, value in options:
                if same_value(value, target) and self._agrees(term, path, others, wanted, {}):
                    found.append(quantity)
                    break
        return found


def _free_number(name: str) -> float:
    """A number for a name that stands for nothing, the same wherever it stands."""
    return 0.2 + (sum(ord(letter) * (place + 3) for place, letter in enumerate(name)) * 0.37) % 0.7


def numbers_of(value: Any) -> tuple[float, ...]:
    """The entries of a value, row by row."""
    return tuple(float(entry) for entry in numpy.ravel(value))
