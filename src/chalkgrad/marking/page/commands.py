"""LaTeX commands on a page, and what each stands for. None is ever expanded; what is not here makes its part unread."""

from __future__ import annotations

from chalkgrad.marking.page.tokens import Kind
from chalkgrad.reading.latex_commands import ACCENT_COMMANDS, FONT_COMMANDS, LETTER_COMMANDS, WORD_COMMANDS

__all__ = [
    "ACCENTS",
    "ARROWS_WITH_TEXT",
    "BRACKETS",
    "BREAKING_ENVIRONMENTS",
    "DEFINITIONS",
    "FORMULA_ENVIRONMENTS",
    "FUNCTIONS",
    "GAPS",
    "LETTERS",
    "LINE_ENVIRONMENTS",
    "MATRICES",
    "NOTES",
    "OPERATIONS",
    "PASSED_WITH_ARGUMENT",
    "PROSE",
    "RELATIONS",
    "SIZES",
    "SPACES",
    "STACKS",
    "SWITCHES",
    "TRANSPARENT",
    "WORDS",
    "refusal_of",
]

LETTERS = LETTER_COMMANDS
FUNCTIONS = {
    **{name: name for name in "exp tanh sin cos tan sinh cosh max min sum log".split()},
    "ln": "log",
    "softmax": "softmax",
    "relu": "relu",
    "ReLU": "relu",
    "sigmoid": "sigmoid",
    "argmax": "argmax",
}
WORDS = WORD_COMMANDS | {"mbox", "textnormal", "hbox", "textsc"}
ACCENTS = {
    **ACCENT_COMMANDS,
    "check": "check",
    "ddot": "ddot",
    "overrightarrow": "",
    "underline": "",
    "mathring": "ring",
}

RELATIONS = {
    **dict.fromkeys("approx simeq cong doteq sim approxeq thickapprox thicksim fallingdotseq".split(), "≈"),
    **dict.fromkeys(
        "rightarrow Rightarrow to implies leftrightarrow iff longrightarrow Longrightarrow Leftrightarrow mapsto "
        "longmapsto leadsto rightsquigarrow hookrightarrow longleftrightarrow Longleftrightarrow rightleftharpoons "
        "vdash downarrow Downarrow searrow".split(),
        "→",
    ),
    **dict.fromkeys("leftarrow gets coloneqq coloneq longleftarrow Leftarrow Longleftarrow impliedby".split(), "←"),
    **dict.fromkeys("equiv triangleq overset=".split(), "="),
    **dict.fromkeys("lt".split(), "<"),
    **dict.fromkeys("gt".split(), ">"),
    **dict.fromkeys("le leq leqslant leqq".split(), "≤"),
    **dict.fromkeys("ge geq geqslant geqq".split(), "≥"),
    **dict.fromkeys("ne neq".split(), "≠"),
}
ARROWS_WITH_TEXT = {
    **dict.fromkeys("xrightarrow xRightarrow xleftrightarrow xLeftrightarrow xmapsto xlongrightarrow".split(), "→"),
    **dict.fromkeys("xleftarrow xLeftarrow".split(), "←"),
    **dict.fromkeys("xlongequal xeq".split(), "="),
}
OPERATIONS = {
    **dict.fromkeys("cdot bullet cdotp".split(), (Kind.TIMES, "·")),
    "times": (Kind.TIMES, "×"),
    **dict.fromkeys("odot circ otimes ocirc".split(), (Kind.TIMES, "⊙")),
    **dict.fromkeys("ast star".split(), (Kind.TIMES, "*")),
    "div": (Kind.SLASH, "/"),
    "slash": (Kind.SLASH, "/"),
    "partial": (Kind.PARTIAL, "∂"),
    "nabla": (Kind.NABLA, "∇"),
    "sqrt": (Kind.ROOT, "sqrt"),
    **dict.fromkeys("frac dfrac tfrac cfrac".split(), (Kind.FRACTION, "frac")),
    "colon": (Kind.COLON, ":"),
    "&": (Kind.STOP, "&"),
    "therefore": (Kind.STOP, "therefore"),
    "because": (Kind.STOP, "because"),
    "square": (Kind.STOP, "square"),
    "blacksquare": (Kind.STOP, "square"),
    "checkmark": (Kind.STOP, "checkmark"),
    "lvert": (Kind.OPEN, "|"),
    "rvert": (Kind.CLOSE, "|"),
    "vert": (Kind.BAR, "|"),
    **dict.fromkeys(("|", "Vert"), (Kind.BAR, "‖")),
    "lVert": (Kind.OPEN, "‖"),
    "rVert": (Kind.CLOSE, "‖"),
    "{": (Kind.OPEN, "\\{"),
    "}": (Kind.CLOSE, "\\}"),
    "lbrace": (Kind.OPEN, "\\{"),
    "rbrace": (Kind.CLOSE, "\\}"),
    "lbrack": (Kind.OPEN, "["),
    "rbrack": (Kind.CLOSE, "]"),
    "prime": (Kind.PRIME, "'"),
    "_": (Kind.TEXT, "_"),
    "%": (Kind.UNREAD, "a percent sign without a number"),
    "#": (Kind.TEXT, "#"),
    "$": (Kind.TEXT, "$"),
    "_space": (Kind.SPACE, " "),
}
NOTES = frozenset("underbrace overbrace underbracket overbracket".split())
"""A term, and behind it a script that is a note."""

