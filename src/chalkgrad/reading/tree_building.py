"""From lexemes to a syntax tree: the grammar's parser, and what each of its rules builds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, cast

from lark import Lark, Token, Transformer, UnexpectedToken, v_args
from lark.lexer import Lexer

from chalkgrad.errors import Fault, FormulaError, Place
from chalkgrad.reading.lexing import Lexeme, SourceText
from chalkgrad.reading.syntax import (
    AbsoluteValue,
    Binary,
    Call,
    Comparison,
    Expression,
    Matrix,
    Name,
    Negative,
    Number,
    Operation,
    Transpose,
    Vector,
)
from chalkgrad.reading.syntax_faults import syntax_fault

__all__ = ["build_tree"]

_RELATIONS = {"≤": "<=", "≥": ">=", "\\le": "<=", "\\leq": "<=", "\\leqslant": "<=", "\\ge": ">=", "\\geq": ">="}
_RELATIONS |= {"\\geqslant": ">=", "\\lt": "<", "\\gt": ">"}
_DECIMAL_SIGNS = frozenset(".,٫eE")


class LexemeToken(Token):
    """A token that brings its lexeme and its place along, so that the builder needs no state of its own."""

    lexeme: Lexeme
    place: Place


class _Handing(Lexer):
    """Hands on tokens that are ready."""

    def __init__(self, lexer_conf: Any) -> None:
        pass

    def lex(self, data: Any) -> Iterator[Token]:  # type: ignore[override]
        """The tokens, one after the other."""
        return iter(data)


def build_tree(lexemes: Sequence[Lexeme], source: SourceText) -> Expression:
    """Parse lexemes that the resolver has told apart.

    Raises:
        FormulaError: the first place where no formula can go on.
    """
    tokens = [_token(lexeme, source) for lexeme in lexemes]
    try:
        return cast(Expression, _parser().parse(cast(Any, tokens)))
    except UnexpectedToken as error:
        raise FormulaError(syntax_fault(getattr(error.token, "lexeme", None), lexemes, source)) from None


def _token(lexeme: Lexeme, source: SourceText) -> LexemeToken:
    token = LexemeToken(lexeme.kind, lexeme.text, start_pos=lexeme.start, end_pos=lexeme.end)
    token.lexeme = lexeme
    token.place = source.place(lexeme.start, lexeme.end)
    return token


@cache
def _parser() -> Lark:
    """The parser, made once for each process: 25 ms."""
    grammar = Path(__file__).with_name("formulas.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer=_Handing, transformer=_TreeBuilder())


def _around(first: Expression | LexemeToken, last: Expression | LexemeToken) -> Place:
    """The place from the beginning of one to the end of the other; to the end of the line if that is further down."""
    start, end = first.place, last.place
    if start.line != end.line:
        return replace(start, width=max(1, len(start.text) - start.column + 1))
    return replace(start, width=end.column + end.width - start.column)


def _binary(operation: Operation, left: Expression, right: Expression) -> Binary:
    return Binary(_around(left, right), operation, left, right)


@v_args(inline=True)
class _TreeBuilder(Transformer):  # type: ignore[type-arg]
    """One method for each rule of the grammar."""

    def number(self, token: LexemeToken) -> Number:
        value = token.lexeme.value
        assert value is not None
        return Number(token.place, cast(Any, value), str(token), not _DECIMAL_SIGNS.isdisjoint(token))

    def name(self, token: LexemeToken) -> Name:
        return Name(token.place, str(token))

    def group(self, opened: LexemeToken, inside: Expression, closed: LexemeToken) -> Expression:
        return replace(inside, place=_around(opened, closed))

    def add(self, left: Expression, sign: LexemeToken, right: Expression) -> Binary:
        return _binary(Operation.SUM, left, right)

    def subtract(self, left: Expression, sign: LexemeToken, right: Expression) -> Binary:
        return _binary(Operation.DIFFERENCE, left, right)

    def elementwise(self, left: Expression, sign: LexemeToken, right: Expression) -> Binary:
        return _binary(Operation.ELEMENTWISE, left, right)

    def matrix_product(self, left: Expression, sign: LexemeToken, right: Expression) -> Binary:
        return _binary(Operation.MATRIX_PRODUCT, left, right)

    def product(self, left: Expression, sign: LexemeToken, right: Expression) -> Binary:
        return _binary(Operation.PRODUCT, left, right)

    def quotient(self, left: Expression, sign: LexemeToken, right: Expression) -> Binary:
        return _binary(Operation.QUOTIENT, left, right)

    def fraction(self, command: LexemeToken, above: Expression, below: Expression) -> Binary:
        return Binary(_around(command, below), Operation.QUOTIENT, above, below)

    def adjacent(self, left: Expression, right: Expression) -> Binary:
        return _binary(Operation.PRODUCT, left, right)

    ending = adjacent

    def raised(self, base: Expression, sign: LexemeToken, exponent: Expression) -> Binary:
        return _binary(Operation.POWER, base, exponent)

    def exponential(self, base: LexemeToken, sign: LexemeToken, exponent: Expression) -> Call:
        return Call(_around(base, exponent), "exp", (exponent,))

    def negative(self, sign: LexemeToken, operand: Expression) -> Negative:
        return Negative(_around(sign, operand), operand)

    def positive(self, sign: LexemeToken, operand: Expression) -> Expression:
        return operand

    def transpose(self, operand: Expression, sign: LexemeToken) -> Transpose:
        return Transpose(_around(operand, sign), operand)

    def compare(self, left: Expression, sign: LexemeToken, right: Expression) -> Comparison:
        return Comparison(_around(left, right), _RELATIONS.get(str(sign), str(sign)), left, right)

    def absolute_value(self, opened: LexemeToken, inside: Expression, closed: LexemeToken) -> AbsoluteValue:
        return AbsoluteValue(_around(opened, closed), inside)

    def items(self, *parts: Any) -> list[Expression]:
        # The list of the shorter rule is taken over, so that a long list is not copied once for each entry.
        if len(parts) == 1:
            return [parts[0]]
        gathered = cast(list[Expression], parts[0])
        gathered.append(parts[-1])
        return gathered

    def bracketed_list(self, opened: LexemeToken, entries: list[Expression], closed: LexemeToken) -> Expression:
        return _list(_around(opened, closed), entries)

    def call(
        self, function: LexemeToken, opened: LexemeToken, items: list[Expression], closed: LexemeToken
    ) -> Expression:
        return _call(function, tuple(items), _around(function, closed))

    def applied(self, function: LexemeToken, argument: Expression) -> Expression:
        return _call(function, (argument,), _around(function, argument))

    def crowded(self, left: Expression, right: Expression) -> Expression:
        message = "it is not clear where the argument of a function without brackets ends"
        hint = "Put brackets around the argument: log(x) y or log(x y)."
        raise FormulaError(Fault("ambiguous-argument", message, _around(left, right), hint))

    def ambiguous_quotient(self, left: Expression, sign: LexemeToken, right: Expression) -> Expression:
        message = "what stands below this fraction is not clear: a / b c could be a/(b c) or (a/b) c"
        raise FormulaError(
            Fault("ambiguous-quotient", message, _around(left, right), "Put brackets: a / (b c) or (a / b) c.")
        )


def _call(function: LexemeToken, arguments: tuple[Expression, ...], place: Place) -> Expression:
    """A call; a power written behind the name of the function is a power of its value."""
    is_bars = str(function) == "abs" and len(arguments) == 1
    called: Expression = AbsoluteValue(place, arguments[0]) if is_bars else Call(place, str(function), arguments)
    power = function.lexeme.value
    if power is None:
        return called
    return Binary(place, Operation.POWER, called, Number(function.place, cast(Any, power), str(power)))


def _list(place: Place, entries: list[Expression]) -> Vector | Matrix:
    """A vector, or a matrix if every entry is a row of the same length."""
    if any(isinstance(entry, Matrix) for entry in entries):
        message = "lists are nested more than two deep"
        raise FormulaError(
            Fault("too-many-dimensions", message, place, "A matrix is a list of rows: [[1, 2], [3, 4]].")
        )
    if not any(isinstance(entry, Vector) for entry in entries):
        return Vector(place, tuple(entries))
    rows = [entry.entries if isinstance(entry, Vector) else (entry,) for entry in entries]
    lengths = sorted({len(row) for row in rows})
    if len(lengths) > 1 or not all(isinstance(entry, Vector) for entry in entries):
        sizes = " and ".join(map(str, lengths)) if len(lengths) > 1 else "mixed"
        message = f"the rows of a matrix must have the same length, but these have {sizes} entries"
        raise FormulaError(Fault("ragged-matrix", message, place, "Give every row as many entries."))
    return Matrix(place, tuple(rows))
