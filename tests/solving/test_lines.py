"""A statement as a displayed formula: letters, numbers, result, and the right sign before each."""

from __future__ import annotations

from typing import Any

import pytest

from chalkgrad.api import read, solve
from chalkgrad.reading.problem import Problem
from chalkgrad.render.document import Formula, Math
from chalkgrad.render.textmath import box_text
from chalkgrad.solving.derivation import Asking
from chalkgrad.solving.labels import letters_of
from chalkgrad.solving.lines import StatementWriter
from chalkgrad.solving.solve import asking_of, derive


def writer(problem: Any, view: str = "units", **asking: Any) -> StatementWriter:
    problem = read(problem) if isinstance(problem, str) else problem
    derivation = solve(problem, **asking).derivation
    numbers = derivation.shown_steps[0].exact[view]
    return StatementWriter(
        letters_of(derivation.problem.graph(numbers.view.samples), numbers.view, numbers.batch.samples),
        derivation.asking,
        numbers,
    )


def text(formula: Formula) -> str:
    left = box_text(formula.left) if formula.left else ""
    return left + "".join(f" {part.relation} {box_text(part.box)}" for part in formula.parts)


def line(write: StatementWriter, of: str, role: str = "value", number: int = 0) -> str:
    found = [s for s in write.lettering.view.statements if (s.of, s.role) == (of, role)]
    return text(write.formula(found[number]))


class TestForward:
    def test_a_weighted_sum_of_exact_numbers_is_equal_all_along(self):
        expected = "z_h1 = x₁ · w₁ + x₂ · w₂ + b₁ = 0.05 · 0.15 + 0.1 · 0.2 + 0.35 = 0.3775"
        assert line(writer("sigmoid-2-2-2"), "z_h1") == expected

    def test_rounded_numbers_are_about_equal(self):
        expected = "z_o1 = h₁ · w₅ + h₂ · w₆ + b₂ ≈ 0.5933 · 0.4 + 0.5969 · 0.45 + 0.6 ≈ 1.1059"
        assert line(writer("sigmoid-2-2-2"), "z_o1") == expected

    def test_an_activation_without_a_key_on_a_calculator_is_written_out(self):
        found = line(writer("sigmoid-2-2-2"), "h1")
        assert found == "h₁ = σ(z_h1) = 1/(1 + e^{−z_h1}) = 1/(1 + e^{−0.3775}) ≈ 0.5933"

    def test_tanh_has_a_key(self):
        assert line(writer("skip-tanh-relu"), "t_1") == "t₁ = tanh(z_t1) = tanh(3.2) ≈ 0.9967"

    def test_a_number_that_comes_out_even_after_rounded_ones(self):
        found = line(writer("relu-adam", detail="short"), "w3", "parameter")
        # −2.745/√7.535025 is −1 exactly, and enough digits are put in to see it
        assert found.endswith("/(√(7.535025) + 0) = 0.51")

    def test_negative_numbers_stand_in_brackets(self):
        assert "+ (−0.9991) · (−0.5) +" in line(writer("skip-tanh-relu"), "a")


class TestGradients:
    def test_the_chain_rule_stands_before_what_it_gives(self):
        found = line(writer("sigmoid-2-2-2"), "w5", "gradient")
        assert found == "∂L/∂w₅ = ∂L/∂z_o1 · ∂z_o1/∂w₅ = δ_o1 · h₁ ≈ 0.1385 · 0.5933 ≈ 0.0822"

    def test_a_preactivation_has_its_delta_and_its_partial(self):
        assert line(writer("sigmoid-2-2-2"), "z_h1", "gradient").startswith("δ_h1 = ∂L/∂z_h1 = ∂L/∂h₁ · ∂h₁/∂z_h1 = ")

    def test_ways_and_their_sum(self):
        write = writer("sigmoid-2-2-2")
        assert line(write, "h1", "way").endswith("= δ_o1 · w₅ ≈ 0.1385 · 0.4 ≈ 0.0554")
        assert line(write, "h1", "way", 1).endswith("= δ_o2 · w₇ ≈ 0.1321 · 0.5 ≈ 0.0661")
        assert line(write, "h1", "gradient").endswith("= δ_o1 · w₅ + δ_o2 · w₇ ≈ 0.0554 + 0.0661 ≈ 0.1215")

    def test_a_line_gets_the_digits_that_it_takes(self):
        assert "0.9991127" in line(writer("skip-tanh-relu"), "z_t_2", "gradient")

    def test_in_matrix_form_every_factor_has_its_sizes(self):
        write = writer("skip-tanh-relu", "matrix")
        statement = next(s for s in write.lettering.view.statements if (s.of, s.role) == ("W1", "gradient"))
        assert "Under" in repr(write.formula(statement).parts[0].box)


class TestUpdates:
    def test_an_arrow_stands_before_the_new_value(self):
        assert (
            line(writer("sigmoid-2-2-2"), "w1", "parameter") == "w₁ ← w₁ − η · ∂L/∂w₁ ≈ 0.15 − 0.5 · 0.001466 ≈ 0.1493"
        )


class TestAsked:
    def test_short_gives_no_reasons(self):
        write = writer("sigmoid-2-2-2", detail="short")
        assert all(write.formula(s).note == () for s in write.lettering.view.statements)

    def test_normal_gives_a_reason_for_every_gradient(self):
        write = writer("sigmoid-2-2-2")
        assert all(
            write.formula(s).note
            for s in write.lettering.view.statements
            if s.role == "gradient" and s.of not in ("o1", "o2")
        )

    def test_full_works_out_the_terms(self):
        assert " = 0.0075 + 0.02 + 0.35 = 0.3775" in line(writer("sigmoid-2-2-2", detail="full"), "z_h1")

    def test_without_numbers_there_are_letters_alone(self):
        derivation = derive(read("shared-path"))
        view = derivation.views["units", 1]
        write = StatementWriter(letters_of(derivation.problem.graph(1), view, (0,)), derivation.asking, None)
        assert line(write, "z_p1") == "z_p1 = x₁ · w₁₁ + x₂ · w₁₂ + b₁"

    @pytest.mark.parametrize(("carry", "relation"), [("exact", "="), ("rounded", "=")])
    def test_what_lost_nothing_is_equal(self, carry, relation):
        assert line(writer("sigmoid-2-2-2", carry=carry), "z_h1").endswith(f" {relation} 0.3775")

    def test_what_lost_something_is_not_even_when_it_is_carried_on(self):
        assert line(writer("sigmoid-2-2-2", carry="rounded"), "h1").endswith(" ≈ 0.5933")


def test_notes_are_words_of_a_line():
    write = writer(Problem.from_formula("J = w^2", given={"w": 1}))
    for statement in write.lettering.view.statements:
        assert all(isinstance(piece, str | Math) for piece in write.formula(statement).note)
    assert isinstance(asking_of(read("parabola")), Asking)
