import pytest

from chalkgrad.core.node import Node
from chalkgrad.marking.course import Course
from chalkgrad.marking.mistakes import Edit, Mistake, Surroundings, mistake_of
from chalkgrad.marking.telling import words_of


def symbol(course: Course, name: str) -> Node:
    return next(node for node in course.stage(1).statements if node.name == name)


def told(course: Course, mistake: Mistake, names: list[str], **named: Node | str) -> str:
    around = Surroundings(course.problem, course.stage(1).units)
    changes = {(1, symbol(course, name)): Edit(symbol(course, name), named) for name in names}
    return words_of(mistake, changes, course, around)


class TestTheSentence:
    def test_names_what_was_worked_out(self, two_layers: Course) -> None:
        said = told(two_layers, mistake_of("missing-slope"), ["dloss/dz_h1"], activation="sigmoid")
        assert said == "The gradient went back through sigmoid without its slope, in the gradient of z_h1."

    def test_begins_with_a_capital_letter_but_a_name_stays(self, two_layers: Course) -> None:
        left_out = mistake_of("loss-terms-missing")
        assert told(two_layers, left_out, ["loss"], which="term 1") == "The loss lacks term 1 of its sum."
        l2 = mistake_of("bias-gradient-times-input")
        assert told(two_layers, l2, ["h1"], input="x1") == "h1 was multiplied by x1."

    @pytest.mark.parametrize(
        ("names", "said"),
        [
            (["h1", "h2"], "h1 and h2"),
            (["h1", "h2", "o1"], "h1, h2 and o1"),
            (["h1", "h2", "o1", "o2", "z_o1"], "h1, h2, o1 and 2 more"),
        ],
    )
    def test_lists_the_places_of_one_slip(self, two_layers: Course, names: list[str], said: str) -> None:
        words = told(two_layers, mistake_of("bias-gradient-times-input"), names, input="x1")
        assert words == f"{said} was multiplied by x1."

    def test_calls_samples_settings_and_memory_by_their_names(self, adam: Course) -> None:
        settings = adam.stage(1).units.settings
        words = told(adam, mistake_of("beta-swapped"), ["m:w3:new"], share=settings["beta1"])
        assert words == "In m of w3, β₁ and 1 − β₁ were exchanged."
        words = told(adam, mistake_of("input-left-out"), ["dloss/dz_h1#2"], input=symbol(adam, "h1#2"))
        assert words == "In the gradient of z_h1 of sample 2, the factor h1 of sample 2 was left out."
