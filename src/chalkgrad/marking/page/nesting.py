"""Brackets, braces and environments matched with a stack of our own: no depth of nesting can exhaust Python's.

A bracket that has no partner is left where it stands as an unread token, so that only its part of a chain is lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from chalkgrad.marking.page.blocks_to_terms import close_block, holds_relation
from chalkgrad.marking.page.items import Block, Item, ends_operand
from chalkgrad.marking.page.tokens import OPERATORS, Kind, Token

__all__ = ["MOST_NESTED", "nest"]

MOST_NESTED = 100
_BRACKETS = frozenset({Kind.OPEN, Kind.BEGIN, Kind.BAR, Kind.CLOSE, Kind.END})
_CLOSERS = {"(": ")", "[": "]", "{": "}", "\\{": "\\}", "|": "|", "‖": "‖"}


@dataclass(slots=True)
class _Frame:
    """An open bracket, what has been read behind it, and how many brackets of each kind are open inside it."""

    opener: Token | None
    items: list[Item] = field(default_factory=list)
    open_kinds: Counter[str] = field(default_factory=Counter)
    is_kept_open: bool = False

    @property
    def kind(self) -> str:
        return self.opener.value if self.opener else ""

    @property
    def is_hard(self) -> bool:
        """Whether no bracket may reach across its border."""
        return self.opener is None or self.opener.kind is Kind.BEGIN or self.kind == "{"


def nest(tokens: Sequence[Token], text: str) -> list[Item] | str:
    """Match the brackets of a formula.

    Args:
        tokens: the formula.
        text: the page, for scripts and conditions that are kept as text.

    Returns:
        The formula as tokens and blocks, or why it cannot be read at all.
    """
    nesting = _Nesting(text)
    for token in tokens:
        nesting.take(token)
        if len(nesting.frames) > MOST_NESTED:
            return "nested too deeply"
    return nesting.finish()


class _Nesting:
    def __init__(self, text: str) -> None:
        self.text = text
        self.frames = [_Frame(None)]

    def take(self, token: Token) -> None:
        if token.kind not in _BRACKETS:
            self.frames[-1].items.append(token)
        elif token.kind is Kind.BAR:
            self._bar(token)
        elif token.kind in {Kind.OPEN, Kind.BEGIN}:
            self._open(token)
        else:
            self._close(token)

    def finish(self) -> list[Item]:
        while len(self.frames) > 1:
            self._give_up()
        return self.frames[0].items

    def _open(self, token: Token) -> None:
        hard = self._hard()
        hard.open_kinds[token.value] += 1
        if token.is_loose:
            hard.open_kinds["sized"] += 1
        self.frames.append(_Frame(token))

    def _hard(self) -> _Frame:
        """The innermost frame that no bracket may reach across, seen from inside the top one."""
        for frame in reversed(self.frames):
            if frame.is_hard:
                return frame
        return self.frames[0]

    def _give_up(self) -> None:
        """The innermost bracket is never closed: what was read behind it goes to the frame around."""
        frame = self._pop()
        opener = frame.opener
        if opener is None:
            return
        if opener.value == ".":
            lost = Token(Kind.STOP, opener.start, opener.end, "left", is_typed=opener.is_typed)
        else:
            why = "this environment is never closed" if opener.kind is Kind.BEGIN else "this bracket is never closed"
            lost = Token(Kind.UNREAD, opener.start, opener.end, why, is_typed=opener.is_typed)
        self.frames[-1].items.append(lost)
        self.frames[-1].items.extend(frame.items)

    def _pop(self) -> _Frame:
        frame = self.frames.pop()
        opener = frame.opener
        if opener is not None:
            kinds = self._hard().open_kinds
            kinds[opener.value] -= 1
            if opener.is_loose:
                kinds["sized"] -= 1
        return frame

    def _bar(self, token: Token) -> None:
        """A bar opens where an operand may begin and closes where one ended."""
        top = self.frames[-1]
        before = next((item for item in reversed(top.items) if not _is_space(item)), None)
        if top.kind == token.value and ends_operand(before):
            self._finish_block(token)
        elif not ends_operand(before):
            self._open(token)
        else:
            top.items.append(Token(Kind.UNREAD, token.start, token.end, "a lone bar", is_typed=token.is_typed))

    def _close(self, token: Token) -> None:
        kind = "." if token.value == "." else _OPENERS.get(token.value, token.value)
        if token.kind is Kind.CLOSE and self._closes_invisibly(token, kind):
            return
        is_hard = token.kind is Kind.END or kind == "{"
        hard = self._hard()
        if is_hard:
            if hard.opener is None or hard.kind != kind:
                self._stray(token)
                return
            while self.frames[-1] is not hard:
                self._give_up()
            self._finish_block(token)
            return
        if not hard.open_kinds[kind]:
            self._stray(token)
            return
        while self.frames[-1].kind != kind:
            self._give_up()
        self._finish_block(token)

    def _closes_invisibly(self, token: Token, kind: str) -> bool:
        """`\\left. .. \\right\\}` and `\\left( .. \\right.`, where one of the two brackets cannot be seen."""
        top = self.frames[-1]
        if top.is_hard or not (token.is_loose or kind == "."):
            return False
        if top.kind == ".":
            frame = self._pop()
            self._decorate(frame, token)
            if kind == self.frames[-1].kind and self.frames[-1].is_kept_open:
                self.frames[-1].items.pop()
                self._finish_block(token)
            return True
        if kind == "." and top.opener is not None and top.opener.is_loose:
            self._half_open(top, token)
            return True
        return False

    def _half_open(self, top: _Frame, token: Token) -> None:
        """`\\left\\{ .. \\right.` stands before cases or equations; another bracket is closed further down."""
        only = [item for item in top.items if not _is_space(item)]
        if top.kind == "\\{" and len(only) == 1 and isinstance(only[0], Block) and only[0].kind == "array":
            frame = self._pop()
            block = Block("cases", top.opener.start if top.opener else 0, token.end, only[0].items, 0, 0)
            block.inner_start, block.inner_end = only[0].inner_start, only[0].inner_end
            del frame
            self._place(block)
        elif top.kind == "\\{":
            self._decorate(self._pop(), token)
        else:
            top.is_kept_open = True
            top.items.append(Token(Kind.SPACE, token.start, token.end, "right", is_typed=token.is_typed))

    def _decorate(self, frame: _Frame, token: Token) -> None:
        """A bracket at the side of several formulas is no part of them."""
        opener = frame.opener
        around = self.frames[-1].items
        if opener is not None:
            around.append(Token(Kind.STOP, opener.start, opener.end, "bracket", is_typed=opener.is_typed))
        around.extend(frame.items)
        is_value = token.value in {"|", "]"}
        kind, value = (Kind.UNREAD, "a value at a point") if is_value else (Kind.STOP, "bracket")
        around.append(Token(kind, token.start, token.end, value, is_typed=token.is_typed))

    def _stray(self, token: Token) -> None:
        why = "this environment was never opened" if token.kind is Kind.END else "this bracket was never opened"
        if token.value == ".":
            self.frames[-1].items.append(Token(Kind.STOP, token.start, token.end, "right", is_typed=token.is_typed))
            return
        self.frames[-1].items.append(Token(Kind.UNREAD, token.start, token.end, why, is_typed=token.is_typed))

    def _finish_block(self, token: Token) -> None:
        frame = self._pop()
        opener = frame.opener
        if opener is None:
            return
        items = _without_rows(frame.items) if frame.is_kept_open else frame.items
        self._place(Block(opener.value, opener.start, token.end, items, opener.end, token.start))

    def _place(self, block: Block) -> None:
        """Read a block and put it where it stands; an environment of equations becomes those equations."""
        around = self.frames[-1]
        if block.kind in _MAY_HOLD_EQUATIONS and holds_relation(block) and self._is_at_top(around):
            self._splice(block)
            return
        if block.kind == "{" and self._is_at_top(around) and _wraps_formulas(block, around.items):
            around.items.append(Token(Kind.SPACE, block.start, block.inner_start, "{"))
            around.items.extend(block.items)
            around.items.append(Token(Kind.SPACE, block.inner_end, block.end, "}"))
            return
        if block.kind == "{" and _hides_sign(block) and not _takes_argument(around.items):
            around.items.append(Token(Kind.SPACE, block.start, block.inner_start, "{"))
            around.items.extend(block.items)
            around.items.append(Token(Kind.SPACE, block.inner_end, block.end, "}"))
            return
        close_block(block, self.text)
        around.items.append(block)

    def _is_at_top(self, frame: _Frame) -> bool:
        """Whether a formula may begin or end here."""
        return frame.opener is None or (frame.kind == "." and self.frames[-2].opener is None)

    def _splice(self, block: Block) -> None:
        around = self.frames[-1].items
        around.append(Token(Kind.ROW, block.start, block.inner_start, block.kind))
        around.extend(block.items)
        around.append(Token(Kind.ROW, block.inner_end, block.end, block.kind))


_OPENERS = {closer: opener for opener, closer in _CLOSERS.items()}
_MAY_HOLD_EQUATIONS = frozenset({"array", "cases", "matrix", "dcases", "rcases"})


def _is_space(item: Item) -> bool:
    return isinstance(item, Token) and item.kind in {Kind.SPACE, Kind.GAP}


def _without_rows(items: Sequence[Item]) -> list[Item]:
    """What stands in brackets that reach over several rows; the breaks between rows are only space."""
    breaks = {Kind.ROW, Kind.CELL, Kind.STOP}
    return [item for item in items if not (isinstance(item, Token) and item.kind in breaks)]


def _wraps_formulas(block: Block, before: Sequence[Item]) -> bool:
    """Whether braces stand around whole formulas, as in `\\boxed{a = 1}`, and are no argument."""
    if not any(isinstance(item, Token) and item.kind is Kind.RELATION for item in block.items):
        return False
    return not _takes_argument(before)


def _hides_sign(block: Block) -> bool:
    """Whether braces hold nothing, or one sign whose spacing they change: `{}`, `{-}`, `{=}`."""
    signs = OPERATORS | {Kind.RELATION, Kind.COMMA}
    return not block.items or (
        len(block.items) == 1 and isinstance(block.items[0], Token) and block.items[0].kind in signs
    )


def _takes_argument(before: Sequence[Item]) -> bool:
    """Whether what follows is an argument or a script."""
    last = before[-1] if before else None
    takes = {Kind.SUBSCRIPT, Kind.SUPERSCRIPT, Kind.FRACTION, Kind.ROOT, Kind.ACCENT, Kind.NOTE}
    if isinstance(last, Token):
        return last.kind in takes and not last.value.isdigit()
    return last is not None and last.kind == "{" and len(before) > 1 and _is_fraction(before[-2])


def _is_fraction(item: Item) -> bool:
    return isinstance(item, Token) and item.kind is Kind.FRACTION
