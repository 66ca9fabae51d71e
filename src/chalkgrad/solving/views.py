"""A graph turned into the statements of one optimizer step, matrix by matrix or unit by unit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from heapq import heapify, heappop, heappush
from typing import Any, Literal, TypeVar

import numpy

from chalkgrad.core.algebra import divide, multiply, negate, power, sqrt, summation
from chalkgrad.core.gradient import Line, Step, chain, compose, pull_back
from chalkgrad.core.graph import Graph
from chalkgrad.core.node import ONE, Node, constant, toposort, variable
from chalkgrad.core.units import entries
from chalkgrad.ops.functions import maximum, minimum
from chalkgrad.ops.optimizers import Update
from chalkgrad.ops.structure import stack
from chalkgrad.reading.problem import Problem
from chalkgrad.solving.statements import GRADIENT_NORM, Kind, Statement, View, setting_symbol

__all__ = ["Lines", "backward_place", "finished", "gradient_statements", "matrix_view", "ordered", "unit_view"]

Worked = TypeVar("Worked", Line, Statement)


@dataclass
class Lines:
    """The lines of a view, with the name and the sample of each symbol, and the parameter that it is an entry of.

    With `is_part` they are about some units alone, and what needs all of them is a leaf.
    """

    name: Literal["matrix", "units"]
    count: int
    forward: list[Line] = field(default_factory=list)
    loss: list[Line] = field(default_factory=list)
    samples: dict[Node, int] = field(default_factory=dict)
    names: dict[Node, str] = field(default_factory=dict)
    owners: dict[Node, str] = field(default_factory=dict)
    order: dict[Node, tuple[int, ...]] = field(default_factory=dict)
    entries: dict[Node, Any] = field(default_factory=dict)
    is_part: bool = False


def matrix_view(problem: Problem, samples: int | None, dropout: bool = False) -> View:
    """The statements of a step on so many samples, or on any number with `None`, matrix by matrix.

    Args:
        problem: the problem.
        samples: how many samples stand side by side.
        dropout: whether units are masked, as in training.
    """
    graph = problem.graph(samples, dropout)
    lines = Lines("matrix", _samples_of(graph), list(graph.forward_lines), list(graph.loss_lines))
    everything = [*(line.symbol for line in graph.lines), *graph.parameters, *graph.inputs, *graph.masks]
    lines.names = {node: node.name for node in everything}
    lines.entries = {node: node for node in everything}
    lines.owners = {node: node.name for node in graph.parameters}
    wanted = [node for node in everything if node.name in problem.wanted]
    if not problem.updates:
        # The derivative by one unit is an entry of the derivative by its layer.
        wanted += [s for s, units in graph.unit_names.items() if s not in wanted and set(units) & set(problem.wanted)]
    return _view(problem, lines, graph.loss, wanted)


def unit_view(problem: Problem, samples: int, also: Collection[str] = ()) -> View:
    """The statements of a step on so many samples, unit by unit.

    Args:
        problem: the problem.
        samples: how many samples stand side by side.
        also: names whose gradients are worked out although the problem does not ask for them.
    """
    graph = problem.graph(samples)
    lines = Lines("units", _samples_of(graph))
    for leaf in [*graph.inputs, *graph.parameters]:
        _add_leaf(leaf, graph, lines)
    forward: list[tuple[tuple[int, ...], Line]] = []
    for position, line in enumerate(graph.forward_lines):
        forward += _unit_lines(line, position, graph, lines)
    lines.order = {line.symbol: key for key, line in forward}
    lines.forward = ordered([(key, [line]) for key, line in forward])
    for line in graph.loss_lines:
        lines.loss += [unit for _, unit in _unit_lines(line, 0, graph, lines)]
    loss = None if graph.loss is None else _single(lines.entries[graph.loss])
    asked = {*problem.wanted, *also}
    wanted = [node for node, name in lines.names.items() if {name, lines.owners.get(node)} & asked]
    return _view(problem, lines, loss, wanted)


def ordered(groups: Sequence[tuple[Any, Sequence[Worked]]]) -> list[Worked]:
    """Groups of lines by their keys, but none before one that it uses: a quantity may be shared by all samples."""
    maker = {line.symbol: number for number, (_, group) in enumerate(groups) for line in group}
    users: dict[int, list[int]] = {}
    missing: list[set[int]] = []
    for number, (_, group) in enumerate(groups):
        used = toposort([line.formula for line in group])
        missing.append({maker[node] for node in used if node in maker} - {number})
        for other in missing[-1]:
            users.setdefault(other, []).append(number)
    ready = [(key, number) for number, (key, _) in enumerate(groups) if not missing[number]]
    heapify(ready)
    ordered: list[Worked] = []
    while ready:
        _, number = heappop(ready)
        ordered += groups[number][1]
        for user in users.get(number, ()):
            missing[user].remove(number)
            if not missing[user]:
                heappush(ready, (groups[user][0], user))
    return ordered


def _flat(array: Any) -> list[Node]:
    return [array] if isinstance(array, Node) else list(array.flat)


def _single(array: Any) -> Node:
    (node,) = _flat(array)
    return node


def _positions(symbol: Node, graph: Graph) -> list[tuple[int | None, int]]:
    """For each entry, row by row: the sample it belongs to, if any, and which unit of the quantity it is."""
    if not symbol.shape:
        return [(None, 0)]
    axis = graph.sample_axis
    per_sample = symbol.shape[axis].name == "samples"
    rows, columns = (axis_.size or 1 for axis_ in symbol.shape)
    if not per_sample:
        return [(None, k) for k in range(rows * columns)]
    return [((i, j) if axis == 0 else (j, i)) for i in range(rows) for j in range(columns)]


def _add_leaf(leaf: Node, graph: Graph, lines: Lines) -> None:
    lines.entries[leaf] = _symbols(leaf, graph, lines, _positions(leaf, graph))
    if leaf in graph.parameters:
        lines.owners |= dict.fromkeys(_flat(lines.entries[leaf]), leaf.name)


def _symbols(symbol: Node, graph: Graph, lines: Lines, positions: Sequence[tuple[int | None, int]]) -> Any:
    """One variable for each entry of a quantity."""
    units = graph.unit_names.get(symbol, (symbol.name,))
    samples = 1 + max((sample for sample, _ in positions if sample is not None), default=0)
    made = []
    for sample, unit in positions:
        name = units[unit] if unit < len(units) else f"{symbol.name}_{unit + 1}"
        node = variable(f"{name}#{sample + 1}" if sample is not None and samples > 1 else name)
        lines.names[node] = name
        if sample is not None:
            lines.samples[node] = sample
        made.append(node)
    if not symbol.shape:
        return made[0]
    array = numpy.empty(len(made), dtype=object)
    array[:] = made
    return array.reshape([axis.size or 1 for axis in symbol.shape])


def _unit_lines(line: Line, position: int, graph: Graph, lines: Lines) -> list[tuple[tuple[int, ...], Line]]:
    """The lines of the entries of one line, each with its place in the order that a person would take."""
    (formulas,) = entries([line.formula], lines.entries)
    if line.formula.op is stack:
        lines.entries[line.symbol] = formulas
        return []
    positions = _positions(line.symbol, graph)
    symbols = _symbols(line.symbol, graph, lines, positions)
    lines.entries[line.symbol] = symbols
    # A unit's activation stands right behind its pre-activation.
    own = line.formula.op.elementwise and line.formula.op.role == "activation" and position > 0
    group = position - 1 if own and line.formula.arguments[0] is graph.forward_lines[position - 1].symbol else position
    return [
        ((-1 if sample is None else sample, group, unit, position), Line(symbol, formula))
        for (sample, unit), symbol, formula in zip(positions, _flat(symbols), _flat(formulas), strict=True)
    ]


# --- from lines to statements -----------------------------------------------------------------------------------------


def _view(problem: Problem, lines: Lines, loss: Node | None, wanted: Sequence[Node]) -> View:
    statements = [
        *(_stated(line, "loss" if line.symbol is loss else "forward", lines) for line in lines.forward),
        *(_stated(line, "loss", lines) for line in lines.loss),
    ]
    gradients = {} if loss is None else _add_gradients(statements, lines, loss, wanted)
    if loss is not None and problem.updates:
        gradients |= _add_zeros(problem, statements, lines, loss, [node for node in wanted if node not in gradients])
    return finished(problem, lines, statements, gradients, [node for node in wanted if node in gradients], loss)


def finished(
    problem: Problem,
    lines: Lines,
    statements: list[Statement],
    gradients: dict[Node, Node],
    learned: Sequence[Node],
    loss: Node | None,
) -> View:
    """A view of the statements so far, and of what the regularizer and the optimizer make of the gradients.

    Args:
        problem: whose.
        lines: what is known of its symbols.
        statements: the forward pass, the loss and the gradients.
        gradients: for each quantity, the symbol of its gradient.
        learned: the parameters that are updated, if any are.
        loss: the symbol of the loss.
    """
    settings = {name: setting_symbol(name) for name in (*problem.settings, "t", *_strengths(problem))}
    totals: dict[Node, Node] = {}
    updated: dict[Node, Node] = {}
    states: dict[tuple[Node, str], tuple[Node, Node]] = {}
    for node in learned if problem.updates else ():
        totals[node] = _add_penalty(problem, node, gradients[node], lines, settings, statements)
    if totals:
        totals = _add_clipping(problem, totals, lines, statements)
    for node, total in totals.items():
        updated[node], memory = _add_update(problem, node, total, lines, settings, statements)
        states |= memory
    return View(
        lines.name,
        lines.count,
        tuple(statements),
        gradients,
        totals,
        updated,
        states,
        settings,
        lines.entries,
        loss,
    )


def _samples_of(graph: Graph) -> int:
    """How many samples a graph was built for."""
    sizes = [node.shape[graph.sample_axis].size for node in graph.inputs]
    return (sizes[0] or 1) if sizes else 1


def _stated(line: Line, kind: Kind, lines: Lines) -> Statement:
    name = lines.names[line.symbol]
    return Statement(line.symbol, line.formula, kind, name, "value", lines.samples.get(line.symbol))


def _add_gradients(statements: list[Statement], lines: Lines, loss: Node, wanted: Sequence[Node]) -> dict[Node, Node]:
    """The backward pass: sample by sample, then the parameters."""
    whole = [*lines.forward]
    if lines.loss:
        whole.append(Line(loss, compose(lines.loss, [loss])[0]))
    walk = chain(whole, loss, wanted)
    steps: dict[Node, list[Step]] = {}
    for step in reversed(walk.steps):
        steps.setdefault(step.of, []).append(step)
    made: list[list[Statement]] = []
    for symbol, line in walk.gradients.items():
        if symbol is not loss:
            made.append(gradient_statements(symbol, line, tuple(steps.get(symbol, ())), lines))
    produced = {line.symbol for line in whole}
    leaves = {line.symbol for symbol, line in walk.gradients.items() if symbol not in produced}
    places = {line.symbol: backward_place(lines.order.get(symbol)) for symbol, line in walk.gradients.items()}
    statements += ordered([((group[-1].symbol in leaves, places[group[-1].symbol]), group) for group in made])
    return {symbol: line.symbol for symbol, line in walk.gradients.items()}


def backward_place(place: tuple[int, ...] | None) -> tuple[int, ...]:
    """Backwards from layer to layer, but through the units of a layer as they are counted."""
    if place is None:
        return ()
    sample, group, unit, position = place
    return (sample, -group, unit, -position)


def _add_zeros(
    problem: Problem, statements: list[Statement], lines: Lines, loss: Node, unreached: Sequence[Node]
) -> dict[Node, Node]:
    """Gradients of 0, for parameters that the data do not reach but a regularizer still moves."""
    made: dict[Node, Node] = {}
    for node in unreached:
        if node in lines.owners and _is_penalized(problem, lines.owners[node]):
            made[node] = variable(f"d{loss.name}/d{node.name}", node.shape)
            statements.append(Statement(made[node], multiply(0, node), "chain", lines.names[node], "gradient"))
    return made


def gradient_statements(symbol: Node, line: Line, steps: tuple[Step, ...], lines: Lines) -> list[Statement]:
    """The gradient of one quantity; where it comes along several ways, each way first, then their sum."""
    name, sample = lines.names[symbol], lines.samples.get(symbol)
    if len(steps) < 2:
        return [Statement(line.symbol, line.formula, "chain", name, "gradient", sample, steps)]
    ways: list[Statement] = []
    for number, step in enumerate(steps, start=1):
        way = variable(f"{line.symbol.name}:{number}", symbol.shape)
        ways.append(Statement(way, step.term, "chain", name, "way", sample, (step,)))
    total = ways[0].symbol
    for statement in ways[1:]:
        total = total + statement.symbol
    return [*ways, Statement(line.symbol, total, "accumulate", name, "gradient", sample, steps)]


def _strengths(problem: Problem) -> list[str]:
    return list(problem.strengths)


def _is_penalized(problem: Problem, name: str) -> bool:
    """Weights, but no biases unless they are named."""
    written = problem.keys.regularizer
    if written is None:
        return False
    return name in written.on if written.on is not None else name not in problem.bias_names


def _add_penalty(
    problem: Problem,
    node: Node,
    gradient: Node,
    lines: Lines,
    settings: dict[str, Node],
    statements: list[Statement],
) -> Node:
    """The symbol of the gradient with the regularizer's part, if the parameter has one."""
    if not _is_penalized(problem, lines.owners[node]):
        return gradient
    total = gradient
    for name in _strengths(problem):
        penalty = problem.ops.regularizer(name).penalty(node, settings[name])
        total = total + pull_back(penalty, ONE, [node])[node]
    symbol = variable(f"{gradient.name}:total", node.shape)
    statements.append(Statement(symbol, total, "regularize", lines.names[node], "total"))
    return symbol


