"""Nodes and ops: the language itself.

An `Op` is one frozen record that carries everything Chalkgrad will ever ask about an operation. A `Node` is an op
applied to nodes. Nodes are interned: the same op on the same arguments is the same object, so a shared subexpression
is computed, derived and explained once, and two nodes are equal exactly when they are identical.
"""

from __future__ import annotations

import inspect
import math
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar

from chalkgrad.core.notation import Notation, function
from chalkgrad.core.shape import Shape, describe
from chalkgrad.errors import Fault, ShapeError, UsageError

__all__ = ["ONE", "ZERO", "Facts", "Node", "Number", "Op", "as_node", "constant", "toposort", "variable"]

Number = int | float | Fraction | Decimal
PullBack = Callable[["Node", "Node"], Iterable[tuple[int, "Node"]]]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the catalogue, the diagnosis and the tests know of an op beyond its mathematics.

    Args:
        title: its full name.
        law: the rule of its slope, in one sentence.
        range: the values it can take.
        kink: where it is not differentiable, or empty.
        convention: which slope is taken at the kink, or another choice that users may meet elsewhere differently.
        use: when to take it.
        avoid: when not, and why.
        source: where the formula comes from.
        sample: the interval from which tests draw its argument.
        gain: factor on the standard deviation of initial weights before it (He et al. 2015, Glorot and Bengio 2010).
        initial: how weights before it are drawn if nothing is said.
    """

    title: str = ""
    law: str = ""
    range: str = ""
    kink: str = ""
    convention: str = ""
    use: str = ""
    avoid: str = ""
    source: str = ""
    sample: tuple[float, float] = (-3.0, 3.0)
    gain: float = 1.0
    initial: str = "xavier_uniform"


@dataclass(frozen=True, eq=False)
class Op:
    """An operation of the language.

    Args:
        name: its name in formulas.
        shape: from the argument nodes and the attributes to the shape of the result; raises ShapeError.
        forward: `forward(xp, *values, **attributes)`, the value in an array namespace `xp` that keeps the dtype given.
        pull_back: from a node and the gradient that arrives at it, the gradient of each argument, as nodes, in pairs
            `(argument index, gradient)`; `None` where there is no derivative.
        notation: how it is written.
        definition: its longhand in simpler ops, for printing and for checking `forward`; `None` if it is elementary.
        tidy: a simpler node for these arguments, or `None`.
        entries: the op unit by unit: from arrays of scalar nodes to one such array; `None` means elementwise if
            `elementwise` is set, and otherwise `forward` itself on arrays of nodes.
        elementwise: each entry of the result depends only on the same entry of the arguments.
        role: `algebra`, `function`, `activation`, `loss` or `structure`.
        facts: what the catalogue tells.
    """

    name: str
    shape: Callable[..., Shape]
    forward: Callable[..., Any]
    pull_back: PullBack | None = None
    notation: Notation = field(default_factory=lambda: function("?"))
    definition: Callable[..., Node] | None = None
    tidy: Callable[..., Node | None] | None = None
    entries: Callable[..., Any] | None = None
    elementwise: bool = False
    role: str = "function"
    facts: Facts = Facts()

    def __call__(self, *arguments: Node | Number, **attributes: Any) -> Node:
        """The node of this op on these arguments, tidied."""
        nodes = tuple(as_node(argument) for argument in arguments)
        # A setting left out is written in, so that softmax(z) and softmax(z, axis=1) are one node.
        attributes = {**self._defaults, **attributes}
        if self.tidy is not None:
            simpler = self.tidy(*nodes, **attributes)
            if simpler is not None:
                return simpler
        return Node.of(self, nodes, attributes)

    @cached_property
    def _defaults(self) -> dict[str, Any]:
        """The settings that `forward` takes, with what they are if nothing is said."""
        parameters = inspect.signature(self.forward).parameters.values()
        return {p.name: p.default for p in parameters if p.default is not p.empty}

    @cached_property
    def arity(self) -> int:
        """How many arguments it takes; settings are no arguments."""
        parameters = inspect.signature(self.forward).parameters.values()
        return sum(p.kind is p.POSITIONAL_OR_KEYWORD and p.default is p.empty for p in parameters) - 1

    def define(self, node: Node) -> Node | None:
        """The longhand of a node of this op, or `None`."""
        return None if self.definition is None else self.definition(*node.arguments, **node.attributes)

    def __repr__(self) -> str:
        return f"<op {self.name}>"


class Node:
    """An op applied to nodes. Frozen and interned; make one by calling an op or with Python's operators."""

    __slots__ = ("__weakref__", "_attributes", "arguments", "op", "shape")

    op: Op
    arguments: tuple[Node, ...]
    shape: Shape
    _attributes: tuple[tuple[str, Any], ...]

    _known: ClassVar[weakref.WeakValueDictionary[tuple[Any, ...], Node]] = weakref.WeakValueDictionary()
    _lock: ClassVar = threading.Lock()

    @classmethod
    def of(cls, op: Op, arguments: tuple[Node, ...], attributes: dict[str, Any]) -> Node:
        """The one node of this op, these arguments and these attributes, untidied."""
        key = (op, arguments, tuple(sorted(attributes.items())))
        found = cls._known.get(key)
        if found is not None:
            return found
        shape = op.shape(*arguments, **attributes)
        with cls._lock:
            found = cls._known.get(key)
            if found is None:
                found = object.__new__(cls)
                for name, value in (("op", op), ("arguments", arguments), ("shape", shape), ("_attributes", key[2])):
                    object.__setattr__(found, name, value)
                cls._known[key] = found
        return found

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a node is frozen; make a new one")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a node is frozen; make a new one")

    @property
    def attributes(self) -> dict[str, Any]:
        """The settings of the op at this node, such as the axis of a sum."""
        return dict(self._attributes)

    @property
    def T(self) -> Node:
        """The transpose."""
        return algebra.transpose(self)

    @property
    def number(self) -> Fraction | None:
        """The exact value of a constant, or `None` for any other node."""
        return self._attributes[0][1] if self.op is CONSTANT else None

    @property
    def name(self) -> str:
        """The name of a variable, or an empty string."""
        return str(self._attributes[0][1]) if self.op is VARIABLE else ""

    def __add__(self, other: Node | Number) -> Node:
        return algebra.add(self, other)

    def __radd__(self, other: Number) -> Node:
        return algebra.add(other, self)

    def __sub__(self, other: Node | Number) -> Node:
        return algebra.subtract(self, other)

    def __rsub__(self, other: Number) -> Node:
        return algebra.subtract(other, self)

    def __mul__(self, other: Node | Number) -> Node:
        return algebra.multiply(self, other)

    def __rmul__(self, other: Number) -> Node:
        return algebra.multiply(other, self)

    def __truediv__(self, other: Node | Number) -> Node:
        return algebra.divide(self, other)

    def __rtruediv__(self, other: Number) -> Node:
        return algebra.divide(other, self)

    def __pow__(self, other: Node | Number) -> Node:
        return algebra.power(self, other)

    def __matmul__(self, other: Node) -> Node:
        return algebra.matmul(self, other)

    def __neg__(self) -> Node:
        return algebra.negate(self)

    def __repr__(self) -> str:
        if self.op in (CONSTANT, VARIABLE):
            return str(self._attributes[0][1])
        return f"{self.op.name}(…{len(self.arguments)})"

    def __reduce__(self) -> Any:
        raise TypeError("nodes are not pickled; write the problem file instead")


