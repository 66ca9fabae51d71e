"""Expressions of the generator's own: what a line of working says, before anybody writes it down."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

Value = float | np.ndarray
Lookup = Callable[["Quantity"], Value]


@dataclass(frozen=True, order=True)
class Quantity:
    """Something that has a value in a working.

    Args:
        kind: `input`, `target`, `setting`, `parameter`, `sum`, `unit`, `loss`, `gradient`, `slope`, `error`,
            `velocity`, `m`, `v`, `m_hat` or `v_hat`.
        of: its name in the file, or that of what it belongs to: `h1` for the sum of unit h1, `z_h1` for its gradient.
        step: which step, from 1. A parameter of step 2 is what the update of step 1 makes.
        sample: which sample, from 1; 0 where there is only one or it belongs to all of them.
    """

    kind: str
    of: str
    step: int = 1
    sample: int = 0


@dataclass(frozen=True)
class Constant:
    """A number that belongs to the rule: `2`, `1/3`."""

    text: str


@dataclass(frozen=True)
class Ref:
    """The value of a quantity."""

    quantity: Quantity


@dataclass(frozen=True)
class Miscopied:
    """The name of one quantity, with another number in its place."""

    quantity: Quantity
    value: float
    text: str


@dataclass(frozen=True)
class Sum:
    """Terms, and for each `+` or `-`."""

    terms: tuple[Expression, ...]
    signs: str


@dataclass(frozen=True)
class Product:
    """Factors; `kind` is `times`, `matrix` or `elementwise`."""

    factors: tuple[Expression, ...]
    kind: str = "times"


@dataclass(frozen=True)
class Quotient:
    """A fraction."""

    numerator: Expression
    denominator: Expression


@dataclass(frozen=True)
class Power:
    """A power, entry by entry."""

    base: Expression
    exponent: int


@dataclass(frozen=True)
class Call:
    """A function by its name, entry by entry; `softmax` over all of them."""

    function: str
    argument: Expression


@dataclass(frozen=True)
class Transpose:
    """Rows for columns."""

    argument: Expression


@dataclass(frozen=True)
class Entry:
    """One entry of a vector, from 1."""

    quantity: Quantity
    index: int


@dataclass(frozen=True)
class Worked:
    """A part that stands in the formula as it is, and among the numbers as its result."""

    argument: Expression


Expression = Constant | Ref | Miscopied | Sum | Product | Quotient | Power | Call | Transpose | Entry | Worked


def _sigmoid(z: Value) -> Value:
    return 1 / (1 + np.exp(-np.asarray(z, dtype=float)))


def _softmax(z: Value) -> Value:
    raised = np.exp(z - np.max(z))
    return raised / raised.sum()


FUNCTIONS: dict[str, Callable[[Value], Value]] = {
    "sigmoid": _sigmoid,
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0.0),
    "relu'": lambda z: np.where(np.asarray(z) > 0, 1.0, 0.0),
    "exp": np.exp,
    "ln": np.log,
    "sqrt": np.sqrt,
    "softmax": _softmax,
}


def children(expression: Expression) -> tuple[Expression, ...]:
    """The expressions directly inside one."""
    match expression:
        case Sum(terms):
            return terms
        case Product(factors):
            return factors
        case Quotient(numerator, denominator):
            return (numerator, denominator)
        case Power(base):
            return (base,)
        case Call(_, argument) | Transpose(argument) | Worked(argument):
            return (argument,)
    return ()


def rebuilt(expression: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """The same expression with every part directly inside it changed."""
    match expression:
        case Sum(terms, signs):
            return Sum(tuple(change(term) for term in terms), signs)
        case Product(factors, kind):
            return Product(tuple(change(factor) for factor in factors), kind)
        case Quotient(numerator, denominator):
            return Quotient(change(numerator), change(denominator))
        case Power(base, exponent):
            return Power(change(base), exponent)
        case Call(function, argument):
            return Call(function, change(argument))
        case Transpose(argument):
            return Transpose(change(argument))
        case Worked(argument):
            return Worked(change(argument))
    return expression


def references(expression: Expression) -> Iterator[Quantity]:
    """The quantities that it takes its value from, from left to right."""
    if isinstance(expression, Ref | Entry):
        yield expression.quantity
    for child in children(expression):
        yield from references(child)


def replaced(expression: Expression, quantity: Quantity, by: Expression) -> Expression:
    """The expression with something else in place of a quantity."""
    if expression == Ref(quantity):
        return by
    return rebuilt(expression, lambda part: replaced(part, quantity, by))


def evaluate(expression: Expression, lookup: Lookup) -> Value:
    """The value; a number where it has one entry."""
    with np.errstate(all="ignore"):
        value = np.asarray(_evaluate(expression, lookup), dtype=float)
    return float(value.reshape(-1)[0]) if value.size == 1 else value


def _evaluate(expression: Expression, lookup: Lookup) -> Value:
    match expression:
        case Constant(text):
            return float(Fraction(text))
        case Ref(quantity):
            return lookup(quantity)
        case Miscopied(_, value):
            return value
        case Entry(quantity, index):
            return float(np.asarray(lookup(quantity)).reshape(-1)[index - 1])
    inner = [evaluate(child, lookup) for child in children(expression)]
    match expression:
        case Sum(_, signs):
            return sum(value if sign == "+" else -value for value, sign in zip(inner, signs, strict=True))
        case Product(_, "matrix"):
            return _matrix_product(inner)
        case Product():
            return math.prod(inner, start=1.0)
        case Quotient():
            return np.divide(inner[0], inner[1])
        case Power(_, exponent):
            return inner[0] ** exponent
        case Call(function):
            return FUNCTIONS[function](inner[0])
        case Transpose():
            return np.transpose(inner[0])
    return inner[0]


def _matrix_product(factors: list[Value]) -> Value:
    result = factors[0]
    for factor in factors[1:]:
        numbers = np.ndim(result) == 0 or np.ndim(factor) == 0
        result = result * factor if numbers else np.matmul(result, factor)
    return result
