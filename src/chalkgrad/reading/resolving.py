"""Telling functions from names, and reading what only its neighbours explain: `1/2 x`, `tanh^2(z)`, `e^x`."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from chalkgrad.errors import Fault
from chalkgrad.reading.lexing import ENDS_OPERAND, Lexeme, SourceText
from chalkgrad.reading.vocabulary import Vocabulary

__all__ = ["Resolver", "quantities_in"]

_END = Lexeme("END", 0, 0, "")


def quantities_in(lexemes: Iterable[Lexeme]) -> set[str]:
    """The names that stand somewhere without a bracket, a prime or a power behind them: no functions."""
    row = list(lexemes)
    following = [*row, _END][1:]
    called = {"LPAR", "TRANSPOSE", "CARET"}
    return {
        lexeme.text
        for lexeme, after in zip(row, following, strict=True)
        if lexeme.kind == "NAME" and after.kind not in called
    }


_PRIMES = frozenset("'′’ʹ")


class Resolver:
    """One walk over the lexemes of a formula, which gives those that the grammar reads."""

    def __init__(self, lexemes: list[Lexeme], vocabulary: Vocabulary, source: SourceText, *, is_latex: bool) -> None:
        self.lexemes = lexemes
        self.vocabulary = vocabulary
        self.source = source
        self.is_latex = is_latex
        self.position = 0
        self.resolved: list[Lexeme] = []
        self.faults: list[Fault] = []

    def resolve(self) -> list[Lexeme]:
        """Walk from left to right."""
        while self.position < len(self.lexemes):
            lexeme = self.lexemes[self.position]
            self.position += 1
            if lexeme.kind == "NAME":
                self._name(lexeme)
            elif lexeme.kind == "NUMBER":
                self._number(lexeme)
            else:
                self._check_power(lexeme)
                self._check_index(lexeme)
                self.resolved.append(lexeme)
        return self.resolved

    def _ahead(self, steps: int = 0) -> Lexeme:
        index = self.position + steps
        return self.lexemes[index] if index < len(self.lexemes) else _END

    def _kinds_ahead(self, *kinds: str) -> bool:
        return all(self._ahead(step).kind == kind for step, kind in enumerate(kinds))

    def _fault(self, code: str, message: str, first: Lexeme, last: Lexeme, hint: str = "") -> None:
        self.faults.append(Fault(code, message, self.source.place(first.start, last.end), hint))

    def _touches(self, before: Lexeme, after: Lexeme) -> bool:
        """Whether nothing stands between two lexemes; in LaTeX spaces say nothing."""
        return self.is_latex or before.end == after.start

    def _name(self, lexeme: Lexeme) -> None:
        """A name, a function with or without brackets, or the base of the exponential function."""
        word = lexeme.text
        if word == "e" and word not in self.vocabulary.names and self._ahead().kind == "CARET":
            self._check_exponential(lexeme)
            lexeme.kind = "E"
        elif (function := self.vocabulary.function_named(word)) or (
            (function := self.vocabulary.function_by_letter(word)) and self._is_called_by_letter(lexeme)
        ):
            self._function(lexeme, function)
            return
        else:
            self._check_run(lexeme)
            self._maybe_called(lexeme)
            return
        self.resolved.append(lexeme)

    def _is_called_by_letter(self, lexeme: Lexeme) -> bool:
        """Whether `σ` has a bracket behind it, after a prime or a power perhaps."""
        if self._ahead().kind == "LPAR":
            return self._touches(lexeme, self._ahead())
        return self._kinds_ahead("TRANSPOSE", "LPAR") or (self._power_length() > 0 and self._opens_after_power())

    def _opens_after_power(self) -> bool:
        return self._ahead(self._power_length()).kind == "LPAR"

    def _power_length(self) -> int:
        """How many lexemes a power such as `^2`, `^{2}` or `²` takes here; none for any other."""
        if self._kinds_ahead("CARET", "NUMBER"):
            return 2
        return 4 if self._kinds_ahead("CARET", "LPAR", "NUMBER", "RPAR") else 0

    def _function(self, lexeme: Lexeme, function: str) -> None:
        """A defined function: `relu(z)`, `sin x`, `tanh^2(z)`."""
        lexeme.text = function
        if self._ahead().kind == "TRANSPOSE":
            self._derivative_sign(lexeme)
            return
        if self._ahead().kind == "CARET":
            self._power_of_function(lexeme)
        lexeme.kind = "CALL" if self._ahead().kind == "LPAR" else "FUNCTION"
        self.resolved.append(lexeme)

    def _derivative_sign(self, lexeme: Lexeme) -> None:
        message = f"`{lexeme.text}'` is the derivative of a function, which is not read in a formula"
        self._fault(
            "derivative-sign", message, lexeme, self._ahead(), "Write the derivative out, such as 1 - tanh(z)^2."
        )
        self.position += 1
        lexeme.kind = "CALL" if self._ahead().kind == "LPAR" else "NAME"
        self.resolved.append(lexeme)

    def _power_of_function(self, lexeme: Lexeme) -> None:
        """`sin^2 x` is (sin x)^2; any other power of a function could also mean an inverse."""
        length = self._power_length()
        number = self._ahead(1) if length == 2 else self._ahead(2)
        if length and number.value is not None and number.value > 0 and Fraction(number.value).denominator == 1:
            lexeme.value = number.value
            self.position += length
            return
        message = f"this power of the function `{lexeme.text}` is not read"
        hint = f"Write {lexeme.text}(...)^(-1) for one over it; inverse functions have names of their own."
        self._fault("ambiguous-power", message, lexeme, self._ahead(), hint)

    def _maybe_called(self, lexeme: Lexeme) -> None:
        """A name with a bracket behind it that is no defined function."""
        word, opened = lexeme.text, self._ahead()
        if self.vocabulary.is_unnamed_function(word) and opened.kind != "LPAR":
            self._check_unnamed(lexeme)
        elif opened.kind == "LPAR" and word in self.vocabulary.defined_lines:
            self._value_of_line(lexeme)
        elif opened.kind == "LPAR" and self._touches(lexeme, opened) and opened.text == "(":
            self._call(lexeme)
        elif opened.kind == "LPAR" and self.vocabulary.is_unknown_function(word) and self.vocabulary.suggestion(word):
            self._unknown_function(lexeme)
        self.resolved.append(lexeme)

    def _check_unnamed(self, lexeme: Lexeme) -> None:
        """`f'(x)` is the derivative of a function without a definition; `f^2(x)` has two readings and is refused."""
        primes = 0
        while self._ahead(primes).kind == "TRANSPOSE" and self._ahead(primes).text in _PRIMES:
            primes += 1
        if (
            primes
            and self._ahead(primes).kind == "LPAR"
            and self._touches(self._ahead(primes - 1), self._ahead(primes))
        ):
            lexeme.text += "'" * primes
            lexeme.kind = "CALL"
            self.position += primes
        elif self._power_length() and self._opens_after_power():
            message = f"this power of the function `{lexeme.text}` is not read"
            hint = f"Write {lexeme.text}(...)^2 for a square."
            self._fault("ambiguous-power", message, lexeme, self._ahead(self._power_length() - 1), hint)

    def _call(self, lexeme: Lexeme) -> None:
        if self.vocabulary.is_unnamed_function(lexeme.text):
            lexeme.kind = "CALL"
        elif self.vocabulary.is_unknown_function(lexeme.text):
            self._unknown_function(lexeme)

    def _unknown_function(self, lexeme: Lexeme) -> None:
        word = lexeme.text
        known = ", ".join(sorted(self.vocabulary.functions)[:30])
        hint = self.vocabulary.suggestion(word) or f"Functions are {known}. For a product, write {word} · (...)."
        self._fault("unknown-function", f"the function `{word}` is not known", lexeme, lexeme, hint)
        lexeme.kind = "CALL"

    def _value_of_line(self, lexeme: Lexeme) -> None:
        """`f(x)` where a line says `f(x) = ...` is `f` itself; other arguments are refused."""
        parameters = self.vocabulary.defined_lines[lexeme.text]
        kinds = ["LPAR", *(["NAME", "COMMA"] * len(parameters))[:-1], "RPAR"]
        ahead = self.lexemes[self.position : self.position + len(kinds)]
        same = [x.text for x in ahead if x.kind == "NAME"] == list(parameters) and [x.kind for x in ahead] == kinds
        if not same:
            shown = f"{lexeme.text}({', '.join(parameters)})"
            message = f"`{lexeme.text}` is the line `{shown} = ...`, which has no value at other arguments"
            self._fault("call-of-line", message, lexeme, lexeme, f"Write {shown} or {lexeme.text}.")
            lexeme.kind = "CALL"
            return
        self.position += len(kinds)
        lexeme.end = ahead[-1].end

    def _number(self, lexeme: Lexeme) -> None:
        """A number; two of them with a slash between are one number, unless a sign beside them says otherwise."""
        before = self.resolved[-1] if self.resolved else _END
        if before.kind in ENDS_OPERAND:
            message = f"the number `{lexeme.text}` follows `{before.text}` without a sign between"
            hint = "Write * for a product, ^ for a power or _ for a subscript."
            self._fault("missing-operation", message, lexeme, lexeme, hint)
        slash, below, after = self._ahead(), self._ahead(1), self._ahead(2)
        is_fraction = self._kinds_ahead("SLASH", "NUMBER") and after.kind not in {"CARET", "TRANSPOSE"}
        if not is_fraction or before.kind in {"SLASH", "CARET", *ENDS_OPERAND}:
            self.resolved.append(lexeme)
            return
        self.position += 2
        opened = Lexeme("LPAR", lexeme.start, lexeme.start, lexeme.text)
        closed = Lexeme("RPAR", below.end, below.end, below.text)
        self.resolved.extend((opened, lexeme, slash, below, closed))

    def _check_index(self, lexeme: Lexeme) -> None:
        """Refuse `W[0]`, which is an entry in NumPy and would be a product here."""
        before = self.resolved[-1] if self.resolved else _END
        if lexeme.kind == "LLIST" and before.kind == "NAME" and before.end == lexeme.start and not self.is_latex:
            message = f"square brackets behind `{before.text}` are not read as an index"
            hint = f"Write {before.text}_1 for the first unit, or a space before the bracket for a product."
            self._fault("index", message, before, lexeme, hint)

    def _check_run(self, lexeme: Lexeme) -> None:
        """Refuse `xy` where x and y are defined and xy is not: typed letters side by side are one name."""
        word, names = lexeme.text, self.vocabulary.names
        if len(word) < 2 or word in names or self.is_latex or not names.issuperset(word):
            return
        message = f"`{word}` is one name, and it is not defined"
        self._fault("run-together", message, lexeme, lexeme, f"Write {' '.join(word)} for a product.")

    def _check_power(self, lexeme: Lexeme) -> None:
        """Refuse `x^1/2`, which says (x^1)/2 and nearly always means x^(1/2)."""
        if lexeme.kind == "CARET" and self._kinds_ahead("NUMBER", "SLASH", "NUMBER") and self._ahead().value == 1:
            message = "`^1/...` can be read in two ways"
            self._fault(
                "ambiguous-power", message, lexeme, self._ahead(2), "Write ^(1/2) or put brackets around the base."
            )

    def _check_exponential(self, lexeme: Lexeme) -> None:
        """Refuse typed `e^2x`, which says e^2 x and mostly means e^(2x)."""
        minus = 1 if self._ahead(1).kind == "MINUS" else 0
        number, after = self._ahead(1 + minus), self._ahead(2 + minus)
        touches = number.end == after.start and not self.is_latex
        if number.kind == "NUMBER" and touches and after.kind in {"NAME", "LPAR"}:
            message = "this power of `e` can be read in two ways"
            self._fault("ambiguous-power", message, lexeme, after, "Write e^(2 x) or e^2 * x.")
