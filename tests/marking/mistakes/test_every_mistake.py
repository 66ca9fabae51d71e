"""What holds for every known mistake: it can be made, changes a number, is told in words, and is found again."""

from __future__ import annotations

import math
from functools import cache
from operator import attrgetter
from string import Formatter

import pytest
from tests.marking.mistakes.problems import PROBLEMS, course
from tests.marking.mistakes.slips import Slip, evidence, slips_in, slips_of

from chalkgrad.api.solving import read_text
from chalkgrad.marking.causes import causes_of
from chalkgrad.marking.course import Course, course_of
from chalkgrad.marking.evidence import Cause
from chalkgrad.marking.mistakes import MISTAKES, Mistake, mistake_of
from chalkgrad.marking.telling import words_of

# Seen on the page alone: no step of the working can be edited to show them.
ON_THE_PAGE = {"arithmetic-slip", "digits-swapped"}
MADE = [mistake for mistake in MISTAKES if mistake.code not in ON_THE_PAGE]

# By its numbers alone a mistake cannot be told from these: they give the same number wherever it can be made.
# A slope of 0 that is taken as 1 is also a slope that is added; the sign of a penalty is a sign that was lost.
NEVER_APART = {
    "relu-slope-negative": {"factors-added", "wrong-activation"},
    "l2-sign": {"minus-dropped"},
}


@pytest.mark.parametrize("mistake", MISTAKES, ids=attrgetter("code"))
class TestItsWords:
    def test_it_is_known_by_its_code(self, mistake: Mistake) -> None:
        assert mistake_of(mistake.code) is mistake

    def test_it_has_a_title_a_rule_and_a_rank(self, mistake: Mistake) -> None:
        assert mistake.title
        assert mistake.title == mistake.title.strip().rstrip(".")
        assert mistake.rule.endswith(".")
        assert mistake.words.endswith(".")
        assert 1 <= mistake.rank <= 5

    def test_its_rule_names_nothing_of_a_problem(self, mistake: Mistake) -> None:
        assert [field for _, field, _, _ in Formatter().parse(mistake.rule) if field is not None] == []


@pytest.mark.parametrize("mistake", MADE, ids=attrgetter("code"))
class TestEveryMistake:
    def test_it_can_be_made_and_gives_another_number(self, mistake: Mistake) -> None:
        slips = slips_of(mistake.code)
        assert slips
        assert all(round(slip.wrong, 5) != round(slip.right, 5) for slip in slips)

    def test_it_is_told_in_words_without_gaps(self, mistake: Mistake) -> None:
        for slip in slips_of(mistake.code):
            words = words_of(mistake, {(slip.stage, slip.symbol): slip.edit}, slip.course, slip.surroundings)
            assert not set("{}#:_^") & set(_without_names(words, slip.course)), words
            assert words.endswith(".")
            assert "  " not in words

    def test_its_number_gives_its_code_back(self, mistake: Mistake) -> None:
        firsts = 0
        for slip in slips_of(mistake.code):
            codes = [cause.code for cause in _causes(slip)]
            assert mistake.code in codes, f"{slip}: {slip.wrong} is taken for {codes}"
            assert len(codes) == len(set(codes))
            firsts += codes[0] == mistake.code
        assert firsts

    def test_what_it_cannot_be_told_from(self, mistake: Mistake) -> None:
        always: set[str] | None = None
        for slip in slips_of(mistake.code):
            codes = {cause.code for cause in _causes(slip)}
            always = codes if always is None else always & codes
        assert (always or set()) - {mistake.code} == NEVER_APART.get(mistake.code, set())

    def test_a_cause_gives_the_number_of_the_page(self, mistake: Mistake) -> None:
        for slip in slips_of(mistake.code)[:3]:
            for cause in _causes(slip):
                assert cause.values == pytest.approx([slip.wrong], abs=1e-5)
                assert cause.rule == mistake_of(cause.code).rule


@cache
def _causes(slip: Slip) -> tuple[Cause, ...]:
    """What is found for the number that a slip gives."""
    return causes_of(evidence(slip.course, slip.stage, slip.symbol, slip.wrong))


def _without_names(words: str, course: Course) -> str:
    """Words without the names of the problem, which may hold `_` and `^`."""
    names = {symbol.name.partition("#")[0] for stage in course.stages for symbol in stage.true}
    names -= {"loss"}
    for name in sorted(names, key=len, reverse=True):
        words = words.replace(name, "…")
    return words


