"""What a trained network says of new samples: outputs, classes, probabilities, and how good they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy
from numpy.typing import NDArray

from chalkgrad.errors import Fault, ProblemError, UsageError
from chalkgrad.ops.activations import sigmoid
from chalkgrad.ops.softmax import log_softmax, softmax
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem
from chalkgrad.training.data import TrainingData, targets_of
from chalkgrad.training.engines.numpy_evaluator import NumpyEvaluator

__all__ = ["Predictor"]

Array = NDArray[Any]

_MOST_FAULTS = 20


@dataclass(frozen=True, eq=False)
class Predictor:
    """A trained network; several threads may ask it.

    Args:
        problem: whose network.
        data: what was learned of the samples: their scale, their classes. Samples in it are not looked at.
        parameters: the value of each parameter, in the shape of its node.
    """

    problem: Problem
    data: TrainingData
    parameters: Mapping[str, Array]

    @cached_property
    def _evaluator(self) -> NumpyEvaluator:
        kind = self.data.x.dtype
        arrays = {name: numpy.array(value, dtype=kind) for name, value in self.parameters.items()}
        return NumpyEvaluator(self.problem, arrays, kind)

    # --- outputs ---

    def predict(self, x: Array) -> Array:
        """The outputs for new inputs, in the units of the data.

        Args:
            x: samples by features, not scaled.

        Returns:
            Samples by outputs.

        Raises:
            UsageError: `wrong-size`.
        """
        return self._evaluator.predict(self._scaled(x))

    def _scaled(self, x: Array) -> Array:
        x, expected = numpy.asarray(x), self.data.x.shape[1]
        if x.ndim != 2 or x.shape[1] != expected:
            read = " by ".join(map(str, x.shape)) or "one number"
            raise UsageError(Fault("wrong-size", f"expected samples by {expected} inputs, read {read}"))
        return self.data.scaler.apply(x, self.data.x.dtype)

    def predict_classes(self, x: Array) -> Array:
        """The number of the class of each new sample.

        Raises:
            UsageError: `no-classes`, for a network that was trained on numbers; `wrong-size`.
        """
        return self.classes_of(self.predict(x))

    def predict_probabilities(self, x: Array) -> Array:
        """How probable each class is for each new sample.

        Returns:
            Samples by classes; each row sums to 1.

        Raises:
            UsageError: `no-classes`; `no-probabilities`, for outputs that are none, as with a hinge loss.
        """
        return self.probabilities_of(self.predict(x))

    # --- what outputs say ---

    @property
    def has_classes(self) -> bool:
        """Whether an output says a class."""
        return self.data.decision is not None

    @property
    def has_probabilities(self) -> bool:
        """Whether an output says how probable each class is."""
        return self.has_classes and self._kind in ("logits", "softmax", "log_softmax", "sigmoid")

    @cached_property
    def _kind(self) -> str:
        """What was done last to the output."""
        if (self.problem.keys.loss or "").endswith("_from_logits"):
            return "logits"
        graph = self.problem.graph(1)
        last = next(line.formula.op.name for line in graph.forward_lines if line.symbol is graph.output)
        # Several sigmoids are each a probability, but together they are none of one class among several.
        return "" if last == "sigmoid" and self.data.decision == "largest" else last

    def classes_of(self, outputs: Array) -> Array:
        """The number of the class that each row of outputs says.

        Raises:
            UsageError: `no-classes`.
        """
        if not self.has_classes:
            raise UsageError(Fault("no-classes", "the network was trained on numbers, not on classes"))
        return self.data.classes_of(outputs)

    def probabilities_of(self, outputs: Array) -> Array:
        """How probable rows of outputs make each class; see `predict_probabilities`."""
        if not self.has_classes:
            raise UsageError(Fault("no-classes", "the network was trained on numbers, not on classes"))
        if not self.has_probabilities:
            hint = "a softmax or one sigmoid as output gives probabilities"
            raise UsageError(Fault("no-probabilities", "the outputs of the network are no probabilities", hint=hint))
        if self.data.decision == "threshold":
            share = sigmoid.forward(numpy, outputs) if self._kind == "logits" else outputs
            return numpy.concatenate([1 - share, share], axis=1)
        if self._kind == "logits":
            return numpy.asarray(softmax.forward(numpy, outputs, axis=1))
        return numpy.exp(outputs) if self._kind == log_softmax.name else outputs

    # --- how good they are ---

    def evaluate(self, dataset: Dataset) -> dict[str, float]:
        """Loss and accuracy over new samples.

        Args:
            dataset: inputs and targets, as they are in their source.

        Returns:
            `loss`, and `accuracy` where there are classes.

        Raises:
            ProblemError: `target-missing`; `unknown-class`, with the samples of a class that was not learned;
                `wrong-size`, for targets of another size than the outputs.
        """
        x, labels = self._scaled(dataset.x), self._labels(dataset)
        needs_targets = any(node.name == "y" for node in self.problem.graph(1).inputs)
        if dataset.y is None and needs_targets:
            message = "the new data have no targets, so it cannot be said how good predictions are"
            raise ProblemError(Fault("target-missing", message, hint="predict them"))
        self._refuse_other_targets(dataset)
        found = self._evaluator.evaluate(x, targets_of(self.problem, dataset, labels, self.data.x.dtype))
        numbers = {"loss": found.loss}
        if labels is not None and self.has_classes:
            numbers["accuracy"] = float(numpy.mean(self.data.classes_of(found.outputs) == labels))
        return numbers

    def _labels(self, dataset: Dataset) -> Array | None:
        """The number of the class of each sample, as the classes were numbered when they were learned."""
        y = dataset.y
        if y is None or not self.has_classes:
            return y if y is not None and y.ndim == 1 else None
        if y.ndim == 2 and y.shape[1] > 1:
            return numpy.asarray(y.argmax(axis=1))
        values = numpy.ravel(y)
        known = numpy.array(self.data.class_values or range(len(self.data.class_names)), dtype=numpy.float64)
        if values.dtype.kind in "iu":
            numbers, is_known = values, (values >= 0) & (values < len(known))
        else:
            numbers = numpy.searchsorted(known, values).clip(0, len(known) - 1)
            is_known = known[numbers] == values
        if not is_known.all():
            raise ProblemError(self._unknown(dataset, values, numpy.flatnonzero(~is_known)[:_MOST_FAULTS]))
        return numbers.astype(numpy.int64)

    def _unknown(self, dataset: Dataset, values: Array, rows: Array) -> list[Fault]:
        names = self.data.class_names
        hint = f"the classes are {', '.join(names[:12])}{', ...' if len(names) > 12 else ''}"
        said = [(row, _name_of(dataset, values[row])) for row in rows.tolist()]
        return [
            Fault("unknown-class", f"sample {row + 1}: `{name}` is none of the classes that were learned", hint=hint)
            for row, name in said
        ]

    def _refuse_other_targets(self, dataset: Dataset) -> None:
        targets = [node for node in self.problem.graph(1).inputs if node.name == "y"]
        if not targets or dataset.y is None:
            return
        expected = (targets[0].shape[1 - self.problem.graph(1).sample_axis].size or 1) if targets[0].shape else 1
        read = 1 if dataset.y.ndim == 1 else dataset.y.shape[1]
        if read != expected and (read > 1 or not self.has_classes):
            message = f"expected {expected} numbers as targets of each sample, read {read}"
            raise ProblemError(Fault("wrong-size", message))


def _name_of(dataset: Dataset, value: Any) -> str:
    number = int(value) if dataset.y is not None and dataset.y.dtype.kind in "iu" else None
    if number is not None and 0 <= number < len(dataset.class_names):
        return dataset.class_names[number]
    return f"{value:.15g}" if number is None else str(number)
