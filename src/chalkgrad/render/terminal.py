"""Documents in a terminal: mathematics as two-dimensional text, colours only where the terminal has them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalkgrad.render.boxes import Sign, row
from chalkgrad.render.characters import cell_width, clean
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
    Remark,
    Strong,
    Table,
)
from chalkgrad.render.layout import Line, lay_out
from chalkgrad.render.marks import MARKS
from chalkgrad.render.textblock import TextBlock, beside, padded
from chalkgrad.render.textmath import box_text, text_block

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

__all__ = ["box_text", "to_terminal", "to_text"]

_ENDLESS = 1_000_000  # columns, wider than any table
_STEP = 2  # columns of one step of indentation
_FORMULA_INDENT = 4
_LABEL = 6  # columns for the number of a line and the space behind it
_BAR_TEXT = 10
_HEADING_STYLES = {1: "bold cyan", 2: "bold cyan", 3: "bold", 4: "bold dim"}
_UNDERLINES = {1: "═", 2: "─"}
_REMARKS = {
    "note": ("i", "Note", "blue"),
    "warning": ("!", "Warning", "yellow"),
    "passed": ("✓", "Passed", "green"),
    "failed": ("✗", "Failed", "red"),
}


@dataclass(frozen=True, slots=True)
class _Run:
    """Characters of one style; `kept` together as far as the width allows."""

    text: str
    style: str = ""
    kept: bool = False


def to_terminal(document: Document, console: Console) -> None:
    """Print a document to a rich console, no wider than the console is.

    Colours follow the console: none where `NO_COLOR` is set or the output is no terminal.
    """
    blocks = document.blocks
    if not any(isinstance(block, Heading) and block.level == 1 for block in blocks):
        blocks = (Heading((document.title,), 1), *blocks)
    _Printer(console).print_blocks(blocks, 0)


def to_text(document: Document, width: int = 88) -> str:
    """The document as plain text without colours, in lines of at most `width` columns where they can be broken."""
    from rich.console import Console

    page = io.StringIO()
    to_terminal(
        document, Console(file=page, width=width, color_system=None, force_terminal=False, legacy_windows=False)
    )
    return "\n".join(line.rstrip() for line in page.getvalue().splitlines()).strip("\n") + "\n"


class _Printer:
    """Prints blocks with an empty line between them."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def print_blocks(self, blocks: Iterable[Block], indent: int) -> None:
        before: Block | None = None
        for block in blocks:
            close = isinstance(before, Marked) and isinstance(block, Marked) and not before.blocks
            if before is not None and not close:
                self.print_line([])
            self.print_block(block, indent)
            before = block

    def print_block(self, block: Block, indent: int) -> None:
        match block:
            case Heading(text, level):
                self._heading(text, level, indent)
            case Paragraph(text):
                self.print_runs(_runs(text), indent)
            case Formula():
                self._formula(block, indent)
            case Table():
                self._table(block, indent)
            case BulletList(items):
                for item in items:
                    self.print_runs(_runs(item), indent + 2, first="• ")
            case CodeBlock(text):
                for line in text.splitlines():
                    self.print_line([_Run(" " * (indent + 2)), _Run(_clean_code(line), "green")])
            case Remark(text, kind):
                self._remark(text, kind, indent)
            case Figure(alt, caption):
                told = [_Run(f" ({clean(alt)})" if caption else clean(alt), "dim")] if alt else []
                self.print_runs([_Run("Figure: ", "bold"), *_runs(caption), *told], indent + 2, first="▣ ")
            case Fold(title, blocks):
                self.print_runs(_runs(title, "bold"), indent + 2, first="▾ ")
                self.print_line([])
                self.print_blocks(blocks, indent + 2)
            case Marked():
                self._marked(block, indent)
            case Bars():
                self._bars(block, indent)
            case _:
                raise TypeError(f"{type(block).__name__} cannot be printed")

    def print_line(self, runs: Iterable[_Run]) -> None:
        """Print one line as it is; styles are the console's affair, and no markup is read in it."""
        self.console.print(_text(runs), no_wrap=True, overflow="ignore", crop=False, highlight=False)

    def print_runs(self, runs: Iterable[_Run], indent: int, first: str = "", style: str = "") -> None:
        """Print runs as lines that fit; `first` stands before the first line, in the indentation."""
        lead = " " * (indent - cell_width(first)) + first
        for line in _wrapped(runs, max(8, self.console.width - indent)):
            self.print_line([_Run(lead, style), *line])
            lead = " " * indent

    def _heading(self, text: Inline, level: int, indent: int) -> None:
        runs = _runs(text, _HEADING_STYLES.get(level, "bold"))
        self.print_runs(runs, indent)
        if level in _UNDERLINES:
            width = min(sum(cell_width(run.text) for run in runs), self.console.width - indent)
            self.print_line([_Run(" " * indent + _UNDERLINES[level] * width, "cyan")])

    def _remark(self, text: Inline, kind: str, indent: int) -> None:
        sign, word, colour = _REMARKS.get(kind, _REMARKS["note"])
        runs = [_Run(f"{word}: ", f"bold {colour}"), *_runs(text)]
        self.print_runs(runs, indent + 2, first=f"{sign} ", style=f"bold {colour}")

    def _marked(self, line: Marked, indent: int) -> None:
        runs = [_Run(clean(line.text), "" if line.mark else "dim")]
        runs += [_Run("  "), *_runs((line.mark,))] if line.mark else []
        self.print_runs(runs, indent + _LABEL, first=f"{clean(line.label):>{_LABEL - 2}}  ", style="dim")
        if line.blocks:
            self.print_blocks(line.blocks, indent + _LABEL)

    def _bars(self, bars: Bars, indent: int) -> None:
        labels = [_runs(bar.label) for bar in bars.bars]
        widths = [sum(cell_width(run.text) for run in runs) for runs in labels]
        room = max(8, self.console.width - indent - max(widths, default=0) - _BAR_TEXT)
        for bar, runs, width in zip(bars.bars, labels, widths, strict=True):
            gap = " " * (max(widths) - width + 2)
            length = max(1, round(bars.share(bar) * room)) if bar.value else 0
            self.print_line(
                [_Run(" " * indent), *runs, _Run(gap), _Run("█" * length, "cyan"), _Run(f" {clean(bar.text)}")]
            )

    def _formula(self, formula: Formula, indent: int) -> None:
        indent += _FORMULA_INDENT if self.console.width - indent > 40 else 0
        width = max(8, self.console.width - indent)
        lines = lay_out(formula, width, lambda box: text_block(box).width, _STEP)
        written = [text for block in _aligned(lines) for text in block.lines]
        note = _runs(formula.note, "italic dim")
        note_width = sum(cell_width(run.text) for run in note)
        beside_it = len(lines) == 1 and len(written) == 1 and cell_width(written[0]) + 4 + note_width <= width
        for line in written:
            self.print_line([_Run(" " * indent + line), *([_Run("    "), *note] if beside_it and note else [])])
        if note and not beside_it:
            self.print_runs(note, indent + _STEP)

    def _table(self, table: Table, indent: int) -> None:
        from rich.padding import Padding

        if table.caption:
            self.print_runs(_runs(table.caption, "bold"), indent)
        made = _rich_table(table)
        endless = self.console.options.update(max_width=_ENDLESS)
        # Where the columns do not fit, they stand closer together before their words are broken.
        made.collapse_padding = self.console.measure(made, options=endless).maximum > self.console.width - indent
        self.console.print(Padding(made, (0, 0, 0, indent)), highlight=False)


