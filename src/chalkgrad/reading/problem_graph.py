"""The graph of a problem: layers, formulas or nodes, and the loss, for any number of samples."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from chalkgrad.core.graph import Graph
from chalkgrad.core.node import Node, toposort
from chalkgrad.core.shape import Axis
from chalkgrad.errors import ChalkgradError, Fault, Place, ProblemError
from chalkgrad.reading.assembly import Assembly
from chalkgrad.reading.binding import Environment, bind
from chalkgrad.reading.formula_graph import add_formulas, add_given, add_nodes
from chalkgrad.reading.formulas import canonical_name, parse_formula, parse_lines
from chalkgrad.reading.layer_graph import add_layers
from chalkgrad.reading.loss_lines import LossLines, add_derivative, add_loss
from chalkgrad.reading.problem_keys import WrittenProblem
from chalkgrad.reading.samples import feature_counts
from chalkgrad.reading.syntax import Expression, names_in
from chalkgrad.reading.syntax import Line as WrittenLine
from chalkgrad.reading.vocabulary import functions_of

__all__ = ["ProblemGraph"]

# In a formula nothing says which parameter is a bias but its name.
_BIAS = re.compile(r"(b|beta|bias)([\W\d_].*)?")


@dataclass(frozen=True)
class ProblemGraph(WrittenProblem):
    """A problem as far as its graph is concerned, without values.

    Args:
        file: the keys with all their defaults, and where each stands.
        nodes: lines written with Python's operators on nodes, if the problem came so.
    """

    # --- what is asked ---

    @property
    def output(self) -> Node:
        """The symbol of the output, for one sample."""
        return self.graph(1).output

    @property
    def class_count(self) -> int:
        """How many outputs there are, where targets may be numbers of classes; otherwise 1."""
        if not self.keys.takes_classes or not self.output.shape:
            return 1
        return self.output.shape[1 - self.graph(1).sample_axis].size or 1

    @property
    def learned(self) -> tuple[str, ...]:
        """The names of the parameters that are updated: as said, else all but what stands for the data."""
        names = tuple(node.name for node in self.graph(1).parameters)
        if self.keys.learn is not None:
            return tuple(name for name in names if name in self.keys.learn)
        return names if self.keys.loss is None else tuple(name for name in names if name not in ("x", "y"))

    @property
    def bias_names(self) -> frozenset[str]:
        """The parameters that a regularizer leaves out unless they are named: those added to a weighted sum."""
        if self.keys.network is not None:
            return frozenset(name for name, start in self.assembled.starts.items() if start.is_bias)
        return frozenset(node.name for node in self.graph(1).parameters if _BIAS.fullmatch(node.name))

    @cached_property
    def wanted(self) -> tuple[str, ...]:
        """The names whose gradients are asked for, as the graph spells them."""
        if not self.keys.differentiate:
            return self.learned
        # `z_a^[2]`, the weighted sum of the unit `a^[2]`, is spelled `z^[2]_a` where nothing is known of the unit.
        spelled = {canonical_name(name): name for name in self.known_names if "^" in name}
        asked = next(iter(self.keys.differentiate.values()))
        return tuple(name if name in self.known_names else spelled.get(name, name) for name in asked)

    @cached_property
    def known_names(self) -> frozenset[str]:
        """Everything that has a name: quantities, their units, parameters and their entries."""
        graph = self.graph(1)
        symbols = [*(line.symbol for line in graph.forward_lines), *graph.parameters, *graph.inputs]
        units = (unit for symbol in symbols for unit in graph.unit_names.get(symbol, ()))
        return frozenset([*(symbol.name for symbol in symbols), *units])

    @property
    def updates(self) -> bool:
        """Whether parameters are updated, or only derivatives asked for."""
        return self.keys.differentiate is None and self.keys.equal is None and self.graph(1).loss is not None

    # --- what its text says ---

    @cached_property
    def used_names(self) -> frozenset[str]:
        """The names that stand in formulas, in the loss, or in what is to be shown equal.

        Raises:
            FormulaError: if one of these cannot be read.
        """
        if self.nodes:
            return frozenset(node.name for node in toposort(list(self.nodes.values())) if node.name)
        found = {name for line in self.written_lines for name in names_in(line.expression)}
        texts: dict[tuple[str, ...], str | None] = {("loss",): self.keys.loss}
        if self.keys.equal is not None:
            texts |= {("equal", "left"): self.keys.equal.left, ("equal", "right"): self.keys.equal.right}
        for path, text in texts.items():
            if text is not None:
                found |= names_in(self._parsed(text, path, [*self.keys.given, *found]))
        return frozenset(found)

    # --- the graph ---

    def graph(self, samples: int | None, dropout: bool = False) -> Graph:
        """The graph for so many samples side by side, or for any number with `None`.

        Args:
            samples: how many.
            dropout: whether units are masked, as in training.

        Raises:
            ProblemError: with every fault of the formulas and shapes.
        """
        cache: dict[tuple[int | None, bool], Graph] = self.__dict__.setdefault("_graphs", {})
        key = (samples, dropout and self.has_dropout)
        if key not in cache:
            cache[key] = self._build(*key)
        return cache[key]

    @property
    def has_dropout(self) -> bool:
        """Whether any layer leaves units out while training."""
        return self.keys.network is not None and any(layer.dropout for layer in self.keys.network.layers)

    def _build(self, samples: int | None, dropout: bool) -> Graph:
        assembly, output = self._assemble(samples, dropout)
        loss, loss_lines, plain = self._loss(output, assembly)
        used = {leaf for line in [*assembly.lines, *loss_lines] for leaf in toposort([line.formula])}
        return Graph(
            tuple(assembly.lines),
            output,
            tuple(node for node in assembly.parameters.values() if node in used),
            tuple(node for node in assembly.inputs.values() if node in used),
            loss,
            tuple(loss_lines),
            assembly.unit_names,
            assembly.sample_axis,
            tuple(plain),
            assembly.masks,
        )

    @cached_property
    def assembled(self) -> Assembly:
        """What the graph for one sample was put together from: its parameters, values and starts."""
        return self._assemble(1)[0]

    def _assemble(self, samples: int | None, dropout: bool = False) -> tuple[Assembly, Node]:
        assembly = Assembly(self.columns, samples, self.keys.given)
        if self.keys.network is not None:
            return assembly, add_layers(self.keys.network, assembly, self.relu_attributes, self.ops, dropout)
        self._add_data(assembly)
        if self.nodes:
            return assembly, add_nodes(self.nodes, assembly)
        add_given(assembly)
        symbolic = not self.keys.given and self.keys.data is None
        left_open = next(iter(self.keys.differentiate.values())) if self.keys.differentiate else ()
        output = add_formulas(
            self.written_lines, assembly, self.relu_attributes, symbolic=symbolic, left_open=left_open, ops=self.ops
        )
        return assembly, output

    @cached_property
    def written_lines(self) -> tuple[WrittenLine, ...]:
        """The lines of the formula, as they were parsed."""
        names = [*self.keys.given, *(("x", "y") if self.keys.data is not None else ())]
        text = self.keys.formula or ""
        return parse_lines(text, names=names, **self._where(("formula",), text))

    def _parsed(self, text: str, path: tuple[str, ...], names: Sequence[str]) -> Expression:
        return parse_formula(text, names=names, **self._where(path, text))

    def _where(self, path: tuple[str, ...], text: str) -> dict[str, Any]:
        """From which place on a text of the file is read, and what it may call."""
        place = self._place_of(path, text)
        where = {"source": place.source, "first_line": place.line, "first_column": place.column}
        return {"functions": functions_of(self.ops), **where}

    def _place_of(self, path: tuple[str, ...], text: str) -> Place:
        """Where the first line of a text of the file starts; without a line of its own, the text itself."""
        places = self.file.source.line_places(path) if path in self.file.source.values else ()
        if not self.file.source.lines or not places or (len(places) > 1 and places[0].line == places[-1].line):
            return Place(".".join(path), 1, 1, text)
        return places[0]

    def _add_data(self, assembly: Assembly) -> None:
        """The inputs and targets of samples; targets that are classes get their size from the output."""
        if self.keys.data is None:
            return
        for name in ("x", "y"):
            if name in self.keys.given:
                message = f"`{name}` comes from the data, and stands under `given` too"
                place = self.file.key_place("given", name)
                raise ProblemError(Fault("given-twice", message, place, "keep one of the two"))
        inputs, targets = self._feature_counts
        assembly.input("x", Axis("inputs", inputs))
        if targets:
            assembly.input("y", Axis("targets", targets))

    @cached_property
    def _feature_counts(self) -> tuple[int, int]:
        """How many inputs and targets a sample has; no targets where they are classes."""
        is_loaded = self.keys.data is not None and not self.has_listed_samples
        return feature_counts(self.keys, self.loaded if is_loaded else None)

    def _loss(self, output: Node, assembly: Assembly) -> LossLines:
        keys = self.keys
        asked = next(iter(keys.differentiate)) if keys.differentiate else "loss"
        if asked != "loss" or (keys.loss is None and keys.differentiate and "loss" in assembly.names):
            return self._derivative(asked, assembly)
        if keys.loss is not None:
            place = self._place_of(("loss",), keys.loss)
            return add_loss(keys.loss, output, assembly, self.relu_attributes, self.ops, place)
        if keys.equal is not None or keys.network is not None:
            return None, [], []
        return self._derivative(output.name, assembly)

    def _derivative(self, name: str, assembly: Assembly) -> LossLines:
        """What is differentiated where there is no loss."""
        try:
            return add_derivative(name, assembly)
        except ChalkgradError as error:
            place = self.file.key_place("differentiate", name) if self.keys.differentiate else self._last_line
            raise ProblemError([fault if place is None else fault.at(place) for fault in error.faults]) from None

    @property
    def _last_line(self) -> Place | None:
        return None if self.nodes or self.keys.formula is None else self.written_lines[-1].place

    def expression(self, text: str, key: str) -> Node:
        """An expression over the names of the problem, for one sample, such as one side of `equal`.

        Args:
            text: the expression.
            key: where it stands in the file, such as `equal.left`.

        Raises:
            FormulaError: with its faults.
        """
        assembly, _ = self._assemble(1)
        environment = Environment(
            assembly.names, unit=assembly.unit, columns=self.columns, relu_attributes=self.relu_attributes, ops=self.ops
        )
        bound = bind(self._parsed(text, tuple(key.split(".")), list(assembly.names)), environment)
        return self.graph(1).composed(bound)[0]
