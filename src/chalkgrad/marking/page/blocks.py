"""The structure of a page: which stretches are formulas between delimiters, and where the words of each line stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt

from chalkgrad.marking.page.commands import BREAKING_ENVIRONMENTS, FORMULA_ENVIRONMENTS, LINE_ENVIRONMENTS, MATRICES

__all__ = ["LONGEST_LINE", "Stretch", "formulas_in", "text_lines"]

LONGEST_LINE = 20_000
"""Characters; a longer line, or a longer formula, is no work of a person."""

_ENVIRONMENTS = FORMULA_ENVIRONMENTS | LINE_ENVIRONMENTS | MATRICES | BREAKING_ENVIRONMENTS
_OPENER = re.compile(
    r"(?P<escaped>\\[\\$])|(?P<fence>(?:^|(?<=\n))[ \t]{0,3}(?:`{3,}|~{3,}))|\\\[|\\\(|\$\$|\$|"
    r"\\begin\s*\{(?P<environment>[A-Za-z]+\*?)\}"
)
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_PLUS = re.compile(r"\s*\+ ")
_FENCE = re.compile(r"(?:^|\n)[ \t]{0,3}(`{3,}|~{3,})[^\n]*")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the page.

    Args:
        start: where it begins, delimiters included.
        end: where it ends, delimiters included.
        inner_start: where its content begins.
        inner_end: where its content ends.
        is_display: whether it stands apart from the text around.
    """

    start: int
    end: int
    inner_start: int
    inner_end: int
    is_display: bool = False


def formulas_in(text: str) -> list[Stretch]:
    """The formulas between delimiters, in order; they do not overlap."""
    finder = _Finder(text)
    found = []
    position = 0
    while opener := _OPENER.search(text, position):
        stretch = finder.stretch(opener)
        if stretch is None:
            position = finder.skip_to(opener)
        else:
            found.append(stretch)
            position = stretch.end
    return found


class _Finder:
    """Finds where formulas end; places that were sought once are not sought again, so that the time stays linear."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._known: dict[str, tuple[int, int]] = {}

    def next(self, sought: str, start: int) -> int:
        """The first place of a string at or behind `start`, or -1."""
        asked, found = self._known.get(sought, (-1, -2))
        if not (found == -1 and asked <= start) and not asked <= start <= found:
            found = self.text.find(sought, start)
            self._known[sought] = (start, found)
        return found

    def paragraph_end(self, start: int) -> int:
        """Where the paragraph ends that a place is in."""
        asked, found = self._known.get("\n\n", (-1, -2))
        if not asked <= start <= found:
            blank = _BLANK_LINE.search(self.text, start)
            found = blank.start() if blank else len(self.text)
            self._known["\n\n"] = (start, found)
        return found

    def line_end(self, start: int) -> int:
        """Where the line ends that a place is on."""
        found = self.next("\n", start)
        return found if found >= 0 else len(self.text)

    def skip_to(self, opener: re.Match[str]) -> int:
        """Where to go on behind something that begins no formula: behind a whole fence, or one sign."""
        if opener["fence"] is None:
            return opener.end()
        mark = opener[0].strip()[:3]
        close = self.text.find(f"\n{mark}", opener.end())
        return close + 4 if close >= 0 else opener.end()

    def stretch(self, opener: re.Match[str]) -> Stretch | None:
        if opener["escaped"] or opener["fence"] is not None:
            return None
        if opener["environment"]:
            return self._environment(opener)
        if opener[0] == "$":
            return self._inline(opener)
        closer = {"$$": "$$", "\\[": "\\]", "\\(": "\\)"}[opener[0]]
        return self._between(opener, closer)

    def _between(self, opener: re.Match[str], closer: str) -> Stretch | None:
        """A display; without its end it goes to the end of the line, unless it is a bracket in a sentence."""
        start, inner = opener.span()
        close = self.next(closer, inner)
        is_display = closer != "\\)"
        if close < 0 or close > self._limit(start, inner, close, closer):
            end = self.line_end(inner)
            if closer != "$$" and self.text[self.text.rfind("\n", 0, start) + 1 : start].strip():
                return None
            return Stretch(start, end, inner, end, is_display)
        return Stretch(start, close + len(closer), inner, close, is_display)

    def _limit(self, start: int, inner: int, close: int, closer: str) -> int:
        """How far a formula may reach: over empty lines only if both its delimiters stand alone on their lines."""
        stands_alone = not self.text[inner : self.line_end(inner)].strip()
        closes_alone = not self.text[self.text.rfind("\n", inner, close) + 1 : close].strip()
        if closer != "\\)" and stands_alone and closes_alone and close - start < LONGEST_LINE:
            return close
        return self.paragraph_end(inner)

    def _inline(self, opener: re.Match[str]) -> Stretch | None:
        start, inner = opener.span()
        close = self.next("$", inner)
        while close > 0 and self.text[close - 1] == "\\":
            close = self.text.find("$", close + 1)
        if close < 0 or close > self.paragraph_end(inner) or not self.text[inner:close].strip():
            return None
        is_money = self.text[inner].isdigit() and self.text[close + 1 : close + 2].isdigit()
        return None if is_money else Stretch(start, close + 1, inner, close)

    def _environment(self, opener: re.Match[str]) -> Stretch | None:
        name = opener["environment"]
        if name.removesuffix("*") not in _ENVIRONMENTS:
            return None
        start = opener.start()
        close = self.next(f"\\end{{{name}}}", opener.end())
        if close < 0:
            end = self.paragraph_end(opener.end())
            return Stretch(start, end, start, end, True)
        end = close + len(f"\\end{{{name}}}")
        return Stretch(start, end, start, end, True)


def text_lines(text: str, formulas: Sequence[Stretch]) -> list[Stretch]:
    """Where the words of each line stand, without the marks of lists, quotations and headings.

    The formulas are covered first, so that a line of one that begins with `-` or `>` is not taken for a list.
    """
    lines = _covered(text, formulas).split("\n")
    shown = [line if len(line) <= LONGEST_LINE else "" for line in lines]
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    found: dict[int, Stretch] = {}
    for token in _markdown().parse("\n".join(shown)):
        if token.map is None or token.type not in {"inline", "fence"}:
            continue
        first = token.map[0] + (token.type == "fence")
        for number, content in enumerate(token.content.split("\n"), first):
            if number < len(lines) and content.strip():
                column = max(0, lines[number].find(content.strip()))
                if _PLUS.fullmatch(lines[number][:column]):
                    column -= 2  # a sum that goes on, and not a list
                begin = starts[number] + column
                found[number] = Stretch(begin, starts[number] + len(lines[number]), begin, begin)
    return [found[number] for number in sorted(found)]


def _markdown() -> MarkdownIt:
    """Blocks only. Indented text is no code on a page of working, and a row of dashes below it makes no heading."""
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
    return parser.disable(["inline", "code", "html_block", "reference", "lheading"])


def _covered(text: str, formulas: Sequence[Stretch]) -> str:
    """The text with a letter in the place of every sign of a formula; lines stay lines."""
    pieces, last = [], 0
    for formula in formulas:
        pieces.append(text[last : formula.start])
        pieces.append(re.sub(r"[^\n]", "x", text[formula.start : formula.end]))
        last = formula.end
    pieces.append(text[last:])
    return "".join(pieces)