class TestWords:
    """Sentences as they stand in reports."""

    @pytest.mark.parametrize(
        ("problem", "code", "words"),
        [
            ("relu-adam", "loss-terms-missing", "The loss lacks term 1 of its sum."),
            ("sigmoid-2-2-2", "factor-half-lost", "The factor 1/2 was left out of the loss."),
            ("adam", "no-bias-correction", "For m hat of w1, m went in without the correction by 1 − βᵗ."),
            ("sigmoid-2-2-2", "bias-forgotten", "The bias b1 was left out of z_h1."),
            ("logistic", "log-base", "In the loss of sample 1, the logarithm to base 10 was taken."),
        ],
    )
    def test_name_the_quantities_of_the_problem(self, problem: str, code: str, words: str) -> None:
        slips = [slip for slip in slips_of(code) if slip.course is course(problem)]
        assert words in {words_of(s.mistake, {(s.stage, s.symbol): s.edit}, s.course, s.surroundings) for s in slips}


class TestTheList:
    def test_has_at_least_thirty_and_no_code_twice(self) -> None:
        codes = [mistake.code for mistake in MISTAKES]
        assert len(codes) == len(set(codes)) >= 30

    def test_what_is_seen_on_the_page_alone_edits_nothing(self) -> None:
        assert {code for code in ON_THE_PAGE if slips_of(code)} == set()

    def test_no_rule_is_that_of_many(self) -> None:
        rules = [mistake.rule for mistake in MISTAKES]
        assert max(rules.count(rule) for rule in rules) <= 2


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_right_number_has_no_cause(name: str) -> None:
    working = course(name)
    for stage in working.stages:
        for symbol in stage.statements:
            assert causes_of(evidence(working, stage.number, symbol, stage.true[symbol])) == (), symbol.name


def test_a_number_that_nothing_explains_has_no_cause() -> None:
    working = course("sigmoid-2-2-2")
    loss = working.stages[0].units.loss
    assert loss is not None
    assert causes_of(evidence(working, 1, loss, 1234.56789)) == ()


# --- by hand ----------------------------------------------------------------------------------------------------------

NEURON = """
network: {input: [x], layers: [{units: [o], activation: sigmoid, weights: [[w]], bias: b}]}
loss: half_sse
data: [{x: [2], y: [1]}]
given: {w: 0.5, b: -0.2}
optimizer: {name: sgd, learning_rate: 0.1}
"""
MEAN = """
formula: o = w x
loss: mse
data: [{x: 1, y: 3}, {x: 2, y: 0}]
given: {w: 0.5}
regularizer: {l2: 0.5}
"""
PARABOLA = "formula: J = w^2\ngiven: {{w: -2}}\nepochs: 2\noptimizer: {{learning_rate: 0.1, {optimizer}}}\n"
ADAM = PARABOLA.format(optimizer="name: adam, beta1: 0.8, beta2: 0.9, epsilon: 0.05")
MOMENTUM = PARABOLA.format(optimizer="name: momentum, momentum: 0.9")
NESTEROV = PARABOLA.format(optimizer="name: nesterov, momentum: 0.9")

# One neuron: z = 0.5 · 2 - 0.2 = 0.8, o = σ(0.8), the error e = o - 1, the loss e²/2, δ = e o (1 - o).
Z, O = 0.8, 1 / (1 + math.exp(-0.8))  # noqa: E741
E, SLOPE = O - 1, O * (1 - O)
AT_O = 1 / (1 + math.exp(-O))
# Adam on w²: g = -4, m = -0.8, v = 1.6, both corrected -4 and 16, so w = -2 + 0.1 · 4 / (4 + 0.05) and g = 2 w.
NEXT_G = 2 * (-2 + 0.4 / 4.05)
NEXT_M = 0.8 * -0.8 + 0.2 * NEXT_G


