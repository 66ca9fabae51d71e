"""Formulas taken apart and put together again."""

from __future__ import annotations

import pytest

from chalkgrad.core.algebra import power
from chalkgrad.core.node import ZERO, Node, as_node, variable
from chalkgrad.marking.mistakes.rewriting import base_name, holds, inner_sum, parts_of, summed, terms_of, total

A, B, C = variable("a"), variable("b"), variable("c")


@pytest.mark.parametrize(
    ("formula", "terms"),
    [
        (A, [(1, A)]),
        (A - (B - C), [(1, A), (-1, B), (1, C)]),
        (-(A * B) + C, [(1, C), (-1, A * B)]),
        (2 * A, [(1, 2 * A)]),
    ],
)
def test_terms_have_their_signs(formula: Node, terms: list[tuple[int, Node]]) -> None:
    assert terms_of(formula) == terms


def test_terms_are_added_up_again() -> None:
    assert total([(1, A), (-1, B)]) is A - B
    assert total([(-1, A)]) is -A
    assert total([]) is ZERO
    assert summed([A, B, C]) is A + B + C


def test_the_sum_inside_factors_and_divisors() -> None:
    whole = power(A, 2) + power(B, 2)
    assert inner_sum(as_node(3) * (whole / as_node(2))) == (whole, [(1, power(A, 2)), (1, power(B, 2))])
    assert inner_sum(A * B) == (A * B, [(1, A * B)])


def test_parts_stand_behind_what_they_are_made_of() -> None:
    assert parts_of(A * B + C)[-1] is A * B + C
    assert holds(A * B + C, A * B)
    assert not holds(A * B, C)


def test_a_long_sum_is_taken_apart_without_recursion() -> None:
    whole = A
    for number in range(5_000):
        whole = whole + variable(f"t{number}")
    assert len(terms_of(whole)) == 5_001


def test_a_name_without_its_sample() -> None:
    assert base_name(variable("h1#2")) == "h1"
