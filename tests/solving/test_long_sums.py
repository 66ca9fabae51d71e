"""Long sums: what is written, what is left out, and that it is told."""

from __future__ import annotations

import pytest

from chalkgrad.core.node import variable
from chalkgrad.solving.long_sums import LongSum, ends_of, long_sum, terms_of, with_gaps


@pytest.mark.parametrize("values", [[], [0] * 12, [1] * 12, [1] * 40])
def test_short_sums_are_written_as_they_are(values):
    assert long_sum(values) is None


def test_zeros_are_left_out():
    found = long_sum([0, 1, 2, 0, 3] * 5)
    assert found.kept == tuple(k for k in range(25) if k % 5 not in (0, 3))
    assert (found.zeros, found.skips) == (10, False)
    assert found.words("terms") == "10 of the 25 terms are 0 and left out."


def test_of_very_many_the_first_and_the_last():
    found = long_sum([0, *range(1, 784)])
    assert found.kept == (1, 2, 3, 4, 782, 783)
    assert found.words("terms") == "1 of the 784 terms is 0; of the others the first 4 and the last 2 are written out."


def test_nothing_but_zeros():
    found = long_sum([0] * 13)
    assert (found.kept, found.zeros, found.skips) == ((), 13, False)


def test_words_without_zeros():
    assert LongSum(1000, (0, 1, 2, 3, 998, 999), 0).words("ways") == (
        "Of the 1,000 ways the first 4 and the last 2 are written out."
    )


def test_gaps():
    assert with_gaps("abcdef", ends_of(6), "…") == list("ab…ef")
    assert with_gaps("abc", [1], "…") == ["…", "b", "…"]
    assert with_gaps("abc", [0, 1, 2], "…") == list("abc")


def test_terms_with_their_signs():
    a, b, c, d = (variable(letter) for letter in "abcd")
    assert terms_of(a + b - c * d) == [("+", a), ("+", b), ("−", c * d)]
    assert terms_of(a - (b + c)) == [("+", a), ("−", b + c)]
    assert terms_of(a + (b - c)) == [("+", a), ("+", b), ("−", c)]
    assert terms_of(a) == [("+", a)]
