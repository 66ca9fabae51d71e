"""The section on `equal`: equal, told apart with the simplest numbers, undecided; and softmax as a logistic unit."""

from __future__ import annotations

from typing import Any

from chalkgrad.api import solve
from chalkgrad.reading.problem import Problem


def page(left: str, right: str, **keys: Any) -> str:
    problem = Problem.from_formula(
        f"f = {left}", f"g = {right}", equal={"left": "f", "right": "g", "for": ["x"]}, **keys
    )
    text = str(solve(problem))
    return " ".join(text[text.index("Are they equal?") :].split())


def test_what_is_equal_says_at_how_many_points():
    assert "(x + 1)² = x² + 2 x + 1 holds: both sides were worked out to 50 digits at " in page(
        "(x + 1)^2", "x^2 + 2 x + 1"
    )


def test_what_is_not_is_shown_by_the_simplest_numbers():
    text = page("(x + 1)^2", "x^2 + 1")
    assert "(x + 1)² = x² + 1 does not hold. The simplest numbers found that show it: x = 1 4 ≠ 2" in text


def test_a_fraction_where_whole_numbers_do_not_tell():
    text = page("x (x^2 - 1) (x^2 - 4) (x^2 - 9)", "0 x")
    assert "x = 0.5" in text


def test_undecided():
    assert "could not be decided: the sides have no value at enough points." in page("log(-x^2)", "1 + log(-x^2)")


SOFTMAX = """
formula: |
  s = softmax(x W + b)
  p = sigmoid(x (W_{one} - W_{other}) + (b_{one} - b_{other}))
data: [{{x: [0.7, -1.2]}}]
given: {{W: [[0.3, -0.5], [0.8, 0.1]], b: [0.2, -0.4]}}
equal: {{left: "{left}", right: "{right}", for: [x, W, b]}}
"""


def softmax(left: str, right: str, one: int, other: int) -> str:
    from chalkgrad.api import read_text

    text = SOFTMAX.format(left=left, right=right, one=one, other=other)
    return " ".join(str(solve(read_text(text))).split())


class TestSoftmaxOfTwo:
    def test_is_a_logistic_unit_of_the_difference(self):
        text = softmax("s_2", "p", 2, 1)
        assert "s₂ = e^z2/(e^z2 + e^z1) = 1/(1 + e^{−(z₂ − z₁)}) = σ(z₂ − z₁)" in text
        # W₂ − W₁ = (−0.5 − 0.3, 0.1 − 0.8) and b₂ − b₁ = −0.4 − 0.2
        assert "w = W₂ − W₁ = ⎡−0.8⎤ ⎣−0.7⎦" in text
        assert "b = b₂ − b₁ = −0.6" in text
        assert "x w + b = 0" in text

    def test_either_side_may_be_the_softmax(self):
        assert "σ(z₂ − z₁)" in softmax("p", "s_2", 2, 1)

    def test_the_first_unit_takes_the_difference_the_other_way_round(self):
        text = softmax("s_1", "p", 1, 2)
        assert "w = W₁ − W₂ = ⎡0.8⎤ ⎣0.7⎦" in text
        assert "b = b₁ − b₂ = 0.6" in text

    def test_the_wrong_unit_is_told_apart(self):
        text = softmax("s_1", "p", 2, 1)
        assert "does not hold" in text
        assert "So the logistic unit" not in text
