"""Terms from tokens and blocks: sums, products, quotients, powers, names, calls, derivatives.

Blocks are read before what is around them, so that nothing here goes down into brackets; what is left to nest, such as
a row of minus signs, is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from chalkgrad.marking.page.cursor import DEEPEST, why_not
from chalkgrad.marking.page.derivative_reading import DerivativeReader
from chalkgrad.marking.page.items import Block, Item, Unreadable, begins_operand, without_spaces
from chalkgrad.marking.page.tokens import Kind, Token
from chalkgrad.marking.page.written import (
    Annotated,
    Call,
    Derivative,
    Entry,
    Group,
    Matrix,
    Name,
    Negative,
    Number,
    Product,
    Quotient,
    Sum,
    Term,
    Times,
    Transpose,
)
from chalkgrad.reading.spelling import SUBSCRIPTS

__all__ = ["parse_term", "step_of"]


def parse_term(items: Sequence[Item], start: int, end: int, text: str) -> Term:
    """Read items as one term, all of them.

    Args:
        items: tokens and blocks, with spacing or without.
        start: where they begin in the text, for a message.
        end: where they end.
        text: the page.

    Raises:
        Unreadable: they are not one term; the message says why.
    """
    parser = _Parser(without_spaces(items), text)
    if not parser.items:
        raise Unreadable("nothing stands here")
    return parser.whole()


class _Parser(DerivativeReader):
    """Reads sums, products and factors; `place` is the next item."""

    def whole(self) -> Term:
        """All that is there as one term."""
        term = self.sum()
        if self.here is not None:
            raise Unreadable(why_not(self.here))
        return term

    def sum(self) -> Term:
        first, signs = self.at(Kind.PLUS), list[Literal["+", "-"]](["+"])
        if first:
            self.place += 1
        terms = [self.product()]
        while sign := self.at(Kind.PLUS, Kind.MINUS):
            self.place += 1
            signs.append("+" if sign.kind is Kind.PLUS else "-")
            terms.append(self.product())
        if len(terms) == 1:
            return terms[0]
        return Sum(terms[0].start, terms[-1].end, tuple(terms), tuple(signs))

    def product(self) -> Term:
        if sign := self.at(Kind.MINUS):
            self.place += 1
            self.deeper()
            operand = self.product()
            self.depth -= 1
            return Negative(sign.start, operand.end, operand)
        factors, signs = [self.factor()], list[Times]([""])
        while True:
            if sign := self.at(Kind.TIMES):
                self.place += 1
                signs.append(_times(sign.value))
                factors.append(self.signed())
            elif self.at(Kind.SLASH):
                self.place += 1
                below = self.signed()
                above = _product(factors, signs)
                factors, signs = [Quotient(above.start, below.end, above, below)], [""]
            elif begins_operand(self.here):
                self._refuse_number(factors[-1])
                signs.append("")
                factors.append(self.factor())
            else:
                return _product(factors, signs)

    def _refuse_number(self, before: Term) -> None:
        """`x 2` and `2 3` are no products on a page."""
        if self.at(Kind.NUMBER) and isinstance(before, Number | Name):
            raise Unreadable("a number stands behind another term without an operator")

    def signed(self) -> Term:
        """A factor that may have a minus sign of its own, as in `2 \\times -1`."""
        if sign := self.at(Kind.MINUS):
            self.place += 1
            self.deeper()
            operand = self.signed()
            self.depth -= 1
            return Negative(sign.start, operand.end, operand)
        if self.at(Kind.PLUS):
            self.place += 1
        return self.factor()

    def factor(self) -> Term:
        """An operand with the powers and signs behind it."""
        self.deeper()
        derivative = self.derivative()
        term = derivative if derivative is not None else self.behind(self.operand())
        self.depth -= 1
        return term

    def operand(self) -> Term:
        """An operand by itself, by what it begins with."""
        self.deeper()
        term = self._operand_of(self.take())
        self.depth -= 1
        return term

    def _operand_of(self, here: Item) -> Term:
        if isinstance(here, Block):
            return self.block_term(here)
        if here.kind is Kind.NUMBER:
            return Number(here.start, here.end, self.text[here.start : here.end], here.readings)
        if here.kind is Kind.NAME:
            return self.name(here)
        if here.kind is Kind.FUNCTION:
            return self.call(here)
        if here.kind is Kind.FRACTION:
            return self.fraction(here)
        if here.kind is Kind.ROOT:
            return self.root(here)
        if here.kind is Kind.ACCENT:
            return self.accent(here)
        if here.kind is Kind.NOTE:
            return self.note(here)
        if here.kind is Kind.NABLA:
            return self.nabla(here)
        raise Unreadable("a derivative sign without a fraction" if here.kind is Kind.PARTIAL else why_not(here))

    def _step_behind(self, one: Term) -> Term | None:
        """`1_{z > 0}`."""
        block = self.items[self.place + 1] if self.place + 1 < len(self.items) else None
        step = step_of(block.items, one.start, block.end, self.text) if isinstance(block, Block) else None
        if step is not None:
            self.place += 2
        return step

    def _entry(self, term: Term) -> Term:
        """`(..)_{12}`: an entry of what stands in the brackets."""
        places, end = self.peek_script()
        digits = places.strip("{} ").replace(",", "").replace(" ", "").translate(SUBSCRIPTS)
        if not digits.isdecimal() or len(digits) > 4:
            raise Unreadable("a subscript that is no place behind something that is no name")
        self.skip_script()
        return Entry(term.start, end, term, digits)

    def behind(self, term: Term) -> Term:
        """Powers and transposes behind an operand."""
        count = 0
        while True:
            count += 1
            if count > DEEPEST:
                raise Unreadable("nested too deeply")
            if mark := self.at(Kind.TRANSPOSE):
                self.place += 1
                term = Transpose(term.start, mark.end, term)
            elif self.at(Kind.SUPERSCRIPT):
                term = self.raised(term)
            elif self.at(Kind.SUBSCRIPT) and _is_one(term) and (step := self._step_behind(term)) is not None:
                term = step
            elif self.at(Kind.SUBSCRIPT) and isinstance(term, Call) and term.function == "norm":
                start, end = self.items[self.place].start, self.peek_script()[1]
                self.skip_script()
                term = Annotated(term.start, end, term, self.text[start:end])
            elif self.at(Kind.SUBSCRIPT) and isinstance(term, _HAVE_ENTRIES):
                term = self._entry(term)
            elif isinstance(term, Name) and (self.at(Kind.SUBSCRIPT) or self.at(Kind.PRIME)):
                # `{w_1}'` and `\\hat{y}_1`
                term = self.scripts(term)
            else:
                return term


def _is_one(term: Term) -> bool:
    """Whether this is the `1` of an indicator."""
    return (isinstance(term, Number) and term.text == "1") or (isinstance(term, Name) and term.base == "1")


def step_of(items: Sequence[Item], start: int, end: int, text: str) -> Term | None:
    """The condition `z > 0` as the unit step of `z`, with the condition as its note; None for anything else.

    Args:
        items: the condition.
        start: where the step begins in the text.
        end: where it ends.
        text: the page.
    """
    found = without_spaces(items)
    sign = found[-2] if len(found) > 2 else None
    zero = found[-1] if found else None
    if not isinstance(sign, Token) or sign.kind is not Kind.RELATION or sign.value not in {">", "≥"}:
        return None
    if not isinstance(zero, Token) or zero.kind is not Kind.NUMBER or zero.readings[0].value != 0:
        return None
    inner = parse_term(found[:-2], found[0].start, found[-3].end, text)
    return Annotated(start, end, Call(start, end, "step", (inner,)), f"{sign.value} 0")


_HAVE_ENTRIES = (Derivative, Group, Matrix, Transpose)


def _times(value: str) -> Times:
    known: dict[str, Times] = {"·": "·", "×": "×", "⊙": "⊙", "*": "*", "@": "@"}
    return known[value]


def _product(factors: list[Term], signs: list[Times]) -> Term:
    if len(factors) == 1:
        return factors[0]
    return Product(factors[0].start, factors[-1].end, tuple(factors), tuple(signs))
