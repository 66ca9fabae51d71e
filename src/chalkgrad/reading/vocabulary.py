"""Which words of a formula are functions and which are names of quantities."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from chalkgrad.errors import nearest
from chalkgrad.ops import OPS, OpSet
from chalkgrad.reading.spelling import GREEK_NAMES

__all__ = ["KNOWN_FUNCTIONS", "Vocabulary", "functions_of"]

# These are no functions of numbers, but part of the language itself.
_REDUCTIONS = ("mean", "sum")


def functions_of(ops: OpSet) -> frozenset[str]:
    """What a formula may call.

    >>> {"gelu", "sin", "sum"} <= functions_of(OPS)
    True
    """
    return frozenset([*_REDUCTIONS, *ops.functions])


KNOWN_FUNCTIONS = functions_of(OPS)
_ALIASES = {"ln": "log", "maximum": "max", "absolute": "abs"}
_LETTER_ALIASES = {"sigma": "sigmoid", "Sigma": "sum"}
_FUNCTION_LETTER = re.compile(r"(?:[fghFGH]|phi|psi|Phi|Psi)[0-9]*(?:\^\[[^\]]*\])?(?:_[0-9]+)?", re.ASCII)
_WORD = re.compile(r"[^\W\d_]{2,}(?:_[^\W\d_]{2,})*")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that a formula may use.

    Args:
        names: defined names in canonical spelling; a defined name is never a function.
        functions: functions that have a definition.
        quantities: names seen in this text without a bracket behind them, so that `h_1 (1 - h_1)` is a product.
        defined_lines: parameters of lines such as `f(x) = ...`; elsewhere in the text `f(x)` is `f`.
    """

    names: frozenset[str] = frozenset()
    functions: frozenset[str] = KNOWN_FUNCTIONS
    quantities: frozenset[str] = frozenset()
    defined_lines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def function_named(self, word: str) -> str | None:
        """The defined function that a word names, in any capitals (`ReLU`), or None."""
        if word in self.names:
            return None
        lowered = word.lower() if len(word) > 1 else word
        spellings = (_ALIASES.get(lowered), word, lowered)
        return next((spelling for spelling in spellings if spelling in self.functions), None)

    def function_by_letter(self, word: str) -> str | None:
        """The defined function that a Greek letter names where a bracket follows: `σ(z)`."""
        alias = None if word in self.names or word in self.quantities else _LETTER_ALIASES.get(word)
        return alias if alias in self.functions else None

    def is_unnamed_function(self, word: str) -> bool:
        """Whether `word(` calls a function that nobody defined, such as `f(z)`."""
        return not self.is_quantity(word) and _FUNCTION_LETTER.fullmatch(word) is not None

    def is_quantity(self, word: str) -> bool:
        """Whether a word is known to be no function."""
        return word in self.names or word in self.quantities

    def may_be_called(self, word: str) -> bool:
        """Whether a bracket directly behind a word may hold arguments."""
        called = self.function_named(word) or self.function_by_letter(word) or self.is_unnamed_function(word)
        return bool(called) or self.is_unknown_function(word)

    def is_unknown_function(self, word: str) -> bool:
        """Whether `word(` can only be a function that does not exist: a whole word that is no known quantity."""
        return not self.is_quantity(word) and _WORD.fullmatch(word) is not None and word not in GREEK_NAMES

    def suggestion(self, word: str) -> str:
        """The nearest known function, as a question, or nothing."""
        return nearest(word, sorted(self.functions | _ALIASES.keys()))
