"""Symbolic derivatives tried at numbers: every leaf gets one, and functions without a formula get one too."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import numpy

from chalkgrad.core.algebra import exp
from chalkgrad.core.evaluate import Evaluator
from chalkgrad.core.gradient import compose
from chalkgrad.core.node import VARIABLE, Node, toposort
from chalkgrad.core.precise import precise
from chalkgrad.ops.functions import pi, sin
from chalkgrad.solving.statements import View
from chalkgrad.solving.values import as_array

__all__ = ["sampled_deviation"]

_PRECISE_LIMIT = 2_000
_HALF_PI = pi() / 2


def sampled_deviation(view: View, name: str) -> float | None:
    """How far the derivative by a quantity is from the change of the output when that quantity alone is nudged.

    All entries of the quantity are nudged together, each by its own drawn amount; a wrong slope of any of them shows.
    Small problems are tried to 50 digits, large ones in float64.

    Args:
        view: a view of one sample.
        name: the quantity.

    Returns:
        The relative deviation, or `None` if the view has no such quantity.
    """
    node = next((node for node in view.gradients if node.name == name), None)
    if node is None or view.loss is None:
        return None
    # The quantity is nudged after it is worked out, so its own line gives way to a free number.
    lines = [s.line for s in view.statements if s.role == "value" and s.symbol is not node]
    backward = [s.line for s in view.statements if s.role in ("way", "gradient")]
    loss = _with_formulas(compose(lines, [view.loss])[0])
    slope = _with_formulas(compose([*lines, *backward], [view.gradients[node]])[0])
    leaves = [leaf for leaf in toposort([loss, slope, node]) if leaf.op is VARIABLE]
    large = sum(_count(leaf) for leaf in leaves) > _PRECISE_LIMIT
    xp, nudge = (numpy, 1e-6) if large else (precise(), precise().exact_number(Fraction(1, 10**20)))
    chance = random.Random(0)
    values = [_drawn(leaf, chance, xp) for leaf in leaves]
    direction = _drawn(node, chance, xp)
    both = Evaluator([loss, slope], leaves, xp)
    claimed = numpy.sum(both(*values)[1] * direction)
    position = leaves.index(node)
    ends = []
    for sign in (1, -1):
        values[position] = values[position] + sign * nudge * direction
        ends.append(numpy.sum(both(*values)[0]))
        values[position] = values[position] - sign * nudge * direction
    measured = (ends[0] - ends[1]) / (2 * nudge)
    return float(abs(claimed - measured) / max(1, abs(measured)))


def _count(leaf: Node) -> int:
    return int(numpy.prod([axis.size or 1 for axis in leaf.shape], dtype=int))


def _drawn(leaf: Node, chance: random.Random, xp: Any) -> Any:
    """A number between 1/2 and 3/2 for every entry: away from kinks at 0 and within the domain of roots."""
    rows, columns = (axis.size or 1 for axis in leaf.shape) if leaf.shape else (1, 1)
    # Many inputs are made smaller, so that sums over them do not overflow what comes after.
    scale = 1000 * max(1, rows)
    numbers = [[Fraction(chance.randint(500, 1500), scale) for _ in range(columns)] for _ in range(rows)]
    if leaf.name == "y" and leaf.shape:
        # The law of softmax with cross-entropy holds for targets that sum to 1.
        total = sum(entry for row in numbers for entry in row)
        numbers = [[entry / total for entry in row] for row in numbers]
    return as_array(numbers if leaf.shape else numbers[0][0], (rows, columns) if leaf.shape else (), xp)


def _with_formulas(node: Node) -> Node:
    """A function without a formula stands for any, so it may be tried with e^(z/3) + sin z and its derivatives."""
    made: dict[Node, Node] = {}
    for part in toposort([node]):
        arguments = tuple(made[argument] for argument in part.arguments)
        if part.op.name == "unnamed":
            made[part] = _stand_in(arguments[0], part.attributes["order"])
        else:
            made[part] = part.op(*arguments, **part.attributes) if arguments else part
    return made[node]


def _stand_in(z: Node, order: int) -> Node:
    waves = [sin(z), sin(z + _HALF_PI), -sin(z), -sin(z + _HALF_PI)]
    return Fraction(1, 3**order) * exp(z / 3) + waves[order % 4]
