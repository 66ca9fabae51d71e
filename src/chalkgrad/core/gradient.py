"""The chain rule: one backward walk, and every use of it is a step.

A *line* says what a named quantity is in terms of quantities named before it. The walk goes back over the lines; at
each it asks how the quantity depends on what stands in its formula, and that answer, times the gradient that arrives,
is a `Step`. The gradient of a quantity is the sum of the steps that lead to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from chalkgrad.core.algebra import expand
from chalkgrad.core.node import ONE, Node, toposort, variable
from chalkgrad.core.shape import describe
from chalkgrad.errors import Fault, ShapeError

__all__ = ["Chain", "Line", "Step", "chain", "compose", "gradient", "pull_back"]


@dataclass(frozen=True, slots=True)
class Line:
    """`symbol = formula`: a named quantity and what it is made of.

    `symbol` is a variable that stands for the quantity wherever later lines use it.
    """

    symbol: Node
    formula: Node


@dataclass(frozen=True, slots=True)
class Step:
    """One use of the chain rule: what the gradient of `via` contributes to the gradient of `of`.

    Args:
        of: the symbol whose gradient grows.
        via: the symbol of the line that uses it.
        upstream: the symbol of the gradient of `via`.
        local: the slope ∂via/∂of where both are scalars, else `None`.
        term: the contribution.
        through: the nodes of the line's formula that the gradient passed, from the outside in.
    """

    of: Node
    via: Node
    upstream: Node
    local: Node | None
    term: Node
    through: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """The whole backward walk.

    Args:
        output: what was differentiated.
        steps: every use of the chain rule, in the order of the walk.
        gradients: for each quantity reached, the symbol of its gradient and the sum of its steps, in the same order.
    """

    output: Node
    steps: tuple[Step, ...]
    gradients: dict[Node, Line]


Redo = Callable[[Step], Node]


def pull_back(output: Node, upstream: Node, wrt: Iterable[Node]) -> dict[Node, Node]:
    """Carry a gradient from a node back to some of the nodes that it is made of.

    Args:
        output: where the gradient arrives.
        upstream: that gradient, in the shape of `output`.
        wrt: the nodes to which it is carried; they are taken as independent, so nothing is carried through them.

    Returns:
        The gradient of each node of `wrt` that `output` depends on, in the shape of that node.
    """
    wanted = set(wrt)
    order = toposort([output], stops=wanted)
    leads = _leading_to(order, wanted)
    arrived = {output: upstream}
    found: dict[Node, Node] = {}
    for node in reversed(order):
        gradient_here = arrived.pop(node, None)
        if gradient_here is None:
            continue
        if node in wanted:
            found[node] = gradient_here
        elif node in leads and node.op.pull_back is not None:
            for index, term in node.op.pull_back(node, gradient_here):
                argument = node.arguments[index]
                if argument in leads:
                    arrived[argument] = arrived[argument] + term if argument in arrived else term
    return found


def _leading_to(order: Sequence[Node], wanted: set[Node]) -> set[Node]:
    """The nodes of an order through which a gradient reaches something wanted; none passes an op without a slope."""
    leads: set[Node] = set()
    for node in order:
        passes = node.op.pull_back is not None and any(argument in leads for argument in node.arguments)
        if passes or node in wanted:
            leads.add(node)
    return leads


def _of_itself(output: Node) -> Node:
    """The gradient that a walk starts from: 1, in the shape of an output of one number."""
    if any(axis.size != 1 for axis in output.shape):
        message = f"only a single number has a gradient, but the output is {describe(output.shape)}"
        raise ShapeError(Fault("not-a-scalar", message, hint="take its sum or mean, or one entry of it"))
    return expand(ONE, output)


def gradient(output: Node, wrt: Sequence[Node]) -> list[Node]:
    """The gradient of a scalar with respect to each of `wrt`, as formulas.

    Raises:
        ShapeError: with code `not-a-scalar`, if the output is more than one number.

    >>> x = variable("x")
    >>> gradient(x**2, [x])[0] is 2 * x
    True
    """
    found = pull_back(output, _of_itself(output), wrt)
    return [found.get(node, 0 * node) for node in wrt]


def chain(lines: Sequence[Line], output: Node, wrt: Iterable[Node], redo: Redo | None = None) -> Chain:
    """Carry the gradient of a scalar back over lines, one step for each use of the chain rule.

    Args:
        lines: what each symbol is, every symbol after those that it uses.
        output: the symbol that is differentiated.
        wrt: symbols of lines or variables. All symbols on the way from them to the output get a gradient too.
        redo: if given, makes the contribution of a step instead of the rule; a known mistake is replayed so.

    Raises:
        ShapeError: with code `not-a-scalar`, if the output is more than one number.
    """
    formulas = {line.symbol: line.formula for line in lines}
    # A slope often uses the value of the function again, as in 1 − a²; that value has a name.
    named = {line.formula: line.symbol for line in lines if line.formula.arguments}
    reaching = _reaching(lines, wrt)
    steps: list[Step] = []
    gradients: dict[Node, Line] = {}
    start = _of_itself(output)
    arriving: dict[Node, list[Node]] = {output: [start]}
    for symbol in [*reversed(formulas), *(node for node in reaching if node not in formulas)]:
        terms = arriving.get(symbol)
        if terms is None or symbol not in reaching:
            continue
        # The walk comes backwards; a sum over paths is read forwards.
        total = terms[-1]
        for term in reversed(terms[:-1]):
            total = total + term
        upstream = variable(f"d{output.name}/d{symbol.name}", symbol.shape)
        gradients[symbol] = Line(upstream, total)
        if symbol in formulas:
            arrives = start if symbol is output else upstream
            for step in _steps_through(Line(symbol, formulas[symbol]), arrives, reaching, named):
                steps.append(step)
                arriving.setdefault(step.of, []).append(step.term if redo is None else redo(step))
    return Chain(output, tuple(steps), gradients)


def _reaching(lines: Sequence[Line], wanted: Iterable[Node]) -> dict[Node, None]:
    """The symbols on a way from something wanted, and the wanted themselves, in order."""
    reaching: dict[Node, None] = dict.fromkeys(wanted)
    for line in lines:
        if line.symbol in reaching or any(leaf in reaching for leaf in toposort([line.formula])):
            reaching[line.symbol] = None
    return reaching


def _steps_through(line: Line, upstream: Node, reaching: Iterable[Node], named: dict[Node, Node]) -> list[Step]:
    """What one line contributes to the gradients of the quantities in its formula."""
    via, order = line.symbol, toposort([line.formula])
    held = set(order)
    targets = [node for node in reaching if node is not via and node in held]
    terms = pull_back(line.formula, upstream, targets)
    locals_ = {} if via.shape else pull_back(line.formula, ONE, targets)
    return [
        Step(
            of,
            via,
            upstream,
            substitute(locals_[of], named) if of in locals_ and not of.shape else None,
            substitute(terms[of], named),
            _passed(order, of),
        )
        for of in targets
        if of in terms
    ]


def _passed(order: Sequence[Node], of: Node) -> tuple[Node, ...]:
    """The nodes that a gradient passes on its way back to one of them, from the outside in."""
    leads = _leading_to(order, {of})
    return tuple(node for node in reversed(order) if node in leads and node is not of)


def compose(lines: Sequence[Line], nodes: Sequence[Node]) -> list[Node]:
    """Nodes with the symbols of lines replaced by what they stand for, down to the variables that have no line."""
    meaning: dict[Node, Node] = {}
    for line in lines:
        meaning[line.symbol] = substitute(line.formula, meaning)
    return [substitute(node, meaning) for node in nodes]


def substitute(node: Node, meaning: dict[Node, Node]) -> Node:
    """A node with some of the nodes below it replaced, tidied on the way."""
    made: dict[Node, Node] = {}
    for part in toposort([node], stops=meaning):
        if part in meaning:
            made[part] = meaning[part]
        elif part.arguments:
            made[part] = part.op(*(made[argument] for argument in part.arguments), **part.attributes)
        else:
            made[part] = part
    return made[node]
