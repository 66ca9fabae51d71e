"""What a YAML parser complains of, in plain words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalkgrad.errors import Fault, Place

__all__ = ["event_fault", "syntax_fault"]

PlaceAt = Callable[[int, int], Place]

# (part of the parser's problem, part of its context, code, message, hint); the first that fits is taken.
_WORDS: tuple[tuple[str, str, str, str, str], ...] = (
    (
        "found character '\\t'",
        "",
        "tab",
        "a tab stands here; YAML indents with spaces only",
        "replace the tab by spaces",
    ),
    (
        "that cannot start any token",
        "",
        "needs-quotes",
        "a text cannot start with this character",
        'put the text in quotes: "..."',
    ),
    (
        "mapping values are not allowed",
        "",
        "second-colon",
        "a `:` cannot stand here",
        "start the key on a line of its own, or put the text in quotes if the colon belongs to it",
    ),
    (
        "sequence entries are not allowed",
        "",
        "list-here",
        "a list entry `-` cannot start here",
        "start the list on a new line",
    ),
    ("mapping keys are not allowed", "", "key-here", "a key cannot start here", "start the key on a new line"),
    ("expected ',' or ']'", "", "list-not-closed", "a list `[` is not closed: expected `,` or `]` here", ""),
    ("expected ',' or '}'", "", "mapping-not-closed", "a mapping `{` is not closed: expected `,` or `}` here", ""),
    (
        "could not find expected ':'",
        "",
        "colon-missing",
        "expected `key: value`, and found no `:` behind the key",
        "write a colon and a space behind the key",
    ),
    ("found unexpected end of stream", "quoted scalar", "quote-not-closed", "a quote is opened and never closed", ""),
    (
        "found unknown escape character",
        "",
        "unknown-escape",
        "a backslash in double quotes starts an escape, and this one is not known",
        "use single quotes, where a backslash is a backslash",
    ),
    (
        "hexdecimal",
        "double-quoted",
        "unknown-escape",
        "a backslash in double quotes starts an escape, and this one is not complete",
        "use single quotes, where a backslash is a backslash",
    ),
    (
        "expected <block end>",
        "",
        "indentation",
        "this line does not fit what stands above it",
        "entries of one mapping or list start in the same column",
    ),
    ("more indented follow up", "", "indentation", "the lines of this text are indented unevenly", ""),
    (
        "expected '<document start>'",
        "",
        "left-over",
        "the value of the file has ended before this, and nothing can follow it",
        "start every key in the first column",
    ),
    ("undefined tag handle", "", "tag", "a tag `!` is not read here", 'put the text in quotes if it starts with "!"'),
    (
        "expected the node content",
        "",
        "value-missing",
        "expected a value here",
        "put the text in quotes if it starts with a bracket, a brace or a comma",
    ),
    (
        "",
        "while scanning an a",
        "anchor",
        "`&` and `*` name and repeat values in YAML; they are not read here",
        'put the text in quotes if it starts with "&" or "*"',
    ),
    ("", "scanning a directive", "directive", "a line that starts with `%` is not read here", "remove the line"),
    ("", "scanning a tag", "tag", "a tag `!` is not read here", 'put the text in quotes if it starts with "!"'),
    ("", "block scalar", "block-header", "only a line break or a comment can stand behind `|` and `>`", ""),
)


def syntax_fault(error: Any, place_at: PlaceAt) -> Fault:
    """What a parser's error says, with the place that helps most."""
    problem = str(getattr(error, "problem", None) or "")
    context = str(getattr(error, "context", None) or "")
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    opened = getattr(error, "context_mark", None)
    for needle, setting, code, message, hint in _WORDS:
        if needle in problem and setting in context:
            if opened is not None and code.endswith("-not-closed"):
                hint = f"it is opened in line {opened.line + 1}, column {opened.column + 1}"
            return Fault(code, message, _place(mark, place_at), hint)
    detail = f": {problem}" if problem else ""
    return Fault("not-yaml", f"this cannot be read as YAML{detail}", _place(mark, place_at))


def _place(mark: Any, place_at: PlaceAt) -> Place:
    return place_at(mark.line, mark.column) if mark is not None else place_at(0, 0)


def event_fault(event: Any, kind: str, place_at: PlaceAt) -> Fault | None:
    """What is wrong with one parsed event: aliases, anchors, tags and directives are not read."""
    place = _place(event.start_mark, place_at)
    quotes = "put the text in quotes if it starts with"
    if kind == "AliasEvent" or getattr(event, "anchor", None):
        message = "`&` and `*` name and repeat values in YAML; they are not read here"
        return Fault("anchor", message, place, f'{quotes} "&" or "*"')
    if getattr(event, "tag", None):
        return Fault("tag", "a tag `!` is not read here", place, f'{quotes} "!"')
    if kind == "DocumentStartEvent" and (event.version or event.tags):
        return Fault("directive", "a line that starts with `%` is not read here", place, "remove the line")
    return None
