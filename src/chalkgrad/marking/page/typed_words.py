"""Words of typed text: names with scripts, functions, derivatives such as `dL_dw5`, words that may be prose."""

from __future__ import annotations

import re
import unicodedata

from chalkgrad.marking.page.scripts import split_word
from chalkgrad.marking.page.tokens import Kind, Token
from chalkgrad.marking.page.words import PROSE_WORDS, Lexicon
from chalkgrad.reading.numerals import latin_digits
from chalkgrad.reading.spelling import read_word

__all__ = ["typed_word"]

_WORD = re.compile(r"[A-Za-z](?:[A-Za-z0-9]|_(?=[A-Za-z0-9]))*")
_MODULE = re.compile(r"(?:np|numpy|math|torch|tf|jnp|F|nn)\.(?=[a-z])")
_SIDE_BY_SIDE = re.compile(r"(?:[A-Za-z][0-9]+){2,}|[A-Za-z][0-9]+[A-Za-z]")
_DERIVATIVE = re.compile(r"(d[A-Za-z][A-Za-z0-9]*)_(d[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*)")
_PIECE = re.compile(r"[A-Za-z][0-9]*")
_SCRIPT = re.compile(r"_[A-Za-z0-9]+(?:_[A-Za-z0-9]+)*")
_ACCENTS = "\u0302\u0303\u0304\u0305\u0307\u20d7"


def typed_word(text: str, start: int, end: int, lexicon: Lexicon, *, splits: bool = False) -> list[Token]:
    """Read the word that begins at a place of typed text.

    Args:
        text: the page.
        start: where a letter stands.
        end: where the stretch ends.
        lexicon: the words of the field and of the problem.
        splits: whether the text around is LaTeX, where two unknown letters are a product.
    """
    if module := _MODULE.match(text, start, end):
        return [Token(Kind.SPACE, start, module.end(), "module")]
    word = _WORD.match(text, start, end)
    if word is None or text[word.end() : word.end() + 1] in set(_ACCENTS):
        return _accented(text, start, end)
    if word[0] in lexicon.names:
        return (
            [Token(Kind.NAME, start, word.end(), word[0])] if "_" not in word[0] else [_name(word[0], start, lexicon)]
        )
    if function := lexicon.function(word[0]):
        return [Token(Kind.FUNCTION, start, word.end(), function, is_loose=word[0].isalpha())]
    if derivative := _DERIVATIVE.fullmatch(word[0]):
        middle = start + len(derivative[1])
        slash = Token(Kind.SLASH, middle, middle + 1, "/")
        return [_name(derivative[1], start, lexicon), slash, _name(derivative[2], middle + 1, lexicon)]
    if _SIDE_BY_SIDE.fullmatch(word[0]) or (splits and _is_product(word[0])):
        pieces = _PIECE.finditer(word[0])
        return [_name(piece[0], start + piece.start(), lexicon) for piece in pieces]
    return [_name(word[0], start, lexicon)]


def _is_product(word: str) -> bool:
    return len(word) == 2 and word.isalpha() and word not in PROSE_WORDS


def _name(word: str, start: int, lexicon: Lexicon) -> Token:
    parts = split_word(word)
    is_known = len(word) == 1 or not word.isalpha() or lexicon.is_name(parts.base)
    is_prose = word.lower() in PROSE_WORDS and word not in lexicon.names and len(word) > 1
    token = Token(Kind.NAME, start, start + len(word), parts.base, (), parts.subscript, parts.superscript, parts.accent)
    token.is_loose = is_prose or not is_known
    return token


def _accented(text: str, start: int, end: int) -> list[Token]:
    """Letters beyond ASCII: `σ`, `ŷ1`, `y` with a combining hat."""
    spelled, stop = read_word(text[start : min(end, start + 60)], 0)
    if not spelled:
        return [Token(Kind.TEXT, start, start + 1, "prose")]
    stop += start
    if spelled.startswith("Delta_"):
        spelled, stop = "Delta", start + 1
    parts = split_word(spelled)
    name = Token(Kind.NAME, start, stop, parts.base, (), latin_digits(parts.subscript), "", parts.accent)
    letters = unicodedata.normalize("NFD", text[start:stop])
    name.is_loose = sum(letter.isalpha() for letter in letters) > 1
    behind = _SCRIPT.match(text, stop, end)
    if behind and not name.subscript:
        more = split_word(parts.base + behind[0])
        name.end, name.subscript, name.superscript = behind.end(), more.subscript, more.superscript
    return [name]
