"""Mathematics as LaTeX, for pdfLaTeX with amsmath and for the LaTeX that GitHub and Jupyter read inside Markdown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chalkgrad.render.boxes import (
    Accent,
    Box,
    Cases,
    Fenced,
    FractionBox,
    Identifier,
    MatrixBox,
    NumberBox,
    Root,
    Row,
    Script,
    Sign,
    TextBox,
    Under,
)
from chalkgrad.render.characters import GREEK, clean
from chalkgrad.render.layout import Line
from chalkgrad.render.spacing import Gap, is_tall, merged, spaced, without_labels

__all__ = ["Dialect", "aligned_latex", "aligned_rows", "escape_latex", "latex"]

_GREEK_MACROS = {letter: f"\\{name}" for name, letter in GREEK.items()} | {
    "ε": r"\varepsilon",
    "φ": r"\varphi",
    "ϵ": r"\epsilon",
    "ϕ": r"\phi",
    "ϑ": r"\vartheta",
    "ς": r"\varsigma",
    "ο": "o",
    "Υ": r"\Upsilon",
}
_SIGNS = {
    "−": "-",
    "≈": r"\approx",
    "←": r"\leftarrow",
    "→": r"\to",
    "⇒": r"\Rightarrow",
    "↦": r"\mapsto",
    "<": r"\lt",
    ">": r"\gt",
    "≤": r"\le",
    "≥": r"\ge",
    "≠": r"\ne",
    "∈": r"\in",
    "∝": r"\propto",
    "~": r"\sim",
    "∼": r"\sim",
    "·": r"\cdot",
    "⋅": r"\cdot",
    "×": r"\times",
    "⊙": r"\odot",
    "±": r"\pm",
    "∘": r"\circ",
    "*": r"\ast",
    "∂": r"\partial",
    "∇": r"\nabla",
    "Σ": r"\sum",
    "∑": r"\sum",
    "Π": r"\prod",
    "∏": r"\prod",
    "∞": r"\infty",
    "⋯": r"\cdots",
    "…": r"\ldots",
    "⋮": r"\vdots",
    "⋱": r"\ddots",
    "ᵀ": r"\top",
    "⊤": r"\top",
    "′": r"\prime",
    "|": r"\vert",
    "‖": r"\Vert",
    "∥": r"\Vert",
    "{": r"\lbrace",
    "}": r"\rbrace",
    "⟨": r"\langle",
    "⟩": r"\rangle",
    "¬": r"\neg",
    "∀": r"\forall",
}
_PLAIN_SIGNS = frozenset("=+-/,;:!()[].")
_CLASSES = {"relation": r"\mathrel", "binary": r"\mathbin", "punctuation": r"\mathpunct"}
_ACCENTS = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde"}
_WIDE_ACCENTS = {"hat": r"\widehat", "bar": r"\overline", "tilde": r"\widetilde"}
_GAPS = {Gap.NONE: "", Gap.THIN: r"\thinspace ", Gap.WORD: r"\thickspace "}
_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
    "'": r"\textquotesingle{}",
    '"': r"\textquotedbl{}",
    "-": "{-}",  # no ligatures to dashes
    "[": "{[}",  # no optional argument of the line break before it
    "]": "{]}",
}


def escape_latex(text: str) -> str:
    """Plain text for LaTeX: nothing in it can be a command.

    >>> escape_latex("50% of x_1")
    '50\\\\% of x\\\\_1'
    """
    return "".join(_ESCAPES.get(character, character) for character in clean(text))


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between LaTeX proper and LaTeX inside Markdown.

    Args:
        escape: makes plain text safe inside `\\text{..}`.
        new_row: ends a row of a matrix.
        less: the sign <, which Markdown would read as markup; likewise `greater`.
        script_mark: what stands before `_`; a space keeps Markdown from reading two of them as emphasis.
    """

    escape: Callable[[str], str] = escape_latex
    new_row: str = r"\\"
    less: str = "<"
    greater: str = ">"
    script_mark: str = ""


_LATEX = Dialect()


def latex(box: Box, dialect: Dialect = _LATEX) -> str:
    """A box as LaTeX mathematics, without the dollar signs.

    >>> from chalkgrad.render.names import name_box
    >>> latex(name_box("w^[1]_11"))
    'w_{11}^{[1]}'
    """
    return _Writer(dialect).write(box)


def aligned_rows(lines: list[Line], dialect: Dialect = _LATEX) -> list[str]:
    """The lines of a formula as rows of an alignment, each with `&` before its relation; a single line has none."""
    writer = _Writer(dialect)
    return [writer.line(lines[0])] if len(lines) == 1 else [writer.aligned_line(line) for line in lines]


def aligned_latex(lines: list[Line], dialect: Dialect = _LATEX) -> str:
    """The lines of a formula as LaTeX, aligned at their relations where there are several."""
    rows = aligned_rows(lines, dialect)
    if len(rows) == 1:
        return rows[0]
    return rf"\begin{{aligned}} {f' {dialect.new_row} '.join(rows)} \end{{aligned}}"


