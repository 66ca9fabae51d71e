"""Formulas of our language as lines of Python, for NumPy, PyTorch or Keras."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy

from chalkgrad.core.evaluate import evaluate
from chalkgrad.core.node import CONSTANT, VARIABLE, Node, Op, toposort
from chalkgrad.errors import Fault, UsageError
from chalkgrad.training.export import code
from chalkgrad.training.export.code import Code, Hold
from chalkgrad.training.export.slimming import slimmed

__all__ = ["WIDTH", "Dialect", "ExpressionWriter", "helpers_used", "indices", "no_words_for", "sizes_of"]

WIDTH = 88

Template = str | Callable[[Node, Sequence[Code]], str]


@dataclass(frozen=True)
class Dialect:
    """How one library says what our ops do.

    Args:
        name: what it is called in messages.
        calls: for each op by name, a call with `{0}`, `{1}` for its arguments, `{axis}` for its settings and `{shape}`
            for the shape of the result; or a function that writes it from the node and its arguments.
        helpers: functions that a script defines where it uses them, by name.
        condition: what makes 1 and 0 of a condition.
        multiplies_conditions: whether a number may be multiplied by a condition as it is.
    """

    name: str
    calls: Mapping[str, Template]
    helpers: Mapping[str, str]
    condition: str
    multiplies_conditions: bool = True


# What is made of plain numbers alone is worked out by Python itself.
_PLAIN_CALLS = {
    **{name: f"math.{name}({{0}})" for name in ("exp", "log", "sqrt", "sin", "cos", "tanh", "erf")},
    "pi": "math.pi",
}
_OPERATORS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "matmul": "@"}
_RELATIONS = {"greater": ">", "greater_equal": ">=", "less_equal": "<=", "equal_to": "=="}


@dataclass
class ExpressionWriter:
    """Writes formulas with the names of a script; what is too long for a line gets lines and names of its own.

    Args:
        dialect: the library.
        names: what each known quantity is called.
        samples: how the number of samples is written.
        own: ops of the user's, which are written by their definition.
        take: gives a name that is not taken yet.
    """

    dialect: Dialect
    names: Mapping[Node, Code]
    samples: str = "N"
    own: Collection[Op] = ()
    take: Callable[[str], str] = lambda text: text
    _parts: list[str] = field(default_factory=list)

    def assignment(self, target: str, formula: Node, indent: int = 0) -> list[str]:
        """`target = formula`, after lines for what is too long to stand in it.

        Args:
            target: the name on the left, or `return`.
            formula: what stands on the right.
            indent: how many spaces stand before each line.

        Raises:
            UsageError: `cannot-export`, for an op that the library has no words for; `unnamed-function`.
        """
        head = target if target == "return" else f"{target} ="
        formula = slimmed(formula, self.names)
        lines: list[str] = []
        # The names of parts are as long as this.
        room = WIDTH - indent - max(len(head), len("part_1000 =")) - 1
        written = _Writing(self, lines, room, indent).write(formula)
        lines += _wrapped(head, written.text, formula, indent)
        return lines

    def part_name(self, number: int) -> str:
        """The name of the so-many-th part of a long formula: the same in every formula."""
        while len(self._parts) <= number:
            self._parts.append(self.take(f"part_{len(self._parts) + 1}"))
        return self._parts[number]


class _Writing:
    """One formula being written."""

    def __init__(self, writer: ExpressionWriter, lines: list[str], room: int, indent: int) -> None:
        self.writer, self.lines, self.room, self.indent = writer, lines, room, indent
        self.done: dict[Node, Code] = {}
        self.parts = 0

    def write(self, formula: Node) -> Code:
        for node in toposort([formula], stops=self.writer.names):
            if node not in self.done:
                known = self.writer.names.get(node)
                self.done[node] = self._fitting(node) if known is None else known
        return self.done[formula]

    def _fitting(self, node: Node) -> Code:
        """The code of a node, with its longest arguments on lines of their own while it is too long."""
        written = self._code(node)
        if node.op.name == "stack" and _fits_by_rows(written.text, self.room):
            return written
        while len(written.text) > self.room and (longest := self._longest(node)) is not None:
            name = self.writer.part_name(self.parts)
            self.parts += 1
            self.lines += _wrapped(f"{name} =", self.done[longest].text, longest, self.indent)
            self.done[longest] = code.name(name, self.done[longest].is_plain)
            written = self._code(node)
        return written

    def _longest(self, node: Node) -> Node | None:
        arguments = [argument for argument in node.arguments if not self.done[argument].is_simple]
        return max(arguments, key=lambda argument: len(self.done[argument].text), default=None)

    def _code(self, node: Node) -> Code:
        op = node.op.name
        if node.op is CONSTANT:
            return code.number(node.attributes["number"])
        if node.op is VARIABLE:
            raise AssertionError(f"{node.name} has no name in the script")
        arguments = [self.done[argument] for argument in node.arguments]
        if node.op in self.writer.own:
            return self._defined(node)
        if op == "count":
            return _count(node, self.writer.samples)
        if not node.shape and all(argument.is_plain for argument in arguments):
            return _plain(node, arguments)
        if op in _OPERATORS:
            return _operation(op, node, arguments, self.writer.dialect)
        if op in _RELATIONS:
            return self._relation(f"{_tight(arguments[0])} {_RELATIONS[op]} {_tight(arguments[1])}")
        if op == "indicator" and not node.attributes["at_zero"]:
            written = self._relation(f"{_tight(arguments[0])} > 0")
            own_words = not self.writer.dialect.multiplies_conditions
            return replace(self._call(node, arguments), condition=written.condition) if own_words else written
        if op in _SAME_EVERYWHERE:
            return _SAME_EVERYWHERE[op](node, arguments)
        return self._call(node, arguments)

    def _relation(self, condition: str) -> Code:
        return Code(self.writer.dialect.condition.format(condition), condition=condition)

    def _call(self, node: Node, arguments: Sequence[Code]) -> Code:
        template = self.writer.dialect.calls.get(node.op.name)
        if template is None:
            return self._defined(node)
        if callable(template):
            return code.call(template(node, arguments))
        settings = {key: _setting(value) for key, value in node.attributes.items()}
        shape = _tuple(sizes_of(node, self.writer.samples))
        return code.call(template.format(*(argument.text for argument in arguments), **settings, shape=shape))

    def _defined(self, node: Node) -> Code:
        """An op that the library has no words for, by its definition in simpler ops."""
        definition = node.op.define(node)
        if definition is None:
            raise UsageError(no_words_for(node, self.writer.dialect.name))
        return self.write(definition)


def no_words_for(node: Node, library: str) -> Fault:
    """What is said of an op that a library has no words for.

    Args:
        node: what the op makes.
        library: what it is called.
    """
    if node.op.name == "unnamed":
        message = f"{node.attributes['name']} has no formula, so it cannot be written in {library}"
        return Fault("unnamed-function", message, hint="give the layer an activation with a name, such as sigmoid")
    hint = "give the op a `definition` in simpler ops"
    return Fault("cannot-export", f"there is no way to write {node.op.name} in {library}", hint=hint)


def _tight(argument: Code) -> str:
    return argument.within(Hold.SUM)


def _operation(op: str, node: Node, arguments: Sequence[Code], dialect: Dialect) -> Code:
    left, right = arguments
    if op == "multiply":
        share = node.arguments[0]
        # (1 / N) * a is a / N to everybody but the tidy rules.
        if share.op.name == "divide" and share.arguments[0].number == 1 and left.operator == "/":
            # What stands behind the stroke is in brackets already if it needs any.
            return code.binary("/", right, Code(left.text.removeprefix("1 / ")))
        if dialect.multiplies_conditions and bool(left.condition) != bool(right.condition):
            left, right = (Code(f"({a.condition})") if a.condition else a for a in (left, right))
    return code.binary(_OPERATORS[op], left, right)


def _count(node: Node, samples: str) -> Code:
    """How many entries there are: known but for the number of samples."""
    axes = node.attributes["axes"]
    sizes = [axis.size for k, axis in enumerate(node.arguments[0].shape) if axes is None or k in axes]
    known = math.prod(size for size in sizes if size is not None)
    unknown = [samples] * sizes.count(None)
    factors = [*([str(known)] if known != 1 or not unknown else []), *unknown]
    hold = Hold.ATOM if len(factors) == 1 else Hold.PRODUCT
    return Code(" * ".join(factors), hold, is_simple=len(factors) == 1, is_plain=True, operator="*"[: len(factors) - 1])


def _plain(node: Node, arguments: Sequence[Code]) -> Code:
    """What is made of plain numbers alone, by Python itself."""
    op = node.op.name
    leaves = [leaf for leaf in toposort([node]) if leaf.op is VARIABLE or leaf.op.name == "count"]
    value = None if leaves else float(numpy.asarray(evaluate([node], {})[0]))
    if value is not None and not math.isfinite(value):
        infinite = Code("math.inf" if value == value else "math.nan", is_simple=True, is_plain=True)
        return code.negative(infinite) if value < 0 else infinite
    if op in _OPERATORS:
        return code.binary(_OPERATORS[op], *arguments)
    if op == "negate":
        return code.negative(arguments[0])
    if op == "power":
        return code.power(*arguments)
    if op in _PLAIN_CALLS:
        return Code(_PLAIN_CALLS[op].format(*(argument.text for argument in arguments)), is_plain=True)
    if value is None:
        raise UsageError(Fault("cannot-export", f"there is no way to write {op} of a plain number in a script"))
    return code.number(Fraction(value))


def _part(node: Node, arguments: Sequence[Code]) -> Code:
    return code.call(f"{arguments[0].within(Hold.ATOM)}[{indices(node)}]")


_SAME_EVERYWHERE: dict[str, Callable[[Node, Sequence[Code]], Code]] = {
    "negate": lambda node, arguments: code.negative(arguments[0]),
    "power": lambda node, arguments: code.power(*arguments),
    "transpose": lambda node, arguments: code.call(f"{arguments[0].within(Hold.ATOM)}.T"),
    "part": _part,
    "linear": lambda node, arguments: arguments[0],
}


def indices(node: Node) -> str:
    """What stands in the brackets of a row, a column or an entry; a row or column keeps both axes.

    >>> from chalkgrad.core.node import variable
    >>> from chalkgrad.core.shape import shape_of
    >>> from chalkgrad.ops.structure import part
    >>> indices(part(variable("W", shape_of(2, 3)), column=1))
    ':, 1:2'
    """
    row, column = node.attributes["row"], node.attributes["column"]
    if row is not None and column is not None:
        return f"{row}, {column}"
    return ", ".join(":" if index is None else f"{index}:{index + 1}" for index in (row, column))


def sizes_of(node: Node, samples: str) -> list[str]:
    """The sizes of a node, with a word for the number of samples."""
    return [samples if axis.size is None else str(axis.size) for axis in node.shape]


def _tuple(entries: Sequence[str]) -> str:
    return f"({', '.join(entries)}{',' * (len(entries) == 1)})"


def _setting(value: Any) -> str:
    """A setting of an op, such as an axis or the slope of a leaky ReLU."""
    if isinstance(value, Fraction):
        return code.number(value).text
    if isinstance(value, tuple):
        return str(value[0]) if len(value) == 1 else _tuple([str(entry) for entry in value])
    return str(value)


def _fits_by_rows(text: str, room: int) -> bool:
    """Whether a matrix fits with a line for each row."""
    return "[[" in text and all(len(row) + 8 <= room for row in text.split("], ["))


def _wrapped(head: str, text: str, formula: Node, indent: int) -> list[str]:
    """A line; a matrix that is too long for one, row by row."""
    margin = " " * indent
    line = f"{margin}{head} {text}"
    if len(line) <= WIDTH or "[[" not in text or formula.op.name != "stack":
        return [line]
    start, rows, end = text.partition("[[")[0], text.partition("[[")[2].partition("]]")[0], text.partition("]]")[2]
    inner = [f"{margin}        [{row}]," for row in rows.split("], [")]
    return [f"{margin}{head} {start}", f"{margin}    [", *inner, f"{margin}    ]", f"{margin}{end}"]


def helpers_used(lines: Sequence[str], helpers: Mapping[str, str]) -> list[str]:
    """The helpers that some lines call, and those that these call, in the order of `helpers`."""
    text = "\n".join(lines)
    used: set[str] = set()
    while True:
        found = {name for name in helpers if name not in used and re.search(rf"(?<![\w.]){name}\(", text)}
        if not found:
            return [source for name, source in helpers.items() if name in used]
        used |= found
        text = "\n".join(helpers[name] for name in found)
