"""A mistake told in a sentence."""

from __future__ import annotations

from tests.marking.conftest import course, edits, symbol

from chalkgrad.marking.mistakes import mistake_of
from chalkgrad.marking.slips import surroundings_of
from chalkgrad.marking.telling import words_of


def told(problem: str, code: str, *names: str, variant: str = "") -> str:
    made = course(problem)
    changes = {(1, symbol(made, name)): edits(made, code, name)[variant] for name in names}
    return words_of(mistake_of(code), changes, made, surroundings_of(made, 1))


def test_the_names_are_those_of_the_file() -> None:
    assert told("sigmoid-2-2-2", "bias-forgotten", "z_h1") == "The bias b1 was left out of z_h1."
    assert told("sigmoid-2-2-2", "input-for-activation", "h1") == "In h1, z_h1 was used where its sigmoid belongs."


def test_a_sentence_begins_with_a_capital_but_a_name_stays_as_it_is() -> None:
    assert told("relu-adam", "l2-left-out", "dloss/dw5:total").startswith(
        "The gradient of w5 with its regularizer lacks"
    )


def test_several_steps_are_listed() -> None:
    one, *_, many = (
        told("skip-tanh-relu", "scalar-slope", *names, variant="dot")
        for names in [("dloss/dz_t_1",), ("dloss/dz_t_1", "dloss/dz_t_2", "dloss/dz_t_3")]
    )
    assert one.startswith("In the gradient of z_t_1, the slope of tanh was taken as one number")
    assert "the gradient of z_t_1, the gradient of z_t_2 and the gradient of z_t_3" in many


def test_very_many_are_counted() -> None:
    names = [f"parameter:w{number}:new" for number in range(1, 9)]
    assert "the new value of w3 and 5 more, the step was added" in told("sigmoid-2-2-2", "ascent", *names)
