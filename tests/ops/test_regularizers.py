"""Penalties and their gradients, which are what a course writes: λ w and λ sign(w)."""

import numpy
import pytest

from chalkgrad.core.evaluate import evaluate
from chalkgrad.core.gradient import gradient
from chalkgrad.core.node import variable
from chalkgrad.core.shape import shape_of
from chalkgrad.ops import OPS
from chalkgrad.ops.regularizers import REGULARIZERS

w, strength = variable("w", shape_of(2, 2)), variable("lambda")
VALUE = numpy.array([[1.0, -2.0], [0.0, 0.5]])


@pytest.mark.parametrize(
    ("name", "value", "slope"),
    [
        ("l2", 0.3 * (1 + 4 + 0.25) / 2, [[0.3, -0.6], [0, 0.15]]),
        ("l1", 0.3 * 3.5, [[0.3, -0.3], [0, 0.3]]),
    ],
)
def test_penalty_and_gradient(name, value, slope):
    penalty = OPS.regularizer(name).penalty(w, strength)
    assert penalty.shape == ()
    found, gradient_found = evaluate([penalty, *gradient(penalty, [w])], {w: VALUE, strength: 0.3})
    assert found == pytest.approx(value, rel=1e-15)
    numpy.testing.assert_allclose(gradient_found, slope, rtol=1e-15)


def test_the_gradient_of_l2_is_written_without_a_half_and_a_2():
    assert gradient(OPS.regularizer("l2").penalty(w, strength), [w])[0] is strength * w


@pytest.mark.parametrize("regularizer", REGULARIZERS, ids=lambda entry: entry.name)
def test_keeps_float32_and_takes_scalars(regularizer):
    penalty = regularizer.penalty(w, strength)
    for found in evaluate([penalty, *gradient(penalty, [w])], {w: VALUE.astype(numpy.float32), strength: 0.3}):
        assert found.dtype == numpy.float32
    single = variable("v")
    (slope,) = evaluate(gradient(regularizer.penalty(single, strength), [single]), {single: 1.0, strength: 0.25})
    assert slope == 0.25


@pytest.mark.parametrize("regularizer", REGULARIZERS, ids=lambda entry: entry.name)
def test_facts_are_complete(regularizer):
    facts = regularizer.facts
    assert all((facts.title, facts.law, facts.use, facts.avoid, facts.source))
