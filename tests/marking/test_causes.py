"""The search for the cause of a wrong number."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from math import tanh

import pytest
from tests.marking.courses import course, edits, evidence, slipped, true

from chalkgrad.core.node import Node
from chalkgrad.marking.causes import causes_of
from chalkgrad.marking.course import Course
from chalkgrad.marking.evidence import Cause, Evidence
from chalkgrad.marking.worlds import World, sampled_worlds


def forward(stage: int, node: Node) -> bool:
    """A page with the forward pass, and with new values alone of what comes after it."""
    return not node.name.startswith("dloss")


def first(evidence: Evidence) -> Cause:
    return causes_of(evidence)[0]


class TestOneMistake:
    def test_a_slope_that_was_left_out(self) -> None:
        cause = first(evidence(course("sigmoid-2-2-2"), ["dloss/dz_h1"], [0.12147]))
        assert (cause.code, cause.sure, cause.other) == ("missing-slope", True, "")
        assert cause.words == "The gradient went back through sigmoid without its slope, in the gradient of z_h1."
        assert cause.rule == "Behind an activation the gradient is multiplied by the slope of the activation."
        assert cause.values == pytest.approx([true(course("sigmoid-2-2-2"), "dloss/dh1")])
        assert (cause.stage, cause.symbol.name) == (1, "dloss/dz_h1")

    def test_each_code_is_given_once_and_only_the_first_is_sure(self) -> None:
        for claimed in (0.1, 0.0, -0.14, 0.37):
            causes = causes_of(evidence(course("sigmoid-2-2-2"), ["parameter:w5:new"], [claimed], 1, stated=forward))
            codes = [(cause.code, cause.other) for cause in causes]
            assert len(set(codes)) == len(codes)
            assert not any(cause.sure for cause in causes[1:])

    def test_what_is_given_has_no_cause(self) -> None:
        made = course("sigmoid-2-2-2")
        given = next(node for node in made.stage(1).true if node.name == "w5")
        assert causes_of(evidence(made, [given], [7.0])) == ()

    def test_a_number_that_nothing_gives_has_no_cause(self) -> None:
        assert causes_of(evidence(course("sigmoid-2-2-2"), ["dloss/dz_h1"], [17.123456], 6)) == ()


class TestLinesLeftOut:
    def test_the_slip_is_found_where_it_was_made(self) -> None:
        made = course("sigmoid-2-2-2")
        new = 0.4 - 0.5 * true(made, "dloss/do1") * true(made, "h1")
        cause = first(evidence(made, ["parameter:w5:new"], [new], 6, stated=forward))
        assert (cause.code, cause.symbol.name, cause.sure) == ("missing-slope", "dloss/dz_o1", True)

    def test_a_stated_line_is_not_where_it_was_made(self) -> None:
        made = course("sigmoid-2-2-2")
        new = 0.4 - 0.5 * true(made, "dloss/do1") * true(made, "h1")
        causes = causes_of(evidence(made, ["parameter:w5:new"], [new], 6))
        assert "missing-slope" not in [cause.code for cause in causes if not cause.other]

    def test_the_same_slip_for_both_outputs(self) -> None:
        """With y − ŷ at both outputs every gradient has the other sign."""
        made = course("sigmoid-2-2-2")
        cause = first(evidence(made, ["dloss/dh1"], [-true(made, "dloss/dh1")], 6, stated=forward))
        assert cause.code == "sign-of-error"
        assert "the gradient of o1 and the gradient of o2" in cause.words

    def test_an_update_of_the_step_before(self) -> None:
        """The page has the second forward pass alone, worked with w1 + η g."""
        made = course("sigmoid-2-2-2")
        moved = {n: 2 * true(made, n) - true(made, f"parameter:{n}:new") for n in ("w1", "w2", "b1")}
        claimed = 0.05 * moved["w1"] + 0.1 * moved["w2"] + moved["b1"]
        first_step = evidence(
            made, ["z_h1"], [claimed], 6, stage=2, stated=lambda stage, node: node.name.startswith("dloss")
        )
        cause = first(first_step)
        assert (cause.code, cause.stage) == ("ascent", 1)


class TestMatrices:
    NAMES = tuple(f"parameter:w^(1)_{i}{j}:new" for i in (1, 2) for j in (1, 2, 3))

    def test_the_slope_of_tanh_as_one_number(self) -> None:
        """The whole new matrix at once, with nothing between it and the output; numbers to three decimals."""
        made = course("skip-tanh-relu")
        t = (tanh(3.2), tanh(-3.86), tanh(1.39))
        slope, error = 1 - sum(value * value for value in t), true(made, "dloss/dout")
        claimed = [
            true(made, f"w^(1)_{i + 1}{j + 1}") - 0.1 * error * x * w * slope
            for i, x in enumerate((2, 3))
            for j, w in enumerate((1.35, -0.5, 0.03))
        ]
        cause = first(evidence(made, self.NAMES, claimed, 3, stated=forward))
        assert (cause.code, cause.sure) == ("scalar-slope", True)
        assert cause.values == pytest.approx(claimed, rel=1e-6)

    def test_one_entry_alone(self) -> None:
        made = course("skip-tanh-relu")
        claimed = [true(made, name) for name in self.NAMES]
        claimed[4] = true(made, "w^(1)_22") + 0.1 * true(made, "dloss/dw^(1)_22")
        cause = first(evidence(made, self.NAMES, claimed, 5))
        assert (cause.code, cause.symbol.name) == ("ascent", "parameter:w^(1)_22:new")

    def test_every_entry_must_fit(self) -> None:
        made = course("skip-tanh-relu")
        claimed = [2 * true(made, n.split(":")[1]) - true(made, n) for n in self.NAMES]
        assert first(evidence(made, self.NAMES, claimed, 4)).code == "ascent"
        claimed[0] += 0.5
        assert causes_of(evidence(made, self.NAMES, claimed, 4)) == ()

    def test_a_transposed_matrix(self) -> None:
        made = course("sigmoid-2-2-2")
        claimed = [true(made, f"dloss/dw{number}") for number in (5, 7, 6, 8)]
        cause = first(evidence(made, [f"dloss/dw{number}" for number in (5, 6, 7, 8)], claimed, 5))
        assert cause.code == "outer-product"


class TestTwoMistakes:
    @pytest.mark.parametrize(
        ("name", "claimed", "codes"),
        [
            # On one line: the step was added, and without the learning rate.
            ("parameter:w5:new", lambda made: 0.4 + true(made, "dloss/dw5"), {"ascent", "learning-rate-left-out"}),
            # On two lines: y − ŷ, and no slope behind it.
            ("dloss/dz_o1", lambda made: -true(made, "dloss/do1"), {"sign-of-error", "missing-slope"}),
        ],
    )
    def test_are_found_at_once(self, name: str, claimed: Callable[[Course], float], codes: set[str]) -> None:
        made = course("sigmoid-2-2-2")
        cause = first(evidence(made, [name], [claimed(made)], 7, stated=forward))
        assert {cause.code, cause.other} == codes
        assert cause.words.count(".") >= 2

    def test_are_not_looked_for_where_one_is_enough(self) -> None:
        made = course("sigmoid-2-2-2")
        causes = causes_of(evidence(made, ["parameter:w5:new"], [0.4 - true(made, "dloss/dw5")], 3))
        assert causes
        assert not any(cause.other for cause in causes)


class TestLetters:
    """Gradient times 1 and gradient without its input are the same number, but not the same formula."""

    NAME = "dloss/dw^(1)_12:1"

    def page(self, code: str, variant: str = "") -> Evidence:
        made = course("columns")
        edit, value = edits(made, code, self.NAME)[variant], slipped(made, code, self.NAME, variant)
        return evidence(made, [self.NAME], [value], 4, formula=lambda world: [world.work_out(1, edit.formula)])

    @pytest.mark.parametrize(("code", "variant"), [("input-left-out", ""), ("input-swapped", "x_2 to x_1")])
    def test_decide_where_numbers_cannot(self, code: str, variant: str) -> None:
        page = self.page(code, variant)
        by_number = first(replace(page, formulas=()))
        assert not by_number.sure
        by_letters = first(page)
        assert (by_letters.code, by_letters.sure) == (code, True)

    def test_that_are_right_leave_the_slip_to_the_numbers(self) -> None:
        page = self.page("input-left-out")
        right = course("columns").stage(1).statements[page.symbols[0]].formula
        page = replace(page, formulas=(lambda world: [world.work_out(1, right)],))
        assert {cause.code for cause in causes_of(page)} >= {"input-left-out", "input-swapped"}

    def test_that_have_no_value_say_nothing(self) -> None:
        page = replace(self.page("input-left-out"), formulas=(lambda world: None,))
        assert first(page).code == first(replace(page, formulas=())).code

    def test_are_enough_for_a_problem_without_numbers(self) -> None:
        made = course("symbolic-deltas")
        name = "df/dz_a^[1]_1"
        edit = edits(made, "slope-at-activation", name)[""]
        worlds = sampled_worlds(made, made.stage(1))

        def formula(world: World) -> list[float]:
            return [world.work_out(1, edit.formula)]

        said = formula(worlds[0])
        page = evidence(made, [name], said, 9, formula=formula)
        cause = first(replace(page, world=worlds[0]))
        assert (cause.code, cause.sure) == ("slope-at-activation", True)


class TestNumbersOfTheLine:
    def test_decide_between_causes_of_one_number(self) -> None:
        """0.1385 · 0.5933 = 0.0827 is a slip of arithmetic, though 0.5969 would give it."""
        made = course("sigmoid-2-2-2")
        value = true(made, "dloss/dz_o1") * true(made, "h2")
        page = evidence(made, ["dloss/dw5"], [value], 4, operands=(0.1385, 0.5969))
        cause = first(page)
        assert (cause.code, cause.sure) == ("input-swapped", True)
        # With fewer digits it is no longer sure that h2 was meant, as h1 stands in the line.
        coarse = evidence(made, ["dloss/dw5"], [value], 3, operands=(0.1385, 0.5933))
        assert not first(coarse).sure

    def test_signs_and_longer_digits_do_not_matter(self) -> None:
        made = course("skip-tanh-relu")
        page = evidence(made, ["dloss/dz_t_1"], [true(made, "dloss/dt_1")], 4, operands=(2.06338,))
        assert first(page).code == "missing-slope"


class TestChance:
    def test_one_digit_is_not_enough_for_a_rare_mistake(self) -> None:
        """0.7 is the slope added to the gradient, but also what many a slip gives."""
        made = course("sigmoid-2-2-2")
        cause = first(evidence(made, ["dloss/dw5"], [0.73], 1))
        assert not cause.sure

    def test_numbers_drawn_at_random_are_hardly_ever_explained_for_sure(self) -> None:
        chance = random.Random(7)
        sure = tried = 0
        for name in ("sigmoid-2-2-2", "skip-tanh-relu", "momentum", "l2"):
            made = course(name)
            for node, value in made.stage(1).true.items():
                if node not in made.stage(1).statements:
                    continue
                claimed = value * (1 + chance.choice((-1, 1)) * chance.uniform(0.05, 0.6))
                causes = causes_of(evidence(made, [node], [claimed], 3))
                tried += 1
                sure += bool(causes) and causes[0].sure
        assert tried > 150
        assert sure <= 0.03 * tried

    def test_a_hit_within_the_width_of_everything_is_none(self) -> None:
        """A number printed as 0.00 says nothing about a gradient of 0.0015."""
        causes = causes_of(evidence(course("sigmoid-2-2-2"), ["dloss/dw1"], [0.0149], 2))
        assert not any(cause.sure for cause in causes)


class TestCopiesFromAnywhere:
    def test_a_number_of_another_layer_is_found_where_nothing_else_is(self) -> None:
        made = course("sigmoid-2-2-2")
        new = true(made, "w1") - 0.5 * true(made, "dloss/dw5")
        cause = first(evidence(made, ["parameter:w1:new"], [new], 6))
        assert (cause.code, cause.sure) == ("copied-wrong-line", True)

    def test_only_if_the_page_has_that_number(self) -> None:
        made = course("sigmoid-2-2-2")
        new = true(made, "w1") - 0.5 * true(made, "dloss/dw5")
        causes = causes_of(evidence(made, ["parameter:w1:new"], [new], 6), beyond=False)
        assert causes == ()


class TestOtherNumbersOfThePage:
    def test_gainsay_a_slip_that_they_do_not_show(self) -> None:
        """The sign of both errors explains the gradient of h1, but not if the page has a right number behind them."""
        made = course("sigmoid-2-2-2")

        def stated(stage: int, node: Node) -> bool:
            return forward(stage, node) or node.name in ("dloss/dw5", "dloss/dw7")

        wrong = [-true(made, "dloss/dh1")]
        assert first(evidence(made, ["dloss/dh1"], wrong, 6, stated=forward)).code == "sign-of-error"
        codes = [
            cause.code for cause in causes_of(evidence(made, ["dloss/dh1"], wrong, 6, stated=stated), beyond=False)
        ]
        assert "missing-slope" not in codes
