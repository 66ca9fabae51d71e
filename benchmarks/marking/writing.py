"""Writes expressions as LaTeX or as typed letters, in symbols or with numbers put in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from computing import Page, Shown, given_shown
from expressions import (
    Call,
    Constant,
    Entry,
    Expression,
    Miscopied,
    Power,
    Product,
    Quantity,
    Quotient,
    Ref,
    Sum,
    Transpose,
    Worked,
    evaluate,
)
from naming import Naming

PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


class Binding(IntEnum):
    """How tightly a piece of writing holds together."""

    SUM = 0
    NEGATIVE = 1
    PRODUCT = 2
    POWER = 3
    ATOM = 4


@dataclass(frozen=True)
class Signs:
    """How somebody writes operations.

    Args:
        times: between numbers.
        beside: between symbols; empty for nothing at all.
        elementwise: a product entry by entry.
        matrix: the environment of a matrix in LaTeX.
        sigma: whether a sigmoid of a number is written as σ rather than as a fraction.
        relu: how ReLU is written.
        script: `latin`, `persian`, `persian slash`, `slash` or `comma`: digits and the sign before decimals.
    """

    times: str = r"\cdot"
    beside: str = r"\cdot"
    elementwise: str = r"\odot"
    matrix: str = "bmatrix"
    sigma: bool = True
    relu: str = r"\text{relu}"
    script: str = "latin"

    def number(self, text: str) -> str:
        """A number in this script."""
        if self.script.startswith("persian"):
            text = text.translate(PERSIAN_DIGITS).replace(".", "٫")
            return text.replace("٫", "/") if self.script.endswith("slash") else text
        return text.replace(".", {"slash": "/", "comma": "{,}"}.get(self.script, "."))


Piece = tuple[str, Binding]


@dataclass
class Writer:
    """Writes the expressions of one page."""

    naming: Naming
    signs: Signs
    page: Page
    latex: bool = field(init=False)

    def __post_init__(self) -> None:
        self.latex = self.naming.habits.latex

    def symbols(self, expression: Expression) -> str:
        """The formula by its names."""
        return self._write(expression, self._symbol)[0]

    def numbers(self, expression: Expression) -> str:
        """The formula with the numbers of the page put in."""
        return self._write(expression, self._number)[0]

    def value(self, shown: Shown) -> str:
        """A result."""
        return self._shown(shown)[0]

    def name(self, of: Quantity) -> str:
        """The name of a quantity; the difference itself where it has none."""
        if of.kind == "error" and self.naming.habits.error == "difference":
            return self.symbols(self.page.lines[of].formula)
        return self.naming.name(of)

    def _symbol(self, expression: Expression) -> Piece | None:
        match expression:
            case Ref(of) | Miscopied(of):
                if of.kind == "error" and self.naming.habits.error == "difference":
                    return self.name(of), Binding.SUM
                name = self.naming.name(of)
                is_fraction = not self.latex and "/" in name
                return name, Binding.PRODUCT if is_fraction else Binding.ATOM
            case Entry(of, index):
                name = self.naming.name(of)
                return (f"{name}_{index}" if self.latex else f"{name}{index}"), Binding.ATOM
            case Worked(argument):
                return self._write(argument, self._symbol)
        return None

    def _number(self, expression: Expression) -> Piece | None:
        match expression:
            case Ref(of):
                return self._shown(self.page.shown(of))
            case Miscopied(_, _, text):
                return self._shown(text)
            case Entry(of, index):
                rows = self.page.shown(of)
                return self._shown([entry for row in rows for entry in row][index - 1])
            case Worked(argument):
                return self._worked(argument)
            case Call("relu'", argument):
                return self._worked(expression)
            case Transpose(Ref(of)):
                shown = self.page.shown(of)
                return self._shown(shown if isinstance(shown, str) else tuple(zip(*shown, strict=True)))
        return None

    def _worked(self, expression: Expression) -> Piece:
        if isinstance(expression, Call) and expression.function == "relu'":
            return self._shown(given_shown(evaluate(expression, self.page.carried)))
        assert self.page.digits is not None
        return self._shown(self.page.digits.shown(evaluate(expression, self.page.carried)))

    def _shown(self, shown: Shown) -> Piece:
        if isinstance(shown, str):
            return self.signs.number(shown), Binding.NEGATIVE if shown.startswith("-") else Binding.ATOM
        if self.latex:
            rows = r" \\ ".join(" & ".join(map(self.signs.number, row)) for row in shown)
            return rf"\begin{{{self.signs.matrix}}} {rows} \end{{{self.signs.matrix}}}", Binding.ATOM
        rows = ", ".join(f"[{', '.join(row)}]" for row in shown)
        return (rows if len(shown) == 1 else f"[{rows}]"), Binding.ATOM

    def _write(self, expression: Expression, leaf: Callable[[Expression], Piece | None]) -> Piece:
        found = leaf(expression)
        if found is not None:
            return found
        match expression:
            case Constant(text):
                return self._constant(text)
            case Sum(terms, signs):
                pieces = [
                    self._write(term, leaf) if place == 0 and signs[0] == "+" else self._later(term, leaf)
                    for place, term in enumerate(terms)
                ]
                return self._sum(pieces, signs), Binding.SUM
            case Product(factors, kind):
                return self._product(self._factors(factors, leaf), kind, leaf == self._number, Binding.NEGATIVE)
            case Quotient(numerator, denominator):
                return self._quotient(self._write(numerator, leaf), self._write(denominator, leaf))
            case Power(base, exponent):
                return self._power(self._write(base, leaf), str(exponent)), Binding.POWER
            case Transpose(argument):
                inner = self._bound(self._write(argument, leaf), Binding.ATOM)
                return inner + ("^T" if self.latex else ".T"), Binding.ATOM
            case Call(function, argument):
                return self._call(function, self._write(argument, leaf), leaf == self._number)
        raise TypeError(expression)

    def _later(self, term: Expression, leaf: Callable[[Expression], Piece | None]) -> Piece:
        """A term behind a sign: a product that begins with a negative number has it in brackets."""
        if isinstance(term, Product):
            factors = self._factors(term.factors, leaf)
            return self._product(factors, term.kind, leaf == self._number, Binding.PRODUCT)
        return self._write(term, leaf)

    def _factors(self, factors: tuple[Expression, ...], leaf: Callable[[Expression], Piece | None]) -> list[Piece]:
        return [
            self._later(factor, leaf) if place else self._write(factor, leaf) for place, factor in enumerate(factors)
        ]

    def _brackets(self, text: str) -> str:
        return rf"\left({text}\right)" if self.latex and r"\frac" in text else f"({text})"

    def _bound(self, piece: Piece, least: Binding) -> str:
        return piece[0] if piece[1] >= least else self._brackets(piece[0])

    def _constant(self, text: str) -> Piece:
        if "/" not in text:
            return self.signs.number(text), Binding.ATOM
        above, below = map(self.signs.number, text.split("/"))
        return (rf"\frac{{{above}}}{{{below}}}", Binding.ATOM) if self.latex else (f"{above}/{below}", Binding.PRODUCT)

    def _sum(self, terms: list[Piece], signs: str) -> str:
        first = self._bound(terms[0], Binding.SUM if signs[0] == "+" else Binding.PRODUCT)
        text = first if signs[0] == "+" else f"-{first}"
        for piece, sign in zip(terms[1:], signs[1:], strict=True):
            text += f" {sign} {self._bound(piece, Binding.PRODUCT)}"
        return text

    def _product(self, factors: list[Piece], kind: str, numbers: bool, first: Binding) -> Piece:
        sign = {"elementwise": self.signs.elementwise, "matrix": "" if self.latex else "@"}.get(kind)
        if sign is None:
            sign = self.signs.times if numbers else self.signs.beside
        texts = [self._bound(piece, Binding.PRODUCT if index else first) for index, piece in enumerate(factors)]
        if sign:
            sign = f" {sign} " if self.latex or sign == "@" else sign
        return (sign or " ").join(texts), Binding.PRODUCT

    def _quotient(self, above: Piece, below: Piece) -> Piece:
        if self.latex:
            return rf"\frac{{{above[0]}}}{{{below[0]}}}", Binding.ATOM
        return f"{self._bound(above, Binding.PRODUCT)}/{self._bound(below, Binding.POWER)}", Binding.PRODUCT

    def _power(self, base: Piece, exponent: str) -> str:
        text, binding = base
        if binding < Binding.ATOM or "^" in text or "'" in text or "frac" in text or "nabla" in text or "/" in text:
            text = self._brackets(text)
        return f"{text}^{exponent}"

    def _call(self, function: str, inner: Piece, numbers: bool) -> Piece:
        text = inner[0]
        match function:
            case "exp":
                return (f"e^{{{text}}}", Binding.POWER) if self.latex else (f"exp({text})", Binding.ATOM)
            case "sqrt":
                return (rf"\sqrt{{{text}}}" if self.latex else f"sqrt({text})"), Binding.ATOM
            case "sigmoid" if numbers and not self.signs.sigma:
                return self._logistic(inner)
        words = {"sigmoid": r"\sigma", "tanh": r"\tanh", "ln": r"\ln", "softmax": r"\text{softmax}"}
        if function in ("relu", "relu'"):
            word = self.signs.relu if self.latex else "relu"
            if word == "max" and function == "relu":
                return rf"\max(0, {text})", Binding.ATOM
            word = (r"\text{relu}" if word == "max" else word) + "'" * function.endswith("'")
        else:
            word = words[function] if self.latex else function
        return word + self._brackets(text), Binding.ATOM

    def _logistic(self, inner: Piece) -> Piece:
        turned = inner[0][1:] if inner[1] == Binding.NEGATIVE else f"-{self._bound(inner, Binding.PRODUCT)}"
        if self.latex:
            return rf"\frac{{1}}{{1 + e^{{{turned}}}}}", Binding.ATOM
        return f"1/(1 + exp({turned}))", Binding.PRODUCT


def reduced(expression: Expression, page: Page) -> Expression | None:
    """The formula one step nearer to its result: every compound part worked out; nothing where that is no step."""
    if not isinstance(expression, Sum | Product | Quotient):
        return None
    compound = [
        part for part in _parts(expression) if not isinstance(part, Ref | Miscopied | Constant | Worked | Entry)
    ]
    if not compound or len(_parts(expression)) == 1:
        return None
    return _with_parts(expression, [Worked(part) if part in compound else part for part in _parts(expression)])


def _parts(expression: Sum | Product | Quotient) -> list[Expression]:
    match expression:
        case Sum(terms):
            return list(terms)
        case Product(factors):
            return list(factors)
        case Quotient(numerator, denominator):
            return [numerator, denominator]


def _with_parts(expression: Sum | Product | Quotient, parts: list[Expression]) -> Expression:
    match expression:
        case Sum(_, signs):
            return Sum(tuple(parts), signs)
        case Product(_, kind):
            return Product(tuple(parts), kind)
    return Quotient(parts[0], parts[1])
