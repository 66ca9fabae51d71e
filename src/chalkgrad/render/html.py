"""A document as one page of HTML that stands alone: no script, no font, no picture from anywhere else."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from html import escape

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
from chalkgrad.render.html_style import STYLE
from chalkgrad.render.layout import lay_out
from chalkgrad.render.marks import MARKS
from chalkgrad.render.mathml import aligned_mathml, mathml

__all__ = ["framed", "to_html"]

_WIDTH = 41.0  # ems of a line of mathematics on the page
_MOST_COLUMNS = 7  # more of them stand closer together, so that they fit on the page
_FEWEST_SECTIONS = 3  # below this, a list of contents says nothing
_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})
_REMARKS = {
    "note": ("ℹ", "Note"),
    "warning": ("⚠", "Warning"),
    "passed": ("✓", "Passed"),
    "failed": ("✗", "Failed"),
}
# No script and nothing from elsewhere: the browser is told so, too.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def to_html(document: Document) -> str:
    """The document as a complete HTML page."""
    blocks = document.blocks
    if not any(isinstance(block, Heading) and block.level == 1 for block in blocks):
        blocks = (Heading((document.title,), 1), *blocks)
    body = _Page().body(blocks)
    language = document.language
    direction = "rtl" if language.split("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"
    return (
        f'<!DOCTYPE html>\n<html lang="{_escaped(language)}" dir="{direction}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{_escaped(document.title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


class _Page:
    """Writes the blocks of one page and numbers its sections."""

    def __init__(self) -> None:
        self.numbers = itertools.count(1)
        self.contents: list[tuple[int, str, Inline]] = []

    def body(self, blocks: Iterable[Block]) -> str:
        written = [(block, self._block(block)) for block in blocks]
        contents = _contents(self.contents)
        pieces: list[str] = []
        for block, text in written:
            pieces.append(text)
            if contents and isinstance(block, Heading) and block.level == 1:
                pieces.append(contents)
                contents = ""
        return "\n".join(pieces)

    def _block(self, block: Block) -> str:
        match block:
            case Heading(text, level):
                return self._heading(text, level)
            case Paragraph(text):
                return f'<p dir="auto">{_inline(text)}</p>'
            case Formula():
                return _formula(block)
            case Table():
                return _table(block)
            case BulletList(items):
                return "<ul>" + "".join(f'<li dir="auto">{_inline(item)}</li>' for item in items) + "</ul>"
            case CodeBlock(text):
                return f'<pre tabindex="0" dir="ltr"><code>{_code_lines(text)}</code></pre>'
            case Remark(text, kind):
                return _remark(text, kind)
            case Figure():
                return _figure(block)
            case Fold(title, blocks, opened):
                inside = "\n".join(map(self._block, blocks))
                state = " open" if opened else ""
                return f"<details{state}><summary>{_inline(title)}</summary>\n{inside}\n</details>"
            case Marked():
                return self._marked(block)
            case Bars():
                return _bars(block)
            case _:
                raise TypeError(f"{type(block).__name__} cannot be written as HTML")

    def _marked(self, line: Marked) -> str:
        kind = line.mark.kind if line.mark else "passed-over"
        mark = _piece(line.mark) if line.mark else ""
        inside = "\n".join(map(self._block, line.blocks))
        said = f'\n<div class="said">{inside}</div>' if inside else ""
        return (
            f'<div class="line {kind}"><span class="label">{_escaped(line.label)}</span>'
            f'<span class="own" dir="auto">{_own(line.text)}</span>{mark}{said}</div>'
        )

    def _heading(self, text: Inline, level: int) -> str:
        level = min(max(level, 1), 6)
        if level == 1:
            return f'<h1 dir="auto">{_inline(text)}</h1>'
        anchor = f"section-{next(self.numbers)}"
        self.contents.append((level, anchor, text))
        return f'<h{level} id="{anchor}" dir="auto">{_inline(text)}</h{level}>'


def framed(document: Document) -> str:
    """A document for a notebook: a page in a frame of its own, so that its styles and the notebook's do not meet."""
    page, title = (escape(text, quote=True) for text in (to_html(document), document.title))
    style = "width:100%;height:36em;border:0;resize:vertical;overflow:auto"
    return f'<iframe srcdoc="{page}" style="{style}" sandbox title="{title}"></iframe>'


