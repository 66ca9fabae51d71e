"""Some units of a network alone: entries of the matrix view, with a letter for everything else.

The statements of the matrix view are looked at entry by entry, only where something is shown. What an entry is made of
and is not shown itself becomes a leaf, whose number is that of the matrix view; so nothing is made of the other units,
however many there are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chalkgrad.core.algebra import add, matmul, multiply, transpose
from chalkgrad.core.gradient import Line, Step, pull_back, substitute
from chalkgrad.core.node import ONE, VARIABLE, ZERO, Node, toposort, variable
from chalkgrad.core.precise import Precise
from chalkgrad.core.units import Index, entry
from chalkgrad.ops.structure import stack
from chalkgrad.reading.problem import Problem
from chalkgrad.solving.shown_units import Shown, index_of, is_per_sample, name_at, sample_at
from chalkgrad.solving.statements import GRADIENT_NORM, Kind, Statement, View
from chalkgrad.solving.steps import StepValues
from chalkgrad.solving.values import Rounding, Values, run
from chalkgrad.solving.views import Lines, backward_place, finished, gradient_statements, ordered

__all__ = ["around_units", "only_in_products", "values_of_units", "view_of_units"]


def view_of_units(problem: Problem, matrix: View, shown: Shown) -> View:
    """The statements about some units alone.

    Args:
        problem: whose.
        matrix: its matrix view, of any number of samples.
        shown: the units and the entries of parameters that are shown.

    Returns:
        A view unit by unit; its `taken` says where in the matrix view each of its symbols has its number.
    """
    return _Units(problem, matrix).view(shown)


class _Units:
    """Statements about single units, made of those of the matrix view."""

    def __init__(self, problem: Problem, matrix: View) -> None:
        self.problem, self.matrix = problem, matrix
        self.graph = problem.graph(matrix.samples)
        self.lines = Lines("units", matrix.samples, is_part=True)
        self.known: dict[tuple[Node, Index], Node] = {}
        self.places: dict[Node, tuple[Node, Index]] = {}
        self.formulas: dict[Node, Node] = {}
        self.differentiated = {gradient: symbol for symbol, gradient in matrix.gradients.items()}
        self.statements = {statement.symbol: statement for statement in matrix.statements}
        self.positions = {line.symbol: position for position, line in enumerate(self.graph.forward_lines)}
        self.inside = self._written_inside()

    def _written_inside(self) -> dict[Node, Node]:
        """What has no letter of its own unit by unit: matrices of named weights, and the ways of a gradient."""
        stacks = {line.symbol for line in self.graph.forward_lines if line.formula.op is stack}
        inside: dict[Node, Node] = {}
        for statement in self.matrix.statements:
            if statement.role == "way" or {statement.symbol, self.differentiated.get(statement.symbol)} & stacks:
                inside[statement.symbol] = substitute(statement.formula, inside)
        return inside

    def formula(self, symbol: Node, index: Index) -> Node:
        """One entry of what a symbol of the matrix view stands for."""
        if symbol not in self.formulas:
            self.formulas[symbol] = substitute(self.statements[symbol].formula, self.inside)
        return entry(self.formulas[symbol], index, self.letter)

    def letter(self, symbol: Node, index: Index) -> Node:
        """What stands for an entry of a symbol of the matrix view."""
        key = (symbol, index)
        if key not in self.known:
            node = self.known[key] = self._new_letter(symbol, index)
            self.places[node] = key
            of = self.differentiated.get(symbol, symbol)
            self.lines.names[node] = name_at(self.graph, of, index)
            sample = sample_at(self.graph, of, index)
            if sample is not None:
                self.lines.samples[node] = sample
            if symbol in self.graph.parameters:
                self.lines.owners[node] = symbol.name
        return self.known[key]

    def _new_letter(self, symbol: Node, index: Index) -> Node:
        if symbol in self.differentiated:
            of = self.letter(self.differentiated[symbol], index)
            assert self.graph.loss is not None
            return variable(f"d{self.graph.loss.name}/d{of.name}")
        name, sample = name_at(self.graph, symbol, index), sample_at(self.graph, symbol, index)
        return variable(name if sample is None or self.matrix.samples == 1 else f"{name}#{sample + 1}")

    # --- the view ---

    def view(self, shown: Shown) -> View:
        self._add_forward(shown)
        loss = self.graph.loss
        statements = [self._stated(line) for line in self.lines.forward]
        gradients = self._add_gradients(shown, statements)
        learned = [node for node in (self.letter(*place) for place in shown.entries) if node in gradients]
        if GRADIENT_NORM in self.statements:
            self.letter(GRADIENT_NORM, ())
        letter_of_loss = None if loss is None else self.letter(loss, index_of(self.graph, loss, 0))
        view = finished(self.problem, self.lines, statements, gradients, learned, letter_of_loss)
        # What arrives from units that are not shown has its letter from them.
        for node, (symbol, index) in list(self.places.items()):
            if symbol in self.differentiated:
                gradients.setdefault(self.letter(self.differentiated[symbol], index), node)
        return replace(view, taken=self.places | self._memory(view))

    def _stated(self, line: Line) -> Statement:
        name, sample = self.lines.names[line.symbol], self.lines.samples.get(line.symbol)
        kind: Kind = "loss" if line.symbol is self.matrix.loss else "forward"
        return Statement(line.symbol, line.formula, kind, name, "value", sample)

    def _memory(self, view: View) -> dict[Node, tuple[Node, Index]]:
        """Where in the matrix view the optimizer's memory of each shown entry stands."""
        found = {}
        for (node, name), (old, _) in view.states.items():
            parameter, index = self.places[node]
            whole, _ = self.matrix.states[parameter, name]
            found[old] = (whole, index if whole.shape else ())
        return found

    def _places(self, symbol: Node, unit: int) -> list[Index]:
        """Where a unit stands, once for each sample."""
        samples = self.matrix.samples if is_per_sample(self.graph, symbol) else 1
        return [index_of(self.graph, symbol, unit, sample) for sample in range(samples)]

    def _add_forward(self, shown: Shown) -> None:
        made: list[tuple[tuple[int, ...], Line]] = []
        for symbol, unit in shown.units:
            position = self.positions[symbol]
            for index in self._places(symbol, unit):
                letter = self.letter(symbol, index)
                sample = self.lines.samples.get(letter, -1)
                place = (sample, self._group(position), unit, position)
                made.append((place, Line(letter, self.formula(symbol, index))))
        self.lines.order = {line.symbol: place for place, line in made}
        self.lines.forward = ordered([(place, [line]) for place, line in made])

    def _group(self, position: int) -> int:
        """A unit's activation stands right behind its weighted sum."""
        formula = self.graph.forward_lines[position].formula
        before = self.graph.forward_lines[position - 1].symbol if position else None
        is_own = formula.op.elementwise and formula.op.role == "activation" and formula.arguments[0] is before
        return position - 1 if is_own else position

    # --- gradients ---

    def _add_gradients(self, shown: Shown, statements: list[Statement]) -> dict[Node, Node]:
        places = [(symbol, index) for symbol, unit in shown.units for index in self._places(symbol, unit)]
        gradients: dict[Node, Node] = {}
        made: list[tuple[Any, list[Statement]]] = []
        for symbol, index in [*places, *shown.entries]:
            whole = self.matrix.gradients.get(symbol)
            if whole is None or symbol is self.graph.loss:
                continue
            of, letter = self.letter(symbol, index), self.letter(whole, index)
            gradients[of] = letter
            line = Line(letter, self.formula(whole, index))
            group = gradient_statements(of, line, self._steps(of, line.formula, self.statements[whole]), self.lines)
            made.append(((symbol in self.graph.parameters, backward_place(self.lines.order.get(of))), group))
        statements += ordered(made)
        return gradients

    def _steps(self, of: Node, total: Node, statement: Statement) -> tuple[Step, ...]:
        """The uses of the chain rule in a gradient: it is a sum of gradients that arrive, each times a slope."""
        assert self.matrix.loss is not None
        leaves = [node for node in toposort([total]) if node in self.places]
        arriving = [node for node in leaves if self.places[node][0] in self.differentiated]
        slopes = pull_back(total, ONE, arriving)
        steps = [self._step(of, node, slopes[node], *self.places[node]) for node in arriving if node in slopes]
        direct = substitute(total, dict.fromkeys(arriving, ZERO)) if arriving else total
        if statement.steps and direct is not ZERO:
            loss = self.letter(self.matrix.loss, index_of(self.graph, self.matrix.loss, 0))
            steps.insert(0, Step(of, loss, ONE, None, direct, statement.steps[0].through))
        return tuple(steps)

    def _step(self, of: Node, upstream: Node, slope: Node, whole: Node, index: Index) -> Step:
        symbol = self.differentiated[whole]
        via = self.letter(symbol, index)
        formula = self.statements[symbol].formula
        if all(node.op.elementwise or not node.arguments for node in toposort([formula])):
            through = tuple(node for node in reversed(toposort([self.formula(symbol, index)])) if node.arguments)
        else:
            # Of a sum over a whole layer only the term in which the quantity stands is looked at.
            through = (add(of, via) if slope is ONE else multiply(of, slope),)
        return Step(of, via, upstream, slope, multiply(upstream, slope), through)


