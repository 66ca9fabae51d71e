from __future__ import annotations

import numpy

from chalkgrad.core.algebra import expand, summation
from chalkgrad.core.evaluate import evaluate
from chalkgrad.core.node import Node, toposort, variable
from chalkgrad.core.shape import shape_of
from chalkgrad.ops.activations import tanh
from chalkgrad.training.export.slimming import slimmed

A, ROW, W = variable("A", shape_of(3, 2)), variable("row", shape_of(1, 2)), variable("w")
GIVEN = {A: numpy.arange(6.0).reshape(3, 2), ROW: numpy.array([[1.0, -2.0]]), W: 0.3}


def repeats(node: Node) -> int:
    return sum(part.op is expand for part in toposort([node]))


def same(node: Node) -> Node:
    slim = slimmed(node, list(GIVEN))
    assert slim.shape == node.shape or [a.size for a in slim.shape] == [a.size for a in node.shape]
    numpy.testing.assert_allclose(evaluate([slim], GIVEN)[0], evaluate([node], GIVEN)[0], rtol=1e-14)
    return slim


def test_what_a_library_repeats_by_itself_is_not_repeated():
    assert repeats(same(tanh(expand(W, A) / 2 + 1) * A)) == 0
    assert repeats(same(expand(ROW, A) ** 2 + A)) == 0


def test_what_it_does_not_repeat_stays():
    assert repeats(same(summation(expand(W, A)))) == 1
    assert repeats(same(expand(W, A) / 2)) == 1
    assert repeats(same(summation(tanh(expand(W, A))) + W)) == 1


def test_what_has_a_name_stays():
    named = expand(W, A)
    assert slimmed(named * 2, [named]) is named * 2
