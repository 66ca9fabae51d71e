"""Reading formulas, typed or LaTeX, into syntax trees.

How products and quotients are read:

* Juxtaposition, `·`, `×`, `\\cdot` and `\\times` are the product of mathematics; `*`, `⊙`, `∘` go entry by entry; `@`
  is the matrix product. Juxtaposition binds tighter than every sign: `a ⊙ W x` is `a ⊙ (W x)`. The signs
  `* ⊙ @ · × /` bind equally and are read from left to right, as in NumPy: `a / b * c` is `(a / b) * c`.
* Two number literals with a slash are one number: `1/2 (out - y)^2` is `(1/2) (out - y)^2`. Any other `a / b c` is
  refused as ambiguous, since some read `a/(b c)` and others `(a/b) c`.
* A function without brackets takes the next factor with its power: `log x^2` is `log(x^2)`; `log x y` is refused.
* Powers bind from right to left, before a minus sign: `-x^2` is `-(x^2)`, `2^x^y` is `2^(x^y)`. `e^x` is `exp(x)`
  unless `e` is a defined name.
* `name^[l]` is part of the name; so is `name^(n)` where a subscript follows or the whole is a defined name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from chalkgrad.errors import Fault, FormulaError
from chalkgrad.reading.formula_limits import limit_faults
from chalkgrad.reading.latex_formulas import LatexScanner, is_latex
from chalkgrad.reading.lexing import MAXIMUM_CHARACTERS, MAXIMUM_DEPTH, MAXIMUM_LEXEMES, Lexeme, Scanner, SourceText
from chalkgrad.reading.resolving import Resolver, quantities_in
from chalkgrad.reading.syntax import Expression, Line
from chalkgrad.reading.typed_formulas import TypedScanner
from chalkgrad.reading.vocabulary import KNOWN_FUNCTIONS, Vocabulary

__all__ = [
    "KNOWN_FUNCTIONS",
    "MAXIMUM_CHARACTERS",
    "MAXIMUM_DEPTH",
    "MAXIMUM_LEXEMES",
    "MAXIMUM_LINES",
    "canonical_name",
    "is_latex",
    "parse_formula",
    "parse_lines",
]

MAXIMUM_LINES = 500
MAXIMUM_FAULTS = 20

_PASSED_OVER = re.compile(r"(?<!\\)#.*|^\s*\\(?:begin|end)\s*\{[A-Za-z]+\*?\}\s*$")
_ENVIRONMENT = re.compile(r"\s*\\begin\s*\{[A-Za-z]+\*?\}\s*$")
_CONTINUES = re.compile(r"\s*[+\-−–*/@·×⊙^]")
_IS_OPEN = re.compile(r"(?:[+\-−–*/@·×⊙^,(\[{]|\\cdot|\\times|\\odot)\s*\Z")


def parse_formula(
    text: str,
    *,
    names: Collection[str] = (),
    functions: Collection[str] = KNOWN_FUNCTIONS,
    source: str = "formula",
    first_line: int = 1,
    first_column: int = 1,
) -> Expression:
    """Read one expression, typed or LaTeX.

    Args:
        text: the expression; a line break counts as a space.
        names: the names that are defined, in canonical spelling. They decide what is a product and what a call, where a
            run of LaTeX letters is one name, and whether `x^(2)` is a name. Other names may be used all the same.
        functions: the names of the functions that are known.
        source: what to call the text in faults, such as a file name.
        first_line: the line of the source at which the text begins.
        first_column: the column at which each of its lines begins.

    Returns:
        The syntax tree, with places.

    Raises:
        FormulaError: with every fault that was found.

    >>> parse_formula("1/2 (out - y)^2")
    <Binary (· (/ 1 2) (^ (- out y) 2))>
    """
    piece = SourceText(source, text, first_line, first_column, is_latex(text))
    _check_length(piece)
    return _read_expression(piece, Vocabulary(frozenset(names), frozenset(functions)))


def parse_lines(
    text: str,
    *,
    names: Collection[str] = (),
    functions: Collection[str] = KNOWN_FUNCTIONS,
    source: str = "formula",
    first_line: int = 1,
    first_column: int = 1,
) -> tuple[Line, ...]:
    """Read lines `name = expression`, each typed or LaTeX; arguments as for `parse_formula`.

    Empty lines and what follows `#` are passed over. A line that begins with an operation sign, or follows one that
    ends with it, goes on with the line before.

    Returns:
        The lines in order. Names of earlier and later lines count as defined in all of them.

    Raises:
        FormulaError: with every fault of every line.

    >>> [line.name for line in parse_lines("z = x^5 + 9\\ny = 8 z^3 + z^2 + 5")]
    ['z', 'y']
    """
    pieces = _split(text, source, first_line, first_column)
    given = Vocabulary(frozenset(names), frozenset(functions))
    heads = [_read_head(piece, given) for piece in pieces]
    faults = [fault for head in heads for fault in head.faults] + _repeated(pieces, heads)
    vocabulary = _with_lines(given, heads)
    lines: list[Line] = []
    for piece, head in zip(pieces, heads, strict=True):
        try:
            lines.extend(_read_line(piece, head, vocabulary))
        except FormulaError as error:
            faults.extend(error.faults)
    if faults:
        raise FormulaError(_in_order(faults))
    return tuple(lines)


@lru_cache(maxsize=4096)
def canonical_name(text: str) -> str:
    """The one spelling of a name, typed or LaTeX.

    Raises:
        FormulaError: `not-a-name`, when the text is anything but one name.

    >>> canonical_name("w ^ (1) _ {11}"), canonical_name("ŷ_1"), canonical_name("a_1^[2]")
    ('w^(1)_11', 'y_hat_1', 'a^[2]_1')
    """
    shown = text if len(text) <= 60 else f"{text[:60]}..."
    if len(text) <= 200:
        compact = text if is_latex(text) else "".join(text.split())
        scanner = _scanner(SourceText("name", compact, as_latex=is_latex(text)), Vocabulary(), is_left_side=True)
        lexemes = scanner.scan()
        if not scanner.faults and [lexeme.kind for lexeme in lexemes] == ["NAME"] and not scanner.skips:
            return lexemes[0].text
    hint = "Names look like w1, b_2, y_hat, a^[1]_2 or w^(1)_11."
    raise FormulaError(Fault("not-a-name", f"a name was expected, but `{shown}` was read", None, hint))


@dataclass(frozen=True, slots=True)
class _Head:
    """The left side of a line: its name, the parameters of `f(x, y) = ...`, and the sign between the sides."""

    name: Lexeme | None
    parameters: tuple[str, ...]
    equals_at: int
    quantities: frozenset[str]
    faults: tuple[Fault, ...] = ()


def _scanner(piece: SourceText, vocabulary: Vocabulary, *, is_left_side: bool = False) -> Scanner:
    kind = LatexScanner if piece.as_latex else TypedScanner
    return kind(piece, vocabulary, is_left_side=is_left_side)


def _in_order(faults: Iterable[Fault]) -> list[Fault]:
    """Faults from the top of the text down, as many as anybody wants to read at once."""
    placed = sorted(faults, key=lambda fault: (fault.place.line, fault.place.column) if fault.place else (0, 0))
    return placed[:MAXIMUM_FAULTS]


def _read_expression(piece: SourceText, vocabulary: Vocabulary, start: int = 0) -> Expression:
    """Scan, resolve, parse and check what stands from `start` on, or raise every fault that was found."""
    scanner = _scanner(piece, vocabulary)
    scanner.position = start
    lexemes = scanner.scan()
    vocabulary = replace(vocabulary, quantities=vocabulary.quantities | quantities_in(lexemes))
    resolver = Resolver(lexemes, vocabulary, piece, is_latex=piece.as_latex)
    resolved = resolver.resolve()
    found = scanner.faults + resolver.faults
    if not found:
        from chalkgrad.reading.tree_building import build_tree

        expression = build_tree(resolved, piece)
        found = limit_faults(expression)
    if found:
        raise FormulaError(_in_order(found))
    return expression


def _check_length(piece: SourceText) -> None:
    if len(piece.text) > MAXIMUM_CHARACTERS:
        message = f"a formula may have at most {MAXIMUM_CHARACTERS:,} characters, this one has {len(piece.text):,}"
        raise FormulaError(Fault("too-long", message, replace(piece.place(0, 1), text="")))


def _split(text: str, source: str, first_line: int, first_column: int) -> list[SourceText]:
    """Cut a text into lines, and put together those that go on; blanks stand for what is passed over."""
    _check_length(SourceText(source, text, first_line, first_column))
    rows = [_PASSED_OVER.sub("", row) for row in text.split("\n")]
    in_environment = any(_ENVIRONMENT.match(row) for row in text.split("\n"))
    starts: list[int] = []
    for index, row in enumerate(rows):
        if row.strip() and not (starts and (_CONTINUES.match(row) or _IS_OPEN.search(rows[index - 1]))):
            starts.append(index)
    if not starts or len(starts) > MAXIMUM_LINES:
        message = f"more than {MAXIMUM_LINES} lines" if starts else "no line `name = expression`"
        code = "too-long" if starts else "empty-formula"
        place = SourceText(source, rows[0], first_line, first_column).place(0, 1)
        raise FormulaError(Fault(code, f"the formula has {message}", place))
    ends = [*starts[1:], len(rows)]
    pieces = ("\n".join(rows[start:end]).rstrip() for start, end in zip(starts, ends, strict=True))
    return [
        SourceText(source, piece, first_line + start, first_column, in_environment or is_latex(piece))
        for start, piece in zip(starts, pieces, strict=True)
    ]


def _read_head(piece: SourceText, vocabulary: Vocabulary) -> _Head:
    """Read what stands left of the first `=`, before the names of the lines are known."""
    lexemes = _scanner(piece, vocabulary).scan()
    equals = next((lexeme for lexeme in lexemes if lexeme.kind == "EQUALS"), None)
    quantities = frozenset(quantities_in(lexemes))
    if equals is None:
        hint = "Give the line a name: name = expression."
        fault = Fault("missing-name", "this line has no `=`", piece.place(0, len(piece.text)), hint)
        return _Head(None, (), -1, quantities, (fault,))
    left = replace(piece, text=piece.text[: equals.start])
    name, parameters = _left_side(_scanner(left, vocabulary, is_left_side=True))
    if name is None:
        hint = "Left of `=` stands one name, as in z = x W + b."
        shown = left.text.strip()[:60]
        message = f"`{shown}` is not a name that a line can have" if shown else "no name stands left of `=`"
        fault = Fault("bad-line-name", message, piece.place(0, max(1, equals.start)), hint)
        return _Head(None, (), equals.end, quantities, (fault,))
    return _Head(name, parameters, equals.end, quantities)


def _left_side(scanner: Scanner) -> tuple[Lexeme | None, tuple[str, ...]]:
    """A name, with names in brackets behind it perhaps."""
    lexemes = scanner.scan()
    kinds = [lexeme.kind for lexeme in lexemes]
    inside = lexemes[2:-1:2]
    is_function = kinds == ["NAME", "LPAR", *(["NAME", "COMMA"] * len(inside))[:-1], "RPAR"] and bool(inside)
    if scanner.faults or scanner.skips or not (is_function or kinds == ["NAME"]):
        return None, ()
    return lexemes[0], tuple(lexeme.text for lexeme in inside)


def _repeated(pieces: Iterable[SourceText], heads: Iterable[_Head]) -> list[Fault]:
    """A fault for each line whose name an earlier line has."""
    seen: set[str] = set()
    faults = []
    for piece, head in zip(pieces, heads, strict=True):
        if head.name is not None and head.name.text in seen:
            place = piece.place(head.name.start, head.name.end)
            message = f"two lines have the name `{head.name.text}`"
            faults.append(Fault("repeated-name", message, place, "Give each line a name of its own."))
        elif head.name is not None:
            seen.add(head.name.text)
    return faults


def _with_lines(given: Vocabulary, heads: list[_Head]) -> Vocabulary:
    """The vocabulary with the names that the lines define."""
    named = [head for head in heads if head.name is not None]
    return replace(
        given,
        names=given.names | {head.name.text for head in named if head.name},
        quantities=frozenset().union(*(head.quantities for head in heads)),
        defined_lines={head.name.text: head.parameters for head in named if head.name and head.parameters},
    )


def _read_line(piece: SourceText, head: _Head, vocabulary: Vocabulary) -> list[Line]:
    """Read the right side of a line; nothing comes of a line without a name but the faults on its right side."""
    if head.equals_at < 0:
        return []
    expression = _read_expression(piece, vocabulary, head.equals_at)
    if head.name is None:
        return []
    return [Line(head.name.text, expression, piece.place(head.name.start, head.name.end), head.parameters)]
