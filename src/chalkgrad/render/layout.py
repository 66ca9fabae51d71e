"""Where long formulas break: decided once, for every format, from the widths that the format measures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from chalkgrad.render.boxes import (
    Box,
    Fenced,
    MatrixBox,
    Row,
    Script,
    Sign,
    Under,
    row,
)
from chalkgrad.render.document import Formula, Part
from chalkgrad.render.measure import measure as measure_in_ems
from chalkgrad.render.spacing import is_power_of_ten

__all__ = ["Line", "lay_out"]

Measure = Callable[[Box], float]

_SUMS = frozenset("+−-±")
_PRODUCTS = frozenset("·×⊙⋅*")
_HANG = 2  # steps that a continued line is indented behind its relation
_WIDEST_LEFT = 0.35  # share of the width beyond which a left side gets a line of its own
_MOST_ROWS = 20
_ROWS_KEPT = 6
_MOST_COLUMNS = 60  # no line has room for more


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a displayed formula.

    Args:
        box: what stands behind the relation.
        relation: the relation sign before it; empty for a continued line, and for a chain that fits on one line.
        left: what stands before the relation, on the first line of an aligned chain; else None.
        indent: steps (ems in print) that the line is moved to the right.
    """

    box: Box
    relation: str = ""
    left: Box | None = None
    indent: int = 0


def lay_out(formula: Formula, width: float, measure: Measure = measure_in_ems, step: float = 1.0) -> list[Line]:
    """Break a formula into lines no wider than `width`, wherever it can be broken.

    The whole chain stands on one line if it fits; else each part has a line, relations aligned; a part still too wide
    breaks before a sign outside all brackets, or inside its only bracket; a matrix too wide loses its middle columns.

    Args:
        formula: the chain of relations.
        width: the width of a line, in the unit of `measure`.
        measure: how wide a box is.
        step: how wide one step of indentation is.

    Returns:
        The lines; the relations of all lines with `relation` are aligned.
    """
    formula = _with_few_rows(formula)
    whole = _in_one_row(formula)
    if measure(whole) <= width:
        return [Line(whole)]
    return _one_part_a_line(formula, width, measure, step)


def _in_one_row(formula: Formula) -> Box:
    boxes = [] if formula.left is None else [formula.left]
    for part in formula.parts:
        boxes += [*_relation(part.relation), part.box]
    return row(*boxes)


def _relation(text: str) -> list[Box]:
    return [Sign(text, "relation")] if text else []


def _one_part_a_line(formula: Formula, width: float, measure: Measure, step: float) -> list[Line]:
    left, indent, lines = formula.left, 0, list[Line]()
    if left is not None and (not formula.parts or measure(left) > _WIDEST_LEFT * width):
        lines = _broken(Line(left), width, width - _HANG * step, measure, _HANG)
        left, indent = None, _HANG
    for part in formula.parts:
        # All parts stand behind the left side, which only the first one shows.
        room = width - _lead(formula.left if not indent else None, part, measure) - indent * step
        first = Line(part.box, part.relation, left, indent)
        lines += _broken(first, room, room - _HANG * step, measure, indent + _HANG)
        left = None
    return lines


def _lead(left: Box | None, part: Part, measure: Measure) -> float:
    """How wide the left side and the relation are, with the space around them."""
    before = [] if left is None else [left]
    return measure(row(*before, *_relation(part.relation), part.box)) - measure(part.box)


def _broken(line: Line, first_room: float, later_room: float, measure: Measure, hang: int) -> list[Line]:
    """A line, or several when its box is too wide for the room; the later ones are indented by `hang` steps."""
    boxes = _filled(_pieces(line.box, later_room, measure), first_room, later_room, measure)
    return [replace(line, box=boxes[0]), *(Line(box, indent=hang) for box in boxes[1:])]


@dataclass(frozen=True, slots=True)
class _Piece:
    """What stands between two possible breaks; `starts_line` where joining it to the line before would confuse."""

    box: Box
    starts_line: bool = False


def _filled(pieces: Iterable[_Piece], first_room: float, later_room: float, measure: Measure) -> list[Box]:
    """Put as many pieces on each line as fit."""
    lines: list[Box] = []
    current: Box | None = None
    for piece in pieces:
        longer = piece.box if current is None else row(current, piece.box)
        room = later_room if lines else first_room
        if current is not None and (piece.starts_line or measure(longer) > room):
            lines.append(current)
            longer = piece.box
        current = longer
    return lines if current is None else [*lines, current]


def _pieces(box: Box, room: float, measure: Measure) -> list[_Piece]:
    """The pieces between which a box may break, as large as the room allows."""
    if measure(box) <= room:
        return [_Piece(box)]
    parts = box.parts if isinstance(box, Row) else (box,)
    for signs in (_SUMS, _PRODUCTS):
        terms = list(_split_before(parts, signs))
        if len(terms) > 1:
            return _of_terms([_pieces(term, room, measure) for term in terms])
    return _opened(parts, room, measure) or [_Piece(_narrowed(box, room, measure))]


