"""LaTeX commands to tokens. Nothing is expanded; what defines or fetches something makes its line unread."""

from __future__ import annotations

import re

from chalkgrad.marking.page import commands
from chalkgrad.marking.page.numerals import NumberStyle, WrittenDigits, number_at
from chalkgrad.marking.page.scripts import split_word
from chalkgrad.marking.page.tokens import Kind, Token
from chalkgrad.marking.page.words import PROSE_WORDS, Lexicon

__all__ = ["CommandScanner"]

_COMMAND = re.compile(r"\\(?:[A-Za-z]+\*?|.|\Z)", re.DOTALL)
_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
_OPTION = re.compile(r"\s*\[[^\[\]{}\n]{0,100}\]")
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{\s*([A-Za-z]+\*?)\s*\}")
_COLUMNS = re.compile(r"(?:\s*\[[a-z]\])?\s*\{[lcrp@|!.{}\s\d]{0,60}?\}(?!\})|\s*\[[a-z]\]")
_DELIMITER = re.compile(r"\s*(\\[A-Za-z]+|\\.|[()\[\]|./<>])")
_SIMPLE = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:(?:\\?_|-)[A-Za-z0-9]+)*")
_MARKUP = re.compile(r"\\[A-Za-z]|[_^]\{")
_TIGHT_DIGITS = re.compile(r"[0-9]+(?!\.?[0-9])")
_ROW_OPTION = re.compile(r"\s*\{\d+\}|\s*\[[a-z]\]")
_ESCAPED = frozenset("[]()*_#$`>+-.!")
_LINE_END = re.compile(r"[^\n]*")


