"""float64 against 50 digits: what agrees, what float64 cannot hold, and what is wrong."""

from __future__ import annotations

from typing import Any

import numpy
import pytest

from chalkgrad.core.precise import precise
from chalkgrad.reading.problem import Problem
from chalkgrad.solving.engines import ENGINE_TOLERANCE, Agreement, compare_engines, relative_difference
from chalkgrad.solving.steps import Batch, StepValues, Walk
from chalkgrad.solving.views import unit_view


def step(text: str, **given: Any) -> StepValues:
    problem = Problem.from_formula(f"f = {text}", given=given, differentiate={"f": list(given)})
    return Walk(problem, precise()).take(unit_view(problem, 1), Batch(1, 1, ()))


def found(numbers: StepValues) -> Agreement:
    agreement = Agreement()
    compare_engines(numbers, False, agreement)
    return agreement


class TestAgreement:
    def test_ordinary_numbers(self):
        agreement = found(step("tanh(x) + x^2 y", x=0.3, y=-2))
        assert agreement.worst <= ENGINE_TOLERANCE
        assert (agreement.numbers, agreement.cancelled, agreement.beyond) == (3, 0, 0)

    @pytest.mark.parametrize("text", ["(100000000 + x) - 100000000", "sin(1000000000000 x/3)", "1/(1 + x - 1)"])
    def test_digits_lost_on_the_way_are_allowed_for(self, text):
        agreement = found(step(text, x=0.1))
        assert agreement.worst <= ENGINE_TOLERANCE
        assert text == "1/(1 + x - 1)" or agreement.cancelled > 0

    def test_but_a_wrong_number_among_large_ones_is_not(self):
        numbers = step("(100000000 + x) - 100000000", x=0.1)
        symbol = numbers.view.loss
        numbers.values[symbol] = numbers.values[symbol] + precise().exact_number(1) / 1000
        assert found(numbers).worst > ENGINE_TOLERANCE

    def test_more_than_float64_holds(self):
        agreement = found(step("exp(x)", x=1000))
        assert (agreement.beyond, agreement.worst) == (2, 0.0)

    def test_infinite_in_both(self):
        assert found(step("1/x", x=0)).worst == 0


class TestRelativeDifference:
    @pytest.mark.parametrize(
        ("one", "other", "expected"),
        [(1.0, 1.0, 0), (2.0, 1.0, 1), (200.0, 100.0, 1), (0.2, 0.1, 0.1), ([1.0, 5.0], [1.0, 4.0], 0.25)],
    )
    def test_relative_above_one(self, one, other, expected):
        assert relative_difference(numpy.array(one), numpy.array(other)) == pytest.approx(expected)

    def test_relative_to_a_scale(self):
        assert relative_difference(11.0, 10.0, 100) == 0.01

    @pytest.mark.parametrize("special", ["inf", "-inf", "nan"])
    def test_infinities_and_what_is_no_number_equal_themselves_alone(self, special):
        mpf = precise().context.mpf(special)
        assert relative_difference(numpy.float64(special), mpf) == 0
        assert relative_difference(1.0, mpf) == float("inf")
