import pytest

from chalkgrad.api.solving import read_text
from chalkgrad.marking.course import Course, course_of

SOFTMAX = """
network: {input: [x], layers: [{units: [p1, p2], activation: softmax, weights: [[w1], [w2]], bias: none}]}
loss: cross_entropy
data: [{x: [2], y: [0, 1]}]
given: {w1: 0.5, w2: -0.25}
"""


def by_name(course: Course) -> dict[str, float]:
    return {symbol.name: value for symbol, value in course.stage(1).true.items()}


class TestWhatIsWrittenDownOnTheWay:
    def test_slopes_and_differences_have_symbols(self, one_neuron: Course) -> None:
        numbers = by_name(one_neuron)
        assert numbers["do/dz_o"] == pytest.approx(0.2139097)
        assert numbers["o - y"] == pytest.approx(-0.3100255)

    def test_the_working_goes_on_with_them(self, one_neuron: Course) -> None:
        stage = one_neuron.stage(1)
        gradient = next(symbol for symbol in stage.formulas if symbol.name == "dloss/dz_o")
        inside = {node.name for node in stage.formulas[gradient].arguments}
        assert inside == {"dloss/do", "do/dz_o"}

    def test_a_fused_loss_has_the_gradients_that_it_goes_around(self) -> None:
        course = course_of(read_text(SOFTMAX))
        numbers = by_name(course)
        # p2 = 1 / (1 + e^1.5), and the loss is -ln p2.
        assert numbers["dloss/dp2"] == pytest.approx(-1 / numbers["p2"])
        stage = course.stage(1)
        assert {"dloss/dz_p1", "dloss/dz_p2"} <= {symbol.name for symbol in stage.other_ways}
