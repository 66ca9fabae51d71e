"""Exact numbers that remember how they were typed."""

import copy
import pickle
from fractions import Fraction

import pytest

from chalkgrad.errors import FormulaError
from chalkgrad.reading.written_numbers import exact, read_written


class TestWrittenNumbers:
    def test_they_compare_with_floats_by_value(self) -> None:
        assert exact("0.25") == 0.25
        assert exact("0.8") > 0.5
        assert 0.5 < exact("0.8") <= 0.9
        assert exact("0.1") != 0.1  # the float is not one tenth

    def test_they_stay_as_they_were_typed_through_copies(self) -> None:
        number = exact("0.10")
        for other in (copy.copy(number), copy.deepcopy([number])[0], pickle.loads(pickle.dumps(number))):
            assert (other, str(other)) == (Fraction(1, 10), "0.10")

    @pytest.mark.parametrize(
        ("text", "value"), [("1/3", Fraction(1, 3)), ("1e-3", Fraction(1, 1000)), ("۰٫۵", Fraction(1, 2))]
    )
    def test_they_are_read_in_any_script(self, text: str, value: Fraction) -> None:
        assert read_written(text) == value

    def test_what_is_no_number_is_refused(self) -> None:
        with pytest.raises(FormulaError):
            read_written("relu")
