"""Lines of formulas as a graph: names become leaves, and every activation gets a line of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from chalkgrad.core.gradient import substitute
from chalkgrad.core.node import VARIABLE, Node, toposort
from chalkgrad.core.shape import Axis, describe
from chalkgrad.errors import ChalkgradError, Fault, FormulaError, ShapeError
from chalkgrad.ops import OPS, OpSet
from chalkgrad.reading.assembly import Assembly, exact_shape
from chalkgrad.reading.binding import Environment, bind
from chalkgrad.reading.formulas import canonical_name
from chalkgrad.reading.network_names import sum_name
from chalkgrad.reading.syntax import Line as WrittenLine

__all__ = ["add_formulas", "add_given", "add_nodes"]


def add_given(assembly: Assembly) -> None:
    """Make a parameter of every given name."""
    for name, value in assembly.given.items():
        sizes = exact_shape(value)
        if not sizes:
            assembly.parameter(name)
        elif len(sizes) == 1:
            assembly.parameter(name, assembly.vector(Axis(f"entries of {name}", sizes[0])))
        else:
            assembly.parameter(name, (Axis(f"rows of {name}", sizes[0]), Axis(f"columns of {name}", sizes[1])))


def add_formulas(
    lines: Sequence[WrittenLine],
    assembly: Assembly,
    relu_attributes: Mapping[str, Any],
    *,
    symbolic: bool,
    left_open: Collection[str] = (),
    ops: OpSet = OPS,
) -> Node:
    """Write lines of formulas into an assembly.

    Args:
        lines: as they were parsed.
        assembly: with the inputs and given values in it.
        relu_attributes: the slope of ReLU at 0, where it is not 0.
        symbolic: whether a name without a value is a quantity without a number; otherwise it is a fault.
        left_open: names that may stay without a number even so.
        ops: the functions that may be called.

    Returns:
        The symbol of the last line.

    Raises:
        FormulaError: with the faults of all lines.
    """
    environment = Environment(
        assembly.names,
        unknown=lambda name: assembly.parameter(name) if symbolic or name in left_open else None,
        unit=assembly.unit,
        columns=assembly.columns,
        relu_attributes=relu_attributes,
        ops=ops,
    )
    assembly.reserved |= {line.name for line in lines}
    faults: list[Fault] = []
    symbol: Node | None = None
    failed: set[str] = set()
    for number, line in enumerate(lines):
        later = {other.name for other in lines[number + 1 :]}
        try:
            _refuse_taken(line, assembly)
            names = dict(assembly.names)
            formula = bind(line.expression, replace(environment, names=names, later=later | failed, line=line.name))
            symbol = _write(line.name, formula, assembly)
        except ChalkgradError as error:
            # What only follows from an earlier faulty line is not a fault of its own.
            faults += [f.at(line.place) for f in error.faults if not any(f'"{name}"' in f.message for name in failed)]
            failed.add(line.name)
    if faults or symbol is None:
        raise FormulaError(faults or Fault("no-lines", "a formula needs at least one line such as y = w x + b"))
    return symbol


def add_nodes(lines: Mapping[str, Node], assembly: Assembly) -> Node:
    """Write lines that were built with Python's operators, with earlier lines as symbols in later ones.

    Returns:
        The symbol of the last line.

    Raises:
        ShapeError: with code `wrong-size`, if a variable does not have the size of its value or of the data.
    """
    meaning: dict[Node, Node] = {}
    symbol: Node | None = None
    for leaf in toposort(list(lines.values())):
        if leaf.op is VARIABLE:
            _refuse_size(leaf, assembly)
            known = assembly.names.get(leaf.name)
            meaning[leaf] = assembly.parameter(leaf.name, leaf.shape) if known is None else known
    for name, node in lines.items():
        symbol = assembly.line(canonical_name(name), substitute(node, meaning))
        meaning[node] = symbol
    assert symbol is not None, "a formula has a line"
    return symbol


def _refuse_size(leaf: Node, assembly: Assembly) -> None:
    """A variable must have the size of what fills it; a list may be a row or a column."""
    wanted = tuple(axis.size for axis in leaf.shape)
    read: tuple[int | None, ...]
    if leaf.name in assembly.inputs:
        axis = assembly.feature_axis
        count = assembly.inputs[leaf.name].shape[axis].size
        fits, read = (not wanted and count == 1) or (bool(wanted) and wanted[axis] == count), (count,)
    elif leaf.name in assembly.given:
        read = exact_shape(assembly.given[leaf.name])
        fits = read == wanted or (len(read) == 1 and wanted in ((1, *read), (*read, 1)))
    else:
        return
    if not fits:
        sizes = " × ".join(map(str, read)) or "a number"
        message = f"the variable {leaf.name} is {describe(leaf.shape)}, but its value has the size {sizes}"
        raise ShapeError(Fault("wrong-size", message, hint="give the variable the shape of its value"))


def _refuse_taken(line: WrittenLine, assembly: Assembly) -> None:
    """A line must not have the name of something that has its value from elsewhere."""
    if line.name in assembly.given:
        message = f'"{line.name}" has a value under `given`, and this line works it out again'
    elif line.name in assembly.inputs:
        message = f'"{line.name}" is filled by the data, and this line works it out again'
    elif line.name in assembly.parameters:
        message = f'"{line.name}" is used above as a quantity of its own, and worked out only here'
    else:
        return
    raise FormulaError(Fault("name-used-twice", message, line.place, "give one of the two another name"))


def _write(name: str, formula: Node, assembly: Assembly) -> Node:
    """A line, after lines for what its activations are applied to."""
    meaning: dict[Node, Node] = {}
    for node in toposort([formula]):
        if node.op.role != "activation":
            continue
        (inner,) = (substitute(argument, meaning) for argument in node.arguments)
        if inner.arguments:
            inner = assembly.line(assembly.free(sum_name(name)), inner)
        if node is formula:
            return assembly.line(name, node.op(inner, **node.attributes))
        if inner is not node.arguments[0]:
            meaning[node] = assembly.line(assembly.free(f"a_{name}"), node.op(inner, **node.attributes))
    return assembly.line(name, substitute(formula, meaning))