class CommandScanner:
    """The part of the scanner that knows commands.

    Args:
        text: the page.
        lexicon: words that are names and functions.
        style: how numbers are written on the page.
    """

    def __init__(self, text: str, lexicon: Lexicon, style: NumberStyle) -> None:
        self.text = text
        self.lexicon = lexicon
        self.style = style
        self.tokens: list[Token] = []
        self.position = self.end = self.depth = 0
        self.is_typed = self.has_markup = False
        self._closing: dict[int, int] = {}
        self._digits_due = self._open_stars = 0

    def begin(self, start: int, end: int, *, is_typed: bool) -> None:
        """Get ready for a stretch."""
        self.position, self.end, self.is_typed, self.depth = start, end, is_typed, 0
        self.has_markup = is_typed and _MARKUP.search(self.text, start, end) is not None
        self._closing = _matching_braces(self.text, start, end)
        self._digits_due = 0

    def append(self, token: Token) -> None:
        """Add a token, and go on behind it."""
        token.is_typed = self.is_typed
        if (token.kind is Kind.OPEN and token.value in "([") or token.kind is Kind.BEGIN:
            self.depth += 1
        elif (token.kind is Kind.CLOSE and token.value in ")]") or token.kind is Kind.END:
            self.depth = max(0, self.depth - 1)
        if token.kind is not Kind.SPACE:
            self._digits_due = 0
        self.tokens.append(token)
        self.position = token.end

    def emit(self, kind: Kind, end: int, value: str = "") -> None:
        """Add a token from the place that was reached up to `end`."""
        self.append(Token(kind, self.position, end, value))

    def emit_number(self, found: WrittenDigits) -> None:
        """Add a number."""
        due = self._digits_due
        self.append(Token(Kind.NUMBER, self.position, found.end, readings=found.readings))
        self._digits_due = max(0, due - 1)

    def single_digit(self) -> WrittenDigits | None:
        """One digit alone where `\\frac` takes an argument without braces, as in `\\frac12`."""
        if not self._digits_due or not self.text[self.position].isdecimal():
            return None
        return number_at(self.text, self.position, self.position + 1, NumberStyle())

    def command(self) -> None:
        """Read what begins with a backslash."""
        found = _COMMAND.match(self.text, self.position, self.end)
        name = found[0][1:] if found else ""
        end = found.end() if found else self.position + 1
        if name.endswith("*") and name not in commands.PASSED_WITH_ARGUMENT | commands.PROSE:
            name, end = name[:-1], end - 1
        if name in commands.DEFINITIONS:
            self._definition(name)
        elif name in {"begin", "end"}:
            self._environment(end)
        elif name == "\\":
            option = _OPTION.match(self.text, end, self.end)
            self.emit(Kind.ROW, option.end() if option and "pt" in option[0] + "pt"[:0] else end, "\\\\")
        elif self.is_typed and name in _ESCAPED:
            self.emit(Kind.TEXT, end, "mark")
        elif name in {"cr", "newline", "tabularnewline"}:
            self.emit(Kind.ROW, end, name)
        elif name in commands.SPACES:
            self.emit(Kind.SPACE, end, name)
        elif name in commands.GAPS:
            self.emit(Kind.GAP, end, name)
        elif name in commands.SIZES:
            self._sized(name, end)
        else:
            self._symbol(name, end)

    def _symbol(self, name: str, end: int) -> None:
        if name in commands.RELATIONS:
            self.emit(Kind.RELATION, end, commands.RELATIONS[name])
        elif name in commands.OPERATIONS:
            kind, value = commands.OPERATIONS[name]
            self.emit(kind, end, value)
            self._digits_due = 2 if kind is Kind.FRACTION else 0
        elif name in commands.LETTERS:
            self._letter(commands.LETTERS[name], end)
        elif name in commands.FUNCTIONS and name not in self.lexicon.names:
            self.emit(Kind.FUNCTION, end, commands.FUNCTIONS[name])
        elif name in commands.ACCENTS:
            self.emit(Kind.ACCENT, end, commands.ACCENTS[name])
        elif name in commands.NOTES:
            self.emit(Kind.NOTE, end, "behind")
        elif name in commands.STACKS:
            self._stack(end)
        else:
            self._worded(name, end)

    def _letter(self, name: str, end: int) -> None:
        digits = _TIGHT_DIGITS.match(self.text, end, self.end)
        stop = digits.end() if digits else end
        self.append(Token(Kind.NAME, self.position, stop, name, subscript=self.text[end:stop]))

    def _worded(self, name: str, end: int) -> None:
        """Commands with words in their argument, or that only change how it looks."""
        if name in commands.WORDS:
            self._words(end)
        elif name in commands.ARROWS_WITH_TEXT:
            option = _OPTION.match(self.text, end, self.end)
            stop = self._argument_end(option.end() if option else end)
            self.emit(Kind.RELATION, stop or end, commands.ARROWS_WITH_TEXT[name])
        elif name in commands.TRANSPARENT or name in commands.SWITCHES:
            self._look(name, end)
        elif name in {"ldots", "cdots", "dots", "vdots", "ddots", "dotsc", "dotsb"}:
            self.dots(end)
        elif name in {"intercal", "top"}:
            self.emit(Kind.TRANSPOSE, end, name)
        elif name in commands.PASSED_WITH_ARGUMENT:
            self.emit(
                Kind.STOP if name in {"intertext", "shortintertext"} else Kind.SPACE, self._argument_end(end) or end
            )
        elif self.is_typed and name in commands.PROSE:
            self._prose(name, end)
        elif self.is_typed and self.style.percent_comments:
            self.emit(Kind.TEXT, end, name)
        else:
            shown = f"`\\{name}`" if name.isprintable() and name else "a lone backslash"
            self.emit(Kind.UNREAD, end, f"the command {shown} is not known here")

    def _look(self, name: str, end: int) -> None:
        """`\\mathbf{W}`, `\\boxed{..}`: a known word in a font is one name; all else stands for itself."""
        opened = self._brace_at(end)
        stop = self._closing.get(opened, -1) if opened is not None else -1
        word = self.text[opened + 1 : stop].strip() if opened is not None and stop > 0 else ""
        if name == "mathbb" and word.isdecimal() and len(word) == 1:
            self.emit(Kind.NAME, stop + 1, word)
        elif word.isascii() and word.isalpha() and len(word) > 1 and self._known(word):
            self._words(end)
        else:
            self.emit(Kind.SPACE, end, name)

    def _known(self, word: str) -> bool:
        return self.lexicon.is_name(word) or self.lexicon.function(word) is not None

    def _words(self, end: int) -> None:
        """`\\text{..}`: a name, a function, or words between formulas."""
        stop = self._argument_end(end)
        if stop is None:
            self.emit(Kind.UNREAD, end, "this command has no argument")
            return
        opened = self._brace_at(end)
        content = (self.text[opened + 1 : stop - 1] if opened is not None else self.text[end:stop]).strip()
        plain = content.replace("\\_", "_").replace("\\ ", " ").strip()
        function = self.lexicon.function(plain)
        if function:
            self.emit(Kind.FUNCTION, stop, function)
        elif content == "d" or (_SIMPLE.fullmatch(content) and plain.lower() not in PROSE_WORDS - {"output", "a"}):
            parts = split_word(plain.replace("-", ""))
            is_known = len(plain) == 1 or self.lexicon.is_name(parts.base) or not plain.isalpha()
            self.append(
                Token(
                    Kind.NAME,
                    self.position,
                    stop,
                    parts.base,
                    (),
                    parts.subscript,
                    parts.superscript,
                    parts.accent,
                    is_loose=not is_known,
                )
            )
        elif content.strip("., ;:") == "" and content:
            self.emit(Kind.STOP, stop, content)
        else:
            self.emit(Kind.TEXT if plain else Kind.SPACE, stop, plain[:60])

    def _stack(self, end: int) -> None:
        """`\\overset{..}{=}`: a sign with a note is the sign; any other term keeps the note."""
        first = self._argument_end(end)
        second = self._argument_end(first) if first else None
        if first is None or second is None:
            self.emit(Kind.UNREAD, end, "this command has not two arguments")
            return
        inner = self.text[first:second].strip().strip("{}").strip()
        sign = commands.RELATIONS.get(inner.removeprefix("\\")) if inner.startswith("\\") else {"=": "="}.get(inner)
        if sign:
            self.emit(Kind.RELATION, second, sign)
        else:
            self.emit(Kind.NOTE, first, "before")

    def _sized(self, name: str, end: int) -> None:
        """`\\left(`, `\\right.`, `\\Big]`: the bracket with its size as one token."""
        delimiter = _DELIMITER.match(self.text, end, self.end)
        if delimiter is None:
            self.emit(Kind.SPACE, end, name)
            return
        sign, stop = delimiter[1], delimiter.end()
        if sign == "." and name in {"left", "right"}:
            self.emit(Kind.OPEN if name == "left" else Kind.CLOSE, stop, ".")
            return
        kind, value = _BRACKETS.get(sign, (Kind.UNREAD, ""))
        if kind is Kind.BAR and (name in {"left", "right"} or name[-1] in "lr"):
            kind = Kind.OPEN if name == "left" or name[-1] == "l" else Kind.CLOSE
        if kind is Kind.UNREAD:
            self.emit(Kind.SPACE, end, name)
            return
        self.append(Token(kind, self.position, stop, value, is_loose=name in {"left", "right"}))

    def _environment(self, end: int) -> None:
        found = _ENVIRONMENT.match(self.text, self.position, self.end)
        if found is None:
            self.emit(Kind.UNREAD, end, "an environment without a name")
            return
        name, stop = found[2], found.end()
        bare = name.removesuffix("*")
        if bare in commands.LINE_ENVIRONMENTS | commands.FORMULA_ENVIRONMENTS:
            columns = _ROW_OPTION.match(self.text, stop, self.end)
            self.emit(Kind.STOP, columns.end() if columns and found[1] == "begin" else stop, name)
        elif name in commands.MATRICES | commands.BREAKING_ENVIRONMENTS:
            columns = _COLUMNS.match(self.text, stop, self.end) if found[1] == "begin" else None
            has_columns = columns is not None and (name == "array" or columns[0].lstrip().startswith("["))
            kind = Kind.BEGIN if found[1] == "begin" else Kind.END
            self.emit(kind, columns.end() if columns and has_columns else stop, name)
        elif self.is_typed:
            while self._brace_at(stop) == stop:
                stop = self._closing[stop] + 1
            self.emit(Kind.STOP, stop, name)
        else:
            self.emit(Kind.UNREAD, stop, f"the environment `{name}` is not known here")

    def _definition(self, name: str) -> None:
        """The rest of the line belongs to what would define or fetch something."""
        line = _LINE_END.match(self.text, self.position, self.end)
        stop = line.end() if line else self.end
        self.emit(Kind.UNREAD, stop, commands.refusal_of(name))

    def _prose(self, name: str, end: int) -> None:
        option = _OPTION.match(self.text, end, self.end)
        stop = option.end() if option else end
        takes = name not in {"item", "maketitle", "noindent", "par", "newpage", "indent"}
        self.emit(Kind.TEXT, (self._argument_end(stop) or stop) if takes else stop, name)

    def dots(self, end: int) -> None:
        """Dots directly behind decimals say that there are more; elsewhere they stand for what is left out."""
        last = self.tokens[-1] if self.tokens else None
        if last is not None and last.end == self.position and any(reading.decimals for reading in last.readings[:1]):
            self.emit(Kind.SPACE, end, "more decimals")
        else:
            self.emit(Kind.UNREAD, end, "dots stand for what is left out")

    def comment(self) -> None:
        """`%` begins a comment in a LaTeX document, and is a stray sign elsewhere."""
        line = _LINE_END.match(self.text, self.position, self.end)
        stop = line.end() if line else self.end
        if self.style.percent_comments:
            self.emit(Kind.SPACE, stop, "comment")
        else:
            self.emit(Kind.TEXT if self.is_typed else Kind.UNREAD, self.position + 1, "a percent sign without a number")

    def _brace_at(self, position: int) -> int | None:
        while position < self.end and self.text[position].isspace():
            position += 1
        return position if position in self._closing else None

    def _argument_end(self, position: int | None) -> int | None:
        """Where the argument that follows ends: a group in braces, or one sign."""
        if position is None:
            return None
        opened = self._brace_at(position)
        if opened is not None:
            return self._closing[opened] + 1
        while position < self.end and self.text[position].isspace():
            position += 1
        command = _COMMAND.match(self.text, position, self.end)
        if command:
            return command.end()
        return position + 1 if position < self.end and self.text[position] not in "{}&" else None


