"""How names are spelled: one canonical text for `ŷ_1`, `\\hat{y}_1` and `y_hat_1`, for `a_1^[2]` and `a^[2]_1`.

A canonical name is a base, an optional superscript `^[..]` or `^(..)`, then subscripts `_..`. Braces stay only where a
subscript holds anything but letters and digits: `w_11`, but `a_{i,j}`. A subscript that is itself a name is opened:
`z_{h_1}` is `z_h_1`. A digit directly behind the base is part of it, so `x1` and `x_1` are two names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence

from chalkgrad.reading.numerals import latin_digits

__all__ = [
    "ACCENTS",
    "GREEK_NAMES",
    "SUBSCRIPTS",
    "SUPERSCRIPTS",
    "canonical_script",
    "read_word",
    "spell_name",
    "subscript",
]

_GREEK_WORDS = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu "
    "nu xi omicron pi rho sigma tau upsilon phi chi psi omega"
).split()
_GREEK = {
    **dict(zip("αβγδεζηθικλμνξοπρστυφχψω", _GREEK_WORDS, strict=True)),
    **dict(zip("ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ", map(str.capitalize, _GREEK_WORDS), strict=True)),
    "ς": "sigma",
}
GREEK_NAMES = frozenset(_GREEK.values())
ACCENTS = {"\u0302": "hat", "\u0304": "bar", "\u0305": "bar", "\u0303": "tilde", "\u0307": "dot", "\u20d7": ""}
"""Combining accents and the words they become; an arrow over a vector says nothing that its shape does not."""

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁱⁿ", "0123456789+-()in")
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789aehijklmnoprstuvx")
_SCRIPT_SIGNS = frozenset(map(chr, (*SUPERSCRIPTS, *SUBSCRIPTS))) | {"ᵀ"}
_ACCENT_WORDS = frozenset(f"_{word}" for word in ACCENTS.values())
_NAME_INSIDE = re.compile(r"[^\W_]+(?:_[^\W_]+)*(?:\^[\[(][\w+\-,]+[\])])?(?:_[^\W_]+)*")
_SCRIPT = re.compile(r"[\w+\-,*^\[\]()']+")


def read_word(text: str, start: int) -> tuple[str, int]:
    """Read the base of a typed name: letters and digits, accents as words. Greek letters stand alone, but `Δw` is one.

    Returns the canonical spelling, empty when no letter stands at `start`, and where it ends.

    >>> read_word("ŷ1 + b", 0)
    ('y_hat1', 2)
    """
    parts: list[str] = []
    end = start
    while end < len(text):
        read = _read_sign(text[end], bool(parts))
        if not read or (_is_greek(text[end]) and parts) or (parts and _stands_alone(text[start]) and read[0].isalpha()):
            break
        parts.append(read)
        end += 1
        while parts and end < len(text) and text[end] in ACCENTS:
            parts.append(_suffix(ACCENTS[text[end]]))
            end += 1
    glue = "_" if parts and text[start] == "Δ" and parts[1:] and parts[1][0].isalpha() else ""
    return parts[0] + glue + "".join(parts[1:]) if parts else "", end


def _read_sign(sign: str, is_inside: bool) -> str:
    """One letter or digit of a name, spelled canonically; empty when it belongs to no name."""
    if sign in _SCRIPT_SIGNS or not (sign.isalpha() or (is_inside and latin_digits(sign).isascii() and sign.isdigit())):
        return ""
    letter, *accents = tuple(unicodedata.normalize("NFD", unicodedata.normalize("NFKC", sign)))
    if accents and all(accent in ACCENTS for accent in accents):
        return _GREEK.get(letter, letter) + "".join(_suffix(ACCENTS[accent]) for accent in accents)
    plain = unicodedata.normalize("NFKC", sign)
    return "".join(_GREEK.get(letter, letter) for letter in latin_digits(plain) if letter.isalnum())


def _suffix(word: str) -> str:
    return f"_{word}" if word else ""


def _is_greek(sign: str) -> bool:
    return unicodedata.normalize("NFKD", sign)[0] in _GREEK


def _stands_alone(sign: str) -> bool:
    """Whether a letter behind this one begins another name."""
    return _is_greek(sign) and sign != "Δ"


def canonical_script(text: str) -> str | None:
    """What stands in a subscript or superscript, spelled canonically, or None when no name can hold it.

    >>> canonical_script(" i , j "), canonical_script("۱۱"), canonical_script("h₁"), canonical_script("a b=c")
    ('i,j', '11', 'h_1', None)
    """
    text = re.sub(r"([₀-₉ₐ-ₜᵢ-ᵥⱼ]+)", lambda found: "_" + found[0].translate(SUBSCRIPTS), text)
    text = latin_digits("".join(text.split())).replace("−", "-").replace("،", ",")
    text = "".join(_GREEK.get(sign, sign) for sign in unicodedata.normalize("NFKC", text))
    text = re.sub(r"([_^])\{([^{}]*)\}", r"\1\2", text)
    return text if len(text) <= 100 and _SCRIPT.fullmatch(text) else None


def subscript(content: str) -> str:
    """A canonical subscript with its underscore; braces only where they are needed."""
    return f"_{content}" if _NAME_INSIDE.fullmatch(content) else f"_{{{content}}}"


def spell_name(base: str, scripts: Sequence[str], names: Collection[str] = ()) -> str:
    """Put a base and its scripts, in written order, together.

    The superscript comes before the last subscript: `a_1^[2]` is `a^[2]_1`. Accents stay with the base, and a spelling
    that is among the defined `names` wins over any other order, so that `z_a^[2]` can be the pre-activation of `a^[2]`.

    >>> spell_name("a", ["_1", "^[2]"])
    'a^[2]_1'
    """
    written = base + "".join(scripts)
    above = [script for script in scripts if script.startswith("^")]
    if written in names or not above:
        return written
    first = scripts.index(above[0])
    before, after = list(scripts[:first]), [script for script in scripts[first:] if script not in above]
    orders = [base + "".join([*before[:cut], *above, *before[cut:], *after]) for cut in range(len(before) + 1)]
    for order in orders:
        if order in names:
            return order
    moves_one = bool(before) and not after and before[-1] not in _ACCENT_WORDS
    return orders[len(before) - 1] if moves_one else written
