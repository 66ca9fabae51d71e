"""The chain rule: gradients against differences, and steps that add up to them."""

from __future__ import annotations

from fractions import Fraction

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalkgrad.core.algebra import add, exp, matmul, multiply, power, subtract, summation, transpose
from chalkgrad.core.evaluate import Evaluator, evaluate
from chalkgrad.core.gradient import Line, chain, compose, gradient, pull_back, substitute
from chalkgrad.core.node import ONE, ZERO, Node, variable
from chalkgrad.core.precise import precise
from chalkgrad.core.shape import SAMPLES, Axis, shape_of, sizes
from chalkgrad.errors import ShapeError
from chalkgrad.ops.activations import sigmoid, softplus, tanh
from chalkgrad.ops.structure import count, mean

x, y, w = (variable(name) for name in "xyw")
A, B = (variable(name, shape_of(2, 2)) for name in "AB")
ROW = variable("r", shape_of(1, 2))
VALUES = {
    x: "0.7", y: "-0.3", A: [["0.2", "-1"], ["0.6", "0.9"]], B: [["1", "0.3"], ["-0.4", "0.5"]], ROW: [["0.9", "-0.8"]]
}  # fmt: skip


def check_gradient(output: Node, leaves, slopes=None) -> None:
    """A gradient against central differences with 50 digits.

    A nudge of 1e-15 errs by 1e-30 times the third derivative and 1e-35 of rounding.
    """
    xp, nudge = precise(), precise().context.mpf(10) ** -15
    values = [xp.array(VALUES[leaf]) for leaf in leaves]
    value_of = Evaluator([output], leaves, xp)
    found = Evaluator(slopes or gradient(output, leaves), leaves, xp)(*values)
    for position, (slope, value) in enumerate(zip(found, values, strict=True)):
        assert numpy.shape(slope) == numpy.shape(value)
        for index in numpy.ndindex(numpy.shape(value)):
            ends = []
            for step in (nudge, -nudge):
                moved = numpy.array(value, dtype=object)
                moved[index] += step
                ends.append(value_of(*values[:position], moved[()], *values[position + 1 :])[0])
            difference = (ends[0] - ends[1]) / (2 * nudge)
            here = slope[index] if numpy.ndim(slope) else slope
            assert abs(here - difference) <= 1e-20 * max(1, abs(difference))


# --- random expressions -----------------------------------------------------------------------------------------------

SCALAR = st.deferred(lambda: SCALARS)
SQUARE = st.deferred(lambda: SQUARES)
BINARY = st.sampled_from([add, subtract, multiply])
SMOOTH = st.sampled_from([tanh, sigmoid, softplus, lambda node: exp(tanh(node)), lambda node: power(node, 2)])
SCALARS = (
    st.sampled_from([x, y])
    | st.tuples(BINARY, SCALAR, SCALAR)
    | st.tuples(SMOOTH, SCALAR)
    | st.tuples(st.sampled_from([summation, mean]), SQUARE)
)
SQUARES = (
    st.sampled_from([A, B])
    | st.tuples(BINARY, SQUARE, SQUARE | SCALAR | st.just(ROW))
    | st.tuples(st.just(matmul), SQUARE, SQUARE)
    | st.tuples(SMOOTH | st.just(transpose), SQUARE)
    | st.tuples(st.just(lambda m: subtract(m, mean(m, axes=(1,)))), SQUARE)
)


def build(tree) -> Node:
    if isinstance(tree, Node):
        return tree
    return tree[0](*(build(argument) for argument in tree[1:]))


@settings(max_examples=60)
@given(SCALAR)
def test_random_expressions_against_differences(tree):
    check_gradient(build(tree), list(VALUES))


def test_the_comparison_with_differences_can_fail():
    with pytest.raises(AssertionError):
        check_gradient(x * y, [x, y], [y, x * (1 + Fraction(1, 10**18))])
    with pytest.raises(AssertionError):
        check_gradient(summation(A), [A], [ONE])


# --- gradient and pull_back -------------------------------------------------------------------------------------------


