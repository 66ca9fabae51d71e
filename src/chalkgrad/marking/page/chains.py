"""Chains from the items of a formula: parts between signs, parted by commas, rows, wide spaces and words."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from chalkgrad.marking.page.grammar import parse_term
from chalkgrad.marking.page.items import Block, Item, Unreadable, begins_operand, without_spaces
from chalkgrad.marking.page.tokens import OPERATORS, Kind, Token
from chalkgrad.marking.page.written import Chain, Sign, Term, Unread

__all__ = ["LineNumbers", "read_chains"]

_PASSED = frozenset({Kind.SPACE, Kind.GAP, Kind.CELL})
_SOFT = frozenset({Kind.GAP, Kind.ROW, Kind.CELL})
_HARD = frozenset({Kind.COMMA, Kind.STOP, Kind.TEXT})
_CONTINUES = frozenset({Kind.PLUS, Kind.TIMES, Kind.SLASH})


class LineNumbers:
    """Which line a place of a text is on.

    >>> LineNumbers("a\\nb").at(2)
    2
    """

    def __init__(self, text: str) -> None:
        self.starts = [0]
        for line in text.split("\n")[:-1]:
            self.starts.append(self.starts[-1] + len(line) + 1)

    def at(self, place: int) -> int:
        """The line of a place, counted from 1."""
        return bisect_right(self.starts, place)


@dataclass(slots=True)
class _Draft:
    """A chain that is being read: the items of each part, the sign before each, whether a comma stands before."""

    parts: list[list[Item]] = field(default_factory=lambda: [[]])
    signs: list[Token | None] = field(default_factory=lambda: [None])
    is_listed: bool = False

    @property
    def is_empty(self) -> bool:
        return len(self.parts) == 1 and self.signs[0] is None and self.last() is None

    def last(self) -> Item | None:
        """The last thing that was read that is no space; a sign where its part is still empty."""
        return next((item for item in reversed(self.parts[-1]) if not _is_space(item)), self.signs[-1])


def read_chains(items: Sequence[Item], text: str, lines: LineNumbers) -> list[Chain]:
    """Read the chains of one formula.

    Args:
        items: the whole formula, brackets matched.
        text: the page.
        lines: the lines of the page.
    """
    chains = []
    for draft in _paired(_drafts(_with_values_after_colons(_without_labels(items)))):
        chain = _chain(draft, text, lines)
        if chain is not None:
            chains.append(chain)
    return chains


def _drafts(items: Sequence[Item]) -> list[_Draft]:
    drafts = [_Draft()]
    following = _following(items)
    words: Token | None = None
    for place, item in enumerate(items):
        draft = drafts[-1]
        if not isinstance(item, Token):
            draft.parts[-1].append(item)
        elif item.kind is Kind.RELATION:
            _take_sign(draft, item, words)
        elif item.kind in _HARD or item.kind is Kind.COLON:
            drafts.append(_Draft(is_listed=item.kind is Kind.COMMA))
            words = item if item.kind is Kind.TEXT and item.value not in _NO_WORDS else None
            continue
        elif item.kind in _SOFT:
            if _parts_formulas(draft, item, following[place]):
                drafts.append(_Draft())
        else:
            draft.parts[-1].append(item)
        words = words if _passes(item) else None
    return [draft for draft in drafts if not draft.is_empty]


def _paired(drafts: Sequence[_Draft]) -> list[_Draft]:
    """`x_1, x_2 = 0.05, 0.10` says that x_1 is 0.05 and x_2 is 0.10."""
    found = list(drafts)
    place = 0
    while place < len(found):
        count = _names_before(found, place)
        values = found[place + 1 : place + 1 + count]
        if count and len(values) == count and all(_is_lone(value) and value.is_listed for value in values):
            names = [draft.parts[0] for draft in found[place - count : place + 1]]
            right = [found[place].parts[1], *(value.parts[0] for value in values)]
            sign = found[place].signs[1]
            pairs = [_Draft([name, value], [None, sign]) for name, value in zip(names, right, strict=True)]
            found[place - count : place + 1 + count] = pairs
        place += 1
    return found


def _names_before(drafts: Sequence[_Draft], place: int) -> int:
    """How many names stand before an equation of a name, each followed by a comma."""
    draft = drafts[place]
    if len(draft.parts) != 2 or draft.signs[0] is not None or not draft.is_listed or not _is_name(draft.parts[0]):
        return 0
    count = 0
    while count < place and count < 12:
        before = drafts[place - count - 1]
        if not (_is_lone(before) and _is_name(before.parts[0])):
            break
        count += 1
        if not before.is_listed:
            break
    return count


def _is_lone(draft: _Draft) -> bool:
    return len(draft.parts) == 1 and draft.signs[0] is None and draft.last() is not None


def _is_name(items: Sequence[Item]) -> bool:
    """Whether items are a single name or derivative; numbers stand only in its scripts."""
    found = without_spaces(items)
    if not found or not isinstance(found[0], Token):
        return False
    return all(_is_of_a_name(item, before) for before, item in zip([None, *found], found, strict=False))


_NO_WORDS = frozenset({"mark", "number", "tag", "quotation mark"})


def _take_sign(draft: _Draft, sign: Token, words: Token | None) -> None:
    """Begin the next part. Words directly before an equals sign name what it speaks of, in a way that is not known."""
    if words is not None and sign.value != "→" and draft.is_empty:
        why = "words stand where a name was expected"
        draft.parts[0].append(Token(Kind.UNREAD, words.start, words.end, why, is_typed=words.is_typed))
    if draft.last() is draft.signs[-1] and draft.signs[-1] is None and len(draft.parts) == 1:
        draft.signs[0] = sign
        return
    before = draft.signs[-1]
    if draft.last() is draft.signs[-1] and before is not None and "→" in (before.value, sign.value):
        # An arrow beside another sign says nothing of its own.
        draft.signs[-1] = Token(
            Kind.RELATION, before.start, sign.end, before.value if sign.value == "→" else sign.value
        )
        return
    draft.parts.append([])
    draft.signs.append(sign)


def _following(items: Sequence[Item]) -> list[Item | None]:
    """What comes next behind each item, spaces and the signs of columns passed over."""
    found: list[Item | None] = [None] * len(items)
    for place in range(len(items) - 2, -1, -1):
        found[place] = found[place + 1] if _passes(items[place + 1]) else items[place + 1]
    return found


def _parts_formulas(draft: _Draft, item: Token, following: Item | None) -> bool:
    """Whether a wide space, a new row or a `&` ends a formula, and does not stand inside one."""
    before = draft.last()
    if before is None:
        return False
    if isinstance(following, Token) and following.kind is Kind.RELATION:
        return item.kind is Kind.ROW
    if isinstance(following, Token) and following.kind in _CONTINUES:
        return False
    is_open = isinstance(before, Token) and (before.kind in OPERATORS or before.kind is Kind.RELATION)
    if is_open:
        return False
    if item.kind is Kind.CELL:
        return not (isinstance(following, Token) and following.kind is Kind.MINUS)
    return True


def _passes(item: Item) -> bool:
    return isinstance(item, Token) and item.kind in _PASSED


def _chain(draft: _Draft, text: str, lines: LineNumbers) -> Chain | None:
    end = max([part[-1].end for part in draft.parts if part] + [sign.end for sign in draft.signs if sign is not None])
    parts: list[Term] = []
    signs: list[Sign] = []
    for items, sign in zip(draft.parts, draft.signs, strict=True):
        found = without_spaces(items)
        value = cast(Sign, sign.value if sign else "")
        if not found and sign is not None and value in {"→", "←"} and len(parts) == len(draft.parts) - 1 and parts:
            continue  # an arrow at the end leads to the next line
        start = found[0].start if found else (sign.end if sign else 0)
        stop = found[-1].end if found else start
        is_rest = (
            bool(found) and not parts and sign is None and isinstance(found[0], Token) and found[0].kind is Kind.PLUS
        )
        rest = Unread(start, stop, text[start:stop], "it goes on from what stands before") if is_rest else None
        parts.append(rest or _part(found, start, stop, text))
        signs.append(value)
    first = draft.signs[0].start if draft.signs[0] is not None else parts[0].start
    if len(parts) == 1 and isinstance(parts[0], Unread) and not parts[0].text:
        return None if signs[0] == "→" else Chain((parts[0],), (signs[0],), lines.at(first), first, end)
    return Chain(tuple(parts), tuple(signs), lines.at(first), first, max(end, parts[-1].end))


def _part(items: Sequence[Item], start: int, end: int, text: str) -> Term:
    if not items:
        return Unread(start, end, "", "nothing stands beside this sign")
    try:
        term = parse_term(items, start, end, text)
    except Unreadable as problem:
        return Unread(start, end, text[start:end], str(problem))
    return term if not _is_too_deep(term) else Unread(start, end, text[start:end], "nested too deeply")


def _is_too_deep(term: Term, most: int = 250) -> bool:
    """Whether a term is nested so deep that a reader of it might run out of stack."""
    level = [term]
    for _ in range(most):
        level = [child for parent in level for child in parent.children()]
        if not level:
            return False
    return True


def _with_values_after_colons(items: Sequence[Item]) -> list[Item]:
    """`h1: 0.593` says that h1 is 0.593: such a colon is read as `=`."""
    found = list(items)
    for place, item in enumerate(items):
        if isinstance(item, Token) and item.kind is Kind.COLON and _is_value(items, place):
            found[place] = Token(Kind.RELATION, item.start, item.end, "=", is_typed=item.is_typed)
    return found


def _is_value(items: Sequence[Item], place: int) -> bool:
    """Whether a colon stands between a single name and a value, with no other sign before or behind."""
    before: list[Item] = []
    for item in reversed(items[max(0, place - 12) : place]):
        if isinstance(item, Token) and (item.kind in _HARD | _SOFT or item.kind is Kind.RELATION):
            break
        before.append(item)
    before = without_spaces(before[::-1])
    if not _is_name(before):
        return False
    behind: list[Item] = []
    for item in items[place + 1 :]:
        if isinstance(item, Token) and (item.kind in _HARD | _SOFT or item.kind is Kind.COLON):
            break
        behind.append(item)
    has_relation = any(isinstance(item, Token) and item.kind is Kind.RELATION for item in behind)
    first = without_spaces(behind)[:1]
    starts = first and (begins_operand(first[0]) or (isinstance(first[0], Token) and first[0].kind is Kind.MINUS))
    has_digit = any(isinstance(item, Token) and item.kind is Kind.NUMBER for item in behind) or any(
        isinstance(item, Block) for item in behind
    )
    return bool(starts) and not has_relation and has_digit


def _without_labels(items: Sequence[Item]) -> list[Item]:
    """`\\text{input}` beside a formula is a word, and not a factor; beside an operator it is a name."""
    found = list(items)
    for place, item in enumerate(items):
        if isinstance(item, Block) and _is_remark(item, items[place - 1] if place else None):
            found[place] = Token(Kind.TEXT, item.start, item.end, "number")
        if not isinstance(item, Token) or not item.is_loose or item.is_typed or item.kind is not Kind.NAME:
            continue
        before = next((other for other in reversed(items[max(0, place - 4) : place]) if not _is_space(other)), None)
        after = next((other for other in items[place + 1 : place + 5] if not _is_space(other)), None)
        is_called = isinstance(after, Block) or (isinstance(after, Token) and after.kind in _ATTACHES)
        if not (_joins(before) or _joins(after) or is_called):
            found[place] = Token(Kind.TEXT, item.start, item.end, item.value, is_typed=item.is_typed)
    return found


def _is_remark(block: Block, before: Item | None) -> bool:
    """`(\\text{rounded})` behind a formula."""
    words = without_spaces(block.items)
    is_tight = isinstance(before, Token) and before.kind is Kind.NAME and before.end == block.start
    return (
        block.kind == "("
        and bool(words)
        and not is_tight
        and all(isinstance(word, Token) and (word.kind is Kind.TEXT or word.is_loose) for word in words)
    )


_ATTACHES = frozenset({Kind.SUBSCRIPT, Kind.SUPERSCRIPT, Kind.PRIME})


def _joins(item: Item | None) -> bool:
    return isinstance(item, Token) and (item.kind in OPERATORS or item.kind is Kind.RELATION)


def _is_space(item: Item) -> bool:
    return isinstance(item, Token) and item.kind in {Kind.SPACE, Kind.GAP}


_NAME_KINDS = frozenset(
    {
        Kind.NAME,
        Kind.SUBSCRIPT,
        Kind.SUPERSCRIPT,
        Kind.PRIME,
        Kind.ACCENT,
        Kind.PARTIAL,
        Kind.SLASH,
        Kind.FRACTION,
        Kind.NABLA,
    }
)


def _is_of_a_name(item: Item, before: Item | None) -> bool:
    if not isinstance(item, Token):
        return item.kind == "{"
    is_script = isinstance(before, Token) and before.kind in {Kind.SUBSCRIPT, Kind.SUPERSCRIPT} and not before.value
    return item.kind in _NAME_KINDS or (is_script and item.kind is Kind.NUMBER)
