"""What stands around a symbol of the unit view: its siblings, its layer, its gradient, what it is called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy

from chalkgrad.core.gradient import pull_back
from chalkgrad.core.node import ONE, VARIABLE, Node
from chalkgrad.marking.course import Stage
from chalkgrad.marking.mistakes.rewriting import parts_of, replaced
from chalkgrad.marking.worlds import leaves_of
from chalkgrad.ops.softmax import softmax_unit
from chalkgrad.reading.problem import Problem
from chalkgrad.solving.statements import Statement, View

__all__ = ["Activation", "Surroundings"]

_LETTERS = ("m", "v", "m hat", "v hat")
_SETTINGS = {"t": "the number of the step", "l2": "λ", "l1": "λ", "beta1": "β₁", "beta2": "β₂", "epsilon": "ε"}


@dataclass(frozen=True, slots=True)
class Activation:
    """A use of an activation.

    Args:
        node: the op on its argument.
        before: the symbol that it is applied to.
        after: the symbol of the result, if it has one.
        slope: its slope, as it stands in gradients.
    """

    node: Node
    before: Node
    after: Node | None
    slope: Node


class Surroundings:
    """The relations between the symbols of a view.

    Args:
        problem: whose.
        view: the unit view of a step.
    """

    def __init__(self, problem: Problem, view: View) -> None:
        self.problem, self.view = problem, view
        self.graph = problem.graph(view.samples)
        self.statements = {made.symbol: made for made in view.statements}
        self.positions = {symbol: position for position, symbol in enumerate(self.statements)}
        self.parameters = frozenset(node for leaf in self.graph.parameters for node in _flat(view.entries[leaf]))
        self.data = frozenset(node for leaf in self.graph.inputs for node in _flat(view.entries[leaf]))
        self.named = {node.name: node for node in self.parameters}
        self.setting_of = {symbol: name for name, symbol in view.settings.items()}

    # --- what a symbol is ---------------------------------------------------------------------------------------------

    @cached_property
    def targets(self) -> frozenset[Node]:
        """The data that only the loss uses."""
        forward = {leaf for made in self.view.statements if made.kind == "forward" for leaf in leaves_of(made.formula)}
        return self.data - forward

    @cached_property
    def outputs(self) -> dict[Node, Node]:
        """For each output unit, its target."""
        output, target = (self.view.entries.get(node) for node in (self.graph.output, *self._target_symbols()))
        if output is None or target is None or len(_flat(output)) != len(_flat(target)):
            return {}
        return dict(zip(_flat(output), _flat(target), strict=True))

    def _target_symbols(self) -> list[Any]:
        found = [node for node in self.graph.inputs if set(_flat(self.view.entries[node])) & self.targets]
        return found[:1] or [None]

    @cached_property
    def family(self) -> dict[Node, tuple[Mapping[Node, Node], Node]]:
        """For a gradient, a new value or memory: the mapping that it is a value of, and its key there."""
        view = self.view
        tables: list[Mapping[Node, Node]] = [view.gradients, view.totals, view.updated]
        for position in (0, 1):
            for name in dict.fromkeys(name for _, name in view.states):
                tables.append({of: pair[position] for (of, kind), pair in view.states.items() if kind == name})
        for role in dict.fromkeys(made.role for made in view.statements if made.kind == "update"):
            tables.append({self.named[m.of]: m.symbol for m in view.statements if self._is_line(m, role)})
        found: dict[Node, tuple[Mapping[Node, Node], Node]] = {}
        for table in tables:
            for of, symbol in table.items():
                found.setdefault(symbol, (table, of))
        return found

    def _is_line(self, made: Statement, role: str) -> bool:
        return made.kind == "update" and made.role == role and made.of in self.named

    @cached_property
    def _places(self) -> dict[Node, tuple[Node, Any, tuple[int, ...]]]:
        """For each entry of a vector or matrix: its symbol, the array of entries, and where it stands there."""
        found: dict[Node, tuple[Node, Any, tuple[int, ...]]] = {}
        for symbol, entries in self.view.entries.items():
            if isinstance(entries, numpy.ndarray) and entries.size > 1:
                for place, node in numpy.ndenumerate(entries):
                    if node.op is VARIABLE:
                        found.setdefault(node, (symbol, entries, place))
        return found

    # --- siblings -----------------------------------------------------------------------------------------------------

    def layer(self, symbol: Node) -> tuple[Node, ...]:
        """All units of the layer of a symbol, for the same sample, or all entries of a parameter; itself among them."""
        if symbol in self.family:
            table, of = self.family[symbol]
            return tuple(table[other] for other in self.layer(of) if other in table)
        if symbol not in self._places:
            return (symbol,)
        owner, entries, place = self._places[symbol]
        if not self._is_per_sample(owner):
            return tuple(dict.fromkeys(node for node in entries.flat if node.op is VARIABLE))
        axis = self.graph.sample_axis
        return tuple(entries[place[0], :] if axis == 0 else entries[:, place[1]])

    def others(self, symbol: Node) -> tuple[Node, ...]:
        """The other units of the layer of a symbol."""
        return tuple(node for node in self.layer(symbol) if node is not symbol)

    def other_samples(self, symbol: Node) -> tuple[Node, ...]:
        """The same unit for the other samples."""
        if symbol in self.family:
            table, of = self.family[symbol]
            return tuple(table[other] for other in self.other_samples(of) if other in table)
        if symbol not in self._places:
            return ()
        owner, entries, place = self._places[symbol]
        if not self._is_per_sample(owner):
            return ()
        same = entries[:, place[1]] if self.graph.sample_axis == 0 else entries[place[0], :]
        return tuple(node for node in same if node is not symbol)

    def _is_per_sample(self, owner: Node) -> bool:
        return bool(owner.shape) and owner.shape[self.graph.sample_axis].name == "samples"

    def transposed(self, weight: Node) -> Node | None:
        """The entry of a parameter with row and column exchanged, or `None`."""
        if weight not in self._places:
            return None
        _, entries, place = self._places[weight]
        if place[0] >= entries.shape[1] or place[1] >= entries.shape[0]:
            return None
        other: Node = entries[place[1], place[0]]
        return other if other is not weight and other.op is VARIABLE else None

    def neighbours(self, weight: Node) -> tuple[Node, ...]:
        """The entries of a parameter in the row and in the column of one of them."""
        if weight not in self._places:
            return ()
        _, entries, (row, column) = self._places[weight]
        found = dict.fromkeys([*entries[row, :], *entries[:, column]])
        return tuple(node for node in found if node is not weight and node.op is VARIABLE)

    def group(self, statement: Statement) -> tuple[Any, ...]:
        """What statements have in common that say the same of different entries, units or samples."""
        key = statement.steps[0].of if statement.steps else self.named.get(statement.of, statement.symbol)
        owner = self._places[key][0] if key in self._places else statement.of
        return (owner, statement.kind, statement.role)

    # --- activations --------------------------------------------------------------------------------------------------

    @cached_property
    def activations(self) -> dict[Node, tuple[Activation, ...]]:
        """The uses of activations by the symbol that they are applied to; a softmax by each of its inputs."""
        found: dict[Node, list[Activation]] = {}
        for made in self.view.statements:
            if made.kind in ("forward", "loss"):
                for use in self._uses(made):
                    found.setdefault(use.before, []).append(use)
        return {before: tuple(uses) for before, uses in found.items()}

    def _uses(self, made: Statement) -> Iterator[Activation]:
        for node in parts_of(made.formula):
            after = made.symbol if node is made.formula else None
            if node.op.role == "activation" and len(node.arguments) == 1 and node.arguments[0].op is VARIABLE:
                yield Activation(node, node.arguments[0], after, self.slope_of(node, after))
            elif node.op is softmax_unit and node.arguments[node.attributes["index"]].op is VARIABLE:
                before = node.arguments[node.attributes["index"]]
                yield Activation(node, before, after, self.slope_of(node, after, before))

    @staticmethod
    def slope_of(node: Node, after: Node | None, by: Node | None = None) -> Node:
        """The slope of an activation by its argument, written with the symbol of its result."""
        of = by or node.arguments[0]
        slope = pull_back(node, ONE, [of]).get(of, ONE)
        return slope if after is None else replaced(slope, {node: after})

    @cached_property
    def activation_to(self) -> dict[Node, Activation]:
        """The activation by the symbol of its result."""
        return {use.after: use for uses in self.activations.values() for use in uses if use.after is not None}

    # --- words --------------------------------------------------------------------------------------------------------

    def called(self, symbol: Node, stage: Stage) -> str:
        """What a symbol is called in a sentence: `h1`, `the gradient of w5`, `the new w5`, `the learning rate`."""
        if symbol in self.setting_of:
            name = self.setting_of[symbol]
            return _SETTINGS.get(name, f"the {name.replace('_', ' ')}")
        made = self.statements.get(symbol)
        if made is not None and made.kind not in ("forward", "loss"):
            return self._called_line(made, stage)
        if symbol in self.family:
            _, of = self.family[symbol]
            name = next((name for (_, name), pair in self.view.states.items() if symbol in pair), "memory")
            return f"the old {name.replace('_', ' ')} of {self.called(of, stage)}"
        name, _, sample = symbol.name.partition("#")
        name = "the loss" if name in ("loss", "loss_n") else name
        return name + (f" of sample {stage.batch.samples[int(sample) - 1] + 1}" if sample else "")

    def _called_line(self, made: Statement, stage: Stage) -> str:
        of = self.called(made.steps[0].of, stage) if made.steps else made.of
        if made.role == "way":
            return f"the part of the gradient of {of} that comes through {self.called(made.steps[0].via, stage)}"
        if made.role == "gradient":
            return f"the gradient of {of}"
        if made.role == "total":
            return f"the gradient of {of} with its regularizer"
        if made.role == "parameter":
            return f"the new {of}"
        role = made.role.replace("_", " ")
        return f"{role} of {of}" if role in _LETTERS else f"the {role} of {of}"


def _flat(entries: Any) -> list[Node]:
    return [entries] if isinstance(entries, Node) else list(entries.flat)
