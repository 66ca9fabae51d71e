"""Tables over all steps: every learned number, the loss before, rows left out where there are many."""

from __future__ import annotations

from typing import Any

import pytest

from chalkgrad.api import solve
from chalkgrad.reading.problem import Problem
from chalkgrad.render.document import Math, Table
from chalkgrad.render.textmath import box_text
from chalkgrad.solving.solve import derive
from chalkgrad.solving.tables import course_tables, data_summary


def tables(problem: Problem) -> list[Table]:
    return [block for block in course_tables(derive(problem)) if isinstance(block, Table)]


def cells(row: Any) -> list[str]:
    return ["".join(box_text(p.box) if isinstance(p, Math) else str(p) for p in cell) for cell in row]


def parabola(epochs: int, rate: float = 0.5) -> Problem:
    return Problem.from_formula(
        "J = w^2", given={"w": 8}, optimizer={"name": "sgd", "learning_rate": rate}, epochs=epochs
    )


class TestCourse:
    def test_each_step_with_the_loss_before_and_the_parameters_after(self):
        (table,) = tables(parabola(3, 0.25))
        assert cells(table.header) == ["epoch", "step", "J before", "w"]
        assert [cells(row) for row in table.rows] == [
            ["1", "1", "64", "4"],
            ["2", "2", "16", "2"],
            ["3", "3", "4", "1"],
        ]

    def test_one_step_needs_no_table(self):
        assert tables(parabola(1)) == []

    def test_a_loss_with_a_name_of_its_own_is_l(self):
        data = [{"x": [1], "y": 0}]
        problem = Problem.from_formula("p = x w", loss="half_sse", data=data, given={"w": 1}, epochs=2)
        assert cells(tables(problem)[0].header)[2] == "L before"

    def test_what_is_not_learned_has_no_column(self):
        data = [{"x": [1], "y": 0}]
        problem = Problem.from_formula(
            "p = x w + b", loss="half_sse", data=data, given={"w": 1, "b": 2}, learn=["b"], epochs=2
        )
        assert cells(tables(problem)[0].header)[3:] == ["b"]

    @pytest.mark.parametrize(("epochs", "rows"), [(40, 40), (41, 40), (500, 40)])
    def test_the_middle_of_many_is_left_out_and_said_so(self, epochs, rows):
        (table,) = tables(parabola(epochs, 0.001))
        assert len(table.rows) == rows
        assert cells([table.caption]) == (
            ["" if epochs == rows else f"Parameters after each step; {epochs - rows} steps in the middle are left out."]
        )
        assert cells(table.rows[-1])[1] == str(epochs)

    def test_many_parameters_take_several_tables(self):
        layers = [{"units": 3, "activation": "tanh"}, {"units": 1, "activation": "linear"}]
        data = [{"x": [1, 2], "y": 1}]
        found = tables(Problem.from_layers(2, layers, loss="half_sse", data=data, epochs=2))
        assert len(found) > 1
        assert sum(len(table.header) - 2 for table in found) == 1 + 6 + 3 + 3 + 1
        assert "L before" not in cells(found[1].header)


class TestSummary:
    def test_of_data_in_a_set(self):
        text = str(solve("digits"))
        assert "1,797" in text
        for part in ("64 × 120", "120 × 30", "30 × 10"):
            assert part in text

    def test_of_listed_data_there_is_none(self):
        assert list(data_summary(derive(parabola(1)))) == []
