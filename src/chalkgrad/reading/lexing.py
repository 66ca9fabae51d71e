"""From signs to lexemes: what the scanners of typed and of LaTeX formulas have in common.

A scanner writes lexemes with their offsets, keeps a stack of open brackets (so that a comma in `max(0,35)` separates
and in `0,35` does not), pairs `|` bars, and notes every fault it meets before it goes on.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from fractions import Fraction

from chalkgrad.errors import Fault, FormulaError, Place
from chalkgrad.reading.numerals import read_literal
from chalkgrad.reading.vocabulary import Vocabulary

__all__ = [
    "ENDS_OPERAND",
    "MAXIMUM_CHARACTERS",
    "MAXIMUM_DEPTH",
    "MAXIMUM_LEXEMES",
    "Frame",
    "Lexeme",
    "Scanner",
    "SourceText",
]

MAXIMUM_CHARACTERS = 20_000
MAXIMUM_LEXEMES = 4_000
MAXIMUM_DEPTH = 500
ENDS_OPERAND = frozenset({"NUMBER", "NAME", "RPAR", "RBAR", "RLIST", "TRANSPOSE"})

_DIGITS = "[0-9۰-۹٠-٩\uff10-\uff19]"
_NUMBER = re.compile(
    rf"(?:{_DIGITS}+(?:[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞]|(?:(?:\.|٫|\{{,\}}){_DIGITS}+|\.(?![^\W\d_]))?)"
    rf"|[.٫]{_DIGITS}+|[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞])(?:[eE][+\-−]?{_DIGITS}+)?"
)
_COMMA_NUMBER = re.compile(rf"{_DIGITS}+,{_DIGITS}+(?:[eE][+\-−]?{_DIGITS}+)?")
_SECOND_SEPARATOR = re.compile(rf"(?:[.,٫٬]{_DIGITS}+)+")
_CLOSING = {"(": ")", "[": "]", "{": "}", "|": "|", "matrix": "\\end"}


@dataclass(frozen=True, slots=True)
class SourceText:
    """A text and where it stands: places are made from offsets. Columns of every line begin at `first_column`."""

    source: str
    text: str
    first_line: int = 1
    first_column: int = 1
    as_latex: bool = False
    _starts: list[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        starts = [0, *(found.end() for found in re.finditer("\n", self.text))]
        object.__setattr__(self, "_starts", starts)

    def place(self, start: int, end: int) -> Place:
        """The place of a piece of the text; a piece over several lines is shown on its first."""
        row = bisect_right(self._starts, start) - 1
        begin = self._starts[row]
        stop = self._starts[row + 1] - 1 if row + 1 < len(self._starts) else len(self.text)
        shown = " " * (self.first_column - 1) + self.text[begin:stop]
        column = self.first_column + start - begin
        return Place(self.source, self.first_line + row, column, shown, max(1, min(end, stop) - start))


@dataclass(slots=True)
class Lexeme:
    """One sign, number or word. `value` is a number's value, or the power that a function is raised to."""

    kind: str
    start: int
    end: int
    text: str
    value: Fraction | int | None = None


@dataclass(slots=True)
class Frame:
    """An open bracket: which one, where its lexeme is, and how the part of the formula inside is read.

    `due` counts the arguments that a LaTeX command still waits for.
    """

    sign: str
    index: int
    separates: bool = False
    has_comma: bool = False
    due: int = 0


