"""Every check of a solution can fail: something is done wrong on purpose, and the check that must feel it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy
import pytest

from chalkgrad.cli import ExitCode, main
from chalkgrad.core.algebra import matmul
from chalkgrad.core.node import Op
from chalkgrad.core.precise import Precise, precise
from chalkgrad.ops.activations import sigmoid, tanh
from chalkgrad.ops.functions import sin
from chalkgrad.ops.losses import sigmoid_cross_entropy
from chalkgrad.reading.problem import Problem
from chalkgrad.solving.checks import measure
from chalkgrad.solving.derivation import Check, Derivation
from chalkgrad.solving.solve import asking_of, derive

DATA = [{"x": [0.5, -0.25], "y": [1, 0]}, {"x": [-1, 0.75], "y": [0, 1]}]


def network(activation: str = "tanh", loss: str = "half_sse", **keys: Any) -> Problem:
    layers = [{"units": 2, "activation": activation}, {"units": 2, "activation": "sigmoid"}]
    return Problem.from_layers(2, layers, loss=loss, data=DATA, initial="uniform(-1, 1)", **keys)


def formula(*lines: str, **keys: Any) -> Problem:
    return Problem.from_formula(*lines, **keys)


@contextmanager
def done_wrong(op: Op, **parts: Any) -> Iterator[None]:
    """An op with something about it wrong."""
    right = {name: getattr(op, name) for name in parts}
    try:
        for name, part in parts.items():
            object.__setattr__(op, name, part)
        yield
    finally:
        for name, part in right.items():
            object.__setattr__(op, name, part)


def without_slope(node: Any, upstream: Any) -> Iterator[tuple[int, Any]]:
    yield 0, upstream


def check(derivation: Derivation, name: str) -> Check:
    (found,) = [check for check in derivation.checks if check.name == name]
    return found


def names(derivation: Derivation) -> list[str]:
    return [check.name for check in derivation.checks]


def failed(derivation: Derivation) -> list[str]:
    return [check.name for check in derivation.checks if not check.passed]


class TestAllIsWell:
    def test_every_check_is_made_and_passes(self):
        derivation = derive(network())
        assert names(derivation) == ["finite differences", "second engine", "shapes", "both views", "by hand"]
        assert derivation.passed

    def test_a_fused_loss_has_a_check_of_its_own(self):
        derivation = derive(network(loss="binary_cross_entropy"))
        assert "fused loss" in names(derivation)
        assert derivation.passed

    def test_with_rounded_numbers_gradients_are_compared_before_they_are_rounded(self):
        problem = network()
        derivation = derive(problem, replace(asking_of(problem), carry="rounded"))
        assert names(derivation) == ["finite differences", "second engine", "shapes", "by hand"]
        assert derivation.passed
        assert "before they are rounded" in check(derivation, "finite differences").words

    def test_without_numbers_the_derivatives_are_tried_at_drawn_ones(self):
        assert names(derive(formula("f = x^2 + y^3", differentiate={"f": ["x", "y"]}))) == [
            "finite differences",
            "shapes",
        ]

    def test_the_words_say_what_was_compared(self):
        found = {check.name: check.words for check in derive(network()).checks}
        assert found == {
            "finite differences": "12 gradients compared with the change of the loss when the quantity is nudged by "
            "1e-20",
            "second engine": f"{_numbers()} printed numbers worked out in float64 and again to 50 digits",
            "shapes": "8 gradients looked at: each has the shape of its quantity",
            "both views": "74 numbers worked out both ways, unit by unit and matrix by matrix",
            "by hand": f"{_lines()} lines redone with the numbers as they are printed in them, to arrive at the "
            "printed result",
        }


def _views() -> list[Any]:
    return list(derive(network()).shown_steps[0].exact.values())


def _lines() -> int:
    return sum(len(numbers.view.statements) for numbers in _views())


def _numbers() -> int:
    return sum(numpy.size(n.values[s.symbol]) for n in _views() for s in n.view.statements)


class TestFiniteDifferences:
    def test_a_slope_forgotten(self):
        with done_wrong(tanh, pull_back=without_slope):
            derivation = derive(network())
        assert failed(derivation) == ["finite differences"]
        assert not derivation.passed
        assert check(derivation, "finite differences").measured > 0.01

    def test_a_slope_forgotten_where_numbers_are_carried_on_rounded(self):
        problem = network()
        with done_wrong(tanh, pull_back=without_slope):
            assert failed(derive(problem, replace(asking_of(problem), carry="rounded"))) == ["finite differences"]

    def test_no_more_steps_are_tried_than_it_says(self):
        problem = formula("J = w^2", given={"w": 1}, optimizer="sgd", epochs=12, show={"detail": "full"})
        assert ", in the first 10 steps" in check(derive(problem), "finite differences").words

    def test_a_transpose_forgotten_fits_in_shape_and_is_felt(self):
        def wrong(node: Any, upstream: Any) -> Iterator[tuple[int, Any]]:
            left, right = node.arguments
            yield 0, matmul(upstream, right)
            yield 1, matmul(left.T, upstream)

        problem = network(show={"view": "matrix"})
        with done_wrong(matmul, pull_back=wrong):
            assert "finite differences" in failed(derive(problem))

    def test_a_part_in_ten_million_is_felt(self):
        right = tanh.pull_back

        def nearly(node: Any, upstream: Any) -> Iterator[tuple[int, Any]]:
            for index, term in right(node, upstream):
                yield index, term * (1 + precise_fraction("1e-7"))

        with done_wrong(tanh, pull_back=nearly):
            assert failed(derive(network())) == ["finite differences"]

    def test_symbolic_derivatives_too(self):
        def wrong(node: Any, upstream: Any) -> Iterator[tuple[int, Any]]:
            yield 0, upstream * sin(node.arguments[0])

        with done_wrong(sin, pull_back=wrong):
            derivation = derive(formula("f = sin(x)", differentiate={"f": ["x"]}))
        assert failed(derivation) == ["finite differences"]

    def test_of_a_large_network_entries_nudged_together_feel_it_as_well(self):
        data = [{"x": [0.1] * 9, "y": [1, 0]}]
        layers = [{"units": 9, "activation": "tanh"}, {"units": 2, "activation": "sigmoid"}]
        problem = Problem.from_layers(9, layers, loss="half_sse", data=data, show={"view": "matrix"})
        right = derive(problem)
        assert right.passed
        assert "; 110 with all entries of a quantity nudged at once" in check(right, "finite differences").words
        with done_wrong(tanh, pull_back=without_slope):
            assert failed(derive(problem)) == ["finite differences"]


def precise_fraction(text: str) -> Any:
    from fractions import Fraction

    return Fraction(text)


class TestKinks:
    def relu(self, at_zero: Any) -> Derivation:
        return derive(
            formula(
                "p = relu(x w)",
                loss="half_sse",
                data=[{"x": [1], "y": 1}],
                given={"w": 0},
                convention={"relu_at_zero": at_zero},
            )
        )

    @pytest.mark.parametrize("at_zero", [0, 0.5, 1])
    def test_any_slope_between_those_of_both_sides_passes(self, at_zero):
        derivation = self.relu(at_zero)
        assert derivation.passed
        words = "; 1 lie at a kink, where the slope must be between those of both sides"
        assert words in check(derivation, "finite differences").words

    def test_a_slope_outside_fails(self):
        from chalkgrad.ops.activations import relu

        def wrong(node: Any, upstream: Any) -> Iterator[tuple[int, Any]]:
            yield 0, 2 * upstream

        with done_wrong(relu, pull_back=wrong):
            derivation = self.relu(0)
        assert failed(derivation) == ["finite differences"]
        # the loss falls with slope 1 to the right and not at all to the left
        assert check(derivation, "finite differences").measured == pytest.approx(1, abs=1e-9)

    def test_the_corner_of_an_absolute_value(self):
        derivation = derive(formula("f = |x|", given={"x": 0}, differentiate={"f": ["x"]}))
        assert derivation.passed
        assert "1 lie at a kink" in check(derivation, "finite differences").words


class TestSecondEngine:
    def wrong_in(self, kind: Callable[[Any], bool]) -> Any:
        right = sigmoid.forward

        def forward(xp: Any, z: Any, **attributes: Any) -> Any:
            value = right(xp, z, **attributes)
            return value * 1.00000001 if kind(xp) else value

        return forward

    def test_a_wrong_value_in_float64(self):
        with done_wrong(sigmoid, forward=self.wrong_in(lambda xp: xp is numpy)):
            derivation = derive(network())
        assert "second engine" in failed(derivation)
        assert 1e-9 < check(derivation, "second engine").measured < 1e-7

    def test_a_wrong_value_to_fifty_digits(self):
        with done_wrong(sigmoid, forward=self.wrong_in(lambda xp: isinstance(xp, Precise))):
            derivation = derive(network())
        assert "second engine" in failed(derivation)

    def test_and_with_rounded_numbers(self):
        problem = network()
        with done_wrong(sigmoid, forward=self.wrong_in(lambda xp: xp is numpy)):
            derivation = derive(problem, replace(asking_of(problem), carry="rounded"))
        assert "second engine" in failed(derivation)


class TestShapes:
    def test_a_gradient_of_another_size(self):
        derivation = derive(network())
        step = derivation.steps[0]
        values = step.floats.values
        gradient = next(symbol for node, symbol in step.floats.view.gradients.items() if node.name == "W1")
        values[gradient] = values[gradient][:1]
        found = {check.name: check for check in measure(derivation)}["shapes"]
        assert not found.passed
        assert found.measured == 1


class TestSymbolicShapes:
    def test_a_derivative_of_another_shape(self):
        problem = Problem.from_layers(2, [{"units": 3, "weights": "W"}], loss="mse", show={"view": "matrix"})
        right = derive(problem)
        assert right.passed
        view = right.views["matrix", 1]
        turned = replace(
            view,
            statements=tuple(
                replace(s, formula=s.formula.T) if s.role == "gradient" and s.of == "W" else s for s in view.statements
            ),
        )
        wrong = replace(right, symbolic={"W": (turned, right.symbolic["W"][1])})
        assert [found.passed for found in measure(wrong) if found.name == "shapes"] == [False]


class TestBothViews:
    def test_one_view_with_another_number(self):
        derivation = derive(network())
        units = derivation.steps[0].exact["units"]
        symbol = units.view.updated[next(iter(units.view.updated))]
        units.values[symbol] = units.values[symbol] + precise().exact_number(precise_fraction("1e-9"))
        found = {check.name: check for check in measure(derivation)}
        assert not found["both views"].passed
        assert found["both views"].measured == pytest.approx(1e-9, rel=1e-3)


class TestFusedLoss:
    def test_a_fused_loss_that_is_not_its_definition(self):
        right = sigmoid_cross_entropy.forward

        def wrong(xp: Any, z: Any, y: Any) -> Any:
            return right(xp, z, y) + z * 0 + 1

        with done_wrong(sigmoid_cross_entropy, forward=wrong):
            derivation = derive(network(loss="binary_cross_entropy"))
        assert "fused loss" in failed(derivation)


class TestByHand:
    def test_a_printed_number_that_the_line_does_not_give(self):
        derivation = derive(network())
        units = derivation.steps[0].exact["units"]
        statement = next(s for s in units.view.statements if s.of == "h1_1")
        units.values[statement.symbol] = units.values[statement.symbol] + precise().exact_number(
            precise_fraction("1e-3")
        )
        units.values.remembered.clear()
        found = {check.name: check for check in measure(derivation)}["by hand"]
        assert not found.passed
        # and the lines that use it
        assert found.measured >= 1


class TestEquality:
    def test_what_cannot_be_decided_has_not_passed(self):
        problem = formula("f = log(-x^2)", "g = log(-x^2) + 1", equal={"left": "f", "right": "g", "for": ["x"]})
        assert failed(derive(problem)) == ["equality"]

    def test_what_was_told_apart_has(self):
        problem = formula("f = x", "g = x + 1", equal={"left": "f", "right": "g", "for": ["x"]})
        assert derive(problem).passed


ONE = {"data": [{"x": [1], "y": 0}], "loss": "half_sse"}


class TestNoFalseAlarm:
    """Hard but right: no check may fail because digits cancel, overflow, or are not enough at first."""

    @pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
    @pytest.mark.parametrize("w", [10, 20, 40, 44, 60, 200, 1000])
    def test_units_that_saturate(self, activation, w):
        assert failed(derive(formula(f"h = {activation}(x w)", given={"w": w}, **ONE))) == []

    def test_digits_that_cancel_in_float64(self):
        derivation = derive(formula("f = (100000000 + x) - 100000000", given={"x": 0.1}))
        assert failed(derivation) == []
        words = "; 1 line with large numbers on the way compared as far as float64 goes"
        assert check(derivation, "second engine").words.endswith(words)

    def test_numbers_beyond_float64(self):
        derivation = derive(formula("f = exp(x)", given={"x": 1000}, differentiate={"f": ["x"]}))
        assert failed(derivation) == []
        assert check(derivation, "second engine").words.endswith("; 2 lines beyond the largest number of float64")

    @pytest.mark.parametrize(
        ("text", "x"), [("1/x", 0), ("sqrt(x)", 0), ("log(x)", 0), ("log(x)", -1), ("|x|", 0), ("exp(exp(x))", 6)]
    )
    def test_places_without_a_finite_slope(self, text, x):
        assert failed(derive(formula(f"f = {text}", given={"x": x}, differentiate={"f": ["x"]}))) == []

    def test_a_descent_that_flies_apart(self):
        problem = formula("J = w^2", given={"w": -2}, optimizer={"name": "sgd", "learning_rate": 1e100}, epochs=6)
        assert failed(derive(problem)) == []

    @pytest.mark.parametrize("round_to", [0, 1, 2, 3, 6])
    @pytest.mark.parametrize("carry", ["exact", "rounded"])
    def test_any_number_of_decimals(self, round_to, carry):
        assert failed(derive(network(show={"round": round_to, "carry": carry}, epochs=2))) == []


class TestOnTheCommandLine:
    def test_a_failed_check_is_exit_code_4_with_the_solution_printed_and_saying_so(self, capsys):
        with done_wrong(sigmoid, pull_back=without_slope):
            code = main(["solve", "sigmoid-2-2-2", "--view", "units"])
        out, err = capsys.readouterr()
        assert code == ExitCode.OUR_FAULT == 4
        assert "z_h1 = x₁ · w₁ + x₂ · w₂ + b₁" in out
        assert "THIS CHECK FAILED: do not trust the numbers above." in " ".join(out.split())
        assert "a check of this solution failed, do not trust its numbers" in err
        assert main(["solve", "sigmoid-2-2-2", "--quiet"]) == ExitCode.DONE
