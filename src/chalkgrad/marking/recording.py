"""Terms of numbers, worked out many times with some of their numbers changed.

A term is worked out once with numbers that write down what is done with them. What was written down is then done again
for other numbers, and of it only what a changed number has a part in.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy

__all__ = ["Recorded", "Recording"]


@dataclass(frozen=True, slots=True)
class _Work:
    """One step: as Python's floats do it, and as NumPy's do where Python raises."""

    quick: Callable[..., float]
    careful: Callable[..., Any]

    def __call__(self, *numbers: float) -> float:
        try:
            return self.quick(*numbers)
        except (ArithmeticError, ValueError):
            with numpy.errstate(all="ignore"):
                return float(self.careful(*[numpy.float64(number) for number in numbers]))


_ADD = _Work(operator.add, numpy.add)
_SUBTRACT = _Work(operator.sub, numpy.subtract)
_MULTIPLY = _Work(operator.mul, numpy.multiply)
_DIVIDE = _Work(operator.truediv, numpy.divide)
_POWER = _Work(math.pow, numpy.power)
_NEGATE = _Work(operator.neg, numpy.negative)
_FUNCTIONS = {name: _Work(getattr(math, name), getattr(numpy, name)) for name in ("exp", "log", "sqrt", "tanh")}


class Recorded:
    """A number that writes down what is done with it. NumPy takes it for an object and asks for its methods.

    What has no method here, such as a comparison, raises a `TypeError`.

    Args:
        number: what it is, if it was not worked out.
        place: where it stands in the page, if it may be changed.
        work: what it was worked out by.
        sources: the numbers that it was worked out from.
    """

    __slots__ = ("number", "place", "sources", "work")

    ndim: ClassVar = 0
    shape: ClassVar[tuple[int, ...]] = ()
    size: ClassVar = 1

    def __init__(
        self,
        number: float = math.nan,
        place: int | None = None,
        work: _Work | None = None,
        sources: tuple[Recorded, ...] = (),
    ) -> None:
        self.number, self.place, self.work, self.sources = number, place, work, sources

    @property
    def T(self) -> Recorded:
        """A number is its own transpose."""
        return self

    def __add__(self, other: Any) -> Any:
        return _made(_ADD, self, other)

    def __radd__(self, other: Any) -> Any:
        return _made(_ADD, other, self)

    def __sub__(self, other: Any) -> Any:
        return _made(_SUBTRACT, self, other)

    def __rsub__(self, other: Any) -> Any:
        return _made(_SUBTRACT, other, self)

    def __mul__(self, other: Any) -> Any:
        return _made(_MULTIPLY, self, other)

    def __rmul__(self, other: Any) -> Any:
        return _made(_MULTIPLY, other, self)

    def __truediv__(self, other: Any) -> Any:
        return _made(_DIVIDE, self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _made(_DIVIDE, other, self)

    def __pow__(self, other: Any) -> Any:
        return _made(_POWER, self, other)

    def __rpow__(self, other: Any) -> Any:
        return _made(_POWER, other, self)

    def __neg__(self) -> Recorded:
        return Recorded(work=_NEGATE, sources=(self,))

    def __bool__(self) -> bool:
        raise TypeError("what is done with a recorded number must not hang on how large it is")

    def __eq__(self, other: object) -> bool:
        return bool(self)

    __hash__ = None  # type: ignore[assignment]

    def exp(self) -> Recorded:
        """What NumPy asks for as `numpy.exp`."""
        return Recorded(work=_FUNCTIONS["exp"], sources=(self,))

    def log(self) -> Recorded:
        """What NumPy asks for as `numpy.log`."""
        return Recorded(work=_FUNCTIONS["log"], sources=(self,))

    def sqrt(self) -> Recorded:
        """What NumPy asks for as `numpy.sqrt`."""
        return Recorded(work=_FUNCTIONS["sqrt"], sources=(self,))

    def tanh(self) -> Recorded:
        """What NumPy asks for as `numpy.tanh`."""
        return Recorded(work=_FUNCTIONS["tanh"], sources=(self,))


def _made(work: _Work, left: Any, right: Any) -> Any:
    if isinstance(left, numpy.ndarray) or isinstance(right, numpy.ndarray):
        return NotImplemented  # NumPy takes the entries one by one
    return Recorded(work=work, sources=(_recorded(left), _recorded(right)))


def _recorded(number: Any) -> Recorded:
    return number if isinstance(number, Recorded) else Recorded(float(number))


Step = tuple[_Work, tuple[int, ...], int]


class Recording:
    """What was done to come to a value.

    Args:
        value: a recorded number or an array of them.
    """

    def __init__(self, value: Any) -> None:
        entries = numpy.asarray(value, dtype=object)
        self._shape = entries.shape
        slots: dict[int, int] = {}
        order = list(_in_order(entries.flat))
        steps: list[Step] = []
        self._places: dict[int, list[int]] = {}
        self._numbers = [one.number for one in order]
        for slot, one in enumerate(order):
            slots[id(one)] = slot
            if one.place is not None:
                self._places.setdefault(one.place, []).append(slot)
            if one.work is not None:
                steps.append((one.work, tuple(slots[id(source)] for source in one.sources), slot))
        self._results = [slots[id(entry)] for entry in entries.flat]
        self._steps = {place: _behind(steps, found) for place, found in self._places.items()}
        for work, sources, target in steps:
            self._numbers[target] = work(*[self._numbers[source] for source in sources])

    def with_numbers(self, readings: Mapping[int, float]) -> Any:
        """The value with other numbers at some places."""
        known = self._numbers
        for place, number in readings.items():
            known = self._changed(known, place, number)
        return self._value(known)

    def moves(self, readings: Mapping[int, float], moved: Mapping[int, float]) -> Iterator[Any]:
        """The value with other numbers at some places, and one more changed each time."""
        known = self._numbers
        for place, number in readings.items():
            known = self._changed(known, place, number)
        for place, number in moved.items():
            yield self._value(self._changed(known, place, number))

    def _changed(self, known: list[float], place: int, number: float) -> list[float]:
        if place not in self._places:
            return known
        known = known.copy()
        for slot in self._places[place]:
            known[slot] = number
        for work, sources, target in self._steps[place]:
            known[target] = work(*[known[source] for source in sources])
        return known

    def _value(self, known: Sequence[float]) -> Any:
        found = [known[slot] for slot in self._results]
        return numpy.array(found, dtype=numpy.float64).reshape(self._shape)[()]


def _in_order(results: Iterator[Recorded]) -> Iterator[Recorded]:
    """Everything that some numbers were worked out from, and they themselves, each after its sources."""
    seen: set[int] = set()
    for result in results:
        stack = [(result, iter(result.sources))]
        while stack:
            one, ahead = stack[-1]
            source = next((source for source in ahead if id(source) not in seen), None)
            if source is not None:
                stack.append((source, iter(source.sources)))
                continue
            stack.pop()
            if id(one) not in seen:
                seen.add(id(one))
                yield one


def _behind(steps: Sequence[Step], slots: Sequence[int]) -> list[Step]:
    """The steps in which some numbers have a part."""
    touched, found = set(slots), []
    for step in steps:
        if not touched.isdisjoint(step[1]):
            touched.add(step[2])
            found.append(step)
    return found
