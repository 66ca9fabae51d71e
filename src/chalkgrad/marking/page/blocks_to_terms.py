"""What brackets and environments are: a group, a row, a matrix, cases, the arguments of a function."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chalkgrad.marking.page.grammar import parse_term, step_of
from chalkgrad.marking.page.items import Block, Item, Unreadable, begins_operand, ends_operand, without_spaces
from chalkgrad.marking.page.tokens import OPERATORS, Kind, Token
from chalkgrad.marking.page.written import Call, Cases, Group, Matrix, Term, Unread

__all__ = ["close_block", "holds_relation"]

_SPLITTERS = frozenset({Kind.COMMA, Kind.CELL, Kind.ROW})
_NARROW = frozenset({",", ":", ">", "thinspace", "!", "negthinspace", "/"})
_CASES = frozenset({"cases", "dcases", "rcases", "drcases", "cases*"})


def holds_relation(block: Block) -> bool:
    """Whether the rows of an environment are equations, and not values with conditions.

    A row of cases has its relation behind a `&`, a comma or a word.
    """
    for row in _split(block.items, {Kind.ROW}):
        seen = False
        for item in row:
            if isinstance(item, Token) and item.kind in {Kind.CELL, Kind.COMMA, Kind.TEXT, Kind.GAP} and seen:
                break
            if isinstance(item, Token) and item.kind is Kind.RELATION:
                return True
            seen = seen or begins_operand(item)
    return False


def close_block(block: Block, text: str) -> None:
    """Read what stands inside a block, and keep why where it is no operand."""
    try:
        block.term = _term_of(block, text)
    except Unreadable as problem:
        block.why = str(problem)


def _term_of(block: Block, text: str) -> Term:
    if block.kind == "{":
        return parse_term(block.items, block.inner_start, block.inner_end, text)
    if block.kind in {"|", "‖"}:
        inner = parse_term(block.items, block.inner_start, block.inner_end, text)
        return Call(block.start, block.end, "abs" if block.kind == "|" else "norm", (inner,))
    if block.kind in _CASES:
        return _cases(block, text)
    if block.kind in {"(", "[", "\\{"}:
        return _bracketed(block, text)
    return _matrix(block, text)


def _bracketed(block: Block, text: str) -> Term:
    only = without_spaces(block.items)
    alone = only[0] if len(only) == 1 and isinstance(only[0], Block) else None
    if alone and alone.kind in {"array", "matrix", "smallmatrix"} and isinstance(alone.term, Matrix):
        return Matrix(block.start, block.end, alone.term.rows)
    if (condition := _condition_in(block, text)) is not None:
        return condition
    if block.kind == "[" and len(only) > 1 and all(isinstance(item, Block) and item.kind == "[" for item in only):
        entries = [item.term for item in only if isinstance(item, Block) and item.term is not None]
        if len(entries) == len(only):  # as NumPy prints a matrix
            return Matrix(block.start, block.end, tuple(row for term in entries for row in _opened(term)))
    rows = _rows(block)
    if len(rows) == 1 and len(rows[0]) == 1:
        inner = parse_term(rows[0][0], block.inner_start, block.inner_end, text)
        block.cells = (inner,)
        is_row = block.kind == "[" and len(only) == 1 and isinstance(only[0], Block) and only[0].kind == "["
        return Matrix(block.start, block.end, _opened(inner)) if is_row else Group(block.start, block.end, inner)
    terms = tuple(tuple(_cell(cell, block, text) for cell in row) for row in rows)
    if len(terms) == 1:
        block.cells = terms[0]
        cells = [without_spaces(cell) for cell in rows[0]]
        if all(len(cell) == 1 and isinstance(cell[0], Block) and cell[0].kind == "[" for cell in cells):
            return Matrix(block.start, block.end, tuple(row for term in terms[0] for row in _opened(term)))
    return Matrix(block.start, block.end, terms)


def _condition_in(block: Block, text: str) -> Term | None:
    """`(z > 0)` as a factor is 1 where it holds and 0 elsewhere: the unit step of `z`."""
    step = step_of(block.items, block.start, block.end, text)
    if step is not None:
        block.cells = (step,)
    return step


def _opened(term: Term) -> tuple[tuple[Term, ...], ...]:
    """The rows of a list inside a list."""
    if isinstance(term, Matrix):
        return term.rows
    return ((term.inner if isinstance(term, Group) else term,),)


def _matrix(block: Block, text: str) -> Term:
    if block.kind.startswith(("v", "V")):
        raise Unreadable("a determinant")
    rows = []
    for row in _split(block.items, {Kind.ROW}):
        cells = _split(row, {Kind.CELL})
        if len(cells) == 1 and not without_spaces(row):
            continue
        if len(cells) == 1:
            cells = _by_spaces(row, "[")
        rows.append(tuple(_cell(cell, block, text) for cell in cells))
    if not rows:
        raise Unreadable("an empty matrix")
    return Matrix(block.start, block.end, tuple(rows))


def _cell(items: Sequence[Item], block: Block, text: str) -> Term:
    """An entry; one that cannot be read is unread, and the others stay."""
    found = without_spaces(items)
    if not found:
        return Unread(block.inner_end, block.inner_end, "", "an empty entry")
    start, end = found[0].start, found[-1].end
    try:
        return parse_term(found, start, end, text)
    except Unreadable as problem:
        return Unread(start, end, text[start:end], str(problem))


def _rows(block: Block) -> list[list[list[Item]]]:
    """The rows and cells inside brackets."""
    items = block.items
    has_splitters = any(isinstance(item, Token) and item.kind in _SPLITTERS for item in items)
    if not has_splitters:
        return [_by_spaces(items, block.kind)]
    rows = [_split(row, {Kind.COMMA, Kind.CELL}) for row in _split(items, {Kind.ROW})]
    rows = [[cell for cell in row if without_spaces(cell)] for row in rows]
    return [row if len(row) > 1 else _by_spaces(row[0], block.kind) for row in rows if row] or [[[]]]


def _by_spaces(items: Sequence[Item], kind: str) -> list[list[Item]]:
    """The cells of a row whose entries have nothing but space between them, or the row as one cell."""
    pieces: list[list[Item]] = [[]]
    marks: list[str] = []
    for item in items:
        is_mark = isinstance(item, Token) and item.kind in {Kind.SPACE, Kind.GAP} and item.value in _SPACE_MARKS
        if is_mark and isinstance(item, Token):
            if pieces[-1]:
                pieces.append([])
                marks.append(item.value)
        elif _parts_numbers(pieces[-1][-1] if pieces[-1] else None, item, kind):
            pieces.append([item])
            marks.append("blank")
        else:
            pieces[-1].append(item)
    if pieces and not pieces[-1]:
        pieces.pop()
    numbers_only = any(mark in _NARROW for mark in marks)
    if len(pieces) > 1 and all(_is_entry(piece, numbers_only) for piece in pieces):
        return pieces
    return [list(items)]


_SPACE_MARKS = frozenset({" ", ";", "~", "quad", "qquad", "enspace", "\n", *_NARROW})


def _parts_numbers(before: Item | None, item: Item, kind: str) -> bool:
    """Whether a blank between two numbers parts them; in typed square brackets, two blanks between any entries."""
    if before is None or before.end == item.start:
        return False
    is_typed = isinstance(item, Token) and item.is_typed
    if kind == "[" and is_typed and item.start - before.end > 1 and ends_operand(before):
        return begins_operand(item) or (isinstance(item, Token) and item.kind is Kind.MINUS)
    numbers = isinstance(before, Token) and isinstance(item, Token)
    return numbers and before.kind is item.kind is Kind.NUMBER


def _is_entry(piece: Sequence[Item], numbers_only: bool) -> bool:
    """Whether a piece is complete by itself: it neither begins nor ends with an operator."""
    first, last = piece[0], piece[-1]
    if isinstance(first, Token) and first.kind is Kind.MINUS and len(piece) > 1:
        if first.end != piece[1].start:
            return False
        first = piece[1]
    if numbers_only:
        is_number = isinstance(first, Token) and first.kind is Kind.NUMBER
        return is_number and len(piece) <= 2
    has_relation = any(isinstance(item, Token) and item.kind in {Kind.RELATION, Kind.TEXT} for item in piece)
    ends = ends_operand(last) and not (isinstance(last, Token) and last.kind in OPERATORS)
    return begins_operand(first) and ends and not has_relation and not _is_name_before_bracket(piece)


def _is_name_before_bracket(piece: Sequence[Item]) -> bool:
    return len(piece) == 1 and isinstance(piece[0], Token) and piece[0].kind is Kind.FUNCTION


def _split(items: Sequence[Item], kinds: set[Kind]) -> list[list[Item]]:
    """The items between separators."""
    found: list[list[Item]] = [[]]
    for item in items:
        if isinstance(item, Token) and item.kind in kinds:
            found.append([])
        else:
            found[-1].append(item)
    return found


def _cases(block: Block, text: str) -> Term:
    """Values with conditions: behind `&`, a comma, a wide space or a word."""
    values, conditions = [], []
    for row in _split(block.items, {Kind.ROW}):
        found = without_spaces(row)
        if not found:
            continue
        cut = next((place for place, item in enumerate(row) if _begins_condition(item) and place > 0), len(row))
        values.append(_cell(_without_comma(row[:cut]), block, text))
        start = row[cut].start if cut < len(row) else found[-1].end
        conditions.append(_condition(text[start : found[-1].end]))
    if not values:
        raise Unreadable("cases without a value")
    return Cases(block.start, block.end, tuple(values), tuple(conditions))


def _begins_condition(item: Item) -> bool:
    if not isinstance(item, Token):
        return False
    is_word = item.kind is Kind.NAME and item.is_loose
    return is_word or item.kind in {Kind.CELL, Kind.COMMA, Kind.TEXT, Kind.GAP, Kind.COLON}


def _without_comma(items: Sequence[Item]) -> list[Item]:
    return [item for item in items if not (isinstance(item, Token) and item.kind is Kind.COMMA)]


def _condition(written: str) -> str:
    """A condition as it was written, without the sign that parts it from its value."""
    stripped = written.strip().lstrip("&, ").rstrip(" ,.;")
    return re.sub(r"\\(?:text|textrm|mathrm|mbox)\s*\{([^{}]*)\}", r"\1", stripped).strip()
