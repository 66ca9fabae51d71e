"""Names with their scripts, and powers."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from chalkgrad.marking.page.cursor import Cursor
from chalkgrad.marking.page.items import Block, Item, Unreadable
from chalkgrad.marking.page.scripts import is_index, plain_script, split_transpose
from chalkgrad.marking.page.tokens import OPERATORS, Kind, Token
from chalkgrad.marking.page.written import (
    Annotated,
    Call,
    Group,
    Name,
    Negative,
    Number,
    Power,
    Reading,
    Term,
    Transpose,
)
from chalkgrad.reading.spelling import SUPERSCRIPTS

__all__ = ["NameReader"]

# What stands in brackets behind a name and is no factor: `w_5(new)`.
_STEPS = ("new", "old", "next", "t+1", "k+1", "n+1")


class NameReader(Cursor):
    """Reads names, their scripts, and exponents."""

    def name(self, token: Token) -> Term:
        """A name with its scripts; `e^{..}` and `\\sigma(..)` are calls."""
        name = Name(token.start, token.end, token.value, token.subscript, token.superscript, token.accent)
        if name.text == "Delta" and (changed := self.at(Kind.NAME)):
            self.place += 1
            return self.scripts(
                replace(name, end=changed.end, base=f"Delta{changed.value}", subscript=changed.subscript)
            )
        is_e = token.value == "e" and not token.subscript and not token.superscript
        if is_e and self.at(Kind.SUPERSCRIPT) and not self._is_index():
            argument, end = self.exponent()
            return Call(token.start, end, "exp", (argument,))
        if token.value == "1" and (self.at(Kind.SUBSCRIPT) or self.has_arguments()):
            return self._indicator(name)
        named = self.scripts(name)
        if _calls_sigma(named) and self.block() is not None and self.block("{") is None and self.has_arguments():
            block = self.take()
            return self._called("sigmoid", named, block)
        return named

    def _indicator(self, one: Name) -> Term:
        """`\\mathbb{1}(z > 0)`; a subscript is read behind the name."""
        block = self.block()
        if block is None:
            return one
        self.place += 1
        step = block.cells[0] if block.cells else None
        if not isinstance(step, Annotated):
            raise Unreadable("an indicator without the condition `> 0`")
        return replace(step, start=one.start)

    def _called(self, function: str, name: Term, block: Item) -> Term:
        cells = block.cells if isinstance(block, Block) else ()
        if isinstance(block, Block) and not cells:
            raise Unreadable(block.why or "the arguments of a function cannot be read")
        primes = name.primes if isinstance(name, Name) else 0
        return Call(name.start, block.end, function, cells, primes)

    def _is_index(self) -> bool:
        """Whether the superscript is in brackets or the sign of a transpose, and so no power."""
        written, _ = self.peek_script()
        return is_index(written) or split_transpose(written.strip())[1]

    def scripts(self, name: Name) -> Term:
        """A name with the scripts and primes that follow it, in any order."""
        transposed = False
        while token := self.at(Kind.SUBSCRIPT, Kind.SUPERSCRIPT, Kind.PRIME, Kind.TRANSPOSE):
            if token.kind is Kind.TRANSPOSE:
                if transposed:
                    break
                self.place += 1
                name, transposed = replace(name, end=token.end), True
            elif token.kind is Kind.PRIME:
                self.place += 1
                name = replace(name, end=token.end, primes=name.primes + max(1, len(token.value)))
            elif token.kind is Kind.SUBSCRIPT:
                name = self._subscript(name)
            else:
                raised = self._superscript(name)
                if raised is None:
                    exponent, end = self.exponent()
                    return Power(name.start, end, _transposed(name, transposed, name.end), exponent)
                name, is_transposed = raised
                if is_transposed and transposed:
                    raise Unreadable("two signs of a transpose")
                transposed = transposed or is_transposed
        return _transposed(self._step(name), transposed, name.end)

    def _step(self, name: Name) -> Name:
        """A name with the step that stands in brackets behind it, as in `w_5(new)`."""
        block = self.block("(")
        if block is None or name.superscript or self.text[block.inner_start : block.inner_end].strip() not in _STEPS:
            return name
        self.place += 1
        return replace(name, end=block.end, superscript=self.text[block.inner_start : block.inner_end].strip())

    def _subscript(self, name: Name) -> Name:
        written, end = self.peek_script()
        plain = plain_script(written)
        if not plain:
            raise Unreadable("a subscript that is no plain text")
        if name.subscript and not isinstance(self.items[self.place], Block):
            plain = (
                f"{name.subscript},{plain}"
                if name.subscript[-1].isdigit() and plain[0].isdigit()
                else (name.subscript + plain)
            )
        self.skip_script()
        return replace(name, end=end, subscript=plain)

    def _superscript(self, name: Name) -> tuple[Name, bool] | None:
        """A name with a superscript of plain text, and whether it is transposed; None where the script is a term."""
        written, end = self.peek_script()
        rest, transposed = split_transpose(written)
        plain = plain_script(rest)
        if plain is None:
            return None
        if name.superscript and plain:
            raise Unreadable("two superscripts")
        self.skip_script()
        primes = len(plain) if plain and not plain.strip("'′") else 0
        if primes:
            return replace(name, end=end, primes=name.primes + primes), transposed
        return replace(name, end=end, superscript=plain or name.superscript), transposed

    def peek_script(self) -> tuple[str, int]:
        """The text of the script that follows, and where it ends."""
        sign = self.items[self.place]
        if isinstance(sign, Token) and sign.value:
            return sign.value, sign.end
        stop = self._script_stop()
        if stop == self.place + 1:
            raise Unreadable("a script is missing")
        first, last = self.items[self.place + 1], self.items[stop - 1]
        if isinstance(first, Block) and first.kind == "{":
            return self.text[first.inner_start : first.inner_end], first.end
        return self.text[first.start : last.end], last.end

    def _script_stop(self) -> int:
        """Behind which item the script ends."""
        place = self.place + 1
        first = self.items[place] if place < len(self.items) else None
        if isinstance(first, Token) and first.kind is Kind.MINUS and place + 1 < len(self.items):
            place += 1
            first = self.items[place]
        if isinstance(first, Token) and first.kind is Kind.ACCENT and place + 1 < len(self.items):
            return place + 2
        if first is None or (isinstance(first, Token) and first.kind in OPERATORS - {Kind.TIMES, Kind.PLUS}):
            return self.place + 1
        return place + 1

    def skip_script(self) -> None:
        """Go on behind the script."""
        sign = self.items[self.place]
        self.place = self.place + 1 if isinstance(sign, Token) and sign.value else self._script_stop()

    def raised(self, term: Term) -> Term:
        """A term with the superscript that follows it."""
        if isinstance(term, Name):
            return self.scripts(term)
        written, end = self.peek_script()
        if split_transpose(written) == ("", True):
            self.skip_script()
            return Transpose(term.start, end, term)
        exponent = self.exponent()
        return Power(term.start, exponent[1], term, exponent[0])

    def exponent(self) -> tuple[Term, int]:
        """What stands behind `^`, and where it ends."""
        sign = self.take()
        if isinstance(sign, Token) and sign.value:
            return _raised_digits(sign), sign.end
        if block := self.block("{"):
            self.place += 1
            return self.block_term(block) if block.term is None else block.term, block.end
        if block := self.block("("):
            self.place += 1
            term = self.block_term(block)
            return (term.inner if isinstance(term, Group) else term), block.end
        if minus := self.at(Kind.MINUS):
            self.place += 1
            operand = self.operand()
            return Negative(minus.start, operand.end, operand), operand.end
        operand = self.operand()
        return operand, operand.end


def _transposed(name: Name, transposed: bool, end: int) -> Term:
    return Transpose(name.start, end, name) if transposed else name


def _calls_sigma(term: Term) -> bool:
    """Whether this is the bare letter that stands for the sigmoid where brackets follow."""
    return isinstance(term, Name) and term.base == "sigma" and not (term.subscript or term.superscript or term.accent)


def _raised_digits(token: Token) -> Term:
    """`⁻³` as an exponent."""
    digits = token.value.translate(SUPERSCRIPTS).strip("()")
    sign, plain = digits[:1], digits.lstrip("+-")
    start = token.start + len(token.value) - len(plain)
    if plain.isdecimal():
        inner: Term = Number(start, token.end, plain, (Reading(Fraction(int(plain)), 0),))
    elif plain in {"i", "n"}:
        inner = Name(start, token.end, plain)
    else:
        raise Unreadable("a raised sign that is no exponent")
    return Negative(token.start, token.end, inner) if sign == "-" else inner