def _of_terms(terms: list[list[_Piece]]) -> list[_Piece]:
    """The pieces of all terms; a term that is itself broken shares no line with its neighbours."""
    pieces: list[_Piece] = []
    after_broken = False
    for term in terms:
        broken = len(term) > 1
        pieces += [_Piece(term[0].box, term[0].starts_line or broken or after_broken), *term[1:]]
        after_broken = broken
    return pieces


def _split_before(parts: tuple[Box, ...], signs: frozenset[str]) -> Iterator[Box]:
    """Split a row before each of the signs, but neither before its first part nor before a power of ten."""
    start = 0
    for index, part in enumerate(parts):
        breaks = isinstance(part, Sign) and part.kind == "binary" and part.text in signs
        if breaks and index > 0 and not is_power_of_ten(parts, index):
            yield row(*parts[start:index])
            start = index
    yield row(*parts[start:])


def _opened(parts: tuple[Box, ...], room: float, measure: Measure) -> list[_Piece]:
    """The pieces inside the only bracket of a row, or nothing when there is not exactly one, or it does not break."""
    places = [index for index, part in enumerate(parts) if _bracket(part) is not None]
    if len(places) != 1:
        return []
    place = places[0]
    fenced = _bracket(parts[place])
    assert fenced is not None
    inner = _pieces(fenced.body, room, measure)
    if len(inner) < 2:
        return []
    opening = row(*parts[:place], Fenced(inner[0].box, fenced.left, ""))
    closing: Box = Fenced(inner[-1].box, "", fenced.right)
    whole = parts[place]
    if isinstance(whole, Script):
        closing = replace(whole, base=closing)
    last = _Piece(row(closing, *parts[place + 1 :]), inner[-1].starts_line)
    return [_Piece(opening, inner[0].starts_line), *inner[1:-1], last]


def _bracket(box: Box) -> Fenced | None:
    """The bracket that a box is, perhaps with a power behind it."""
    inner = box.base if isinstance(box, Script) else box
    return inner if isinstance(inner, Fenced) and inner.left and inner.right else None


def _narrowed(box: Box, room: float, measure: Measure) -> Box:
    """The box with the middle columns of its widest matrix left out until it fits, if it can."""
    for matrix in list(_matrices(box)):
        if matrix.rows and len(matrix.rows[0]) > _MOST_COLUMNS:
            kept = (slice(_MOST_COLUMNS - 2), slice(-1, None))
            cut = tuple((*cells[kept[0]], _COLUMN_DOTS, *cells[kept[1]]) for cells in matrix.rows)
            box = _replaced(box, matrix, MatrixBox(cut))
    while measure(box) > room:
        matrices = [matrix for matrix in _matrices(box) if _can_lose_columns(matrix)]
        if not matrices:
            return box
        widest = max(matrices, key=measure)
        box = _replaced(box, widest, _without_a_column(widest))
    return box


_COLUMN_DOTS = Sign("⋯", "prefix")
_ROW_DOTS = Sign("⋮", "prefix")


def _can_lose_columns(matrix: MatrixBox) -> bool:
    columns = len(matrix.rows[0]) if matrix.rows else 0
    return columns > 3 or (columns == 3 and matrix.rows[0][1] != _COLUMN_DOTS)


def _without_a_column(matrix: MatrixBox) -> MatrixBox:
    """One column less: the last but one becomes dots, or the one before the dots goes."""
    if matrix.rows[0][-2] == _COLUMN_DOTS:
        return MatrixBox(tuple((*cells[:-3], *cells[-2:]) for cells in matrix.rows))
    return MatrixBox(tuple((*cells[:-2], _COLUMN_DOTS, cells[-1]) for cells in matrix.rows))


def _matrices(box: Box) -> Iterator[MatrixBox]:
    """The matrices that a line shows side by side: in rows, brackets, scripts' bases and above braces."""
    match box:
        case MatrixBox():
            yield box
        case Row(parts):
            for part in parts:
                yield from _matrices(part)
        case Fenced(body) | Under(body, _) | Script(body):
            yield from _matrices(body)
        case _:
            return


def _replaced(box: Box, old: MatrixBox, new: MatrixBox) -> Box:
    """The box with one matrix put in the place of another."""
    match box:
        case MatrixBox():
            return new if box is old else box
        case Row(parts):
            return Row(tuple(_replaced(part, old, new) for part in parts))
        case Fenced() | Under():
            return replace(box, body=_replaced(box.body, old, new))
        case Script():
            return replace(box, base=_replaced(box.base, old, new))
        case _:
            return box


def _with_few_rows(formula: Formula) -> Formula:
    """The formula with the middle rows of every very tall matrix left out."""
    parts = tuple(Part(part.relation, _with_few_rows_in(part.box)) for part in formula.parts)
    left = None if formula.left is None else _with_few_rows_in(formula.left)
    return replace(formula, left=left, parts=parts)


def _with_few_rows_in(box: Box) -> Box:
    for matrix in _matrices(box):
        if len(matrix.rows) > _MOST_ROWS:
            dots = (_ROW_DOTS,) * len(matrix.rows[0])
            kept = (*matrix.rows[:_ROWS_KEPT], dots, matrix.rows[-1])
            box = _replaced(box, matrix, MatrixBox(kept))
    return box