# --- numbers ----------------------------------------------------------------------------------------------------------


def around_units(matrix: View, view: View) -> View:
    """The part of a matrix view that the numbers of some units rest on: no updates, and no gradients but those.

    Args:
        matrix: the whole matrix view.
        view: the view of the units.
    """
    produced = {statement.symbol for statement in view.statements}
    needed = {whole for node, (whole, _) in view.taken.items() if node not in produced}
    needed |= set() if matrix.loss is None else {matrix.loss}
    kept: list[Statement] = []
    for statement in reversed(matrix.statements):
        if statement.symbol in needed:
            kept.append(statement)
            needed.update(node for node in toposort([statement.formula]) if node.op is VARIABLE)
    return replace(matrix, statements=tuple(reversed(kept)), totals={}, updated={}, states={})


def only_in_products(view: View) -> frozenset[str]:
    """The names of what stands in matrix products alone, where floats may stay floats: these are exact there."""
    elsewhere: set[Node] = set()
    inside: set[Node] = set()
    for statement in view.statements:
        for node in toposort([statement.formula]):
            (inside if node.op in (matmul, transpose) else elsewhere).update(node.arguments)
    return frozenset(node.name for node in inside - elsewhere if node.name)


def values_of_units(view: View, whole: StepValues, problem: Problem, xp: Any, rounding: Rounding | None) -> StepValues:
    """The numbers of some units, from those of the matrix view around them.

    Args:
        view: the view of the units.
        whole: the numbers of the matrix view, or of the part that the units rest on.
        problem: whose; its optimizer says where its memory starts.
        xp: `numpy` or a precise namespace.
        rounding: what becomes of a value before later statements use it, if anything.
    """
    leaves = Values({symbol: whole.values[symbol] for symbol in view.settings.values()})
    starts = {old: problem.optimizer.state[name] for (_, name), (old, _) in view.states.items()}
    produced = {statement.symbol for statement in view.statements}
    for node, (symbol, index) in view.taken.items():
        if node not in produced and symbol in whole.values:
            leaves[node] = _number(whole.values[symbol][index] if index else whole.values[symbol], xp)
        elif node in starts:
            leaves[node] = _number(float(starts[node]), xp)
    return StepValues(view, whole.batch, run(view, leaves, xp, rounding))


def _number(value: Any, xp: Any) -> Any:
    return xp.context.mpf(value) if isinstance(xp, Precise) else value
