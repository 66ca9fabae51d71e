"""The evaluator: order, freeing, constants, dtypes and namespaces."""

from __future__ import annotations

import gc
import math
import weakref
from dataclasses import replace
from fractions import Fraction

import numpy
import pytest

from chalkgrad.core.algebra import add, divide, exp, expand, matmul, multiply, power, sqrt, summation
from chalkgrad.core.evaluate import Evaluator, evaluate
from chalkgrad.core.gradient import gradient
from chalkgrad.core.node import constant, variable
from chalkgrad.core.precise import precise
from chalkgrad.core.shape import SAMPLES, Axis, shape_of
from chalkgrad.errors import EvaluationError
from chalkgrad.ops.functions import pi

x, y = variable("x"), variable("y")
X, W = variable("X", (SAMPLES, Axis("inputs", 3))), variable("W", shape_of(Axis("inputs", 3), 2))


class TestValues:
    def test_outputs_come_in_their_order_and_inputs_may_be_any_nodes(self):
        inner = x + y
        evaluator = Evaluator([inner * 2, y, inner], [inner, y])
        assert evaluator(10.0, 3.0) == [20.0, 3.0, 10.0]
        assert evaluator(1.0, 2.0) == [2.0, 2.0, 1.0]

    def test_a_missing_value_is_named(self):
        with pytest.raises(EvaluationError) as caught:
            Evaluator([x + y * variable("w")], [y])
        assert str(caught.value) == ("no value for w, x [no-value]\n    hint: give it under `given` or in the data")

    @pytest.mark.parametrize("values", [(), (1.0,), (1.0, 2.0, 3.0)])
    def test_too_few_or_too_many_values_are_refused(self, values):
        with pytest.raises(ValueError, match="zip"):
            Evaluator([x + y], [x, y])(*values)

    def test_an_input_twice_takes_the_last_value(self):
        assert Evaluator([x], [x, x])(1.0, 2.0) == [2.0]

    def test_a_hundred_thousand_nested_nodes_need_no_recursion(self):
        node = x
        for _ in range(100_000):
            node = add(node, y)
        assert evaluate([node], {x: 0.5, y: 1.0}) == [100_000.5]

    def test_a_batch_of_any_size(self):
        evaluator = Evaluator([matmul(X, W)], [X, W])
        for samples in (1, 4):
            assert evaluator(numpy.ones((samples, 3)), numpy.ones((3, 2)))[0].tolist() == [[3.0, 3.0]] * samples


class TestEdges:
    @pytest.mark.parametrize(
        ("node", "value", "expected"),
        [
            (1 / x, 0.0, math.inf),
            (-1 / x, 0.0, -math.inf),
            (x / x, 0.0, math.nan),
            (x**-1, 0.0, math.inf),
            (x ** Fraction(1, 2), -4.0, math.nan),
            (x**400, 1e10, math.inf),
            (exp(x), 1e4, math.inf),
            (sqrt(x), -1.0, math.nan),
            (x + 10**400, 1.0, math.inf),
            (x - 10**400, 1.0, -math.inf),
            (x * divide(1, 0), 2.0, math.inf),
        ],
    )
    @pytest.mark.parametrize("kind", [float, numpy.float64, numpy.array])
    def test_no_value_is_an_infinity_or_nan_and_never_a_crash_or_a_warning(self, node, value, expected, kind):
        assert float(evaluate([node], {x: kind(value)})[0]) == pytest.approx(expected, nan_ok=True)

    def test_a_number_of_python_stays_one(self):
        settings = {variable("beta"): 0.9, variable("t"): 3}
        beta, t = settings
        (found,) = evaluate([1 - beta**t / 2], settings)
        assert type(found) is float
        assert found == pytest.approx(1 - 0.9**3 / 2, rel=1e-15)


