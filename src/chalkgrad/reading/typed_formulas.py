"""Scanning formulas as they are typed: `1/2 (out - y)^2`, `w3ᵀ x`, `w3.T @ x`, `−x²`."""

from __future__ import annotations

import re
import unicodedata

from chalkgrad.errors import FormulaError
from chalkgrad.reading.name_scanning import NameScanner
from chalkgrad.reading.numerals import read_number
from chalkgrad.reading.spelling import SUBSCRIPTS, SUPERSCRIPTS, read_word

__all__ = ["OPERATION_SIGNS", "UNREAD_SIGNS", "TypedScanner", "unknown_sign"]

OPERATION_SIGNS = {
    **dict.fromkeys("+＋", "PLUS"),
    **dict.fromkeys("-−–﹣－", "MINUS"),
    **dict.fromkeys("*∗⊙∘", "STAR"),
    **dict.fromkeys("·⋅×∙✕", "DOT"),
    **dict.fromkeys("/÷∕⁄", "SLASH"),
    **dict.fromkeys(("^", "**"), "CARET"),
    **dict.fromkeys(("<", ">", "<=", ">=", "≤", "≥"), "RELATION"),
    **dict.fromkeys(("=", ":=", "≔", "←"), "EQUALS"),
    "@": "AT",
}
UNREAD_SIGNS = {
    "!": ("factorial", "factorials are not read in a formula", ""),
    "%": ("percent", "percentages are not read in a formula", "Write 0.05 for 5%."),
    "∂": ("derivative", "derivatives are not read in a formula", "Say what to derive under `differentiate`."),
    "∇": ("derivative", "derivatives are not read in a formula", "Say what to derive under `differentiate`."),
    ";": (
        "unknown-sign",
        "the sign `;` is not read in a formula",
        "Write each line on its own, [[1, 2], [3, 4]] for rows.",
    ),
    ":": ("unknown-sign", "the sign `:` is not read in a formula", ""),
    ".": ("unknown-sign", "a lone `.` is not read in a formula", "A point stands in 0.5 and in W.T only."),
    "_": ("bad-subscript", "a subscript must follow a name", "Write W_2 without a space before `_`."),
    "$": (
        "unknown-sign",
        "the sign `$` is not read inside a formula",
        "Put `$` around the whole formula, or leave it out.",
    ),
    "\\": ("unknown-sign", "a lone backslash is not read in a formula", ""),
    "∞": ("infinity", "infinity is not a number that can be computed with", ""),
}

_BLANK = re.compile(r"(?:\s|[\u200b-\u200f\u2061-\u2064\u2066-\u2069\ufeff])+")
_TRANSPOSED = re.compile(r"\.T(?!\w)|\s*\^\s*(?:\{\s*[T⊤]\s*\}|[T⊤](?![\w(^]))|[ᵀ⊤'′’ʹ]")
_PREFIX = re.compile(r"(?:np|numpy|math)\.(?=[a-z])")
_RAISED = re.compile(r"[⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾ⁱⁿ]+")
_RAISED_POWER = re.compile(r"\(?([+-]?)([0-9]*)([in]?)\)?")
_SUB_SIGNS = "".join(map(chr, SUBSCRIPTS))
_SUBSCRIPT = re.compile(
    rf"_(?:\{{([^{{}}]*(?:\{{[^{{}}]*\}}[^{{}}]*)*)\}}|([^\W_⁰¹²³⁴⁵⁶⁷⁸⁹ⁿⁱᵀ{_SUB_SIGNS}]*))|([{_SUB_SIGNS}]+)"
)
_POWER = re.compile(r"(?:\^(?:\{[^{}]*\}|[0-9]+|T)|[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+|ᵀ|['′’]+)(?=[_₀₁₂₃₄₅₆₇₈₉])")