def _contents(entries: list[tuple[int, str, Inline]]) -> str:
    """A list of links to the sections, or nothing where there are too few."""
    listed = [entry for entry in entries if entry[0] <= 3]
    if len(listed) < _FEWEST_SECTIONS:
        return ""
    items = (
        f'<li class="level-{level}"><a href="#{anchor}">{_inline(text)}</a></li>' for level, anchor, text in listed
    )
    return f'<nav aria-label="Contents"><ol>{"".join(items)}</ol></nav>'


def _formula(formula: Formula) -> str:
    math = aligned_mathml(lay_out(formula, _WIDTH))
    reason = f'<div class="reason" dir="auto">{_inline(formula.note)}</div>' if formula.note else ""
    return f'<div class="formula"><div class="scroll">{math}</div>{reason}</div>'


def _remark(text: Inline, kind: str) -> str:
    kind = kind if kind in _REMARKS else "note"
    sign, word = _REMARKS[kind]
    return (
        f'<p class="remark {kind}" dir="auto"><b><span aria-hidden="true">{sign}</span> {word}.</b> {_inline(text)}</p>'
    )


def _table(table: Table) -> str:
    caption = f'<caption dir="auto">{_inline(table.caption)}</caption>' if table.caption else ""
    header = "".join(_cells("th", table.header, table.align))
    rows = "\n".join(f"<tr>{''.join(_cells('td', cells, table.align))}</tr>" for cells in table.rows)
    wide = ' class="wide"' if len(table.header) > _MOST_COLUMNS else ""
    return (
        f'<div class="table scroll" tabindex="0"><table{wide}>{caption}<thead><tr>{header}</tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody></table></div>"
    )


def _figure(figure: Figure) -> str:
    # As `<img>`: a script inside an SVG does not run there, and nothing is loaded from it.
    image = f'<img style="width:{figure.width:.0%}" alt="{_escaped(figure.alt)}" src="{figure.data_uri()}">'
    caption = f'<figcaption dir="auto">{_inline(figure.caption)}</figcaption>' if figure.caption else ""
    return f"<figure>{image}{caption}</figure>"


def _own(text: str) -> str:
    """A line of somebody's own; formulas in a line from right to left stay in one piece."""
    if not is_right_to_left(text):
        return _escaped(text)
    parts = with_formulas_apart(text)
    return "".join(f'<bdi dir="ltr">{_escaped(part)}</bdi>' if apart else _escaped(part) for part, apart in parts)


def _bars(bars: Bars) -> str:
    rows = "".join(
        f'<tr><th scope="row" dir="auto">{_inline(bar.label)}</th>'
        f'<td><span class="bar" style="width:{bars.share(bar):.1%}"></span></td>'
        f'<td class="r">{_escaped(bar.text)}</td></tr>'
        for bar in bars.bars
    )
    return f'<table class="bars"><tbody>{rows}</tbody></table>'


def _cells(tag: str, cells: Iterable[Inline], align: str) -> Iterator[str]:
    scope = ' scope="col"' if tag == "th" else ""
    for index, cell in enumerate(cells):
        letter = align[index : index + 1]
        style = f' class="{letter}"' if letter in ("c", "r") else ""
        yield f'<{tag}{scope}{style} dir="auto">{_inline(cell)}</{tag}>'


def _code_lines(text: str) -> str:
    return "\n".join(_escaped(line.expandtabs(4)) for line in text.splitlines())


def _inline(inline: Inline) -> str:
    return "".join(map(_piece, inline))


def _piece(piece: Piece) -> str:
    match piece:
        case Link(text, address):
            return f'<a href="{_escaped(address)}" dir="auto">{_escaped(text)}</a>'
        case Mark(kind):
            look = MARKS[kind]
            return f'<b class="mark {kind}"><span aria-hidden="true">{look.sign}</span> {look.word}</b>'
        case Math(box):
            return mathml(box)
        case Strong(text):
            return f"<strong>{_escaped(text)}</strong>"
        case Code(text):
            return f"<code>{_escaped(text)}</code>"
        case _:
            return _escaped(piece)


def _escaped(text: str) -> str:
    return escape(clean(text))
