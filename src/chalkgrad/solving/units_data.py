"""One step of which only some units are shown, as plain data: the keys are those of any step, the names those shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy

from chalkgrad.core.node import Node
from chalkgrad.core.units import Index
from chalkgrad.solving.derivation import Derivation, WorkedStep
from chalkgrad.solving.plain_values import plain_number

__all__ = ["units_data"]


def units_data(derivation: Derivation, step: WorkedStep, whole: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a step, of the shown units alone.

    Args:
        derivation: the solution.
        step: the step.
        whole: `forward` and `intermediate_gradients` of all units, and the `loss`.

    Returns:
        What is shown; single weights and biases by their own names, and each as a number.
    """
    return _Shown(derivation, step).data(whole)


class _Shown:
    """Reads what is shown of one step: from float64 or, where printed numbers are carried on, from those."""

    def __init__(self, derivation: Derivation, step: WorkedStep) -> None:
        self.derivation, self.step = derivation, step
        self.problem, self.floats = derivation.problem, step.floats
        self.view = derivation.views["units", step.floats.view.samples]
        rounded = derivation.asking.carry == "rounded" and step.exact
        self.exact = step.exact["units"].values if rounded else None
        statements = self.view.statements
        self.units = {s.symbol: s.of for s in statements if s.role == "value"}
        gradients = {s.symbol: s.of for s in statements if s.role == "gradient"}
        learned = {node for node, gradient in self.view.gradients.items() if gradient in gradients} - set(self.units)
        self.places = self._places()
        self.entries = {node: gradients[self.view.gradients[node]] for node in learned}

    def data(self, whole: Mapping[str, Any]) -> dict[str, Any]:
        batch, updates = self.step.batch, self.problem.updates
        data = {
            "epoch": batch.epoch,
            "step": batch.step,
            "samples": list(batch.samples),
            "forward": self._of_units(whole["forward"], None),
            "loss": whole["loss"],
            "intermediate_gradients": self._of_units(whole["intermediate_gradients"], self.view.gradients),
            "gradients": self._of_entries(self.view.totals if updates else self.view.gradients),
            "optimizer": {name: self._memory(name) for name in self.problem.optimizer.state if self.view.states},
            "parameters_after": self._of_entries({node: node for node in self.entries} | dict(self.view.updated)),
        }
        if updates and (self.problem.keys.regularizer is not None or self.problem.keys.clip is not None):
            data["data_gradients"] = self._of_entries(self.view.gradients)
        return data

    def _of_units(self, whole: Any, which: Mapping[Node, Node] | None) -> Any:
        """The shown units of a mapping by name, or of one such mapping for each sample."""
        samples = whole if isinstance(whole, list) else [whole]
        found = [
            {name: found[name] for name in dict.fromkeys(self.units.values()) if name in found} for found in samples
        ]
        if self.exact is not None:
            self._overwrite(found, which)
        return found if isinstance(whole, list) else found[0]

    def _overwrite(self, found: list[dict[str, Any]], which: Mapping[Node, Node] | None) -> None:
        """The printed numbers in place of float64, where those are carried on."""
        assert self.exact is not None
        for statement in self.view.statements:
            symbol = statement.symbol if which is None else which.get(statement.symbol)
            if statement.role == "value" and symbol is not None and symbol in self.exact:
                for sample in [statement.sample] if statement.sample is not None else range(len(found)):
                    found[sample][statement.of] = plain_number(self.exact[symbol])

    def _of_entries(self, which: Mapping[Node, Node]) -> dict[str, Any]:
        return {name: self._number(which[node]) for node, name in self._in_order() if node in which}

    def _in_order(self) -> Iterable[tuple[Node, str]]:
        return ((node, self.entries[node]) for node in self.view.gradients if node in self.entries)

    def _memory(self, state: str) -> dict[str, Any]:
        new = {node: symbols[1] for (node, name), symbols in self.view.states.items() if name == state}
        return self._of_entries(new)

    def _number(self, symbol: Node) -> Any:
        if self.exact is not None:
            return plain_number(self.exact[symbol])
        whole, index = self.places[symbol]
        value = self.floats.values[whole]
        return plain_number(value[index] if numpy.shape(value) else value)

    def _places(self) -> dict[Node, tuple[Node, Index]]:
        """Where in the numbers of the matrix view the numbers of the shown entries stand."""
        view, taken = self.floats.view, self.view.taken
        places = dict(taken)
        for mine, whole in ((self.view.totals, view.totals), (self.view.updated, view.updated)):
            places.update({made: (whole[taken[node][0]], taken[node][1]) for node, made in mine.items()})
        for (node, name), (_, new) in self.view.states.items():
            parameter, index = taken[node]
            places[new] = (view.states[parameter, name][1], index)
        return places
