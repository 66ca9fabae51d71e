"""From characters to tokens, for LaTeX and for typed text. Every character that is no blank is in a token."""

from __future__ import annotations

import re
import unicodedata

from chalkgrad.marking.page.latex_scanning import CommandScanner
from chalkgrad.marking.page.numerals import number_at
from chalkgrad.marking.page.signs import MARKS, PAIRS, SIGNS
from chalkgrad.marking.page.tokens import Kind, Token
from chalkgrad.marking.page.typed_words import typed_word

__all__ = ["Scanner"]

_BLANK = re.compile(r"[\s\u200b-\u200f\u2060-\u2064\u2066-\u2069\ufeff]+")
_LETTERS = re.compile(r"[A-Za-z]+")
_OTHER_SCRIPT = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f\u064b-\u065f\u200c\u200d])+")
_TIGHT_DIGITS = re.compile(r"[0-9۰-۹٠-٩]+(?!\.?[0-9])")
_RAISED = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁱⁿ]+")
_LOW = "[₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ]+"
_LOWERED = re.compile(rf"{_LOW}(?:,{_LOW})*")
_PRIMES = re.compile(r"['′’ʹ″]+")
_DOTS = re.compile(r"\.{2,}|…|⋯")
_TRANSPOSED = re.compile(r"\.T(?![\w])|ᵀ|⊤")
_TAG = re.compile(r"</?[A-Za-z!][^<>\n]{0,400}>")
_EMPHASIS_BEFORE = re.compile(r"(?<!\S)(?:\*{1,3}(?!\*)|`+)(?=\S)|(?<!\S)_{1,2}(?=[^\W\d])")
_EMPHASIS_OF_FORMULA = re.compile(r"(?<!\S)\*{2,3}\Z")
_EMPHASIS_BEHIND = re.compile(r"(?<=[^\s*])\*{1,3}(?=[\s.,:;!?)]|\Z)|`+")
_MODULE = re.compile(r"(?:np|numpy|math|torch)\.(?=[a-z])")
_WIDE = 3
_BEGINS_OPERAND = re.compile(r"[\w∂∇√(\[]")
_QUESTION = re.compile(r"\?+")