class TestConstants:
    @pytest.mark.parametrize("dtype", [numpy.float16, numpy.float32, numpy.float64])
    @pytest.mark.parametrize(
        "made", [sqrt(constant(2)), divide(1, sqrt(2 * pi())), exp(constant(1)), constant(Fraction(1, 3)), pi() ** 2]
    )
    def test_formulas_of_constants_leave_the_dtype_alone(self, made, dtype):
        weights = numpy.ones((3, 2), dtype)
        for found in evaluate([made * W, W + made, expand(made, W), expand(made, W) * W], {W: weights}):
            assert found.dtype == dtype

    def test_formulas_of_constants_are_worked_out_once(self):
        calls = []
        counted = replace(sqrt, forward=lambda xp, value: calls.append(value) or xp.sqrt(value))
        evaluator = Evaluator([counted(constant(2)) * x], [x])
        assert len(calls) == 1
        for _ in range(3):
            assert evaluator(1.0) == [2**0.5]
        assert len(calls) == 1

    def test_fractions_are_exact_until_a_number_is_asked_for(self):
        third = divide(x, 3) * 3 - x + constant(Fraction(1, 3))
        xp = precise()
        assert abs(evaluate([third], {x: xp.array(Fraction(1, 7))}, xp)[0] * 3 - 1) < 1e-49

    def test_a_constant_may_be_an_output_or_given_another_value(self):
        half = constant(0.5)
        assert evaluate([half, half * x], {x: 4.0}) == [0.5, 2.0]
        assert evaluate([half * x], {x: 4.0, half: 2.0}) == [8.0]


class _Watched(numpy.ndarray):
    """An array that can be watched by weak references."""


def watching(op, seen):
    """The op, with a note of every value that it makes, and of how many of those made so far are alive."""

    def forward(xp, *values, **attributes):
        value = op.forward(xp, *values, **attributes).view(_Watched)
        seen.append(weakref.ref(value))
        alive.append(sum(reference() is not None for reference in seen))
        return value

    alive: list[int] = []
    return replace(op, forward=forward), alive


class TestFreeing:
    def test_a_value_is_freed_after_its_last_use(self):
        step, alive = watching(multiply, [])
        node = variable("v", shape_of(2, 2))
        first = node
        for _ in range(50):
            node = step(node, first + 1)
        Evaluator([node], [first])(numpy.ones((2, 2)))
        gc.collect()
        # The one being made and the one that it is made of.
        assert max(alive) == 2

    def test_a_value_that_is_used_later_is_kept_until_then(self):
        step, alive = watching(multiply, [])
        leaf = variable("v", shape_of(2, 2))
        first = node = step(leaf, leaf + 1)
        for _ in range(10):
            node = step(node, leaf)
        assert Evaluator([node - first], [leaf])(numpy.ones((2, 2)))[0].tolist() == [[0, 0], [0, 0]]
        # The first one besides the two of the test before.
        assert max(alive) == 3

    def test_outputs_are_not_freed(self):
        middle = matmul(X, W)
        found = evaluate([middle, summation(middle * middle)], {X: numpy.ones((1, 3)), W: numpy.ones((3, 2))})
        assert found[0].tolist() == [[3, 3]]
        assert found[1] == 18

    def test_a_call_leaves_nothing_behind(self):
        step, alive = watching(multiply, [])
        leaf = variable("v", shape_of(2, 2))
        evaluator = Evaluator([step(step(leaf, leaf), leaf)], [leaf])
        for _ in range(3):
            evaluator(numpy.ones((2, 2)))
        assert alive == [1, 2, 1, 2, 1, 2]


class TestNamespaces:
    @pytest.mark.parametrize("dtype", [numpy.float32, numpy.float64])
    def test_numpy_keeps_its_dtype_in_value_and_gradient(self, dtype):
        loss = summation(power(matmul(X, W) / 3 - Fraction(1, 2), 2)) / 2
        given = {X: numpy.ones((4, 3), dtype), W: numpy.ones((3, 2), dtype)}
        for found in evaluate([loss, *gradient(loss, [X, W])], given):
            assert found.dtype == dtype

    def test_fifty_digits(self):
        xp = precise()
        (found,) = evaluate([sqrt(x) + pi()], {x: xp.array(2)}, xp)
        assert abs(found - (xp.context.sqrt(2) + xp.context.pi)) < 1e-49

    def test_jax_if_it_is_there(self):
        jax = pytest.importorskip("jax", reason="jax is not installed: pip install chalkgrad[jax]")
        loss = summation(power(matmul(X, W) * sqrt(constant(2)), 2)) / 2
        evaluator = Evaluator([loss, *gradient(loss, [W])], [X, W], jax.numpy)
        data, weights = numpy.ones((4, 3), numpy.float32), numpy.full((3, 2), 0.5, numpy.float32)
        expected = evaluate(evaluator.outputs, {X: data, W: weights})
        for run in (evaluator, jax.jit(evaluator)):
            for found, value in zip(run(data, weights), expected, strict=True):
                assert found.dtype == numpy.float32
                # A few roundings of 6e-8.
                numpy.testing.assert_allclose(found, value, rtol=1e-6)
