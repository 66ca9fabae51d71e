"""Digits of names and glyphs of formulas that were confused."""

import pytest

import chalkgrad
from chalkgrad.marking.damaged_letters import other_names
from chalkgrad.marking.page.written import Derivative, Name, Number

SIGMOID = "sigmoid-2-2-2"


def claims(text: str) -> list[tuple[str, str, str]]:
    return [(c.quantity, c.verdict.value, c.suggestion) for c in chalkgrad.mark(SIGMOID, text).claims]


class TestOtherNames:
    def test_have_one_digit_read_otherwise_or_a_letter_as_one(self) -> None:
        assert [said for *_, said in other_names(Name(0, 3, "w", "17"))] == [
            "w_77 for w_17",
            "w_11 for w_17",
            "w_12 for w_17",
        ]
        assert [other.text for other, *_ in other_names(Name(0, 3, "w", "", "(Z)")) if isinstance(other, Name)] == [
            "w^(2)"
        ]

    def test_of_a_derivative_are_those_of_what_it_is_taken_by(self) -> None:
        names = list(other_names(Derivative(0, 9, Name(0, 1, "L"), Name(5, 7, "w", "3"))))
        assert [said for *_, said in names] == ["w_8 for w_3"]

    def test_of_what_is_no_name_there_are_none(self) -> None:
        assert list(other_names(Number(0, 1, "7", ()))) == []


class TestANameWithAConfusedDigit:
    def test_is_unread_with_the_name_that_would_be_right(self) -> None:
        assert claims("w_3 = 0.55\n")[0] == ("w8", "unread", "w_8 for w_3")

    def test_is_wrong_where_the_other_was_said_before(self) -> None:
        found = claims("w_8 = 0.55\nw_3 = 0.55\n")
        assert found[1][:2] == ("w3", "wrong")


class TestAFormulaWithAConfusedGlyph:
    @pytest.mark.parametrize(
        ("formula", "suggestion"),
        [
            (r"o_1 (7 - o_1) (o_1 - y_1)", "1 for 7"),
            (r"o_1 (l - o_1) (o_1 - y_1)", "1 for l"),
        ],
    )
    def test_is_unread_with_what_would_make_it_right(self, formula: str, suggestion: str) -> None:
        text = rf"$$\frac{{\partial L}}{{\partial z_{{o_1}}}} = {formula}$$"
        found = [(verdict, said) for _, verdict, said in claims(text)]
        assert found == [("unread", suggestion)]

    def test_is_wrong_where_no_glyph_explains_it(self) -> None:
        assert claims(r"$$\frac{\partial L}{\partial z_{o_1}} = o_1 (o_1 - y_1)$$")[0][1] == "wrong"
