"""What Chalkgrad says when something is wrong: one small tree of exceptions, each with a code, a place and a hint.

A `Fault` is one thing wrong at one place of the user's text; a `ChalkgradError` carries one or more of them, so that a
wrong file reports all its faults at once.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

__all__ = [
    "ChalkgradError",
    "CheckError",
    "EvaluationError",
    "Fault",
    "FormulaError",
    "Place",
    "ProblemError",
    "ShapeError",
    "UsageError",
    "counted",
    "nearest",
]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a text: a file name (or what stands for one), a line and a column, both counted from 1.

    `text` is the whole line as it stands, for the caret; `width` is how many characters the caret covers.
    """

    source: str
    line: int
    column: int
    text: str = ""
    width: int = 1

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}"

    def caret(self) -> str:
        """The line with a caret under the place, or nothing when the line is not known."""
        if not self.text:
            return ""
        start, shown = _window(self.text, self.column)
        # Keep tabs, so that the caret stands under the right character in any terminal.
        padding = "".join("\t" if character == "\t" else " " for character in shown[: self.column - 1 - start])
        width = max(1, min(self.width, len(shown) - len(padding)))
        return f"    {shown}\n    {padding}{'^' * width}"


def _window(text: str, column: int, width: int = 100) -> tuple[int, str]:
    """The part of a long line around a column, and where it starts."""
    start = max(0, column - 1 - width // 2) if len(text) > width else 0
    return start, text[start : start + width]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong.

    Args:
        code: a short stable name in kebab-case, such as `unknown-name`.
        message: what was read and what was expected, one sentence.
        place: where, if it has a place.
        hint: what to do about it, one sentence, or empty.
    """

    code: str
    message: str
    place: Place | None = None
    hint: str = ""

    def at(self, place: Place) -> Fault:
        """The same fault, placed, unless it has a place already."""
        return self if self.place is not None else replace(self, place=place)

    def __str__(self) -> str:
        head = f"{self.place}: {self.message}" if self.place else self.message
        parts = [f"{head} [{self.code}]"]
        if self.place and (caret := self.place.caret()):
            parts.append(caret)
        if self.hint:
            parts.append(f"    hint: {self.hint}")
        return "\n".join(parts)


class ChalkgradError(Exception):
    """Something the user can mend. `faults` says what, where and how; there is at least one."""

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def __reduce__(self) -> tuple[type[ChalkgradError], tuple[tuple[Fault, ...]]]:
        """How it travels to another process: with its faults, and not as the text that they make."""
        return type(self), (self.faults,)

    @property
    def code(self) -> str:
        """The code of the first fault."""
        return self.faults[0].code


class UsageError(ChalkgradError):
    """A command or function was asked for something that it does not do (exit code 2)."""


class ProblemError(ChalkgradError):
    """A problem file cannot be read or makes no sense (exit code 3)."""


class FormulaError(ProblemError):
    """A formula cannot be read (exit code 3)."""


class ShapeError(ProblemError):
    """The sizes of two quantities do not fit (exit code 3)."""


class EvaluationError(ChalkgradError):
    """A value cannot be computed: a name without a value, a logarithm of a negative number."""


class CheckError(ChalkgradError):
    """A check of our own failed: the fault is ours (exit code 4)."""


def counted(number: int, what: str) -> str:
    """A number of things, in words that fit one and many.

    >>> counted(1, "row"), counted(2, "entry"), counted(1200, "sample")
    ('1 row', '2 entries', '1,200 samples')
    """
    if number == 1:
        return f"1 {what}"
    return f"{number:,} {what[:-1]}ies" if what.endswith("y") else f"{number:,} {what}s"


def nearest(name: str, known: Sequence[str]) -> str:
    """`did you mean ...?` for a mistyped name, or nothing when no known name is near.

    >>> nearest("sigmiod", ["sigmoid", "tanh"])
    'did you mean "sigmoid"?'
    """
    lowered = {candidate.lower(): candidate for candidate in known}
    found = difflib.get_close_matches(name.lower(), list(lowered), n=1, cutoff=0.6)
    return f'did you mean "{lowered[found[0]]}"?' if found else ""
