import numpy
import pytest

from chalkgrad.marking.choosing import Unresolved
from chalkgrad.marking.functions import apply_function, is_step


class TestFunctionsOfAPage:
    @pytest.mark.parametrize(
        ("word", "value"), [("sigmoid", 0.5), ("σ", 0.5), ("tanh", 0.0), ("relu", 0.0), ("exp", 1.0), ("step", 0.0)]
    )
    def test_are_those_of_the_language(self, word: str, value: float) -> None:
        assert apply_function(word, [numpy.float64(0.0)]) == pytest.approx(value)

    def test_softmax_works_along_a_vector(self) -> None:
        assert apply_function("softmax", [numpy.array([0.0, 0.0])]).tolist() == [0.5, 0.5]

    def test_a_prime_is_a_slope(self) -> None:
        assert apply_function("tanh", [numpy.float64(0.3)], 1) == pytest.approx(1 - numpy.tanh(0.3) ** 2)

    @pytest.mark.parametrize(("word", "count"), [("nonsense", 1), ("tanh", 2)])
    def test_what_is_none_has_no_value(self, word: str, count: int) -> None:
        with pytest.raises(Unresolved, match="no function that is known"):
            apply_function(word, [numpy.float64(0.3)] * count)

    def test_some_letters_may_be_the_unit_step(self) -> None:
        assert is_step("u")
        assert not is_step("w")
