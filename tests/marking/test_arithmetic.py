import pytest

from chalkgrad.marking.arithmetic import Arithmetic
from chalkgrad.marking.course import Course
from chalkgrad.marking.page.read import read_page
from chalkgrad.marking.sayings import sayings_of


def breaks(course: Course, text: str) -> int:
    (saying,) = sayings_of(read_page(text, "page"))
    arithmetic = Arithmetic(course)
    return len(arithmetic.breaks(arithmetic.parts(saying)))


class TestArithmeticInsideALine:
    @pytest.mark.parametrize(
        "text",
        [
            "z = 0.0125 + 0.03 + 0.35 = 0.392",
            "z = 0.593*0.4 + 0.597*0.45 + 0.6 = 1.106",
            "z = 1/(1 + exp(-0.378)) = 1/1.686 = 0.593",
            "w = 0.55 - 0.04 = 0.511",
            "z = [[1, 2], [3, 4]] @ [0.5, 0.25] = [1.0, 2.5]",
            "z = 2/3 = 0.666",
        ],
    )
    def test_holds_within_what_the_digits_allow(self, two_layers: Course, text: str) -> None:
        assert breaks(two_layers, text) == 0

    @pytest.mark.parametrize(
        "text",
        ["z = 0.30 + 0.10 = 0.50", "z = 0.593*0.4 = 0.337", "z = 1/1.337 = 0.7513", "z = [1, 2] + [1, 1] = [2, 4]"],
    )
    def test_breaks_where_it_does_not(self, two_layers: Course, text: str) -> None:
        assert breaks(two_layers, text) == 1

    def test_given_numbers_are_exact_and_others_are_not(self, two_layers: Course) -> None:
        (saying,) = sayings_of(read_page("z = 0.15*0.593 = 0.089", "page"))
        arithmetic = Arithmetic(two_layers)
        first, last = arithmetic.parts(saying)
        assert first.width == pytest.approx(0.15 * 0.001)
        assert last.unit == pytest.approx(0.001)


@pytest.mark.parametrize(("text", "holds"), [("$z = 0.9997 \\approx 1$", True), ("$z = 0.9897 \\approx 1$", False)])
def test_a_whole_number_behind_a_rounding_sign_is_rounded(one_neuron: Course, text: str, holds: bool) -> None:
    (saying,) = sayings_of(read_page(text))
    arithmetic = Arithmetic(one_neuron)
    assert (not arithmetic.breaks(arithmetic.parts(saying))) is holds
