"""A syntax tree given meaning: names become quantities, operations become nodes, and shapes are checked on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from chalkgrad.core.algebra import (
    add,
    divide,
    matmul,
    multiply,
    negate,
    power,
    subtract,
    summation,
    transpose,
)
from chalkgrad.core.node import Node, constant
from chalkgrad.core.shape import Axis, Shape, describe
from chalkgrad.errors import ChalkgradError, Fault, FormulaError, ShapeError, nearest
from chalkgrad.ops import OPS, OpSet
from chalkgrad.ops.activations import relu
from chalkgrad.ops.functions import absolute, indicator, maximum, peak, pi, unnamed
from chalkgrad.ops.structure import mean, part, stack
from chalkgrad.reading import syntax
from chalkgrad.reading.syntax import Operation

__all__ = ["Environment", "bind"]

_LONGEST_SHOWN = 40
_SUBSCRIPT = re.compile(r"(?P<base>.+)_(?P<index>\d+)")


@dataclass(frozen=True)
class Environment:
    """What names mean while a formula is bound.

    Args:
        names: the quantities known so far.
        unknown: makes a quantity of a name that is not known, or answers `None` if that is a fault.
        unit: the entry that the name of a unit stands for, or `None`.
        later: names that only later lines work out.
        line: the name of the line that is bound.
        columns: whether vectors are columns.
        relu_attributes: attributes for `relu`: its slope at 0 where it is not 0.
        ops: the functions that may be called.
        per_sample: whether a sum or mean is over the outputs of each sample alone, and samples must not be mixed.
    """

    names: Mapping[str, Node]
    unknown: Callable[[str], Node | None] = lambda name: None
    unit: Callable[[str], Node | None] = lambda name: None
    later: Collection[str] = ()
    line: str = ""
    columns: bool = False
    relu_attributes: Mapping[str, Any] = field(default_factory=dict)
    ops: OpSet = OPS
    per_sample: bool = True

    @property
    def feature_axis(self) -> int:
        """The axis of inputs and units; the other one is that of the samples."""
        return 0 if self.columns else 1


def bind(expression: syntax.Expression, environment: Environment) -> Node:
    """The node of an expression.

    Raises:
        FormulaError: with all faults found: unknown names with the nearest known one, sizes that do not fit, each with
            its place.
    """
    bound: list[Node | None] = []
    faults: list[Fault] = []
    for piece in syntax.postorder(expression):
        count = len(piece.children())
        arguments = bound[len(bound) - count :]
        del bound[len(bound) - count :]
        if any(argument is None for argument in arguments):
            bound.append(None)
            continue
        known = [argument for argument in arguments if argument is not None]
        try:
            bound.append(_unmixed(_bind_one(piece, known, environment), piece, known, environment))
        except ShapeError as error:
            faults += [_with_names(fault, piece, known).at(piece.place) for fault in error.faults]
            bound.append(None)
        except ChalkgradError as error:
            faults += [fault.at(piece.place) for fault in error.faults]
            bound.append(None)
    if faults:
        raise FormulaError(dict.fromkeys(faults))
    result = bound[0]
    assert result is not None
    return result


def _with_names(fault: Fault, piece: syntax.Expression, arguments: list[Node]) -> Fault:
    """A fault about sizes that says which quantities have them: `x (samples: 1 × inputs: 2)`."""
    message, start = fault.message, 0
    for child, argument in zip(piece.children(), arguments, strict=True):
        shape = describe(argument.shape)
        place = child.place
        written = place.text[place.column - 1 : place.column - 1 + place.width].strip()
        at = message.find(shape, start)
        if at >= 0 and 0 < len(written) <= _LONGEST_SHOWN:
            said = f"{written} {shape}" if argument.shape else f"{written} ({shape})"
            message, start = message[:at] + said + message[at + len(shape) :], at + len(said)
    return replace(fault, message=message)


def _unmixed(node: Node, piece: syntax.Expression, arguments: list[Node], environment: Environment) -> Node:
    """The node, if each sample stands for itself in it: rows of samples are not multiplied with each other."""
    if not environment.per_sample or not node.arguments:
        return node
    if _sums_over_samples(piece, arguments) or (node.shape and all(_counts_samples(axis) for axis in node.shape)):
        name = environment.line or "this"
        hint = "write it for one sample and set `batch: 1`"
        raise FormulaError(Fault("samples-mixed", f"{name} multiplies samples with each other", hint=hint))
    return node


def _sums_over_samples(piece: syntax.Expression, arguments: list[Node]) -> bool:
    """Whether this is a matrix product whose inner sizes count samples."""
    if not isinstance(piece, syntax.Binary) or piece.operation not in (Operation.PRODUCT, Operation.MATRIX_PRODUCT):
        return False
    left, right = arguments
    return all(len(node.shape) == 2 for node in arguments) and all(
        _counts_samples(axis) for axis in (left.shape[1], right.shape[0])
    )


def _counts_samples(axis: Axis) -> bool:
    return axis.name == "samples" and axis.size != 1


def _bind_one(piece: syntax.Expression, arguments: list[Node], environment: Environment) -> Node:
    match piece:
        case syntax.Number():
            return constant(piece.value, piece.text if piece.is_decimal else "")
        case syntax.Name():
            return _bind_name(piece, environment)
        case syntax.Call():
            return _bind_call(piece.function, arguments, environment)
        case syntax.Binary():
            return _BINARY[piece.operation](*arguments)
        case syntax.Comparison():
            return _compare(piece.relation, *arguments)
        case syntax.Negative():
            return negate(*arguments)
        case syntax.Transpose():
            return transpose(*arguments) if arguments[0].shape else arguments[0]
        case syntax.AbsoluteValue():
            return absolute(*arguments)
        case syntax.Vector():
            rows, columns = (len(arguments), 1) if environment.columns else (1, len(arguments))
            return stack(*arguments, rows=Axis("", rows), columns=Axis("", columns))
        case syntax.Matrix():
            rows = len(piece.rows)
            return stack(*arguments, rows=Axis("", rows), columns=Axis("", len(arguments) // rows))
    raise AssertionError(f"no rule for {type(piece).__name__}")


def _bind_name(name: syntax.Name, environment: Environment) -> Node:
    known = environment.names
    if name.text in known:
        return known[name.text]
    if name.text == environment.line:
        hint = "give what stands on the right another name"
        raise FormulaError(Fault("uses-itself", f'the line "{name.text}" uses its own name', hint=hint))
    if name.text in environment.later:
        hint = f"move the line of {name.text} above this one"
        raise FormulaError(Fault("used-too-early", f'"{name.text}" is only worked out on a later line', hint=hint))
    if (picked := _unit_of(name.text, environment) or environment.unit(name.text)) is not None:
        return picked
    if name.text == "pi":
        return pi()
    made = environment.unknown(name.text)
    if made is None:
        hint = nearest(name.text, list(known)) or f"give it under `given`, as in {name.text}: 0.5"
        raise FormulaError(Fault("unknown-name", f'the name "{name.text}" has no value and no formula', hint=hint))
    return made


def _unit_of(name: str, environment: Environment) -> Node | None:
    """`W_2`, `b_1`: a unit's column of a matrix (its row, with columns as convention) or entry of a vector."""
    found = _SUBSCRIPT.fullmatch(name)
    whole = environment.names.get(found["base"]) if found else None
    if found is None or whole is None or not whole.shape:
        return None
    axis, index = environment.feature_axis, int(found["index"]) - 1
    size = whole.shape[axis].size
    if size == 1 and (whole.shape[1 - axis].size or 1) > 1:
        axis, size = 1 - axis, whole.shape[1 - axis].size
    if size is not None and not 0 <= index < size:
        raise FormulaError(
            Fault(
                "no-such-unit",
                f"{found['base']} is {describe(whole.shape)} and has no unit {index + 1}",
                hint=f"1 to {size}",
            )
        )
    if all(other.size == 1 for k, other in enumerate(whole.shape) if k != axis):
        return part(whole, row=index if axis == 0 else 0, column=index if axis == 1 else 0)
    return part(whole, row=index) if axis == 0 else part(whole, column=index)


