"""What is said of a line, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy

from chalkgrad.marking.arithmetic import NumberPart
from chalkgrad.marking.evidence import Cause
from chalkgrad.marking.fitting import Fit, How
from chalkgrad.marking.quantities import Quantity
from chalkgrad.marking.report import Verdict

__all__ = ["shown"]


def shown(value: Any) -> str:
    """Numbers as they stand in a sentence: six significant digits, rows in brackets."""
    array = numpy.asarray(value, dtype=numpy.float64)
    if array.ndim == 0:
        return f"{float(array):.6g}"
    return "[" + ", ".join(shown(entry) for entry in array) + "]"


def fits(verdict: Verdict, fit: Fit, breaks: bool) -> str:
    """Why a number is right, rounded or carried."""
    if verdict is Verdict.RIGHT:
        words = "Right."
    elif verdict is Verdict.ROUNDED:
        words = f"Right with your rounded numbers; without rounding it is {shown(fit.expected)}."
    else:
        words = f"This follows from an earlier wrong number; the right value is {shown(fit.expected)}."
    if fit.how is How.LOOSELY:
        words = words.replace("with your rounded numbers", "within what your rounding allows")
    return words + (" The numbers before it do not give it as they stand." if breaks else "")


def sums_up() -> str:
    """The arithmetic of a line holds."""
    return "The arithmetic holds."


def does_not_add_up(numbers: Sequence[NumberPart]) -> str:
    """The arithmetic of a line does not hold."""
    return f"The numbers give {shown(numbers[0].value)}, not {shown(numbers[-1].value)}."


def unread(suggestion: str, confused: str) -> str:
    """What was probably misread."""
    return f"Not sure that this was read rightly: {suggestion} would make the line right ({confused})."


def taken_for(what: str) -> str:
    """A number with a letter in it."""
    return f"Not sure that this was read rightly: I take {what}."


def damaged(fit: Fit) -> str:
    """A number that cannot be read for sure."""
    return f"This number cannot be read for sure; {shown(fit.follows)} was to be expected."


def carried_damaged(fit: Fit) -> str:
    """A damaged number that follows from a wrong one."""
    return (
        f"Read as {shown(fit.follows)}, this follows from an earlier wrong number; the right value is "
        f"{shown(fit.expected)}."
    )


def other_size(quantity: Quantity) -> str:
    """A number of entries that does not fit."""
    size = "×".join(str(n) for n in numpy.shape(quantity.symbols)) or "one number"
    return f"{quantity.title} is {size}, which this is not."


def slipped(fit: Fit, code: str) -> str:
    """What was put in is right, and the result is not."""
    what = "two digits are swapped" if code == "digits-swapped" else "the working out slipped"
    return f"What you put in is right, but {what}: it comes to {shown(fit.follows)}."


def wrong(fit: Fit, cause: Cause | None, again: bool) -> str:
    """A number that does not follow."""
    right = f"It should be {shown(fit.follows)}."
    if not numpy.allclose(fit.follows, fit.expected, rtol=1e-4):
        right = (
            f"With your numbers it should be {shown(fit.follows)} (without the earlier slips {shown(fit.expected)})."
        )
    if cause is None:
        return right
    return f"The same slip as before: {cause.words} {right}" if again else f"{cause.words} {right}"


def formula_holds(quantity: Quantity) -> str:
    """A right formula."""
    return f"The formula is right: it is {quantity.title}."


def formula_unknown() -> str:
    """A formula that could not be compared."""
    return "Whether this formula holds could not be told."


def no_value() -> str:
    """A line whose right side says nothing."""
    return "What stands on the right could not be worked out."


def wrong_formula(quantity: Quantity, cause: Cause | None, example: str) -> str:
    """A wrong formula."""
    said = f"This is not {quantity.title}."
    return " ".join(filter(None, [cause.words if cause is not None else "", said, example]))


def counterexample(value: Any, expected: Any, own: bool) -> str:
    """Numbers with which a formula goes wrong."""
    where = "With the numbers of the problem" if own else "With some numbers"
    return f"{where} it gives {shown(value)}, and {shown(numpy.squeeze(expected))} is right."


def same_thing() -> str:
    """Both sides are the same."""
    return "Both sides are the same."


def not_the_same() -> str:
    """Both sides are not the same."""
    return "The two sides are not the same."


def value_holds() -> str:
    """A number that is the value of the letters before it."""
    return "The value is right."


def value_is_not(expected: Any) -> str:
    """A number that is not the value of the letters before it."""
    return f"The value is {shown(expected)}."


def not_about_this() -> str:
    """Something that the problem does not ask about."""
    return "This says nothing about the numbers of the problem."
