"""Characters: Greek letters by name, raised and lowered forms, widths in a terminal, and what is never printed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

__all__ = [
    "ACCENTS",
    "GREEK",
    "cell_width",
    "clean",
    "combined",
    "is_right_to_left",
    "lowered",
    "raised",
    "with_formulas_apart",
]

GREEK = {
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "epsilon": "ε",
    "zeta": "ζ",
    "eta": "η",
    "theta": "θ",
    "iota": "ι",
    "kappa": "κ",
    "lambda": "λ",
    "mu": "μ",
    "nu": "ν",
    "xi": "ξ",
    "omicron": "ο",
    "pi": "π",
    "rho": "ρ",
    "sigma": "σ",
    "tau": "τ",
    "upsilon": "υ",
    "phi": "φ",
    "chi": "χ",
    "psi": "ψ",
    "omega": "ω",
    "Gamma": "Γ",
    "Delta": "Δ",
    "Theta": "Θ",
    "Lambda": "Λ",
    "Xi": "Ξ",
    "Pi": "Π",
    "Sigma": "Σ",
    "Upsilon": "Υ",
    "Phi": "Φ",
    "Psi": "Ψ",
    "Omega": "Ω",
}

ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}

_RAISED = dict(zip("0123456789+−-=()niTtᵀ⊤′", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱᵀᵗᵀᵀ′", strict=True))
_LOWERED = dict(zip("0123456789+−-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))

# A formula between the marks of LaTeX. No formula is longer, and a long line of opening marks must not take long.
_FORMULA = re.compile(r"(\$\$.{1,500}?\$\$|\$[^$]{1,500}\$|\\\(.{1,500}?\\\)|\\\[.{1,500}?\\\])")

# Bidirectional overrides and isolates could make a line read as something else than it says.
_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029")


def clean(text: str) -> str:
    """Text without what no format can show: control characters, lone surrogates, direction overrides.

    A tab or a line break becomes a space; anything else of the kind becomes `�`, so that nothing vanishes unseen.

    >>> clean("a\\x1b[31mb\\tc")
    'a�[31mb c'
    """
    return "".join(_clean_character(character) for character in text)


def _clean_character(character: str) -> str:
    if character in "\t\n\r":
        return " "
    hidden = unicodedata.category(character) in {"Cc", "Cs", "Cn"} or character in _DIRECTION_MARKS
    return "\ufffd" if hidden else character


def is_right_to_left(text: str) -> bool:
    """Whether a line is written from right to left: what its first letter with a direction says (UAX 9, P2 and P3).

    >>> is_right_to_left("۱) مشتق تابع"), is_right_to_left("1) w = 2 گام")
    (True, False)
    """
    kinds = (unicodedata.bidirectional(character) for character in text)
    return next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") != "L"


def with_formulas_apart(text: str) -> Iterator[tuple[str, bool]]:
    """The parts of a line, each with whether it is a formula between marks of LaTeX.

    In a line from right to left a formula still runs from left to right, and its dollar signs stay with it.

    >>> list(with_formulas_apart("پس $w = 3$ است"))
    [('پس ', False), ('$w = 3$', True), (' است', False)]
    """
    for place, part in enumerate(_FORMULA.split(text)):
        if part:
            yield part, place % 2 == 1


def raised(text: str) -> str | None:
    """The text in small raised characters, or None where one of them has no such form.

    >>> raised("(2)"), raised("[2]")
    ('⁽²⁾', None)
    """
    return "".join(_RAISED[c] for c in text) if all(c in _RAISED for c in text) else None


def lowered(text: str) -> str | None:
    """The text in small lowered characters, or None where one of them has no such form.

    >>> lowered("12"), lowered("1,2")
    ('₁₂', None)
    """
    return "".join(_LOWERED[c] for c in text) if all(c in _LOWERED for c in text) else None


def combined(text: str, accent: str) -> str:
    """Text with an accent over its last character, as one character where Unicode has one.

    >>> combined("y", "hat")
    'ŷ'
    """
    return unicodedata.normalize("NFC", text + ACCENTS.get(accent, ""))


def cell_width(text: str) -> int:
    """How many columns of a terminal the text takes.

    >>> cell_width("ŷ₁"), cell_width("重み")
    (2, 4)
    """
    return len(text) if text.isascii() else sum(map(_character_width, text))


@lru_cache(4096)
def _character_width(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
