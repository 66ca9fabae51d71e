"""One step as data: names and shapes as the problem gives them, gradients held against formulas of our own."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from chalkgrad.reading.problem import Problem
from chalkgrad.reading.problem_file import read_problem_file
from chalkgrad.solving.solve import derive
from chalkgrad.solving.step_data import step_data

XY = {"x": 2, "y": 1}
TWO_LAYERS = [{"units": ["h1", "h2"], "activation": "sigmoid"}, {"units": ["o"], "activation": "sigmoid"}]
SMALL = {"loss": "half_sse", "data": [{"x": [1, 2], "y": 0.5}], "initial": "constant(0.3)"}


def network(**keys: Any) -> Problem:
    return Problem.from_layers(["x1", "x2"], TWO_LAYERS, **{**SMALL, **keys})


def steps_of(problem: Problem) -> list[dict[str, Any]]:
    derivation = derive(problem)
    return [step_data(derivation, step) for step in derivation.steps]


@cache
def solved(name: str) -> list[dict[str, Any]]:
    return steps_of(Problem.from_file(read_problem_file(name)))


class TestNames:
    def test_a_network_is_given_unit_by_unit_in_the_order_of_its_layers(self):
        (step,) = solved("sigmoid-2-2-2")
        assert list(step["forward"]) == ["z_h1", "z_h2", "h1", "h2", "z_o1", "z_o2", "o1", "o2"]
        assert list(step["intermediate_gradients"]) == list(step["forward"])

    def test_matrices_put_together_from_named_weights_are_no_quantities(self):
        for entry in solved("relu-adam")[0]["forward"]:
            assert list(entry) == ["z_h1", "z_h2", "h1", "h2", "z_o", "o"]

    def test_a_formula_is_given_line_by_line_with_the_lines_made_for_it(self):
        forward = solved("skip-tanh-relu")[0]["forward"]
        assert {name: type(value) for name, value in forward.items()} == {
            "z_t": list,
            "t": list,
            "a": float,
            "out": float,
        }

    def test_gradients_are_of_the_parameters_by_their_own_names(self):
        assert list(solved("sigmoid-two-samples")[0]["gradients"]) == ["W1", "W2"]
        assert list(solved("chain-rule")[0]["gradients"]) == ["x"]


class TestSamples:
    def test_several_samples_are_a_list_in_the_order_of_the_batch(self):
        step = solved("equal-weights")[0]
        assert step["samples"] == [0, 1, 2, 3]
        assert [entry["z_h1_1"] for entry in step["forward"]] == [0.5, 1.0, 1.0, 1.5]
        assert len(step["intermediate_gradients"]) == 4

    def test_without_data_there_are_none(self):
        assert [step["samples"] for step in solved("parabola")] == [[]] * 6

    def test_what_all_samples_share_stands_with_each(self):
        (step,) = steps_of(Problem.from_formula("s = w^2", "o = s x", loss="half_sse", data=[XY, XY], given={"w": 3}))
        assert step["forward"] == [{"s": 9.0, "o": 18.0}] * 2

    def test_samples_may_stand_in_columns(self):
        problem = Problem.from_formula(
            "u = W x'", "f = sum(u ⊙ u)", data=[{"x": [1, 2]}, {"x": [3, 4]}], given={"W": [[1, 2], [3, 4], [5, 6]]}
        )
        (step,) = steps_of(problem)
        assert [entry["u"] for entry in step["forward"]] == [[5.0, 11.0, 17.0], [11.0, 25.0, 39.0]]
        assert [entry["u"] for entry in step["intermediate_gradients"]] == [[10.0, 22.0, 34.0], [22.0, 50.0, 78.0]]


class TestShapesOfParameters:
    def test_given_ones_have_the_shape_that_was_written(self):
        step = solved("skip-tanh-relu")[0]
        for key in ("gradients", "parameters_after"):
            shapes = {name: _shape(value) for name, value in step[key].items()}
            assert shapes == {"W1": (2, 3), "b1": (3,), "w2": (3,), "b2": (), "w3": (2, 1), "b3": ()}

    def test_of_unnamed_ones_weights_are_matrices_and_biases_lists(self):
        step = steps_of(network(optimizer={"name": "adam"}))[0]
        for entry in (step["gradients"], step["parameters_after"], *step["optimizer"].values()):
            assert {name: _shape(value) for name, value in entry.items()} == {
                "W1": (2, 2),
                "b1": (2,),
                "W2": (2, 1),
                "b2": (1,),
            }

    def test_columns_as_convention_turn_the_matrices(self):
        problem = network(convention={"vectors": "columns"})
        assert _shape(steps_of(problem)[0]["gradients"]["W2"]) == (1, 2)

    def test_what_is_not_learned_stays_and_has_no_gradient(self):
        step = steps_of(network(learn=["W1", "b1"]))[0]
        assert list(step["gradients"]) == ["W1", "b1"]
        assert step["parameters_after"]["W2"] == [[0.3], [0.3]]

    def test_a_column_that_is_not_used_has_gradient_0(self):
        problem = Problem.from_formula(
            "z = x W_2", loss="half_sse", data=[{"x": [1, 2], "y": 3}], given={"W": [[1, 2], [3, 4]]}
        )
        assert steps_of(problem)[0]["gradients"] == {"W": [[0.0, 7.0], [0.0, 14.0]]}


def _shape(value: Any) -> tuple[int, ...]:
    return (len(value), *_shape(value[0])) if isinstance(value, list) else ()


class TestGradients:
    def test_data_gradients_stand_beside_where_there_is_a_regularizer(self):
        step = solved("relu-adam")[0]
        parts = {name: step["gradients"][name] - step["data_gradients"][name] for name in step["gradients"]}
        weights = {"w1": 0.5, "w2": 0.5, "w3": 0.5, "w4": -0.5, "w5": 0.5, "w6": 0.5}
        assert parts == pytest.approx({name: 0.01 * weight for name, weight in weights.items()}, abs=1e-14)
        assert "data_gradients" not in solved("parabola")[0]

    def test_an_output_passed_over_by_a_fused_loss_has_its_gradient_too(self):
        step = solved("equal-weights")[0]
        for entry, back, y in zip(step["forward"], step["intermediate_gradients"], (0, 1, 1, 0), strict=True):
            p = entry["y_hat"]
            assert back["y_hat"] == pytest.approx(((1 - y) / (1 - p) - y / p) / 4, rel=1e-12)
            assert back["z_y_hat"] == pytest.approx(back["y_hat"] * p * (1 - p), rel=1e-12)

    def test_a_fused_softmax_gives_the_gradient_of_its_shares(self):
        problem = Problem.from_layers(
            2, [{"units": 3, "activation": "softmax"}], loss="cross_entropy", data=[{"x": [1, 2], "y": 1}]
        )
        (step,) = steps_of(problem)
        shares = [step["forward"][f"y_hat_{k}"] for k in (1, 2, 3)]
        back = [step["intermediate_gradients"][f"y_hat_{k}"] for k in (1, 2, 3)]
        assert back == pytest.approx([0, -1 / shares[1], 0], rel=1e-12)

    @pytest.mark.parametrize("name", ["h1", "x1", "o"])
    def test_a_unit_alone_can_be_what_is_differentiated_by(self, name):
        (step,) = steps_of(network(differentiate={"loss": [name]}))
        o, h = step["forward"]["o"], step["forward"]["h1"]
        by_o = o - 0.5
        by_h = by_o * o * (1 - o) * 0.3
        expected = {"o": by_o, "h1": by_h, "x1": 2 * by_h * h * (1 - h) * 0.3}[name]
        assert step["gradients"] == pytest.approx({name: expected}, rel=1e-12)

    def test_by_a_quantity_of_several_samples_there_is_one_for_each(self):
        problem = network(data=[{"x": [1, 2], "y": 0}, {"x": [0, 0], "y": 1}], differentiate={"loss": ["o"]})
        (step,) = steps_of(problem)
        outputs = [entry["o"] for entry in step["forward"]]
        assert step["gradients"]["o"] == pytest.approx([outputs[0], outputs[1] - 1], rel=1e-12)

    def test_the_output_by_itself_is_1(self):
        (step,) = steps_of(Problem.from_formula("f = x^2", given={"x": 3}, differentiate={"f": ["f", "x"]}))
        assert step["gradients"] == {"f": 1.0, "x": 6.0}


class TestOptimizer:
    def test_one_without_memory_remembers_nothing(self):
        assert solved("sigmoid-2-2-2")[0]["optimizer"] == {}

    def test_adam_remembers_both_means(self):
        step = solved("relu-adam")[0]
        for name, gradient in step["gradients"].items():
            assert step["optimizer"]["m"][name] == pytest.approx(0.1 * gradient, rel=1e-12)
            assert step["optimizer"]["v"][name] == pytest.approx(0.001 * gradient**2, rel=1e-12)

    @pytest.mark.parametrize("carry", ["exact", "rounded"])
    def test_what_nadam_holds_for_a_whole_parameter_is_one_number(self, carry):
        (step,) = steps_of(network(optimizer={"name": "nadam"}, show={"carry": carry}))
        products = step["optimizer"]["mu_product"]
        assert {name: type(value) for name, value in products.items()} == dict.fromkeys(("W1", "b1", "W2", "b2"), float)


class TestRounding:
    def test_every_number_is_the_printed_one(self):
        (step,) = steps_of(network(show={"carry": "rounded", "round": 3}))
        # z = 0.3 + 0.6 + 0.3 by hand, then σ(1.2) = 0.7685, of which 0.769 is carried on.
        assert step["forward"] == {"z_h1": 1.2, "z_h2": 1.2, "h1": 0.769, "h2": 0.769, "z_o": 0.761, "o": 0.682}
        assert step["loss"] == 0.0166
        assert step["intermediate_gradients"]["o"] == 0.182

    def test_a_fused_output_is_rounded_too(self):
        problem = network(loss="binary_cross_entropy", data=[{"x": [1, 2], "y": 1}], show={"carry": "rounded"})
        (step,) = steps_of(problem)
        assert step["intermediate_gradients"]["o"] == round(-1 / step["forward"]["o"], 4)
