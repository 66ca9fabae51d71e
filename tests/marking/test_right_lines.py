from chalkgrad.marking.binding import Binder
from chalkgrad.marking.course import Course
from chalkgrad.marking.right_lines import right_line


def line(course: Course, name: str) -> str:
    return right_line(course, next(q for q in Binder(course).quantities if q.name == name))


class TestTheLineThatShouldHaveBeen:
    def test_has_formula_and_value(self, one_neuron: Course) -> None:
        assert line(one_neuron, "z_o") == "z_o = x * w + b = 0.8"
        assert line(one_neuron, "w'") == "w' = w - learning_rate * dloss/dw = 0.513263"

    def test_of_a_matrix_has_its_numbers(self, skip: Course) -> None:
        assert line(skip, "w2") == "w2 = [[1.35, -0.5, 0.03]]"
