import numpy
import pytest

from chalkgrad.api.solving import read, read_text, solve
from chalkgrad.errors import UsageError
from chalkgrad.marking.course import Course, course_of


def number(course: Course, stage: int, name: str) -> float:
    return next(value for symbol, value in course.stage(stage).true.items() if symbol.name == name)


class TestTheCourseOfAProblem:
    def test_has_the_numbers_of_the_solution(self, two_layers: Course) -> None:
        (step,) = solve("sigmoid-2-2-2").data()["steps"]
        for name, value in step["forward"].items():
            if not isinstance(value, list):
                assert number(two_layers, 1, name) == pytest.approx(value, rel=1e-12), name
        for name, value in step["gradients"].items():
            assert number(two_layers, 1, f"dloss/d{name}") == pytest.approx(value, rel=1e-12), name

    def test_goes_on_with_the_forward_pass_behind_the_last_step(self, two_layers: Course) -> None:
        after = two_layers.stages[-1]
        assert after.is_after
        assert after.number == 2
        assert number(two_layers, 2, "loss") == pytest.approx(solve("sigmoid-2-2-2").data()["loss_after"])
        assert not any(made.kind == "update" for made in after.statements.values())

    def test_knows_where_the_parameters_of_a_stage_come_from(self, skip: Course) -> None:
        second = skip.stage(2)
        for leaf, (stage, symbol) in second.before.items():
            assert second.true[leaf] == skip.stage(stage).true[symbol]
        assert len(second.before) == 6 + 3 + 3 + 1 + 2 + 1

    def test_knows_where_the_memory_comes_from(self, adam: Course) -> None:
        memory = [leaf.name for leaf in adam.stage(2).before if leaf.name.startswith(("m:", "v:"))]
        assert len(memory) == 12

    def test_knows_the_units_of_every_matrix(self, skip: Course) -> None:
        stage = skip.stage(1)
        (gradient,) = [symbol for symbol in stage.matrix_entries if symbol.name == "dloss/dW1"]
        names = [[entry.name for entry in row] for row in stage.matrix_entries[gradient]]
        assert names[0][2] == "dloss/dw^(1)_13"
        assert numpy.shape(names) == (2, 3)

    def test_without_numbers_has_formulas_alone(self) -> None:
        course = course_of(read("symbolic-deltas"))
        assert course.stages[0].true == {}
        assert course.stages[0].statements

    def test_of_a_network_that_nobody_works_by_hand_is_refused(self) -> None:
        text = "network: {input: 300, layers: [{units: 100, activation: tanh}, {units: 1}]}\nloss: half_sse\n"
        data = "data:\n  - {x: [" + ", ".join(["1"] * 300) + "], y: [1]}\n"
        with pytest.raises(UsageError) as raised:
            course_of(read_text(text + data))
        assert raised.value.code == "too-large-to-mark"


class TestWhatIsNotAskedFor:
    def test_the_gradients_of_all_parameters_stand_beside_the_working(self) -> None:
        stage = course_of(read("shared-path")).stage(1)
        assert "dloss/dw12" not in {symbol.name for symbol in stage.statements}
        assert {"dloss/dw12", "dloss/dp2", "dloss/dc1"} <= {symbol.name for symbol in stage.side}

    def test_so_that_whole_matrices_are_known(self) -> None:
        stage = course_of(read("symbolic-deltas")).stage(1)
        names = [
            symbol.name
            for gradient, symbols in stage.matrix_entries.items()
            if gradient.name == "df/dW1"
            for symbol in symbols.flat
        ]
        assert sorted(names) == [f"df/dw^[1]_{place}" for place in ("11", "12", "21", "22")]