STACKS = frozenset("overset underset stackrel".split())

SPACES = frozenset([" ", "\n", "\t", *", ; : ! > / thinspace medspace thickspace negthinspace enspace enskip".split()])
GAPS = frozenset("quad qquad hfill hskip qqquad".split())
SIZES = frozenset("left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm middle".split())
SWITCHES = frozenset(
    "displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits nonumber notag rm bf it sf tt cal small "
    "large Large normalsize footnotesize hline mathstrut strut noindent centering allowbreak nobreak".split()
)
TRANSPARENT = FONT_COMMANDS | frozenset(
    "boxed fbox ensuremath mathop mathord mathrel mathbin mathclose mathopen".split()
)
"""Commands that change only the look of their argument."""

PASSED_WITH_ARGUMENT = frozenset(
    "tag tag* label eqref ref hspace hspace* vspace vspace* intertext shortintertext phantom hphantom vphantom color "
    "cline setlength arraystretch footnote cite url mathcolor textcolor".split()
)
BRACKETS = {"langle": "⟨", "rangle": "⟩", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉"}

MATRICES = frozenset(
    "vmatrix Vmatrix matrix pmatrix bmatrix Bmatrix smallmatrix array matrix* pmatrix* bmatrix* psmallmatrix".split()
)
LINE_ENVIRONMENTS = frozenset("aligned alignedat gathered split multlined".split())
FORMULA_ENVIRONMENTS = frozenset(
    "equation align gather multline eqnarray flalign alignat displaymath math dmath IEEEeqnarray".split()
)
"""Environments that are a formula by themselves; each also with a star."""

BREAKING_ENVIRONMENTS = frozenset("cases dcases rcases drcases cases*".split())

DEFINITIONS = frozenset(
    "def edef gdef xdef let newcommand renewcommand providecommand DeclareMathOperator newenvironment renewenvironment "
    "input include includegraphics write write18 immediate openout openin read csname catcode loop special directlua "
    "lstinputlisting verbatiminput newif newcount expandafter futurelet".split()
)
"""Commands that would define or fetch something; a page is only read."""


def refusal_of(command: str) -> str:
    """Why a command that would define or fetch something is unread."""
    return f"`\\{command}` is not carried out: a page is only read"


PROSE = frozenset(
    "usepackage RequirePackage "
    "section section* subsection subsection* subsubsection paragraph chapter part title author date maketitle item "
    "documentclass begin end textbf textit emph underline text newpage clearpage pagebreak bigskip medskip smallskip "
    "par noindent indent tableofcontents hrule hrulefill vfill".split()
)
"""Commands of the text around formulas."""
