"""Pieces of Python: a text, how tightly it holds together, and how numbers and operators are written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from fractions import Fraction

__all__ = ["Code", "Hold", "binary", "call", "name", "negative", "number", "power"]

# Whole numbers up to here are the same as integers and as float64.
_LARGEST_WHOLE = 2**53


class Hold(IntEnum):
    """How tightly a piece holds together; a looser one needs brackets inside a tighter one."""

    RELATION = 0
    SUM = 1
    PRODUCT = 2
    SIGN = 3
    POWER = 4
    ATOM = 5


@dataclass(frozen=True, slots=True)
class Code:
    """A piece of Python.

    Args:
        text: as it is written.
        hold: how tightly it holds together.
        is_simple: a name or a number, which stands close to `**` and is not worth a name of its own.
        is_plain: a number of Python itself, which functions of tensors do not take.
        condition: for what is 1 where a condition holds and 0 elsewhere, that condition.
        operator: the outermost operator, if there is one.
    """

    text: str
    hold: Hold = Hold.ATOM
    is_simple: bool = False
    is_plain: bool = False
    condition: str = ""
    operator: str = ""

    def within(self, hold: Hold) -> str:
        """The text, in brackets if it is looser than that."""
        return self.text if self.hold >= hold else f"({self.text})"


def name(text: str, is_plain: bool = False) -> Code:
    """A name."""
    return Code(text, is_simple=True, is_plain=is_plain)


def call(text: str) -> Code:
    """A call, or anything else in brackets of its own."""
    return Code(text)


def number(value: Fraction) -> Code:
    """An exact number as Python reads it: 0.5 for 1/2, but 1 / 3 for a third.

    >>> number(Fraction(1, 2)).text, number(Fraction(1, 3)).text, number(Fraction(-2)).text
    ('0.5', '1 / 3', '-2')
    """
    if value < 0:
        return negative(number(-value))
    if value.denominator == 1 and value <= _LARGEST_WHOLE:
        return Code(str(value), is_simple=True, is_plain=True)
    try:
        decimal = repr(float(value))
    except OverflowError:
        return Code("math.inf", is_simple=True, is_plain=True)
    if Fraction(decimal) != value and max(value.numerator, value.denominator) <= _LARGEST_WHOLE:
        return Code(f"{value.numerator} / {value.denominator}", Hold.PRODUCT, is_plain=True, operator="/")
    return Code(decimal, is_simple=True, is_plain=True)


def binary(operator: str, left: Code, right: Code) -> Code:
    """Two pieces with an operator between them; Python reads equals from the left."""
    hold = Hold.SUM if operator in "+-" else Hold.PRODUCT
    texts = [left.within(hold), right.text if right.hold > hold else f"({right.text})"]
    # x @ W * m is read as it should be, but not by everybody.
    if left.hold is Hold.PRODUCT and hold is Hold.PRODUCT and "@" in (operator, left.operator) and operator != "@":
        texts[0] = f"({left.text})"
    text = f" {operator} ".join(texts)
    return Code(text, hold, is_plain=left.is_plain and right.is_plain, operator=operator)


def negative(inner: Code) -> Code:
    """A minus sign before a piece; before a power it is written with brackets, so that nobody has to know the rule."""
    text = f"-{inner.text}" if inner.hold is Hold.ATOM else f"-({inner.text})"
    return replace(inner, text=text, hold=Hold.SIGN, condition="", operator="-")


def power(base: Code, exponent: Code) -> Code:
    """A power; simple ones without spaces, as formatters write it."""
    above = exponent.text if exponent.hold > Hold.POWER or exponent.is_simple else f"({exponent.text})"
    below = base.text if base.hold > Hold.POWER else f"({base.text})"
    close = base.is_simple and base.hold is Hold.ATOM and exponent.is_simple
    text = f"{below}**{above}" if close else f"{below} ** {above}"
    return Code(text, Hold.POWER, is_plain=base.is_plain and exponent.is_plain, operator="**")