# A leaf carries its shape among its attributes: two variables of one name and different shapes are different nodes.
VARIABLE = Op(
    "variable", shape=lambda name, shape: shape, forward=lambda xp: None, notation=Notation("symbol"), role="structure"
)
CONSTANT = Op(
    "constant",
    shape=lambda number, typed: (),
    forward=lambda xp, number, typed: None,
    notation=Notation("number"),
    role="structure",
)


def variable(name: str, shape: Shape = ()) -> Node:
    """A named quantity without a formula: an input, a weight, a learning rate.

    Raises:
        ShapeError: with code `not-two-axes`, if it is neither a scalar nor a matrix.
    """
    if len(shape) not in (0, 2):
        message = f"{name} is {describe(shape)}, but a quantity is a scalar or has two axes"
        raise ShapeError(Fault("not-two-axes", message, hint="a vector is a matrix with one row or one column"))
    return _leaf(VARIABLE, (("name", name), ("shape", shape)), shape)


def constant(value: Number, typed: str = "") -> Node:
    """An exact number. `typed` keeps how a user wrote it, so that 0.5 is printed as 0.5 and 1/2 as a fraction.

    A float is taken as the decimal that Python prints for it.

    >>> constant(0.1).number
    Fraction(1, 10)

    Raises:
        UsageError: with code `not-finite`, for an infinity or NaN.
    """
    if isinstance(value, float | Decimal) and not math.isfinite(value):
        raise UsageError(Fault("not-finite", f"a constant must be a finite number, not {value}"))
    if isinstance(value, float):
        # `float` first: a NumPy number is a float too, but prints with its type.
        written = repr(float(value))
        typed, number = typed or written, Fraction(written)
    else:
        number = Fraction(int(value) if hasattr(value, "__index__") else value)
    if isinstance(value, Decimal):
        typed = typed or str(value)
    return _leaf(CONSTANT, (("number", number), ("typed", "" if number.denominator == 1 else typed)), ())


def _leaf(op: Op, attributes: tuple[tuple[str, Any], ...], shape: Shape) -> Node:
    return Node.of(op, (), dict(attributes))


def as_node(value: Node | Number) -> Node:
    """A node as it is, a number as a constant."""
    return value if isinstance(value, Node) else constant(value)


def toposort(outputs: Sequence[Node], stops: Iterable[Node] = ()) -> list[Node]:
    """All nodes that `outputs` are made of, each after its arguments; what lies below a stop is left out."""
    stopped = set(stops)
    order: list[Node] = []
    seen: set[Node] = set()
    stack: list[tuple[Node, Iterator[Node]]] = []
    for output in outputs:
        if output not in seen:
            seen.add(output)
            stack.append((output, iter(() if output in stopped else output.arguments)))
        while stack:
            node, arguments = stack[-1]
            for argument in arguments:
                if argument not in seen:
                    seen.add(argument)
                    stack.append((argument, iter(() if argument in stopped else argument.arguments)))
                    break
            else:
                order.append(node)
                stack.pop()
    return order


ONE = constant(1)
ZERO = constant(0)

# The operators above build nodes of ops that are themselves made of nodes and ops, so this import comes last.
from chalkgrad.core import algebra  # noqa: E402
