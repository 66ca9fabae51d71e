"""Open steps, worked out again with slips in them."""

from __future__ import annotations

import numpy
import pytest
from tests.marking.conftest import course, edits, everything, symbol, true

from chalkgrad.core.node import Node
from chalkgrad.marking.mistakes import Edit
from chalkgrad.marking.replay import Replay, open_steps
from chalkgrad.marking.worlds import TrueWorld


def nothing(stage: int, node: Node) -> bool:
    return False


def forward(stage: int, node: Node) -> bool:
    return not node.name.startswith(("dloss", "parameter"))


class TestOpenSteps:
    def test_what_is_claimed_is_open_itself(self) -> None:
        made = course("sigmoid-2-2-2")
        claimed = symbol(made, "dloss/dw1")
        assert open_steps(made, 1, [claimed], everything).keys == ((1, claimed),)

    def test_what_is_left_out_is_open_up_to_what_is_stated(self) -> None:
        made = course("sigmoid-2-2-2")
        steps = open_steps(made, 1, [symbol(made, "parameter:w5:new")], forward)
        assert [node.name for _, node in steps.keys] == ["dloss/do1", "dloss/dz_o1", "dloss/dw5", "parameter:w5:new"]
        assert steps.nearest[0][1].name == "parameter:w5:new"

    def test_the_step_before_is_open_where_its_results_are_not_stated(self) -> None:
        made = course("sigmoid-2-2-2")
        steps = open_steps(made, 2, [symbol(made, "z_h1", 2)], lambda stage, node: node.name.startswith("dloss"))
        assert [(stage, node.name) for stage, node in steps.keys] == [
            (1, "parameter:w1:new"),
            (1, "parameter:w2:new"),
            (1, "parameter:b1:new"),
            (2, "z_h1"),
        ]

    def test_they_are_bounded(self) -> None:
        made = course("relu-adam")
        assert len(open_steps(made, 2, list(made.stage(2).statements)[:1], nothing).keys) < 70


class TestReplay:
    def test_without_slips_it_gives_the_right_numbers(self) -> None:
        made = course("skip-tanh-relu")
        claimed = [symbol(made, "out", 3), symbol(made, "a", 3)]
        replay = Replay(open_steps(made, 3, claimed, nothing), TrueWorld(made))
        assert replay.plain == pytest.approx([made.stage(3).true[node] for node in claimed], rel=1e-12)

    def test_a_slip_is_carried_to_what_is_claimed(self) -> None:
        made = course("sigmoid-2-2-2")
        claimed = symbol(made, "parameter:w5:new")
        steps = open_steps(made, 1, [claimed], forward)
        (edit,) = edits(made, "missing-slope", "dloss/dz_o1").values()
        values = Replay(steps, TrueWorld(made)).run([{(1, symbol(made, "dloss/dz_o1")): edit}, {}])
        assert values[0, 0] == pytest.approx(0.4 - 0.5 * true(made, "dloss/do1") * true(made, "h1"))
        assert values[1, 0] == pytest.approx(true(made, "parameter:w5:new"))

    def test_lanes_do_not_touch_each_other(self) -> None:
        made = course("l2")
        claimed = [symbol(made, "parameter:w^(1)_11:new"), symbol(made, "parameter:w^(1)_12:new")]
        steps = open_steps(made, 1, claimed, forward)
        replay = Replay(steps, TrueWorld(made))
        lanes = [{key: Edit(2 * steps.statements[key].formula)} for key in steps.keys]
        together = replay.run(lanes)
        alone = numpy.concatenate([Replay(steps, TrueWorld(made)).run([lane]) for lane in lanes])
        assert together == pytest.approx(alone, rel=1e-12)

    def test_two_slips_in_one_lane(self) -> None:
        made = course("sigmoid-2-2-2")
        claimed, error = symbol(made, "parameter:w5:new"), symbol(made, "dloss/do1")
        lane = {
            (1, error): edits(made, "sign-of-error", "dloss/do1")[""],
            (1, claimed): edits(made, "learning-rate-left-out", "parameter:w5:new")[""],
        }
        values = Replay(open_steps(made, 1, [claimed], forward), TrueWorld(made)).run([lane])
        assert values[0, 0] == pytest.approx(0.4 + true(made, "dloss/dw5"))

    def test_the_numbers_of_a_lane_are_those_that_its_formulas_use(self) -> None:
        made = course("sigmoid-2-2-2")
        claimed = symbol(made, "dloss/dz_h1")
        replay = Replay(open_steps(made, 1, [claimed], everything), TrueWorld(made))
        (numbers,) = replay.numbers({(1, claimed): edits(made, "value-for-slope", "dloss/dz_h1")[""]}).values()
        assert true(made, "h1") in numbers
        assert 1 - true(made, "h1") not in numbers
        (right,) = replay.numbers({}).values()
        assert 1 - true(made, "h1") in right
