"""A run as something to read: its course, its scores, its mistakes, with pictures where they can be drawn."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy
from numpy.typing import NDArray

from chalkgrad.errors import UsageError, counted
from chalkgrad.render.document import Block, BulletList, Document, Fold, Heading, Paragraph, Remark, Table, prose, words
from chalkgrad.training.metrics import (
    ClassRow,
    class_rows,
    confusion_counts,
    regression_rows,
    worst_mistakes_first,
)
from chalkgrad.training.pictures.boundary import decision_boundary
from chalkgrad.training.pictures.classes import confusion_matrix
from chalkgrad.training.pictures.curves import curves
from chalkgrad.training.pictures.files import in_document
from chalkgrad.training.pictures.images import weight_images, worst_mistakes
from chalkgrad.training.pictures.style import matplotlib_part

if TYPE_CHECKING:
    from chalkgrad.training.run import Run

__all__ = ["curves_of", "run_data", "run_document", "summary"]

Array = NDArray[Any]

_MOST_ROWS = 60
_MOST_MISTAKES = 24
_WORDS_OF_END = {
    "epochs": "All epochs were trained.",
    "early": "Training stopped early: there was no gain any more.",
    "interrupted": "Training was interrupted.",
    "diverged": "Training diverged: the numbers ran away.",
}


# --- as data ----------------------------------------------------------------------------------------------------------


def run_data(run: Run) -> dict[str, Any]:
    """A run as plain data: what `chalkgrad train FILE --json` prints. NaN and infinities are null."""
    watch = run.watch
    data: dict[str, Any] = {
        "title": run.problem.title,
        "epochs": [_finite(record) for record in run.history.records()],
        "test": _finite(run.test) if run.test is not None else None,
        "stopped": run.stopped,
        "best": {"epoch": watch.best_epoch, watch.monitor: _finite(watch.best)} if watch.best_epoch else None,
        "steps": run.steps,
        "environment": run.environment,
        "folder": None if run.folder is None else run.folder.as_posix(),
    }
    if run.divergence is not None:
        found = run.divergence
        data["divergence"] = {
            "quantity": found.quantity,
            "epoch": found.epoch,
            "step": found.step,
            "row": found.row,
            "value": found.value,
        }
    return data


def _finite(value: Any) -> Any:
    """A value that JSON can say."""
    if isinstance(value, dict):
        return {name: _finite(entry) for name, entry in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


# --- as something to read ---------------------------------------------------------------------------------------------


def run_document(run: Run, pictures: bool = True) -> Document:
    """The report of a run.

    Args:
        run: the run.
        pictures: whether to draw; without Matplotlib there are tables alone, and a remark says so.
    """
    writer = _Report(run, pictures)
    return Document(f"{run.problem.title}: a training run", tuple(writer.blocks()))


def summary(run: Run) -> Document:
    """The few lines that are shown when training ends."""
    writer = _Report(run, pictures=False)
    return Document(run.problem.title, (*writer.outcome(), *writer.scores()))


@dataclass(frozen=True, eq=False)
class _Scored:
    """The part of the samples that the report looks at."""

    name: str
    rows: Array
    outputs: Array


class _Report:
    def __init__(self, run: Run, pictures: bool) -> None:
        self.run, self.data, self.pictures = run, run.data, pictures

    def blocks(self) -> Iterator[Block]:
        """The whole report."""
        if self.pictures and not _can_draw():
            self.pictures = False
            yield Remark(prose("Pictures need Matplotlib: `pip install 'chalkgrad[plot]'`."))
        yield from self.outcome()
        yield from self.scores()
        if self.run.history:
            yield Heading(words("The course"), 2)
            yield from self._picture(lambda: curves_of(self.run), "Loss and accuracy after each epoch")
            yield Fold(words("Epoch by epoch"), (self._history(),))
        if self.run.parameters and self.run.stopped != "diverged":
            yield from self._classes() if self.data.decision is not None else self._errors()
            yield from self._weights()
        yield from self._environment()

    # --- how it ended ---

    def outcome(self) -> Iterator[Block]:
        """How the run ended, and what it was."""
        run, epochs = self.run, len(self.run.history.get("epoch", ()))
        count = sum(int(value.size) for value in run.parameters.values())
        parts = self.data.parts
        sizes = [f"{counted(len(rows), 'sample')} for {use}" for rows, use in _uses(parts) if len(rows)]
        yield Paragraph(words(f"{counted(count, 'parameter')}, trained on {_listed(sizes)}."))
        yield Paragraph(words(f"Trained by {run.environment['engine']}: {run.environment['chosen']}."))
        how = _WORDS_OF_END[run.stopped]
        yield Paragraph(words(f"{how} {epochs:,} of {int(run.problem.keys.epochs):,} epochs, {run.steps:,} steps."))
        if run.divergence is not None:
            hint = "A smaller learning rate, scaled inputs or `clip: {norm: 1}` may help."
            yield Remark(prose(f"{run.divergence}. The last good parameters are kept. {hint}"), "failed")
        if run.watch.best_epoch and run.best is not None:
            taken = "; its parameters are taken" if run.parameters is run.best else ""
            value = _number(run.watch.best)
            yield Paragraph(words(f"Epoch {run.watch.best_epoch} was the best by {run.watch.monitor}, {value}{taken}."))

    def scores(self) -> Iterator[Block]:
        """Loss and accuracy in each part, with the parameters that the run goes on with."""
        run, rows = self.run, []
        if run.stopped == "diverged":
            return
        for part, name in _parts(self.data.parts):
            is_test = name == "test" and run.test is not None
            found = run.test if is_test and run.test is not None else run.evaluate_rows(part) if len(part) else {}
            if found:
                share = f"{found['accuracy']:.2%}" if "accuracy" in found else ""
                rows.append((words(name), words(f"{len(part):,}"), words(_number(found["loss"])), words(share)))
        header = (words("part"), words("samples"), words("loss"), words("accuracy"))
        keep = 4 if self.data.decision is not None else 3
        yield Table(header[:keep], tuple(row[:keep] for row in rows), "lrrr"[:keep])

    def _history(self) -> Table:
        records = self.run.history.records()
        names = list(records[0])
        step = max(1, -(-len(records) // _MOST_ROWS))
        shown = [record for record in records if record["epoch"] % step == 0 or record is records[-1]]
        rows = tuple(tuple(words(_cell(name, record[name])) for name in names) for record in shown)
        more = words(f"every {step} epochs") if step > 1 else ()
        return Table(tuple(words(name.replace("_", " ")) for name in names), rows, "r" * len(names), more)

    # --- what it says ---

    @cached_property
    def _scored(self) -> _Scored:
        """The test part, or the best that there is instead."""
        for rows, name in reversed(_parts(self.data.parts)):
            if len(rows):
                return _Scored(name, rows, self.run.engine.predict(self.data.x[rows]))
        raise AssertionError("a run has samples to train on")

    def _classes(self) -> Iterator[Block]:
        scored, names = self._scored, self.data.class_names
        assert self.data.labels is not None
        truths, guesses = self.data.labels[scored.rows], self.data.classes_of(scored.outputs)
        counts = confusion_counts(truths, guesses, len(names))
        yield Heading(words(f"Classes, over the {scored.name} part"), 2)
        yield from self._picture(lambda: confusion_matrix(counts, names), "How often each class was taken for each")
        yield _class_table(class_rows(counts, names))
        yield from self._mistakes(scored, truths, guesses)
        yield from self._boundary(truths)

    def _mistakes(self, scored: _Scored, truths: Array, guesses: Array) -> Iterator[Block]:
        wrong = int((truths != guesses).sum())
        if not wrong:
            yield Paragraph(words(f"No mistake among {len(truths):,} samples."))
            return
        names = self.data.class_names
        shares = _as_shares(scored.outputs, self.data.threshold)
        yield Heading(words("The worst mistakes"), 3)
        if self.data.image_shape is not None and self.pictures:
            images = self.data.raw_rows(scored.rows).reshape(-1, *self.data.image_shape)
            yield from self._picture(
                lambda: worst_mistakes(
                    images, truths, guesses, shares, names, _MOST_MISTAKES, sample_numbers=scored.rows
                ),
                "The images that were taken for something else with the least doubt",
            )
            return
        worst = worst_mistakes_first(truths, guesses, shares, _MOST_MISTAKES)
        rows = tuple(
            tuple(words(text) for text in (str(scored.rows[k]), names[truths[k]], names[guesses[k]])) for k in worst
        )
        yield Table(
            (words("sample"), words("is"), words("taken for")),
            rows,
            "rll",
            words(f"{counted(wrong, 'mistake')} in all"),
        )

    def _errors(self) -> Iterator[Block]:
        scored = self._scored
        if self.data.y is None or self.data.y.shape[1] != scored.outputs.shape[1]:
            return
        names = _output_names(self.run, scored.outputs.shape[1])
        found = regression_rows(self.data.y[scored.rows], scored.outputs, names)
        yield Heading(words(f"Errors, over the {scored.name} part"), 2)
        header = (words("output"), words("mean absolute error"), words("root mean squared error"), words("R²"))
        rows = tuple(
            (words(row.name), words(_number(row.mae)), words(_number(row.rmse)), words(_number(row.r2)))
            for row in found
        )
        yield Table(header, rows, "lrrr")
        if scored.outputs.shape[1] == 1:
            yield from self._boundary(self.data.y[scored.rows, 0])

    def _boundary(self, truths: Array) -> Iterator[Block]:
        if self.data.x.shape[1] != 2:
            return
        x = self.data.raw_rows(self._scored.rows)
        names, classes = self.data.feature_names, self.data.class_names if self.data.decision is not None else ()
        yield from self._picture(
            lambda: decision_boundary(self.run.predict, x, truths, names, classes, self.data.threshold),
            "What the network says of every pair of inputs",
        )

    def _weights(self) -> Iterator[Block]:
        first = self.run.first_weights()
        shape = self.data.image_shape
        if shape is None or first is None or first[1].shape[0] != math.prod(shape):
            return
        name, weights, units = first
        yield Heading(words(f"The weights of the first layer, {name}"), 2)
        yield from self._picture(
            lambda: weight_images(weights, shape, unit_names=units),
            "Each unit's weights, laid out as the image that they look at",
        )

    def _environment(self) -> Iterator[Block]:
        found = self.run.environment
        versions = ", ".join(f"{name} {version}" for name, version in found.get("versions", {}).items())
        threads = counted(found["threads"], "thread")
        items = [
            f"engine {found['engine']} on {self.run.engine.devices}, {found['dtype']}, {threads}: {found['chosen']}",
            f"seed {found['seed']}",
            f"{versions}; {found['python']} on {found['platform']}",
            f"data {found['data']}",
        ]
        yield Heading(words("What it ran on"), 2)
        yield BulletList(tuple(words(item) for item in items))

    def _picture(self, draw: Callable[[], Any], alt: str) -> Iterator[Block]:
        if self.pictures:
            yield in_document(draw(), alt)


def _can_draw() -> bool:
    try:
        matplotlib_part()
    except UsageError:
        return False
    return True


def curves_of(run: Run) -> Any:
    """The curves of a run as a figure of Matplotlib.

    Raises:
        UsageError: `missing-extra`, without Matplotlib.
    """
    return curves(run.history, run.problem.title)


def _uses(parts: Any) -> list[tuple[Array, str]]:
    return [(parts.train, "training"), (parts.validation, "validation"), (parts.test, "the test")]


def _parts(parts: Any) -> list[tuple[Array, str]]:
    return [(parts.train, "training"), (parts.validation, "validation"), (parts.test, "test")]


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def _number(value: float) -> str:
    return f"{value:.4g}" if abs(value) < 1e4 else f"{value:,.0f}" if abs(value) < 1e9 else f"{value:.3e}"


def _cell(name: str, value: Any) -> str:
    if name == "epoch":
        return str(value)
    return f"{value:.2%}" if name.endswith("accuracy") else _number(value)


def _class_table(rows: list[ClassRow]) -> Table:
    header = tuple(words(name) for name in ("class", "precision", "recall", "F1", "samples"))
    shown = tuple(
        (
            words(row.name),
            words(f"{row.precision:.3f}"),
            words(f"{row.recall:.3f}"),
            words(f"{row.f1:.3f}"),
            words(f"{row.support:,}"),
        )
        for row in rows
    )
    return Table(header, shown, "lrrrr")


def _as_shares(outputs: Array, threshold: float) -> Array:
    """Outputs on a scale from 0 to 1, so that mistakes can be ordered: as they are where they are probabilities."""
    if outputs.shape[1] == 1:
        column = outputs[:, 0].astype(numpy.float64)
        if column.min() >= 0 and column.max() <= 1:
            return numpy.asarray(column)
        return numpy.asarray(1 / (1 + numpy.exp(-(column - threshold))))
    if outputs.min() >= 0 and numpy.allclose(outputs.sum(axis=1), 1, atol=1e-3):
        return outputs
    raised = numpy.exp(outputs - outputs.max(axis=1, keepdims=True))
    return numpy.asarray(raised / raised.sum(axis=1, keepdims=True))


def _output_names(run: Run, count: int) -> tuple[str, ...]:
    graph = run.problem.graph(1)
    names = graph.unit_names.get(graph.output, ())
    return names if len(names) == count else tuple(f"output {k + 1}" for k in range(count))