@pytest.mark.parametrize(
    ("problem", "stage", "symbol", "code", "numbers"),
    [
        (NEURON, 1, "z_o", "bias-forgotten", [1.0]),
        (NEURON, 1, "z_o", "term-left-out", [-0.2]),
        (NEURON, 1, "o", "input-for-activation", [Z]),
        (NEURON, 1, "o", "wrong-activation", [math.tanh(0.8), 0.8]),
        (NEURON, 1, "loss", "factor-half-lost", [E**2]),
        (NEURON, 1, "loss", "loss-not-squared", [E / 2]),
        (NEURON, 1, "dloss/do", "sign-of-error", [-E]),
        (NEURON, 1, "dloss/do", "target-left-out", [O]),
        (NEURON, 1, "dloss/do", "factor-two-left", [2 * E]),
        (NEURON, 1, "dloss/do", "factor-two-lost", [E / 2]),
        (NEURON, 1, "dloss/do", "loss-for-gradient", [E**2 / 2]),
        (NEURON, 1, "dloss/dz_o", "missing-slope", [E]),
        (NEURON, 1, "dloss/dz_o", "value-for-slope", [E * O]),
        (NEURON, 1, "dloss/dz_o", "slope-at-preactivation", [E * Z * (1 - Z)]),
        (NEURON, 1, "dloss/dz_o", "slope-at-activation", [E * AT_O * (1 - AT_O)]),
        (NEURON, 1, "dloss/dz_o", "slope-twice", [E * SLOPE**2]),
        (NEURON, 1, "dloss/dz_o", "upstream-left-out", [SLOPE]),
        (NEURON, 1, "dloss/dz_o", "factors-added", [E + SLOPE]),
        (NEURON, 1, "dloss/dw", "input-left-out", [E * SLOPE]),
        (NEURON, 1, "dloss/db", "bias-gradient-times-input", [2 * E * SLOPE]),
        (NEURON, 1, "parameter:w:new", "ascent", [0.5 + 0.1 * 2 * E * SLOPE]),
        (NEURON, 1, "parameter:w:new", "learning-rate-left-out", [0.5 - 2 * E * SLOPE]),
        (NEURON, 1, "parameter:w:new", "learning-rate-twice", [0.5 - 0.01 * 2 * E * SLOPE]),
        (NEURON, 1, "parameter:w:new", "gradient-left-out", [0.4]),
        (NEURON, 1, "parameter:w:new", "step-for-new-value", [0.1 * 2 * E * SLOPE, -0.1 * 2 * E * SLOPE]),
        (NEURON, 2, "z_o", "old-weight-in-forward", [0.8, 0.8 - 0.1 * E * SLOPE, 0.8 - 0.1 * 4 * E * SLOPE]),
        # Errors -2.5 and 1, so the loss is (6.25 + 1)/2, its slopes -2.5 and 1, and the ways to w are -2.5 and 2.
        (MEAN, 1, "loss", "sum-for-mean", [7.25]),
        (MEAN, 1, "loss", "loss-terms-missing", [3.125, 0.5]),
        (MEAN, 1, "dloss/do#1", "sum-for-mean", [-5.0]),
        (MEAN, 1, "dloss/dw", "path-left-out", [-2.5, 2.0]),
        (MEAN, 1, "dloss/dw", "mean-for-sum", [-0.25]),
        (MEAN, 1, "dloss/dw:total", "l2-left-out", [-0.5]),
        (MEAN, 1, "dloss/dw:total", "l2-sign", [-0.75]),
        (MEAN, 1, "dloss/dw:total", "l2-twice", [0.0, -0.375]),
        (MEAN, 1, "dloss/dw:total", "penalty-not-differentiated", [-0.4375, -0.375]),
        (ADAM, 1, "m:w:new", "beta-swapped", [-3.2]),
        (ADAM, 1, "m:w:new", "one-minus-beta-left-out", [-4.0]),
        (ADAM, 1, "m:w:new", "betas-confused", [-0.4]),
        (ADAM, 1, "v:w:new", "second-moment-not-squared", [-0.4]),
        (ADAM, 1, "m_hat:w:new", "no-bias-correction", [-0.8]),
        (ADAM, 1, "m_hat:w:new", "wrong-step-number", [-0.8 / 0.36]),
        (ADAM, 1, "parameter:w:new", "epsilon-inside-root", [-2 + 0.4 / math.sqrt(16.05)]),
        (ADAM, 1, "parameter:w:new", "root-left-out", [-2 + 0.4 / 16.05]),
        (ADAM, 2, "m:w:new", "memory-lost", [0.2 * NEXT_G]),
        (ADAM, 2, "m_hat:w:new", "one-minus-beta", [NEXT_M / 0.2]),
        # The velocity is -4, so w = -1.6 and g = -3.2; then 0.9 · -4 - 3.2.
        (MOMENTUM, 2, "velocity:w:new", "momentum-left-out", [-3.2]),
        (MOMENTUM, 2, "velocity:w:new", "momentum-sign", [0.4]),
        (MOMENTUM, 2, "velocity:w:new", "momentum-as-mean", [-3.92]),
        (NESTEROV, 1, "parameter:w:new", "look-ahead-left-out", [-1.6]),
    ],
)
def test_its_numbers_are_those_worked_by_hand(
    problem: str, stage: int, symbol: str, code: str, numbers: list[float]
) -> None:
    wanted = (stage, symbol, code)
    slips = [slip for slip in slips_in(_worked(problem)) if (slip.stage, slip.symbol.name, slip.mistake.code) == wanted]
    assert sorted({round(slip.wrong, 12) for slip in slips}) == pytest.approx(sorted(numbers), abs=1e-11)


@cache
def _worked(text: str) -> Course:
    return course_of(read_text(text))
