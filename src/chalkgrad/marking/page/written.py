"""What stands on a page: terms, chains of them, lines. Frozen, with places, and without any meaning yet.

A page is somebody's own words. A name is kept as its letters, a superscript is neither a power nor an index, `f(x)` is
neither a call nor a product: whoever knows the problem decides. Nothing is dropped: what cannot be read stands in the
tree as `Unread`, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

__all__ = [
    "Annotated",
    "Call",
    "Cases",
    "Chain",
    "Derivative",
    "Entry",
    "Group",
    "Matrix",
    "Name",
    "Negative",
    "Number",
    "Page",
    "PageLine",
    "Power",
    "Product",
    "Quotient",
    "Reading",
    "Sum",
    "Term",
    "Transpose",
    "Unread",
    "holds",
    "inside",
]

Sign = Literal["", "=", "≈", "→", "←", "<", ">", "≤", "≥", "≠"]
Times = Literal["", "·", "×", "⊙", "*", "@"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the digits of a number.

    Args:
        value: the number.
        decimals: how many digits stand behind the point; `None` for a number that is exact as it stands (a fraction).
        how: what was taken to be something else than it looks, in words; empty for the plain reading.
    """

    value: Fraction
    decimals: int | None
    how: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """The base of all terms. `start` and `end` are places in the text of the page."""

    start: int
    end: int

    def children(self) -> tuple[Term, ...]:
        """The terms directly inside this one, from left to right."""
        return ()


@dataclass(frozen=True, slots=True)
class Number(Term):
    """Digits: `text` as it stands on the page, and the ways to read it, the likeliest first. Never negative."""

    text: str
    readings: tuple[Reading, ...]

    @property
    def value(self) -> Fraction:
        """The likeliest value."""
        return self.readings[0].value


@dataclass(frozen=True, slots=True)
class Name(Term):
    """Letters with scripts: `w_{11}^{[1]}` is `w`, `11`, `[1]`; `\\hat{y}_1'` is `y`, accent `hat`, `1`, one prime.

    Scripts are plain text without markup or blanks: Greek letters by name, `\\text{new}` as `new`. A superscript that
    is only a number may be a power; only who knows the problem can tell.
    """

    base: str
    subscript: str = ""
    superscript: str = ""
    accent: str = ""
    primes: int = 0

    @property
    def text(self) -> str:
        """The name on one line: `w^[1]_11`, `y_hat_1`, `w_1'`."""
        base = f"{self.base}_{self.accent}" if self.accent else self.base
        above = f"^{self.superscript}" if self.superscript else ""
        below = f"_{self.subscript}" if self.subscript else ""
        return f"{base}{above}{below}{chr(39) * self.primes}"


@dataclass(frozen=True, slots=True)
class Call(Term):
    """A function that is known by its word: `tanh(u)`, `\\exp z`, `\\sigma(z)`, `relu'(z)` (one prime)."""

    function: str
    arguments: tuple[Term, ...]
    primes: int = 0

    def children(self) -> tuple[Term, ...]:
        """The arguments."""
        return self.arguments


@dataclass(frozen=True, slots=True)
class Group(Term):
    """What stands in brackets. A name before it may be a function or a factor."""

    inner: Term

    def children(self) -> tuple[Term, ...]:
        """The one inside."""
        return (self.inner,)


@dataclass(frozen=True, slots=True)
class Negative(Term):
    """A minus sign and what follows."""

    operand: Term

    def children(self) -> tuple[Term, ...]:
        """The operand."""
        return (self.operand,)


@dataclass(frozen=True, slots=True)
class Sum(Term):
    """Terms with `+` or `-` before each; the first has `+`."""

    terms: tuple[Term, ...]
    signs: tuple[Literal["+", "-"], ...]

    def children(self) -> tuple[Term, ...]:
        """The terms."""
        return self.terms


@dataclass(frozen=True, slots=True)
class Product(Term):
    """Factors, and what stands before each; before the first, nothing. `""` between two is juxtaposition."""

    factors: tuple[Term, ...]
    signs: tuple[Times, ...]

    def children(self) -> tuple[Term, ...]:
        """The factors."""
        return self.factors


@dataclass(frozen=True, slots=True)
class Quotient(Term):
    """A fraction, or two terms with a slash between them."""

    numerator: Term
    denominator: Term

    def children(self) -> tuple[Term, ...]:
        """Above and below."""
        return (self.numerator, self.denominator)


