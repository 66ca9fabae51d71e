"""Which words of typed text are mathematics and which are prose around it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chalkgrad.marking.page.tokens import OPERATORS, Kind, Token
from chalkgrad.marking.page.words import PROSE_WORDS, Lexicon

__all__ = ["without_prose"]

_JOINS = OPERATORS | {Kind.RELATION, Kind.SUPERSCRIPT}
_OPERAND_ENDS = frozenset({Kind.NUMBER, Kind.NAME, Kind.CLOSE, Kind.TRANSPOSE, Kind.PRIME})
_OPERAND_BEGINS = frozenset({Kind.NUMBER, Kind.NAME, Kind.FUNCTION, Kind.PARTIAL, Kind.NABLA, Kind.ROOT, Kind.FRACTION})
_GRADIENT_WORDS = frozenset("gradient grad derivative gradients slope".split())
_NET_WORDS = frozenset({"net", "preactivation", "delta", "error"})
_CHANGING_WORDS = frozenset("input sum change activation delta error".split())
_LINKS = frozenset("of for wrt to the at with respect in by unit neuron node weight bias".split())


def without_prose(tokens: Sequence[Token], text: str, lexicon: Lexicon) -> list[Token]:
    """The same tokens, with the words of typed text that are no mathematics as `TEXT`.

    Args:
        tokens: a line, typed text and formulas in their order.
        text: the page.
        lexicon: the words of the field and of the problem.
    """
    found = list(tokens)
    for place, token in enumerate(found):
        if token.is_typed and _is_prose(found, place, text, lexicon):
            found[place] = Token(Kind.TEXT, token.start, token.end, text[token.start : token.end], is_typed=True)
    _count_ordinals(found, text)
    _join_phrases(found, text)
    _leave_remarks(found)
    _qualify(found, text)
    _number_steps(found)
    return found


_COUNTED = frozenset(
    "step epoch iteration part question problem layer sample line page neuron unit exercise round case task".split()
)


def _count_ordinals(tokens: list[Token], text: str) -> None:
    """The number in `Step 1` or `sample 2` is no factor of what follows."""
    before: Token | None = None
    for token in tokens:
        if token.kind is Kind.SPACE:
            continue
        if before is not None and token.kind is Kind.NUMBER and _is_counted(before, text):
            for piece in (before, token):
                piece.kind, piece.value = Kind.TEXT, "number"
        before = token


def _is_counted(token: Token, text: str) -> bool:
    is_word = token.is_typed and token.kind in {Kind.TEXT, Kind.NAME, Kind.FUNCTION}
    return is_word and text[token.start : token.end].lower() in _COUNTED


_LONGEST_REMARK = 30  # words and marks


def _leave_remarks(tokens: list[Token]) -> None:
    """`(rounded)` and `(by the chain rule)` behind a formula are words, brackets included."""
    opened: list[int] = []
    for place, token in enumerate(tokens):
        if token.kind is Kind.OPEN and token.value == "(":
            opened.append(place)
        elif token.kind is Kind.CLOSE and token.value == ")" and opened:
            first = opened.pop()
            if token.is_typed and tokens[first].is_typed and _is_remark(tokens, first, place):
                for other in tokens[first : place + 1]:
                    other.kind, other.value = Kind.TEXT, "number"


def _is_remark(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether brackets hold words and nothing that could be worked out, and do not follow a name directly."""
    if last - first > _LONGEST_REMARK:
        return False
    inside = [token for token in tokens[first + 1 : last] if token.kind is not Kind.SPACE]
    is_tight = first > 0 and tokens[first - 1].end == tokens[first].start and tokens[first - 1].kind is Kind.NAME
    has_words = any(token.kind is Kind.TEXT or token.is_loose for token in inside)
    return has_words and not is_tight and not any(token.kind in _JOINS for token in inside)


