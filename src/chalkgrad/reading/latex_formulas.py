"""Scanning LaTeX formulas: the same lexemes as typed ones, so that one grammar reads both.

Macros are never expanded and never defined: a command either has a meaning here or is a fault that names it. Letters
side by side are a product of single letters, unless a defined name matches the longest run (`out`).
"""

from __future__ import annotations

import re
from dataclasses import replace

from chalkgrad.reading.latex_commands import (
    ACCENT_COMMANDS,
    FONT_COMMANDS,
    FUNCTION_COMMANDS,
    LETTER_COMMANDS,
    MATRIX_ENVIRONMENTS,
    NORM_COMMANDS,
    REFUSED_COMMANDS,
    SIGN_COMMANDS,
    SKIPPED_COMMANDS,
    SKIPPED_ENVIRONMENTS,
    WORD_COMMANDS,
    plain_latex,
)
from chalkgrad.reading.lexing import Frame, SourceText
from chalkgrad.reading.name_scanning import NameScanner
from chalkgrad.reading.spelling import GREEK_NAMES
from chalkgrad.reading.typed_formulas import OPERATION_SIGNS, UNREAD_SIGNS, unknown_sign
from chalkgrad.reading.vocabulary import Vocabulary

__all__ = ["LatexScanner", "is_latex"]

_COMMAND = re.compile(r"\\(?:[A-Za-z]+\*?|.)", re.DOTALL)
_LATEX = re.compile(r"\\(?:[A-Za-z]|[,;:!|\[({\\%])|\A\s*\$.*\$\s*\Z", re.DOTALL)
_BLANK = re.compile(r"(?:\s|~|[\u200b-\u200f\ufeff])+")
_TRANSPOSED = re.compile(
    r"\s*\^\s*(?:(?:T(?![\w(])|\\top|\\intercal|⊤)(?![A-Za-z])|\{\s*(?:\\(?:mathsf|mathrm|text|rm)\s*\{?\s*)?"
    r"(?:T|\\top|\\intercal|\\prime|⊤)\s*\}?\s*\}(?!\})|\\prime(?![A-Za-z])|'+)|['′’]"
)
_RUN = re.compile(r"[^\W\d_][^\W_]*")
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{([A-Za-z]+\*?)\}(?:\[[a-z]\]|\{[lcr| ]*\})?")
_SUBSCRIPT = re.compile(r"\s*_\s*")
_POWER = re.compile(r"\s*\^\s*")


def is_latex(text: str) -> bool:
    """Whether a formula is LaTeX: it holds a backslash command, or stands between dollar signs.

    >>> is_latex(r"\\frac{1}{2} x"), is_latex("1/2 x")
    (True, False)
    """
    return _LATEX.search(text) is not None