@dataclass(frozen=True, slots=True)
class Power(Term):
    """A base that is no bare name, with an exponent; `e^{-z}` is the call of `exp`."""

    base: Term
    exponent: Term

    def children(self) -> tuple[Term, ...]:
        """Base and exponent."""
        return (self.base, self.exponent)


@dataclass(frozen=True, slots=True)
class Transpose(Term):
    """`x^T`, `x^\\top`, `xᵀ`, `x.T`. Primes stay with the name: they may mean a new value."""

    operand: Term

    def children(self) -> tuple[Term, ...]:
        """The operand."""
        return (self.operand,)


@dataclass(frozen=True, slots=True)
class Matrix(Term):
    """Rows of terms; rows may differ in length on a page. `(2 \\ 3)` and `[2, 3]` are one row."""

    rows: tuple[tuple[Term, ...], ...]

    def children(self) -> tuple[Term, ...]:
        """The entries, row by row."""
        return tuple(entry for row in self.rows for entry in row)


@dataclass(frozen=True, slots=True)
class Cases(Term):
    """`\\begin{cases}`: values, each with the condition as it was written."""

    values: tuple[Term, ...]
    conditions: tuple[str, ...]

    def children(self) -> tuple[Term, ...]:
        """The values."""
        return self.values


@dataclass(frozen=True, slots=True)
class Derivative(Term):
    """`\\frac{\\partial L}{\\partial w}`, `dL/dw`, `\\nabla_w L`; no `by` in `\\nabla L`, no `of` in `\\nabla_w`."""

    of: Term | None
    by: Term | None

    def children(self) -> tuple[Term, ...]:
        """What is differentiated, and by what."""
        return tuple(term for term in (self.of, self.by) if term is not None)


@dataclass(frozen=True, slots=True)
class Annotated(Term):
    """A term with a note above or below it, as by `\\underbrace`; the note is text."""

    inner: Term
    note: str

    def children(self) -> tuple[Term, ...]:
        """The term."""
        return (self.inner,)


@dataclass(frozen=True, slots=True)
class Entry(Term):
    """An entry of what is no name, as in `(W^T d)_2` or `{\\frac{\\partial L}{\\partial W}}_{12}`.

    Args:
        of: what it is an entry of.
        places: the digits below, without commas: the place of a vector, or row and column of a matrix.
    """

    of: Term
    places: str

    def children(self) -> tuple[Term, ...]:
        """What it is an entry of."""
        return (self.of,)


@dataclass(frozen=True, slots=True)
class Unread(Term):
    """What could not be read: the text, and why."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Chain:
    """`a = b = c ≈ d`: parts, and the sign before each.

    Args:
        parts: the terms.
        signs: the sign before each part. The first is empty, unless the chain goes on with what stands before it, as in
            a line that begins with `=` or with an arrow.
        line: the line of the page on which it begins, counted from 1.
        start: where it begins in the text of the page.
        end: where it ends.
    """

    parts: tuple[Term, ...]
    signs: tuple[Sign, ...]
    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line of the page that is not empty.

    Args:
        number: counted from 1.
        text: as it stands.
        kind: `math` where there is something to mark; `prose` for words and page furniture, which are passed over.
        chains: what is said on it, in order. A chain that spans lines stands with its first.
    """

    number: int
    text: str
    kind: Literal["math", "prose"]
    chains: tuple[Chain, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was read.

    Args:
        name: what to call it, such as a file name.
        text: the whole text.
        lines: every line that is not empty.
        slash_decimals: whether `4/47` was taken as 4.47 wherever a fraction is not as likely.
    """

    name: str
    text: str
    lines: tuple[PageLine, ...]
    slash_decimals: bool = False


def inside(term: Term) -> Iterator[Term]:
    """A term and everything inside it, outermost first, from left to right; without recursion."""
    stack = [term]
    while stack:
        found = stack.pop()
        yield found
        stack.extend(reversed(found.children()))


def holds(term: Term, kinds: tuple[type[Term], ...]) -> bool:
    """Whether a term of one of some kinds stands inside a term, or is it; without recursion."""
    waiting = [term]
    while waiting:
        found = waiting.pop()
        if isinstance(found, kinds):
            return True
        waiting += found.children()
    return False
