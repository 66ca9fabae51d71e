"""The learning-rate range test."""

import json
import math
from typing import Any

import numpy
import pytest

from chalkgrad.errors import ProblemError, UsageError
from chalkgrad.reading.changing import changed
from chalkgrad.reading.problem import Problem
from chalkgrad.render import write
from chalkgrad.training.rate_finding import RateSearch, find_rate, some_rows
from chalkgrad.training.training import Training, train_problem

from .conftest import two_classes

SLOPE = Problem.from_formula(
    "p = w x", loss="mse", data=[{"x": k, "y": 3 * k} for k in range(-4, 5)], given={"w": 1000}
)
CURVATURE = 2 * numpy.mean(numpy.arange(-4, 5) ** 2)  # of mean((w x - y)²) in w


def search(losses: list[float], first: float = 1.0, blew_up: bool = True) -> RateSearch:
    values = numpy.array(losses)
    rates = numpy.geomspace(1e-4, 1, len(losses))
    return RateSearch("Digits", rates, values, values, first, blew_up, 32, 100)


class TestOnAQuadratic:
    """(w − 3)² shrinks by |1 − rate·curvature| in each step: it falls below 2/curvature and grows beyond."""

    def test_the_losses_are_those_of_the_formula(self) -> None:
        found = find_rate(SLOPE, Training(dtype="float64"), lowest=1e-4, highest=1, steps=60)
        shares = numpy.cumprod((1 - found.rates * CURVATURE) ** 2)
        expected = found.first_loss * shares
        numpy.testing.assert_allclose(found.losses, expected, rtol=1e-9)

    def test_the_loss_turns_at_two_over_the_curvature(self) -> None:
        found = find_rate(SLOPE, Training(dtype="float64"), lowest=1e-2, highest=10, steps=50)
        ratios = found.losses / numpy.concatenate([[found.first_loss], found.losses[:-1]])
        last_falling = found.rates[numpy.flatnonzero(ratios <= 1)[-1]]
        factor = found.rates[1] / found.rates[0]
        assert last_falling < 2 / CURVATURE < last_falling * factor
        assert found.at_lowest is not None
        assert found.at_lowest <= 2 / CURVATURE
        assert found.suggested is not None
        assert found.suggested < 2 / CURVATURE
        assert found.cautious == found.at_lowest / 10
        assert found.blew_up

    def test_training_with_what_is_suggested_learns(self) -> None:
        found = find_rate(SLOPE)
        run = train_problem(changed(SLOPE, {"learning_rate": found.suggested, "epochs": 100}))
        assert run.history["loss"][-1] < found.first_loss / 10


class TestTheSearch:
    def test_nothing_of_it_is_left(self) -> None:
        problem = two_classes()
        before = train_problem(problem)
        find_rate(problem)
        after = train_problem(problem)
        assert before.history["loss"] == after.history["loss"]

    def test_it_is_the_same_every_time_and_another_for_another_seed(self) -> None:
        problem = two_classes(batch=4)
        one, other = find_rate(problem), find_rate(problem)
        assert one.losses.tolist() == other.losses.tolist()
        assert find_rate(changed(problem, {"seed": 5})).losses.tolist() != one.losses.tolist()

    def test_rates_grow_by_one_factor_between_the_ends(self) -> None:
        found = find_rate(two_classes(), lowest=1e-3, highest=1e-1, steps=21)
        assert not found.blew_up
        assert (found.rates[0], found.rates[-1]) == pytest.approx((1e-3, 1e-1))
        numpy.testing.assert_allclose(found.rates[1:] / found.rates[:-1], 10 ** (2 / 20))

    @pytest.mark.parametrize("optimizer", ["adam", "momentum", "rmsprop"])
    def test_any_optimizer_is_searched_with(self, optimizer: str) -> None:
        found = find_rate(two_classes(optimizer=optimizer))
        assert found.suggested is not None
        assert found.at_lowest is not None
        assert found.suggested <= found.at_lowest

    def test_it_starts_where_it_is_told(self) -> None:
        found = find_rate(SLOPE, Training(dtype="float64", start={"w": numpy.array(3.0)}), steps=20)
        assert found.first_loss == 0
        assert found.suggested is None

    def test_the_loss_that_is_not_finite_ends_it(self) -> None:
        found = find_rate(SLOPE, Training(start={"w": numpy.array(1e30)}), steps=20)
        assert found.blew_up
        assert len(found.losses) == 0
        assert "no learning rate can be suggested" in found.conclusion
        json.dumps(found.data(), allow_nan=False)
        assert "No step was taken" in str(write(found.document(), "text"))

    @pytest.mark.parametrize(
        ("keys", "code"),
        [
            ({"lowest": 0}, "not-a-range"),
            ({"lowest": 1, "highest": 0.1}, "not-a-range"),
            ({"highest": math.inf}, "not-a-range"),
            ({"lowest": math.nan}, "not-a-range"),
            ({"steps": 9}, "not-a-count"),
        ],
    )
    def test_what_is_no_range_is_refused(self, keys: dict[str, Any], code: str) -> None:
        with pytest.raises(UsageError) as caught:
            find_rate(SLOPE, **keys)
        assert caught.value.code == code

    def test_without_data_there_is_nothing_to_search_on(self) -> None:
        with pytest.raises(ProblemError) as caught:
            find_rate(Problem.from_layers(1, [{"units": 1}], loss="mse"))
        assert caught.value.code == "no-data"

    def test_a_formula_without_data_is_searched_on_its_own_value(self) -> None:
        found = find_rate(Problem.from_formula("J = w^2", given={"w": -2}))
        assert found.at_lowest is not None
        assert found.at_lowest <= 1  # the curvature is 2
        assert found.blew_up


