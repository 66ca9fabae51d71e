"""Works lines out as a person does: with so many digits, rounded or cut off, carried on as printed or not."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

import numpy as np
from expressions import Quantity, Value, evaluate, references
from working import Line

LEAST_DIGITS = 2
MOST_DECIMALS = 10
Shown = str | tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Digits:
    """How numbers are printed.

    Args:
        count: how many decimals, or how many significant digits.
        significant: which of the two.
        cut: whether the rest is cut off rather than rounded.
        zeros: whether a result that is exact keeps zeros at its end.
    """

    count: int
    significant: bool = False
    cut: bool = False
    zeros: bool = True

    def decimals(self, value: float) -> int:
        """How many decimals a value gets: never fewer than show two digits of it."""
        if value == 0 or not math.isfinite(value):
            return self.count
        above = math.floor(math.log10(abs(value)))
        if self.significant:
            return min(max(self.count - 1 - above, 0), MOST_DECIMALS)
        return min(max(self.count, LEAST_DIGITS - 1 - above), MOST_DECIMALS)

    def text(self, value: float) -> str:
        """The number as it is printed."""
        if not math.isfinite(value):
            return repr(value)
        places = Decimal(1).scaleb(-self.decimals(value))
        exact = Decimal(repr(float(value))).quantize(places, ROUND_HALF_UP)
        is_exact = abs(float(exact) - value) < 1e-12
        # What is exact but for the noise of float64 is not cut off one unit lower.
        number = (
            exact
            if is_exact
            else Decimal(repr(float(value))).quantize(places, ROUND_DOWN if self.cut else ROUND_HALF_UP)
        )
        text = f"{number:f}"
        if is_exact and not self.zeros and "." in text:
            text = text.rstrip("0").rstrip(".")
        return "0" if float(text) == 0 else text

    def shown(self, value: Value) -> Shown:
        """A number, or a matrix of them, as printed."""
        if np.ndim(value) == 0:
            return self.text(float(value))
        return tuple(tuple(self.text(float(entry)) for entry in row) for row in np.atleast_2d(value))


def plain(number: float) -> str:
    """A number of the problem as its file has it."""
    return f"{Decimal(repr(float(number))).normalize():f}"


def given_shown(value: Value) -> Shown:
    """The numbers of the problem as its file has them."""
    if np.ndim(value) == 0:
        return plain(float(value))
    return tuple(tuple(plain(float(entry)) for entry in row) for row in np.atleast_2d(value))


def number_of(shown: Shown) -> Value:
    """The value of what is printed."""
    if isinstance(shown, str):
        return float(shown)
    return np.array([[float(entry) for entry in row] for row in shown])


def unit_of(text: str) -> float:
    """One unit in the last printed place."""
    return 10.0 ** -(len(text.partition(".")[2]))


def entries(shown: Shown) -> list[str]:
    """All numbers of what is printed."""
    return [shown] if isinstance(shown, str) else [entry for row in shown for entry in row]


class Page:
    """A working, worked out: what every line comes to and how it is printed.

    Args:
        lines: the lines; each may be defined after those that use it.
        given: the numbers of the problem.
        digits: how results are printed; `None` works with all digits.
        rounded: whether a printed number is what the next line uses.
        hidden: what is not on the page and so never rounded.
    """

    def __init__(
        self,
        lines: Iterable[Line],
        given: Mapping[Quantity, Value],
        digits: Digits | None = None,
        rounded: bool = False,
        hidden: frozenset[Quantity] = frozenset(),
    ) -> None:
        self.lines = {line.of: line for line in lines}
        self.given, self.digits, self.rounded, self.hidden = given, digits, rounded, hidden
        self._carried: dict[Quantity, Value] = {}
        self._raw: dict[Quantity, Value] = {}

    def raw(self, of: Quantity) -> Value:
        """What a line comes to before it is printed, from the numbers that are carried."""
        if of not in self._raw:
            self._raw[of] = self.given[of] if of in self.given else evaluate(self.lines[of].says, self.carried)
        return self._raw[of]

    def carried(self, of: Quantity) -> Value:
        """The number that later lines use."""
        if of not in self._carried:
            line = self.lines.get(of)
            if line is not None and line.result is not None:
                self._carried[of] = line.result[0]
            elif line is not None and self.digits and self.rounded and of not in self.hidden:
                self._carried[of] = number_of(self.digits.shown(self.raw(of)))
            else:
                self._carried[of] = self.raw(of)
        return self._carried[of]

    def shown(self, of: Quantity) -> Shown:
        """A quantity as it is printed."""
        if of in self.given:
            return given_shown(self.given[of])
        result = self.lines[of].result
        if result is not None:
            return result[1]
        assert self.digits is not None
        return self.digits.shown(self.raw(of))

    def sources(self, of: Quantity) -> list[Quantity]:
        """The lines on the page that a line rests on, itself or through what is not on the page."""
        found: dict[Quantity, None] = {}
        waiting = list(references(self.lines[of].says))
        while waiting:
            quantity = waiting.pop(0)
            if quantity in self.hidden:
                waiting += references(self.lines[quantity].says)
            elif quantity not in self.given:
                found[quantity] = None
        return list(found)

    def doubt(self, of: Quantity) -> Value:
        """How far the result may be off because of the digits of the visible numbers that it rests on."""
        return _doubt(self, of)


def _doubt(page: Page, of: Quantity) -> Value:
    """The sum over all entries that it rests on, each moved by one unit of its last place."""
    total: Value = np.zeros_like(np.asarray(page.raw(of), dtype=float))
    for source in page.sources(of):
        shown = page.shown(source)
        value = np.atleast_2d(np.asarray(number_of(shown), dtype=float))
        units = [unit_of(entry) for entry in entries(shown)]
        for index, unit in enumerate(units):
            moved = value.copy().reshape(-1)
            moved[index] += unit
            changed = moved.reshape(value.shape) if not isinstance(shown, str) else float(moved[0])
            total = total + np.abs(np.asarray(_again(page, of, source, changed)) - np.asarray(page.raw(of)))
    return total


def _again(page: Page, of: Quantity, source: Quantity, value: Value) -> Value:
    """The result with another number for one visible source; what is not on the page is worked out again."""
    known: dict[Quantity, Value] = {source: value}

    def lookup(quantity: Quantity) -> Value:
        if quantity not in known:
            fresh = quantity in page.hidden and quantity in page.lines
            known[quantity] = evaluate(page.lines[quantity].says, lookup) if fresh else page.carried(quantity)
        return known[quantity]

    return evaluate(page.lines[of].says, lookup)
