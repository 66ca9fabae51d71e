"""A document as a LaTeX article that pdfLaTeX compiles with the packages of every distribution."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from chalkgrad.render.boxes import Identifier
from chalkgrad.render.characters import clean
from chalkgrad.render.document import (
    Bar,
    Bars,
    Block,
    BulletList,
    Code,
    CodeBlock,
    Document,
    Figure,
    Fold,
    Formula,
    Heading,
    Inline,
    Link,
    Mark,
    Marked,
    Math,
    Paragraph,
    Piece,
    Remark,
    Strong,
    Table,
)
from chalkgrad.render.latex import aligned_rows, escape_latex, latex
from chalkgrad.render.latex_picture import PICTURE_MACROS, latex_picture
from chalkgrad.render.layout import lay_out
from chalkgrad.render.marks import MARKS
from chalkgrad.render.measure import inline_width, measure

__all__ = ["to_latex"]

_BREAK = "\\allowbreak{}"
_WIDTH = 38.5  # ems of a display at 11 points on A4, its indentation taken off
_CELL_WIDTH = 33.0  # ems that the columns of a table share
_BAR_WIDTH = 14.0  # ems of the longest bar
_SECTIONS = {2: "section", 3: "subsection", 4: "subsubsection"}
_REMARKS = {
    "note": (r"\textbullet", "Note"),
    "warning": (r"\textbf{!}", "Warning"),
    "passed": (r"$\checkmark$", "Passed"),
    "failed": (r"$\times$", "Failed"),
}
_PREAMBLE = r"""\documentclass[11pt,a4paper,fleqn]{article}
\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\usepackage{textcomp}
\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\usepackage{amsmath,amssymb}
\usepackage[margin=25mm]{geometry}
\usepackage{longtable,array,booktabs}
\IfFileExists{microtype.sty}{\usepackage{microtype}}{}
\setlength{\parindent}{0pt}
\setlength{\parskip}{0.55em plus 0.2em minus 0.1em}
\setlength{\mathindent}{1.5em}
\setlength{\emergencystretch}{3em}
\setlength{\LTpre}{0.4em}
\setlength{\LTpost}{0.4em}
\setcounter{secnumdepth}{0}
\setcounter{MaxMatrixCols}{100}
\allowdisplaybreaks
\renewcommand{\arraystretch}{1.15}
\setlength{\jot}{0.45em}
\AtBeginDocument{\abovedisplayskip=1.1em plus 0.2em\belowdisplayskip=0.6em plus 0.2em
  \abovedisplayshortskip=\abovedisplayskip\belowdisplayshortskip=\belowdisplayskip}
