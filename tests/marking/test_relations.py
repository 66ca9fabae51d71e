from chalkgrad.marking.course import Course
from chalkgrad.marking.quantities import Quantity, quantities_of
from chalkgrad.marking.relations import Relations


def quantity(course: Course, name: str) -> Quantity:
    return next(q for q in quantities_of(course) if q.name == name and q.stage == 1)


class TestRelations:
    def test_a_parameter_has_a_new_value_a_gradient_and_a_change(self, two_layers: Course) -> None:
        relations, w5 = Relations(two_layers), quantity(two_layers, "w5")
        assert [q.name for q in relations.new_values(w5)] == ["w5'"]
        assert [q.name for q in relations.gradients([w5])] == ["dloss/dw5"]
        assert [q.title for q in relations.changes([w5])] == [
            "the change of w5",
            "the step of w5",
            "the gradient of w5",
        ]

    def test_a_matrix_of_named_weights_has_them_too(self, two_layers: Course) -> None:
        relations, whole = Relations(two_layers), quantity(two_layers, "W2")
        assert [q.name for q in relations.new_values(whole)] == ["W2'"]

    def test_before_a_unit_stands_its_pre_activation(self, two_layers: Course) -> None:
        relations, o1 = Relations(two_layers), quantity(two_layers, "o1")
        assert [q.name for q in relations.before([o1, quantity(two_layers, "w5")])] == ["z_o1", "w5"]

    def test_an_activation_has_no_new_value(self, two_layers: Course) -> None:
        assert Relations(two_layers).new_values(quantity(two_layers, "o1")) == []


class TestSigns:
    def test_the_negative_of_a_quantity_is_always_the_same(self, two_layers: Course) -> None:
        gradient = quantity(two_layers, "dloss/dz_o1")
        turned = gradient.negative
        assert turned is gradient.negative
        assert turned.value(lambda stage, symbols: 0.25) == -0.25
