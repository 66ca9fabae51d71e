"""What speaks for a cause beside its number."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from tests.marking.conftest import course, edits, everything, evidence, symbol

from chalkgrad.marking.replay import Replay, open_steps
from chalkgrad.marking.support import Support
from chalkgrad.marking.worlds import TrueWorld, World

NAME = "dloss/dz_h1"


def support(claimed: float, decimals: int = 4, **keys: object) -> Support:
    made = course("sigmoid-2-2-2")
    page = replace(evidence(made, [NAME], [claimed], decimals), **keys)
    return Support(page, Replay(open_steps(made, 1, page.symbols, everything), TrueWorld(made)))


def lane(code: str, variant: str = ""):  # type: ignore[no-untyped-def]
    made = course("sigmoid-2-2-2")
    return {(1, symbol(made, NAME)): edits(made, code, NAME)[variant]}


class TestNumbersOfTheLine:
    @pytest.mark.parametrize(
        ("operands", "code", "expected"),
        [
            ((), "missing-slope", 1.0),
            ((0.1215,), "missing-slope", 1.0),
            ((0.121, 0.593), "value-for-slope", 1.0),
            ((0.121, 0.593, 0.407), "value-for-slope", 0.05),
            ((0.9,), "value-for-slope", 0.05),
        ],
    )
    def test_that_a_formula_does_not_use_speak_against_it(
        self, operands: tuple[float, ...], code: str, expected: float
    ) -> None:
        assert support(0.12, operands=operands).of(lane(code)) == pytest.approx(expected)


class TestLetters:
    def test_that_agree_outweigh_everything(self) -> None:
        def formula(world: World) -> list[float]:
            return [world.work_out(1, edits(course("sigmoid-2-2-2"), "missing-slope", NAME)[""].formula)]

        page = support(0.12147, formula=formula)
        assert page.of(lane("missing-slope")) > 1_000
        assert page.of(lane("value-for-slope")) < 0.1

    def test_of_another_length_say_nothing(self) -> None:
        assert support(0.12147, formula=lambda world: [1.0, 2.0]).of(lane("missing-slope")) == 1.0


class TestChance:
    def test_falls_with_every_digit(self) -> None:
        chances = [support(0.1214727, decimals).chance((0.1214727,)) for decimals in (2, 3, 4, 5)]
        for coarse, fine in pairwise(chances):
            assert fine == pytest.approx(coarse / 10, rel=0.1)

    def test_is_certain_where_the_page_says_nothing(self) -> None:
        page = support(0.12)
        page = Support(replace(page.evidence, fits=lambda values: True), page.replay)
        assert page.chance((0.12,)) == pytest.approx(1.0)

    def test_asks_each_number_once(self) -> None:
        asked: list[float] = []

        def fits(values):  # type: ignore[no-untyped-def]
            asked.append(values[0])
            return True

        page = Support(replace(support(0.12).evidence, fits=fits), support(0.12).replay)
        assert page.fits((1.0,))
        assert page.fits((1.0,))
        assert asked == [1.0]
