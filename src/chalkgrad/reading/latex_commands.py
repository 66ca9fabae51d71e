"""The LaTeX commands that formulas may use, and what each stands for. Whatever is not here is a fault that names it."""

from __future__ import annotations

import re

from chalkgrad.reading.spelling import GREEK_NAMES

__all__ = [
    "ACCENT_COMMANDS",
    "FONT_COMMANDS",
    "FUNCTION_COMMANDS",
    "LETTER_COMMANDS",
    "MATRIX_ENVIRONMENTS",
    "NORM_COMMANDS",
    "REFUSED_COMMANDS",
    "SIGN_COMMANDS",
    "SKIPPED_COMMANDS",
    "SKIPPED_ENVIRONMENTS",
    "WORD_COMMANDS",
    "plain_latex",
]

LETTER_COMMANDS = {name: name for name in GREEK_NAMES} | {
    "varepsilon": "epsilon",
    "vartheta": "theta",
    "varphi": "phi",
    "varrho": "rho",
    "varsigma": "sigma",
    "varpi": "pi",
    "ell": "l",
}
SIGN_COMMANDS = {
    **dict.fromkeys(("cdot", "times", "bullet"), "DOT"),
    **dict.fromkeys(("odot", "circ", "ast"), "STAR"),
    **dict.fromkeys(("lt", "gt", "le", "leq", "leqslant", "ge", "geq", "geqslant"), "RELATION"),
    **dict.fromkeys(("gets", "leftarrow", "coloneqq", "triangleq"), "EQUALS"),
    "div": "SLASH",
}
_FUNCTIONS = "exp log ln tanh sin cos max sum min tan sinh cosh cot arcsin arccos arctan coth det arg sup inf lg"
FUNCTION_COMMANDS = {name: name for name in _FUNCTIONS.split()}
ACCENT_COMMANDS = {
    "hat": "hat",
    "widehat": "hat",
    "bar": "bar",
    "overline": "bar",
    "tilde": "tilde",
    "widetilde": "tilde",
    "dot": "dot",
    "vec": "",
}
WORD_COMMANDS = frozenset("text textrm textit textbf textsf texttt mathrm operatorname mathsf mathtt".split())
FONT_COMMANDS = frozenset("mathbf mathit boldsymbol bm mathcal mathbb mathfrak mathscr mathnormal".split())
_SIZES = "left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr"
_STYLES = "displaystyle textstyle scriptstyle limits nolimits nonumber notag"
_SPACES = ", ; : ! > / ( ) [ ] quad qquad enspace thinspace"
SKIPPED_COMMANDS = frozenset([" ", "\n", "\t", *f"{_SIZES} {_STYLES} {_SPACES}".split()])
MATRIX_ENVIRONMENTS = frozenset({"matrix", "pmatrix", "bmatrix", "smallmatrix", "array"})
SKIPPED_ENVIRONMENTS = frozenset(
    "aligned align align* gathered gather gather* equation equation* split math displaymath".split()
)
NORM_COMMANDS = frozenset({"|", "Vert", "lVert", "rVert", "Vmatrix"})

_OUTSIDE = "Say what to derive under `differentiate`."
REFUSED_COMMANDS = {
    **dict.fromkeys(("partial", "nabla"), ("derivative", "derivatives are not read in a formula", _OUTSIDE)),
    **dict.fromkeys(
        ("prod", "int", "lim"), ("unknown-macro", "sums, products and limits over an index are not read", "")
    ),
    "infty": ("infinity", "infinity is not a number that can be computed with", ""),
    "%": ("percent", "percentages are not read in a formula", "Write 0.05 for 5%."),
    "\\": ("two-rows", "a formula is one row, but `\\\\` was read", "Write each line `name = expression` on its own."),
    "def": ("unknown-macro", "commands cannot be defined in a formula", ""),
    "newcommand": ("unknown-macro", "commands cannot be defined in a formula", ""),
    "pm": ("unknown-macro", "`\\pm` has two values, and a formula has one", ""),
    "prime": ("derivative-sign", "a derivative sign is not read in a formula", _OUTSIDE),
}

_WRAPPER = re.compile(rf"\\(?:{'|'.join(sorted(WORD_COMMANDS | FONT_COMMANDS))})(?![A-Za-z])\s*\{{([^{{}}]*)\}}")
_BARE_WRAPPER = re.compile(rf"\\(?:{'|'.join(sorted(WORD_COMMANDS | FONT_COMMANDS))})(?![A-Za-z])\s*")
_ACCENTED = re.compile(rf"\\({'|'.join(ACCENT_COMMANDS)})(?![A-Za-z])\s*(?:\{{\s*([^\W_]+)\s*\}}|([^\W_]))")
_LETTER = re.compile(rf"\\({'|'.join(LETTER_COMMANDS)})(?![A-Za-z])\s*")
_SPACING = re.compile(r"\\(?:[,;:! ]|quad|qquad)(?![A-Za-z])")
_SIMPLE_GROUP = re.compile(r"([_^])\{([^\W_]+|\[[^{}]*\]|\([^{}]*\))\}")


def plain_latex(text: str) -> str:
    """A name or script without markup: `\\mathrm{out}` is `out`, `\\hat{y}` is `y_hat`, `h_{11}` is `h_11`.

    >>> plain_latex(r"\\theta_{\\text{out}}")
    'theta_out'
    """
    text = _SPACING.sub(" ", text).replace(r"\_", "_")
    # Wrappers may stand in wrappers; four passes are deeper than anybody writes, and the rest is refused as a script.
    for _ in range(4):
        text = _WRAPPER.sub(r"\1", text)
        text = _ACCENTED.sub(
            lambda found: "_".join(filter(None, (found[2] or found[3], ACCENT_COMMANDS[found[1]]))), text
        )
        text = _LETTER.sub(lambda found: LETTER_COMMANDS[found[1]], text)
        text = _SIMPLE_GROUP.sub(r"\1\2", text)
    return _BARE_WRAPPER.sub("", text)
