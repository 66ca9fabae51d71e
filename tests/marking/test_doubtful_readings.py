"""What a damaged number tells of the lines behind it, and what these tell of it."""

import pytest

import chalkgrad

SIGMOID = "sigmoid-2-2-2"


def told(text: str, problem: str = SIGMOID) -> list[tuple[int, str, str]]:
    """The line, quantity and verdict of each claim."""
    return [(claim.line, claim.quantity, claim.verdict.value) for claim in chalkgrad.mark(problem, text).claims]


class TestWhatANumberWasTakenFor:
    def test_holds_in_the_lines_behind_it(self) -> None:
        page = "$$z_{o_1} = 0.2373 + 0.2686 + 6.6 = 1.1059$$\n$$= 1.1O59$$\n"
        assert told(page)[0][2] == "unread"

    def test_a_second_damaged_number_of_the_same_chain_is_no_mistake(self) -> None:
        page = (
            "\\begin{align*}\nz_{o_1} &= 0.4 \\times 0.5933 + 0.45 \\times 0.5969 + 0.6 \\\\\n"
            "&= 0.2373 + 0.2686 + 6.6 \\\\\n&\\approx 1.7059 \\\\\n\\end{align*}\n"
        )
        assert [verdict for _, _, verdict in told(page)] == ["right", "unread", "unread"]

    def test_is_forgotten_where_the_next_line_goes_on_with_what_stands_there(self) -> None:
        # The minus was dropped and the sum worked out without it.
        page = "\\begin{align*}\nb_1' &= 0.35 + 0.5 \\times 0.0227 \\\\\n&= 0.3614 \\\\\n\\end{align*}\n"
        assert told(page)[-1][2] == "wrong"


class TestALaterLine:
    def test_that_only_copies_the_digits_does_not_show_that_they_were_meant(self) -> None:
        page = "$$h_1 = \\sigma(0.3775) = 05933$$\n$$w_5 \\cdot h_1 = 0.4 \\cdot 05933$$\n$$h_1 = 05933$$\n"
        assert "wrong" not in {verdict for _, _, verdict in told(page)}

    def test_whose_own_arithmetic_fails_does_not_show_it(self) -> None:
        # 0.5918 is what 0.3715 gives, and not what the line puts in.
        page = "$$z_{h_1} = 0.0075 + 0.02 + 0.35 = 0.3715$$\n$$h_1 = \\sigma(0.3775) = 0.5918$$\n"
        assert told(page)[0] == (1, "z_h1", "unread")

    @pytest.mark.parametrize(("digits", "first"), [("0.6933", 1), ("0.5933", None)])
    def test_that_works_on_with_a_number_shows_that_it_was_meant(self, digits: str, first: int | None) -> None:
        value = {"0.6933": "1.1459", "0.5933": "1.1059"}[digits]
        page = f"$$h_1 = {digits}$$\n$$h_2 = 0.5969$$\n"
        page += f"$$z_{{o_1}} = 0.4 \\cdot {digits} + 0.45 \\cdot 0.5969 + 0.6 = {value}$$\n"
        mistake = chalkgrad.mark(SIGMOID, page).first_mistake
        assert (mistake and mistake.line) == first


class TestNames:
    OUTPUTS = (
        "$$o_1 = 0.4 \\cdot 0.5933 + 0.45 \\cdot 0.5969 + 0.6 = 1.1059$$\n"
        "$$\\hat{y}_1 = 0.7514$$\n$$\\hat{y}_2 = 0.7729$$\n"
    )

    def test_a_derivative_by_what_the_page_calls_the_weighted_sum_is_by_that(self) -> None:
        page = (
            self.OUTPUTS
            + "$$\\frac{\\partial L}{\\partial o_1} = 0.7414 \\cdot 0.7514 \\cdot (1 - 0.7514) = 0.1385$$\n"
        )
        assert told(page)[-1] == (4, "dloss/dz_o1", "right")

    def test_its_sibling_is_named_like_it(self) -> None:
        page = (
            self.OUTPUTS
            + "$$\\frac{\\partial L}{\\partial o_2} = 0.7529 \\cdot 0.7729 \\cdot (1 - 0.7729) = 0.1322$$\n"
        )
        assert told(page)[-1] == (4, "dloss/dz_o2", "right")

    def test_without_the_slope_it_is_wrong(self) -> None:
        page = self.OUTPUTS + "$$\\frac{\\partial L}{\\partial o_1} = 0.7514 - 0.01 = 0.7414$$\n"
        assert told(page)[-1] == (4, "dloss/dz_o1", "wrong")

    def test_an_argument_of_the_activation_is_what_stands_before_the_unit(self) -> None:
        page = (
            "$$\\hat{y}_1 = \\sigma(o_1) = 0.7514$$\n"
            "$$\\frac{\\partial L}{\\partial o_1} = 0.7414 \\cdot 0.7514 \\cdot (1 - 0.7514) = 0.1385$$\n"
        )
        assert told(page)[-1] == (2, "dloss/dz_o1", "right")


TWO_STEPS = """
formula: J = (w - 3)^2
given: {w: 1}
optimizer: {name: sgd, learning_rate: 0.25}
epochs: 2
"""


def test_a_number_of_the_forward_pass_behind_an_update_is_that_of_the_next_step() -> None:
    problem = chalkgrad.read_text(TWO_STEPS)
    right = "J = (1 - 3)^2 = 4\nw' = 1 - 0.25 * (-4) = 2\nJ = (2 - 3)^2 = 1\n"
    wrong = right.replace("= 1\n", "= 1.5\n")
    assert [claim.verdict.value for claim in chalkgrad.mark(problem, right).claims] == ["right", "right", "right"]
    found = chalkgrad.mark(problem, wrong)
    assert (found.claims[-1].verdict.value, found.claims[-1].step) == ("wrong", 2)


SAMPLES = """
network:
  input: [x]
  layers:
    - {units: [p], activation: sigmoid, weights: [[w]], bias: b}
loss: binary_cross_entropy
data:
  - {x: [2], y: [1]}
  - {x: [-1], y: [0]}
given: {w: 0.5, b: -0.2}
optimizer: {name: sgd, learning_rate: 0.1}
"""


def test_a_number_above_is_that_of_the_sample_where_the_page_numbers_them_so() -> None:
    problem = chalkgrad.read_text(SAMPLES)
    # -0.7 is right for the other sample.
    page = "$x^{(1)} = 2, y^{(1)} = 1, x^{(2)} = -1, y^{(2)} = 0$\n\n$z^{(1)} = -0.7$\n\n$z^{(2)} = -0.7$\n"
    found = [(claim.quantity, claim.verdict.value) for claim in chalkgrad.mark(problem, page).claims]
    assert found[-1] == ("z_p", "right")
    assert found[-2][1] in ("wrong", "unread")
