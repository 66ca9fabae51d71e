"""Matrices taken apart into single numbers: the formula that one writes unit by unit."""

import numpy
import pytest

from chalkgrad.core.algebra import expand, matmul, multiply, summation
from chalkgrad.core.evaluate import evaluate
from chalkgrad.core.gradient import gradient
from chalkgrad.core.node import ZERO, constant, variable
from chalkgrad.core.shape import shape_of
from chalkgrad.core.units import entries, entry, indices, unit_array
from chalkgrad.errors import EvaluationError
from chalkgrad.ops.activations import tanh
from chalkgrad.ops.functions import pi
from chalkgrad.ops.softmax import softmax
from chalkgrad.ops.structure import mean, part


def named(letter, rows, columns):
    return [[variable(f"{letter}{i}{j}") for j in range(columns)] for i in range(rows)]


X, W = variable("X", shape_of(1, 2)), variable("W", shape_of(2, 2))
x, w = named("x", 1, 2), named("w", 2, 2)
KNOWN = {X: unit_array(x), W: unit_array(w)}


def test_a_matrix_product_is_the_sum_of_products_written_by_hand():
    (found,) = entries([matmul(X, W)], KNOWN)
    assert found.tolist() == [[x[0][0] * w[0][j] + x[0][1] * w[1][j] for j in range(2)]]


def test_sums_means_parts_and_repetition():
    total, average, corner, repeated = entries([summation(W), mean(W), part(W, row=1, column=0), expand(X, W)], KNOWN)
    (a, b), (c, d) = w
    given = dict(zip((a, b, c, d), (1.0, 2.0, 4.0, 8.0), strict=True))
    assert evaluate([total, average], given) == [15, 3.75]
    assert corner is c
    assert repeated.tolist() == [x[0], x[0]]


def test_scalars_and_numbers_stay_what_they_are():
    rate = variable("rate")
    assert entries([rate * 2, constant(3), pi()], {}) == [rate * 2, constant(3), pi()]


def test_the_gradient_of_an_entry_is_zero_elsewhere():
    (slope,) = entries(gradient(part(W, row=0, column=1) * x[0][0], [W]), KNOWN)
    assert slope.tolist() == [[ZERO, x[0][0]], [ZERO, ZERO]]


def test_what_is_known_is_not_looked_into():
    z, a = matmul(X, W), variable("a")
    stand_in = unit_array([[a, a + 1]])
    assert entries([multiply(z, z)], {z: stand_in})[0].tolist() == [[a * a, (a + 1) * (a + 1)]]


def test_a_matrix_without_entries_is_refused():
    with pytest.raises(EvaluationError) as caught:
        entries([matmul(X, W)], {X: KNOWN[X]})
    assert str(caught.value) == "the entries of W are not known [no-entries]"


def test_a_random_network_unit_by_unit_has_the_value_of_the_matrices():
    formula = summation(tanh(matmul(tanh(matmul(X, W)), W)))
    wanted = [formula, *gradient(formula, [X, W])]
    chance = numpy.random.default_rng(5)
    values = {X: chance.normal(size=(1, 2)), W: chance.normal(size=(2, 2))}
    singles = {
        node: number for leaf in (X, W) for node, number in zip(KNOWN[leaf].flat, values[leaf].flat, strict=True)
    }
    for parts, whole in zip(entries(wanted, KNOWN), evaluate(wanted, values), strict=True):
        found = numpy.reshape(evaluate(list(numpy.ravel(parts)), singles), numpy.shape(whole))
        # A few roundings.
        numpy.testing.assert_allclose(found, whole, rtol=1e-14)


def of_known(node, index):
    return KNOWN[node][index] if index else node


@pytest.mark.parametrize(
    "node",
    [
        matmul(X, W),
        matmul(matmul(X, W), W.T),
        tanh(matmul(X, W)) * X - summation(W),
        expand(X, W) * W + mean(W, axes=(0,)),
        W * X + 3,
        softmax(matmul(X, W)),
        gradient(summation(tanh(matmul(X, W))), [W])[0],
        gradient(part(W, row=0, column=1) * x[0][0], [W])[0],
    ],
    ids=lambda node: node.op.name,
)
def test_one_entry_is_that_of_all_entries(node):
    (whole,) = entries([node], KNOWN)
    for index in indices(node):
        assert entry(node, index, of_known) is whole[index]


def test_one_entry_of_a_scalar_is_the_scalar():
    assert list(indices(summation(W))) == [()]
    assert entry(summation(W), (), of_known) is entries([summation(W)], KNOWN)[0]
    assert entry(constant(3), (), of_known) is constant(3)


def test_an_entry_looks_at_no_other_column():
    asked = set()

    def known(node, index):
        asked.add((node, index))
        return of_known(node, index)

    entry(matmul(X, W), (0, 1), known)
    assert asked == {(X, (0, 0)), (X, (0, 1)), (W, (0, 1)), (W, (1, 1))}