class TestWhatIsReadOff:
    def test_the_steepest_descent_over_the_logarithm_of_the_rate(self) -> None:
        found = search([1.0, 0.99, 0.9, 0.6, 0.55, 0.54, 0.8, 4.0])
        assert found.suggested == pytest.approx(found.rates[2])
        assert found.at_lowest == pytest.approx(found.rates[5])

    def test_what_comes_after_the_lowest_loss_counts_for_nothing(self) -> None:
        found = search([0.99, 0.95, 0.9, 0.85, 0.8, 3.0, 0.9, 5.0])
        assert found.suggested is not None
        assert found.suggested <= found.rates[4]

    def test_a_loss_that_never_falls_suggests_nothing(self) -> None:
        found = search([1.0, 1.1, 1.2, 1.5, 2.0, 5.0])
        assert (found.suggested, found.cautious) == (None, None)

    def test_too_few_steps_suggest_a_tenth_alone(self) -> None:
        found = search([0.9, 0.8, 4.0, 5.0])
        assert found.suggested is None
        assert "too few steps" in found.conclusion

    def test_noise_is_taken_out_without_moving_the_curve(self) -> None:
        from chalkgrad.training.rate_finding import _smoothed

        chance = numpy.random.default_rng(0)
        places = numpy.linspace(-3, 3, 121)
        valley = places**2
        found = _smoothed(valley + chance.normal(size=121) * 0.3, 0.85, 1e9)
        assert abs(places[found.argmin()]) < 0.4
        straight = _smoothed(numpy.full(20, 2.5), 0.85, 1e9)
        numpy.testing.assert_allclose(straight, 2.5)


class TestTheDocument:
    def test_it_says_what_was_found_and_how(self) -> None:
        text = " ".join(str(write(find_rate(two_classes(batch=4)).document(pictures=False), "text")).split())
        assert "fell most steeply at a learning rate of" in text
        assert "steps on 4 samples each" in text
        assert "always on the same 36 samples that train" in text
        assert "more steps give a surer answer" in text

    def test_a_search_that_ended_too_early_says_so(self) -> None:
        found = find_rate(two_classes(), lowest=1e-6, highest=1e-2)
        assert "still fell at the highest rate" in str(write(found.document(pictures=False), "md"))

    def test_it_has_a_picture(self) -> None:
        pytest.importorskip("matplotlib")
        assert str(write(find_rate(two_classes()).document(), "html")).count("<img") == 1

    def test_data_are_plain_json(self) -> None:
        data = json.loads(json.dumps(find_rate(two_classes()).data(), allow_nan=False))
        assert len(data["rates"]) == len(data["losses"]) == len(data["smoothed"])
        assert data["suggested"] < data["rates"][-1]


def test_of_many_rows_some_are_drawn_by_the_seed() -> None:
    rows = numpy.arange(100, 1100)
    one, other = (some_rows(rows, 10, seed) for seed in (0, 1))
    assert len(set(one)) == 10
    assert set(one) <= set(rows)
    assert one.tolist() == sorted(one)
    assert one.tolist() == some_rows(rows, 10, 0).tolist() != other.tolist()
    assert some_rows(rows, 1000, 0) is rows
