"""One battery over every known mistake."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from operator import attrgetter

import pytest
from tests.marking.conftest import BUNDLED, PROBLEMS, course, everything, evidence

from chalkgrad.core.node import Node
from chalkgrad.marking.causes import causes_of
from chalkgrad.marking.course import Course
from chalkgrad.marking.mistakes import MISTAKES, Edit, Mistake, mistake_of
from chalkgrad.marking.replay import Replay, open_steps
from chalkgrad.marking.slips import edits_at, surroundings_of
from chalkgrad.marking.telling import words_of
from chalkgrad.marking.worlds import TrueWorld

EDITED = [mistake for mistake in MISTAKES if mistake.code not in ("arithmetic-slip", "digits-swapped")]

NAMED = """
missing-slope slope-at-activation slope-at-preactivation value-for-slope scalar-slope inner-product outer-product
diagonal-softmax sign-of-error ascent factor-half-lost factor-two-left mean-for-sum sum-for-mean path-left-out
weight-swapped input-swapped bias-forgotten bias-gradient-times-input bias-gradient-one input-for-activation
wrong-activation updated-weight-in-backward learning-rate-left-out learning-rate-twice no-bias-correction one-minus-beta
beta-swapped epsilon-inside-root root-left-out second-moment-not-squared momentum-left-out momentum-sign l2-left-out
l2-on-bias l2-sign l2-twice relu-slope-negative relu-passes-negative minus-dropped target-as-prediction loss-not-squared
log-base loss-terms-missing copied-wrong-line arithmetic-slip digits-swapped
""".split()

# With numbers alone these are the same, whatever the digits, so the likelier one is told.
INSEPARABLE = {
    # Half of (ŷ − y) is a 2 of the square that was lost, and a mean over two outputs.
    "factor-two-lost": {"mean-for-sum"},
    # Where all terms but one are 0 the square of the sum is what a lost 1/2 gives, or a lost square.
    "square-of-sum": {"factor-half-lost", "loss-not-squared"},
    # The prediction replaced by the target makes its error 0, so the term is missing.
    "target-as-prediction": {"loss-terms-missing", "path-left-out"},
    # A ReLU hands on a positive number as it is, so it looks as if no activation was applied.
    "wrong-activation": {"input-for-activation"},
    # In the second step t − 1 as exponent is 1, so 1 − βᵗ becomes 1 − β.
    "wrong-step-number": {"one-minus-beta"},
}


def sites(course: Course, stage: int) -> Iterator[tuple[Node, float, Mistake, Edit, float]]:
    """Every edit of every step of a stage: what the step should give, and what it gives with the edit."""
    steps = open_steps(course, stage, list(course.stage(stage).statements), everything)
    for key in steps.keys:
        alone = open_steps(course, stage, [key[1]], everything)
        made = edits_at(alone, key)
        replay = Replay(alone, TrueWorld(course))
        values = replay.run([{key: edit} for _, edit in made])[:, 0] if made else ()
        for (mistake, edit), value in zip(made, values, strict=True):
            yield key[1], replay.plain[0], mistake, edit, float(value)


def applied() -> dict[str, list[tuple[str, int, Node, float, Edit, float]]]:
    """For each code, every place in the test problems and the bundled ones where it changes a number visibly."""
    found: dict[str, list[tuple[str, int, Node, float, Edit, float]]] = {mistake.code: [] for mistake in MISTAKES}
    # Where all units are equal many mistakes are the same.
    for name in (*PROBLEMS, *(bundled for bundled in BUNDLED if bundled != "equal-weights")):
        for stage in course(name).stages[:2]:
            for node, plain, mistake, edit, value in sites(course(name), stage.number):
                if math.isfinite(value) and abs(value - plain) > 1e-3:
                    found[mistake.code].append((name, stage.number, node, plain, edit, value))
    return found


APPLIED = applied()


class TestTheList:
    def test_has_every_mistake_that_is_promised(self) -> None:
        assert set(NAMED) <= {mistake.code for mistake in MISTAKES}

    def test_has_each_code_once(self) -> None:
        codes = [mistake.code for mistake in MISTAKES]
        assert len(set(codes)) == len(codes) >= 30

    def test_is_looked_up_by_code(self) -> None:
        assert mistake_of("ascent") in MISTAKES


@pytest.mark.parametrize("mistake", MISTAKES, ids=attrgetter("code"))
class TestEveryMistake:
    def test_has_words_and_the_rule_that_it_breaks(self, mistake: Mistake) -> None:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", mistake.code)
        assert mistake.title
        assert mistake.words.endswith(".")
        assert mistake.rule.endswith(".")
        assert 1 <= mistake.rank <= 5


@pytest.mark.parametrize("mistake", EDITED, ids=attrgetter("code"))
class TestEveryEdit:
    def test_changes_the_number_somewhere(self, mistake: Mistake) -> None:
        assert APPLIED[mistake.code]

    def test_is_told_without_a_gap(self, mistake: Mistake) -> None:
        for name, stage, node, _, edit, _ in APPLIED[mistake.code]:
            made = course(name)
            words = words_of(mistake, {(stage, node): edit}, made, surroundings_of(made, stage))
            assert words.endswith(".")
            assert not re.search(r"[{}#:]|None|setting", words), words

    def test_gives_its_code_back(self, mistake: Mistake) -> None:
        """At four decimals the cause of most numbers is found, and is always among those that are considered."""
        chosen = APPLIED[mistake.code][:: max(1, len(APPLIED[mistake.code]) // 25)]
        first = 0
        for name, stage, node, _, _, value in chosen:
            causes = causes_of(evidence(course(name), [node], [value], stage=stage))
            assert mistake.code in [cause.code for cause in causes]
            assert all(not cause.other for cause in causes)
            allowed = {mistake.code} | INSEPARABLE.get(mistake.code, set())
            first += causes[0].code in allowed
        assert first >= 0.75 * len(chosen)


class TestTheRightNumber:
    @pytest.mark.parametrize("name", [*PROBLEMS, *BUNDLED])
    def test_has_no_cause(self, name: str) -> None:
        for stage in course(name).stages:
            for node, value in stage.true.items():
                if node in stage.statements:
                    assert causes_of(evidence(course(name), [node], [value], stage=stage.number)) == ()
