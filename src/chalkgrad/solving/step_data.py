"""One optimizer step as plain data: what went forward, what came back, and what was left behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy

from chalkgrad.core.evaluate import Evaluator
from chalkgrad.core.gradient import compose, pull_back
from chalkgrad.core.graph import Graph
from chalkgrad.core.node import ONE, VARIABLE, Node, toposort
from chalkgrad.core.precise import precise
from chalkgrad.ops.structure import stack
from chalkgrad.reading.assembly import exact_shape
from chalkgrad.render.numbers import show_number
from chalkgrad.solving.derivation import Derivation, WorkedStep
from chalkgrad.solving.plain_values import in_shape, names_of_units, plain, plain_number, worked_out
from chalkgrad.solving.steps import StepValues
from chalkgrad.solving.units_data import units_data

__all__ = ["step_data"]


def step_data(derivation: Derivation, step: WorkedStep) -> dict[str, Any]:
    """One step in the form that `chalkgrad solve FILE --json` gives it."""
    reader = _StepReader(derivation, step)
    return units_data(derivation, step, reader.of_units()) if derivation.asking.units else reader.data()


class _StepReader:
    """Reads one step, from its float64 numbers or, where each printed number is carried on, from those."""

    def __init__(self, derivation: Derivation, step: WorkedStep) -> None:
        self.derivation, self.step, self.problem = derivation, step, derivation.problem
        self.rounded = derivation.asking.carry == "rounded" and bool(step.exact) and not derivation.asking.units
        self.numbers = self._numbers()
        self.view = self.numbers.view
        self.graph: Graph = self.problem.graph(self.view.samples)
        # The order of the data says nothing where there are none.
        self.samples = max(1, len(step.batch.samples))

    def _numbers(self) -> StepValues:
        if not self.rounded:
            return self.step.floats
        return self.step.exact["units"] if "units" in self.step.exact else self.step.exact["matrix"]

    def of_units(self) -> dict[str, Any]:
        """What belongs to units: their values and the gradients by them, and the loss."""
        return {
            "forward": self._by_sample({line.symbol: self._value(line.symbol) for line in self._lines}),
            "loss": None if self.view.loss is None else plain_number(self.numbers.values[self.view.loss]),
            "intermediate_gradients": self._by_sample(self._intermediate_gradients()),
        }

    def data(self) -> dict[str, Any]:
        batch = self.step.batch
        after = {node: node for node in self._entries(self.graph.parameters)} | dict(self.view.updated)
        data = {
            "epoch": batch.epoch,
            "step": batch.step,
            "samples": list(batch.samples),
            **self.of_units(),
            "gradients": self._gradients(self.view.totals if self.problem.updates else self.view.gradients),
            "optimizer": {name: self._memory(name) for name in self.problem.optimizer.state if self.view.states},
            "parameters_after": {node.name: self._parameter(node, after) for node in self.graph.parameters},
        }
        keys = self.problem.keys
        if self.problem.updates and (keys.regularizer is not None or keys.clip is not None):
            data["data_gradients"] = self._gradients(self.view.gradients)
        return data

    @property
    def _lines(self) -> list[Any]:
        """The lines of the forward pass, without those that only put named weights into a matrix."""
        return [line for line in self.graph.forward_lines if line.formula.op is not stack]

    def _entries(self, symbols: tuple[Node, ...]) -> list[Node]:
        """The symbols that stand for some quantities in the view."""
        return [node for symbol in symbols for node in numpy.asarray(self.view.entries[symbol], dtype=object).flat]

    def _value(self, symbol: Node, which: Mapping[Node, Node] | None = None) -> Any:
        return worked_out(self.numbers, symbol, which)

    # --- quantities of the forward pass ---

    def _by_sample(self, values: Mapping[Node, Any]) -> Any:
        """A mapping by name, or one for each sample of the step where there are several."""
        data: list[dict[str, Any]] = []
        for sample in range(self.samples):
            data.append({})
            for symbol, value in values.items():
                data[-1] |= self._named(symbol, _of_sample(symbol, value, sample))
        return data[0] if self.samples == 1 else data

    def _named(self, symbol: Node, value: Any) -> dict[str, Any]:
        """Unit by unit in a network, line by line in a formula."""
        if value is None:
            return {}
        if self.problem.keys.network is None:
            return {symbol.name: plain(value)}
        return dict(names_of_units(self.graph.unit_names[symbol], value))

    # --- gradients ---

    def _intermediate_gradients(self) -> dict[Node, Any]:
        """The gradients of all quantities between the data and the loss, in the order of the forward pass."""
        fused = self._gradient_of_output()
        return {
            line.symbol: fused
            if fused is not None and line.symbol is self.graph.output
            else self._value(line.symbol, self.view.gradients)
            for line in self._lines
            if line.symbol is not self.graph.loss
        }

    def _gradient_of_output(self) -> Any:
        """By the output itself, where the loss is fused with the activation of the output and passes it over."""
        if not self.graph.plain_loss_lines or not self.view.gradients or self.graph.loss is None:
            return None
        key = ("gradient of the output", self.rounded)
        if key not in self.view.evaluators:
            (loss,) = compose(self.graph.plain_loss_lines, [self.graph.loss])
            slope = pull_back(loss, ONE, [self.graph.output])[self.graph.output]
            leaves = tuple(node for node in toposort([slope]) if node.op is VARIABLE)
            self.view.evaluators[key] = (leaves, Evaluator([slope], leaves, precise() if self.rounded else numpy))
        leaves, evaluator = self.view.evaluators[key]
        (value,) = evaluator(*[self.numbers.of(leaf) for leaf in leaves])
        return self._as_printed(value) if self.rounded else value

    def _as_printed(self, value: Any) -> Any:
        """What is printed of each entry; infinities stay what they are."""

        def printed(entry: Any) -> Any:
            shown = show_number(entry, self.derivation.asking.style)
            return entry if shown.printed is None else shown.printed

        return numpy.frompyfunc(printed, 1, 1)(value)

    def _gradients(self, which: Mapping[Node, Node]) -> dict[str, Any]:
        """By name, what was asked for: every learned parameter, or what the problem wants to differentiate by."""
        if self.graph.loss is None:
            return {}
        return {name: self._gradient(name, which) for name in self.problem.wanted}

    def _gradient(self, name: str, which: Mapping[Node, Node]) -> Any:
        parameter = next((node for node in self.graph.parameters if node.name == name), None)
        if parameter is not None:
            return self._parameter(parameter, which)
        symbol, unit = self._located(name)
        if symbol is self.graph.loss:
            return 1.0
        value = self._value(symbol, which)
        if value is None:
            # Nothing leads from it to the loss.
            value = numpy.zeros([axis.size or 1 for axis in symbol.shape])
        if _sample_axis(symbol) is None:
            return _unit(value, unit)
        found = [_unit(_of_sample(symbol, value, sample), unit) for sample in range(self.samples)]
        return found[0] if self.samples == 1 else found

    def _located(self, name: str) -> tuple[Node, int | None]:
        """The quantity of a name, or the one that has a unit or an entry of that name, and which it is."""
        symbols = [*(line.symbol for line in self._lines), *self.graph.inputs, *self.graph.parameters]
        for symbol in symbols:
            if symbol.name == name:
                return symbol, None
        found = ((s, names.index(name)) for s, names in self.graph.unit_names.items() if s in symbols and name in names)
        return next(found)

    # --- parameters ---

    def _parameter(self, node: Node, which: Mapping[Node, Node]) -> Any:
        """Something of a parameter, in the shape that it was given in; where it has no gradient the gradient is 0."""
        sizes = self._sizes(node)
        value = self._value(node, which)
        if value is None:
            return in_shape(numpy.zeros(sizes), sizes)
        return in_shape(numpy.frompyfunc(lambda entry: 0 if entry is None else entry, 1, 1)(value), sizes)

    def _sizes(self, node: Node) -> tuple[int, ...]:
        """How a parameter is given; of a layer's own, weights are a matrix and biases a list."""
        if node.name in self.problem.keys.given or not node.shape:
            return exact_shape(self.problem.keys.given[node.name]) if node.shape else ()
        matrix = tuple(axis.size or 1 for axis in node.shape)
        return (max(matrix),) if node.name in self.problem.bias_names else matrix

    def _memory(self, name: str) -> dict[str, Any]:
        """What the optimizer remembers under one name after the step, by parameter."""
        new = {node: symbols[1] for (node, state), symbols in self.view.states.items() if state == name}
        # Some of it is one number for the whole parameter; the matrix view knows which.
        single = {node.name for node, state in self._whole_states() if state == name}
        memory: dict[str, Any] = {}
        for node in self.graph.parameters:
            if any(entry in new for entry in self._entries((node,))):
                value = self._value(node, new)
                memory[node.name] = _first(value) if node.name in single else self._parameter(node, new)
        return memory

    def _whole_states(self) -> list[tuple[Node, str]]:
        states = self.step.floats.view.states
        return [key for key, (_, new) in states.items() if not new.shape and key[0].shape]


def _sample_axis(symbol: Node) -> int | None:
    """Along which axis samples stand, if along any."""
    return next((k for k, axis in enumerate(symbol.shape) if axis.name == "samples"), None)


def _of_sample(symbol: Node, value: Any, sample: int) -> Any:
    """The part of a quantity that belongs to one sample; all of it where samples share it."""
    axis = _sample_axis(symbol)
    return value if value is None or axis is None else numpy.take(value, sample, axis)


def _unit(value: Any, unit: int | None) -> Any:
    return plain(value) if unit is None else plain_number(numpy.asarray(value, dtype=object).flat[unit])


def _first(value: Any) -> float | None:
    return plain_number(next(entry for entry in numpy.asarray(value, dtype=object).flat if entry is not None))