def _join_phrases(tokens: list[Token], text: str) -> None:
    """`learning rate` is one name."""
    for place in range(1, len(tokens)):
        before, token = tokens[place - 1], tokens[place]
        words = text[before.start : before.end].lower(), text[token.start : token.end].lower()
        if words == ("learning", "rate") and before.is_typed:
            following = tokens[place + 1].kind if place + 1 < len(tokens) else Kind.STOP
            kind = Kind.TEXT if following is Kind.NAME else Kind.NAME
            tokens[place] = Token(kind, before.start, token.end, "learning_rate", is_typed=True)
            tokens[place - 1] = Token(Kind.SPACE, before.start, before.start, "", is_typed=True)


def _neighbours(tokens: Sequence[Token], place: int) -> tuple[Token | None, Token | None]:
    def near(places: range) -> Token | None:
        return next((tokens[other] for other in places if tokens[other].kind is not Kind.SPACE), None)

    return near(range(place - 1, max(-1, place - 6), -1)), near(range(place + 1, min(len(tokens), place + 6)))


def _is_prose(tokens: Sequence[Token], place: int, text: str, lexicon: Lexicon) -> bool:
    token = tokens[place]
    if token.kind not in {Kind.NAME, Kind.FUNCTION}:
        return False
    word = text[token.start : token.end]
    before, after = _neighbours(tokens, place)
    if token.kind is Kind.FUNCTION:
        return token.is_loose and not _is_called(token, before, after)
    if word in {"a", "A", "I"}:
        return _is_article(tokens, place, before, after, text)
    if token.is_loose and word.lower() in PROSE_WORDS:
        return not (_joins(before) and _joins(after)) and not (before is None and _is_equals(after) and len(word) > 4)
    if not word.isalpha() or len(word) < 3:
        if token.is_loose:
            return not (_joins(before) or _joins(after))
        return False
    stands_beside_word = _is_word(before) or _is_word(after)
    if stands_beside_word and not (lexicon.is_name(word) and _joins_tightly(before, after)):
        return not (_joins(after) and not _is_operand_end(before)) and not (_joins(before) and _is_end(after))
    if token.is_loose:
        return not (_joins(before) or _joins(after) or (after is not None and after.kind is Kind.SUBSCRIPT))
    return False


_WITHOUT_BRACKETS = frozenset("exp log ln sin cos tan tanh sqrt sigmoid relu erf".split())


def _is_called(token: Token, before: Token | None, after: Token | None) -> bool:
    """Whether a word such as `max` stands as a function and not in a sentence such as `step 2`."""
    if after is None:
        return False
    if after.kind in {Kind.OPEN, Kind.BAR, Kind.PRIME, Kind.SUPERSCRIPT, Kind.RELATION}:
        return True
    if token.value not in _WITHOUT_BRACKETS:
        return False
    return after.kind in {Kind.NUMBER, Kind.MINUS} or (
        after.kind is Kind.NAME and not after.is_loose and _joins(before)
    )


def _is_article(tokens: Sequence[Token], place: int, before: Token | None, after: Token | None, text: str) -> bool:
    """Whether `a` or `I` is a word of English."""
    if before is not None and (_joins(before) or before.kind in {Kind.OPEN, Kind.COMMA}):
        return False
    if after is None or after.kind is not Kind.NAME or tokens[place].end == after.start:
        return False
    return text[after.start : after.end].isalpha() and after.end - after.start > 1


def _joins(token: Token | None) -> bool:
    return token is not None and token.kind in _JOINS


def _joins_tightly(before: Token | None, after: Token | None) -> bool:
    return _joins(before) or _joins(after)


def _is_equals(token: Token | None) -> bool:
    return token is not None and token.kind is Kind.RELATION


def _is_word(token: Token | None) -> bool:
    return token is not None and (token.kind in {Kind.TEXT, Kind.NAME, Kind.NUMBER, Kind.FUNCTION})


def _is_operand_end(token: Token | None) -> bool:
    return token is not None and token.kind in _OPERAND_ENDS and not token.is_loose


def _is_end(token: Token | None) -> bool:
    return token is None or token.kind in {Kind.TEXT, Kind.STOP, Kind.COMMA, Kind.GAP}


def _qualify(tokens: list[Token], text: str) -> None:
    """`gradient of w1 = ..` is no word about w1 itself: the words change which quantity is meant."""
    for place, token in enumerate(tokens):
        if token.kind not in {Kind.RELATION, Kind.COLON}:
            continue
        start = _start_of_name(tokens, place)
        if start is None:
            continue
        words = _words_before(tokens, start, text)
        if not words:
            continue
        _apply(tokens, start, place, words)


