import math

import pytest

from chalkgrad.core.node import Node
from chalkgrad.marking.course import Course
from chalkgrad.marking.worlds import TrueWorld, leaves_of, sampled_worlds


def symbol(course: Course, name: str, stage: int = 1) -> Node:
    return next(node for node in course.stage(stage).true if node.name == name)


class TestTheTrueWorld:
    def test_gives_each_quantity_as_its_formula_does(self, two_layers: Course) -> None:
        world = TrueWorld(two_layers)
        for made in two_layers.stages[0].statements.values():
            assert world.work_out(1, made.formula) == pytest.approx(world.value(1, made.symbol), rel=1e-12, abs=1e-15)

    def test_works_any_formula_out(self, one_neuron: Course) -> None:
        world = TrueWorld(one_neuron)
        formula = one_neuron.stages[0].statements[symbol(one_neuron, "z_o")].formula
        assert world.work_out(1, formula) == pytest.approx(2 * 0.5 - 0.2)

    def test_a_nudge_moves_everything_behind_it(self, one_neuron: Course) -> None:
        world = TrueWorld(one_neuron)
        loss, weight = symbol(one_neuron, "loss"), symbol(one_neuron, "w")
        up, down = (world.nudged(1, weight, by).value(1, loss) for by in (1e-5, -1e-5))
        z = 0.8
        o = 1 / (1 + math.exp(-z))
        assert (up - down) / 2e-5 == pytest.approx((o - 1) * o * (1 - o) * 2, rel=1e-8)

    def test_a_nudge_leaves_what_stands_before_it(self, one_neuron: Course) -> None:
        world = TrueWorld(one_neuron)
        nudged = world.nudged(1, symbol(one_neuron, "o"), 0.1)
        assert nudged.value(1, symbol(one_neuron, "z_o")) == world.value(1, symbol(one_neuron, "z_o"))


class TestSampledWorlds:
    def test_are_finite_different_and_the_same_each_time(self, adam: Course) -> None:
        stage = adam.stages[0]
        first, second = (sampled_worlds(adam, stage) for _ in range(2))
        loss = symbol(adam, "loss")
        values = [world.value(1, loss) for world in first]
        assert len(set(values)) == len(values) == 4
        assert all(map(math.isfinite, values))
        assert values == [world.value(1, loss) for world in second]

    def test_hold_the_formulas_of_the_working(self, skip: Course) -> None:
        (world, *_) = sampled_worlds(skip, skip.stages[0])
        for made in skip.stages[0].statements.values():
            assert world.work_out(1, made.formula) == pytest.approx(world.value(1, made.symbol))

    def test_know_the_leaves_of_a_formula(self, one_neuron: Course) -> None:
        formula = one_neuron.stages[0].statements[symbol(one_neuron, "z_o")].formula
        assert [leaf.name for leaf in leaves_of(formula)] == ["x", "w", "b"]
