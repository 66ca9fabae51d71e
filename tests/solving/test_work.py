"""The working as data: unique ids, each line after what it follows from, and letters and numbers as on paper."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from chalkgrad.problems import problem_names
from chalkgrad.reading.problem import Problem
from chalkgrad.reading.problem_file import read_problem_file
from chalkgrad.solving.derivation import Derivation
from chalkgrad.solving.solve import derive
from chalkgrad.solving.work import work_data


@cache
def derivation(name: str) -> Derivation:
    return derive(Problem.from_file(read_problem_file(name)))


@cache
def work(name: str) -> dict[str, dict[str, Any]]:
    return {entry["id"]: entry for entry in work_data(derivation(name))}


@pytest.mark.parametrize("name", problem_names())
class TestEveryProblem:
    def test_no_two_lines_have_one_id(self, name):
        entries = work_data(derivation(name))
        assert len({entry["id"] for entry in entries}) == len(entries)

    def test_a_line_follows_from_lines_before_it(self, name):
        seen: set[str] = set()
        for identifier, entry in work(name).items():
            assert set(entry["from"]) <= seen, identifier
            seen.add(identifier)

    def test_steps_come_in_order(self, name):
        steps = [entry["step"] or 0 for entry in work(name).values()]
        assert steps == sorted(steps)

    def test_every_statement_of_every_shown_view_is_there(self, name):
        found = derivation(name)
        views = [numbers.view for step in found.shown_steps for numbers in step.exact.values()]
        if not found.steps:
            views = [view for key in found.asking.views if (view := found.views.get((key, 1)))]
        assert len(work(name)) == sum(len(view.statements) for view in views)

    def test_no_symbol_goes_by_its_inner_name(self, name):
        for identifier, entry in work(name).items():
            for text in (entry["latex"], entry["substituted"]):
                assert not any(inner in text for inner in ("dloss", "\\#", ":", "df/")), (identifier, text)


class TestOneStep:
    def test_a_preactivation(self):
        entry = work("sigmoid-2-2-2")["1.units.z_h1"]
        assert entry["value"] == pytest.approx(0.3775, rel=1e-15)
        assert entry["latex"] == "z_{h_{1}} = x_{1} \\cdot w_{1} + x_{2} \\cdot w_{2} + b_{1}"
        assert entry["substituted"] == "z_{h_{1}} = 0.05 \\cdot 0.15 + 0.1 \\cdot 0.2 + 0.35"
        assert (entry["kind"], entry["of"], entry["view"], entry["epoch"], entry["step"]) == (
            "forward",
            "z_h1",
            "units",
            1,
            1,
        )

    def test_an_activation_is_written_out_and_follows_from_its_input(self):
        entry = work("sigmoid-2-2-2")["1.units.h1"]
        assert entry["from"] == ["1.units.z_h1"]
        assert entry["substituted"] == "h_{1} = \\sigma (0.3775)"
        assert entry["rule"] == "logistic sigmoid"

    def test_a_slope_follows_from_the_value_that_it_uses_again(self):
        entry = work("sigmoid-2-2-2")["1.units.z_h1.gradient"]
        assert entry["from"] == ["1.units.h1.gradient", "1.units.h1"]
        assert entry["latex"].startswith("\\delta_{h_{1}} = ")

    def test_each_way_says_through_what_it_leads_and_their_sum_follows_from_all(self):
        found = work("sigmoid-2-2-2")
        assert found["1.units.h1.way1"]["latex"].endswith("_{z_{o_{1}}} = \\delta_{o_{1}} \\cdot w_{5}")
        assert found["1.units.h1.way2"]["latex"].endswith("_{z_{o_{2}}} = \\delta_{o_{2}} \\cdot w_{7}")
        total = found["1.units.h1.gradient"]
        assert (total["kind"], total["from"]) == ("accumulate", ["1.units.h1.way1", "1.units.h1.way2"])
        ways = found["1.units.h1.way1"]["value"] + found["1.units.h1.way2"]["value"]
        assert total["value"] == pytest.approx(ways, rel=1e-15)

    def test_a_gradient_that_comes_through_unchanged_is_written_with_its_letter(self):
        entry = work("skip-tanh-relu")["1.units.b^(1)_2.gradient"]
        assert entry["latex"].endswith("= \\delta_{t_{2}}")
        assert entry["substituted"].endswith("= 0.001356")

    def test_an_update_is_an_arrow(self):
        entry = work("parabola")["1.units.w.new"]
        assert entry["latex"] == "w \\leftarrow w - \\eta \\cdot \\frac{\\partial J}{\\partial w}"
        assert entry["value"] == 2.0

    def test_a_row_is_a_list_and_a_matrix_a_list_of_lists(self):
        found = work("skip-tanh-relu")
        assert len(found["1.matrix.z_t"]["value"]) == 3
        assert [len(row) for row in found["1.matrix.W1.gradient"]["value"]] == [3, 3]
        assert isinstance(found["1.matrix.out"]["value"], float)


class TestSeveralSteps:
    def test_a_parameter_is_the_one_that_the_step_before_left(self):
        found = work("parabola")
        assert found["1.units.J"]["from"] == []
        assert found["2.units.J"]["from"] == ["1.units.w.new"]

    def test_so_is_what_the_optimizer_remembers(self):
        assert work("relu-adam")["2.units.w1.m"]["from"] == ["1.units.w1.m", "2.units.w1.total"]

    def test_views_do_not_follow_from_each_other(self):
        for identifier, entry in work("relu-adam").items():
            view = identifier.split(".")[1]
            assert {source.split(".")[1] for source in entry["from"]} <= {view}


class TestSeveralSamples:
    def test_ids_and_samples_count_from_0_and_letters_from_1(self):
        entry = work("relu-adam")["1.units.z_h1@1"]
        assert entry["sample"] == 1
        assert entry["latex"].startswith("z_{h_{1}}^{(2)}")

    def test_one_sample_of_several_is_called_by_its_own_number(self):
        problem = Problem.from_formula(
            "o = w x", loss="half_sse", data=[{"x": 1, "y": 1}, {"x": 2, "y": 1}], given={"w": 1}, batch=1
        )
        entries = [entry for entry in work_data(derive(problem)) if entry["of"] == "o" and entry["kind"] == "forward"]
        assert {(entry["step"], entry["sample"]) for entry in entries if entry["view"] == "units"} == {(1, 0), (2, 1)}


class TestWithoutNumbers:
    def test_ids_have_no_step(self):
        assert "units.w11.gradient" in work("shared-path")
        assert work("shared-path")["units.w11.gradient"]["from"] == ["units.z_p1.gradient"]