def _add_clipping(
    problem: Problem, totals: dict[Node, Node], lines: Lines, statements: list[Statement]
) -> dict[Node, Node]:
    """The symbols of the gradients after clipping, if the problem asks for it.

    Source: Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks (2013), section 3.2.
    """
    clip = problem.keys.clip
    if clip is None:
        return totals
    factor: Node | None = None
    if clip.norm is not None:
        bound = constant(Fraction(clip.norm), str(clip.norm))
        if not lines.is_part:
            statements.append(Statement(GRADIENT_NORM, _norm(list(totals.values())), "regularize", "gradient", "norm"))
        factor = divide(bound, maximum(GRADIENT_NORM, bound))
    clipped: dict[Node, Node] = {}
    for node, total in totals.items():
        formula = _bounded(total, clip.value) if factor is None else multiply(factor, total)
        clipped[node] = variable(f"{total.name}:clipped", node.shape)
        statements.append(Statement(clipped[node], formula, "regularize", lines.names[node], "clipped"))
    return clipped


def _norm(gradients: Sequence[Node]) -> Node:
    """The root of the sum of all squared entries."""
    squares = [summation(power(gradient, 2)) for gradient in gradients]
    total = squares[0]
    for square in squares[1:]:
        total = total + square
    return sqrt(total)


def _bounded(gradient: Node, value: Any) -> Node:
    """Each entry between −value and value."""
    bound = constant(Fraction(value), str(value))
    return maximum(minimum(gradient, bound), negate(bound))


def _add_update(
    problem: Problem, node: Node, gradient: Node, lines: Lines, settings: dict[str, Node], statements: list[Statement]
) -> tuple[Node, dict[tuple[Node, str], tuple[Node, Node]]]:
    optimizer = problem.optimizer
    before = {
        name: variable(f"{name}:{node.name}", optimizer.state_shape(name, node.shape)) for name in optimizer.state
    }
    corrected = problem.keys.optimizer.bias_correction == "by_step"
    update = Update(node, gradient, before, settings, corrected)
    optimizer.write(update)
    for name, line in update.lines.items():
        statements.append(Statement(line.symbol, line.formula, "update", lines.names[node], name))
    states = {(node, name): (before[name], update.lines[name].symbol) for name in optimizer.state}
    return update.lines["parameter"].symbol, states
