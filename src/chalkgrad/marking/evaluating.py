"""The value of what stands on a page, in a world: names looked up, products taken as the sizes allow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy

from chalkgrad.core.node import Node
from chalkgrad.marking.choosing import Chooser, Unresolved, each_way
from chalkgrad.marking.functions import apply_function, is_step
from chalkgrad.marking.page import written
from chalkgrad.marking.page.written import Name, Term
from chalkgrad.marking.products import added, as_value, products_of
from chalkgrad.marking.quantities import Quantity
from chalkgrad.marking.stand_ins import stand_in, unnamed_function
from chalkgrad.marking.worlds import World

__all__ = ["Meaning", "Scope", "follow", "ways"]


@dataclass(frozen=True, eq=False)
class Meaning:
    """What a name can stand for: a quantity, a power of one, a number, or a term that the page says it is.

    Args:
        quantity: the quantity, if it is one.
        power: what a superscript raises it to.
        term: the term that the page gives the name to.
        parameter: for a function that the page defines, the name of its argument.
        number: a number such as π.
    """

    quantity: Quantity | None = None
    power: int = 1
    term: Term | None = None
    parameter: str = ""
    number: float | None = None


Meanings = Callable[[Name], Sequence[Meaning]]


@dataclass(frozen=True, eq=False)
class Scope:
    """Where a term is looked at.

    Args:
        world: the numbers.
        meanings: what each name can stand for.
        gradients: for a symbol of the forward pass or a parameter, that of its gradient, by stage.
        totals: for a parameter, the symbol of its gradient with the regularizer's part, by stage.
        losses: the symbols of what is differentiated, by stage.
        readings: another value for what stands on the page, by its place: a number of NumPy, or a recorded one.
        local: the values of names that stand for an argument.
        free: if given, a name that stands for nothing gets a number of its own from here.
        depth: how many definitions of the page it is inside of.
    """

    world: World
    meanings: Meanings
    gradients: Mapping[tuple[int, Node], Node] = field(default_factory=dict)
    totals: Mapping[tuple[int, Node], Node] = field(default_factory=dict)
    losses: frozenset[Node] = frozenset()
    readings: Mapping[int, Any] = field(default_factory=dict)
    local: Mapping[str, Any] = field(default_factory=dict)
    free: Callable[[str], float] | None = None
    depth: int = 0


def ways(term: Term, scope: Scope, most: int = 48) -> Iterator[tuple[tuple[int, ...], Any]]:
    """Every value that a term can have, with the path of choices that leads to it."""
    return each_way(lambda chooser: _quietly(term, scope, chooser), most)


def follow(term: Term, scope: Scope, path: Sequence[int]) -> Any:
    """The value of a term by a path of choices.

    Raises:
        Unresolved: if it has none.
    """
    return _quietly(term, scope, Chooser(path))


def _quietly(term: Term, scope: Scope, chooser: Chooser) -> Any:
    # Overflow and division by zero give infinities and NaN, which agree with nothing.
    with numpy.errstate(all="ignore"):
        return _value(term, scope, chooser)


def _value(term: Term, scope: Scope, chooser: Chooser) -> Any:
    return _VALUES[type(term)](term, scope, chooser)


def _number(term: written.Number, scope: Scope, chooser: Chooser) -> Any:
    read = scope.readings.get(term.start)
    return numpy.float64(float(term.value)) if read is None else read


def _name(term: Name, scope: Scope, chooser: Chooser) -> Any:
    if term.text in scope.local:
        return scope.local[term.text]
    if term.start in scope.readings:
        return scope.readings[term.start]
    meanings = scope.meanings(term)
    if not meanings:
        if scope.free is not None:
            return numpy.float64(scope.free(term.text))
        raise Unresolved(f"{term.text} is no quantity of the problem")
    return _meant(chooser.pick(meanings), scope, chooser)


def _meant(meaning: Meaning, scope: Scope, chooser: Chooser) -> Any:
    if meaning.number is not None:
        return numpy.float64(meaning.number)
    if meaning.term is not None:
        if scope.depth > 6:
            raise Unresolved("a definition that leads back to itself")
        return _value(meaning.term, replace(scope, depth=scope.depth + 1), chooser)
    assert meaning.quantity is not None
    value = meaning.quantity.value(scope.world.array)
    return value**meaning.power if meaning.power != 1 else value


def _call(term: written.Call, scope: Scope, chooser: Chooser) -> Any:
    arguments = [_value(argument, scope, chooser) for argument in term.arguments]
    if term.function in ("sum", "mean") and len(arguments) == 1 and numpy.ndim(arguments[0]) == 2:
        # Over everything, over the samples, or over the units.
        return chooser.pick([getattr(numpy, term.function)(arguments[0], axis=axis) for axis in (None, 0, 1)])
    return apply_function(term.function, arguments, term.primes)


def _group(term: written.Group | written.Annotated, scope: Scope, chooser: Chooser) -> Any:
    return _value(term.inner, scope, chooser)


def _negative(term: written.Negative, scope: Scope, chooser: Chooser) -> Any:
    return -_value(term.operand, scope, chooser)


def _transpose(term: written.Transpose, scope: Scope, chooser: Chooser) -> Any:
    return numpy.transpose(_value(term.operand, scope, chooser))


def _sum(term: written.Sum, scope: Scope, chooser: Chooser) -> Any:
    total = None
    for sign, part in zip(term.signs, term.terms, strict=True):
        value = _value(part, scope, chooser)
        value = -value if sign == "-" else value
        total = value if total is None else added(total, value)
    return total


def _product(term: written.Product, scope: Scope, chooser: Chooser) -> Any:
    factors = list(zip(term.signs, _without_calls(term, scope, chooser), strict=False))
    (_, (product, before)), *rest = factors
    for sign, (value, factor) in rest:
        is_dot = _dot_said(before, factor)
        product = chooser.pick(products_of(product, value, sign, is_dot))
        before = factor
    return product


def _without_calls(term: written.Product, scope: Scope, chooser: Chooser) -> list[tuple[Any, Term]]:
    """The values of the factors, with what is the call of a function of the page worked out as one of them.

    A call takes the place of its name and its bracket; an empty place is 1.
    """
    found: list[tuple[Any, Term]] = []
    taken = False
    for place, factor in enumerate(term.factors):
        if taken:
            found.append((numpy.float64(1.0), factor))
            taken = False
            continue
        argument = term.factors[place + 1] if place + 1 < len(term.factors) else None
        called = None
        if isinstance(factor, Name) and isinstance(argument, written.Group) and term.signs[place + 1] == "":
            called = _called(factor, argument, scope, chooser)
        found.append((_value(factor, scope, chooser) if called is None else called, factor))
        taken = called is not None
    return found


def _called(name: Name, argument: written.Group, scope: Scope, chooser: Chooser) -> Any:
    """The value of a function that the page defines, or of a unit step, or `None` if the name is none."""
    function = replace(name, primes=0)
    defined = [meaning for meaning in scope.meanings(function) if meaning.parameter]
    if defined:
        inner = _value(argument, scope, chooser)
        return _of_function(defined[0], inner, name.primes, scope, chooser)
    unnamed = unnamed_function(scope.world.course, function)
    if unnamed:
        return stand_in(unnamed, _value(argument, scope, chooser), name.primes)
    if is_step(name.text) and not scope.meanings(name):
        return apply_function("step", [_value(argument, scope, chooser)], 0)
    return None


def _of_function(meaning: Meaning, inner: Any, primes: int, scope: Scope, chooser: Chooser) -> Any:
    """A function of the page at a value; with primes, its slope by central differences."""
    assert meaning.term is not None
    if scope.depth > 6:
        raise Unresolved("a definition that leads back to itself")

    def at(value: Any) -> Any:
        local = {**scope.local, meaning.parameter: value}
        assert meaning.term is not None
        return _value(meaning.term, replace(scope, local=local, depth=scope.depth + 1), chooser)

    if primes == 0:
        return at(inner)
    if primes > 1:
        raise Unresolved("a second derivative")
    return (at(inner + 1e-5) - at(inner - 1e-5)) / 2e-5


def _dot_said(left: Term, right: Term) -> bool | None:
    """What transposition signs say of two vectors: aᵀb is a number, abᵀ a matrix."""
    lying, standing = _is_row(left), _is_row(right)
    if lying is not None and standing is not None:
        return lying if lying != standing else None
    first, second = isinstance(left, written.Transpose), isinstance(right, written.Transpose)
    return None if first == second else first


def _is_row(term: Term) -> bool | None:
    """Whether a vector that is written out lies or stands; `None` where that cannot be seen."""
    turned = False
    while isinstance(term, written.Transpose | written.Group | written.Annotated):
        turned ^= isinstance(term, written.Transpose)
        (term,) = term.children()
    if not isinstance(term, written.Matrix) or (len(term.rows) == 1) == all(len(row) == 1 for row in term.rows):
        return None
    return (len(term.rows) == 1) != turned


def _quotient(term: written.Quotient, scope: Scope, chooser: Chooser) -> Any:
    above, below = _value(term.numerator, scope, chooser), _value(term.denominator, scope, chooser)
    if below.ndim and below.shape != above.shape:
        raise Unresolved("a division by several numbers")
    return above / below


def _power(term: written.Power, scope: Scope, chooser: Chooser) -> Any:
    base, exponent = _value(term.base, scope, chooser), _value(term.exponent, scope, chooser)
    if exponent.ndim:
        raise Unresolved("several numbers as an exponent")
    if base.ndim == 2:
        raise Unresolved("a power of a matrix")
    # The square of a vector is taken entry by entry, or as its square with itself.
    options = [base**exponent]
    if base.ndim == 1 and exponent == 2:
        options.append(base @ base)
    return chooser.pick(options)


def _matrix(term: written.Matrix, scope: Scope, chooser: Chooser) -> Any:
    rows = [[_value(entry, scope, chooser) for entry in row] for row in term.rows]
    if len({len(row) for row in rows}) != 1:
        raise Unresolved("a matrix with rows of different lengths")
    if any(entry.ndim for row in rows for entry in row):
        try:
            return numpy.squeeze(numpy.block([[numpy.atleast_2d(entry) for entry in row] for row in rows]))
        except ValueError:
            raise Unresolved("a matrix of parts that do not fit") from None
    return as_value(rows)


def _entry(term: written.Entry, scope: Scope, chooser: Chooser) -> Any:
    """An entry; on a page with a matrix the other way round, its row is the column here."""
    value = _value(term.of, scope, chooser)
    cut = len(term.places) - len(term.places) // 2
    places = [int(term.places)] if value.ndim == 1 else [int(term.places[:cut]), int(term.places[cut:] or "0")]
    options = [turn for turn in dict.fromkeys((tuple(places), tuple(places[::-1]))) if len(turn) == value.ndim]
    inside = [turn for turn in options if all(0 < at <= size for at, size in zip(turn, value.shape, strict=True))]
    if not inside:
        raise Unresolved("an entry that is not there")
    row_and_column = chooser.pick(inside)
    return value[tuple(at - 1 for at in row_and_column)]


def _derivative(term: written.Derivative, scope: Scope, chooser: Chooser) -> Any:
    by = _by(term, scope, chooser)
    of = term.of
    symbols = by.flat
    if of is None or _is_loss(of, scope):
        if scope.losses and (of is None or all((by.stage, symbol) in scope.gradients for symbol in symbols)):
            missing = [symbol for symbol in symbols if (by.stage, symbol) not in scope.gradients]
            if missing:
                raise Unresolved(f"the gradient of {by.name} is not part of the working")
            whole = all((by.stage, symbol) in scope.totals for symbol in symbols)
            known = chooser.pick([scope.totals, scope.gradients] if whole else [scope.gradients])
            slopes = [scope.world.value(by.stage, known[by.stage, symbol]) for symbol in symbols]
            shape = () if isinstance(by.symbols, Node) else by.symbols.shape
            return as_value(numpy.array(slopes).reshape(shape))
        if of is None:
            raise Unresolved("a gradient of nothing")
    return _slope(of, by, scope, chooser)


def _by(term: written.Derivative, scope: Scope, chooser: Chooser) -> Quantity:
    """The quantity that is differentiated by."""
    by = term.by
    while isinstance(by, written.Transpose | written.Group | written.Annotated):
        (by,) = by.children()
    if not isinstance(by, Name):
        raise Unresolved("a derivative by something that is no name")
    options = [_as_quantity(meaning, scope) for meaning in scope.meanings(by)]
    known = [quantity for quantity in options if quantity is not None]
    if not known:
        raise Unresolved(f"{by.text} is no quantity of the problem")
    return chooser.pick(known)


def _as_quantity(meaning: Meaning, scope: Scope, depth: int = 0) -> Quantity | None:
    """The quantity of a meaning, also where the page gave it another name."""
    term = meaning.term
    while isinstance(term, written.Transpose | written.Group | written.Annotated):
        (term,) = term.children()
    if isinstance(term, Name) and depth < 4 and not meaning.parameter:
        others = scope.meanings(term)
        return _as_quantity(others[0], scope, depth + 1) if others else None
    return meaning.quantity if meaning.power == 1 else None


def _is_loss(of: Term, scope: Scope) -> bool:
    if not isinstance(of, Name):
        return False
    meanings = scope.meanings(of)
    return any(m.quantity is not None and set(m.quantity.flat) <= scope.losses for m in meanings[:1])


def _slope(of: Term, by: Quantity, scope: Scope, chooser: Chooser) -> Any:
    """A derivative by central differences, everything behind moved along."""
    columns = []
    for symbol in by.flat:
        nudge = scope.world.nudge_of(by.stage, symbol)
        path = Chooser(())
        up = _value(of, replace(scope, world=scope.world.nudged(by.stage, symbol, nudge)), path)
        down = _value(of, replace(scope, world=scope.world.nudged(by.stage, symbol, -nudge)), Chooser(path.path))
        columns.append((up - down) / (2 * nudge))
    shape = () if isinstance(by.symbols, Node) else by.symbols.shape
    jacobian = numpy.array(columns)
    if jacobian.ndim == 1:
        return as_value(jacobian.reshape(shape))
    if jacobian.ndim > 2:
        raise Unresolved("a derivative with more than two axes")
    options = [as_value(jacobian)]
    if jacobian.shape[0] == jacobian.shape[1] and numpy.abs(jacobian - numpy.diag(numpy.diag(jacobian))).max() < 1e-9:
        options.insert(0, numpy.diag(jacobian))
    return chooser.pick(options)


def _unread(term: Term, scope: Scope, chooser: Chooser) -> Any:
    raise Unresolved("a piece that could not be read")


def _cases(term: Term, scope: Scope, chooser: Chooser) -> Any:
    raise Unresolved("a case distinction")


_VALUES: Mapping[type[Term], Callable[[Any, Scope, Chooser], Any]] = {
    written.Number: _number,
    written.Name: _name,
    written.Call: _call,
    written.Group: _group,
    written.Annotated: _group,
    written.Negative: _negative,
    written.Transpose: _transpose,
    written.Sum: _sum,
    written.Product: _product,
    written.Quotient: _quotient,
    written.Power: _power,
    written.Matrix: _matrix,
    written.Derivative: _derivative,
    written.Entry: _entry,
    written.Unread: _unread,
    written.Cases: _cases,
}
