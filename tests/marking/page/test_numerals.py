"""Numbers on a page: every script, every mark, and all the ways to read them."""

from fractions import Fraction

import pytest

from chalkgrad.marking.page.numerals import NumberStyle, number_at, style_of

PLAIN = NumberStyle()
SLASHES = NumberStyle(slash_decimals=True)


def readings(text: str, style: NumberStyle = PLAIN, **where: bool) -> list[tuple[Fraction, int | None, str]]:
    found = number_at(text, 0, len(text), style, **where)
    assert found is not None
    return [(reading.value, reading.decimals, reading.how) for reading in found.readings]


def text_read(text: str, style: NumberStyle = PLAIN, **where: bool) -> str:
    found = number_at(text, 0, len(text), style, **where)
    return text[: found.end] if found else ""


@pytest.mark.parametrize(
    ("text", "value", "decimals"),
    [
        ("3", "3", 0),
        ("0.35", "0.35", 2),
        ("0.10", "0.1", 2),
        (".35", "0.35", 2),
        ("0,35", "0.35", 2),
        ("0{,}35", "0.35", 2),
        ("۰٫۳۵", "0.35", 2),
        ("۰.۳۵", "0.35", 2),
        ("٠٫٣٥", "0.35", 2),
        ("12\\,345", "12345", 0),
        ("12\u2009345", "12345", 0),
        ("12 345", "12345", 0),
        ("1\\,234\\,567.5", "1234567.5", 1),
        ("1.2e-3", "0.0012", 4),
        ("1.2E3", "1200", -2),
        ("2e-3", "0.002", 3),
        ("5%", "0.05", 2),
        ("12.5\\%", "0.125", 3),
    ],
)
def test_a_plain_number_has_one_reading(text: str, value: str, decimals: int) -> None:
    assert readings(text) == [(Fraction(value), decimals, "")]
    assert text_read(text) == text


@pytest.mark.parametrize(("text", "value"), [("½", Fraction(1, 2)), ("2¾", Fraction(11, 4))])
def test_a_vulgar_fraction_is_exact(text: str, value: Fraction) -> None:
    assert readings(text) == [(value, None, "")]


class TestSlashes:
    def test_a_tight_slash_is_a_fraction_or_a_decimal_point(self) -> None:
        fraction, decimal = (Fraction(4, 47), None, ""), (Fraction("4.47"), 2, "the slash as a decimal point")
        assert readings("4/47") == [fraction, decimal]
        assert readings("4/47", SLASHES) == [decimal, fraction]
        assert readings("۴/۴۷", SLASHES) == [decimal, fraction]

    @pytest.mark.parametrize("text", ["1/2)", "1/2,", "1/2.", "1/2 x", "1/2(x)", "1/2x"])
    def test_what_follows_is_left(self, text: str) -> None:
        assert text_read(text) in {"1/2", "1"}

    @pytest.mark.parametrize("text", ["1/2/3", "1/2^2", "20/11/23", "1 / 2", "1/0.5", "1/h"])
    def test_other_slashes_divide(self, text: str) -> None:
        assert text_read(text) == text[: text.index("/")].strip()

    @pytest.mark.parametrize(("text", "read"), [("0/75(1-a)", "0/75"), ("0/27^2", "0/27"), ("1/2(a-b)", "1")])
    def test_where_slashes_are_points_no_odd_fraction_is_divided(self, text: str, read: str) -> None:
        found = number_at(text, 0, len(text), SLASHES)
        assert found is not None
        assert text[: found.end] == read

    def test_a_slash_behind_a_power_divides(self) -> None:
        found = number_at("2^1/2", 2, 5, PLAIN)
        assert found is not None
        assert found.end == 3

    def test_a_denominator_of_zero_can_only_be_a_decimal(self) -> None:
        assert readings("1/0") == [(Fraction(1), 1, "the slash as a decimal point")]

    def test_two_marks_leave_what_could_be_meant(self) -> None:
        how = "one of two points left out"
        assert readings("1.5.3") == [(Fraction("1.53"), 2, how), (Fraction("15.3"), 1, how)]
        values = [value for value, _, _ in readings("1/15.3", SLASHES)]
        assert values == [Fraction("1.153"), Fraction("115.3"), Fraction(10, 153)]

    def test_more_marks_mean_nothing(self) -> None:
        found = number_at("1.5.3.4", 0, 7, PLAIN)
        assert found is not None
        assert not found.readings
        assert found.why == "this number has more than one point"


