"""What is tried: mistakes at open steps, alone, alike, and two at once."""

from __future__ import annotations

from tests.marking.courses import course, everything, symbol

from chalkgrad.core.node import Node
from chalkgrad.marking.replay import OpenSteps, open_steps
from chalkgrad.marking.slips import edits_at, pairs_of, slips_at


def forward(stage: int, node: Node) -> bool:
    return not node.name.startswith("dloss")


def steps(problem: str, *names: str, left_out: bool = False, stage: int = 1) -> OpenSteps:
    made = course(problem)
    return open_steps(made, stage, [symbol(made, name, stage) for name in names], forward if left_out else everything)


def test_a_single_step_is_tried_with_everything_that_applies() -> None:
    codes = {slip.mistake.code for slip in slips_at(steps("sigmoid-2-2-2", "dloss/dz_h1"))}
    assert {"missing-slope", "value-for-slope", "slope-at-activation", "copied-wrong-line"} <= codes
    assert not codes & {"ascent", "bias-forgotten", "sign-of-error"}


def test_steps_of_one_matrix_are_tried_alike() -> None:
    names = [f"parameter:w{number}:new" for number in (5, 6, 7, 8)]
    alike = [slip for slip in slips_at(steps("sigmoid-2-2-2", *names)) if len(slip.changes) > 1]
    assert "ascent" in {slip.mistake.code for slip in alike}
    assert all(len(slip.changes) == 4 for slip in alike if slip.mistake.code == "ascent")


def test_edits_are_worked_out_once() -> None:
    open_ = steps("sigmoid-2-2-2", "dloss/dz_h1")
    assert edits_at(open_, open_.keys[0]) is edits_at(open_, open_.keys[0])


def test_a_stage_with_one_before_it_has_slips_of_its_own() -> None:
    first = {slip.mistake.code for slip in slips_at(steps("skip-tanh-relu", "z_t_1"))}
    second = {slip.mistake.code for slip in slips_at(steps("skip-tanh-relu", "z_t_1", stage=2))}
    assert second - first == {"old-weight-in-forward"}


def test_pairs_are_bounded_and_hold_a_common_mistake() -> None:
    open_ = steps("l2", "parameter:w^(1)_11:new", left_out=True)
    pairs = pairs_of(slips_at(open_), open_)
    assert 0 < len(pairs) <= 1_500
    assert all(min(slip.mistake.rank for slip in pair) == 1 for pair in pairs)


def test_a_second_mistake_is_made_with_what_the_first_one_left() -> None:
    open_ = steps("sigmoid-2-2-2", "parameter:w5:new")
    pairs = pairs_of(slips_at(open_), open_)
    codes = [{slip.mistake.code for slip in pair} for pair in pairs]
    assert {"ascent", "learning-rate-left-out"} in codes
    (key,) = open_.keys
    both = next(pair for pair, found in zip(pairs, codes, strict=True) if found == {"ascent", "learning-rate-left-out"})
    w5, gradient = (node for node in open_.statements[key].formula.arguments)
    assert both[1].changes[key].formula is w5 + gradient.arguments[1]
