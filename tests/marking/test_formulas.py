from collections.abc import Callable

import pytest

from chalkgrad.api.solving import read
from chalkgrad.marking.binding import Binder
from chalkgrad.marking.course import Course, course_of
from chalkgrad.marking.formulas import Formulas, Holds
from chalkgrad.marking.page.written import Chain

Read = Callable[[str], Chain]


def compared(course: Course, chain: Chain, quantity: str) -> Holds:
    binder = Binder(course)
    return Formulas(course, binder).compare(chain.parts[-1], next(q for q in binder.quantities if q.name == quantity))


class TestAFormula:
    @pytest.mark.parametrize(
        ("text", "quantity"),
        [
            (r"$z = x_1 w_1 + x_2 w_2 + b_1$", "z_h1"),
            (r"$z = \frac{1}{1 + e^{-z_{h_1}}}$", "h1"),
            (r"$z = (o_1 - y_1) o_1 (1 - o_1)$", "dloss/dz_o1"),
            (r"$z = \frac{\partial L}{\partial z_{o_1}} w_5 + \frac{\partial L}{\partial z_{o_2}} w_7$", "dloss/dh1"),
            (r"$z = \frac{1}{2}(y_1 - o_1)^2 + \frac{1}{2}(y_2 - o_2)^2$", "loss"),
            (r"$z = w_5 - \eta \frac{\partial L}{\partial w_5}$", "w5'"),
        ],
    )
    def test_holds_always_however_it_is_written(
        self, two_layers: Course, chain: Read, text: str, quantity: str
    ) -> None:
        assert compared(two_layers, chain(text), quantity) is Holds.ALWAYS

    @pytest.mark.parametrize(
        ("text", "quantity"),
        [
            (r"$z = x_1 w_1 + x_2 w_2$", "z_h1"),
            (r"$z = (y_1 - o_1) o_1 (1 - o_1)$", "dloss/dz_o1"),
            (r"$z = \frac{\partial L}{\partial z_{o_1}} w_5$", "dloss/dh1"),
        ],
    )
    def test_does_not_hold_with_a_mistake_in_it(
        self, two_layers: Course, chain: Read, text: str, quantity: str
    ) -> None:
        assert compared(two_layers, chain(text), quantity) is Holds.NO

    def test_a_name_of_the_problem_is_nothing_else(self, chain: Read) -> None:
        course = course_of(read("symbolic-deltas"))
        right, wrong = (chain(rf"$z = w_1^{{[3]}} a_1^{{[2]}} (1 - a_1^{{[{layer}]}})$") for layer in (2, 1))
        assert compared(course, right, "df/dz_a^[2]_1") is Holds.ALWAYS
        assert compared(course, wrong, "df/dz_a^[2]_1") is Holds.NO

    def test_may_hold_with_these_numbers_alone(self, skip: Course, chain: Read) -> None:
        assert compared(skip, chain(r"$z = out - y$"), "dloss/da") is Holds.HERE

    def test_with_a_name_that_nobody_knows_is_not_told(self, two_layers: Course, chain: Read) -> None:
        assert compared(two_layers, chain(r"$z = x_1 q_3$"), "z_h1") is Holds.UNKNOWN

    def test_tells_which_quantity_it_is(self, two_layers: Course, chain: Read) -> None:
        binder = Binder(two_layers)
        here = [q for q in binder.quantities if q.stage == 1 and q.kind == "forward"]
        found = Formulas(two_layers, binder).identify(chain(r"$z = h_1 w_7 + h_2 w_8 + b_2$").parts[-1], here)
        assert [q.name for q in found] == ["z_o2"]
