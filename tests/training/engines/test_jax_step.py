"""The single numbers of steps, and what a step says of itself; nothing here is compiled."""

from decimal import Decimal, getcontext

import numpy
import pytest
from tests.training.conftest import random_problem

from chalkgrad.reading.problem import Problem
from chalkgrad.training.engines.jax_step import JaxStep


def problem_with(optimizer: str, **keys: object) -> Problem:
    return random_problem(1, optimizer={"name": optimizer}, **keys)


def test_numbers_lose_no_digits_in_float32() -> None:
    getcontext().prec = 40
    step = JaxStep(problem_with("adam"), 4, numpy.float32)
    table = step.numbers(numpy.full(3, 0.001), 0, {}).table
    assert table.dtype == numpy.float32
    for row, t in zip(table, (1, 2, 3), strict=True):
        expected = [1 / (1 - Decimal("0.999") ** t), Decimal("0.001") / (1 - Decimal("0.9") ** t)]
        for number in expected:
            # One rounding to float32: 1 - 0.999 in float32 alone would be wrong in the fifth digit.
            assert min(abs(float(entry) / float(number) - 1) for entry in row) < 6e-8


def test_remembered_numbers_go_from_step_to_step() -> None:
    step = JaxStep(problem_with("nadam"), 4, numpy.float64)
    assert step.numbers_at_start == {"mu_product": 1.0}
    whole = step.numbers(numpy.full(5, 0.002), 0, step.numbers_at_start)
    first = step.numbers(numpy.full(2, 0.002), 0, step.numbers_at_start)
    rest = step.numbers(numpy.full(3, 0.002), 2, {"mu_product": first.after["mu_product"][-1]})
    numpy.testing.assert_array_equal(whole.table, numpy.concatenate([first.table, rest.table]))
    numpy.testing.assert_array_equal(whole.after["mu_product"][2:], rest.after["mu_product"])
    # μ_t = 0.9 (1 - 0.96^(0.004 t) / 2), multiplied up.
    mus = [0.9 * (1 - 0.5 * 0.96 ** (0.004 * t)) for t in range(1, 6)]
    numpy.testing.assert_allclose(whole.after["mu_product"], numpy.cumprod(mus), rtol=1e-14)


@pytest.mark.parametrize("optimizer", ["adam", "nadam"])
def test_each_network_has_a_row_of_its_own(optimizer: str) -> None:
    step = JaxStep(problem_with(optimizer), 4, numpy.float64, ["beta1"])
    rates, betas = numpy.array([[0.1, 0.2], [0.1, 0.4]]), numpy.array([0.9, 0.5])
    before = {name: numpy.array([1.0, 0.5]) for name in step.numbers_at_start}
    both = step.numbers(rates, 7, before, {"beta1": betas})
    assert both.table.shape[:2] == (2, 2)
    for network in range(2):
        alone = {name: value[network] for name, value in before.items()}
        one = step.numbers(rates[:, network], 7, alone, {"beta1": betas[network]})
        numpy.testing.assert_allclose(both.table[:, network], one.table, rtol=1e-14)


def test_what_it_takes_and_remembers() -> None:
    layers = [{"units": 3, "activation": "tanh", "dropout": 0.5}, {"units": 1}]
    data = [{"x": [0, 1], "y": [0]}] * 4
    step = JaxStep(Problem.from_layers(2, layers, loss="mse", data=data, optimizer={"name": "momentum"}), 4, "float32")
    assert step.sizes == {"W1": (2, 3), "b1": (1, 3), "W2": (3, 1), "b2": (1, 1)}
    assert step.memory_at_start["velocity:W1"] == ((2, 3), 0.0)
    assert step.masks == [((4, 3), 0.5)]
    assert step.mask_size == 12
    assert step.bytes > 4 * 12