def _start_of_name(tokens: Sequence[Token], place: int) -> int | None:
    """Where the single name before a sign begins, or None where it is no single name."""
    at = place - 1
    while at >= 0 and tokens[at].kind in {Kind.SPACE, Kind.GAP, Kind.SUBSCRIPT, Kind.NUMBER, Kind.PRIME, Kind.NAME}:
        is_name = tokens[at].kind is Kind.NAME
        before = tokens[at - 1].kind if at > 0 else None
        if is_name and before is not Kind.SUBSCRIPT:
            return at
        at -= 1
    return None


def _words_before(tokens: Sequence[Token], start: int, text: str) -> list[tuple[int, str]]:
    """The words directly before a name, nearest first, with no mark between."""
    words: list[tuple[int, str]] = []
    at = start - 1
    while at >= 0 and len(words) < 6:
        token = tokens[at]
        if token.kind in {Kind.SPACE, Kind.GAP}:
            at -= 1
            continue
        is_word = token.kind is Kind.TEXT or (token.kind is Kind.NAME and token.is_typed)
        word = text[token.start : token.end].lower()
        if not is_word or not re.fullmatch(r"[a-z][a-z\-]*", word):
            break
        words.append((at, word))
        at -= 1
    return words


def _apply(tokens: list[Token], start: int, sign: int, words: list[tuple[int, str]]) -> None:
    nearest = next(((at, word) for at, word in words if word not in _LINKS), None)
    if nearest is None:
        return
    at, word = nearest
    first, last = tokens[at].start, tokens[sign - 1].end
    if word in _GRADIENT_WORDS:
        _replace(tokens, at, start, Token(Kind.NABLA, first, tokens[start].start, "of", is_typed=True))
    elif word in {"new", "updated"} and start == at + 1:
        tokens[start].superscript = tokens[start].superscript or "new"
        tokens[start].start = first
        _replace(tokens, at, start, Token(Kind.SPACE, first, first, "new", is_typed=True))
    elif word in {"net", "delta"} and start == at + 1 and not tokens[start].accent and tokens[start].is_typed:
        name = tokens[start]
        tokens[start] = Token(
            Kind.NAME, first, name.end, word, (), name.value + name.subscript, name.superscript, is_typed=True
        )
        _replace(tokens, at, start, Token(Kind.SPACE, first, first, word, is_typed=True))
    elif word in _CHANGING_WORDS | _NET_WORDS:
        why = f"the word `{word}` before the name may change what is meant"
        _replace(tokens, at, sign, Token(Kind.UNREAD, first, last, why, is_typed=True))


def _replace(tokens: list[Token], at: int, start: int, token: Token) -> None:
    """Put one token in the place of the words from `at` to before `start`; the rest become empty spaces."""
    for place in range(at, start):
        tokens[place] = Token(Kind.SPACE, token.end, token.end, "", is_typed=True)
    tokens[at] = token


def _number_steps(tokens: list[Token]) -> None:
    """`1)`, `(a)`, `ii)` and `Step 2` at the beginning of a line are furniture."""
    if len(tokens) > 1 and tokens[1].kind is Kind.CLOSE and tokens[0].is_typed:
        if tokens[0].kind in {Kind.NUMBER, Kind.NAME, Kind.TEXT} and tokens[0].end - tokens[0].start < 4:
            for token in tokens[:2]:
                token.kind, token.value = Kind.TEXT, "number"
    elif len(tokens) > 3 and tokens[0].kind is Kind.OPEN and tokens[2].kind is Kind.CLOSE and tokens[0].is_typed:
        is_short = tokens[1].end - tokens[1].start < 4 and tokens[1].kind in {Kind.NUMBER, Kind.NAME}
        if is_short and tokens[3].kind in _OPERAND_BEGINS | {Kind.TEXT} and tokens[2].end < tokens[3].start:
            for token in tokens[:3]:
                token.kind, token.value = Kind.TEXT, "number"
