"""A cross-validation as a document."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from chalkgrad.render.document import Block, BulletList, Document, Heading, Inline, Paragraph, Strong, Table, prose
from chalkgrad.training.comparing.folding import Fold, Folds
from chalkgrad.training.comparing.verdict import Spread, printer
from chalkgrad.training.pictures.blocks import picture_block

__all__ = ["folds_document"]


def folds_document(folds: Folds, pictures: bool = True) -> Document:
    """The document of a cross-validation.

    Args:
        folds: what it is about.
        pictures: whether to draw, where Matplotlib is there.
    """
    return Document(f"{folds.title}: {folds.count} folds", tuple(_blocks(folds, pictures)))


def _blocks(folds: Folds, pictures: bool) -> Iterator[Block]:
    names = ["accuracy", "loss"] if folds.has_accuracy else ["loss"]
    yield Paragraph((Strong(" ".join(_sentence(folds.spread(name)) for name in names)),))
    if not folds.is_done:
        yield Paragraph((f"Interrupted: {len(folds.folds)} of {folds.count} folds are done.",))
    if folds.folds:
        yield _table(folds, names)
    if pictures and any(fold.outcome.epochs > 1 for fold in folds.folds):
        for name in names:
            yield from picture_block(partial(folds.plot, name), f"The {name} after each epoch, over the folds")
    failed = [fold for fold in folds.folds if not fold.outcome.is_good]
    if failed:
        yield Heading(("What failed",), 3)
        yield BulletList(tuple(prose(f"Fold {fold.number}: {fold.outcome.reason}.") for fold in failed))
    yield Heading(("How it was done",), 3)
    yield BulletList(tuple(prose(note) for note in _notes(folds)))


def _sentence(spread: Spread) -> str:
    """The mean and the spread, in a sentence."""
    if not spread.values:
        return f"No fold has a finite {spread.name}."
    text = printer([spread], as_share=spread.name == "accuracy")
    deviation = f", standard deviation {spread.deviation:.2g}" if spread.deviation is not None else ""
    failed = f" ({spread.failed} of {spread.failed + len(spread.values)} folds failed)" if spread.failed else ""
    return f"Mean {spread.name} {text(spread.mean)} ({spread.range(text)}{deviation}){failed}."


def _table(folds: Folds, names: list[str]) -> Table:
    head = ["fold", "trained on", "watched", "held out", *names, "epochs", "seconds"]
    rows = tuple(tuple(_cells(fold, names)) for fold in folds.folds)
    return Table(tuple((word,) for word in head), rows, "r" * len(head), ("Scores are of the samples held out.",))


def _cells(fold: Fold, names: list[str]) -> Iterator[Inline]:
    sizes = (len(fold.parts.train), len(fold.parts.validation), len(fold.parts.test))
    yield (str(fold.number),)
    yield from ((f"{size:,}",) for size in sizes)
    scores = fold.outcome.scores.get("test", {})
    for name in names:
        digits = ".3f" if name == "accuracy" else ".4g"
        yield (f"{scores[name]:{digits}}" if name in scores else "–",)
    yield (str(fold.outcome.epochs),)
    yield (f"{fold.outcome.seconds:.2g}" if fold.outcome.seconds < 100 else f"{fold.outcome.seconds:.0f}",)


def _notes(folds: Folds) -> Iterator[str]:
    share = " with the same shares of the classes" if folds.is_stratified else ""
    yield f"The samples outside the test part were cut into {folds.count} folds{share}; each was held out once."
    yield "Weights start from the same seed in every fold; the scale is taken from the training rows of the fold alone."
    if any(len(fold.parts.validation) for fold in folds.folds):
        yield "What was watched while training was cut from the training rows; the fold held out was looked at once."
    yield "Training sets of folds share samples, so their results vary less than those of new samples would."