class TestCommas:
    def test_a_comma_before_three_digits_may_part_thousands(self) -> None:
        assert [how for _, _, how in readings("1,234")] == [
            "the comma as a decimal point",
            "the comma between thousands",
        ]
        assert readings("1,234,567") == [(Fraction(1234567), 0, "the commas between thousands")]
        assert readings("0,234") == [(Fraction("0.234"), 3, "")]

    def test_a_comma_in_brackets_parts_entries(self) -> None:
        assert text_read("2,3", in_brackets=True) == "2"
        assert text_read("0,5", NumberStyle(comma_decimals=True), in_brackets=True) == "0,5"

    def test_a_list_is_no_number(self) -> None:
        assert text_read("1,2,3") == "1"


@pytest.mark.parametrize(
    ("text", "value", "how"),
    [
        ("O.35", "0.35", "O read as 0"),
        ("0.S5", "0.55", "S read as 5"),
        ("l.5", "1.5", "l read as 1"),
        ("0.l3", "0.13", "l read as 1"),
        ("I.OB3", "1.083", "I read as 1, O read as 0, B read as 8"),
        ("0.|3", "0.13", "| read as 1"),
        ("0.q5", "0.95", "q read as 9"),
        ("۰.S۵", "0.55", "S read as 5"),
        ("0.22l", "0.221", "l read as 1"),
    ],
)
def test_a_letter_among_digits_is_mended_and_said(text: str, value: str, how: str) -> None:
    assert readings(text) == [(Fraction(value), len(text.split(".")[1]), how)]


@pytest.mark.parametrize("text", ["S", "l", "O.", "Sx.5", "B5"])
def test_letters_alone_are_no_number(text: str) -> None:
    assert number_at(text, 0, len(text), PLAIN) is None


def test_a_letter_behind_a_number_is_a_factor() -> None:
    assert text_read("0.3S") == "0.3"
    assert text_read("0.5q2") == "0.5"
    assert text_read("0.22l", NumberStyle(letters=frozenset("l"))) == "0.22"
    assert style_of("l = 0.3, S_1 = 0.2, 0.22B").letters == {"l", "S"}


def test_a_blank_behind_the_point_is_a_slip_in_a_formula_or_behind_a_zero() -> None:
    assert readings("2. 35", is_typed=False) == [(Fraction("2.35"), 2, "a blank behind the point")]
    assert readings("0. 35") == [(Fraction("0.35"), 2, "a blank behind the point")]
    assert text_read("2. 35 more") == "2"
    assert text_read("2. 35") == "2. 35"
    assert readings("0/ 35", SLASHES) == [(Fraction("0.35"), 2, "a blank behind the point")]
    assert text_read("0/ 35") == "0"


def test_a_number_too_long_to_be_meant_is_refused() -> None:
    found = number_at("1" * 61, 0, 61, PLAIN)
    assert found is not None
    assert found.why == "a number of more than 60 digits"


class TestTheStyleOfAPage:
    def test_many_odd_fractions_are_decimals(self) -> None:
        assert style_of("w = 0/35, b = 4/47, c = 1/253").slash_decimals
        assert style_of("w = 0/35").slash_decimals

    @pytest.mark.parametrize("text", ["L = 1/2 (y - t)^2 = 0.35", "a = 1/2, b = 1/3", "x = 1/10 + 3/16", "20/11/23"])
    def test_usual_fractions_are_fractions(self, text: str) -> None:
        assert not style_of(text).slash_decimals

    def test_points_on_the_page_speak_against_it(self) -> None:
        assert not style_of("a = 0.5, b = 0.3, c = 1/37").slash_decimals

    def test_decimal_commas_are_seen(self) -> None:
        assert style_of("a = 0,35 und b = 1,5").comma_decimals
        assert not style_of("a = 0.35, b = [1,2]").comma_decimals


class TestWhatStandsBehindANumber:
    @pytest.mark.parametrize("behind", [")", " + 1", " \\times 2", "\\times 2", "&", "\n", "", " x"])
    def test_ends_it(self, behind: str) -> None:
        assert text_read("0.35" + behind) == "0.35"

    @pytest.mark.parametrize(
        ("text", "whole"),
        [
            ("12 345", "12 345"),
            ("8 \u06f1\u06f1\u06f3", "8 \u06f1\u06f1\u06f3"),
            ("5 %", "5 %"),
            ("5 \\%", "5 \\%"),
            ("2e-3", "2e-3"),
        ],
    )
    def test_may_belong_to_it(self, text: str, whole: str) -> None:
        assert text_read(text) == whole
