"""Slips that no step of the derivation shows, only the page: digits that changed places, a number from another line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy

from chalkgrad.core.node import Node
from chalkgrad.marking.arithmetic import NumberPart
from chalkgrad.marking.course import Stage
from chalkgrad.marking.digits import Misreading, plain_numbers, unit_of
from chalkgrad.marking.fitting import Fit
from chalkgrad.marking.formulas import numbers_of
from chalkgrad.marking.notebook import Notebook
from chalkgrad.marking.page.written import Number
from chalkgrad.marking.right_lines import name_of
from chalkgrad.marking.worlds import leaves_of

__all__ = ["has_swapped_digits", "operand_slip"]


def has_swapped_digits(fit: Fit, numbers: Sequence[NumberPart]) -> bool:
    """Whether a result is what it should be with two neighbouring digits swapped.

    Args:
        fit: the result.
        numbers: the parts of its line that are numbers; what stands before the result counts as what it should be, too.
    """
    targets = [fit.follows, *(part.value for part in numbers[:-1])]
    value, unit = numbers_of(fit.value), numbers_of(numpy.broadcast_to(fit.unit, numpy.shape(fit.value)))
    for target in targets:
        right = numbers_of(target)
        if len(right) == len(value) and _only_swapped(value, unit, right):
            return True
    return False


def _only_swapped(values: Sequence[float], units: Sequence[float], right: Sequence[float]) -> bool:
    swapped = 0
    for value, unit, target in zip(values, units, right, strict=True):
        if abs(value - target) <= unit * (1 + 1e-9):
            continue
        if not unit or not _is_swap(value, target, unit):
            return False
        swapped += 1
    return swapped == 1


def _is_swap(value: float, target: float, unit: float) -> bool:
    decimals = max(0, round(-numpy.log10(unit)))
    shown = f"{abs(value):.{decimals}f}"
    turned = (
        shown[:k] + shown[k + 1] + shown[k] + shown[k + 2 :]
        for k in range(len(shown) - 1)
        if shown[k] != shown[k + 1] and "." not in shown[k : k + 2]
    )
    return (value < 0) == (target < 0) and any(abs(float(text) - abs(target)) <= 1.5 * unit for text in turned)


def operand_slip(notes: Notebook, fit: Fit, numbers: Sequence[NumberPart]) -> tuple[str, str] | None:
    """The code and the words of a slip in one of the numbers that were put in, or `None`.

    A number that would have to be its own negative lost its minus; one that would have to be another quantity of the
    formula was copied from another line.
    """
    if numpy.ndim(fit.follows):
        return None
    put_in = next((part for part in numbers if not part.is_printed and numpy.ndim(part.value) == 0), None)
    if put_in is None:
        return None
    wanted = [(number, needed) for number, needed in _wanted(notes, fit, put_in) if unit_of(number)]
    stage = notes.course.stage(fit.quantity.stage)
    for number, needed in wanted:
        if _is_swap(float(number.value), abs(needed), unit_of(number)):
            return "digits-swapped", f"In {number.text} two digits are swapped."
    turned = [number for number, needed in wanted if _is_turned(number, needed)]
    if len(turned) > 1:
        # Of the factors of a term, the one whose quantity is negative.
        negative = [-value for value in (notes.ledger.value(stage.number, node) for node in stage.true) if value < 0]
        turned = [n for n in turned if any(abs(value - float(n.value)) <= unit_of(n) for value in negative)]
    if len(turned) == 1:
        return "minus-dropped", f"A minus was lost at {turned[0].text}."
    for number, needed in wanted:
        leaf = _leaf_of(notes, fit, needed)
        if leaf is not None and _is_of_another(notes, stage, leaf, number):
            words = f"{number.text} was put in where {name_of(leaf, stage)} belongs."
            return _code_of(notes, stage, leaf, number), words
    return None


def _is_turned(number: Number, needed: float) -> bool:
    """Whether a number should have been its own negative."""
    value, unit = float(number.value), unit_of(number)
    return value > 10 * unit and abs(needed + value) <= max(2e-3 * value, 1.5 * unit)


def _is_of_another(notes: Notebook, stage: Stage, leaf: Node, number: Number) -> bool:
    """Whether a number is that of another quantity of the page or the problem."""
    value, unit = float(number.value), unit_of(number)
    others = (node for node in stage.true if node is not leaf and node not in stage.units.settings.values())
    return any(abs(abs(notes.ledger.value(stage.number, node)) - value) <= unit for node in others)


def _code_of(notes: Notebook, stage: Stage, leaf: Node, number: Number) -> str:
    """Whether an input stands for an activation, or the other way round; else the number is from some other line."""
    given = [node for node in stage.true if node not in stage.statements and node not in stage.side]
    units = [made.symbol for made in stage.statements.values() if made.kind == "forward"]
    value, unit = float(number.value), unit_of(number)

    def has(symbols: Sequence[Node]) -> bool:
        return any(abs(abs(notes.ledger.value(stage.number, node)) - value) <= unit for node in symbols)

    parameters = set(stage.units.updated)
    inputs = [node for node in given if node not in parameters and node not in stage.units.settings.values()]
    crossed = (leaf in inputs and has(units)) or (leaf in units and has(inputs))
    return "input-for-activation" if crossed else "copied-wrong-line"


def _wanted(notes: Notebook, fit: Fit, part: NumberPart) -> Iterator[tuple[Number, float]]:
    """For each number that was put in, what it would have to be for the line to come to the right result."""
    target, here = float(fit.follows), float(part.value)
    for number in plain_numbers(part.term):
        value = float(number.value)
        moved = notes.arithmetic.part(part.place, part.term, {number.start: Misreading(value + 1.0, "", "")})
        slope = float(moved.value) - here if moved is not None else 0.0
        if not slope or not numpy.isfinite(slope):
            continue
        needed = value + (target - here) / slope
        again = notes.arithmetic.part(part.place, part.term, {number.start: Misreading(needed, "", "")})
        if again is not None and abs(float(again.value) - target) <= 1e-9 + 1e-6 * abs(target):
            yield number, needed


def _leaf_of(notes: Notebook, fit: Fit, needed: float) -> Node | None:
    """The quantity of the formula whose number was needed."""
    stage = notes.course.stage(fit.quantity.stage)
    for leaf in _what_it_takes(notes, stage, fit.quantity.flat[0]):
        value = notes.ledger.value(stage.number, leaf)
        said = notes.ledger.said(stage.number, leaf)
        room = 4e-3 * abs(value) + (said.unit if said is not None else 0.0)
        if value and abs(abs(needed) - abs(value)) <= room:
            return leaf
    return None


def _what_it_takes(notes: Notebook, stage: Stage, symbol: Node) -> list[Node]:
    """The symbols of a formula, and of those of them that the page does not say."""
    found: list[Node] = []
    ahead = [symbol]
    for node in ahead:
        formula = stage.formulas.get(node)
        for leaf in leaves_of(formula) if formula is not None else ():
            if leaf not in found:
                found.append(leaf)
                if notes.ledger.said(stage.number, leaf) is None and len(ahead) < 12:
                    ahead.append(leaf)
    return found
