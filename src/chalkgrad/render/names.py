"""Names as boxes: `z_h1_2` is z with the subscript h with the subscript 1,2."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from chalkgrad.render.boxes import Accent, Box, Fenced, Identifier, NumberBox, Script, Sign, row
from chalkgrad.render.characters import ACCENTS, GREEK

__all__ = ["name_box", "with_superscript"]

_DEEPEST = 8  # subscripts of subscripts beyond this are set as they were typed
_ACCENT = re.compile(rf"_({'|'.join(ACCENTS)})(?=[_^]|$)")
_SUPERSCRIPT = re.compile(r"\^(?:\[([^\[\]]*)\]|\(([^()]*)\)|\{([^{}]*)\}|(\w))")
_GROUP = re.compile(r"_\{([^{}]*)\}")
_INDEX = re.compile(r"_(\d+)(?=[_^]|$)")
_INDEX_LETTERS = frozenset("ijklmn")


@dataclass(frozen=True, slots=True)
class _Parts:
    """A name taken apart: its letters, and what stands around them."""

    letters: str
    indices: tuple[Box, ...] = ()
    superscript: Box | None = None
    accent: str = ""


def name_box(text: str) -> Box:
    """The box of a name as it is written in a problem file.

    Digits behind the letters and behind `_` are subscripts, joined by commas; `_` before letters begins a name that is
    itself the subscript; `^[..]` and `^(..)` are superscripts; `_hat`, `_bar` and `_tilde` are accents; Greek letters
    may be named. A text that is no such name is set as it stands: it is never refused, and every writer escapes it.

    >>> name_box("w1")  # doctest: +ELLIPSIS
    Script(base=Identifier(text='w'), sub=NumberBox(text='1'), sup=None)
    """
    return _name(text, _DEEPEST)


def with_superscript(box: Box, superscript: Box) -> Box:
    """The box with a superscript, set behind the one it has: `a^[2]` with `(1)` is a with [2](1).

    >>> with_superscript(Identifier("W"), NumberBox("2"))
    Script(base=Identifier(text='W'), sub=None, sup=NumberBox(text='2'))
    """
    if isinstance(box, Script):
        return replace(box, sup=superscript if box.sup is None else row(box.sup, superscript))
    return Script(box, sup=superscript)


def _name(text: str, depth: int) -> Box:
    if set(text) <= _INDEX_LETTERS and 1 < len(text) <= 3 and text != "in" and depth < _DEEPEST:
        return row(*(Identifier(letter) for letter in text))
    letters = _leading_letters(text)
    if not letters or depth == 0:
        return NumberBox(text) if text.isdigit() and text.isascii() else Identifier(text)
    digits = re.match(r"\d*", text[len(letters) :])
    assert digits is not None
    indices = (NumberBox(digits[0]),) if digits[0] else ()
    parts = _read_rest(_Parts(letters, indices), text[len(letters) + len(digits[0]) :], depth)
    return Identifier(text) if parts is None else _assembled(parts)


def _leading_letters(text: str) -> str:
    """The letters (of any script, with their marks) that a name begins with."""
    end = 0
    while end < len(text) and unicodedata.category(text[end])[0] in "LM":
        end += 1
    return text[:end]


def _read_rest(parts: _Parts, rest: str, depth: int) -> _Parts | None:
    """Read accents, superscripts and subscripts behind the letters; None when something else stands there."""
    while rest:
        if match := _ACCENT.match(rest):
            parts = replace(parts, accent=match[1])
        elif (match := _SUPERSCRIPT.match(rest)) and parts.superscript is None:
            parts = replace(parts, superscript=_superscript(match, depth))
        elif match := _INDEX.match(rest):
            parts = replace(parts, indices=(*parts.indices, NumberBox(match[1])))
        elif match := _GROUP.match(rest):
            group = tuple(_name(item.strip(), depth - 1) for item in match[1].split(","))
            parts = replace(parts, indices=(*parts.indices, *group))
        elif rest[0] == "_" and _leading_letters(rest[1:]):
            return replace(parts, indices=(*parts.indices, _name(rest[1:], depth - 1)))
        else:
            return None
        rest = rest[match.end() :]
    return parts


def _superscript(match: re.Match[str], depth: int) -> Box:
    square, round_, braced, bare = match.groups()
    content = _name(next(part for part in (square, round_, braced, bare) if part is not None), depth - 1)
    if square is not None:
        return Fenced(content, "[", "]")
    return Fenced(content) if round_ is not None else content


def _assembled(parts: _Parts) -> Box:
    base = _base(parts.letters)
    if parts.accent:
        base = Accent(base, parts.accent)
    if not parts.indices and parts.superscript is None:
        return base
    return Script(base, _joined(parts.indices) if parts.indices else None, parts.superscript)


def _base(letters: str) -> Box:
    """A letter, a Greek letter by name, a letter that carries an accent already, or a word."""
    letters = unicodedata.normalize("NFC", letters)
    decomposed = unicodedata.normalize("NFD", letters)
    if len(letters) == 1 and len(decomposed) == 2:
        for accent, mark in ACCENTS.items():
            if decomposed[1] == mark:
                return Accent(Identifier(decomposed[0]), accent)
    return Identifier(GREEK.get(letters, letters))


def _joined(indices: tuple[Box, ...]) -> Box:
    """Indices with commas between them."""
    parts: list[Box] = [indices[0]]
    for index in indices[1:]:
        parts += [Sign(",", "punctuation"), index]
    return row(*parts)
