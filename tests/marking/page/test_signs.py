"""The tables of signs."""

from chalkgrad.marking.page.signs import MARKS, PAIRS, SIGNS


def test_signs_are_single_and_pairs_are_longer() -> None:
    assert all(len(sign) == 1 for sign in SIGNS)
    assert all(2 <= len(pair) <= 3 for pair in PAIRS)


def test_no_sign_has_two_meanings() -> None:
    assert not MARKS & SIGNS.keys()
