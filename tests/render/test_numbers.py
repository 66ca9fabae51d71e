"""Numbers are printed as by hand, and never to nothing."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from chalkgrad.errors import EvaluationError, ProblemError
from chalkgrad.render.boxes import NumberBox, Script, Sign, TextBox, row
from chalkgrad.render.numbers import NumberStyle, show_number

FOUR = NumberStyle(4)


@pytest.mark.parametrize(
    ("value", "text", "exact"),
    [
        (0, "0", True),
        (-0.0, "0", True),
        (3, "3", True),
        (2.0, "2", True),
        (0.15, "0.15", True),
        (-0.03, "-0.03", True),
        (1e-3, "0.001", True),
        (36.25, "36.25", True),
        (0.1 + 0.2, "0.3", True),
        (0.59999, "0.6000", False),
        (0.593269992, "0.5933", False),
        (-1.99996, "-2.0000", False),
        (Fraction(1, 3), "0.3333", False),
        (Fraction(151, 400), "0.3775", True),
        (Decimal("0.00745"), "0.00745", True),
        (0.0014602, "0.001460", False),
        (0.00995, "0.00995", True),
        (0.0123456, "0.0123", False),
        (2.93141e-5, "2.931e-05", False),
        (1e-5, "1e-05", True),
        (0.0099999, "0.01000", False),
        (0.000099999, "0.0001000", False),
        (12345678.9, "1.235e+07", False),
        (9999999.96, "9999999.96", True),
        (9999999.99996, "10000000.0000", False),
        (20_000_000, "20000000", True),
        (10**30, "1e+30", True),
        (True, "1", True),
        (numpy.float64(0.15), "0.15", True),
        (numpy.float32(0.15), "0.15", True),
        (numpy.int64(7), "7", True),
    ],
)
def test_four_decimals(value, text, exact):
    shown = show_number(value, FOUR)
    assert (shown.text, shown.exact) == (text, exact)
    assert shown.relation == ("=" if exact else "≈")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.37751234, "0.3775"), (36.25, "36.25"), (123456.7, "123500"), (0.00012345678, "0.0001235"), (1234.5, "1235")],
)
def test_four_significant_digits(value, text):
    assert show_number(value, NumberStyle(4, significant=True)).text == text


@pytest.mark.parametrize(("places", "text"), [(2, "0.59"), (3, "0.593"), (1, "0.6"), (0, "0.6"), (6, "0.593270")])
def test_as_many_decimals_as_asked(places, text):
    assert show_number(0.5932699, NumberStyle(places)).text == text


def test_a_small_number_keeps_as_many_digits_as_were_asked_for():
    assert show_number(0.0293789, NumberStyle(2)).text == "0.029"


def test_ties_round_away_from_zero_as_by_hand():
    with mp.workdps(50):
        product = mpf("0.05") * mpf("0.15")
        assert show_number(product, NumberStyle(4)).text == "0.0075"
        assert show_number(product, NumberStyle(4)).exact
        assert show_number(-product * 3 - 1, NumberStyle(3)).text == "-1.023"
        assert show_number(product * 3 + 1, NumberStyle(3)).text == "1.023"  # 1.0225, a tie


def test_fifty_digits_that_are_no_short_decimal_are_rounded():
    with mp.workdps(50):
        shown = show_number(mpf(1) / 3, FOUR)
        assert (shown.text, shown.exact, shown.value) == ("0.3333", False, Fraction(3333, 10000))
        assert show_number(mpf(0)).text == "0"
        assert show_number(mp.exp(1000)).text == "1.970e+434"
        assert show_number(mp.exp(-20000)).text == "1.289e-8686"


@pytest.mark.parametrize(
    ("value", "text", "box"),
    [
        (math.nan, "nan", TextBox("not a number")),
        (math.inf, "inf", Sign("∞", "prefix")),
        (-math.inf, "-inf", row(Sign("−", "prefix"), Sign("∞", "prefix"))),
        (mpf("inf"), "inf", Sign("∞", "prefix")),
        (mpf("nan"), "nan", TextBox("not a number")),
        (Decimal("sNaN"), "nan", TextBox("not a number")),
    ],
)
def test_what_is_not_finite_is_said_in_words(value, text, box):
    shown = show_number(value)
    assert (shown.text, shown.box) == (text, box)
    with pytest.raises(EvaluationError) as caught:
        _ = shown.value
    assert str(caught.value) == f"`{text}` cannot be rounded and carried on with. [not-finite]"


def test_a_power_of_ten_is_a_row():
    power = Script(NumberBox("10"), sup=NumberBox("-5"))
    assert show_number(-2.931e-5).box == row(NumberBox("-2.931"), Sign("×", "binary"), power)


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 12), st.booleans())
def test_the_text_reads_back_and_is_near(value, places, significant):
    shown = show_number(value, NumberStyle(max(1, places), significant))
    assert Fraction(shown.text) == shown.value
    assert (shown.value == 0) == (value == 0)
    assert abs(shown.value - Fraction(value)) <= abs(Fraction(value)) / 2 + Fraction(1, 10**300)
    if shown.exact:
        assert float(shown.text) == pytest.approx(value, rel=2e-15)


@pytest.mark.parametrize(
    ("text", "style"),
    [
        (4, NumberStyle(4)),
        ("3", NumberStyle(3)),
        ("4 significant", NumberStyle(4, True)),
        ("2 decimals", NumberStyle(2)),
    ],
)
def test_a_style_is_read(text, style):
    assert NumberStyle.parse(text) == style


@pytest.mark.parametrize("text", ["four", -1, "0 significant", 41, True, 2.5, "4 foo"])
def test_a_wrong_style_is_refused(text):
    with pytest.raises(ProblemError) as caught:
        NumberStyle.parse(text)
    assert str(caught.value) == (
        f"`{text}` does not say how to round; expected a count of decimals from 0 to 40, "
        "or of significant digits from 1 to 40. [bad-rounding]\n"
        "    hint: write `round: 4` or `round: 4 significant`"
    )