class LatexScanner(NameScanner):
    """The scanner of LaTeX formulas."""

    def __init__(self, source: SourceText, vocabulary: Vocabulary, *, is_left_side: bool = False) -> None:
        super().__init__(source, vocabulary, is_left_side=is_left_side)
        self.closing = _matching_braces(self.text)
        self.bases = frozenset(re.split(r"[_^]", name, maxsplit=1)[0] for name in vocabulary.names)

    def scan_next(self) -> None:
        """Read one lexeme at `position`, or one whole argument that a command waits for."""
        if blank := _BLANK.match(self.text, self.position):
            self.position = blank.end()
        elif self.frames[-1].due:
            self._argument()
        elif transposed := _TRANSPOSED.match(self.text, self.position):
            self.emit("TRANSPOSE", transposed.end())
        elif self.text[self.position] == "\\":
            self._command()
        elif not self.number() and not self._letters():
            self._sign()

    def subscript_at(self, position: int) -> tuple[str, int] | None:
        """A subscript behind a name: one sign, one command, or a group in braces."""
        found = _SUBSCRIPT.match(self.text, position)
        if found is None:
            return None
        end = self._argument_end(found.end())
        return self.text[found.end() : end].removeprefix("{").removesuffix("}"), end

    def power_at(self, position: int) -> int | None:
        """A superscript or primes, which a subscript may follow."""
        if primes := re.compile("['′’]+").match(self.text, position):
            return primes.end()
        found = _POWER.match(self.text, position)
        return self._argument_end(found.end()) if found else None

    def plain_script(self, content: str) -> str:
        """The content of a script with fonts and spacing taken off and Greek letters named."""
        return plain_latex(content)

    def _argument_end(self, start: int) -> int:
        """Where the argument that starts here ends: a group in braces, a command, or one sign."""
        if start in self.closing:
            return self.closing[start] + 1
        command = _COMMAND.match(self.text, start)
        if command and command[0][1:] in FONT_COMMANDS | WORD_COMMANDS | ACCENT_COMMANDS.keys():
            follows = command.end() + len(self.text[command.end() :]) - len(self.text[command.end() :].lstrip())
            return self.closing.get(follows, follows) + 1
        return command.end() if command else min(start + 1, len(self.text))

    def _argument(self) -> None:
        """Read one argument of a command: a group as it stands, anything else as if it stood in brackets."""
        self.frames[-1].due -= 1
        if self.text[self.position] == "{":
            self.open_bracket("{", self.position + 1)
            return
        end = self._argument_end(self.position)
        piece = self.text[self.position : end]
        if piece in {"}", "^", "_", "&", "\\frac", "\\dfrac", "\\tfrac", "\\sqrt", "\\left", "\\begin"}:
            self.frames[-1].due = 0
            message = f"an argument was expected, but `{piece}` was read"
            self.fault("braces-needed", message, end, "Put the argument in braces, as in x^{...}.")
            return
        start = self.position
        inner = LatexScanner(SourceText("", piece), self.vocabulary)
        self.emit("LPAR", start, piece)
        for lexeme in inner.scan():
            lexeme.start += start
            lexeme.end += start
            self.lexemes.append(lexeme)
        place = self.source.place(start, end)
        self.faults.extend(replace(fault, place=place) for fault in inner.faults)
        self.position = end
        self.emit("RPAR", end, piece)

    def _letters(self) -> bool:
        """Letters side by side: the longest defined name, a whole word that is a function, or one letter."""
        run = _RUN.match(self.text, self.position)
        if run is None:
            return False
        lengths = (length for length in range(len(run[0]), 1, -1) if run[0][:length] in self.bases)
        is_function = len(run[0]) > 1 and self.vocabulary.function_named(run[0]) is not None
        length = len(run[0]) if is_function or self.is_left_side else next(lengths, 1)
        base = plain_latex(run[0][:length])
        self.name(base, self.position + length)
        return True

    def _command(self) -> None:
        """Read what begins with a backslash."""
        found = _COMMAND.match(self.text, self.position)
        command = found[0][1:] if found else ""
        end = found.end() if found else self.position + 1
        if command in {"begin", "end"}:
            self._environment()
        elif command == "\\" and self.frames[-1].sign == "matrix":
            self._new_row(end)
        elif command in SKIPPED_COMMANDS or (command == "\\" and self._ends_row(end)):
            self._skip(command, end)
        elif command in SIGN_COMMANDS:
            self.emit(SIGN_COMMANDS[command], end)
        elif command in LETTER_COMMANDS:
            self.name(LETTER_COMMANDS[command], end)
        elif command in FUNCTION_COMMANDS:
            self._function(command, end)
        else:
            self._structure(command, end)

    def _structure(self, command: str, end: int) -> None:
        """Read a command that has arguments or brackets."""
        if command in {"frac", "tfrac", "dfrac", "cfrac"}:
            self.emit("FRACTION", end)
            self.frames[-1].due = 2
        elif command == "sqrt":
            self._root(end)
        elif command in ACCENT_COMMANDS:
            self._accent(ACCENT_COMMANDS[command], end)
        elif command in WORD_COMMANDS or command in FONT_COMMANDS:
            self._font(command, end)
        elif command in {"lvert", "vert", "rvert"}:
            {"lvert": self.open_bar, "rvert": self.close_bar, "vert": self.bar}[command](end)
        elif command in {"lbrack", "{"}:
            self.open_bracket("[" if command == "lbrack" else "{", end)
        elif command in {"rbrack", "}"}:
            self.close_bracket("]" if command == "rbrack" else "}", end)
        elif command in NORM_COMMANDS:
            self.fault_norm(end)
        else:
            code, message, hint = REFUSED_COMMANDS.get(command, _unknown(command))
            self.fault(code, message, end, hint)

    def _skip(self, command: str, end: int) -> None:
        """Pass over spacing and sizes; `\\left.` has an invisible bracket, `\\left|` says which way a bar goes."""
        self.position = end
        if command not in {"left", "right"}:
            return
        rest = self.text[end:].lstrip()
        self.position = len(self.text) - len(rest)
        if rest.startswith("."):
            self.position += 1
        elif rest.startswith("|"):
            (self.open_bar if command == "left" else self.close_bar)(self.position + 1)

    def _ends_row(self, end: int) -> bool:
        """Whether a `\\\\` ends nothing but the line."""
        rest = self.text[end:].strip()
        return not rest or rest.startswith("\\end") or rest in {"$", "$$"}

    def _function(self, command: str, end: int) -> None:
        if command == "sum" and re.compile(r"\s*(?:\\limits\s*)?[_^]").match(self.text, end):
            hint = "Write sum(x) for the sum of the entries of a vector."
            self.fault("indexed-sum", "sums over an index are not read", end, hint)
            while (stop := self._script_end(self.position)) is not None:
                self.position = stop
            return
        name = FUNCTION_COMMANDS[command]
        if name not in self.vocabulary.names and self.vocabulary.function_named(name) is None:
            self.fault("unknown-function", f"the function `{name}` is not known", end, self.vocabulary.suggestion(name))
            return
        self.emit("NAME", end, name)

    def _script_end(self, position: int) -> int | None:
        """Where the subscript or superscript at a position ends."""
        found = self.subscript_at(position)
        return found[1] if found else self.power_at(position)

    def _root(self, end: int) -> None:
        if self.text[end:].lstrip().startswith("["):
            hint = "Write x^{1/3} for a cube root."
            self.fault("nth-root", "only square roots are read", end, hint)
            end = self.text.find("]", end) + 1 or end
        self.emit("NAME", end, "sqrt")
        self.frames[-1].due = 1

    def _accent(self, accent: str, end: int) -> None:
        """Read `\\hat{y}`, `\\hat y` or `\\hat{y_1}` as a name with an accent."""
        stop = self._argument_end(end + len(self.text[end:]) - len(self.text[end:].lstrip()))
        content = plain_latex(self.text[end:stop].strip().removeprefix("{").removesuffix("}")).strip()
        found = re.fullmatch(r"([^\W_]+)((?:_\{?[^\W_]+\}?)*)", content)
        if found is None:
            message = f"an accent over `{content}` is not read"
            self.fault("bad-accent", message, stop, "An accent stands over one name, as in \\hat{y}_1.")
            return
        scripts = found[2].replace("{", "").replace("}", "")
        self.name(found[1] + (f"_{accent}" if accent else "") + scripts, stop)

    def _font(self, command: str, end: int) -> None:
        """Read `\\mathbf{W}` or `\\text{relu}`: one word is one name; a bold group is a group."""
        start = end + len(self.text[end:]) - len(self.text[end:].lstrip())
        stop = self._argument_end(start)
        word = plain_latex(self.text[start:stop].removeprefix("{").removesuffix("}")).strip()
        is_product = (
            command in FONT_COMMANDS and word.isalpha() and word not in self.bases | GREEK_NAMES and len(word) > 1
        )
        if re.fullmatch(r"[^\W\d_][^\W_]*(?:_[^\W_]+)*", word) and not is_product:
            self.name(word, stop)
        elif command in WORD_COMMANDS:
            hint = "Formulas hold names and signs; words go outside."
            self.fault("words-in-formula", f"`{word}` is not a name", stop, hint)
        else:
            self.position = end

    def _environment(self) -> None:
        """Read `\\begin{pmatrix}` and its end; environments that only set lines below each other are passed over."""
        found = _ENVIRONMENT.match(self.text, self.position)
        if found is None or found[2] not in MATRIX_ENVIRONMENTS | SKIPPED_ENVIRONMENTS:
            named = found[2] if found else ""
            end = found.end() if found else self.position + len("\\begin")
            hint = "Matrices are written with pmatrix, bmatrix or matrix."
            self.fault("unknown-environment", f"the environment `{named}` is not read in a formula", end, hint)
        elif found[2] in SKIPPED_ENVIRONMENTS:
            self.position = found.end()
        elif found[1] == "begin":
            self._open_matrix(found.end())
        else:
            self._close_matrix(found.end())

    def _open_matrix(self, end: int) -> None:
        start = self.position
        self.frames.append(Frame("matrix", len(self.lexemes), separates=False))
        self.emit("LLIST", end)
        self.position = start
        self.emit("LLIST", end)

    def _close_matrix(self, end: int) -> None:
        if self.frames[-1].sign != "matrix":
            self.fault("mismatched-bracket", "this `\\end` closes a matrix that is not open here", end)
            return
        self.frames.pop()
        row_is_empty = [lexeme.kind for lexeme in self.lexemes[-2:]] == ["COMMA", "LLIST"]
        if row_is_empty:
            del self.lexemes[-2:]
        else:
            self.emit("RLIST", self.position, "\\end")
        self.emit("RLIST", end, "\\end")

    def _new_row(self, end: int) -> None:
        for kind in ("RLIST", "COMMA", "LLIST"):
            self.emit(kind, self.position if kind != "LLIST" else end, "\\\\")

    def _sign(self) -> None:
        """A sign that is no letter and no command."""
        sign, end = self.text[self.position], self.position + 1
        in_matrix = self.frames[-1].sign == "matrix"
        if sign == "^":
            self.emit("CARET", end)
            self.frames[-1].due = 1
        elif sign == "&":
            self.emit("COMMA", end) if in_matrix else self._skip("", end)
        elif sign == "$":
            self._skip("", end)
        elif sign in OPERATION_SIGNS:
            self.emit(OPERATION_SIGNS[sign], end)
        elif sign in "([{":
            self.open_bracket(sign, end)
        elif sign in ")]}":
            self.close_bracket(sign, end)
        elif sign in ",،":
            self.comma(end)
        elif sign == "|":
            self.bar(end)
        else:
            code, message, hint = UNREAD_SIGNS.get(sign) or unknown_sign(sign)
            self.fault(code, message, end, hint)


def _matching_braces(text: str) -> dict[int, int]:
    """Where the brace opened at each offset is closed, found in one pass."""
    closing: dict[int, int] = {}
    opened: list[int] = []
    for found in re.finditer(r"\\.|[{}]", text, re.DOTALL):
        if found[0] == "{":
            opened.append(found.start())
        elif found[0] == "}" and opened:
            closing[opened.pop()] = found.start()
    return closing


def _unknown(command: str) -> tuple[str, str, str]:
    """The fault of a command that means nothing here."""
    return "unknown-macro", f"the command `\\{command}` is not read in a formula", ""
