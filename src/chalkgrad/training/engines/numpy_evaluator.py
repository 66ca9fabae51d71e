"""Looking at a network without learning: losses and outputs for inputs, on NumPy, by planned programs."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import numpy
from numpy.typing import NDArray

from chalkgrad.core.lowering import lower
from chalkgrad.core.plan import plan
from chalkgrad.reading.problem import Problem
from chalkgrad.training.engines.evaluation import Evaluation, Inputs, evaluate_in_parts, evaluated_nodes, parts_of
from chalkgrad.training.engines.numpy_program import BoundProgram

__all__ = ["NumpyEvaluator"]

Array = NDArray[Any]

# Each program has memory for all values of its samples; those of sizes that are not asked for any more are given up.
_MOST_PROGRAMS = 8


class NumpyEvaluator:
    """Works out losses and outputs; several threads may ask one evaluator.

    Args:
        problem: whose network.
        parameters: the value of each parameter, in the shape of its node. They are looked at, not copied: what is
            written into them holds from the next question on.
        dtype: in which everything is worked out, that of the parameters.
    """

    def __init__(self, problem: Problem, parameters: Mapping[str, Array], dtype: Any) -> None:
        self.problem, self.parameters, self.dtype = problem, parameters, dtype
        self._programs: OrderedDict[tuple[int, bool], tuple[dict[str, Array], BoundProgram]] = OrderedDict()
        self._lock = threading.Lock()

    def evaluate(self, x: Inputs, y: Array | None, rows: Array | None = None) -> Evaluation:
        """The loss and the outputs.

        Args:
            x: scaled inputs, samples by features.
            y: targets as the loss takes them.
            rows: which samples; by default all.
        """
        return evaluate_in_parts(self.problem, x, y, self._measure, rows)

    def predict(self, x: Inputs) -> Array:
        """The outputs for scaled inputs, one row a sample."""
        return numpy.concatenate(
            [numpy.atleast_2d(self._measure(x[p], None, False)[1]) for p in parts_of(self.problem, len(x))]
        )

    def _measure(self, x: Array, y: Array | None, with_loss: bool = True) -> tuple[Array, Array]:
        """The losses and the outputs of a part of the samples; without their losses no targets are needed."""
        with self._lock:
            given, bound = self._program((len(x), with_loss), x, y)
            numpy.copyto(given["x"], x)
            if y is not None and "y" in given:
                numpy.copyto(given["y"], y)
            # Infinities and NaN are looked for by whoever asked; NumPy need not warn of them.
            with numpy.errstate(all="ignore"):
                *losses, output = bound()
            return numpy.array(losses), numpy.array(output.T if self.problem.columns else output)

    def _program(self, key: tuple[int, bool], x: Array, y: Array | None) -> tuple[dict[str, Array], BoundProgram]:
        """The program for so many samples, with the arrays that it reads."""
        if key not in self._programs:
            self._programs[key] = self._made(x, y, with_loss=key[1])
        self._programs.move_to_end(key)
        while len(self._programs) > _MOST_PROGRAMS:
            self._programs.popitem(last=False)
        return self._programs[key]

    def _made(self, x: Array, y: Array | None, with_loss: bool) -> tuple[dict[str, Array], BoundProgram]:
        graph, columns = self.problem.graph(len(x)), self.problem.columns
        given = {"x": numpy.empty(x.shape, self.dtype)}
        if with_loss and y is not None:
            given["y"] = numpy.empty(y.shape, self.dtype)
        memory = {node: self.parameters[node.name] for node in graph.parameters}
        for node in graph.inputs:
            if node.name in given:
                memory[node] = given[node.name].T if columns else given[node.name]
        nodes = evaluated_nodes(self.problem, len(x)) if with_loss else graph.composed(graph.output)
        program = lower(nodes, {node: array.shape for node, array in memory.items()}, self.dtype)
        return given, BoundProgram(plan(program), list(memory.values()))
