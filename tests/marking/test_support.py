import pytest

from chalkgrad.core.node import Node
from chalkgrad.marking.course import Course
from chalkgrad.marking.evidence import Evidence
from chalkgrad.marking.mistakes import Edit
from chalkgrad.marking.replay import Replay, open_steps
from chalkgrad.marking.support import Support
from chalkgrad.marking.worlds import TrueWorld, World


def symbol(course: Course, name: str) -> Node:
    return next(node for node in course.stage(1).true if node.name == name)


def support(course: Course, name: str, said: float, decimals: int, **more: object) -> Support:
    target, unit = symbol(course, name), 0.5 * 10.0**-decimals
    evidence = Evidence(
        course,
        1,
        (target,),
        TrueWorld(course),
        lambda values: abs(values[0] - said) <= unit,
        lambda stage, node: True,
        **more,  # type: ignore[arg-type]
    )
    return Support(evidence, Replay(open_steps(course, 1, [target], evidence.is_stated), evidence.world))


class TestChance:
    def test_is_smaller_the_more_digits_are_printed(self, one_neuron: Course) -> None:
        chances = [support(one_neuron, "z_o", 1.0, decimals).chance([1.0]) for decimals in (1, 2, 3, 5)]
        assert chances == sorted(chances, reverse=True)
        assert chances[-1] < 1e-3 * chances[0]

    def test_is_the_share_of_the_numbers_that_would_agree(self, one_neuron: Course) -> None:
        # 1.0 in place of 0.8: what is printed with two digits leaves 0.01 of twice 0.2.
        assert support(one_neuron, "z_o", 1.0, 2).chance([1.0]) == pytest.approx(0.01 / 0.4, rel=0.02)


class TestEvidence:
    def test_numbers_of_the_line_that_are_not_used_speak_against(self, one_neuron: Course) -> None:
        target = symbol(one_neuron, "z_o")
        formula = one_neuron.stage(1).statements[target].formula
        without_bias = {(1, target): Edit(formula.arguments[0])}
        assert support(one_neuron, "z_o", 1.0, 4, operands=(0.5, 2.0)).of_each([without_bias])[0] == 1.0
        assert support(one_neuron, "z_o", 1.0, 4, operands=(0.5, 2.0, 7.0)).of_each([without_bias])[0] == 0.25

    def test_letters_that_say_the_same_speak_for(self, one_neuron: Course) -> None:
        target = symbol(one_neuron, "z_o")
        product = one_neuron.stage(1).statements[target].formula.arguments[0]

        def letters(world: World) -> list[float]:
            return [world.work_out(1, product)]

        found = support(one_neuron, "z_o", 1.0, 4, formulas=(letters,))
        other = Edit(one_neuron.stage(1).statements[target].formula.arguments[1])
        assert found.of_each([{(1, target): Edit(product)}])[0] > 1e3
        assert found.of_each([{(1, target): other}])[0] < 0.1

    def test_fits_is_what_the_page_says(self, one_neuron: Course) -> None:
        found = support(one_neuron, "z_o", 1.0, 2)
        assert found.fits((1.004,))
        assert not found.fits((1.006,))
