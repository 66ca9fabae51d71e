"""The words of the field: which runs of letters are one name, which are functions, and which are only prose."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from chalkgrad.ops import OPS
from chalkgrad.reading.known_names import OTHER_WORDS
from chalkgrad.reading.spelling import GREEK_NAMES

__all__ = ["DIFFERENTIALS", "NOT_DIFFERENTIALS", "PROSE_WORDS", "Lexicon"]

DIFFERENTIALS = frozenset(
    "dZ dW dB dA dH dX dY dO dU dS dV dP dE dC dJ dz dw db da dh dx dy do du ds dv dp dnet dout".split()
)
_HABITS = (
    "out net loss Loss LOSS cost Cost err error Error pred target output Output inp lr eta grad Grad old new "
    "logit logits prob probs MSE mse SSE sse RSS BCE CE NLL "
    "epoch epochs acc accuracy obj objective yhat learning_rate"
)
_HABIT_WORDS = frozenset(_HABITS.split()) | DIFFERENTIALS | GREEK_NAMES
NOT_DIFFERENTIALS = frozenset("d data delta dense det diag diff dim dist dot drop dropout dx_".split())

_FUNCTION_WORDS = {
    **{name: name for name in OPS.functions if name not in {"maximum", "linear"}},
    **{word: name for word, name in OTHER_WORDS.items() if name in OPS.functions and word not in {"none", "σ"}},
    "ln": "log",
    "maximum": "max",
    "minimum": "min",
    "min": "min",
    "absolute": "abs",
    "sgn": "sign",
    "sum": "sum",
    "mean": "mean",
    "avg": "mean",
    "average": "mean",
    "unit": "step",
    "sig": "sigmoid",
    **{name: name for name in "tan sinh cosh log10 log2 argmax norm trace diag".split()},
    "leakyrelu": "leaky_relu",
    "logsoftmax": "log_softmax",
    "tanhyp": "tanh",
    "sigm": "sigmoid",
}

# Words that stand beside formulas and never in them; a longer list would do no harm.
PROSE_WORDS = frozenset(
    """
    a also an and answer are as at be because but by calculate compute derivative equal equals find finally first for
    from get gets give given gives has have hence here i if in into is it its let next now of on or output over
    plug putting second since so solution step substitute such that the their then therefore third this thus to total
    update updated use used using value values we when where which with
    """.split()
)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words that are one name, and those that are functions.

    Args:
        names: names of more than one letter, without scripts.
        functions: how a function may be written, and what it is.
    """

    names: frozenset[str]
    functions: Mapping[str, str]

    @classmethod
    def of(cls, words: Collection[str] = ()) -> Lexicon:
        """The habits of the field and the names of a problem.

        Args:
            words: names of the problem such as `out`, `y_hat`, `net_1`; scripts and digits at the end are taken off.

        >>> lexicon = Lexicon.of(["energy_1"])
        >>> lexicon.is_name("energy"), lexicon.is_name("xW"), lexicon.function("ReLU")
        (True, False, 'relu')
        """
        bases = {re.split(r"[_^]", word, maxsplit=1)[0] for word in words}
        own = frozenset(base.rstrip("0123456789'") for base in bases) - {""}
        functions = {word: name for word, name in _FUNCTION_WORDS.items() if word not in own}
        return cls(own | (_HABIT_WORDS - functions.keys()), functions)

    def is_name(self, word: str) -> bool:
        """Whether a run of letters is one name."""
        return word in self.names

    def function(self, word: str) -> str | None:
        """The function that a word names, in any capitals, or None."""
        if word in self.names or len(word) == 1:
            return None
        return self.functions.get(word) or self.functions.get(word.lower())
