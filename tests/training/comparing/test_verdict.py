"""What may be concluded, in careful words."""

import itertools

import numpy
import pytest

from chalkgrad.training.comparing.verdict import (
    Spread,
    better_pairs,
    conclusion,
    effect_of,
    is_better,
    listed,
    printer,
    ranked,
)

RELU = Spread("relu", (0.973, 0.978, 0.975))
TANH = Spread("tanh", (0.970, 0.976, 0.971))
SIGMOID = Spread("sigmoid", (0.951, 0.960, 0.955))


def concluded(*spreads: Spread, larger: bool = True, measure: str = "test accuracy") -> str:
    return conclusion(spreads, larger, measure)


class TestBetter:
    def test_all_runs_of_one_are_better_than_all_of_the_other(self) -> None:
        assert is_better(RELU, SIGMOID, larger=True)
        assert not is_better(SIGMOID, RELU, larger=True)
        assert is_better(SIGMOID, RELU, larger=False)

    def test_where_ranges_overlap_or_touch_no_one_is(self) -> None:
        assert not is_better(RELU, TANH, larger=True)
        assert not is_better(TANH, RELU, larger=True)
        assert not is_better(Spread("a", (2, 3)), Spread("b", (1, 2)), larger=True)

    def test_a_single_run_is_never_better(self) -> None:
        assert not is_better(Spread("a", (2,)), Spread("b", (1, 0)), larger=True)

    def test_what_failed_in_part_is_never_judged(self) -> None:
        assert not is_better(Spread("a", (2, 3), failed=1), Spread("b", (0, 1)), larger=True)
        assert not is_better(Spread("a", (2, 3)), Spread("b", (0, 1), failed=1), larger=True)

    def test_it_agrees_with_the_definition_on_random_spreads(self) -> None:
        chance = numpy.random.default_rng(0)
        for _ in range(300):
            one, other = (Spread(name, tuple(chance.integers(0, 12, size=3) / 4)) for name in "ab")
            all_above = all(a > b for a, b in itertools.product(one.values, other.values))
            assert is_better(one, other, larger=True) == all_above


class TestStatistics:
    def test_they_are_those_of_numpy(self) -> None:
        values = numpy.array(RELU.values)
        assert RELU.mean == pytest.approx(values.mean())
        assert RELU.deviation == pytest.approx(values.std(ddof=1))
        assert (RELU.lowest, RELU.highest) == (values.min(), values.max())

    def test_one_run_has_no_deviation(self) -> None:
        assert Spread("a", (1.0,)).deviation is None

    def test_the_best_mean_stands_first_and_failures_last(self) -> None:
        spreads = [Spread("gone", (), 3), SIGMOID, Spread("half", (0.99,), 2), RELU]
        assert [spread.name for spread in ranked(spreads, larger=True)] == ["relu", "sigmoid", "half", "gone"]
        assert [spread.name for spread in ranked(spreads, larger=False)] == ["sigmoid", "relu", "half", "gone"]


class TestTheSentence:
    def test_the_better_one_and_those_that_cannot_be_told_apart(self) -> None:
        assert concluded(SIGMOID, TANH, RELU) == (
            "By test accuracy, relu (0.973 to 0.978) is better than sigmoid (0.951 to 0.960); relu and tanh overlap, "
            "so no difference between them is shown."
        )

    def test_nothing_is_shown_where_all_overlap(self) -> None:
        assert concluded(RELU, TANH) == (
            "By test accuracy, relu (0.973 to 0.978) and tanh (0.970 to 0.976) overlap, so no difference between them "
            "is shown."
        )

    def test_all_others_are_worse(self) -> None:
        assert concluded(RELU, SIGMOID) == (
            "By test accuracy, relu (0.973 to 0.978) is better than sigmoid (0.951 to 0.960)."
        )

    def test_less_of_a_loss_is_better(self) -> None:
        one, other = Spread("adam", (0.0312, 0.0355)), Spread("sgd", (0.41, 0.52))
        assert concluded(one, other, larger=False, measure="validation loss") == (
            "By validation loss, adam (0.0312 to 0.0355) is better than sgd (0.41 to 0.52)."
        )

    def test_overlapping_with_the_best_is_not_overlapping_with_each_other(self) -> None:
        wide, high, low = Spread("wide", (0.90, 0.99)), Spread("high", (0.94, 0.945)), Spread("low", (0.91, 0.92))
        assert concluded(wide, high, low) == (
            "By test accuracy, high (0.940 to 0.945) and low (0.910 to 0.920) each overlap with wide (0.900 to 0.990), "
            "so no difference from it is shown, though high is better than low."
        )

    def test_one_run_shows_nothing(self) -> None:
        assert concluded(Spread("relu", (0.9,)), Spread("tanh", (0.5,))) == (
            "One run of each setting shows nothing about the spread over seeds, so no difference is shown; relu has "
            "the highest test accuracy (0.900)."
        )
        assert concluded(Spread("relu", (0.9,)), Spread("tanh", (0.9,))).endswith(
            "all settings have the same test accuracy (0.900)."
        )

    def test_failures_are_named_and_not_judged(self) -> None:
        found = concluded(RELU, SIGMOID, Spread("big", (), 3), Spread("shaky", (0.99,), 2))
        assert found == (
            "By test accuracy, relu (0.973 to 0.978) is better than sigmoid (0.951 to 0.960); big failed in every run; "
            "shaky failed in 2 of 3 runs and is not judged."
        )

    def test_a_single_setting_has_nothing_beside_it(self) -> None:
        assert concluded(RELU) == ("relu came to a test accuracy of 0.973 to 0.978, and there is nothing beside it.")
        assert "no other setting was trained to its end" in concluded(RELU, Spread("big", (), 3))
        assert concluded(Spread("big", (), 3)).startswith("No setting was trained to its end")

    def test_no_word_claims_more_than_was_seen(self) -> None:
        chance = numpy.random.default_rng(1)
        for _ in range(200):
            spreads = [Spread(f"s{k}", tuple(chance.normal(k / 3, 0.3, size=3))) for k in range(4)]
            said, pairs = concluded(*spreads), better_pairs(spreads, True)
            assert ("better" in said) == any(a == ranked(spreads, True)[0].name for a, _ in pairs) or "though" in said
            assert "significant" not in said
            assert "equal" not in said


