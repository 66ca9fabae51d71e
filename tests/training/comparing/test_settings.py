"""Settings: what a command line says, every combination of it, and what makes two runs the same."""

from fractions import Fraction
from typing import Any

import pytest

from chalkgrad.errors import UsageError
from chalkgrad.reading.source import load_source
from chalkgrad.training.comparing.settings import fingerprint, grid, read_over, seeds_of, shown


def tree(text: str) -> Any:
    return load_source(text, "problem.yaml").value


class TestWhatACommandLineSays:
    @pytest.mark.parametrize(
        ("text", "values"),
        [
            ("activation=relu,sigmoid,tanh", ["relu", "sigmoid", "tanh"]),
            ("batch=1, 32 ,full", [1, 32, "full"]),
            ("learning_rate=1e-3,0.1", [Fraction(1, 1000), Fraction(1, 10)]),
            ("units=[64,32],16", [[64, 32], 16]),
            (
                "optimizer={name: sgd, learning_rate: 0.1},adam",
                [{"name": "sgd", "learning_rate": Fraction(1, 10)}, "adam"],
            ),
            ("initial=uniform(-1, 1),zeros", ["uniform(-1, 1)", "zeros"]),
            ("loss='1/2 (out - y)^2',mse", ["1/2 (out - y)^2", "mse"]),
            ("split.stratify=true,false", [True, False]),
            ("title='a,b',c", ["a,b", "c"]),
        ],
    )
    def test_values_are_those_of_a_problem_file(self, text: str, values: list[Any]) -> None:
        assert list(read_over([text]).values()) == [values]

    @pytest.mark.parametrize(
        ("text", "code", "words"),
        [
            ("activation", "not-a-comparison", "expected a key and its values, read `activation`"),
            ("=relu", "not-a-comparison", "expected a key and its values, read `=relu`"),
            ("batch=1,,2", "not-a-value", "batch: a value is missing"),
            ("batch=", "not-a-value", "batch: a value is missing"),
            ("units=[1,2", "not-a-value", "units: "),
            ("optimizer={name: a, name: b}", "not-a-value", "optimizer: `name` stands here a second time"),
        ],
    )
    def test_what_is_no_value_is_refused(self, text: str, code: str, words: str) -> None:
        with pytest.raises(UsageError) as caught:
            read_over([text])
        assert caught.value.code == code
        assert caught.value.faults[0].message.startswith(words)

    def test_a_key_stands_once(self) -> None:
        with pytest.raises(UsageError, match="`batch` is to be compared twice"):
            read_over(["batch=1", "batch=2"])

    def test_a_value_is_shown_as_it_was_typed(self) -> None:
        (values,) = read_over(["learning_rate=1e-3,0.10"]).values()
        assert [shown(value) for value in values] == ["1e-3", "0.10"]


class TestTheGrid:
    def test_every_combination_is_there_once(self) -> None:
        settings = grid({"activation": ["relu", "tanh", "relu"], "batch": [1, "full"]})
        assert [tuple(setting.texts.values()) for setting in settings] == [
            ("relu", "1"),
            ("relu", "full"),
            ("tanh", "1"),
            ("tanh", "full"),
        ]

    def test_one_key_needs_no_name(self) -> None:
        assert [setting.name for setting in grid({"activation": ["relu", "tanh"]})] == ["relu", "tanh"]

    @pytest.mark.parametrize(
        ("over", "code"),
        [
            ({}, "nothing-to-compare"),
            ({"batch": []}, "nothing-to-compare"),
            ({"batch": "full"}, "not-a-comparison"),
            ({"seed": [1, 2]}, "not-a-comparison"),
            ({"epochs": range(1000), "batch": range(1000)}, "too-many-runs"),
        ],
    )
    def test_what_is_no_comparison_is_refused(self, over: dict[str, Any], code: str) -> None:
        with pytest.raises(UsageError) as caught:
            grid(over)
        assert caught.value.code == code


class TestSeeds:
    def test_they_begin_at_the_seed_of_the_problem(self) -> None:
        assert seeds_of(5, 3) == [5, 6, 7]

    @pytest.mark.parametrize("seeds", [0, -1, [], [-3]])
    def test_there_is_at_least_one(self, seeds: Any) -> None:
        with pytest.raises(UsageError, match="at least 1"):
            seeds_of(0, seeds)


class TestFingerprints:
    def test_the_way_numbers_are_typed_the_title_and_the_order_of_keys_make_no_difference(self) -> None:
        one, other = tree("{title: a, epochs: 10, batch: 2}"), tree("{batch: 2, epochs: 1e1, show: {round: 3}}")
        assert fingerprint(one, "data") == fingerprint(other, "data")

    @pytest.mark.parametrize("other", ["{epochs: 11}", "{epochs: '10'}", "{epochs: 10, batch: 1}"])
    def test_all_else_does(self, other: str) -> None:
        assert fingerprint(tree("{epochs: 10}")) != fingerprint(tree(other))
        assert fingerprint(tree("{epochs: 10}"), "one") != fingerprint(tree("{epochs: 10}"), "another")
