import math
from fractions import Fraction

import pytest

from chalkgrad.marking.digits import DigitStyle, Misreading, agrees, misreadings, printed, unit_of
from chalkgrad.marking.page.read import read_page
from chalkgrad.marking.page.written import Matrix, Negative, Number, Power, Product, Reading, inside


def number(text: str, start: int = 0) -> Number:
    decimals = len(text.partition(".")[2])
    return Number(start, start + len(text), text, (Reading(Fraction(text), decimals),))


class TestHowExactANumberIs:
    @pytest.mark.parametrize(
        ("text", "unit"), [("0.377", 0.001), ("0.40", 0.01), ("3", 0.0), ("12", 1.0), ("12.0", 0.1)]
    )
    def test_is_one_unit_in_its_last_place(self, text: str, unit: float) -> None:
        assert unit_of(number(text)) == pytest.approx(unit)

    def test_a_fraction_is_exact(self) -> None:
        assert unit_of(Number(0, 3, "1/2", (Reading(Fraction(1, 2), None),))) == 0

    @pytest.mark.parametrize("target", [0.3774, 0.3766, 0.3775, 0.3780, 0.3760])
    def test_agrees_with_what_is_rounded_or_cut_to_it(self, target: float) -> None:
        assert agrees(0.377, 0.001, target)

    @pytest.mark.parametrize("target", [0.3785, 0.3755, -0.377, 3.77])
    def test_agrees_with_nothing_else(self, target: float) -> None:
        assert not agrees(0.377, 0.001, target)

    @pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
    def test_what_is_no_number_agrees_with_nothing(self, wrong: float) -> None:
        assert not agrees(wrong, 1.0, wrong)
        assert not agrees([1.0, wrong], 1.0, [1.0, wrong])

    def test_one_unit_or_slack_is_that_of_every_entry(self) -> None:
        assert agrees([0.1, 0.2], 0.1, [0.1, 0.3])
        assert agrees([[0.1, 0.2]], [[0.0, 0.1]], [[0.1, 0.3]], [[0.0]])
        assert not agrees([0.1, 0.2], [0.1, 0.05], [0.1, 0.3])
        assert not agrees([0.1, 0.2], 0.1, [[0.1, 0.2]])

    def test_a_matrix_agrees_entry_by_entry(self) -> None:
        shown = printed(Matrix(0, 9, ((number("0.25"), Negative(1, 3, number("0.5"))),)))
        assert shown is not None
        assert shown.value.tolist() == [0.25, -0.5]
        assert shown.unit.tolist() == [0.01, 0.1]
        assert agrees(shown.value, shown.unit, [0.254, -0.48])
        assert not agrees(shown.value, shown.unit, [0.254, 0.48])

    def test_a_whole_number_among_decimals_has_lost_its_zeros(self) -> None:
        shown = printed(Matrix(0, 9, ((number("0.25"), number("6"), number("0.5")),)))
        assert shown is not None
        assert shown.unit.tolist() == [0.01, 0.01, 0.1]
        whole = printed(Matrix(0, 9, ((number("2"), number("6")),)))
        assert whole is not None
        assert not whole.unit.any()

    def test_a_power_of_ten_belongs_to_its_number(self) -> None:
        shown = printed(
            Product(0, 9, (number("1.5"), Power(4, 9, number("10"), Negative(6, 8, number("3")))), ("", "×"))
        )
        assert shown is not None
        assert shown.value == pytest.approx(0.0015)
        assert shown.unit == pytest.approx(0.0001)

    def test_a_sum_is_not_printed_but_worked_out(self) -> None:
        assert printed(Product(0, 9, (number("2"), number("3")), ("", "·"))) is None


class TestMisreadings:
    @pytest.mark.parametrize(
        ("read", "meant"),
        [
            ("0.738", "0.138"),
            ("0.138", "0.738"),
            ("0.36", "0.30"),
            ("0.35", "0.85"),
            ("377", "0.377"),
            ("3.77", "0.377"),
            ("0.49", "0.99"),
        ],
    )
    def test_one_glyph_was_confused_lost_or_moved(self, read: str, meant: str) -> None:
        assert meant in [found.text for found in misreadings(number(read))]

    def test_a_digit_that_looks_like_none_is_not_confused(self) -> None:
        assert "0.948" not in [found.text for found in misreadings(number("0.548"))]

    def test_persian_digits_are_confused_only_on_a_persian_page(self) -> None:
        assert "0.01" not in [found.text for found in misreadings(number("0.51"))]
        assert "0.01" in [found.text for found in misreadings(number("0.51"), DigitStyle(is_persian=True))]
        persian = Number(0, 4, "۰٫۵۱", (Reading(Fraction(51, 100), 2),))
        assert "0.01" in [found.text for found in misreadings(persian)]

    def test_a_digit_is_lost_only_where_others_have_one_more(self) -> None:
        assert "0.3957" in [found.text for found in misreadings(number("0.357"), DigitStyle(count=4))]
        assert "0.3957" not in [found.text for found in misreadings(number("0.357"), DigitStyle(count=3))]
        assert "0.31" not in [found.text for found in misreadings(number("0.3"), DigitStyle(count=2))]

    def test_a_digit_is_read_twice_where_others_have_one_less_or_where_the_rest_is_all_of_the_number(self) -> None:
        for count, unit in ((3, 0.001), (4, 0.0)):
            (found,) = [
                found for found in misreadings(number("0.3557"), DigitStyle(count=count)) if found.value == 0.357
            ]
            assert found.unit == pytest.approx(unit)

    def test_the_other_readings_of_a_number_count(self) -> None:
        slashed = Number(0, 4, "4/47", (Reading(Fraction(4, 47), None), Reading(Fraction(447, 100), 2, "a slash")))
        assert 4.47 in [found.value for found in misreadings(slashed)]

    def test_a_mended_number_has_the_unit_of_its_own_digits(self) -> None:
        (found,) = [found for found in misreadings(number("377")) if found.text == "0.377"]
        assert found.unit == pytest.approx(0.001)
        assert Misreading(25.0, "25", "").unit == 1.0


class TestPowersOfTen:
    @pytest.mark.parametrize(("text", "unit"), [("0.67e3", 10.0), ("1.5e2", 10.0), ("5e-3", 1e-3), ("1.25e1", 0.1)])
    def test_move_the_last_printed_place(self, text: str, unit: float) -> None:
        (line,) = read_page(f"z = {text}\n", "page").lines
        (number,) = [term for term in inside(line.chains[0].parts[-1]) if isinstance(term, Number)]
        assert unit_of(number) == pytest.approx(unit)


class TestTheStyleOfDigits:
    def test_is_that_of_most_numbers(self) -> None:
        assert DigitStyle.of(["0.350", "12.118", "4", "0.9"]) == DigitStyle(count=3)
        assert DigitStyle.of(["0.0350", "1.18", "24.1"]) == DigitStyle(count=3, is_significant=True)
        assert DigitStyle.of(["1", "2"], is_persian=True) == DigitStyle(is_persian=True)

    def test_counts_how_many_digits_are_too_many(self) -> None:
        assert DigitStyle(count=3).excess("1.2345") == 1
        assert DigitStyle(count=3, is_significant=True).excess("0.0012") == -1
        assert DigitStyle().excess("0.0012") == 0
