"""YAML 1.2 with places: plain Python values, and where in the text each of them stands.

Only the events of the parser are used. Its composer recurses and resolves aliases, so a file of a hundred thousand
brackets or a few nested aliases would bring it down; events come one at a time and can be refused one at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalkgrad.errors import Fault, FormulaError, Place, ProblemError
from chalkgrad.reading.written_numbers import WrittenNumber, plain_number
from chalkgrad.reading.yaml_faults import event_fault, syntax_fault

__all__ = ["Path", "SourceTree", "Value", "load_source"]

Path = tuple[str | int, ...]
Value = dict[str, Any] | list[Any] | str | WrittenNumber | bool | None

_MOST_BYTES = 1_000_000
_MOST_LINES = 50_000
_MOST_IN_LINE = 100_000  # the scanner takes quadratic time over some lines, such as one of `!` only
_MOST_VALUES = 20_000  # keys and values; about a third of a second in the parser
_MOST_DEPTH = 50

# What YAML 1.2 lets stand in a file (section 5.1), less the byte order mark.
_NOT_PRINTABLE = re.compile("[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")}


@dataclass(frozen=True, slots=True)
class Span:
    """Where a value or key stands (lines and columns from 0), and how it is written: plain, `'`, `"`, `|`, `>`."""

    line: int
    column: int
    end_line: int
    end_column: int
    style: str = ""


@dataclass(frozen=True, slots=True)
class SourceTree:
    """A read file: its value, its lines, where everything stands, and faults that do not end the reading."""

    name: str
    lines: tuple[str, ...]
    value: Value
    values: Mapping[Path, Span] = field(repr=False)
    keys: Mapping[Path, Span] = field(repr=False)
    faults: tuple[Fault, ...] = ()

    def place(self, path: Path = ()) -> Place:
        """Where the value at `path` stands; for a path that is not there, the nearest that is."""
        while path and path not in self.values:
            path = path[:-1]
        span = self.values.get(path)
        return self._place_of(span) if span else self.place_at(0, 0)

    def key_place(self, path: Path) -> Place:
        """Where the key of the entry at `path` stands; for an entry of a list, where its value does."""
        span = self.keys.get(path)
        return self._place_of(span) if span else self.place(path)

    def line_places(self, path: Path) -> tuple[Place, ...]:
        """Where each line of the text at `path` starts: the lines of a block `|` one by one, else the whole text."""
        span = self.values[path]
        text = self._text(path)
        if span.style != "|":
            return tuple(self._start_of(span) for _ in text.split("\n"))
        return tuple(self._line_in_block(span.line + 1 + row, line) for row, line in enumerate(text.split("\n")))

    def place_at(self, line: int, column: int, width: int = 1) -> Place:
        """The place at a line and a column counted from 0."""
        text = self.lines[line] if line < len(self.lines) else ""
        return Place(self.name, line + 1, column + 1, text, max(1, width))

    def _place_of(self, span: Span) -> Place:
        width = span.end_column - span.column if span.end_line == span.line else 1
        return self.place_at(span.line, span.column, width)

    def _start_of(self, span: Span) -> Place:
        """The first character of a text, behind its quote if it has one."""
        if span.style == ">":
            return self.place_at(span.line, span.column)
        quote = 1 if span.style else 0
        width = span.end_column - span.column - 2 * quote if span.end_line == span.line else 1
        return self.place_at(span.line, span.column + quote, width)

    def _line_in_block(self, line: int, text: str) -> Place:
        whole = self.lines[line] if line < len(self.lines) else ""
        return self.place_at(line, max(0, len(whole) - len(text)), len(text))

    def _text(self, path: Path) -> str:
        value: Any = self.value
        for key in path:
            value = value[key]
        return value if isinstance(value, str) else ""


def load_source(text: str | bytes, name: str) -> SourceTree:
    """Read one YAML document.

    Args:
        text: the file as it stands; bytes must be UTF-8.
        name: what to call it in messages.

    Returns:
        The tree; a key that stands twice is among its `faults`.

    Raises:
        ProblemError: `not-utf-8`, `file-too-large`, `strange-character`, `not-yaml` and its kin, `nested-too-deeply`,
            `anchor`, `tag`, `several-documents`, each with its place.

    >>> load_source("batch: 4", "problem.yaml").value
    {'batch': WrittenNumber('4')}
    """
    decoded = _decoded(text, name).replace("\r\n", "\n").replace("\r", "\n")
    builder = _Builder(SourceTree(name, tuple(decoded.split("\n")), None, {}, {}))
    _refuse_strange(decoded, builder.source)
    for event in _events(decoded, builder.source):
        builder.take(event)
    return builder.tree()


def _decoded(text: str | bytes, name: str) -> str:
    size = len(text)
    if size > _MOST_BYTES:
        raise ProblemError(
            Fault(
                "file-too-large",
                f"{name} has {size:,} characters; a problem file has at most {_MOST_BYTES:,}",
                hint="keep the samples in a CSV file and name it: `data: {csv: path, target: column}`",
            )
        )
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        message = f"{name} is not UTF-8: byte {error.start + 1} is 0x{text[error.start]:02X}"
        fault = Fault("not-utf-8", message, Place(name, line, 1), "save the file as UTF-8")
        raise ProblemError(fault) from None


def _refuse_strange(text: str, source: SourceTree) -> None:
    if len(source.lines) > _MOST_LINES:
        message = f"the file has {len(source.lines):,} lines; a problem file has at most {_MOST_LINES:,}"
        raise ProblemError(Fault("file-too-large", message, source.place_at(_MOST_LINES, 0)))
    for number, whole in enumerate(source.lines):
        if len(whole) > _MOST_IN_LINE:
            message = f"the line has {len(whole):,} characters; a line has at most {_MOST_IN_LINE:,}"
            raise ProblemError(Fault("file-too-large", message, source.place_at(number, 0)))
    found = _NOT_PRINTABLE.search(text)
    if found:
        line = text.count("\n", 0, found.start())
        column = found.start() - (text.rfind("\n", 0, found.start()) + 1)
        message = f"the character U+{ord(found[0]):04X} cannot stand in a problem file"
        raise ProblemError(Fault("strange-character", message, source.place_at(line, column), "remove it"))


def _events(text: str, source: SourceTree) -> Iterator[Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except YAMLError as error:
        raise ProblemError(syntax_fault(error, source.place_at)) from None
    except (ValueError, OverflowError, IndexError, AttributeError, TypeError, AssertionError, NotImplementedError):
        # The parser is not proof against every malformed escape and directive: a file must not bring us down.
        raise ProblemError(Fault("not-yaml", "this cannot be read as YAML", source.place_at(0, 0))) from None


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    path: Path
    value: dict[str, Any] | list[Any]
    span: Span
    key: str | None = None
    is_waste: bool = False


class _Builder:
    """Puts values together from events, with an own stack instead of recursion."""

    def __init__(self, source: SourceTree) -> None:
        self.source = source
        self.root: Value = None
        self.values: dict[Path, Span] = {}
        self.keys: dict[Path, Span] = {}
        self.faults: list[Fault] = []
        self.stack: list[_Open] = []
        self.documents = 0
        self.count = 0

    def tree(self) -> SourceTree:
        source = self.source
        return SourceTree(source.name, source.lines, self.root, self.values, self.keys, tuple(self.faults))

    def take(self, event: Any) -> None:
        kind = type(event).__name__
        fault = event_fault(event, kind, self.source.place_at)
        if fault:
            raise ProblemError(fault)
        if kind == "DocumentStartEvent":
            self._start_document(event)
        elif kind == "ScalarEvent":
            self._scalar(event)
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            self._open({} if kind == "MappingStartEvent" else [], event)
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self._close(event)

    def _start_document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            place = self.source.place_at(event.start_mark.line, event.start_mark.column)
            message = "a second document starts here; a problem file holds one problem"
            raise ProblemError(Fault("several-documents", message, place, "put each problem into its own file"))

    def _scalar(self, event: Any) -> None:
        span = _span(event)
        if self._wants_key():
            self._take_key(event.value, span)
            return
        self._put(self._scalar_value(event, span), span)

    def _scalar_value(self, event: Any, span: Span) -> Value:
        text: str = event.value
        if event.style is not None:
            return text
        if text in _NULLS:
            return None
        if text in _BOOLEANS:
            return _BOOLEANS[text]
        try:
            number = plain_number(text)
        except FormulaError as error:
            self.faults.extend(fault.at(self.source.place_at(span.line, span.column)) for fault in error.faults)
            return WrittenNumber(0, text)
        return text if number is None else number

    def _wants_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].value, dict) and self.stack[-1].key is None

    def _take_key(self, key: str, span: Span) -> None:
        self._count(span)
        holder = self.stack[-1]
        path = (*holder.path, key)
        holder.key = key
        holder.is_waste = path in self.keys
        if holder.is_waste:
            first = self.source.place_at(self.keys[path].line, self.keys[path].column)
            place = self.source.place_at(span.line, span.column, span.end_column - span.column)
            message = f"`{key}` stands here a second time; it stands first in line {first.line}, column {first.column}"
            self.faults.append(Fault("duplicate-key", message, place, "keep one of them"))
        else:
            self.keys[path] = span

    def _open(self, value: dict[str, Any] | list[Any], event: Any) -> None:
        place = self.source.place_at(event.start_mark.line, event.start_mark.column)
        if len(self.stack) >= _MOST_DEPTH:
            message = f"lists and mappings are nested more than {_MOST_DEPTH} deep here"
            raise ProblemError(Fault("nested-too-deeply", message, place))
        if self._wants_key():
            message = "a list or mapping stands here as a key; expected a name followed by `:`"
            raise ProblemError(Fault("key-not-a-name", message, place, "quote the key if it has brackets or braces"))
        self.stack.append(_Open(self._next_path(), value, _span(event)))

    def _close(self, event: Any) -> None:
        done = self.stack.pop()
        end = event.end_mark
        self._put(done.value, Span(done.span.line, done.span.column, end.line, end.column))

    def _next_path(self) -> Path:
        if not self.stack:
            return ()
        holder = self.stack[-1]
        if isinstance(holder.value, list):
            return (*holder.path, len(holder.value))
        # What stands behind a repeated key is read to its end, on a path that no one asks for.
        key = holder.key or ""
        return (*holder.path, f"{key} (again)" if holder.is_waste else key)

    def _put(self, value: Value, span: Span) -> None:
        self._count(span)
        path = self._next_path()
        self.values[path] = span
        if not self.stack:
            self.root = value
            return
        holder = self.stack[-1]
        if isinstance(holder.value, list):
            holder.value.append(value)
            return
        if not holder.is_waste and holder.key is not None:
            holder.value[holder.key] = value
        holder.key, holder.is_waste = None, False

    def _count(self, span: Span) -> None:
        self.count += 1
        if self.count > _MOST_VALUES:
            message = f"the file holds more than {_MOST_VALUES:,} keys and values"
            hint = "keep the samples in a CSV file and name it: `data: {csv: path, target: column}`"
            raise ProblemError(Fault("file-too-large", message, self.source.place_at(span.line, span.column), hint))


def _span(event: Any) -> Span:
    start, end = event.start_mark, event.end_mark
    return Span(start.line, start.column, end.line, end.column, getattr(event, "style", None) or "")