class Scanner:
    """The common part of both scanners; `scan` of a subclass fills `lexemes` and `faults`."""

    def __init__(self, source: SourceText, vocabulary: Vocabulary, *, is_left_side: bool = False) -> None:
        self.source = source
        self.text = source.text
        self.vocabulary = vocabulary
        self.is_left_side = is_left_side
        self.position = 0
        self.lexemes: list[Lexeme] = []
        self.faults: list[Fault] = []
        self.frames: list[Frame] = [Frame("", -1)]
        self.skips: dict[int, int] = {}

    def scan(self) -> list[Lexeme]:
        """Read the whole text; what cannot be read is left out and noted as a fault."""
        while self.position < len(self.text):
            if self.position in self.skips:
                self.position = self.skips[self.position]
                continue
            self.scan_next()
            if len(self.lexemes) > MAXIMUM_LEXEMES or len(self.frames) > MAXIMUM_DEPTH:
                self._stop()
                break
        else:
            self._close_all()
        return self.lexemes

    def scan_next(self) -> None:
        """Read one lexeme, or what is skipped, at `position`."""
        raise NotImplementedError

    def emit(self, kind: str, end: int, text: str = "", value: Fraction | int | None = None) -> None:
        """Write a lexeme that reaches from `position` to `end`, and go there."""
        shown = text or self.text[self.position : end]
        self.lexemes.append(Lexeme(kind, self.position, end, shown, value))
        self.position = end

    def fault(self, code: str, message: str, end: int, hint: str = "", start: int | None = None) -> None:
        """Note a fault about the text from `position` (or `start`) to `end`, and go there."""
        begin = self.position if start is None else start
        self.faults.append(Fault(code, message, self.source.place(begin, end), hint))
        self.position = max(self.position, end)

    @property
    def follows_operand(self) -> bool:
        """Whether what was read last could be followed by an operation."""
        return bool(self.lexemes) and self.lexemes[-1].kind in ENDS_OPERAND

    def open_bracket(self, sign: str, end: int) -> None:
        """Read `(`, `[` or `{`."""
        kind = "LLIST" if sign == "[" else "LPAR"
        previous = self.lexemes[-1] if self.lexemes else None
        is_called = sign == "(" and previous is not None and previous.kind in {"NAME", "CALL"}
        separates = sign == "[" or (is_called and previous is not None and self.vocabulary.may_be_called(previous.text))
        self.frames.append(Frame(sign, len(self.lexemes), separates))
        self.emit(kind, end, sign)

    def close_bracket(self, sign: str, end: int) -> None:
        """Read `)`, `]` or `}`; a wrong one is a fault."""
        self._close_bars(sign)
        frame = self.frames[-1]
        if _CLOSING.get(frame.sign) != sign:
            self._mismatched(sign, frame, end)
            return
        self.frames.pop()
        if frame.sign == "[" and not self._is_list(frame):
            self.lexemes[frame.index].kind = "LPAR"
        self.emit("RLIST" if self.lexemes[frame.index].kind == "LLIST" else "RPAR", end, sign)

    def _is_list(self, frame: Frame) -> bool:
        """Whether square brackets hold a list: commas, lists or one number. Else they group: `[(a - b)^2 + c]`."""
        inside = self.lexemes[frame.index + 1 :]
        is_entry = frame.index > 0 and self.lexemes[frame.index - 1].kind in {"LLIST", "COMMA"}
        is_number = bool(inside) and inside[-1].kind == "NUMBER" and all(x.kind == "MINUS" for x in inside[:-1])
        holds_list = bool(inside) and inside[0].text == "[" and inside[0].kind == "LLIST" and inside[-1].kind == "RLIST"
        return not inside or frame.has_comma or is_number or holds_list or (is_entry and self.frames[-1].sign == "[")

    def _mismatched(self, sign: str, frame: Frame, end: int) -> None:
        """Note a closing bracket that closes nothing, or the wrong thing."""
        if not frame.sign:
            self.fault("unopened-bracket", f"`{sign}` closes a bracket that was never opened", end)
            return
        opened, wanted = self.lexemes[frame.index], _CLOSING[frame.sign]
        message = f"`{opened.text}` is closed by `{sign}` where `{wanted}` was expected"
        self.fault("mismatched-bracket", message, end)
        self.position = end
        self.frames.pop()
        opened.kind = "LPAR"
        self.lexemes.append(Lexeme("RPAR", end - len(sign), end, sign))

    def _close_bars(self, sign: str) -> None:
        """Note the bars that are still open where a bracket closes."""
        while self.frames[-1].sign == "|":
            opened = self.lexemes[self.frames.pop().index]
            message = f"`{sign}` was found before the closing `|`"
            position = self.position
            self.fault("unclosed-bar", message, opened.end, "Absolute values are written |x|.", opened.start)
            self.position = position

    def bar(self, end: int) -> None:
        """Read `|`: it closes where an operand ended inside an open bar, else it opens."""
        frame = self.frames[-1]
        if frame.sign != "|" or not self.follows_operand:
            self.open_bar(end)
            return
        self.close_bar(end)

    def open_bar(self, end: int) -> None:
        """Read a bar that opens an absolute value."""
        self.frames.append(Frame("|", len(self.lexemes)))
        self.emit("LBAR", end)

    def close_bar(self, end: int) -> None:
        """Read a bar that closes an absolute value; two bars on both sides are a norm."""
        if self.frames[-1].sign != "|":
            self.fault("unopened-bar", "this bar closes an absolute value that was never opened", end)
            return
        frame = self.frames.pop()
        opened, first = self.lexemes[frame.index], self.position
        inner = self.lexemes[-1]
        outer_touches = frame.index + 1 < len(self.lexemes) and self.lexemes[frame.index + 1].kind == "LBAR"
        if inner.kind == "RBAR" and inner.end == first and outer_touches and opened.end == self._next_start(frame):
            self.fault_norm(end, opened.start)
        self.emit("RBAR", end)

    def _next_start(self, frame: Frame) -> int:
        return self.lexemes[frame.index + 1].start

    def fault_norm(self, end: int, start: int | None = None) -> None:
        """Note a norm."""
        position = self.position
        hint = "Write sqrt(sum(x^2)) for the length of a vector, |x| for absolute values."
        self.fault("norm", "norms are not read in a formula", end, hint, start)
        self.position = position if start is not None else end

    def comma(self, end: int) -> None:
        """Read a comma that separates."""
        self.frames[-1].has_comma = True
        self.emit("COMMA", end)

    def number(self) -> bool:
        """Read a number, if one stands here. A comma between two digits is a decimal comma unless commas separate."""
        found = None
        if not self.frames[-1].separates:
            found = _COMMA_NUMBER.match(self.text, self.position)
        found = found or _NUMBER.match(self.text, self.position)
        if found is None:
            return False
        if (more := _SECOND_SEPARATOR.match(self.text, found.end())) and not self._separated(more):
            message = f"`{found[0]}{more[0]}` has more than one decimal separator"
            hint = "Leave separators between thousands out: 1234567.5."
            self.fault("two-separators", message, more.end(), hint)
            return True
        self._emit_number(found)
        return True

    def _separated(self, more: re.Match[str]) -> bool:
        """Whether what follows a number is a separating comma and another number."""
        return more[0].startswith(",") and self.frames[-1].separates

    def _emit_number(self, found: re.Match[str]) -> None:
        try:
            literal = read_literal(found[0])
        except FormulaError as error:
            place = self.source.place(found.start(), found.end())
            self.faults.extend(fault.at(place) for fault in error.faults)
            self.position = found.end()
        else:
            self.emit("NUMBER", found.end(), found[0], literal.value)

    def _close_all(self) -> None:
        """Note every bracket that is still open, the innermost one only when there are many."""
        for frame in self.frames[:0:-1][:3]:
            opened = self.lexemes[frame.index]
            wanted = _CLOSING[frame.sign]
            code = "unclosed-bar" if frame.sign == "|" else "unclosed-bracket"
            message = f"`{opened.text}` is never closed by `{wanted}`"
            self.fault(code, message, opened.end, start=opened.start)

    def _stop(self) -> None:
        """Give up on a formula that is too large."""
        if len(self.frames) > MAXIMUM_DEPTH:
            hint = "Name a part of it on a line of its own."
            self.fault("too-deep", f"brackets are nested more than {MAXIMUM_DEPTH} deep", self.position, hint)
        else:
            message = f"a formula may have at most {MAXIMUM_LEXEMES} numbers, names and signs"
            self.fault("too-long", message, self.position, "Name parts of it on lines of their own.")
