"""The words of the field and of the problem."""

import pytest

from chalkgrad.marking.page.words import Lexicon
from chalkgrad.ops import OPS


def test_the_names_of_the_problem_lose_their_scripts() -> None:
    lexicon = Lexicon.of(["net_1", "y_hat", "hidden2", "cost^[1]"])
    assert all(map(lexicon.is_name, ["net", "hidden", "cost"]))
    assert not lexicon.is_name("xW")


@pytest.mark.parametrize("word", ["out", "loss", "Loss", "dZ", "dW", "db", "delta", "sigma", "target"])
def test_the_habits_of_the_field_are_names(word: str) -> None:
    assert Lexicon.of().is_name(word)


@pytest.mark.parametrize("name", sorted(OPS.functions.keys() - {"maximum", "linear"}))
def test_every_function_of_the_language_is_known(name: str) -> None:
    assert Lexicon.of().function(name) == name


@pytest.mark.parametrize(
    ("word", "function"), [("ReLU", "relu"), ("ln", "log"), ("unit", "step"), ("logistic", "sigmoid")]
)
def test_other_words_for_functions(word: str, function: str) -> None:
    assert Lexicon.of().function(word) == function


def test_a_name_of_the_problem_is_no_function() -> None:
    assert Lexicon.of(["mean"]).function("mean") is None
