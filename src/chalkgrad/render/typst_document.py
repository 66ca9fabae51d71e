"""A document as Typst, and as PDF through the `typst` package: no TeX, and the same fonts on every machine."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

from chalkgrad.errors import Fault, UsageError
from chalkgrad.render.characters import clean, is_right_to_left, with_formulas_apart
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
from chalkgrad.render.layout import lay_out
from chalkgrad.render.marks import MARKS
from chalkgrad.render.measure import inline_width, measure
from chalkgrad.render.typst import aligned_typst, quoted, typst_math

__all__ = ["to_pdf", "to_typst"]

_WIDTH = 41.0  # ems of a display at 10.5 points on A4, its indentation taken off
_REMARKS = {
    "note": ("i", "Note", "#1f4e79"),
    "warning": ("!", "Warning", "#8a5a00"),
    "passed": ("✓", "Passed", "#1f6b3a"),
    "failed": ("✗", "Failed", "#a3262a"),
}
_LONG_WORD = re.compile(r"\S{24}")
_ALIGN = {"l": "left", "r": "right", "c": "center"}
_PREAMBLE = """\
#set page(paper: "a4", margin: (x: 24mm, y: 25mm), numbering: "1")
#set text(font: "New Computer Modern", size: 10.5pt, fallback: true)
#set par(leading: 0.62em, spacing: 0.95em)
#set list(spacing: 1.05em)
#show heading: set block(above: 1.7em, below: 0.85em, sticky: true)
#show heading.where(level: 1): set text(size: 13.5pt)
#show heading.where(level: 2): set text(size: 11.5pt)
#show heading.where(level: 3): set text(size: 10.5pt)
#show math.equation.where(block: true): set align(start)
#show math.equation.where(block: true): set block(breakable: true)
#show math.equation.where(block: true): it => pad(left: 1.5em, it)
#set math.mat(column-gap: 0.9em, row-gap: 0.45em)
#set table(stroke: none, inset: (left: 0pt, right: 1.5em, y: 0.45em))
#show raw: set text(font: "DejaVu Sans Mono", size: 0.86em)
#let reason(body) = text(style: "italic", fill: luma(30%), size: 0.95em, body)
#let remark(sign, word, colour, body) = block(
  stroke: (left: 1.5pt + colour), inset: (left: 0.9em, y: 0.25em), breakable: false, width: 100%,
  text(fill: colour, weight: "bold", sign + h(0.45em) + word + ".") + h(0.4em) + body,
)
#let fold(title, body) = block(
  stroke: (left: 0.5pt + luma(70%)), inset: (left: 1em, y: 0.2em), width: 100%,
  block(sticky: true, strong(title)) + body,
)
#let picture(width, alt, caption, format, data) = block(width: 100%, breakable: false, above: 1.4em, below: 1.4em, {
  set align(center)
  image(data, format: format, width: width, alt: alt)
  if caption != none { block(above: 0.7em, text(fill: luma(30%), size: 0.95em, caption)) }
})
#let mark(sign, word, colour) = text(fill: colour, weight: "bold", sign + h(0.35em) + word)
#let marked(colour, direction, label, own, verdict, said) = block(
  width: 100%, above: 0.4em, below: 0.4em, stroke: (left: 2pt + colour), inset: (left: 0.5em, y: 0.25em), {
    grid(
      columns: (1.9em, 1fr, auto), column-gutter: 0.8em, align: (end, start, start),
      text(fill: luma(40%), size: 0.86em, label), { set text(dir: direction); own }, text(size: 0.9em, verdict),
    )
    if said != none { pad(left: 2.7em, text(size: 0.95em, said)) }
  },
)
#let bars(..rows) = block(above: 1.2em, below: 1.2em, grid(
  columns: (45%, 1fr, auto), column-gutter: 1em, row-gutter: 0.7em, align: (start, start, end),
  ..rows.pos().map(row => (row.at(0), rect(width: row.at(1), height: 0.7em, fill: rgb("#1f4e79")), row.at(2)))
    .flatten(),
))
#let tabular(caption, columns, align, header, rows) = {
  if caption != none { block(below: 0.6em, sticky: true, strong(caption)) }
  set text(size: 0.85em) if columns > 8
  set table(inset: (left: 0pt, right: 0.7em, y: 0.45em)) if columns > 8
  table(
    columns: columns, align: align,
    table.hline(stroke: 0.8pt), table.header(..header.map(strong)), table.hline(stroke: 0.4pt),
    ..rows, table.hline(stroke: 0.8pt),
  )
}
"""


def to_typst(document: Document) -> str:
    """The document as a complete Typst file."""
    blocks = document.blocks
    if not any(isinstance(block, Heading) and block.level == 1 for block in blocks):
        blocks = (Heading((document.title,), 1), *blocks)
    # Without a date, the same document is the same file, byte for byte.
    about = f"#set document(title: {quoted(document.title)}, date: none)\n{_language(document.language)}"
    return f"{about}{_PREAMBLE}\n{_blocks(blocks)}\n"


def _language(language: str) -> str:
    code = language.split("-")[0].lower()
    return f'#set text(lang: "{code}")\n' if code.isascii() and code.isalpha() and len(code) in (2, 3) else ""


def to_pdf(document: Document) -> bytes:
    """The document as PDF.

    Raises:
        UsageError: `missing-extra`, when the `typst` package is not installed.
    """
    try:
        import typst
    except ImportError:
        raise UsageError(
            Fault(
                "missing-extra",
                "PDF is written through the package `typst`, which is not installed.",
                hint="pip install 'chalkgrad[pdf]'",
            )
        ) from None
    # A folder of its own as root: nothing else could be read, whatever stood in the file.
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "document.typ")
        source.write_text(to_typst(document), encoding="utf-8")
        pdf: bytes = typst.compile(source, root=Path(folder), ignore_system_fonts=True, format="pdf")
    return pdf


def _blocks(blocks: Iterable[Block]) -> str:
    return "\n\n".join(map(_block, blocks))


def _block(block: Block) -> str:
    match block:
        case Heading(text, level):
            return _heading(text, level)
        case Paragraph(text):
            return _inline(text)
        case Formula():
            return _formula(block)
        case Table():
            return _table(block)
        case BulletList(items):
            return f"#list({', '.join(f'[{_inline(item)}]' for item in items)})"
        case CodeBlock(text, language):
            shown = "\n".join(line.expandtabs(4) for line in text.splitlines())
            content = "\\n".join(quoted(line)[1:-1] for line in shown.split("\n"))
            name = f", lang: {quoted(language)}" if language else ""
            return (
                f'#block(fill: luma(96%), inset: 0.8em, radius: 3pt, width: 100%, raw("{content}", block: true{name}))'
            )
        case Remark(text, kind):
            sign, word, colour = _REMARKS.get(kind, _REMARKS["note"])
            return f'#remark({quoted(sign)}, {quoted(word)}, rgb("{colour}"), [{_inline(text)}])'
        case Figure():
            return _figure(block)
        case Fold(title, blocks):
            return f"#fold([{_inline(title)}], [\n{_blocks(blocks)}\n])"
        case Marked():
            return _marked(block)
        case Bars():
            rows = (f"([{_inline(b.label)}], {block.share(b):.2%}, {quoted(b.text)})" for b in block.bars)
            return f"#bars({', '.join(rows)})"
        case _:
            raise TypeError(f"{type(block).__name__} cannot be written as Typst")


def _heading(text: Inline, level: int) -> str:
    if level == 1:
        return f'#block(below: 1.6em, text(size: 1.7em, weight: "bold", hyphenate: false, [{_inline(text)}]))'
    return f"#heading(level: {max(1, level - 1)})[{_inline(text)}]"


def _formula(formula: Formula) -> str:
    lines = lay_out(formula, _WIDTH)
    written = f"$ {aligned_typst(lines)} $"
    if not formula.note:
        return written
    note = f"#reason[{_inline(formula.note)}]"
    beside = len(lines) == 1 and measure(lines[0].box) + inline_width(formula.note) < _WIDTH - 2
    if not beside:
        return f"{written}\n#v(-0.45em)\n#pad(left: 1.5em)[{note}]"
    return f"#grid(columns: (auto, 1fr), align: horizon, column-gutter: 2em, [{written}], [{note}])"


def _table(table: Table) -> str:
    align = ", ".join(_ALIGN[table.align[index : index + 1] or "l"] for index in range(len(table.header)))
    header = ", ".join(f"[{_inline(cell)}]" for cell in table.header)
    rows = "".join(f"\n    {', '.join(f'[{_cell(cell)}]' for cell in cells)}," for cells in table.rows)
    caption = f"[{_inline(table.caption)}]" if table.caption else "none"
    return f"#tabular({caption}, {len(table.header)}, ({align},), ({header},), ({rows}\n  ))"


def _marked(line: Marked) -> str:
    colour = f'rgb("{MARKS[line.mark.kind].colour}")' if line.mark else "white"
    right_to_left = is_right_to_left(line.text)
    direction = "rtl" if right_to_left else "ltr"
    # Where a line has no place to break, one is made that nobody sees.
    own = _LONG_WORD.sub("\\g<0>\u200b", clean(line.text))
    said = f"[\n{_blocks(line.blocks)}\n]" if line.blocks else "none"
    verdict = f"[{_piece(line.mark)}]" if line.mark else "none"
    if right_to_left:
        own = "".join(f"\u2066{part}\u2069" if apart else part for part, apart in with_formulas_apart(own))
    return f"#marked({colour}, {direction}, {quoted(line.label)}, raw({_string(own)}), {verdict}, {said})"


def _figure(figure: Figure) -> str:
    """A picture that the file holds itself: SVG as a string, PNG as a list of its bytes."""
    format, content = figure.picture
    data = _string(figure.svg) if format == "svg" else f"({','.join(map(str, content))})"
    caption = f"[{_inline(figure.caption)}]" if figure.caption else "none"
    return f'#picture({figure.width:.0%}, {quoted(figure.alt)}, {caption}, "{format}", bytes({data}))'


def _string(text: str) -> str:
    """Text as a Typst string with every character in it, line breaks as well."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _cell(inline: Inline) -> str:
    """A cell; its matrices are as large as in a display."""
    pieces = (f"$display({typst_math(p.box)})$" if isinstance(p, Math) else _piece(p) for p in inline)
    return "".join(pieces)


def _inline(inline: Inline) -> str:
    return "".join(map(_piece, inline))


def _piece(piece: Piece) -> str:
    match piece:
        case Link(text, address):
            return f"#link({quoted(address)}, {quoted(text)});"
        case Mark(kind):
            look = MARKS[kind]
            return f'#mark({quoted(look.sign)}, {quoted(look.word)}, rgb("{look.colour}"));'
        case Math(box):
            return f"${typst_math(box)}$"
        case Strong(text):
            return f"#strong({quoted(text)});"
        case Code(text):
            return f"#raw({quoted(text)});"
        case _:
            return f"#{quoted(piece)};"
