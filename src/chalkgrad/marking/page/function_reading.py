"""Functions with their arguments, roots, accents and notes."""

from __future__ import annotations

from dataclasses import replace

from chalkgrad.marking.page.items import Block, Item, Unreadable, begins_operand
from chalkgrad.marking.page.name_reading import NameReader
from chalkgrad.marking.page.scripts import plain_script
from chalkgrad.marking.page.tokens import Kind, Token
from chalkgrad.marking.page.written import Annotated, Call, Group, Name, Negative, Number, Power, Product, Term

__all__ = ["FunctionReader"]

_LIMITS = frozenset({"sum", "max", "min", "mean", "argmax", "prod"})


class FunctionReader(NameReader):
    """Reads functions and what else takes an argument."""

    def call(self, token: Token) -> Term:
        """A function with its arguments: `\\tanh^2(u)`, `\\ln x`, `\\sum_{i} x_i`; a word by itself is a name."""
        if self.here is None and self.text[token.start] != "\\":
            return Name(token.start, token.end, self.text[token.start : token.end])
        power: Term | None = None
        primes, note, end = 0, "", token.end
        while sign := self.at(Kind.SUPERSCRIPT, Kind.SUBSCRIPT, Kind.PRIME):
            if sign.kind is Kind.PRIME:
                self.place += 1
                primes += max(1, len(sign.value))
            elif token.value in _LIMITS:
                start = sign.start
                end = self.peek_script()[1]
                self.skip_script()
                note += self.text[start:end]
            elif sign.kind is Kind.SUPERSCRIPT and power is None and not self._is_prime_script():
                power = self.exponent()[0]
            elif sign.kind is Kind.SUPERSCRIPT and power is None:
                primes += 1
                self.skip_script()
            else:
                raise Unreadable("a function with a script")
        return self._applied(token, power, primes, note)

    def _is_prime_script(self) -> bool:
        return plain_script(self.peek_script()[0]) == "'"

    def _applied(self, token: Token, power: Term | None, primes: int, note: str) -> Term:
        if isinstance(power, Negative):
            raise Unreadable("an inverse function")
        if token.value == "sum" and self.text[token.start] in "\\∑":
            cells: tuple[Term, ...] = (self.product(),)
        elif self.has_arguments() or self.block("|") or self.block("{"):
            block = self.take()
            cells = self._cells(block)
        elif token.value in _LIMITS:
            cells = (self.product(),)
        else:
            cells = (self._argument_without_brackets(),)
        call: Term = Call(token.start, self.items[self.place - 1].end, token.value, cells, primes)
        if power is not None:
            call = Power(call.start, call.end, call, power)
        return Annotated(call.start, call.end, call, note) if note else call

    def _cells(self, block: Item) -> tuple[Term, ...]:
        if isinstance(block, Block) and block.cells:
            return block.cells
        if isinstance(block, Block) and block.term is not None:
            return (block.term,)
        raise Unreadable((isinstance(block, Block) and block.why) or "the arguments of a function cannot be read")

    def _argument_without_brackets(self) -> Term:
        """`\\ln x`, `\\exp -z`, `\\tanh 2 x`: one factor, and what a number multiplies."""
        if not begins_operand(self.here) and not self.at(Kind.MINUS):
            raise Unreadable("a function without an argument")
        argument = self.signed()
        if isinstance(argument, Number) and self.at(Kind.NAME, Kind.ACCENT):
            name = self.factor()
            return Product(argument.start, name.end, (argument, name), ("", ""))
        return argument

    def root(self, token: Token) -> Term:
        """A square root."""
        if self.block("["):
            raise Unreadable("a root that is no square root")
        item = self.take()
        end = item.end
        if isinstance(item, Block):
            if item.term is None:
                raise Unreadable(item.why)
            inner = item.term.inner if isinstance(item.term, Group) else item.term
        else:
            self.place -= 1
            inner = self.operand()
            end = inner.end
        return Call(token.start, end, "sqrt", (inner,))

    def accent(self, token: Token) -> Term:
        """`\\hat{y}` with the scripts behind it."""
        item = self.take()
        self.deeper()
        term = self.alone(item) if not (isinstance(item, Token) and item.kind is Kind.ACCENT) else self.accent(item)
        self.depth -= 1
        if not isinstance(term, Name) or (term.accent and token.value):
            raise Unreadable("an accent over something that is no name")
        named = replace(term, start=token.start, end=item.end, accent=token.value or term.accent)
        return self.scripts(named)

    def note(self, token: Token) -> Term:
        """`\\underbrace{..}_{..}` and `\\overset{..}{..}`."""
        item = self.take()
        term = self.alone(item)
        note, end = self.text[token.start : token.end] if token.value == "before" else "", item.end
        while token.value == "behind" and self.at(Kind.SUBSCRIPT, Kind.SUPERSCRIPT):
            written, end = self.peek_script()
            note = f"{note} {written}".strip()
            self.skip_script()
        return Annotated(token.start, end, term, note)