% A display that begins a paragraph would leave an empty line above it.
\newcommand{\display}{\par\vspace{-\baselineskip}\vspace{-\parskip}}
\newcommand{\unknowncharacter}[1]{{\footnotesize\ttfamily[U+#1]}}
\newcommand{\remark}[3]{\par\smallskip\noindent\hangindent=1.6em\hangafter=1%
  \makebox[1.6em][l]{#1}\textbf{#2.} #3\par\smallskip}
\newcommand{\reason}[1]{{\par\vspace{-0.3em}\hspace*{1.5em}\small\itshape #1\par}}
\newenvironment{fold}[1]{\par\medskip\noindent\textbf{#1}\par\begin{list}{}{\leftmargin=1.2em\parsep=\parskip}\item[]}%
  {\end{list}}
"""
# What T1 and text companion fonts hold anyway; every other character is declared one by one.
_KNOWN_RANGES = (
    (0xA1, 0xAC),
    (0xAE, 0x125),
    (0x128, 0x131),
    (0x134, 0x137),
    (0x139, 0x13E),
    (0x141, 0x148),
    (0x14A, 0x165),
    (0x168, 0x17E),
)
_KNOWN = frozenset("–—‘’‚“”„†‡•…‰‹›€™")
_IN_TEXT = {
    "−": r"\ensuremath{-}",
    "≈": r"\ensuremath{\approx}",
    "≤": r"\ensuremath{\le}",
    "≥": r"\ensuremath{\ge}",
    "≠": r"\ensuremath{\ne}",
    "←": r"\ensuremath{\leftarrow}",
    "→": r"\ensuremath{\to}",
    "⇒": r"\ensuremath{\Rightarrow}",
    "⊙": r"\ensuremath{\odot}",
    "∂": r"\ensuremath{\partial}",
    "∇": r"\ensuremath{\nabla}",
    "∞": r"\ensuremath{\infty}",
    "√": r"\ensuremath{\surd}",
    "∈": r"\ensuremath{\in}",
    "∑": r"\ensuremath{\sum}",
    "∏": r"\ensuremath{\prod}",
    "‖": r"\ensuremath{\Vert}",
    "⋯": r"\ensuremath{\cdots}",
    "⋅": r"\ensuremath{\cdot}",
    "✓": r"\ensuremath{\checkmark}",
    "✗": r"\ensuremath{\times}",
    "′": r"\ensuremath{'}",
    "ᵀ": r"\ensuremath{^{\top}}",
    "⊤": r"\ensuremath{\top}",
    "\u00a0": "~",
    "\u2009": r"\thinspace{}",
    "\u202f": r"\thinspace{}",
}


def to_latex(document: Document) -> str:
    """The document as a complete LaTeX file."""
    body = _title(document) + "\n\n".join(map(_block, document.blocks)) + "\n"
    macros = PICTURE_MACROS if "\\framedpicture" in body else ""
    return f"{_PREAMBLE}{macros}{_declarations(body)}\\begin{{document}}\n{body}\\end{{document}}\n"


def _title(document: Document) -> str:
    if any(isinstance(block, Heading) and block.level == 1 for block in document.blocks):
        return ""
    return _heading((document.title,), 1) + "\n\n"


def _declarations(body: str) -> str:
    """A declaration for each character that pdfLaTeX would refuse, so that no name can stop the compiler."""
    unknown = sorted({character for character in body if not character.isascii() and not _is_known(character)})
    return "".join(f"\\DeclareUnicodeCharacter{{{ord(c):04X}}}{{{_instead_of(c)}}}\n" for c in unknown)


def _is_known(character: str) -> bool:
    return character in _KNOWN or any(low <= ord(character) <= high for low, high in _KNOWN_RANGES)


def _instead_of(character: str) -> str:
    """What is set for a character that the fonts have not: its Greek letter, its plain form, or its number."""
    if character in _IN_TEXT:
        return _IN_TEXT[character]
    if greek := _greek_letter(character):
        return greek
    plain = unicodedata.normalize("NFKD", character)
    if plain.isascii() and plain.isalnum():
        return _lowered_or_raised(character, plain)
    return f"\\unknowncharacter{{{ord(character):04X}}}"


def _greek_letter(character: str) -> str:
    """A Greek letter as mathematics in the text, or nothing for any other character."""
    written = latex(Identifier(character))
    return f"\\ensuremath{{{written}}}" if not written.startswith("\\text{") else ""


def _lowered_or_raised(character: str, plain: str) -> str:
    kind = unicodedata.decomposition(character)
    if kind.startswith("<sub>"):
        return f"\\ensuremath{{_{{{plain}}}}}"
    return f"\\ensuremath{{^{{{plain}}}}}" if kind.startswith("<super>") else plain


def _block(block: Block) -> str:
    match block:
        case Heading(text, level):
            return _heading(text, level)
        case Paragraph(text):
            return f"{_inline(text)}\\par"
        case Formula():
            return _formula(block)
        case Table():
            return _table(block)
        case BulletList(items):
            listed = "\n".join(f"\\item {{}}{_inline(item)}" for item in items)
            return f"\\begin{{itemize}}\n{listed}\n\\end{{itemize}}" if items else ""
        case CodeBlock(text):
            return _code_block(text)
        case Remark(text, kind):
            sign, word = _REMARKS.get(kind, _REMARKS["note"])
            return f"\\remark{{{sign}}}{{{word}}}{{{_inline(text)}}}"
        case Figure():
            return latex_picture(block, _inline(block.caption))
        case Fold(title, blocks):
            inside = "\n\n".join(map(_block, blocks))
            return f"\\begin{{fold}}{{{_inline(title)}}}\n{inside}\n\\end{{fold}}"
        case Marked():
            return _marked(block)
        case Bars():
            return "\n".join(_bar(bar, block.share(bar)) for bar in block.bars)
        case _:
            raise TypeError(f"{type(block).__name__} cannot be written as LaTeX")


def _marked(line: Marked) -> str:
    """A line of somebody's own, escaped like all text, so that none of its LaTeX is run."""
    mark = f"\\quad {_piece(line.mark)}" if line.mark else ""
    own = _piece(Code(line.text)).replace("\\_", "\\_" + _BREAK).replace("\\}", "\\}" + _BREAK)
    written = f"\\textbf{{{_text(line.label)}}}\\quad {{\\small {own}}}{mark}\\par"
    if not line.blocks:
        return written
    inside = "\n\n".join(map(_block, line.blocks))
    return f"{written}\n\\begin{{list}}{{}}{{\\leftmargin=2em\\parsep=\\parskip}}\\item[]\n{inside}\n\\end{{list}}"


def _bar(bar: Bar, share: float) -> str:
    rule = f"\\rule{{{share * _BAR_WIDTH:.1f}em}}{{0.7em}}"
    return f"\\makebox[{_CELL_WIDTH - _BAR_WIDTH:.1f}em][l]{{{_inline(bar.label)}}}{rule}\\quad {_text(bar.text)}\\par"


def _heading(text: Inline, level: int) -> str:
    if level == 1:
        return f"{{\\LARGE\\bfseries\\boldmath\\raggedright {_inline(text)}\\par}}\\medskip"
    return f"\\{_SECTIONS.get(level, 'paragraph')}*{{\\boldmath {_inline(text)}}}"


def _formula(formula: Formula) -> str:
    lines = lay_out(formula, _WIDTH)
    rows = aligned_rows(lines)
    beside = len(lines) == 1 and measure(lines[0].box) + inline_width(formula.note) < _WIDTH - 2
    if formula.note and beside:
        rows[0] += f"\\qquad\\text{{\\small\\itshape {_inline(formula.note)}}}"
    below = f"\n\\reason{{{_inline(formula.note)}}}" if formula.note and not beside else ""
    written = " \\\\\n".join(rows)
    kind = "align*" if len(rows) > 1 else "equation*"
    return f"\\display\n\\begin{{{kind}}}\n{written}\n\\end{{{kind}}}\\par{below}"


def _table(table: Table) -> str:
    columns = _columns([table.header, *table.rows], table.align)
    rows = "\n".join(_cells(cells) for cells in table.rows)
    header = _cells([(Strong(""), *cell) for cell in table.header], bold=True)
    written = (
        f"\\begin{{longtable}}[l]{{{columns}}}\n\\toprule\n{header}\n\\midrule\n\\endhead\n"
        f"\\bottomrule\n\\endfoot\n{rows}\n\\end{{longtable}}"
    )
    return (
        f"{{\\bfseries\\boldmath {_inline(table.caption)}\\par}}\n\\nopagebreak\n{written}"
        if table.caption
        else written
    )


def _columns(rows: Sequence[Sequence[Inline]], align: str) -> str:
    """How the columns are aligned; where they are too wide together, the widest wrap inside their share."""
    count = len(rows[0])
    widths = [max((inline_width(cells[i]) for cells in rows if i < len(cells)), default=0.0) for i in range(count)]
    letters = [align[i : i + 1] or "l" for i in range(count)]
    excess = sum(widths) + 1.1 * count - _CELL_WIDTH
    if excess > 0:
        wide = [i for i in range(count) if widths[i] > _CELL_WIDTH / count]
        share = (_CELL_WIDTH - sum(widths[i] + 1.1 for i in range(count) if i not in wide)) / max(1, len(wide))
        for i in wide:
            letters[i] = f">{{\\raggedright\\arraybackslash}}p{{{max(4.0, share - 1.1):.1f}em}}"
    return "@{}" + "".join(letters) + "@{}"


def _cells(cells: Iterable[Inline], bold: bool = False) -> str:
    style = "\\bfseries\\boldmath " if bold else ""
    return " & ".join(f"{style}{{}}{_inline(cell)}" for cell in cells) + r" \\[4pt]"


def _code_block(text: str) -> str:
    """Lines as they stand; escaped rather than verbatim, so that nothing in them can end the block."""
    lines = [escape_latex(line.expandtabs(4)).replace(" ", "\\ ") or "\\ " for line in text.splitlines()]
    return "\\begin{quote}\\ttfamily\\small\\raggedright\n" + "\\\\\n".join(lines) + "\n\\end{quote}"


def _inline(inline: Inline) -> str:
    return "".join(map(_piece, inline))


def _piece(piece: Piece) -> str:
    match piece:
        case Link(text):
            return _text(text)
        case Mark(kind):
            return f"\\textbf{{{_text(MARKS[kind].sign)}~{_text(MARKS[kind].word)}}}"
        case Math(box):
            return f"${latex(box)}$"
        case Strong(text):
            return f"\\textbf{{{_text(text)}}}" if text else ""
        case Code(text):
            # A key such as optimizer.bias_correction may break behind its dot in a narrow column.
            return f"\\texttt{{{_text(text).replace('.', '.' + _BREAK)}}}"
        case _:
            return _text(piece)


def _text(text: str) -> str:
    return escape_latex(unicodedata.normalize("NFC", clean(text)))