class _Writer:
    """Writes boxes as LaTeX of one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def line(self, line: Line) -> str:
        """A line of a formula, without alignment."""
        left = "" if line.left is None else self.write(line.left) + " "
        return left + self._relation(line.relation) + self.write(line.box)

    def aligned_line(self, line: Line) -> str:
        """A line of several, its relation behind the alignment mark."""
        left = "" if line.left is None else self.write(line.left) + " "
        indent = r"\quad" * line.indent + " " if line.indent else ""
        # The empty group makes TeX set a sign at the beginning of a line as one between two terms.
        continued = "" if line.relation or not line.indent else "{}"
        return f"{left}& {indent}{continued}{self._relation(line.relation)}{self.write(line.box)}"

    def _relation(self, text: str) -> str:
        return self._sign(Sign(text, "relation")) + " " if text else ""

    def write(self, box: Box) -> str:
        """The LaTeX of any box."""
        match box:
            case Identifier(text):
                return self._identifier(text)
            case NumberBox(text):
                return self._number(text)
            case TextBox(text):
                return rf"\text{{{self.dialect.escape(text.strip())}}}"
            case Sign():
                return self._sign(box)
            case Row(parts):
                return self._row(parts)
            case FractionBox(above, below):
                return rf"\frac{{{self.write(above)}}}{{{self.write(below)}}}"
            case Script():
                return self._script(merged(box))
            case Accent(base, accent):
                return self._accent(base, accent)
            case Fenced():
                return self._fenced(box)
            case Root(body):
                return rf"\sqrt{{{self.write(body)}}}"
            case _:
                return self._table(box)

    def _table(self, box: Box) -> str:
        match box:
            case MatrixBox(rows):
                return self._rows("bmatrix", rows)
            case Cases(rows):
                return self._rows("cases", rows)
            case Under(body, label):
                return rf"\underbrace{{{self.write(body)}}}{self.dialect.script_mark}_{{{self.write(label)}}}"
            case _:
                raise TypeError(f"{type(box).__name__} cannot be written as LaTeX")

    def _rows(self, environment: str, rows: tuple[tuple[Box, ...], ...]) -> str:
        written = f" {self.dialect.new_row} ".join(" & ".join(map(self.write, cells)) for cells in rows)
        return rf"\begin{{{environment}}} {written} \end{{{environment}}}"

    def _identifier(self, text: str) -> str:
        text = clean(text)
        if text in _GREEK_MACROS:
            return _GREEK_MACROS[text]
        if text.isascii() and text.isalpha():
            return text if len(text) == 1 else rf"\mathrm{{{text}}}"
        if text.isascii() and text.isdigit():
            return text
        return rf"\text{{{self.dialect.escape(text)}}}"

    def _number(self, text: str) -> str:
        plain = text.removeprefix("-")
        if not (plain.isascii() and plain.replace(".", "", 1).isalnum()):
            return rf"\text{{{self.dialect.escape(text)}}}"
        return plain if plain == text else f"{{-{plain}}}"  # in braces, the sign is not a subtraction

    def _sign(self, sign: Sign) -> str:
        if sign.text in "<>" and len(sign.text) == 1:
            return self.dialect.less if sign.text == "<" else self.dialect.greater
        command = _SIGNS.get(sign.text)
        if command is None:
            return self._other_sign(sign)
        return f"{{{command}}}" if command == "-" and sign.kind == "prefix" else command

    def _other_sign(self, sign: Sign) -> str:
        text = sign.text
        if text and set(text) <= _PLAIN_SIGNS:
            return f"{{{text}}}" if len(text) > 1 and sign.kind not in _CLASSES else text
        return rf"{_CLASSES.get(sign.kind, '')}{{\text{{{self.dialect.escape(text)}}}}}"

    def _row(self, parts: tuple[Box, ...]) -> str:
        pieces: list[str] = []
        for gap, box in spaced(parts):
            written = self.write(box)
            # A space behind a command that would swallow a letter, and between all things for the eye.
            pieces.append(_GAPS[gap] + written)
        return " ".join(piece for piece in pieces if piece)

    def _script(self, box: Script) -> str:
        base = self.write(box.base)
        if isinstance(box.base, (Row, Script, Under, FractionBox)) or not base:
            base = f"{{{base}}}"
        sub = "" if box.sub is None else f"{self.dialect.script_mark}_{{{self.write(box.sub)}}}"
        sup = "" if box.sup is None else f"^{{{self.write(box.sup)}}}"
        return base + sub + sup

    def _accent(self, base: Box, accent: str) -> str:
        single = isinstance(base, Identifier) and len(base.text) == 1
        return f"{(_ACCENTS if single else _WIDE_ACCENTS).get(accent, _ACCENTS['hat'])}{{{self.write(base)}}}"

    def _fenced(self, box: Fenced) -> str:
        body = self.write(box.body)
        left, right = _fence(box.left), _fence(box.right)
        if not is_tall(box.body):
            return _small(left, r"\mathopen") + body + _small(right, r"\mathclose")
        bare = without_labels(box.body)
        if bare != box.body:  # a shape below the body does not make the fences longer
            height = rf"\vphantom{{{self.write(bare)}}}"
            return rf"\left{left or '.'} {height} \right. {body} \left. {height} \right{right or '.'}"
        # Without the empty opening and closing, TeX would set a gap between a function and its argument.
        return rf"\mathopen{{}}\left{left or '.'} {body} \right{right or '.'}\mathclose{{}}"


def _small(fence: str, kind: str) -> str:
    """A fence that does not grow; a command needs to be told on which side it stands."""
    return f"{kind}{{{fence}}}" if fence.startswith("\\") else fence


def _fence(text: str) -> str:
    """A fence as LaTeX knows it; a round bracket for what it does not know."""
    if text in ("", "(", ")", "[", "]"):
        return text
    return _SIGNS[text] if text in "|‖∥{}⟨⟩" else "("