def _bind_call(name: str, arguments: list[Node], environment: Environment) -> Node:
    if name in _REDUCTIONS and len(arguments) == 1:
        return _reduce(_REDUCTIONS[name], arguments[0], environment)
    if name == "max":
        return _larger(arguments, environment)
    op = environment.ops.functions.get(name)
    if op is None:
        return unnamed(*_expect(name, arguments, 1), name=name.rstrip("'"), order=name.count("'"))
    if op.role == "activation" and not op.elementwise:
        (inner,) = _expect(name, arguments, 1)
        return op(inner, axis=_features_of(inner.shape, environment))
    attributes = dict(environment.relu_attributes) if op is relu else {}
    return op(*_expect(name, arguments, op.arity), **attributes)


def _expect(name: str, arguments: list[Node], count: int) -> list[Node]:
    if len(arguments) != count:
        raise FormulaError(
            Fault("argument-count", f"{name} takes {count} argument{'s' * (count > 1)}, not {len(arguments)}")
        )
    return arguments


def _larger(arguments: list[Node], environment: Environment) -> Node:
    """`max(0, z)` is ReLU, which says what its slope at 0 is."""
    left, right = _expect("max", arguments, 2)
    if left.number == 0:
        return relu(right, **environment.relu_attributes)
    return relu(left, **environment.relu_attributes) if right.number == 0 else maximum(left, right)


