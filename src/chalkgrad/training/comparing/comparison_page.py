"""A comparison as a document: the conclusion first, then the table, the curves, and how it was judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from chalkgrad.render.document import Block, BulletList, Document, Heading, Inline, Paragraph, Strong, Table, prose
from chalkgrad.training.comparing.comparison import Comparison
from chalkgrad.training.comparing.verdict import Print, printer
from chalkgrad.training.pictures.blocks import picture_block
from chalkgrad.training.pictures.comparing import comparison_bars, comparison_curves

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["comparison_document", "curves_of_best"]

_Row = Mapping[str, Any]
_Column = tuple[str, str, Callable[[_Row], str]]  # its title, its alignment, and what a row has there

_CAPTION = (
    "Means over {} seeds; range: from the lowest to the highest run; sd: the standard deviation of the runs; "
    "standing: whether the range lies apart from that of the best mean or overlaps with it."
)

# More lines than that in one picture cannot be told apart.
_MOST_CURVES = 8
_MOST_BARS = 40


def comparison_document(comparison: Comparison, pictures: bool = True) -> Document:
    """The document of a comparison.

    Args:
        comparison: what it is about.
        pictures: whether to draw, where Matplotlib is there.
    """
    return Document(f"{comparison.title}: comparison", tuple(_blocks(comparison, pictures)))


def curves_of_best(comparison: Comparison) -> Figure:
    """The curves of the best settings, one a setting."""
    curves = comparison.curves
    names = [spread.name for spread in comparison.spreads][:_MOST_CURVES]
    with_epochs = {name: [history for history in curves[name] if history] for name in names}
    return comparison_curves({k: found for k, found in with_epochs.items() if found}, comparison.curve_key)


def _bars(comparison: Comparison) -> Figure:
    values = {spread.name: [*spread.values, *[None] * spread.failed] for spread in comparison.spreads[:_MOST_BARS]}
    return comparison_bars(values, str(comparison.measure), comparison.measure.larger)


def _pictures(comparison: Comparison) -> Iterator[Block]:
    if len(comparison.spreads) > 1 and comparison.is_comparable:
        yield from picture_block(lambda: _bars(comparison), f"The {comparison.measure} of each run of each setting")
    if any(row.outcome.epochs > 1 for row in comparison.rows):
        count = len(comparison.spreads)
        caption = f"Only the best {_MOST_CURVES} of {count} settings are drawn." if count > _MOST_CURVES else ""
        key = comparison.curve_key.replace("val_", "validation ")
        yield from picture_block(lambda: curves_of_best(comparison), f"The {key} after each epoch", caption)


def _blocks(comparison: Comparison, pictures: bool) -> Iterator[Block]:
    yield Paragraph((Strong(comparison.conclusion),))
    if comparison.effects:
        yield BulletList(tuple(prose(effect) for effect in comparison.effects))
    if not comparison.is_done:
        runs = len(comparison.settings) * len(comparison.seeds)
        yield Paragraph((f"Interrupted: {len(comparison.rows)} of {runs} runs are done.",))
    if comparison.table():
        yield _table(comparison)
    if pictures:
        yield from _pictures(comparison)
    failures = list(_failures(comparison.table()))
    if failures:
        yield Heading(("What failed",), 3)
        yield BulletList(tuple(failures))
    yield Heading(("How it was judged",), 3)
    yield BulletList(tuple(prose(note) for note in comparison.notes))


def _table(comparison: Comparison) -> Table:
    rows = comparison.table()
    with_spread = max(len(row["values"]) for row in rows) > 1
    columns = list(_columns(comparison, rows, with_spread))
    return Table(
        tuple((title,) for title, _, _ in columns),
        tuple(tuple((cell(row),) for _, _, cell in columns) for row in rows),
        "".join(align for _, align, _ in columns),
        (_CAPTION.format(len(comparison.seeds)),) if with_spread else (),
    )


def _columns(comparison: Comparison, rows: Sequence[_Row], with_spread: bool) -> Iterator[_Column]:
    """What matters most first: a table that is wider than the page hides what comes last."""
    text = printer(comparison.spreads, as_share=comparison.measure.larger)
    for key in comparison.over:
        yield key, "l", partial(_value, key)
    yield str(comparison.measure), "r", lambda row: _number(row["mean"], text)
    if with_spread:
        yield "range", "r", lambda row: _range(row, text)
    if any(row["standing"] for row in rows):
        yield "standing", "l", _standing
    if with_spread:
        yield "sd", "r", lambda row: _number(row["deviation"], _two_digits)
    if comparison.measure.name != "loss":
        yield "loss", "r", lambda row: _number(row["loss"], _four_digits)
    yield "epochs", "r", lambda row: _number(row["epochs"], _whole_or_tenth)
    yield "seconds", "r", lambda row: _number(row["seconds"], _two_digits)


def _value(key: str, row: _Row) -> str:
    return str(row["setting"][key])


def _standing(row: _Row) -> str:
    return f"failed in {row['failed']} of {row['runs']}" if row["standing"] == "failed" else str(row["standing"])


def _range(row: _Row, text: Print) -> str:
    """From the lowest to the highest run, in as little room as there is; a dash before a minus could not be read."""
    ends = dict.fromkeys(_number(row[end], text) for end in ("lowest", "highest"))
    return ("–" if row["lowest"] is None or row["lowest"] >= 0 else " to ").join(ends)


def _number(value: float | None, text: Print) -> str:
    return "–" if value is None else text(value)


def _two_digits(value: float) -> str:
    return f"{value:.2g}" if value < 100 else f"{value:.0f}"


def _four_digits(value: float) -> str:
    return f"{value:.4g}"


def _whole_or_tenth(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:.1f}"


def _failures(rows: Sequence[_Row]) -> Iterator[Inline]:
    for row in rows:
        for reason in row["reasons"]:
            yield (Strong(row["name"]), *prose(f": {reason}."))
