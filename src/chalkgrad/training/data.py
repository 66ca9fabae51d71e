"""The samples as training needs them: scaled, targets as the loss takes them, and what counts as a right answer."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy
from numpy.typing import NDArray

from chalkgrad.errors import Fault, ProblemError
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem
from chalkgrad.reading.scaling import Scaler
from chalkgrad.reading.splitting import Parts
from chalkgrad.training.scaled_rows import ScaledRows, is_on_disk

__all__ = ["TrainingData", "prepare_data", "refuse_without_data", "training_parts"]

Array = NDArray[Any]
Decision = Literal["largest", "threshold"]


@dataclass(frozen=True, eq=False)
class TrainingData:
    """Samples, ready to be trained on.

    Args:
        x: inputs, scaled, samples by features, in the type in which everything is worked out; those that are bytes or
            lie on disk are scaled as they are looked at.
        y: targets as the loss takes them, samples by outputs, in that type; None where the loss takes none.
        labels: the class of each sample, from 0; None where there are no classes.
        parts: the rows that train, that are watched and that are kept for the end.
        scaler: what was done to the inputs.
        class_names: a name for each class.
        feature_names: a name for each input; may be empty.
        image_shape: where samples are pictures, their rows, columns and channels.
        loss_is_mean: whether the loss of a batch is a mean over its samples, and not a sum.
        decision: how an output says a class: by the `largest`, by a `threshold`, or None.
        threshold: from which output on it is class 1.
        target_name: what the source calls the target; may be empty.
        class_values: the number that stands for each class, where the targets are one column of numbers.
    """

    x: Array | ScaledRows
    y: Array | None
    labels: Array | None
    parts: Parts
    scaler: Scaler
    class_names: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()
    image_shape: tuple[int, ...] | None = None
    loss_is_mean: bool = True
    decision: Decision | None = None
    threshold: float = 0.5
    target_name: str = ""
    class_values: tuple[float, ...] = ()

    @property
    def guess_type(self) -> Any:
        """The type of a guess: the number of a class, or the output that is compared with the threshold."""
        return numpy.int64 if self.decision == "largest" else self.x.dtype

    def guess(self, output: Array, into: Array) -> None:
        """Note what a batch of outputs says, quickly: it is asked in every step.

        Args:
            output: one row a sample.
            into: one entry a sample, of `guess_type`.
        """
        if self.decision == "largest":
            output.argmax(1, into)
        elif self.decision == "threshold":
            into[...] = output[:, 0]

    def classes_of(self, output: Array) -> Array:
        """The class that each row of outputs says."""
        if self.decision == "largest":
            return numpy.asarray(output.argmax(axis=1))
        return (output[:, 0] >= self.threshold).astype(numpy.int64)

    def count_hits(self, guesses: Array, rows: Array) -> int:
        """How many guesses are right."""
        if self.decision is None or self.labels is None:
            return 0
        said = guesses if self.decision == "largest" else guesses >= self.threshold
        return int(numpy.count_nonzero(said == self.labels[rows]))

    @cached_property
    def bytes(self) -> int:
        """How much memory the samples take."""
        return self.x.nbytes + (0 if self.y is None else self.y.nbytes)

    def raw_rows(self, rows: Array) -> Array:
        """Inputs in the units of the data, as far as the scale can be taken back."""
        factor = numpy.where(self.scaler.factor == 0, 1.0, self.scaler.factor)
        return numpy.asarray(self.x[rows] / factor + self.scaler.shift)

    def with_parts(self, parts: Parts) -> TrainingData:
        """The same samples, divided otherwise."""
        return replace(self, parts=parts)

    def without_samples(self) -> TrainingData:
        """What was learned of the samples, such as their scale and their classes, without them."""
        none = numpy.arange(0)
        x = numpy.empty((0, self.x.shape[1]), self.x.dtype)
        return replace(self, x=x, y=None, labels=None, parts=Parts(none, none, none))


def prepare_data(problem: Problem, dtype: Any = numpy.float32, parts: Parts | None = None) -> TrainingData:
    """The samples of a problem for training.

    Args:
        problem: with its data, its scale and its split.
        dtype: `float32` or `float64`.
        parts: which rows train and which do not; by default as the problem splits them. The scale is fitted on those
            that train alone.

    Raises:
        ProblemError: `no-data`, `target-missing`, and what is wrong with the data.
    """
    dataset, kind = _dataset(problem), numpy.dtype(dtype)
    parts = parts or training_parts(problem)
    scaler = Scaler.fit(dataset.x, parts.train, problem.keys.scale)
    x = _inputs(dataset.x, scaler, kind, problem.keys.scale)
    labels = problem.classes if problem.keys.data is not None else None
    outputs = _output_count(problem)
    decision = _decision(problem, dataset, labels, outputs)
    return TrainingData(
        x,
        targets_of(problem, dataset, labels, kind),
        labels if decision is not None else None,
        parts,
        scaler,
        class_names_of(dataset, labels) if decision is not None else (),
        dataset.feature_names,
        dataset.image_shape,
        loss_is_mean(problem),
        decision,
        threshold_of(problem),
        dataset.target_name,
        class_values_of(dataset) if decision is not None else (),
    )


def refuse_without_data(problem: Problem) -> None:
    """Refuse a problem that has no samples under `data`.

    Raises:
        ProblemError: `no-data`.
    """
    if problem.keys.data is None:
        hint = "give it under `data`, such as {csv: table.csv, target: price} or {set: digits}"
        raise ProblemError(Fault("no-data", "there is nothing to train on", hint=hint))


def training_parts(problem: Problem) -> Parts:
    """The parts of a problem; without data there is one sample, and it trains.

    Raises:
        ProblemError: what `Problem.parts` raises.
    """
    if problem.keys.data is not None:
        return problem.parts
    nothing = numpy.array([], dtype=numpy.int64)
    return Parts(numpy.array([0], dtype=numpy.int64), nothing, nothing)


def _dataset(problem: Problem) -> Dataset:
    if problem.keys.data is not None:
        return problem.dataset
    if not problem.graph(1).inputs:
        return Dataset(numpy.zeros((1, 0)), None, summary="no data: the formula has none")
    samples = problem.samples
    if samples is None:
        refuse_without_data(problem)
    assert samples is not None
    x = numpy.array(samples.inputs, dtype=numpy.float64)
    y = numpy.array(samples.targets, dtype=numpy.float64) if samples.targets[0] else None
    return Dataset(x, y, summary="one sample, given by its names")


def _inputs(x: Array, scaler: Scaler, dtype: Any, scale: str) -> Array | ScaledRows:
    """Inputs as they stand if they are ready; a copy of what is bytes or on disk may not fit into memory."""
    if is_on_disk(x) or x.dtype.kind == "u":
        return ScaledRows(x, scaler, dtype)
    is_ready = scale == "none" and x.dtype == dtype and bool(x.flags.c_contiguous)
    return x if is_ready else scaler.apply(x, dtype)


def _output_count(problem: Problem) -> int:
    output, graph = problem.output, problem.graph(1)
    return (output.shape[1 - graph.sample_axis].size or 1) if output.shape else 1


def targets_of(problem: Problem, dataset: Dataset, labels: Array | None, dtype: Any) -> Array | None:
    """Targets as the loss takes them, samples by outputs: one-hot for several outputs, −1 and 1 where signs are wanted.

    Raises:
        ProblemError: `target-missing`, if the loss compares the output with what the data do not have.
    """
    if not any(node.name == "y" for node in problem.graph(1).inputs):
        return None
    if dataset.y is None:
        message = "the data have no targets, and the loss compares the output with them"
        raise ProblemError(Fault("target-missing", message, problem.file.place("data") if problem.keys.data else None))
    outputs = next(n for n in problem.graph(1).inputs if n.name == "y").shape[1 - problem.graph(1).sample_axis].size
    if dataset.y.ndim == 2 and dataset.y.shape[1] == outputs:
        return numpy.ascontiguousarray(dataset.y, dtype=dtype)
    assert labels is not None
    if outputs == 1:
        signs = problem.keys.named_loss is not None and problem.keys.named_loss.targets == "signs"
        column = numpy.where(labels > 0, 1, -1) if signs else labels
        return numpy.asarray(column, dtype=dtype).reshape(-1, 1)
    made = numpy.zeros((len(labels), outputs or 1), dtype=dtype)
    made[numpy.arange(len(labels)), labels] = 1
    return made


def class_names_of(dataset: Dataset, labels: Array | None) -> tuple[str, ...]:
    """A name for each class: as the data have it, else its number."""
    if labels is None:
        return ()
    values = tuple(f"{value:.15g}" for value in class_values_of(dataset))
    return dataset.class_names or values or tuple(str(k) for k in range(int(labels.max(initial=0)) + 1))


def class_values_of(dataset: Dataset) -> tuple[float, ...]:
    """The number that stands for each class, where the targets are one column of numbers and have no other names."""
    y = dataset.y
    if y is None or dataset.class_names or y.dtype.kind != "f" or y.size != len(y):
        return ()
    return tuple(numpy.unique(y).tolist())


def loss_is_mean(problem: Problem) -> bool:
    """Whether the loss of a batch is a mean over its samples, so that losses of batches are averaged and not added."""
    line = problem.graph(2).loss_lines[-1:]
    return not (line and line[0].formula.op.name == "sum")


def _decision(problem: Problem, dataset: Dataset, labels: Array | None, outputs: int) -> Decision | None:
    """How an output is read as a class; a regression on numbers that look like classes is none."""
    loss = problem.keys.named_loss
    if labels is None or (loss is not None and loss.targets == "numbers" and not _has_classes(problem)):
        return None
    if not _is_one_of(dataset.y):
        return None
    if outputs > 1:
        return "largest"
    return "threshold" if labels.max(initial=0) <= 1 else None


def _is_one_of(y: Array | None) -> bool:
    """Whether targets say one class a sample, and not several at once."""
    if y is None or y.ndim == 1 or y.shape[1] == 1:
        return True
    return bool(numpy.isin(y, (0, 1)).all() and (y.sum(axis=1) == 1).all())


def _has_classes(problem: Problem) -> bool:
    """Whether the data themselves say that targets are classes."""
    return problem.keys.data is not None and bool(problem.dataset.class_names)


def threshold_of(problem: Problem) -> float:
    """The output from which on a sample is of class 1: the threshold, on the scale that the output has.

    A probability p is the logit ln(p/(1−p)), and the sign 2p − 1.
    """
    share, loss = float(problem.keys.threshold), problem.keys.loss or ""
    if loss.endswith("_from_logits") and 0 < share < 1:
        return math.log(share / (1 - share))
    signs = problem.keys.named_loss is not None and problem.keys.named_loss.targets == "signs"
    return 2 * share - 1 if signs else share
