"""Numbers in every script, exactly, and what is refused."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalkgrad.errors import FormulaError, Place
from chalkgrad.reading.numerals import MAXIMUM_DIGITS, latin_digits, read_literal, read_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", Fraction(0)),
        ("42", Fraction(42)),
        ("0.35", Fraction(7, 20)),
        (".35", Fraction(7, 20)),
        ("5.", Fraction(5)),
        ("0,35", Fraction(7, 20)),
        (",35", Fraction(7, 20)),
        ("0{,}35", Fraction(7, 20)),
        ("۰٫۳۵", Fraction(7, 20)),
        ("٠٫٣٥", Fraction(7, 20)),
        ("۰.۳۵", Fraction(7, 20)),
        ("٠,٣٥", Fraction(7, 20)),
        ("０.３５", Fraction(7, 20)),
        ("+3", Fraction(3)),
        ("-3", Fraction(-3)),
        ("−3", Fraction(-3)),
        ("\u200f−۳", Fraction(-3)),
        (" 3 ", Fraction(3)),
        ("1e-3", Fraction(1, 1000)),
        ("۱e−۳", Fraction(1, 1000)),
        ("2.5E+2", Fraction(250)),
        ("1e400", Fraction(10) ** 400),
        ("½", Fraction(1, 2)),
        ("2¾", Fraction(11, 4)),
        ("-⅓", Fraction(-1, 3)),
        ("9" * 60, Fraction(int("9" * 60))),
    ],
)
def test_reads_the_exact_value(text, value):
    assert read_number(text) == value


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("", "not-a-number", "a number was expected, but '' was read"),
        ("1,", "not-a-number", "a number was expected, but '1,' was read"),
        ("abc", "not-a-number", "a number was expected, but 'abc' was read"),
        ("1.2.3", "not-a-number", "a number was expected, but '1.2.3' was read"),
        ("nan", "not-a-number", "a number was expected, but 'nan' was read"),
        ("inf", "not-a-number", "a number was expected, but 'inf' was read"),
        ("1/2", "not-a-number", "a number was expected, but '1/2' was read"),
        ("1_0", "not-a-number", "a number was expected, but '1_0' was read"),
        ("²", "not-a-number", "a number was expected, but '²' was read"),
        ("๕", "not-a-number", "a number was expected, but '๕' was read"),
        ("--3", "not-a-number", "a number was expected, but '--3' was read"),
        (".", "not-a-number", "a number was expected, but '.' was read"),
        (
            "1,234,567",
            "thousands-separator",
            "'1,234,567' has separators between thousands, which look like decimal commas",
        ),
        ("1 234", "thousands-separator", "'1 234' has separators between thousands, which look like decimal commas"),
        ("1٬234", "thousands-separator", "'1٬234' has separators between thousands, which look like decimal commas"),
        ("9" * 61, "too-many-digits", "a number may have at most 60 digits"),
        ("9" * 100_000, "too-many-digits", "a number may have at most 60 digits"),
        ("1e401", "exponent-too-large", "the exponent of a number must lie between -400 and 400"),
        ("1e-999999999", "exponent-too-large", "the exponent of a number must lie between -400 and 400"),
    ],
)
def test_refuses(text, code, message):
    with pytest.raises(FormulaError) as caught:
        read_number(text)
    assert (caught.value.code, caught.value.faults[0].message) == (code, message)


def test_the_fault_has_the_place_that_was_given():
    place = Place("homework.yaml", 3, 5)
    with pytest.raises(FormulaError) as caught:
        read_number("x", place)
    assert caught.value.faults[0].place == place
    assert caught.value.faults[0].hint == "Numbers look like 3, -0.35, 0,35, ۰٫۳۵ or 1e-3."


def test_a_literal_keeps_how_it_was_typed():
    literal = read_literal("۰٫۱۰")
    assert (literal.text, literal.decimals, literal.is_decimal) == ("۰٫۱۰", 2, True)
    assert not read_literal("7").is_decimal
    assert read_literal("1e3").is_decimal


def test_latin_digits_leaves_the_rest_alone():
    assert latin_digits("x۱ + ٢ = 3") == "x1 + 2 = 3"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9))
def test_every_decimal_comes_back_in_every_script(number):
    plain = f"{number:f}"
    persian = plain.translate({ord(str(d)): chr(0x06F0 + d) for d in range(10)} | {ord("."): "٫", ord("-"): "−"})
    assert read_number(plain) == read_number(persian) == read_number(plain.replace(".", ",")) == Fraction(plain)


@given(st.text(max_size=3 * MAXIMUM_DIGITS))
def test_any_text_is_a_number_or_a_fault(text):
    try:
        value = read_number(text)
    except FormulaError:
        value = Fraction(0)
    assert isinstance(value, Fraction)