def _features_of(shape: Shape, environment: Environment) -> int:
    axis = environment.feature_axis
    return axis if not shape or shape[axis].size != 1 else 1 - axis if shape[1 - axis].name != "samples" else axis


def _reduce(operation: Callable[..., Node], inner: Node, environment: Environment) -> Node:
    """Over the units of each sample where there are samples, else over everything."""
    if not inner.shape:
        return inner
    samples = [axis for axis, one in enumerate(inner.shape) if one.name == "samples"]
    if environment.per_sample and len(samples) == 1:
        return operation(inner, axes=(1 - samples[0],))
    return operation(inner)


def _is_one_number(shape: Shape) -> bool:
    """A scalar, or one number for each sample."""
    return all(axis.size == 1 or axis.name == "samples" for axis in shape)


def _product(left: Node, right: Node) -> Node:
    """The product of mathematics: of matrices where both are, otherwise a scaling."""
    if not left.shape or not right.shape:
        return multiply(left, right)
    fits = left.shape[1].size == right.shape[0].size
    if not fits and (_is_one_number(left.shape) or _is_one_number(right.shape)):
        return multiply(left, right)
    return matmul(left, right)


def _quotient(above: Node, below: Node) -> Node:
    if below.number == 0:
        raise FormulaError(Fault("division-by-zero", "this divides by 0", hint="check the denominator"))
    return divide(above, below)


def _compare(relation: str, left: Node, right: Node) -> Node:
    """A comparison as a number: 1 where it holds and 0 elsewhere."""
    larger, smaller = (left, right) if relation.startswith(">") else (right, left)
    if relation.endswith("="):
        return subtract(1, indicator(subtract(smaller, larger)))
    return indicator(subtract(larger, smaller))


_BINARY: dict[Operation, Callable[[Node, Node], Node]] = {
    Operation.SUM: add,
    Operation.DIFFERENCE: subtract,
    Operation.PRODUCT: _product,
    Operation.ELEMENTWISE: multiply,
    Operation.MATRIX_PRODUCT: matmul,
    Operation.QUOTIENT: _quotient,
    Operation.POWER: power,
}
_REDUCTIONS: dict[str, Callable[..., Node]] = {"sum": summation, "mean": mean, "max": peak}
