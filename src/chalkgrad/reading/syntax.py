"""The syntax tree of a formula: what was written, with places, before anybody asks what it means.

Trees can be thousands of nodes deep (a sum of 2,000 terms leans to the left), so nothing here recurses: comparing,
hashing, printing and walking all use a stack of their own. Two trees are equal when they say the same thing, wherever
they stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from chalkgrad.errors import Place

__all__ = [
    "AbsoluteValue",
    "Binary",
    "Call",
    "Comparison",
    "Expression",
    "Line",
    "Matrix",
    "Name",
    "Negative",
    "Number",
    "Operation",
    "Transpose",
    "Vector",
    "names_in",
    "outline",
    "postorder",
]


class Operation(StrEnum):
    """What stands between two operands. The value is the sign by which `outline` prints it."""

    SUM = "+"
    DIFFERENCE = "-"
    PRODUCT = "·"
    """The product of mathematics: juxtaposition, `·`, `×`, `\\cdot`, `\\times`."""
    ELEMENTWISE = "*"
    """Entry by entry: `*`, `⊙`, `∘`, `\\odot`, `\\circ`."""
    MATRIX_PRODUCT = "@"
    QUOTIENT = "/"
    POWER = "^"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Expression:
    """The base of all kinds of expression. `place` covers everything that belongs to it, its brackets too."""

    place: Place

    def children(self) -> tuple[Expression, ...]:
        """The expressions directly inside this one, from left to right."""
        return ()

    def label(self) -> tuple[object, ...]:
        """What this node says apart from its children."""
        return ()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Expression):
            return NotImplemented
        return all(one == another for one, another in zip(_contents(self), _contents(other), strict=False))

    def __hash__(self) -> int:
        return hash(tuple(_contents(self)))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {outline(self)}>"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Number(Expression):
    """A number literal: its exact value, how it was typed, and whether with a decimal separator or exponent."""

    value: Fraction
    text: str
    is_decimal: bool = False

    def label(self) -> tuple[object, ...]:
        """The value: `0.5` and `,5` are the same number."""
        return (self.value,)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Name(Expression):
    """The name of a quantity in its canonical spelling: `W_2`, `a^[2]_1`, `y_hat`, `sigma`."""

    text: str

    def label(self) -> tuple[object, ...]:
        """The canonical spelling."""
        return (self.text,)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Call(Expression):
    """A function of its arguments: `relu(a)`, `max(0, z)`, or one without a definition, `f(z)`."""

    function: str
    arguments: tuple[Expression, ...]

    def children(self) -> tuple[Expression, ...]:
        """The arguments."""
        return self.arguments

    def label(self) -> tuple[object, ...]:
        """The name of the function."""
        return (self.function,)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Binary(Expression):
    """Two operands and what stands between them."""

    operation: Operation
    left: Expression
    right: Expression

    def children(self) -> tuple[Expression, ...]:
        """Both operands."""
        return (self.left, self.right)

    def label(self) -> tuple[object, ...]:
        """The operation."""
        return (self.operation,)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Comparison(Expression):
    """`left > right`, which is 1 where it holds and 0 elsewhere. `relation` is one of `<`, `<=`, `>`, `>=`."""

    relation: str
    left: Expression
    right: Expression

    def children(self) -> tuple[Expression, ...]:
        """Both sides."""
        return (self.left, self.right)

    def label(self) -> tuple[object, ...]:
        """The relation."""
        return (self.relation,)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _OfOne(Expression):
    """What is done to one operand."""

    operand: Expression

    def children(self) -> tuple[Expression, ...]:
        """The operand."""
        return (self.operand,)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Negative(_OfOne):
    """A minus sign before an operand."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Transpose(_OfOne):
    """A transposed operand: `x'`, `xᵀ`, `x.T`, `x^T`."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AbsoluteValue(_OfOne):
    """`|x|` or `abs(x)`."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Vector(Expression):
    """A list of expressions, `[1, 2]`. Row or column is for the convention to say."""

    entries: tuple[Expression, ...]

    def children(self) -> tuple[Expression, ...]:
        """The entries."""
        return self.entries


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Matrix(Expression):
    """Rows of equal length, `[[1, 2], [3, 4]]`; one row stays a matrix."""

    rows: tuple[tuple[Expression, ...], ...]

    def children(self) -> tuple[Expression, ...]:
        """The entries, row by row."""
        return tuple(entry for row in self.rows for entry in row)

    def label(self) -> tuple[object, ...]:
        """How many columns there are."""
        return (len(self.rows[0]),)


@dataclass(frozen=True, slots=True)
class Line:
    """`name = expression`; `place` is that of the name.

    `parameters` are the names in brackets of a line such as `f(x, y) = ...`, which defines `f` just as `f = ...` does.
    """

    name: str
    expression: Expression
    place: Place
    parameters: tuple[str, ...] = ()


def _contents(expression: Expression) -> Iterator[tuple[object, ...]]:
    """What the nodes say, from the root down, each with its kind and number of children."""
    stack = [expression]
    while stack:
        node = stack.pop()
        children = node.children()
        yield (type(node), len(children), *node.label())
        stack.extend(reversed(children))


def postorder(expression: Expression) -> list[Expression]:
    """Every node of a tree, children before their parents, from left to right. A shared node comes once each time."""
    stack = [expression]
    found = []
    while stack:
        node = stack.pop()
        found.append(node)
        stack.extend(node.children())
    found.reverse()
    return found


def names_in(expression: Expression) -> frozenset[str]:
    """The names of quantities that an expression uses; functions are not among them."""
    return frozenset(node.text for node in postorder(expression) if isinstance(node, Name))


def outline(expression: Expression) -> str:
    """A tree on one line, fully bracketed, operation first: `(+ (· x W) b)`."""
    stack: list[Expression | str] = [expression]
    words: list[str] = []
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            words.append(item)
        elif children := item.children():
            words.append(f"({_head(item)}")
            stack.append(")")
            stack.extend(reversed(children))
        else:
            words.append(_head(item))
    return " ".join(words).replace(" )", ")")


def _head(node: Expression) -> str:
    """The first word of a node in an outline."""
    fixed = {Negative: "neg", Transpose: "transpose", AbsoluteValue: "abs", Vector: "vector"}
    if isinstance(node, Matrix):
        return f"matrix{len(node.rows)}x{len(node.rows[0])}"
    return fixed.get(type(node)) or str(node.label()[0])