class TypedScanner(NameScanner):
    """The scanner of typed formulas."""

    def scan_next(self) -> None:
        """Read one lexeme at `position`."""
        if blank := _BLANK.match(self.text, self.position):
            self.position = blank.end()
        elif self.number() or self._transpose() or self._raised() or self._word():
            return
        else:
            self._sign()

    def subscript_at(self, position: int) -> tuple[str, int] | None:
        """A subscript behind a name: `_2`, `_{i,j}` or `₂`."""
        found = _SUBSCRIPT.match(self.text, position)
        if found is None:
            return None
        braced, plain, lowered = found.groups()
        return lowered.translate(SUBSCRIPTS) if lowered else braced or plain or "", found.end()

    def power_at(self, position: int) -> int | None:
        """A power with a subscript behind it, as in `x^2_1`."""
        found = _POWER.match(self.text, position)
        return found.end() if found else None

    def _transpose(self) -> bool:
        found = _TRANSPOSED.match(self.text, self.position)
        if found is None:
            return False
        self.emit("TRANSPOSE", found.end())
        return True

    def _word(self) -> bool:
        """A name or the name of a function; `np.` before a function is passed over."""
        start = self.position
        if (prefix := _PREFIX.match(self.text, start)) and prefix[0][:-1] not in self.vocabulary.names:
            start = prefix.end()
        base, end = read_word(self.text, start)
        if not base:
            return False
        self.name(base, end)
        return True

    def _raised(self) -> bool:
        """A power in raised digits: `x²`, `x⁻¹`, `xⁿ`."""
        found = _RAISED.match(self.text, self.position)
        if found is None:
            return False
        start, end = found.span()
        power = _RAISED_POWER.fullmatch(found[0].translate(SUPERSCRIPTS))
        if power is None or not (power[2] or power[3]):
            self.fault("bad-power", f"`{found[0]}` cannot be read as a power", end, "Write it as ^(...).")
            return True
        self.emit("CARET", start, found[0])
        self.emit("LPAR", start, found[0])
        if power[1]:
            self.emit("MINUS" if power[1] == "-" else "PLUS", start + 1, power[1])
        self._raised_operand(power[2], power[3], end)
        self.emit("RPAR", end, found[0])
        return True

    def _raised_operand(self, digits: str, letter: str, end: int) -> None:
        try:
            value = read_number(digits) if digits else None
        except FormulaError as error:
            self.faults.extend(fault.at(self.source.place(self.position, end)) for fault in error.faults)
            value = read_number("0")
        if value is not None:
            self.emit("NUMBER", end, digits, value)
        if letter:
            self.emit("NAME", end, letter)

    def _sign(self) -> None:
        """An operation sign, a bracket, a bar or a comma; full-width forms are read as the plain ones."""
        sign = self.text[self.position]
        pair = self.text[self.position : self.position + 2]
        if pair in OPERATION_SIGNS and len(pair) == 2:
            self.emit(OPERATION_SIGNS[pair], self.position + 2)
            return
        plain = sign if sign in OPERATION_SIGNS else unicodedata.normalize("NFKC", sign)
        end = self.position + 1
        if plain in OPERATION_SIGNS:
            self.emit(OPERATION_SIGNS[plain], end)
        elif plain in {"(", "[", "{"}:
            self.open_bracket(plain, end)
        elif plain in {")", "]", "}"}:
            self.close_bracket(plain, end)
        else:
            self._punctuation(plain, end)

    def _punctuation(self, sign: str, end: int) -> None:
        if sign in {",", "،"}:
            self.comma(end)
        elif sign in {"|", "∣"}:
            self.bar(end)
        elif sign == "√":
            self.emit("NAME", end, "sqrt")
        elif sign == "∑":
            self.emit("NAME", end, "sum")
        elif sign in {"‖", "∥"}:
            self.fault_norm(end)
        else:
            code, message, hint = UNREAD_SIGNS.get(sign) or unknown_sign(sign)
            self.fault(code, message, end, hint)


def unknown_sign(sign: str) -> tuple[str, str, str]:
    """The fault of a sign that means nothing here; what cannot be seen is named by its code."""
    shown = f"`{sign}`" if sign.isprintable() else f"U+{ord(sign[0]):04X}"
    return "unknown-sign", f"the sign {shown} is not read in a formula", ""
