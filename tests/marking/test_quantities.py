from chalkgrad.marking.course import Course
from chalkgrad.marking.quantities import Quantity, quantities_of


def named(course: Course, name: str) -> Quantity:
    return next(quantity for quantity in quantities_of(course) if quantity.name == name)


class TestTheQuantitiesOfAProblem:
    def test_have_names_and_words(self, two_layers: Course) -> None:
        assert named(two_layers, "dloss/dw5").title == "the gradient of w5"
        assert named(two_layers, "w5'").title == "the new value of w5"
        assert named(two_layers, "z_h1").title == "the pre-activation of h1"
        assert named(two_layers, "o1 - y_1").kind == "error"
        assert named(two_layers, "do1/dz_o1").kind == "slope"

    def test_are_single_numbers_and_whole_matrices(self, skip: Course) -> None:
        assert [node.name for node in named(skip, "dloss/dW1").flat][:2] == ["dloss/dw^(1)_11", "dloss/dw^(1)_12"]
        assert named(skip, "dloss/dw^(1)_11").is_single
        assert not named(skip, "W1'").is_single

    def test_of_several_samples_say_which(self, adam: Course) -> None:
        assert [q.sample for q in quantities_of(adam) if q.name == "z_h1" and q.stage == 1] == [0, 1]
        assert "for sample 2" in [q.title for q in quantities_of(adam) if q.name == "h1"][1]

    def test_have_the_memory_of_the_optimizer(self, adam: Course) -> None:
        assert named(adam, "m_hat(w3)").kind == "memory"
        assert named(adam, "m(w3) before").kind == "given"