class Scanner(CommandScanner):
    """Reads a stretch of a page; `tokens` grows with each call of `scan`."""

    def scan(self, start: int, end: int, *, is_typed: bool) -> None:
        """Read a stretch: typed text, or LaTeX between its delimiters."""
        self.begin(start, end, is_typed=is_typed)
        self._open_stars = 0
        while self.position < end:
            sign = self.text[self.position]
            if not "!" <= sign <= "~" and (blank := _BLANK.match(self.text, self.position, end)):
                self._blank(blank)
            elif sign == "\\":
                self.command()
            elif not self._typed_furniture() and not self._number():
                self._other()

    def _blank(self, blank: re.Match[str]) -> None:
        """Pass over blanks; where many of them part two operands of typed text, they part two formulas."""
        is_wide = self.is_typed and blank.end() - blank.start() >= _WIDE and "\n" not in blank[0]
        if is_wide and self.tokens and _BEGINS_OPERAND.match(self.text, blank.end(), self.end):
            self.emit(Kind.GAP, blank.end(), "quad")
        self.position = blank.end()

    def append(self, token: Token) -> None:
        """Add a token; an `x` between two numbers is a sign of multiplication."""
        last = self.tokens[-2:]
        if token.kind is Kind.NUMBER and len(last) == 2 and last[1].kind is Kind.NAME and last[1].value in {"x", "X"}:
            is_bare = last[1].end == last[1].start + 1 and last[1].start > last[0].end and last[1].end < token.start
            if last[0].kind is Kind.NUMBER and is_bare:
                last[1].kind, last[1].value, last[1].is_loose = Kind.TIMES, "×", False
        super().append(token)

    def _typed_furniture(self) -> bool:
        """Markdown's emphasis and HTML's tags, in typed text."""
        text, position, end = self.text, self.position, self.end
        if not self.is_typed or text[position] not in "<*`_":
            return False
        if tag := _TAG.match(text, position, end):
            self.emit(Kind.TEXT, tag.end(), "tag")
            return True
        opening = _EMPHASIS_BEFORE.match(text, position, end) or _EMPHASIS_OF_FORMULA.match(text, position, end)
        marks = opening or _EMPHASIS_BEHIND.match(text, position, end)
        if marks is None or self._is_between_operands(marks.end(), marks[0]):
            return False
        if marks[0] == "*" and not opening and not self._open_stars:
            return False
        if marks[0] == "*":
            self._open_stars += 1 if opening else -1
        self.emit(Kind.SPACE, marks.end(), "emphasis")
        return True

    def _is_between_operands(self, end: int, marks: str) -> bool:
        """Whether a `*` stands between two operands, as in `2 *3`."""
        before = self.tokens[-1].kind if self.tokens and self.tokens[-1].is_typed else None
        is_operand = before in {Kind.NUMBER, Kind.NAME, Kind.CLOSE, Kind.TRANSPOSE, Kind.PRIME}
        follows = self.text[end : end + 1]
        loose = bool(self.tokens) and self.tokens[-1].is_loose
        return marks[0] == "*" and is_operand and not loose and (follows.isalnum() or follows in set("(-−.\\"))

    def _number(self) -> bool:
        text, position = self.text, self.position
        if not (text[position].isnumeric() or text[position] in ".٫OolISBZ"):
            return False
        if text[position].isalpha() and position > 0 and (text[position - 1].isalpha() or text[position - 1] == "\\"):
            return False
        if (digit := self.single_digit()) is not None:
            self.emit_number(digit)
            return True
        found = number_at(text, position, self.end, self.style, in_brackets=self.depth > 0, is_typed=self.is_typed)
        if found is None:
            return False
        if found.why:
            self.emit(Kind.UNREAD, found.end, found.why)
        else:
            self.emit_number(found)
        return True

    def _other(self) -> None:
        text, position, end = self.text, self.position, self.end
        if text[position] not in _BEGINS_SCRIPT:
            if text[position].isalpha():
                self._word()
            else:
                self._sign()
        elif dots := _DOTS.match(text, position, end):
            self.dots(dots.end())
        elif transposed := _TRANSPOSED.match(text, position, end):
            self.emit(Kind.TRANSPOSE, transposed.end())
        elif raised := _RAISED.match(text, position, end):
            self.emit(Kind.SUPERSCRIPT, raised.end(), raised[0])
        elif lowered := _LOWERED.match(text, position, end):
            self.emit(Kind.SUBSCRIPT, lowered.end(), lowered[0])
        elif primes := _PRIMES.match(text, position, end):
            self._primes(primes)
        elif text[position].isalpha():
            self._word()
        else:
            self._sign()

    def _primes(self, primes: re.Match[str]) -> None:
        """Primes behind an operand; a quotation mark elsewhere."""
        is_tight = bool(self.tokens) and self.tokens[-1].end == primes.start()
        if self.is_typed and (not is_tight or self.tokens[-1].kind is Kind.TEXT):
            self.emit(Kind.TEXT, primes.end(), "quotation mark")
            return
        if self.is_typed and self.tokens[-1].is_loose and self.text[primes.end() : primes.end() + 1].isalpha():
            word = _LETTERS.match(self.text, primes.end())
            self.emit(Kind.TEXT, word.end() if word else primes.end(), "prose")
            return
        self.emit(Kind.PRIME, primes.end(), primes[0].replace("″", "''"))

    def _word(self) -> None:
        position = self.position
        other = self._other_script()
        if other:
            self.emit(Kind.TEXT, other, "prose")
        elif self.is_typed:
            for token in typed_word(self.text, position, self.end, self.lexicon, splits=self.has_markup):
                self.append(token)
        else:
            self._run()

    def _other_script(self) -> int:
        """Where a word ends that is in a script of which no names are made; zero for Latin and Greek."""
        letter = unicodedata.normalize("NFKD", self.text[self.position])[0]
        if letter.isascii() or "\u0370" <= letter <= "\u03ff" or unicodedata.name(letter, "").startswith("LATIN"):
            return 0
        found = _OTHER_SCRIPT.match(self.text, self.position, self.end)
        return found.end() if found else self.position + 1

    def _run(self) -> None:
        """Letters of LaTeX: a word that is known is one name, other letters are names side by side."""
        run = _LETTERS.match(self.text, self.position, self.end)
        if run is None:
            for token in typed_word(self.text, self.position, self.position + 1 + self._marks(), self.lexicon):
                self.append(token)
            return
        if module := _MODULE.match(self.text, run.start(), self.end):
            self.emit(Kind.SPACE, module.end(), "module")
            return
        function = self.lexicon.function(run[0])
        is_script = bool(self.tokens) and self.tokens[-1].kind is Kind.SUBSCRIPT and self.tokens[-1].end == run.start()
        if function:
            self.emit(Kind.FUNCTION, run.end(), function)
        elif self.lexicon.is_name(run[0]) or (is_script and len(run[0]) > 3):
            self._name(run[0], run.end())
        elif self._is_furniture(run):
            self.emit(Kind.TEXT, _OTHER_WORD.match(self.text, run.start(), self.end).end(), "prose")  # type: ignore[union-attr]
        else:
            for letter in run[0]:
                self._name(letter, self.position + 1)

    def _is_furniture(self, run: re.Match[str]) -> bool:
        """Whether capital letters, with digits read for some of them, are a word printed on the paper."""
        whole = _OTHER_WORD.match(self.text, run.start(), self.end)
        if whole is None or len(whole[0]) < 4 or not re.fullmatch(r"[A-Z0-9]*", whole[0]):
            return False
        before = self.tokens[-1].kind if self.tokens else Kind.STOP
        is_apart = before in {Kind.STOP, Kind.GAP, Kind.ROW, Kind.TEXT}
        rest = self.text[whole.end() : self.end].lstrip()[:5]
        return is_apart and (not rest or rest.startswith(("\\quad", "\\\\", "\\qqua", "\\text")))

    def _name(self, base: str, end: int) -> None:
        digits = _TIGHT_DIGITS.match(self.text, end, self.end)
        is_script = bool(self.tokens) and self.tokens[-1].kind is Kind.SUPERSCRIPT
        stop = digits.end() if digits and not is_script else end
        self.append(Token(Kind.NAME, self.position, stop, base, subscript=self.text[end:stop]))

    def _marks(self) -> int:
        """How many combining marks follow the letter."""
        count = 0
        while unicodedata.combining(self.text[self.position + 1 + count : self.position + 2 + count] or " "):
            count += 1
        return count

    def _sign(self) -> None:
        text, position, end = self.text, self.position, self.end
        for length in (3, 2) if text[position] in _BEGINS_PAIR else ():
            pair = text[position : min(position + length, end)]
            if pair in PAIRS:
                kind, value = PAIRS[pair]
                self.emit(kind, position + len(pair), value)
                return
        if question := _QUESTION.match(text, position, end):
            is_end = self.is_typed and bool(self.tokens) and self.tokens[-1].kind in {Kind.TEXT, Kind.NAME}
            self.emit(Kind.STOP if is_end else Kind.UNREAD, question.end(), "a question mark")
        elif text[position] == "•" and self.is_typed and self._begins_line(position):
            self.emit(Kind.TEXT, position + 1, "mark")
        elif text[position] in SIGNS:
            kind, value = SIGNS[text[position]]
            self.emit(kind, position + 1, value)
        elif self.is_typed and text[position] in MARKS:
            self.emit(Kind.TEXT, position + 1, "mark")
        elif self._latex_sign(text[position]):
            return
        else:
            self._unknown(text[position])

    def _begins_line(self, position: int) -> bool:
        return not self.tokens or "\n" in self.text[self.tokens[-1].end : position]

    def _latex_sign(self, sign: str) -> bool:
        """Signs that LaTeX and typed text do not share."""
        if sign == "~":
            self.emit(Kind.RELATION if self.is_typed else Kind.SPACE, self.position + 1, "≈" if self.is_typed else "~")
        elif sign == "&":
            self.emit(Kind.TEXT if self.is_typed and not self.has_markup else Kind.CELL, self.position + 1, "&")
        elif sign == "%":
            self.comment()
        else:
            return False
        return True

    def _unknown(self, sign: str) -> None:
        """What means nothing here: a mark between words of typed text, else a sign that is not known."""
        if "\u2500" <= sign <= "\u257f" or sign in "⏟⏞":
            self.emit(Kind.UNREAD, self.position + 1, "what is written over several lines is not read")
            return
        if self.is_typed and unicodedata.category(sign)[0] in "SPMCN" and sign not in "$#!±∞∫∏":
            self.emit(Kind.TEXT, self.position + 1, "mark")
            return
        shown = f"`{sign}`" if sign.isprintable() else f"U+{ord(sign):04X}"
        self.emit(Kind.UNREAD, self.position + 1, f"the sign {shown} is not known here")


_BEGINS_SCRIPT = frozenset(".…⋯ᵀ⊤⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁱⁿ₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ'′’ʹ″")
_BEGINS_PAIR = frozenset(pair[0] for pair in PAIRS)
_OTHER_WORD = re.compile(r"[A-Za-z0-9]+")
