import pytest

from chalkgrad.core.node import Node
from chalkgrad.marking.course import Course
from chalkgrad.marking.ledger import Ledger, Said


def symbol(course: Course, name: str, stage: int = 1) -> Node:
    return next(node for node in course.stage(stage).true if node.name == name)


class TestTheWritersWorld:
    def test_is_the_true_one_while_nothing_is_said(self, two_layers: Course) -> None:
        ledger = Ledger(two_layers)
        for node, value in two_layers.stages[0].true.items():
            assert ledger.value(1, node) == pytest.approx(value, rel=1e-12)

    def test_what_is_said_is_carried_on(self, one_neuron: Course) -> None:
        ledger = Ledger(one_neuron)
        ledger.say(1, symbol(one_neuron, "o"), Said(0.5, 0.01, 3, is_wrong=True))
        assert ledger.follows(1, symbol(one_neuron, "dloss/do")) == pytest.approx(-0.5)
        assert ledger.follows(1, symbol(one_neuron, "o")) == pytest.approx(0.68997, abs=1e-5)

    def test_new_values_are_those_of_the_next_stage(self, one_neuron: Course) -> None:
        ledger = Ledger(one_neuron)
        ledger.say(1, symbol(one_neuron, "parameter:w:new"), Said(0.75, 0.01, 9))
        assert ledger.value(2, symbol(one_neuron, "w", 2)) == 0.75

    def test_knows_what_a_number_rests_on(self, one_neuron: Course) -> None:
        ledger = Ledger(one_neuron)
        z, o = symbol(one_neuron, "z_o"), symbol(one_neuron, "o")
        ledger.say(1, z, Said(0.8, 0.1, 1))
        assert list(ledger.sources(1, symbol(one_neuron, "dloss/do"))) == [(1, z)]
        ledger.say(1, o, Said(0.69, 0.01, 2))
        assert list(ledger.sources(1, symbol(one_neuron, "dloss/do"))) == [(1, o)]

    def test_rounded_sources_leave_some_slack(self, one_neuron: Course) -> None:
        ledger = Ledger(one_neuron)
        assert ledger.slack(1, symbol(one_neuron, "dloss/do")) == 0
        ledger.say(1, symbol(one_neuron, "o"), Said(0.69, 0.01, 2))
        assert ledger.slack(1, symbol(one_neuron, "dloss/do")) == pytest.approx(0.01)
