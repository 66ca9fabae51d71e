"""Subscripts, superscripts and accents as plain text, and typed words such as `z_h1` taken apart."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from chalkgrad.reading.latex_commands import plain_latex
from chalkgrad.reading.numerals import latin_digits
from chalkgrad.reading.spelling import SUBSCRIPTS, SUPERSCRIPTS

__all__ = ["LONGEST_SCRIPT", "WordParts", "is_index", "plain_script", "split_transpose", "split_word"]

LONGEST_SCRIPT = 100
_PLAIN = re.compile(r"[\w+\-−*/.,:|()\[\]'′<>=∞^]*")
_TRANSPOSED = re.compile(
    r"(?:\\(?:top|intercal)|⊤|ᵀ|(?:\\(?:mathsf|mathrm|text|rm|sf|mathbf|mathtt)\s*)?\{?\s*[T⊤]\s*\}?)"
)
_TRANSPOSED_BEHIND = re.compile(
    r"[\])}]\s*\^?\s*\{?\s*(\\top|\\intercal|⊤|T|\\mathsf\s*\{?T\}?|\\mathrm\s*\{?T\}?)\s*\}?\s*\Z"
)
_MARK = re.compile(r"T|\\top|\\intercal|⊤|ᵀ")
_ACCENT_WORDS = {"hat": "hat", "bar": "bar", "tilde": "tilde"}
_ACCENTS = {"\u0302": "hat", "\u0304": "bar", "\u0303": "tilde"}
_NEW_WORDS = frozenset({"new", "old", "next", "prev", "updated"})
_STUCK_HAT = re.compile(r"([A-Za-z])hat\Z")


def plain_script(text: str) -> str | None:
    """A script without markup, blanks and inner scripts, or None where it is not plain.

    >>> plain_script("h_{1}"), plain_script(r"\\text{new}"), plain_script("1, 2"), plain_script(r"\\frac12")
    ('h1', 'new', '1,2', None)
    """
    if len(text) > LONGEST_SCRIPT:
        return None
    if text.isascii() and text.isalnum():
        return text
    text = re.sub(r"\\[,;:! ]|~|\\quad", " ", text)
    plain = latin_digits(plain_latex(unicodedata.normalize("NFD", text))).translate(SUPERSCRIPTS).translate(SUBSCRIPTS)
    plain = re.sub(r"\\(?:prime|cdot|times)(?![A-Za-z])", _spelled, plain).replace("،", ",").replace("−", "-")
    for letter, word in _ACCENTS.items():
        plain = plain.replace(letter, word) if letter in plain else plain
    plain = _joined("".join(plain.split()).replace("{", "").replace("}", ""))
    return plain if _PLAIN.fullmatch(plain) else None


def _spelled(found: re.Match[str]) -> str:
    return {"prime": "'", "cdot": "*", "times": "x"}[found[0][1:]]


def _joined(text: str) -> str:
    """Inner underscores taken out; two numbers stay apart."""
    return re.sub(r"(?<=\d)_+(?=\d)", ",", text).replace("_", "")


def split_transpose(text: str) -> tuple[str, bool]:
    """A superscript without the sign of a transpose, and whether there was one: `T`, `[2]T`, `(1)^{\\top}`."""
    stripped = text.strip()
    if len(stripped) > LONGEST_SCRIPT or not _MARK.search(stripped):
        return text, False
    if _TRANSPOSED.fullmatch(stripped):
        return "", True
    behind = _TRANSPOSED_BEHIND.search(stripped)
    return (stripped[: behind.start() + 1], True) if behind else (text, False)


@dataclass(frozen=True, slots=True)
class WordParts:
    """A typed word taken apart."""

    base: str
    subscript: str = ""
    superscript: str = ""
    accent: str = ""


def split_word(word: str) -> WordParts:
    """Take a typed word apart: digits at the end and what stands behind `_` is the subscript, `_hat` the accent.

    >>> split_word("z_h1").subscript, split_word("w11").subscript, split_word("y_hat_1").accent
    ('h1', '11', 'hat')
    """
    head, *rest = (part for part in word.split("_") if part)
    base = head.rstrip("0123456789")
    scripts = [head[len(base) :]] if len(base) < len(head) else []
    accent, above = "", ""
    for part in rest:
        letters = part.rstrip("0123456789")
        if letters in _ACCENT_WORDS and not accent:
            accent = letters
            scripts.extend(filter(None, [part[len(letters) :]]))
        elif part in _NEW_WORDS and part is rest[-1]:
            above = part
        else:
            scripts.append(part)
    if (stuck := _STUCK_HAT.fullmatch(base)) and not accent:
        base, accent = stuck[1], "hat"
    return WordParts(base, _joined("_".join(scripts)), above, accent)


def is_index(text: str) -> bool:
    """Whether a superscript stands in brackets as a whole and is an index: `(1)`, `[2]`.

    >>> is_index("[2]"), is_index("-(z)"), is_index("(a)(b)")
    (True, False, False)
    """
    return re.fullmatch(r"\s*(?:\(\s*\d{1,4}\s*\)|\[\s*\w{1,8}\s*\])\s*", text) is not None
