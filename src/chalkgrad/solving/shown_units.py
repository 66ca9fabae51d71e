"""Which units, weights and layers are shown, where only some are asked for by their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from chalkgrad.core.gradient import Line
from chalkgrad.core.graph import Graph
from chalkgrad.core.node import Node, variable
from chalkgrad.core.units import Index, entry, indices
from chalkgrad.errors import Fault, FormulaError, UsageError, nearest
from chalkgrad.ops.structure import stack
from chalkgrad.reading.assembly import entry_of_name, name_of_entry
from chalkgrad.reading.formulas import canonical_name

__all__ = ["Shown", "choose_units", "index_of", "is_per_sample", "name_at", "sample_at"]

# A unit with a thousand weights can still be looked through; a layer of such units cannot.
_MOST_ENTRIES = 1_500


@dataclass
class Shown:
    """What is shown.

    Args:
        units: units of lines of the forward pass: the symbol of the line and which of its units, from 0.
        entries: parameters, entry by entry.
    """

    units: dict[tuple[Node, int], None] = field(default_factory=dict)
    entries: dict[tuple[Node, Index], None] = field(default_factory=dict)


def choose_units(graph: Graph, names: Sequence[str]) -> Shown:
    """Find what is meant by some names.

    Args:
        graph: of any number of samples.
        names: a unit, with which its weighted sum and its own parameters come along; a weighted sum alone; a layer; a
            parameter, or one entry of it.

    Raises:
        UsageError: `no-such-unit`, with the nearest name; `nothing-worked-out` for what is given by the data;
            `too-many-units`.
    """
    shown = Shown()
    faults = [fault for name in names if (fault := _choose(graph, name, shown)) is not None]
    if faults:
        raise UsageError(faults)
    if len(shown.entries) > _MOST_ENTRIES:
        message = f"{', '.join(names)} would be {len(shown.entries):,} weights, one by one"
        raise UsageError(Fault("too-many-units", message, hint=f"name units with at most {_MOST_ENTRIES:,} weights"))
    return shown


def _choose(graph: Graph, written: str, into: Shown) -> Fault | None:
    name = _canonical(written)
    lines = [line for line in graph.forward_lines if line.formula.op is not stack]
    for line in lines:
        units = graph.unit_names[line.symbol]
        if name in units or name == line.symbol.name:
            for unit in [units.index(name)] if name in units else range(len(units)):
                _add_unit(graph, line, unit, into)
            return None
    for parameter in graph.parameters:
        found = _entries_called(graph, parameter, name)
        if found:
            into.entries.update({(parameter, index): None for index in found})
            return None
    for line in graph.forward_lines:
        if line.formula.op is stack and line.symbol.name == name:
            into.entries.update({(scalar, ()): None for scalar in line.formula.arguments})
            return None
    return _unknown(graph, written, name)


def _canonical(written: str) -> str:
    try:
        return canonical_name(written)
    except FormulaError:
        return written.strip()


def _unknown(graph: Graph, written: str, name: str) -> Fault:
    for symbol in graph.inputs:
        if name == symbol.name or name in graph.unit_names[symbol]:
            message = f"{written} comes from the data, so there is nothing to work out"
            return Fault("nothing-worked-out", message, hint="name a unit, a weight or a layer")
    known = [line.symbol.name for line in graph.forward_lines] + [node.name for node in graph.parameters]
    known += [unit for symbol, units in graph.unit_names.items() for unit in units if symbol not in graph.inputs]
    hint = nearest(name, known) or f"units are called as in {', '.join(_examples(graph))}"
    return Fault("no-such-unit", f'there is no unit "{written}"', hint=hint)


def _examples(graph: Graph) -> Iterator[str]:
    """The first unit and the first weight."""
    for line in graph.forward_lines[-1:]:
        yield graph.unit_names[line.symbol][0]
    for node in graph.parameters[:1]:
        yield name_at(graph, node, next(indices(node)))


def _entries_called(graph: Graph, parameter: Node, name: str) -> list[Index]:
    """All entries of a parameter of this name, or the one that is called so."""
    if name == parameter.name:
        return list(indices(parameter))
    names = graph.unit_names.get(parameter, ())
    if name in names:
        return [index for index, own in zip(indices(parameter), names, strict=True) if own == name]
    # With a comma as in large matrices, w⁽¹⁾₂,₁ is understood in small ones too.
    sizes = _sizes(parameter)
    found = entry_of_name(parameter.name, sizes, name) if max(sizes, default=1) > 1 else None
    return [] if found is None else [found]


def _add_unit(graph: Graph, line: Line, unit: int, into: Shown) -> None:
    """A unit, and if it is an activation its weighted sum and the parameters in that; a weighted sum stands alone."""
    lines = {before.symbol: before for before in graph.forward_lines}
    sums = {after.formula.arguments[0] for after in lines.values() if after.formula.op.role == "activation"}
    own = lines.get(line.formula.arguments[0], line) if line.formula.op.role == "activation" else line
    into.units.update({(own.symbol, unit): None, (line.symbol, unit): None})
    if line.symbol not in sums:
        into.entries.update(dict.fromkeys(_own_parameters(graph, own, unit)))


def _own_parameters(graph: Graph, line: Line, unit: int) -> list[tuple[Node, Index]]:
    """The entries of parameters that stand in the formula of one unit."""
    found: dict[tuple[Node, Index], None] = {}
    stacks = {before.symbol: before.formula for before in graph.forward_lines if before.formula.op is stack}

    def note(symbol: Node, index: Index) -> Node:
        if symbol in stacks:
            scalar = stacks[symbol].arguments[index[0] * (symbol.shape[1].size or 1) + index[1]]
            found[scalar, ()] = None
        elif symbol in graph.parameters:
            found[symbol, index] = None
        return variable(f"{symbol.name}{index}") if index else symbol

    entry(line.formula, index_of(graph, line.symbol, unit), note)
    return list(found)


# --- units, and where their numbers stand in an array -----------------------------------------------------------------


def index_of(graph: Graph, symbol: Node, unit: int, sample: int = 0) -> Index:
    """Where in a quantity a unit of a sample stands."""
    if not symbol.shape:
        return ()
    if not is_per_sample(graph, symbol):
        return divmod(unit, symbol.shape[1].size or 1)
    return (sample, unit) if graph.sample_axis == 0 else (unit, sample)


def is_per_sample(graph: Graph, symbol: Node) -> bool:
    """Whether a quantity is different for each sample."""
    return bool(symbol.shape) and symbol.shape[graph.sample_axis].name == "samples"


def sample_at(graph: Graph, symbol: Node, index: Index) -> int | None:
    """To which sample of the batch an entry of a quantity belongs, or `None` if to all."""
    return index[graph.sample_axis] if is_per_sample(graph, symbol) else None


def name_at(graph: Graph, symbol: Node, index: Index) -> str:
    """What an entry of a quantity is called."""
    names = graph.unit_names.get(symbol, ())
    if not index:
        return names[0] if len(names) == 1 else symbol.name
    unit = index[1 - graph.sample_axis] if is_per_sample(graph, symbol) else index[0] * _sizes(symbol)[1] + index[1]
    if unit < len(names):
        return names[unit]
    return name_of_entry(symbol.name, _sizes(symbol), index) if max(_sizes(symbol)) > 1 else symbol.name


def _sizes(symbol: Node) -> tuple[int, ...]:
    return tuple(axis.size or 1 for axis in symbol.shape)
