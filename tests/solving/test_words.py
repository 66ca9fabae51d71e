"""Every statement has a rule, and the reasons say why."""

from __future__ import annotations

import pytest

from chalkgrad.api import read
from chalkgrad.ops import OPS, Optimizer
from chalkgrad.problems import problem_names
from chalkgrad.reading.problem import Problem
from chalkgrad.solving.statements import View
from chalkgrad.solving.views import matrix_view, unit_view
from chalkgrad.solving.words import reason, rule


def views(problem: Problem) -> list[View]:
    count = len(problem.samples or ()) or 1
    return [which(problem, count) for which in (matrix_view, unit_view)]


@pytest.mark.parametrize("name", [name for name in problem_names() if name != "digits"])
def test_every_statement_of_every_problem_has_a_rule(name):
    for view in views(read(name)):
        assert all(rule(statement).strip() for statement in view.statements)


def rules(problem: str, view: int = 1) -> dict[tuple[str, str], str]:
    return {(s.of, s.role): rule(s) for s in views(read(problem))[view].statements}


class TestRules:
    def test_of_a_sigmoid_network(self):
        found = rules("sigmoid-2-2-2")
        assert found["h1", "value"] == "logistic sigmoid"
        assert found["loss", "value"] == "loss"
        assert found["z_o1", "gradient"] == "slope of logistic sigmoid"
        assert found["h1", "gradient"] == "sum over paths"
        assert found["w1", "gradient"] == "weighted sum"
        assert found["w1", "parameter"] == "update"

    def test_of_a_sum_of_several_products_and_a_bias(self):
        assert rules("sigmoid-2-2-2")["z_h1", "value"] == "weighted sum"

    def test_of_adam_with_a_regularizer(self):
        found = rules("relu-adam")
        assert found["w1", "total"] == "regularizer"
        assert found["w1", "m_hat"] == "m hat"
        assert found["w1", "parameter"] == "update"

    def test_of_matrices(self):
        assert rules("sigmoid-two-samples", 0)["W1", "gradient"] == "matrix product"


class TestReasons:
    def reasons(self, problem: Problem) -> list[str]:
        return [reason(s) for view in views(problem) for s in view.statements]

    @pytest.mark.parametrize("name", [entry.name for entry in OPS.entries if isinstance(entry, Optimizer)])
    def test_every_line_of_every_optimizer_has_one(self, name):
        problem = Problem.from_formula("J = w^2", given={"w": 1}, optimizer=name)
        for view in views(problem):
            assert all(reason(s) for s in view.statements if s.kind == "update")

    def test_reasons_are_sentences(self):
        for text in self.reasons(read("skip-tanh-relu")):
            assert not text or text.endswith((".", ";"))

    def test_the_law_of_the_loss_stands_where_the_walk_starts(self):
        view = unit_view(read("sigmoid-2-2-2"), 1)
        first = next(s for s in view.statements if s.role == "gradient")
        assert reason(first, "the law") == "the law"

    def test_tanh_says_that_its_output_is_used_again(self):
        view = unit_view(read("skip-tanh-relu"), 1)
        gradient = next(s for s in view.statements if s.role == "gradient" and s.of == "z_t_1")
        assert "one minus its output squared" in reason(gradient)