def _rich_table(table: Table) -> RichTable:
    from rich import box
    from rich.table import Table as RichTable

    made = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold", show_edge=False)
    justify = {"l": "left", "r": "right", "c": "center"}
    for index, title in enumerate(table.header):
        align = table.align[index : index + 1] or "l"
        made.add_column(_text(_runs(title)), justify=justify[align], overflow="fold")  # type: ignore[arg-type]
    for cells in table.rows:
        made.add_row(*(_text(_runs(cell)) for cell in cells))
    return made


def _text(runs: Iterable[_Run]) -> Text:
    from rich.text import Text

    return Text.assemble(*((run.text, run.style) for run in runs), end="\n")


def _aligned(lines: list[Line]) -> list[TextBlock]:
    """The lines of a formula as blocks, their relations one below the other."""
    lefts = [text_block(line.left) if line.left is not None else TextBlock(("",)) for line in lines]
    widest = max(left.width for left in lefts)
    blocks = []
    for line, left in zip(lines, lefts, strict=True):
        lead = TextBlock(tuple(padded(text, widest, "r") for text in left.lines), left.baseline)
        # A line behind `=` begins with a space; a continued one with its own sign.
        relation = (Sign(line.relation, "relation"),) if line.relation else ()
        space = TextBlock((" " * (line.indent * _STEP + bool(widest and line.relation)),))
        blocks.append(beside([lead, space, text_block(row(*relation, line.box))]))
    tall = any(block.height > 1 for block in blocks)
    return list(_with_gaps(blocks)) if tall else blocks


def _with_gaps(blocks: list[TextBlock]) -> Iterator[TextBlock]:
    """The blocks with an empty line between them, so that brackets on several lines do not run together."""
    for index, block in enumerate(blocks):
        if index:
            yield TextBlock(("",))
        yield block


def _clean_code(line: str) -> str:
    return clean(line.expandtabs(4))


def _runs(inline: Inline, style: str = "") -> list[_Run]:
    """The pieces of a line of text, each with its style."""
    runs: list[_Run] = []
    for piece in inline:
        match piece:
            case str():
                runs.append(_Run(clean(piece), style))
            case Math(box):
                runs.append(_Run(box_text(box), style, kept=True))
            case Strong(text):
                runs.append(_Run(clean(text), f"bold {style}".strip()))
            case Code(text):
                runs.append(_Run(clean(text), f"green {style}".strip(), kept=True))
            case Link(text):
                runs.append(_Run(clean(text), f"underline {style}".strip()))
            case Mark(kind):
                look = MARKS[kind]
                runs.append(_Run(f"{look.sign} {look.word}", f"bold {look.terminal}", kept=True))
    return runs


def _wrapped(runs: Iterable[_Run], width: int) -> Iterator[list[_Run]]:
    """Break runs into lines at spaces; a kept run is broken only where it does not fit on a line of its own."""
    line: list[_Run] = []
    used = 0
    for word in _words(runs, width):
        needed = sum(cell_width(run.text) for run in word)
        blank = len(word) == 1 and word[0].text == " "
        if used + needed > width and line and not blank:
            yield _without_last_space(line)
            line, used = [], 0
        if line or not blank:
            line, used = line + word, used + needed
    yield _without_last_space(line)


def _without_last_space(line: list[_Run]) -> list[_Run]:
    return line[:-1] if line and line[-1].text == " " else line


def _words(runs: Iterable[_Run], width: int) -> Iterator[list[_Run]]:
    """Runs that belong to one word (`Math` and the comma behind it), and single spaces between them."""
    word: list[_Run] = []
    for run in runs:
        whole = run.kept and cell_width(run.text) <= width
        for index, text in enumerate([run.text] if whole else run.text.split(" ")):
            if index:
                yield from ([word] if word else [])
                yield [_Run(" ", run.style)]
                word = []
            if text:
                word.append(_Run(text, run.style))
    if word:
        yield word
