"""A training run: what was learned, how it went, and what it can do now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from numpy.typing import NDArray

from chalkgrad.core.algebra import matmul
from chalkgrad.core.graph import Graph
from chalkgrad.core.node import Node, toposort
from chalkgrad.errors import Fault, UsageError
from chalkgrad.reading.problem import Problem
from chalkgrad.render.document import Document
from chalkgrad.training.data import TrainingData
from chalkgrad.training.diverging import Divergence
from chalkgrad.training.stopping import Watch

if TYPE_CHECKING:
    from chalkgrad.training.engines.engine import Engine
    from chalkgrad.training.predicting.prediction import Predictor

__all__ = ["History", "Run", "Stopped"]

Stopped = Literal["epochs", "early", "interrupted", "diverged"]
Parameters = dict[str, NDArray[Any]]

# In this order wherever they are shown.
COLUMNS = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "seconds")


class History(dict[str, list[Any]]):
    """What was measured after each epoch: a list for each column."""

    def add(self, record: Mapping[str, Any]) -> None:
        """Put the numbers of one more epoch behind those before."""
        for name in COLUMNS:
            if name in record:
                self.setdefault(name, []).append(record[name])

    def records(self) -> list[dict[str, Any]]:
        """The same epoch by epoch."""
        return [dict(zip(self, values, strict=True)) for values in zip(*self.values(), strict=True)]

    def data_frame(self) -> Any:
        """The same as a data frame of pandas.

        Raises:
            UsageError: with code `missing-extra`, if pandas is not installed.
        """
        try:
            import pandas
        except ImportError:
            hint = "pip install pandas"
            raise UsageError(Fault("missing-extra", "a data frame needs pandas", hint=hint)) from None
        return pandas.DataFrame(dict(self)).set_index("epoch")


@dataclass(repr=False)
class Run:
    """A training run.

    Args:
        problem: what was trained.
        data: what it was trained on.
        history: what was measured after each epoch.
        parameters: the parameters to go on with: those of the best epoch if the problem asks for them, else the last.
        last: the parameters after the last step.
        best: those of the best epoch, where something was watched.
        watch: what was watched, and which epoch was the best.
        stopped: why it ended.
        test: loss and accuracy on the test part; None if there is none, or training was broken off.
        environment: what it ran on, with which versions.
        engine: what took the steps, loaded with `parameters`.
        steps: how many steps were taken.
        divergence: where the first infinity or NaN came, if one did.
        folder: where it is kept, if anywhere.
        start: the parameters that it was given to start from, by name; all others were drawn.
    """

    problem: Problem
    data: TrainingData
    history: History
    parameters: Parameters
    last: Parameters
    best: Parameters | None
    watch: Watch
    stopped: Stopped
    test: dict[str, float] | None
    environment: dict[str, Any]
    engine: Engine = field(repr=False)
    steps: int = 0
    divergence: Divergence | None = None
    folder: Path | None = None
    start: Mapping[str, NDArray[Any]] = field(default_factory=dict, repr=False)

    def predict(self, x: NDArray[Any]) -> NDArray[Any]:
        """The outputs for new inputs, in the units of the data.

        Args:
            x: samples by features, not scaled.

        Returns:
            Samples by outputs.
        """
        return self.engine.predict(self.data.scaler.apply(x, self.data.x.dtype))

    def predict_classes(self, x: NDArray[Any]) -> NDArray[Any]:
        """The number of the class of each new input."""
        return self.data.classes_of(self.predict(x))

    def first_weights(self) -> tuple[str, NDArray[Any], tuple[str, ...]] | None:
        """The parameter that the inputs are multiplied by, inputs by units, with its name and those of the units."""
        graph = self.problem.graph(1)
        for line in graph.forward_lines:
            for node in toposort([line.formula]):
                if node.op is matmul and {"x"} & {argument.name for argument in node.arguments}:
                    weights = next((a for a in node.arguments if a.name in self.parameters), None)
                    if weights is not None:
                        value = self.parameters[weights.name]
                        units = graph.unit_names.get(_activated(graph, line.symbol), ())
                        return weights.name, value.T if self.problem.columns else value, units
        return None

    def evaluate_rows(self, rows: NDArray[Any]) -> dict[str, float]:
        """Loss and accuracy over rows of the data."""
        from chalkgrad.training.trainer import measured

        return measured(self.engine, self.data, rows)

    def evaluate(self, x: NDArray[Any], y: NDArray[Any]) -> float:
        """The loss over new samples.

        Args:
            x: samples by features, not scaled.
            y: targets as the loss takes them, samples by outputs.
        """
        return self.engine.evaluate(self.data.scaler.apply(x, self.data.x.dtype), y).loss

    @cached_property
    def predictor(self) -> Predictor:
        """The trained network for new samples: classes, probabilities, scores; several threads may ask it."""
        from chalkgrad.training.predicting.prediction import Predictor

        return Predictor(self.problem, self.data.without_samples(), self.parameters)

    def export(
        self, to: str, folder: str | Path, *, name: str = "network", steps: int = 5, trained: bool | None = None
    ) -> list[Path]:
        """Write the run for another library: a model for ONNX, or a readable script that takes the same first steps.

        Args:
            to: `onnx`, `torch`, `keras` or `numpy`.
            folder: where the files go; made if it is not there.
            name: what the files are called.
            steps: how many training steps a script takes; it prints the loss of each.
            trained: whether to write the trained parameters, or those that the run started from; by default a model
                has the trained ones, and a script starts where the run started.

        Returns:
            The files that were written.

        Raises:
            UsageError: `missing-extra`, `cannot-write`, `unknown-target`, or what cannot be said in the other library.
        """
        from chalkgrad.training.export import export
        from chalkgrad.training.export.writing import write_files
        from chalkgrad.training.first_steps import first_steps

        wants_trained = to == "onnx" if trained is None else trained
        parameters = self.parameters if wants_trained else {**self.problem.starting_arrays(), **self.start}
        data, batches = first_steps(self.problem, steps, self.data)
        x, y, scaler = (None, None, None) if data is None else (data.x[:], data.y, data.scaler)
        names = self.data.class_names
        files = export(
            self.problem, parameters, to, x=x, y=y, batches=batches, scaler=scaler, name=name, class_names=names
        )
        return write_files(folder, files)

    # --- as something to look at ---

    def plot(self, path: str | Path | None = None) -> Any:
        """The curves of loss and accuracy as a figure of Matplotlib; in a notebook it shows itself.

        Args:
            path: also write it there, as PNG, SVG or PDF by its ending.

        Raises:
            UsageError: `missing-extra`, without Matplotlib.
        """
        from chalkgrad.training.report import curves_of

        figure = curves_of(self)
        if path is not None:
            from chalkgrad.training.pictures.files import save_figure

            save_figure(figure, path)
        return figure

    def document(self) -> Document:
        """The report, as blocks."""
        from chalkgrad.training.report import run_document

        return run_document(self)

    def summary(self) -> Document:
        """How it ended and how good it is, in a few lines."""
        from chalkgrad.training.report import summary

        return summary(self)

    def as_data(self) -> dict[str, Any]:
        """The run as plain data, as `chalkgrad train FILE --json` prints it."""
        from chalkgrad.training.report import run_data

        return run_data(self)

    def __repr__(self) -> str:
        score = "".join(f", test {name} {value:.4g}" for name, value in (self.test or {}).items())
        epochs = len(self.history.get("epoch", ()))
        return f"<run of {self.problem.title!r}: {epochs} epochs, stopped: {self.stopped}{score}>"

    def _repr_html_(self) -> str:
        """For notebooks: the few lines about how it ended."""
        from chalkgrad.render.html import framed

        return framed(self.summary())


def _activated(graph: Graph, symbol: Node) -> Node:
    """What an activation makes of a quantity: units are called by that; the quantity itself, if there is none."""
    return next((line.symbol for line in graph.forward_lines if line.formula.arguments == (symbol,)), symbol)
