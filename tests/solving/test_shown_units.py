"""Which units are meant by a name, and what is said where none is."""

from __future__ import annotations

import pytest

from chalkgrad.errors import UsageError
from chalkgrad.reading.problem import Problem
from chalkgrad.reading.problem_file import read_problem_file
from chalkgrad.solving.shown_units import choose_units, index_of, name_at, sample_at

LAYERS = [{"units": 3, "activation": "relu"}, {"units": 2, "activation": "softmax"}]
SMALL = Problem.from_layers(2, LAYERS, loss="cross_entropy", data=[{"x": [1, 2], "y": 1}])
LARGE = Problem.from_layers(200, [{"units": 300}, {"units": 2}], loss="mse", data=[{"x": [0] * 200, "y": [0, 1]}])


def shown(problem: Problem, *names: str, samples: int = 1) -> tuple[list[str], list[str]]:
    """The names of the units and of the weights that are shown."""
    graph = problem.graph(samples)
    found = choose_units(graph, names)
    units = [name_at(graph, symbol, index_of(graph, symbol, unit)) for symbol, unit in found.units]
    return units, [name_at(graph, *entry) for entry in found.entries]


class TestUnits:
    def test_a_unit_brings_its_weighted_sum_and_its_weights(self):
        expected = (["z_h1_2", "h1_2"], ["w^(1)_12", "w^(1)_22", "b^(1)_2"])
        assert shown(SMALL, "h1_2") == shown(SMALL, "h1_2", samples=4) == expected

    def test_a_weighted_sum_stands_alone(self):
        assert shown(SMALL, "z_h1_2") == (["z_h1_2"], [])

    def test_an_output_of_a_softmax_has_its_own_sum_and_weights_too(self):
        assert shown(SMALL, "y_hat_1") == (
            ["z_y_hat_1", "y_hat_1"],
            ["w^(2)_11", "w^(2)_21", "w^(2)_31", "b^(2)_1"],
        )

    def test_a_layer_is_all_its_units(self):
        units, weights = shown(SMALL, "h1")
        assert units == ["z_h1_1", "h1_1", "z_h1_2", "h1_2", "z_h1_3", "h1_3"]
        assert len(weights) == 9

    @pytest.mark.parametrize("name", ["ŷ_1", "y_hat_1", r"\hat{y}_1"])
    def test_names_may_be_written_as_in_formulas(self, name):
        assert shown(SMALL, name)[0] == ["z_y_hat_1", "y_hat_1"]

    def test_columns(self):
        turned = Problem.from_layers(2, LAYERS, convention={"vectors": "columns"}, loss="cross_entropy")
        assert shown(turned, "h1_2") == (["z_h1_2", "h1_2"], ["w^(1)_21", "w^(1)_22", "b^(1)_2"])

    def test_named_weights_and_a_shared_bias(self):
        problem = Problem.from_file(read_problem_file("sigmoid-2-2-2"))
        assert shown(problem, "h2") == (["z_h2", "h2"], ["w3", "w4", "b1"])

    def test_several_names_are_told_once(self):
        assert shown(SMALL, "h1_2", "z_h1_2", "b^(1)_2", "h1_2") == shown(SMALL, "h1_2")

    def test_a_line_of_a_formula_without_an_activation_of_its_own(self):
        given = {"W": [[1, 2]], "b": [0, 1]}
        problem = Problem.from_formula("t = x W + b", loss="mse", given=given, data=[{"x": [1], "y": [0, 0]}])
        assert shown(problem, "t_2") == (["t_2"], ["w_2", "b_2"])


class TestWeights:
    def test_a_parameter_is_all_its_entries(self):
        assert shown(SMALL, "b1") == ([], ["b^(1)_1", "b^(1)_2", "b^(1)_3"])

    @pytest.mark.parametrize("name", ["w^(1)_23", "w^(1)_{2,3}", r"w^{(1)}_{23}"])
    def test_one_entry(self, name):
        assert shown(SMALL, name) == ([], ["w^(1)_23"])

    def test_one_entry_of_a_matrix_too_large_for_names(self):
        assert shown(LARGE, "w^(1)_{3,17}", "b^(1)_300") == ([], ["w^(1)_{3,17}", "b^(1)_300"])

    def test_a_matrix_of_named_weights(self):
        problem = Problem.from_file(read_problem_file("sigmoid-2-2-2"))
        assert shown(problem, "W1") == ([], ["w1", "w3", "w2", "w4"])


class TestFaults:
    def faults(self, *names: str, problem: Problem = SMALL) -> list[str]:
        with pytest.raises(UsageError) as caught:
            choose_units(problem.graph(1), names)
        return [str(fault) for fault in caught.value.faults]

    def test_no_such_unit_with_the_nearest_name(self):
        assert self.faults("h1_4") == ['there is no unit "h1_4" [no-such-unit]\n    hint: did you mean "h1_3"?']

    def test_nothing_near(self):
        hint = "units are called as in y_hat_1, w^(1)_11"
        assert self.faults("(((") == [f'there is no unit "(((" [no-such-unit]\n    hint: {hint}']

    @pytest.mark.parametrize("name", ["w^(1)_{201,1}", "w^(1)_{1,301}", "w^(1)_{0,1}", "w^(1)_1", "w^(1)_{1,2,3}"])
    def test_no_such_entry_of_a_large_matrix(self, name):
        assert "[no-such-unit]" in self.faults(name, problem=LARGE)[0]

    @pytest.mark.parametrize("name", ["x", "x_2", "y", "y_1"])
    def test_what_comes_from_the_data(self, name):
        assert self.faults(name)[0].startswith(
            f"{name} comes from the data, so there is nothing to work out [nothing-worked-out]"
        )

    def test_all_at_once(self):
        assert len(self.faults("h9", "x", "h1_1")) == 2

    def test_too_many_to_be_written_out(self):
        assert self.faults("W1", problem=LARGE) == [
            "W1 would be 60,000 weights, one by one [too-many-units]\n    hint: name units with at most 1,500 weights"
        ]


def test_samples_and_their_units():
    graph = SMALL.graph(3)
    h = graph.forward_lines[1].symbol
    assert index_of(graph, h, 1, sample=2) == (2, 1)
    assert (sample_at(graph, h, (2, 1)), name_at(graph, h, (2, 1))) == (2, "h1_2")
    w = graph.parameters[0]
    assert (sample_at(graph, w, (1, 0)), name_at(graph, w, (1, 0))) == (None, "w^(1)_21")
