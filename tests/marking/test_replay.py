import math

import pytest

from chalkgrad.core.node import ZERO, Node
from chalkgrad.marking.course import Course
from chalkgrad.marking.mistakes import Edit
from chalkgrad.marking.replay import Replay, open_steps
from chalkgrad.marking.worlds import TrueWorld

Z = 0.8
O = 1 / (1 + math.exp(-Z))  # noqa: E741


def symbol(course: Course, name: str, stage: int = 1) -> Node:
    return next(node for node in course.stage(stage).true if node.name == name)


def names(steps: object) -> list[tuple[int, str]]:
    return [(stage, node.name) for stage, node in steps.keys]  # type: ignore[attr-defined]


class TestOpenSteps:
    def test_end_at_what_the_page_says(self, one_neuron: Course) -> None:
        said = symbol(one_neuron, "o")
        target = symbol(one_neuron, "dloss/dz_o")
        steps = open_steps(one_neuron, 1, [target], lambda stage, node: node is said)
        assert names(steps) == [(1, "dloss/do"), (1, "dloss/dz_o")]

    def test_are_in_order_each_after_what_it_uses(self, one_neuron: Course) -> None:
        steps = open_steps(one_neuron, 1, [symbol(one_neuron, "dloss/dw")], lambda stage, node: False)
        assert names(steps) == [(1, name) for name in ("z_o", "o", "dloss/do", "dloss/dz_o", "dloss/dw")]
        assert steps.nearest[0][1].name == "dloss/dw"

    def test_go_back_into_the_step_before(self, one_neuron: Course) -> None:
        steps = open_steps(one_neuron, 2, [symbol(one_neuron, "z_o", 2)], lambda stage, node: False)
        assert (1, "parameter:w:new") in names(steps)
        assert names(steps)[-1] == (2, "z_o")

    def test_of_a_given_number_are_none(self, one_neuron: Course) -> None:
        assert names(open_steps(one_neuron, 1, [symbol(one_neuron, "w")], lambda stage, node: False)) == []


class TestReplay:
    def test_without_slips_has_the_true_numbers(self, two_layers: Course) -> None:
        targets = [symbol(two_layers, name) for name in ("loss", "dloss/dw1", "parameter:w1:new")]
        replay = Replay(open_steps(two_layers, 1, targets, lambda stage, node: False), TrueWorld(two_layers))
        assert replay.plain == pytest.approx([two_layers.stage(1).true[node] for node in targets], rel=1e-12)

    def test_each_lane_has_a_slip_of_its_own(self, one_neuron: Course) -> None:
        z, target = symbol(one_neuron, "z_o"), symbol(one_neuron, "o")
        replay = Replay(open_steps(one_neuron, 1, [target], lambda stage, node: False), TrueWorld(one_neuron))
        found = replay.run([{}, {(1, z): Edit(ZERO)}, {(1, target): Edit(z)}])
        assert found[:, 0].tolist() == pytest.approx([O, 0.5, Z])

    def test_a_slip_is_carried_into_the_next_step(self, one_neuron: Course) -> None:
        new, target = symbol(one_neuron, "parameter:w:new"), symbol(one_neuron, "z_o", 2)
        steps = open_steps(one_neuron, 2, [target], lambda stage, node: node.name == "parameter:b:new")
        replay = Replay(steps, TrueWorld(one_neuron))
        bias = one_neuron.stage(1).true[symbol(one_neuron, "parameter:b:new")]
        assert replay.run([{(1, new): Edit(ZERO)}])[0, 0] == pytest.approx(bias)

    def test_a_borrowed_number_is_that_of_the_step_before(self, one_neuron: Course) -> None:
        weight, target = symbol(one_neuron, "w", 2), symbol(one_neuron, "z_o", 2)
        steps = open_steps(one_neuron, 2, [target], lambda stage, node: True)
        replay = Replay(steps, TrueWorld(one_neuron))
        edit = Edit(steps.statements[2, target].formula, borrowed={weight: weight})
        bias = one_neuron.stage(1).true[symbol(one_neuron, "parameter:b:new")]
        assert replay.run([{(2, target): edit}])[0, 0] == pytest.approx(2 * 0.5 + bias)

    def test_tells_the_numbers_of_every_part(self, one_neuron: Course) -> None:
        target = symbol(one_neuron, "z_o")
        replay = Replay(open_steps(one_neuron, 1, [target], lambda stage, node: True), TrueWorld(one_neuron))
        assert {2.0, 0.5, -0.2, 1.0} <= set(replay.numbers({})[1, target])
