import pytest

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