class TestGradient:
    def test_known_slopes(self):
        assert gradient(x**3, [x]) == [3 * x**2]
        assert gradient(x * y, [x, y]) == [y, x]
        assert gradient(exp(x), [x]) == [exp(x)]
        assert gradient(x, [x]) == [ONE]

    def test_what_the_output_does_not_depend_on_has_the_gradient_zero_in_its_shape(self):
        nothing = gradient(x * 2, [y, A])
        assert nothing[0] is ZERO
        assert sizes(nothing[1].shape) == (2, 2)
        assert evaluate(nothing, {A: numpy.ones((2, 2))})[1].tolist() == [[0, 0], [0, 0]]

    def test_second_derivatives(self):
        first = gradient(x**3 * y, [x])[0]
        assert gradient(first, [x])[0] is 6 * (y * x) or evaluate(gradient(first, [x]), {x: 2.0, y: 5.0}) == [60]

    def test_an_output_of_several_numbers_is_refused(self):
        for call in (lambda: gradient(A @ B, [A]), lambda: chain([], A, [A])):
            with pytest.raises(ShapeError) as caught:
                call()
            assert str(caught.value) == (
                "only a single number has a gradient, but the output is (2 × 2) [not-a-scalar]\n"
                "    hint: take its sum or mean, or one entry of it"
            )

    def test_a_matrix_of_one_number_is_a_number(self):
        column = variable("c", shape_of(2, 1))
        product = ROW @ column
        slopes = gradient(product * product, [ROW, column])
        given = {ROW: numpy.array([[2.0, 3.0]]), column: numpy.array([[5.0], [7.0]])}
        assert [found.tolist() for found in evaluate(slopes, given)] == [[[310, 434]], [[124], [186]]]

    def test_a_sum_over_samples_of_unknown_number(self):
        batch = variable("X", (SAMPLES, Axis("inputs", 2)))
        weights, bias = variable("W", shape_of(Axis("inputs", 2), 1)), variable("b", shape_of(1, 1))
        target = variable("t", (SAMPLES, Axis("", 1)))
        loss = mean((batch @ weights + bias - target) ** 2)
        slopes = gradient(loss, [weights, bias])
        assert [sizes(slope.shape) for slope in slopes] == [(2, 1), (1, 1)]
        for samples in (1, 5):
            chance = numpy.random.default_rng(samples)
            data, t = chance.normal(size=(samples, 2)), chance.normal(size=(samples, 1))
            W, b = chance.normal(size=(2, 1)), chance.normal(size=(1, 1))
            error = 2 * (data @ W + b - t) / samples
            found = evaluate(slopes, {batch: data, weights: W, bias: b, target: t})
            numpy.testing.assert_allclose(found[0], data.T @ error, rtol=1e-13)
            numpy.testing.assert_allclose(found[1], error.sum(keepdims=True).reshape(1, 1), rtol=1e-13)

    def test_a_deep_graph_needs_no_recursion(self):
        node = x
        for _ in range(20_000):
            node = add(node, y)
        assert evaluate(gradient(node, [x, y]), {}) == [1, 20_000]


class TestPullBack:
    def test_nothing_is_carried_through_what_is_wanted(self):
        inner = x * y
        found = pull_back(inner * inner, w, [inner, x])
        assert set(found) == {inner}

    def test_only_what_the_output_depends_on_is_found(self):
        assert set(pull_back(x * 2, ONE, [x, y])) == {x}

    def test_two_ways_add_up(self):
        assert pull_back(x * y + x, w, [x])[x] is w + w * y

    def test_counts_carry_no_gradient(self):
        batch = variable("X", (SAMPLES, Axis("inputs", 2)))
        assert pull_back(count(batch) * x, ONE, [batch]) == {}


# --- lines and steps --------------------------------------------------------------------------------------------------

z1, a1, z2, a2, loss = (variable(name) for name in ("z1", "a1", "z2", "a2", "L"))
w1, w2, b = (variable(name) for name in ("w1", "w2", "b"))
# Two units that use x, of which a1 is used by both z2 and the loss, and b by both z1 and z2.
LINES = [
    Line(z1, w1 * x + b),
    Line(a1, tanh(z1)),
    Line(z2, w2 * a1 + b),
    Line(a2, sigmoid(z2)),
    Line(loss, (a2 - y) ** 2 / 2 + a1 * a2),
]
LEAVES = [x, y, w1, w2, b]
NUMBERS = dict(zip(LEAVES, (0.7, 0.2, -1.1, 0.4, 0.3), strict=True))


def values_of(nodes):
    return [float(value) for value in evaluate(nodes, NUMBERS)]


