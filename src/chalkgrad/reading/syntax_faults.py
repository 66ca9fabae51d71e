"""What to say where a formula cannot go on: what was read, and what was expected there, in words."""

from __future__ import annotations

from collections.abc import Sequence

from chalkgrad.errors import Fault
from chalkgrad.reading.lexing import ENDS_OPERAND, Lexeme, SourceText

__all__ = ["syntax_fault"]

_OPERAND = "a number, a name or an opening bracket was expected"
_OPERATION = "an operation sign or the end was expected"
_HINTS = {
    "COMMA": "A decimal comma stands directly between two digits; lists are written [1, 2].",
    "RELATION": "A comparison has two sides; put brackets around it to go on.",
    "FUNCTION": "Put brackets around the function and its argument.",
    "STAR": "The power of x is written x^2 or x**2.",
}


def syntax_fault(wrong: Lexeme | None, lexemes: Sequence[Lexeme], source: SourceText) -> Fault:
    """The fault of the lexeme at which the parser stopped; None is the end of the formula."""
    index = next((i for i, lexeme in enumerate(lexemes) if lexeme is wrong), len(lexemes))
    before = lexemes[index - 1] if index else None
    if before is not None and before.kind == "FUNCTION":
        return _missing_argument(before, source)
    if wrong is None:
        return _unfinished(before, source)
    return _unexpected(wrong, before, source)


def _missing_argument(function: Lexeme, source: SourceText) -> Fault:
    place = source.place(function.start, function.end)
    hint = f"Write the argument in brackets: {function.text}(...)."
    return Fault("missing-argument", f"the function `{function.text}` has no argument", place, hint)


def _unfinished(before: Lexeme | None, source: SourceText) -> Fault:
    """The formula ends too early."""
    if before is None:
        return Fault("empty-formula", f"the formula is empty, where {_OPERAND}", source.place(0, 1))
    place = source.place(before.start, before.end)
    if before.kind in ENDS_OPERAND:
        return Fault("missing-argument", "`\\frac` needs two arguments", place, "Write \\frac{a}{b}.")
    return Fault("unfinished", f"the formula ends after `{before.text}`, where {_OPERAND}", place)


def _unexpected(wrong: Lexeme, before: Lexeme | None, source: SourceText) -> Fault:
    """Something stands where it cannot."""
    place = source.place(wrong.start, wrong.end)
    if wrong.kind == "EQUALS":
        hint = "One formula is one expression; lines `name = expression` stand under `formula`."
        return Fault("unexpected-equals", f"`{wrong.text}` was read inside an expression", place, hint)
    ends_operand = before is not None and before.kind in ENDS_OPERAND
    expected = _OPERATION if ends_operand else _OPERAND
    hint = _HINTS.get(wrong.kind, "") if ends_operand or wrong.kind in {"FUNCTION", "STAR"} else ""
    code = "unexpected-sign" if ends_operand else "expected-operand"
    return Fault(code, f"`{wrong.text}` was read where {expected}", place, hint)
