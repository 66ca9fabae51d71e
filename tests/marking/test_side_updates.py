import pytest

from chalkgrad.marking.course import Course
from chalkgrad.marking.side_updates import changes_of, shares_of


class TestWhatIsWrittenDownBesideLossAndUpdate:
    def test_each_output_has_its_share_of_the_loss(self, two_layers: Course) -> None:
        stage = two_layers.stage(1)
        shares, sums = shares_of(stage.units)
        numbers = [stage.true[made.symbol] for made in shares]
        assert [made.of for made in shares] == ["o1", "o2"]
        assert numbers == pytest.approx([0.2748111, 0.2834506], abs=1e-7)
        assert list(sums) == [stage.units.loss]

    def test_a_loss_of_one_output_has_none(self, one_neuron: Course) -> None:
        assert shares_of(one_neuron.stage(1).units) == ([], {})

    def test_a_parameter_changes_by_minus_its_step(self, one_neuron: Course) -> None:
        stage = one_neuron.stage(1)
        changes, ways = changes_of(stage.units)
        by_role = {made.role: stage.true[made.symbol] for made in changes if made.of == "w"}
        new = stage.units.updated[next(old for old in stage.units.updated if old.name == "w")]
        assert by_role["change"] == -by_role["step"] == pytest.approx(stage.true[new] - 0.5)
        assert len(ways[new]) == 2
