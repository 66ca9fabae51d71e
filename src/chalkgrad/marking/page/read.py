"""Read a page: `read_page` gives what stands on it, line by line."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from chalkgrad.marking.page.blocks import LONGEST_LINE, Stretch, formulas_in, text_lines
from chalkgrad.marking.page.chains import LineNumbers, read_chains
from chalkgrad.marking.page.items import Block, Item
from chalkgrad.marking.page.nesting import nest
from chalkgrad.marking.page.numerals import style_of
from chalkgrad.marking.page.prose import without_prose
from chalkgrad.marking.page.scanning import Scanner
from chalkgrad.marking.page.tokens import OPERATORS, Kind, Token
from chalkgrad.marking.page.words import Lexicon
from chalkgrad.marking.page.written import Chain, Page, PageLine, Unread

__all__ = ["read_page"]


def read_page(text: str, name: str = "page", words: Collection[str] = ()) -> Page:
    """Read a page of working: Markdown with formulas, LaTeX, or typed text.

    Args:
        text: the page.
        name: what to call it, such as a file name.
        words: names of more than one letter that the problem uses, such as `out`, `y_hat`, `net_1`.

    Returns:
        Every line that is not empty, with its chains. `Page.text` is the text as it was given, with a blank and a line
        feed for each `\\\\r\\\\n` and a line feed for each other `\\\\r`, so that all places stay what they were.

    >>> page = read_page("so h1 = 0.593")
    >>> page.lines[0].kind, len(page.lines[0].chains[0].parts)
    ('math', 2)
    """
    text = text.replace("\r\n", " \n").replace("\r", "\n")
    reader = _Reader(text, Lexicon.of(words))
    chains = reader.chains()
    return Page(name, text, _lines(text, chains), reader.style.slash_decimals)


class _Reader:
    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self.text = text
        self.lexicon = lexicon
        self.style = style_of(text)
        self.lines = LineNumbers(text)
        self.is_document = re.search(r"\\documentclass|\\begin\s*\{document\}", text) is not None

    def chains(self) -> list[Chain]:
        """All chains of the page, in order."""
        found: list[Chain] = []
        for pieces in self._runs():
            found.extend(self._run(pieces))
        return sorted(found, key=lambda chain: chain.start)

    def _runs(self) -> list[list[tuple[Stretch, bool]]]:
        """What is read together: a display by itself, or a line of text with the formulas in it.

        Each piece stands with whether it is typed text.
        """
        formulas = formulas_in(self.text)
        runs: list[list[tuple[Stretch, bool]]] = []
        rest = iter(formulas)
        formula = next(rest, None)
        for line in text_lines(self.text, formulas):
            run: list[tuple[Stretch, bool]] = []
            at = line.start
            while formula is not None and formula.start < line.end:
                if formula.end > at:
                    if formula.start > at:
                        run.append((_plain(at, formula.start), True))
                    if formula.is_display:
                        runs.extend([run, [(formula, False)]])
                        run = []
                    else:
                        run.append((formula, False))
                    at = formula.end
                if formula.end > line.end:
                    at = formula.end
                formula = next(rest, None)
            if at < line.end:
                run.append((_plain(at, line.end), True))
            runs.append(run)
        return [run for run in runs if run]

    def _run(self, pieces: Sequence[tuple[Stretch, bool]]) -> list[Chain]:
        start, end = pieces[0][0].start, pieces[-1][0].end
        if end - start > LONGEST_LINE:
            return [self._unread(start, end, f"longer than {LONGEST_LINE:,} characters")]
        tokens = self._tokens(pieces)
        items = nest(tokens, self.text)
        if isinstance(items, str):
            return [self._unread(start, end, items)]
        chains = read_chains(items, self.text, self.lines)
        return [chain for chain in chains if self._is_said(chain, pieces, items)]

    def _tokens(self, pieces: Sequence[tuple[Stretch, bool]]) -> list[Token]:
        scanner = Scanner(self.text, self.lexicon, self.style, is_document=self.is_document)
        for piece, is_typed in pieces:
            if not is_typed:
                scanner.tokens.append(Token(Kind.GAP, piece.start, piece.inner_start, "formula"))
            scanner.scan(piece.inner_start, piece.inner_end, is_typed=is_typed)
            if not is_typed:
                scanner.tokens.append(Token(Kind.GAP, piece.inner_end, piece.end, "formula"))
        if any(is_typed for _, is_typed in pieces):
            return without_prose(scanner.tokens, self.text, self.lexicon)
        return scanner.tokens

    def _is_said(self, chain: Chain, pieces: Sequence[tuple[Stretch, bool]], items: Sequence[Item]) -> bool:
        """Whether a chain is mathematics: one part of typed text alone is so only where it fills the line."""
        is_formula = any(piece.start <= chain.start < piece.end for piece, is_typed in pieces if not is_typed)
        if is_formula:
            return True
        if len(chain.parts) > 1 or chain.signs[0]:
            return not all(isinstance(part, Unread) for part in chain.parts) or _is_refused(chain)
        if _is_refused(chain):
            return True
        line_start, line_end = pieces[0][0].start, pieces[-1][0].end
        fills = not (self.text[line_start : chain.start] + self.text[chain.end : line_end]).strip(" \t.,;:")
        return fills and _is_expression(chain, items)

    def _unread(self, start: int, end: int, why: str) -> Chain:
        part = Unread(start, end, self.text[start:end], why)
        return Chain((part,), ("",), self.lines.at(start), start, end)


def _is_refused(chain: Chain) -> bool:
    """Whether a chain is a command that would define or fetch something."""
    return isinstance(chain.parts[0], Unread) and "is not carried out" in chain.parts[0].why


def _is_expression(chain: Chain, items: Sequence[Item]) -> bool:
    """Whether a lone term has an operator or a point, and is no page number, date or word."""
    if isinstance(chain.parts[0], Unread):
        return False
    tokens = [item for item in items if isinstance(item, Token)]
    has_point = any(reading.decimals for token in tokens if token.kind is Kind.NUMBER for reading in token.readings[:1])
    has_name = any(token.kind is Kind.NAME for token in tokens) or any(isinstance(item, Block) for item in items)
    has_operator = any(token.kind in OPERATORS for token in tokens)
    return has_point or (has_name and has_operator)


def _plain(start: int, end: int) -> Stretch:
    return Stretch(start, end, start, end)


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
