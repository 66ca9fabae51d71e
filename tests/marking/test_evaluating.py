from collections.abc import Callable

import numpy
import pytest

from chalkgrad.marking.binding import Binder
from chalkgrad.marking.choosing import Unresolved
from chalkgrad.marking.course import Course
from chalkgrad.marking.evaluating import follow, ways
from chalkgrad.marking.formulas import Formulas
from chalkgrad.marking.page.written import Chain

Read = Callable[[str], Chain]


def values(course: Course, chain: Chain) -> list[float]:
    formulas = Formulas(course, Binder(course))
    return [value for _, value in ways(chain.parts[-1], formulas.scope(formulas.true))]


class TestTheValueOfATerm:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("z = 0.05*0.15 + 0.1*0.2 + 0.35", 0.3775),
            (r"$z = \frac{1}{1+e^{-0.3775}}$", 0.593269992),
            (r"$z = \sqrt{2} - 3^2$", 2**0.5 - 9),
            (r"$z = -\ln(0.5)$", 0.693147181),
            (r"$z = 1.5 \times 10^{-3}$", 0.0015),
            (r"$z = \sigma'(0)$", 0.25),
            (r"$z = \max(0, -2)$", 0.0),
            (r"$z = |{-3}|$", 3.0),
        ],
    )
    def test_of_numbers(self, one_neuron: Course, chain: Read, text: str, value: float) -> None:
        assert values(one_neuron, chain(text))[0] == pytest.approx(value, abs=1e-8)

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("z = w*x + b", 0.8),
            (r"$z = \frac{\partial L}{\partial w}$", -0.13263493),
            (r"$z = \frac{\partial o}{\partial b}$", 0.21390970),
            (r"$z = \frac{\partial L}{\partial o} \cdot \frac{\partial o}{\partial z_o}$", -0.06631747),
            (r"$z = o(1 - o)$", 0.21390970),
        ],
    )
    def test_of_letters_and_derivatives(self, one_neuron: Course, chain: Read, text: str, value: float) -> None:
        assert values(one_neuron, chain(text))[0] == pytest.approx(value, abs=1e-7)

    def test_of_matrices_by_the_sizes_that_fit(self, skip: Course, chain: Read) -> None:
        found = values(skip, chain(r"$z = \tanh(b_1 + x^T W_1) w_2^T + b_2$"))
        assert any(numpy.ndim(value) == 0 and value == pytest.approx(1.9715727) for value in found)

    def test_of_two_vectors_side_by_side_is_tried_each_way(self, skip: Course, chain: Read) -> None:
        shapes = [numpy.shape(value) for value in values(skip, chain(r"$z = t w_2$"))]
        assert shapes[:3] == [(3,), (), (3, 3)]

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            (r"z = {\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}}_{12}", [2.0, 3.0]),
            (r"z = ([5, 6, 7])_3", [7.0]),
            (r"z = ([5, 6, 7])_4", []),
            (r"z = (5)_1", []),
        ],
    )
    def test_of_an_entry_is_that_of_its_place(
        self, one_neuron: Course, chain: Read, text: str, found: list[float]
    ) -> None:
        assert values(one_neuron, chain(f"${text}$")) == found

    def test_of_a_name_that_nobody_knows_there_is_none(self, one_neuron: Course, chain: Read) -> None:
        formulas = Formulas(one_neuron, Binder(one_neuron))
        with pytest.raises(Unresolved, match="q_7 is no quantity of the problem"):
            follow(chain("z = q_7 + 1").parts[-1], formulas.scope(formulas.true), ())

    def test_of_what_was_not_read_there_is_none(self, one_neuron: Course, chain: Read) -> None:
        assert values(one_neuron, chain(r"$z = \frac{1}$")) == []
