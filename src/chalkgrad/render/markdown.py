"""A document as GitHub-flavoured Markdown, with mathematics that GitHub and Jupyter both show."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from chalkgrad.render.characters import clean
from chalkgrad.render.document import (
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
from chalkgrad.render.latex import Dialect, aligned_latex, latex
from chalkgrad.render.layout import lay_out
from chalkgrad.render.marks import MARKS
from chalkgrad.render.textmath import box_text

__all__ = ["to_markdown"]

_WIDTH = 44.0  # ems of a line of mathematics on GitHub's page
_REMARKS = {
    "note": ("ℹ️", "Note"),
    "warning": ("⚠️", "Warning"),
    "passed": ("✅", "Passed"),
    "failed": ("❌", "Failed"),
}
_BAR_LENGTH = 24
_RULES = {"l": ":---", "r": "---:", "c": ":---:"}
_SPECIAL = re.compile(r"([\\`*_\[\]~|])")
# A span of its own keeps two dollar signs from meeting as mathematics, on GitHub and in Jupyter.
_DOLLAR = "<span>&#36;</span>"
_AT_LINE_START = re.compile(r"^(\s*)([-+#=>]|\d+(?=[.)]))")
# Inside mathematics a backslash before punctuation is eaten by Markdown, so these are replaced by look-alikes.
_LOOKALIKES = {character: chr(ord(character) + 0xFEE0) for character in "\\{}$&#%_^~<>|`*[]\"'"}


def _escape_in_math(text: str) -> str:
    """Plain text inside `\\text{..}` that neither Markdown nor LaTeX reads anything into."""
    return "".join(_LOOKALIKES.get(character, character) for character in clean(text))


_MARKDOWN = Dialect(escape=_escape_in_math, new_row=r"\cr", less=r"\lt", greater=r"\gt", script_mark=" ")


def to_markdown(document: Document) -> str:
    """The document as Markdown, ending in a line break."""
    blocks = document.blocks
    if not any(isinstance(block, Heading) and block.level == 1 for block in blocks):
        blocks = (Heading((document.title,), 1), *blocks)
    return _blocks(blocks) + "\n"


def _blocks(blocks: Iterable[Block]) -> str:
    return "\n\n".join(map(_block, blocks))


def _block(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"{'#' * min(max(level, 1), 6)} {_inline(text)}"
        case Paragraph(text):
            return _AT_LINE_START.sub(_escape_block_mark, _inline(text))
        case Formula():
            return _formula(block)
        case Table():
            return _table(block)
        case BulletList(items):
            return "\n".join(f"- {_AT_LINE_START.sub(_escape_block_mark, _inline(item))}" for item in items)
        case CodeBlock(text, language):
            return _code_block(text, language)
        case Remark(text, kind):
            sign, word = _REMARKS.get(kind, _REMARKS["note"])
            return f"> {sign} **{word}:** {_inline(text)}"
        case Figure():
            return _figure(block)
        case Fold(title, blocks, opened):
            state = " open" if opened else ""
            return f"<details{state}>\n<summary>{_summary(title)}</summary>\n\n{_blocks(blocks)}\n\n</details>"
        case Marked():
            return _marked(block)
        case Bars():
            return _bars(block)
        case _:
            raise TypeError(f"{type(block).__name__} cannot be written as Markdown")


def _escape_block_mark(match: re.Match[str]) -> str:
    """What would begin a list, a heading or a quotation at the beginning of a line, as plain text."""
    mark = match[2]
    return f"{match[1]}&#{ord(mark[0])};{mark[1:]}"


def _formula(formula: Formula) -> str:
    # On one line: a line of a display that began with + or = would be a list or a heading to Markdown.
    written = f"$${aligned_latex(lay_out(formula, _WIDTH), _MARKDOWN)}$$"
    return f"{written}\n\n*{_inline(formula.note).strip()}*" if formula.note else written


def _table(table: Table) -> str:
    align = [table.align[index : index + 1] or "l" for index in range(len(table.header))]
    lines = [_cells(table.header), f"| {' | '.join(_RULES[letter] for letter in align)} |", *map(_cells, table.rows)]
    written = "\n".join(lines)
    return f"**{_inline(table.caption).strip()}**\n\n{written}" if table.caption else written


def _figure(figure: Figure) -> str:
    # What stands instead of a picture is never set as mathematics, so that a dollar sign needs no span of its own.
    alt = _text(figure.alt).replace(_DOLLAR, "&#36;")
    image = f"![{alt}]({figure.data_uri()})"
    return f"{image}\n\n*{_inline(figure.caption).strip()}*" if figure.caption else image


def _marked(line: Marked) -> str:
    """The line as code, which shows it as it stands, with its mark behind it."""
    pieces: list[Piece] = [Strong(line.label), " ", Code(line.text), *((" ", line.mark) if line.mark else ())]
    return "\n\n".join(filter(None, (_inline(tuple(pieces)), _blocks(line.blocks))))


def _bars(bars: Bars) -> str:
    rows = ["| | | |", "| :--- | :--- | ---: |"]
    for bar in bars.bars:
        length = max(1, round(bars.share(bar) * _BAR_LENGTH)) if bar.value else 0
        rows.append(_cells((bar.label, ("█" * length,), (bar.text,))))
    return "\n".join(rows)


def _cells(cells: Iterable[Inline]) -> str:
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(inline: Inline) -> str:
    # A bar in code would end the cell even there; elsewhere it is escaped already.
    return _inline(tuple(Code(p.text.replace("|", "\\|")) if isinstance(p, Code) else p for p in inline))


def _code_block(text: str, language: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    lines = "\n".join(clean(line.replace("\t", "    ")) for line in text.splitlines())
    return f"{fence}{re.sub(r'[^A-Za-z0-9+-]', '', language)}\n{lines}\n{fence}"


def _inline(inline: Inline) -> str:
    """The pieces of a line; a space of no width between two marked ones keeps their marks apart."""
    written = ""
    for index, piece in enumerate(inline):
        between_marks = index and not isinstance(piece, str) and not isinstance(inline[index - 1], str)
        written += ("&#8203;" if between_marks else "") + _piece(piece)
    return written


def _piece(piece: Piece) -> str:
    match piece:
        case Link(text, address):
            return f"[{_text(text)}]({address})"
        case Mark(kind):
            look = MARKS[kind]
            return f"{look.dot} {_text(look.sign)} **{look.word}**"
        case Math(box):
            return f"${latex(box, _MARKDOWN)}$"
        case Strong(text):
            return f"**{_text(text.strip())}**" if text.strip() else ""
        case Code(text):
            return _code(clean(text)) if text.strip() else ""
        case _:
            return _text(piece)


def _code(text: str) -> str:
    """Code in a line, between more backticks than it holds; a dollar sign in it is no mathematics."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    marks = "`" * (longest + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{marks}{space}{text}{space}{marks}"


def _text(text: str) -> str:
    """Plain text: nothing in it is Markdown, HTML or mathematics."""
    escaped = _SPECIAL.sub(r"\\\1", clean(text))
    escaped = escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("$", _DOLLAR)


def _summary(inline: Inline) -> str:
    """The title of a fold: HTML, in which GitHub shows no mathematics, so that it is plain text here."""
    pieces = []
    for piece in inline:
        match piece:
            case Math(box):
                pieces.append(_html(box_text(box)))
            case Strong(text) | Link(text):
                pieces.append(f"<b>{_html(text)}</b>")
            case Mark(kind):
                pieces.append(f"{MARKS[kind].dot} {MARKS[kind].sign} <b>{MARKS[kind].word}</b>")
            case Code(text):
                pieces.append(f"<code>{_html(text)}</code>")
            case _:
                pieces.append(_html(str(piece)))
    return "".join(pieces)


def _html(text: str) -> str:
    return escape(clean(text)).replace("$", _DOLLAR)
