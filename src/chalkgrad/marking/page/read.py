"""Read a page: `read_page` gives what stands on it, line by line."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence

from chalkgrad.errors import Fault, ProblemError
from chalkgrad.marking.page.blocks import LONGEST_LINE
from chalkgrad.marking.page.chains import LineNumbers, read_chains
from chalkgrad.marking.page.commands import DEFINITIONS, refusal_of
from chalkgrad.marking.page.items import Block, Item
from chalkgrad.marking.page.nesting import nest
from chalkgrad.marking.page.numerals import style_of
from chalkgrad.marking.page.prose import without_prose
from chalkgrad.marking.page.runs import Run, runs_of
from chalkgrad.marking.page.scanning import Scanner
from chalkgrad.marking.page.tokens import OPERATORS, Kind, Token
from chalkgrad.marking.page.words import Lexicon
from chalkgrad.marking.page.written import Chain, Page, PageLine, Unread

__all__ = ["MOST_LINES", "MOST_TOKENS", "read_page"]

# The longest solutions of our own have 5,000 lines and 100,000 tokens.
MOST_LINES = 20_000
MOST_TOKENS = 250_000


def read_page(text: str, name: str = "page", words: Collection[str] = ()) -> Page:
    """Read a page of working: Markdown with formulas, LaTeX, or typed text.

    Args:
        text: the page.
        name: what to call it, such as a file name.
        words: names of more than one letter that the problem uses, such as `out`, `y_hat`, `net_1`.

    Returns:
        Every line that is not empty, with its chains. `Page.text` is the text as it was given, with a blank and a line
        feed for each `\\\\r\\\\n` and a line feed for each other `\\\\r`, so that all places stay what they were.

    Raises:
        ProblemError: `page-too-long`.

    >>> page = read_page("so h1 = 0.593")
    >>> page.lines[0].kind, len(page.lines[0].chains[0].parts)
    ('math', 2)
    """
    text = text.replace("\r\n", " \n").replace("\r", "\n")
    reader = _Reader(text, name, Lexicon.of(words))
    chains = reader.chains()
    return Page(name, text, _lines(text, chains), reader.style.slash_decimals)


# Both are what a longer look would find too: pages of nothing but such lines are handed in to keep a reader busy.
_DEFINITION = re.compile(rf"\\({'|'.join(sorted(DEFINITIONS))})(?![A-Za-z])[^\n]*\Z")
_REFUSED = refusal_of("").removeprefix("`\\")
_MAY_SAY_SOMETHING = re.compile(r"[^\W_]")


class _Reader:
    def __init__(self, text: str, name: str, lexicon: Lexicon) -> None:
        self.text = text
        self.name = name
        self.lexicon = lexicon
        if text.count("\n") >= MOST_LINES:
            raise ProblemError(_too_long(name, f"{MOST_LINES:,} lines"))
        self.runs = runs_of(text)
        self.style = style_of("\n".join(text[run.start : run.end] for run in self.runs if not run.is_too_long))
        self.lines = LineNumbers(text)
        self.count = 0

    def chains(self) -> list[Chain]:
        """All chains of the page, in order."""
        found: list[Chain] = []
        for run in self.runs:
            found.extend(self._chains_of(run))
        return sorted(found, key=lambda chain: chain.start)

    def _chains_of(self, run: Run) -> list[Chain]:
        if run.is_too_long:
            return [self._unread(run, f"longer than {LONGEST_LINE:,} characters")]
        if len(run.pieces) == 1 and run.pieces[0].is_typed:
            if definition := _DEFINITION.match(self.text, run.start, run.end):
                return [self._unread(run, refusal_of(definition[1]))]
            if not _MAY_SAY_SOMETHING.search(self.text, run.start, run.end):
                return []
        items = nest(self._tokens(run), self.text)
        if isinstance(items, str):
            return [self._unread(run, items)]
        chains = read_chains(items, self.text, self.lines)
        if not any(piece.is_typed for piece in run.pieces):
            return chains
        if self._is_row(run):
            chains = [chain for chain in chains if len(chain.parts) > 1]
        starts = [piece.start for piece in run.pieces]
        said = []
        for chain in chains:
            piece = run.pieces[bisect_right(starts, chain.start) - 1]
            if not piece.is_typed or self._is_said(chain, run, items):
                said.append(chain)
        return said

    def _is_row(self, run: Run) -> bool:
        """Whether a line is a row of a table."""
        return self.text.startswith("|", self.lines.starts[self.lines.at(run.start) - 1])

    def _tokens(self, run: Run) -> list[Token]:
        scanner = Scanner(self.text, self.lexicon, self.style)
        for piece in run.pieces:
            if piece.part:
                kind, value = _PARTS[piece.part, piece.bracket]
                scanner.tokens.append(Token(kind, piece.start, piece.end, value, is_typed=True))
                continue
            if not piece.is_typed:
                scanner.tokens.append(Token(Kind.GAP, piece.start, piece.inner_start, "formula"))
            scanner.scan(piece.inner_start, piece.inner_end, is_typed=piece.is_typed)
            if not piece.is_typed:
                scanner.tokens.append(Token(Kind.GAP, piece.inner_end, piece.end, "formula"))
        self.count += len(scanner.tokens) + 1
        if self.count > MOST_TOKENS:
            raise ProblemError(_too_long(self.name, f"{MOST_TOKENS:,} words, numbers and signs"))
        if any(piece.is_typed for piece in run.pieces):
            if self._is_row(run):
                _part_cells(scanner.tokens)
            return without_prose(scanner.tokens, self.text, self.lexicon)
        return scanner.tokens

    def _is_said(self, chain: Chain, run: Run, items: Sequence[Item]) -> bool:
        """Whether a chain of typed text is mathematics: one part alone is so only where it fills the line."""
        if _is_refused(chain):
            return True
        if len(chain.parts) > 1 or chain.signs[0]:
            return not all(isinstance(part, Unread) for part in chain.parts)
        around = self.text[run.start : chain.start] + self.text[chain.end : run.end]
        return not around.strip(" \t.,;:") and _is_expression(chain, items)

    def _unread(self, run: Run, why: str) -> Chain:
        part = Unread(run.start, run.end, self.text[run.start : run.end], why)
        return Chain((part,), ("",), self.lines.at(run.start), run.start, run.end)


def _part_cells(tokens: Sequence[Token]) -> None:
    """The bars of a table part its cells."""
    for token in tokens:
        if token.kind is Kind.BAR and token.is_typed:
            token.kind = Kind.STOP


# What the parts of a formula over several lines are.
_PARTS = {
    ("open", "["): (Kind.BEGIN, "bmatrix"),
    ("close", "["): (Kind.END, "bmatrix"),
    ("open", "("): (Kind.OPEN, "("),
    ("close", "("): (Kind.CLOSE, ")"),
    ("cell", ""): (Kind.CELL, "&"),
    ("row", ""): (Kind.ROW, "row"),
}


def _too_long(name: str, much: str) -> Fault:
    return Fault("page-too-long", f"`{name}` holds more than {much}", hint="mark its pages one by one")


def _is_refused(chain: Chain) -> bool:
    """Whether a chain is a command that would define or fetch something."""
    return isinstance(chain.parts[0], Unread) and chain.parts[0].why.endswith(_REFUSED)


def _is_expression(chain: Chain, items: Sequence[Item]) -> bool:
    """Whether a lone term has an operator or a point, and is no page number, date or word."""
    if isinstance(chain.parts[0], Unread):
        return False
    tokens = [item for item in items if isinstance(item, Token)]
    has_point = any(reading.decimals for token in tokens if token.kind is Kind.NUMBER for reading in token.readings[:1])
    has_name = any(token.kind is Kind.NAME for token in tokens) or any(isinstance(item, Block) for item in items)
    has_operator = any(token.kind in OPERATORS for token in tokens)
    return has_point or (has_name and has_operator)


def _lines(text: str, chains: Sequence[Chain]) -> tuple[PageLine, ...]:
    """The lines of the page that are not empty, each with the chains that begin on it."""
    begins: dict[int, list[Chain]] = {}
    for chain in chains:
        begins.setdefault(chain.line, []).append(chain)
    numbers = LineNumbers(text)
    covered = {
        number
        for chain in chains
        for part in chain.parts
        for number in range(numbers.at(part.start), numbers.at(max(part.start, part.end - 1)) + 1)
    }
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            here = tuple(begins.get(number, ()))
            found.append(PageLine(number, line, "math" if here or number in covered else "prose", here))
    return tuple(found)
