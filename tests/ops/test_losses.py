"""Every loss against a formula of its own in mpmath, its gradient against differences, and sense at the extremes."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from operator import attrgetter

import mpmath
import numpy
import pytest

from chalkgrad.core.algebra import summation
from chalkgrad.core.evaluate import Evaluator, evaluate
from chalkgrad.core.gradient import gradient
from chalkgrad.core.node import variable
from chalkgrad.core.precise import precise
from chalkgrad.core.shape import SAMPLES, Axis, describe, shape_of
from chalkgrad.ops import OPS
from chalkgrad.ops.activations import sigmoid
from chalkgrad.ops.losses import LOSSES, sigmoid_cross_entropy, softmax_cross_entropy
from chalkgrad.ops.softmax import log_softmax, softmax

every_loss = pytest.mark.parametrize("loss", LOSSES, ids=attrgetter("name"))
mp = mpmath.MPContext()
mp.dps = 60
ROWS = shape_of(4, 3)
PREDICTIONS = [["1/5", "1/2", "3/10"], ["7/10", "1/10", "1/5"], ["1/4", "1/4", "1/2"], ["9/10", "1/20", "1/20"]]
TARGETS = {
    "numbers": [["1/10", "-2", "3/10"], ["3", "1/7", "1/5"], ["-1/4", "1/3", "9/4"], ["1", "2", "-1"]],
    "probabilities": [["1/10", "6/10", "3/10"], ["1/2", "1/4", "1/4"], ["1/3", "1/3", "1/3"], ["1/5", "2/5", "2/5"]],
    "one_hot": [["1", "0", "0"], ["0", "1", "0"], ["0", "0", "1"], ["0", "1", "0"]],
    "signs": [["1", "-1", "-1"], ["-1", "1", "1"], ["1", "1", "-1"], ["-1", "-1", "1"]],
}


def exact(table):
    return numpy.array([[mp.mpf(Fraction(entry).numerator) / Fraction(entry).denominator for entry in row]
                        for row in table], dtype=object)  # fmt: skip


def floats(table):
    return exact(table).astype(float)


def each(function, *arrays):
    return numpy.frompyfunc(function, len(arrays), 1)(*arrays)


def softmax_of(z):
    return each(mp.exp, z) / each(mp.exp, z).sum(axis=1, keepdims=True)


def binary(p, y):
    return -(y * each(mp.log, p) + (1 - y) * each(mp.log, 1 - p))


def huber(d):
    return d * d / 2 if abs(d) <= 1 else abs(d) - mp.mpf(1) / 2


# The loss of each sample, then of the batch, from tables with one sample in each row: written down once more.
FORMULAS = {
    "half_sse": (lambda p, y: ((p - y) ** 2).sum(axis=1) / 2, sum),
    "sse": (lambda p, y: ((p - y) ** 2).sum(axis=1), sum),
    "mse": (lambda p, y: ((p - y) ** 2).sum(axis=1) / 3, lambda rows: sum(rows) / 4),
    "rmse": (lambda p, y: ((p - y) ** 2).sum(axis=1) / 3, lambda rows: mp.sqrt(sum(rows) / 4)),
    "mae": (lambda p, y: abs(p - y).sum(axis=1) / 3, lambda rows: sum(rows) / 4),
    "huber": (lambda p, y: each(huber, p - y).sum(axis=1) / 3, lambda rows: sum(rows) / 4),
    "binary_cross_entropy": (lambda p, y: binary(p, y).sum(axis=1) / 3, lambda rows: sum(rows) / 4),
    "binary_cross_entropy_from_logits": (
        lambda z, y: binary(1 / (1 + each(mp.exp, -z)), y).sum(axis=1) / 3,
        lambda rows: sum(rows) / 4,
    ),
    "cross_entropy": (lambda p, y: -(y * each(mp.log, p)).sum(axis=1), lambda rows: sum(rows) / 4),
    "cross_entropy_from_logits": (
        lambda z, y: -(y * each(mp.log, softmax_of(z))).sum(axis=1),
        lambda rows: sum(rows) / 4,
    ),
    "hinge": (lambda p, y: each(lambda m: max(0, 1 - m), p * y).sum(axis=1) / 3, lambda rows: sum(rows) / 4),
    "kl": (lambda p, y: (y * each(mp.log, y / p)).sum(axis=1), lambda rows: sum(rows) / 4),
}

# The means over 3 outputs among them: of one output they are 3 times as large.
MEANS = {"mse", "rmse", "mae", "huber", "binary_cross_entropy", "binary_cross_entropy_from_logits", "hinge"}


def check_value(loss, axis, tolerance=1e-14):
    """Rows and total against the formula: a dozen roundings of 1e-16 each."""
    rows_of, total_of = FORMULAS[loss.name]
    p, y = exact(PREDICTIONS), exact(TARGETS[loss.targets])
    expected = rows_of(p, y)
    prediction, target = (variable(name, ROWS if axis == 1 else shape_of(3, 4)) for name in "py")
    rows = loss.rows(prediction, target, axis)
    turned = [value if axis == 1 else value.T for value in (p.astype(float), y.astype(float))]
    found, total = evaluate([rows, loss.total(rows)], dict(zip((prediction, target), turned, strict=True)))
    assert found.shape == ((4, 1) if axis == 1 else (1, 4))
    numpy.testing.assert_allclose(numpy.ravel(found), expected.astype(float), rtol=tolerance)
    numpy.testing.assert_allclose(float(total), float(total_of(list(expected))), rtol=tolerance)


@every_loss
@pytest.mark.parametrize("axis", [0, 1])
def test_rows_and_total_are_those_of_the_formula(loss, axis):
    check_value(loss, axis)


def test_the_comparison_can_fail():
    with pytest.raises(AssertionError):
        check_value(replace(OPS.loss("sse"), name="mse"), 1)


@every_loss
def test_the_gradient_is_that_of_small_nudges(loss):
    xp = precise()
    prediction, target = variable("p", ROWS), variable("y", ROWS)
    values = [xp.array(table.tolist()) for table in map(exact, (PREDICTIONS, TARGETS[loss.targets]))]
    total = loss.total(loss.rows(prediction, target, 1))
    (slope,) = Evaluator(gradient(total, [prediction]), [prediction, target], xp)(*values)
    value_of, nudge = Evaluator([total], [prediction, target], xp), xp.context.mpf(10) ** -13
    for index in numpy.ndindex(4, 3):
        ends = []
        for step in (nudge, -nudge):
            moved = values[0].copy()
            moved[index] += step
            ends.append(value_of(moved, values[1])[0])
        # A central difference errs by 1e-26 times the third derivative, here at most some thousands.
        assert abs((ends[0] - ends[1]) / (2 * nudge) - slope[index]) < 1e-20


@pytest.mark.parametrize(
    "loss", [loss for loss in LOSSES if loss.name != "cross_entropy_from_logits"], ids=attrgetter("name")
)
def test_a_single_number_is_one_sample_with_one_output(loss):
    p, y = variable("p"), variable("y")
    rows = loss.rows(p, y, 1)
    assert rows.shape == ()
    assert loss.total(rows).shape == ()
    value = float(evaluate([loss.total(rows)], {p: 0.3, y: 1.0})[0])
    expected = FORMULAS[loss.name][0](numpy.array([[mp.mpf("0.3")]]), numpy.array([[mp.mpf(1)]]))[0]
    share = 3 if loss.name in MEANS else 1
    expected = float(mp.sqrt(expected * share) if loss.name == "rmse" else expected * share)
    assert value == pytest.approx(expected, rel=1e-14)


@every_loss
def test_a_batch_of_unknown_size_and_the_dtype_given(loss):
    shape = (SAMPLES, Axis("outputs", 3))
    prediction, target = variable("p", shape), variable("y", shape)
    rows = loss.rows(prediction, target, 1)
    total = loss.total(rows)
    assert describe(rows.shape) == "(samples: N × outputs: 1)"
    given = {prediction: floats(PREDICTIONS), target: floats(TARGETS[loss.targets])}
    wanted = [total, *gradient(total, [prediction])]
    double = evaluate(wanted, given)
    single = evaluate(wanted, {leaf: value.astype(numpy.float32) for leaf, value in given.items()})
    for wide, narrow in zip(double, single, strict=True):
        assert (wide.dtype, narrow.dtype) == (numpy.float64, numpy.float32)
        numpy.testing.assert_allclose(narrow, wide, rtol=2e-5, atol=1e-7)


@pytest.mark.parametrize(("name", "activation"), [("binary_cross_entropy", sigmoid), ("cross_entropy", softmax),
                                                  ("cross_entropy", log_softmax)])  # fmt: skip
@pytest.mark.parametrize("axis", [0, 1])
def test_behind_its_activation_a_loss_is_fused(name, activation, axis):
    loss, fused = OPS.loss(name), OPS.loss(f"{name}_from_logits")
    z, y = variable("z", ROWS), variable("y", ROWS)
    attributes = {} if activation is sigmoid else {"axis": axis}
    assert loss.rows(activation(z, **attributes), y, axis) is fused.rows(z, y, axis)


def test_a_softmax_along_the_other_axis_is_not_fused():
    z, y = variable("z", ROWS), variable("y", ROWS)
    rows = OPS.loss("cross_entropy").rows(softmax(z, axis=0), y, 1)
    value = numpy.arange(12.0).reshape(4, 3) / 7
    found = evaluate([rows], {z: value, y: floats(TARGETS["one_hot"])})[0]
    p = numpy.exp(value) / numpy.exp(value).sum(axis=0)
    numpy.testing.assert_allclose(found[:, 0], -numpy.log(p)[range(4), [0, 1, 2, 1]], rtol=1e-14)


@pytest.mark.parametrize(
    ("op", "targets"), [(sigmoid_cross_entropy, "probabilities"), (softmax_cross_entropy, "one_hot")]
)
def test_fused_and_longhand_have_the_same_value_and_slope(op, targets):
    xp = precise()
    z, y = variable("z", ROWS), variable("y", ROWS)
    given = {z: xp.array(exact(PREDICTIONS) * 9 - 4), y: xp.array(exact(TARGETS[targets]))}
    fused = summation(op(z, y))
    longhand = summation(op.define(op(z, y)))
    a, b = (evaluate([node, *gradient(node, [z])], given, xp) for node in (fused, longhand))
    for left, right in zip(a, b, strict=True):
        assert numpy.all(abs(left - right) < 1e-45)


@pytest.mark.parametrize("extreme", [800.0, -800.0])
@pytest.mark.parametrize(("name", "activation"), [("binary_cross_entropy", sigmoid), ("cross_entropy", softmax)])
@pytest.mark.parametrize("dtype", [numpy.float32, numpy.float64])
def test_extreme_logits_give_finite_losses_and_gradients(name, activation, extreme, dtype):
    z, y = variable("z", shape_of(2, 3)), variable("y", shape_of(2, 3))
    loss = OPS.loss(name)
    total = loss.total(loss.rows(activation(z), y, 1))
    logits = numpy.array([[extreme, 0, -extreme], [1, extreme, extreme]], dtype)
    targets = numpy.array([[1, 0, 0], [0, 1, 0]], dtype)
    value, slope = evaluate([total, *gradient(total, [z])], {z: logits, y: targets})
    assert numpy.isfinite(value)
    assert numpy.isfinite(slope).all()
    # A wrong class by 800 or 1600 costs about that much, shared by 2 samples and perhaps 3 outputs.
    assert value > 100 or extreme > 0


def test_conventions_at_kinks():
    p, y = variable("p"), variable("y")

    def slope(name, prediction, target):
        loss = OPS.loss(name)
        return float(evaluate(gradient(loss.total(loss.rows(p, y, 1)), [p]), {p: prediction, y: target})[0])

    assert slope("mae", 2.0, 2.0) == 0
    assert slope("hinge", 1.0, 1.0) == 0
    assert [slope("huber", d, 0.0) for d in (-2.0, -1.0, 0.5, 1.0, 3.0)] == [-1, -1, 0.5, 1, 1]
    assert numpy.isnan(slope("rmse", 2.0, 2.0))


@every_loss
def test_facts_are_complete(loss):
    facts = loss.facts
    assert all((facts.title, facts.law, facts.range, facts.use, facts.avoid))
    assert facts.convention or not facts.kink
    assert loss.targets in TARGETS
