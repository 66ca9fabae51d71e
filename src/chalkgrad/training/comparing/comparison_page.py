"""A comparison as a document: the conclusion first, then the table, the curves, and how it was judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chalkgrad.render.document import Block, BulletList, Document, Heading, Inline, Paragraph, Strong, Table
from chalkgrad.training.comparing.comparison import Comparison
from chalkgrad.training.comparing.verdict import Print, printer
from chalkgrad.training.pictures.blocks import picture_block
from chalkgrad.training.pictures.comparing import comparison_bars, comparison_curves

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["comparison_document", "curves_of_best"]

_STANDING = {"best": "best", "overlaps": "overlaps", "worse": "worse", "": ""}
_CAPTION = (
    "Means over {} seeds; range: from the lowest to the highest run; sd: the standard deviation of the runs; last: "
    "whether the range lies apart from that of the best mean or overlaps with it."
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
        more = len(comparison.spreads) - _MOST_CURVES
        caption = f"The best {_MOST_CURVES} settings; {more} more are not drawn." if more > 0 else ""
        key = comparison.curve_key.replace("val_", "validation ")
        yield from picture_block(lambda: curves_of_best(comparison), f"The {key} after each epoch", caption)


def _blocks(comparison: Comparison, pictures: bool) -> Iterator[Block]:
    yield Paragraph((Strong(comparison.conclusion),))
    if comparison.effects:
        yield BulletList(tuple((effect,) for effect in comparison.effects))
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
    yield BulletList(tuple((note,) for note in comparison.notes))


def _table(comparison: Comparison) -> Table:
    rows = comparison.table()
    text = printer(comparison.spreads, as_share=comparison.measure.larger)
    with_loss = comparison.measure.name != "loss"
    with_spread = max(len(row["values"]) for row in rows) > 1
    head = [*comparison.over, str(comparison.measure)]
    head += ["range", "sd"] if with_spread else []
    head += ["loss"] if with_loss else []
    head += ["epochs", "seconds", ""]
    return Table(
        tuple((word,) for word in head),
        tuple(tuple(_cells(row, comparison.over, text, with_spread, with_loss)) for row in rows),
        "l" * len(comparison.over) + "r" * (len(head) - len(comparison.over) - 1) + "l",
        (_CAPTION.format(len(comparison.seeds)),) if with_spread else (),
    )


def _cells(
    row: Mapping[str, Any], keys: Mapping[str, Sequence[str]], text: Print, with_spread: bool, with_loss: bool
) -> Iterator[Inline]:
    for key in keys:
        yield (row["setting"][key],)
    yield (_number(row["mean"], text),)
    if with_spread:
        ends = [_number(row[end], text) for end in ("lowest", "highest")]
        yield (" to ".join(dict.fromkeys(ends)),)
        yield (_number(row["deviation"], _two_digits),)
    if with_loss:
        yield (_number(row["loss"], _four_digits),)
    yield (_number(row["epochs"], _whole_or_tenth),)
    yield (_number(row["seconds"], _two_digits),)
    standing = row["standing"]
    yield (_STANDING[standing] if standing in _STANDING else f"failed in {row['failed']} of {row['runs']}",)


def _number(value: float | None, text: Print) -> str:
    return "–" if value is None else text(value)


def _two_digits(value: float) -> str:
    return f"{value:.2g}" if value < 100 else f"{value:.0f}"


def _four_digits(value: float) -> str:
    return f"{value:.4g}"


def _whole_or_tenth(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:.1f}"


def _failures(rows: Sequence[Mapping[str, Any]]) -> Iterator[Inline]:
    for row in rows:
        for reason in row["reasons"]:
            yield (Strong(row["name"]), f": {reason}.")
