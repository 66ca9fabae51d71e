import pytest

import chalkgrad
from chalkgrad.marking.damage import explained


class TestHowManyGlyphsExplainANumber:
    @pytest.mark.parametrize(
        ("read", "meant", "cost"),
        [("0.253", 0.2528, 0), ("1/568", 0.5681, 1), ("-1/898", -0.8977, 1), ("4/47", 4.472, 0), ("6154", 6.543, 1)],
    )
    def test_is_counted(self, read: str, meant: float, cost: int) -> None:
        assert explained(read, meant) == cost

    def test_a_lost_minus_is_one(self) -> None:
        assert explained("0.5", -0.5) == 1

    @pytest.mark.parametrize(("read", "meant"), [("0.568", 1.327), ("0.945", 0.138), ("12", 0.5)])
    def test_more_than_a_few_explain_nothing(self, read: str, meant: float) -> None:
        assert explained(read, meant) is None


SIGMOID = "sigmoid-2-2-2"


def told(line: str, behind: str = "") -> tuple[str, str]:
    """The verdict and the suggestion for the first claim of a page."""
    claim = chalkgrad.mark(SIGMOID, f"{line}\n{behind}").claims[0]
    return claim.verdict.value, claim.suggestion


class TestOneGlyphOfALine:
    @pytest.mark.parametrize(
        ("line", "suggestion"),
        [
            ("out_h1 = 0.5983", "0.5933 for 0.5983"),
            ("out_h2 = 0.5469", "0.5969 for 0.5469"),
            ("net_h1 = 0.3715", "0.3775 for 0.3715"),
            ("net_h1 = 3.775", "0.3775 for 3.775"),
            ("net_h1 = 3775", "0.3775 for 3775"),
            ("net_h1 = 0.37775", "0.3775 for 0.37775"),
            ("w6 = 0.455", "0.45 for 0.455"),
            ("x1 = 0.5", "0.05 for 0.5"),
            ("w5 = 0.04", "0.4 for 0.04"),
            ("net_h1 = 0.15*0.05 + 0.2*0.7 + 0.35 = 0.3775", "0.1 for 0.7"),
            ("net_h1 = 0.15*0.05 + 0.2*0.1 + 0.35 = 0.0215 + 0.35 = 0.3775", "0.0275 for 0.0215"),
            ("net_h1 = 0.3115", "0.3775 for 0.3115"),
            ("h = [0.5933, 0.5909]", "0.5969 for 0.5909"),
        ],
    )
    def test_is_unread_with_what_would_make_it_right(self, line: str, suggestion: str) -> None:
        assert told(line) == ("unread", suggestion)

    @pytest.mark.parametrize("line", ["net_h1 = 0.4775", "net_h1 = 0.5933", "w6 = 0.55", "out_h1 = 0.7"])
    def test_does_not_explain_any_number(self, line: str) -> None:
        assert told(line)[0] == "wrong"

    def test_is_meant_where_a_later_line_carries_it_on(self) -> None:
        assert told("net_h1 = 0.3115", "out_h1 = 0.5772")[0] == "wrong"
        assert told("net_h1 = 0.3715", "out_h1 = 0.5933")[0] == "unread"
