"""The lines of a loss: the loss of each sample, then that of the batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalkgrad.core.algebra import multiply, negate, summation
from chalkgrad.core.gradient import Line, substitute
from chalkgrad.core.node import VARIABLE, Node, variable
from chalkgrad.core.shape import Axis
from chalkgrad.errors import Fault, Place, ProblemError, nearest
from chalkgrad.ops import OPS, OpSet
from chalkgrad.ops.softmax import log_softmax
from chalkgrad.reading.assembly import Assembly
from chalkgrad.reading.binding import Environment, bind
from chalkgrad.reading.formulas import parse_formula
from chalkgrad.reading.vocabulary import functions_of

__all__ = ["LossLines", "add_derivative", "add_loss"]

LossLines = tuple[Node | None, list[Line], list[Line]]


def add_loss(
    text: str,
    output: Node,
    assembly: Assembly,
    relu_attributes: Mapping[str, Any],
    ops: OpSet = OPS,
    place: Place | None = None,
) -> LossLines:
    """Write the lines of a loss.

    Args:
        text: the name of a loss, or an expression in the output and `y`.
        output: the symbol of the prediction.
        assembly: with the lines up to the output; a target `y` is added if there is none.
        relu_attributes: the slope of ReLU at 0, where it is not 0.
        ops: where losses and functions are looked up.
        place: where an expression starts.

    Returns:
        The symbol of the loss, its lines, and the lines of the same loss not fused with the output's activation
        (empty where they are the same).

    Raises:
        FormulaError: with the faults of an expression, each with its place.
        ShapeError: if the targets do not fit the outputs.
    """
    target = _target(output, assembly)
    if text not in ops.losses:
        return _over_samples(_written(text, assembly, relu_attributes, ops, place), assembly)
    loss, axis = ops.loss(text), assembly.feature_axis
    activated = next((line.formula for line in assembly.lines if line.symbol is output), output)
    plain, fused = loss.rows(output, target, axis), loss.rows(activated, target, axis)
    if substitute(fused, {activated: output}) is plain:
        return (*_lines(plain, loss.total, assembly), [])
    if activated.op is log_softmax:
        # The outputs are logarithms already: cross-entropy takes no second one.
        plain = negate(summation(multiply(target, output), axes=(axis,)))
    return (*_lines(fused, loss.total, assembly), _lines(plain, loss.total, assembly)[1])


def _over_samples(values: Node, assembly: Assembly) -> LossLines:
    """The lines of a loss that is an expression: of each sample the sum of its entries, then the sum over samples."""
    is_per_sample = bool(values.shape) and values.shape[assembly.sample_axis].name == "samples"
    if not is_per_sample:
        return (*_lines(summation(values), summation, assembly), [])
    return (*_lines(summation(values, axes=(assembly.feature_axis,)), summation, assembly), [])


def add_derivative(name: str, assembly: Assembly) -> LossLines:
    """What is differentiated where there is no loss: one number, or the sum of one number for each sample.

    Args:
        name: a quantity or one of its units.
        assembly: with all lines.

    Raises:
        ProblemError: with code `unknown-name` or `not-a-number`.
    """
    node = assembly.names.get(name)
    if node is None:
        node = assembly.unit(name)
    if node is None:
        known = [n for n in assembly.names if n not in assembly.parameters and n not in assembly.inputs]
        hint = nearest(name, known) or "one of " + ", ".join(known)
        raise ProblemError(Fault("unknown-name", f"there is no quantity `{name}` to differentiate", hint=hint))
    if any((axis.size or 1) != 1 for axis in node.shape if axis.name != "samples"):
        units = assembly.unit_names.get(node, ())
        shown = ", ".join(units[:4]) + ", ..." * (len(units) > 4)
        hint = f"give a `loss`, or ask for one number: its sum, or one of {shown}"
        raise ProblemError(Fault("not-a-number", f"{name} has several entries, so it has no gradient", hint=hint))
    if node.op is not VARIABLE:
        # Not called by the unit's name, which is that of the unit itself where the layer is written unit by unit.
        symbol = variable(assembly.free("loss"))
        return symbol, [Line(symbol, summation(node))], []
    if all(axis.size == 1 for axis in node.shape):
        return node, [], []
    return _over_samples(node, assembly)


def _target(output: Node, assembly: Assembly) -> Node:
    if "y" in assembly.names:
        return assembly.names["y"]
    return assembly.input("y", Axis("targets", output.shape[assembly.feature_axis].size if output.shape else 1))


def _written(
    text: str, assembly: Assembly, relu_attributes: Mapping[str, Any], ops: OpSet, place: Place | None
) -> Node:
    where = {"first_line": place.line, "first_column": place.column} if place is not None else {}
    expression = parse_formula(
        text,
        names=assembly.names,
        functions=functions_of(ops),
        source="loss" if place is None else place.source,
        **where,
    )
    environment = Environment(
        assembly.names,
        unit=assembly.unit,
        columns=assembly.columns,
        relu_attributes=relu_attributes,
        ops=ops,
        per_sample=False,
    )
    return bind(expression, environment)


def _lines(rows: Node, total: Callable[[Node], Node], assembly: Assembly) -> tuple[Node, list[Line]]:
    """One line for a single sample or a loss over everything; else the losses of the samples first."""
    loss = variable("loss")
    if not rows.shape:
        return loss, [Line(loss, rows)]
    if rows.shape[assembly.sample_axis].size == 1:
        return loss, [Line(loss, total(rows))]
    each = variable("loss_n", rows.shape)
    return loss, [Line(each, rows), Line(loss, total(each))]