class TestChain:
    def test_composed_gradients_are_those_of_the_whole_formula(self):
        walk = chain(LINES, loss, LEAVES)
        everything = [*LINES, *walk.gradients.values()]
        found = compose(everything, [walk.gradients[leaf].symbol for leaf in LEAVES])
        (whole,) = compose(LINES, [loss])
        # Two orders of the same few operations.
        assert values_of(found) == pytest.approx(values_of(gradient(whole, LEAVES)), rel=1e-14)

    def test_each_gradient_is_the_sum_of_its_steps(self):
        walk = chain(LINES, loss, LEAVES)
        for quantity, line in walk.gradients.items():
            if quantity is not loss:
                # In the order of the lines, as a sum over paths is read.
                terms = [step.term for step in reversed(walk.steps) if step.of is quantity]
                total = terms[0]
                for term in terms[1:]:
                    total = total + term
                assert line.formula is total

    def test_there_is_a_step_for_each_use(self):
        walk = chain(LINES, loss, LEAVES)
        uses = [(step.of.name, step.via.name) for step in walk.steps]
        assert len(uses) == len(set(uses))
        assert {via for of, via in uses if of == "a1"} == {"z2", "L"}
        assert {via for of, via in uses if of == "b"} == {"z1", "z2"}
        assert [line.symbol.name for line in walk.gradients.values()][:3] == ["dL/dL", "dL/da2", "dL/dz2"]

    def test_a_step_knows_its_slope_what_arrives_and_what_it_passed(self):
        walk = chain(LINES, loss, LEAVES)
        (step,) = [step for step in walk.steps if step.of is z2]
        assert step.upstream is variable("dL/da2")
        # The slope of the sigmoid uses its output again, by its name.
        assert step.local is a2 * (1 - a2)
        assert step.term is step.upstream * (a2 * (1 - a2))
        assert [node.op.name for node in step.through] == ["sigmoid"]

    def test_only_what_lies_on_the_way_is_passed(self):
        out = variable("out")
        walk = chain([Line(out, tanh(x) * sigmoid(y))], out, [x, y])
        passed = {step.of: [node.op.name for node in step.through] for step in walk.steps}
        assert passed == {x: ["multiply", "tanh"], y: ["multiply", "sigmoid"]}

    def test_only_the_way_to_what_is_wanted_is_walked(self):
        walk = chain(LINES, loss, [w2])
        assert set(walk.gradients) == {loss, a2, z2, w2}
        assert w1 not in walk.gradients

    def test_what_does_not_reach_the_output_has_no_gradient(self):
        walk = chain([*LINES, Line(variable("aside"), w * x)], loss, [w, x])
        assert w not in walk.gradients
        assert x in walk.gradients

    def test_a_step_done_wrong_is_carried_on(self):
        def without_slope(step):
            return step.upstream if step.via is a2 else step.term

        right, wrong = chain(LINES, loss, LEAVES), chain(LINES, loss, LEAVES, redo=without_slope)
        assert wrong.gradients[z2].formula is right.gradients[a2].symbol
        found = compose([*LINES, *wrong.gradients.values()], [wrong.gradients[w2].symbol])
        value_a1, value_a2 = values_of(compose(LINES, [a1, a2]))
        assert values_of(found) == pytest.approx([(value_a2 - 0.2 + value_a1) * value_a1], rel=1e-14)
        assert [step.term for step in wrong.steps if step.via is a2] == [
            step.term for step in right.steps if step.via is a2
        ]

    def test_matrices_have_no_single_slope(self):
        hidden, total = variable("H", shape_of(2, 2)), variable("T")
        walk = chain([Line(hidden, A @ B), Line(total, summation(hidden))], total, [A])
        assert [step.local for step in walk.steps] == [None, None]
        (found,) = compose([Line(hidden, A @ B), *walk.gradients.values()], [walk.gradients[A].symbol])
        check_gradient(summation(A @ B), [A, B], [found, gradient(summation(A @ B), [B])[0]])

    def test_the_output_itself(self):
        assert chain(LINES, loss, [loss]).gradients[loss].formula is ONE
        assert chain([], x, [x]).gradients[x].formula is ONE


class TestSubstitute:
    def test_named_quantities_are_written_out(self):
        assert compose(LINES[:2], [a1 * 2]) == [2 * tanh(w1 * x + b)]
        assert compose(LINES, [x]) == [x]

    def test_what_becomes_simpler_is_tidied(self):
        assert substitute(x * y + w, {y: ONE, w: ZERO}) is x
        assert substitute(x * y, {x * y: w}) is w

    def test_shapes_are_checked_again(self):
        with pytest.raises(ShapeError):
            substitute(A @ B, {B: variable("C", shape_of(3, 2))})

    def test_a_deep_formula_needs_no_recursion(self):
        node = x
        for _ in range(20_000):
            node = add(node, y)
        assert evaluate([substitute(node, {y: w})], {x: 0.0, w: 1.0}) == [20_000]
