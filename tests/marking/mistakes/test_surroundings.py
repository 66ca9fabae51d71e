"""What stands around a symbol."""

from __future__ import annotations

import pytest
from tests.marking.courses import course, symbol

from chalkgrad.core.node import Node
from chalkgrad.marking.course import Course
from chalkgrad.marking.mistakes import Surroundings
from chalkgrad.marking.slips import surroundings_of


def around(name: str, stage: int = 1) -> Surroundings:
    return surroundings_of(course(name), stage)


def named(made: Course, name: str) -> Node:
    return next(node for node in made.stage(1).true if node.name == name)


def names(nodes: tuple[Node, ...]) -> list[str]:
    return [node.name for node in nodes]


class TestSiblings:
    @pytest.mark.parametrize(
        ("problem", "name", "others"),
        [
            ("sigmoid-2-2-2", "h1", ["h2"]),
            ("sigmoid-2-2-2", "dloss/dz_h1", ["dloss/dz_h2"]),
            ("sigmoid-2-2-2", "parameter:w1:new", ["parameter:w2:new", "parameter:w3:new", "parameter:w4:new"]),
            ("relu-adam", "h1#2", ["h2#2"]),
            ("relu-adam", "v_hat:w1:new", ["v_hat:w2:new"]),
            ("relu-adam", "dloss/dw1:total", ["dloss/dw2:total"]),
            ("columns", "h_1#2", ["h_2#2", "h_3#2"]),
            ("skip-tanh-relu", "out", []),
        ],
    )
    def test_are_the_other_units_of_the_layer_for_the_same_sample(
        self, problem: str, name: str, others: list[str]
    ) -> None:
        assert sorted(names(around(problem).others(symbol(course(problem), name)))) == sorted(others)

    def test_of_other_samples_are_the_same_unit(self) -> None:
        made = course("columns")
        assert names(around("columns").other_samples(symbol(made, "h_2#1"))) == ["h_2#2"]
        assert names(around("columns").other_samples(symbol(made, "dloss/dh_2#1"))) == ["dloss/dh_2#2"]
        assert names(around("columns").other_samples(named(made, "b2"))) == []

    def test_of_a_weight_are_its_row_and_its_column(self) -> None:
        made = course("sigmoid-2-2-2")
        assert sorted(names(around("sigmoid-2-2-2").neighbours(named(made, "w1")))) == ["w2", "w3"]
        assert around("sigmoid-2-2-2").transposed(named(made, "w2")) is named(made, "w3")
        assert around("sigmoid-2-2-2").transposed(named(made, "w1")) is None
        assert around("sigmoid-2-2-2").transposed(named(made, "b1")) is None

    def test_statements_of_one_matrix_are_of_one_group(self) -> None:
        made, surroundings = course("columns"), around("columns")

        def group(name: str) -> object:
            return surroundings.group(surroundings.statements[symbol(made, name)])

        assert group("dloss/dw^(1)_11") == group("dloss/dw^(1)_32")
        assert group("dloss/dw^(1)_11") != group("dloss/dw^(2)_1")
        assert group("dloss/dw^(1)_11:1") == group("dloss/dw^(1)_12:2")
        assert group("z_h_1#1") == group("z_h_3#2")


class TestWhatSymbolsAre:
    def test_targets_are_the_data_of_the_loss_alone(self) -> None:
        assert sorted(node.name for node in around("sigmoid-2-2-2").targets) == ["y_1", "y_2"]

    def test_each_output_has_its_target(self) -> None:
        pairs = around("relu-adam").outputs
        assert {output.name: target.name for output, target in pairs.items()} == {"o#1": "y#1", "o#2": "y#2"}

    def test_an_activation_inside_a_longer_line_is_found(self) -> None:
        (use,) = around("skip-tanh-relu").activations[symbol(course("skip-tanh-relu"), "a")]
        assert (use.node.op.name, use.after) == ("relu", None)

    def test_a_softmax_is_found_by_each_of_its_inputs(self) -> None:
        uses = around("softmax").activations[symbol(course("softmax"), "z_y_hat_2")]
        assert [use.after.name for use in uses if use.after is not None] == ["y_hat_2"]


class TestNames:
    @pytest.mark.parametrize(
        ("problem", "name", "called"),
        [
            ("sigmoid-2-2-2", "h1", "h1"),
            ("sigmoid-2-2-2", "loss", "the loss"),
            ("sigmoid-2-2-2", "dloss/dw5", "the gradient of w5"),
            ("sigmoid-2-2-2", "dloss/dh1:2", "the part of the gradient of h1 that comes through z_o2"),
            ("sigmoid-2-2-2", "parameter:w5:new", "the new w5"),
            ("relu-adam", "h1#2", "h1 of sample 2"),
            ("relu-adam", "dloss/dw5:total", "the gradient of w5 with its regularizer"),
            ("relu-adam", "m_hat:w5:new", "m hat of w5"),
            ("momentum", "velocity:b2:new", "the velocity of b2"),
        ],
    )
    def test_are_those_of_the_file(self, problem: str, name: str, called: str) -> None:
        made = course(problem)
        assert around(problem).called(symbol(made, name), made.stage(1)) == called

    def test_of_settings_and_old_memory(self) -> None:
        made, surroundings = course("relu-adam"), around("relu-adam")
        stage = made.stage(1)
        assert surroundings.called(surroundings.view.settings["learning_rate"], stage) == "the learning rate"
        assert surroundings.called(surroundings.view.settings["beta1"], stage) == "β₁"
        assert surroundings.called(named(made, "m:w5"), stage) == "the old m of w5"
