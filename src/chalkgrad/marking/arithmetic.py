"""Arithmetic inside a line: whether each `=` between numbers holds, within what their digits allow."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy

from chalkgrad.marking.choosing import Unresolved
from chalkgrad.marking.course import Course
from chalkgrad.marking.digits import Misreading, agrees, plain_numbers, printed, unit_of
from chalkgrad.marking.evaluating import Scope, follow, ways
from chalkgrad.marking.page.written import Matrix, Name, Number, Term, inside
from chalkgrad.marking.products import same_value
from chalkgrad.marking.recording import Recorded, Recording
from chalkgrad.marking.sayings import Saying, has_letters, has_unread
from chalkgrad.marking.worlds import World, true_world

__all__ = ["Arithmetic", "NumberPart"]

# Half a unit in the third decimal, which is the least that pages are rounded to.
_LEFT_OUT = 5e-4
_MOST_WAYS = 12


@dataclass(frozen=True)
class NumberPart:
    """A part of a line that is made of numbers alone.

    Args:
        place: which part of the line it is.
        term: the part.
        value: what it comes to.
        unit: one unit in the last place, for printed numbers; 0 for what has to be worked out.
        is_printed: whether it is nothing but printed numbers.
        arithmetic: what worked it out.
        readings: what some of its numbers were taken for.
    """

    place: int
    term: Term
    value: Any
    unit: Any
    is_printed: bool
    arithmetic: Arithmetic
    readings: Mapping[int, Misreading]

    @cached_property
    def width(self) -> Any:
        """By how much its value may be off because the numbers in it were printed rounded."""
        return self.unit if self.is_printed else self.arithmetic.width(self)

    @property
    def shown_unit(self) -> Any:
        """How exact its value is to be taken."""
        return self.unit if self.is_printed else self.width


@dataclass(frozen=True)
class _NumberTerm:
    """A term of numbers alone: these, their values and units, and what is done with them."""

    term: Term
    world: World
    numbers: tuple[tuple[Number, float, float], ...]

    @cached_property
    def is_printed(self) -> bool:
        """Whether it is nothing but printed numbers."""
        return printed(self.term) is not None

    @cached_property
    def recording(self) -> Recording | None:
        """How it is worked out, or `None` if that hangs on its numbers."""
        found = self._recorded(1)
        return found[0] if found else None

    @cached_property
    def ways(self) -> list[Recording] | None:
        """How it is worked out, each way that products of matrices may be taken."""
        return self._recorded(_MOST_WAYS)

    def _recorded(self, most: int) -> list[Recording] | None:
        numbers = {number.start: Recorded(value, number.start) for number, value, _ in self.numbers}
        scope = Scope(self.world, _no_meanings, readings=numbers)
        try:
            return [Recording(value) for _, value in ways(self.term, scope, most)]
        except (TypeError, Unresolved):
            return None


class Arithmetic:
    """Works out the parts of lines that are made of numbers.

    Args:
        course: the working of the problem, whose given numbers are exact as they stand.
    """

    def __init__(self, course: Course) -> None:
        self._world = true_world(course)
        self._known: dict[int, tuple[Term, _NumberTerm | None]] = {}
        self._exact = course.once("given numbers", lambda: _given_numbers(course))

    def scope(self, readings: Mapping[int, Misreading]) -> Scope:
        """Where numbers are looked at, some of them read in another way."""
        values = {place: numpy.float64(found.value) for place, found in readings.items()}
        return Scope(self._world, _no_meanings, readings=values)

    def parts(self, saying: Saying) -> tuple[NumberPart, ...]:
        """The parts of a line that are numbers alone and have a value."""
        found = (self.part(place, term, {}) for place, term in enumerate(saying.parts))
        return tuple(_rounded(part, saying.signs[part.place]) for part in found if part is not None)

    def again(self, parts: Sequence[NumberPart], readings: Mapping[int, Misreading]) -> tuple[NumberPart, ...]:
        """The same parts with some numbers read in another way; those without such numbers stay as they are."""
        found = []
        for part in parts:
            if _inside(part.term, readings):
                changed = self.part(part.place, part.term, {**part.readings, **readings})
                if changed is not None:
                    found.append(changed)
            else:
                found.append(part)
        return tuple(found)

    def part(self, place: int, term: Term, readings: Mapping[int, Misreading]) -> NumberPart | None:
        """One part, or `None` if it has letters or no value."""
        known = self._term(term)
        if known is None:
            return None
        plain = printed(term, readings) if known.is_printed else None
        if readings and known.recording is not None:
            value = known.recording.with_numbers({place: found.value for place, found in readings.items()})
        else:
            try:
                value = follow(term, self.scope(readings), ())
            except Unresolved:
                return None
        unit = numpy.float64(0.0) if plain is None else plain.unit
        return NumberPart(place, term, value, unit, plain is not None, self, readings)

    def width(self, part: NumberPart) -> Any:
        """How far a value moves when each rounded number in it moves by one unit in its last place."""
        known = self._term(part.term)
        assert known is not None
        moved: dict[int, float] = {}
        for number, value, unit in known.numbers:
            read = part.readings.get(number.start)
            if read is not None:
                value, unit = read.value, read.unit
            if unit:
                moved[number.start] = value + unit
        total = numpy.zeros_like(part.value)
        with numpy.errstate(invalid="ignore"):
            for other in self._moves(known, part.readings, moved):
                total = total + numpy.abs(other - part.value)
        return total

    def _moves(
        self, known: _NumberTerm, readings: Mapping[int, Misreading], moved: Mapping[int, float]
    ) -> Iterator[Any]:
        """The values of a term with one number moved each time."""
        if known.recording is not None:
            yield from known.recording.moves({place: found.value for place, found in readings.items()}, moved)
            return
        for place, value in moved.items():
            try:
                yield follow(known.term, self.scope({**readings, place: Misreading(value, "", "")}), ())
            except (Unresolved, ValueError):
                continue

    def _term(self, term: Term) -> _NumberTerm | None:
        """What is known of a term of numbers, `None` for one that has letters."""
        key = id(term)
        if key not in self._known:
            found = None
            if not has_letters(term) and not has_unread(term):
                numbers = tuple((n, float(n.value), self.unit(n)) for n in plain_numbers(term))
                found = _NumberTerm(term, self._world, numbers)
            self._known[key] = term, found  # the term is kept, so that its id stays its own
        return self._known[key][1]

    def unit(self, number: Number) -> float:
        """How exact a number of a line is: given numbers and whole ones stand for themselves."""
        if number.readings[0].decimals == 0 or round(abs(float(number.value)), 12) in self._exact:
            return 0.0
        return unit_of(number)

    def breaks(self, parts: Sequence[NumberPart]) -> list[tuple[NumberPart, NumberPart]]:
        """The neighbours among number parts that are not equal, whatever was rounded."""
        return [(one, other) for one, other in itertools.pairwise(parts) if not self.equal(one, other)]

    def equal(self, one: NumberPart, other: NumberPart) -> bool:
        """Whether two number parts can be the same number."""
        if numpy.shape(one.value) != numpy.shape(other.value):
            return same_value(one.value, other.value, 1e-2)
        if not (numpy.isfinite(one.value).all() and numpy.isfinite(other.value).all()):
            return False
        if agrees(other.value, other.unit, one.value):
            return True
        if agrees(other.value, other.unit, one.value, one.width + (0 if other.is_printed else other.width)):
            return True
        return self._another_way(one, other)

    def _another_way(self, one: NumberPart, other: NumberPart) -> bool:
        """Whether a product of matrices, taken in another way, comes to the number behind it."""
        if one.is_printed or not any(isinstance(term, Matrix) for term in inside(one.term)):
            return False
        known = self._term(one.term)
        if known is not None and known.ways is not None:
            readings = {place: read.value for place, read in one.readings.items()}
            found = (recording.with_numbers(readings) for recording in known.ways)
        else:
            found = (value for _, value in ways(one.term, self.scope(one.readings), _MOST_WAYS))
        return any(agrees(other.value, other.unit, value, one.width) for value in found)

    def holds(self, parts: Sequence[NumberPart]) -> bool:
        """Whether all number parts can be the same number."""
        return all(self.equal(one, other) for one, other in itertools.pairwise(parts))

    def is_exact(self, parts: Sequence[NumberPart]) -> bool:
        """Whether each number part is the one before it with nothing but its own last place rounded."""
        return all(
            numpy.shape(one.value) == numpy.shape(other.value) and agrees(other.value, other.unit, one.value)
            for one, other in itertools.pairwise(parts)
        )


def _inside(term: Term, readings: Mapping[int, Misreading]) -> Mapping[int, Misreading]:
    """The readings of numbers that stand in a term."""
    return {place: found for place, found in readings.items() if term.start <= place < term.end}


def _rounded(part: NumberPart, sign: str) -> NumberPart:
    """A whole number behind `≈` is no exact one: 0.9997 is printed as 1 where zeros at the end are left out."""
    if sign != "≈" or not part.is_printed:
        return part
    return replace(part, unit=numpy.where(numpy.asarray(part.unit) == 0.0, _LEFT_OUT, part.unit))


def _given_numbers(course: Course) -> Collection[float]:
    """The numbers that the problem gives, without signs, and one minus each setting."""
    first = course.stages[0]
    found = {round(abs(value), 12) for symbol, value in first.true.items() if symbol not in first.statements}
    settings = [first.true[symbol] for symbol in first.units.settings.values() if symbol in first.true]
    return frozenset(found | {round(1 - value, 12) for value in settings})


def _no_meanings(name: Name) -> Sequence[Any]:
    return ()