_BRACKETS = {
    "(": (Kind.OPEN, "("),
    ")": (Kind.CLOSE, ")"),
    "[": (Kind.OPEN, "["),
    "]": (Kind.CLOSE, "]"),
    "|": (Kind.BAR, "|"),
    "\\|": (Kind.BAR, "‖"),
    "\\{": (Kind.OPEN, "\\{"),
    "\\}": (Kind.CLOSE, "\\}"),
    "\\lbrace": (Kind.OPEN, "\\{"),
    "\\rbrace": (Kind.CLOSE, "\\}"),
    "/": (Kind.SLASH, "/"),
    "\\lvert": (Kind.OPEN, "|"),
    "\\rvert": (Kind.CLOSE, "|"),
    "\\vert": (Kind.BAR, "|"),
    "\\lVert": (Kind.OPEN, "‖"),
    "\\rVert": (Kind.CLOSE, "‖"),
    "\\Vert": (Kind.BAR, "‖"),
    "\\lbrack": (Kind.OPEN, "["),
    "\\rbrack": (Kind.CLOSE, "]"),
}


def _matching_braces(text: str, start: int, end: int) -> dict[int, int]:
    """Where each brace is closed, found in one pass."""
    closing: dict[int, int] = {}
    opened: list[int] = []
    for found in _BRACES.finditer(text, start, end):
        if found[0] == "{":
            opened.append(found.start())
        elif found[0] == "}" and opened:
            closing[opened.pop()] = found.start()
    return closing
