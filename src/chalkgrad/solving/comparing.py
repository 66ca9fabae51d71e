"""Two expressions decided equal or told apart, and what that means for a softmax of two and a logistic unit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy

from chalkgrad.core.node import Node
from chalkgrad.ops.activations import sigmoid
from chalkgrad.ops.softmax import softmax
from chalkgrad.ops.structure import part
from chalkgrad.render.boxes import Box, Fenced, FractionBox, Identifier, MatrixBox, NumberBox, Script, Sign, row
from chalkgrad.render.document import Block, Formula, Heading, Math, Paragraph, Part, Remark, words
from chalkgrad.render.names import name_box
from chalkgrad.render.notation import write_node
from chalkgrad.render.numbers import show_number
from chalkgrad.solving.derivation import Derivation
from chalkgrad.solving.labels import value_box

__all__ = ["comparison_blocks"]


def comparison_blocks(derivation: Derivation) -> Iterator[Block]:
    """The section on `equal`."""
    found, asked = derivation.comparison, derivation.problem.keys.equal
    if found is None or asked is None:
        return
    left, right = _side(derivation, asked.left, "equal.left"), _side(derivation, asked.right, "equal.right")
    yield Heading(words("Are they equal?"), 2)
    pair = Math(row(write_node(left), Sign("=", "relation"), write_node(right)))
    if found.equal:
        tried = (
            f" holds: both sides were worked out to 50 digits at {found.points} points, simple and random ones, and "
        )
        yield Paragraph(words(pair, tried, f"never differed by more than {found.largest_difference:.0e}."))
        yield from _softmax_of_two(derivation, left, right)
    elif found.equal is None:
        text = " could not be decided: the sides have no value at enough points."
        yield Remark(words(pair, text), "warning")
    else:
        yield from _counterexample(derivation, pair)


def _side(derivation: Derivation, text: str, key: str) -> Node:
    return derivation.problem.expression(text, key)


def _counterexample(derivation: Derivation, pair: Math) -> Iterator[Block]:
    found = derivation.comparison
    assert found is not None
    yield Paragraph(words(pair, " does not hold. The simplest numbers found that show it:"))
    for node, value in found.at.items():
        yield Formula(name_box(node.name), (Part("=", _exact_box(value)),))
    style = derivation.asking.style
    sides = [value_box(value, style)[0] for value in (found.left, found.right)]
    yield Formula(sides[0], (Part("≠", sides[1]),))


def _exact_box(value: Any) -> Box:
    if not isinstance(value, list):
        return _fraction(value)
    return MatrixBox(tuple(tuple(_fraction(entry) for entry in line) for line in value))


def _fraction(value: Any) -> Box:
    if value.denominator == 1:
        return NumberBox(str(value.numerator))
    shown = show_number(value)
    if shown.exact:
        return shown.box
    return FractionBox(NumberBox(str(value.numerator)), NumberBox(str(value.denominator)))


def _softmax_of_two(derivation: Derivation, left: Node, right: Node) -> Iterator[Block]:
    """A softmax of two units is one logistic unit: how to convert one into the other, and where both answer 1/2."""
    for one, other in ((left, right), (right, left)):
        picked = one.op is part and one.arguments[0].op is softmax
        if picked and other.op is sigmoid and 2 in [axis.size for axis in one.arguments[0].shape]:
            yield from _conversion(derivation, one)


def _conversion(derivation: Derivation, unit: Node) -> Iterator[Block]:
    chosen = 1 + max(unit.attributes.get("row") or 0, unit.attributes.get("column") or 0)
    rest = 3 - chosen
    z = [Script(Identifier("z"), sub=NumberBox(str(k))) for k in (chosen, rest)]
    e = [Script(Identifier("e"), sup=box) for box in z]
    minus = Sign("−", "binary")
    difference = row(z[0], minus, z[1])
    shorter = Script(Identifier("e"), sup=row(Sign("−", "prefix"), Fenced(difference)))
    yield Paragraph(words("Divide numerator and denominator of the softmax by the numerator:"))
    yield Formula(
        Script(Identifier("s"), sub=NumberBox(str(chosen))),
        (
            Part("=", FractionBox(e[0], row(e[0], Sign("+", "binary"), e[1]))),
            Part("=", FractionBox(NumberBox("1"), row(NumberBox("1"), Sign("+", "binary"), shorter))),
            Part("=", row(Identifier("σ"), Fenced(difference))),
        ),
    )
    yield from _converted_numbers(derivation, chosen, rest)


def _converted_numbers(derivation: Derivation, chosen: int, rest: int) -> Iterator[Block]:
    """w = W₂ − W₁ and b = b₂ − b₁, with numbers where the weights are given, and the boundary between the classes."""
    parameters = [node for node in derivation.problem.graph(1).parameters if 2 in [axis.size for axis in node.shape]]
    values = derivation.problem.values
    yield Paragraph(words("So the logistic unit takes the difference of the two units:"))
    boundary: list[Box] = []
    for node in parameters:
        letter = Identifier(node.name[0].lower())
        pieces = [Script(name_box(node.name), sub=NumberBox(str(k))) for k in (chosen, rest)]
        parts = [Part("=", row(pieces[0], Sign("−", "binary"), pieces[1]))]
        if node.name in values:
            parts.append(Part("=", _difference(values[node.name], node, chosen, rest, derivation)))
        yield Formula(letter, tuple(parts))
        is_weight = all((axis.size or 1) > 1 for axis in node.shape)
        boundary += [Sign("+", "binary")] if boundary else []
        boundary.append(row(name_box("x"), letter) if is_weight else letter)
    yield Paragraph(words("Both answer 1/2, the boundary between the classes, where"))
    yield Formula(row(*boundary), (Part("=", NumberBox("0")),))


def _difference(value: Any, node: Node, chosen: int, rest: int, derivation: Derivation) -> Box:
    array = numpy.asarray(value, dtype=object).reshape([axis.size or 1 for axis in node.shape])
    axis = 0 if derivation.problem.columns else 1
    if node.shape[axis].size != 2:
        axis = 1 - axis
    taken = array.take([chosen - 1], axis) - array.take([rest - 1], axis)
    return value_box(taken, derivation.asking.style)[0]