class TestPrinting:
    def test_spreads_that_are_apart_are_printed_apart(self) -> None:
        one, other = Spread("a", (0.97312, 0.97341)), Spread("b", (0.97208, 0.97308))
        text = printer([one, other], as_share=True)
        assert text(other.highest) == "0.97308"
        assert text(one.lowest) == "0.97312"

    def test_three_decimals_are_enough_where_they_overlap(self) -> None:
        assert printer([RELU, TANH], as_share=True)(0.97312) == "0.973"

    def test_of_many_names_the_first_are_listed(self) -> None:
        assert listed([*"abcdefg"]) == "a, b, c, d and 3 others"


class TestWhatOneKeyDoes:
    @staticmethod
    def table(**rows: tuple[float, float]) -> dict[tuple[tuple[str, str], ...], Spread]:
        found = {}
        for name, values in rows.items():
            activation, batch = name.split("_")
            found[(("activation", activation), ("batch", batch))] = Spread(name, values)
        return found

    def test_it_holds_everywhere(self) -> None:
        table = self.table(relu_1=(0.9, 0.95), tanh_1=(0.8, 0.85), relu_32=(0.7, 0.75), tanh_32=(0.6, 0.65))
        assert effect_of("activation", table, True) == "activation: relu is better than tanh with every batch."
        assert effect_of("batch", table, True) == "batch: 1 is better than 32 with every activation."

    def test_it_holds_somewhere(self) -> None:
        table = self.table(relu_1=(0.9, 0.95), tanh_1=(0.8, 0.85), relu_32=(0.7, 0.75), tanh_32=(0.7, 0.72))
        assert effect_of("activation", table, True) == (
            "activation: relu is better than tanh with batch 1, otherwise no difference between them is shown."
        )

    def test_it_turns_around(self) -> None:
        table = self.table(relu_1=(0.9, 0.95), tanh_1=(0.8, 0.85), relu_32=(0.5, 0.55), tanh_32=(0.57, 0.58))
        assert effect_of("activation", table, True) == (
            "activation: relu is better than tanh with batch 1, tanh is better than relu with batch 32."
        )

    def test_nothing_is_shown(self) -> None:
        table = self.table(relu_1=(0.8, 0.95), tanh_1=(0.8, 0.85), relu_32=(0.7, 0.75), tanh_32=(0.7, 0.72))
        assert effect_of("activation", table, True) == (
            "activation: no difference between relu and tanh is shown with any batch."
        )

    def test_a_difference_between_means_over_all_is_not_enough(self) -> None:
        # Batch 1 is better throughout; pooled over batches, relu and tanh would seem to differ by what batch does.
        table = self.table(relu_1=(0.90, 0.96), tanh_1=(0.91, 0.95), relu_32=(0.1, 0.2), tanh_32=(0.12, 0.18))
        assert "no difference" in effect_of("activation", table, True)

    def test_single_runs_and_failures_say_nothing(self) -> None:
        table = {(("a", a), ("b", b)): Spread(a + b, (0.5,)) for a, b in itertools.product("12", "34")}
        assert effect_of("a", table, True) == ""
        assert effect_of("a", {key: Spread(s.name, (), 2) for key, s in table.items()}, True) == ""
