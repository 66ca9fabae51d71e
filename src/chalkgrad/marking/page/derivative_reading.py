"""Fractions, and the derivatives among them."""

from __future__ import annotations

from dataclasses import replace

from chalkgrad.marking.page.cursor import why_not
from chalkgrad.marking.page.function_reading import FunctionReader
from chalkgrad.marking.page.items import Block, Item, Unreadable, begins_operand, without_spaces
from chalkgrad.marking.page.tokens import Kind, Token
from chalkgrad.marking.page.words import NOT_DIFFERENTIALS
from chalkgrad.marking.page.written import Derivative, Name, Product, Quotient, Term

__all__ = ["DerivativeReader"]


class DerivativeReader(FunctionReader):
    """Reads fractions and derivatives."""

    def fraction(self, token: Token) -> Term:
        """`\\frac` with its two arguments: a derivative or a quotient."""
        above, below = self._argument(), self._argument()
        end = self.items[self.place - 1].end
        of, by = self.differential_in(above), self.differential_in(below)
        if of is not None and by is not None and by[0] is not None:
            return self.derived(Derivative(token.start, end, of[0], by[0]))
        if isinstance(above, Token) or isinstance(below, Token):
            return Quotient(token.start, end, self.alone(above), self.alone(below))
        if above.term is None or below.term is None:
            raise Unreadable(above.why or below.why)
        return Quotient(token.start, end, above.term, below.term)

    def _argument(self) -> Item:
        """One argument of a command: a group in braces or one item."""
        item = self.take()
        if isinstance(item, Token) and item.kind not in {Kind.NUMBER, Kind.NAME}:
            raise Unreadable(why_not(item) if item.kind is Kind.UNREAD else "an argument in braces is missing")
        return item

    def derivative(self) -> Term | None:
        """`dL/dw`, `∂L/∂w`, `d/dz (..)`; None where no such thing begins here."""
        token = self.at(Kind.PARTIAL, Kind.NAME)
        if token is None or (token.kind is Kind.NAME and not _may_be_differential(token)):
            return None
        started, depth = self.place, self.depth
        of = self._differential()
        slash = self.at(Kind.SLASH)
        if of is not None and slash:
            self.place += 1
            by = self._differential(with_brackets=False)
            if by is not None and by[0] is not None:
                end = self.items[self.place - 1].end
                return self.derived(Derivative(token.start, end, of[0], by[0]))
        self.place, self.depth = started, depth
        return None

    def derived(self, derivative: Derivative) -> Term:
        """`\\frac{d}{dz} \\sigma(z)` differentiates what follows it."""
        if derivative.of is not None or not begins_operand(self.here):
            return derivative
        of: Term = self.factor()
        if isinstance(of, Name) and self.has_arguments():
            group = self.factor()
            of = Product(of.start, group.end, (of, group), ("", ""))
        return Derivative(derivative.start, of.end, of, derivative.by)

    def _differential(self, with_brackets: bool = True) -> tuple[Term | None] | None:
        """`∂L`, `dL`, `d(...)`, `d` alone; the term in a tuple, or None where there is none.

        Brackets behind a name belong to what is differentiated, `∂F(u)/∂x`, but not to the variable: `∂L/∂h (1 - h)`.
        """
        token = self.at(Kind.PARTIAL, Kind.NAME)
        if token is None:
            return None
        if token.kind is Kind.PARTIAL or (token.value in _BARE and not token.subscript):
            self.place += 1
            if token.kind is Kind.NAME and self.at(Kind.SUPERSCRIPT) and not self.peek_script()[0].isdigit():
                return None  # a quantity that is called d, as in d^{(1)}
            if self.at(Kind.SUPERSCRIPT):
                if token.kind is Kind.PARTIAL or self.peek_script()[0] in {"2", "²"}:
                    raise Unreadable("a second derivative")
                return None
            if self.here is None or self.at(Kind.SLASH):
                return (None,)
            if token.kind is Kind.NAME and self.here.start > token.end + 1:
                return None
            if not begins_operand(self.here) or self.at(Kind.PARTIAL):
                return None
            return (self._differentiated() if with_brackets else self.behind(self.operand()),)
        if not _may_be_differential(token):
            return None
        self.place += 1
        whole = self.scripts(
            Name(token.start, token.end, token.value, token.subscript, token.superscript, token.accent)
        )
        if not isinstance(whole, Name):
            return None
        return (replace(whole, start=whole.start + 1, base=whole.base[1:]),)

    def _differentiated(self) -> Term:
        """One factor, and brackets behind a name: `F(g(u))`."""
        term = self.behind(self.operand())
        if isinstance(term, Name) and self.has_arguments():
            group = self.factor()
            return Product(term.start, group.end, (term, group), ("", ""))
        return term

    def differential_in(self, item: Item) -> tuple[Term | None] | None:
        """What is differentiated, where a whole numerator or denominator is a differential."""
        inside = without_spaces(item.items) if isinstance(item, Block) else [item]
        parser = self.inside(inside)
        if not inside:
            return None
        found = parser._differential()
        if found is None or (found[0] is None and parser.here is not None):
            return None
        if parser.here is not None and found[0] is not None:
            first = inside[0]
            if not (isinstance(first, Token) and first.kind is Kind.PARTIAL):
                return None
            if any(isinstance(other, Token) and other.kind is Kind.PARTIAL for other in inside[1:]):
                raise Unreadable("a second derivative")
            return (self.inside(inside[1:]).whole(),)
        return found

    def nabla(self, token: Token) -> Term:
        """`\\nabla_w L`, or the words `gradient of` before a name."""
        by: Term | None = None
        end = token.end
        if self.at(Kind.SUBSCRIPT):
            item = self.items[self.place + 1] if self.place + 1 < len(self.items) else None
            end = self.peek_script()[1]
            if item is None:
                raise Unreadable("a script is missing")
            by = self.alone(item)
            self.skip_script()
        of: Term | None = None
        if token.value == "of":
            by = self._differentiated()
            return Derivative(token.start, by.end, None, by)
        if self.at(Kind.NAME, Kind.FUNCTION, Kind.ACCENT):
            of = self._differentiated()
            end = of.end
            if by is None and not _is_loss(of):
                of, by = None, of
                if self.at(Kind.NAME):
                    of = self._differentiated()
                    end = of.end
        return Derivative(token.start, end, of, by)


def _is_loss(term: Term) -> bool:
    """Whether a name is what people differentiate, so that `\\nabla L` says nothing of the variable."""
    base = term.factors[0] if isinstance(term, Product) else term
    return not isinstance(base, Name) or base.base in _LOSSES


_LOSSES = frozenset("L J E C f F loss Loss LOSS cost Cost error Error l MSE SSE mse sse obj objective ell".split())


_BARE = frozenset({"d", "delta"})  # many write a delta for the round d


def _may_be_differential(token: Token) -> bool:
    """Whether a name may be a `d` and what is differentiated: `dL`, `dw5`, but not `delta`."""
    if token.value in _BARE:
        return not (token.subscript or token.superscript or token.accent)
    return token.value.startswith("d") and token.value not in NOT_DIFFERENTIALS
