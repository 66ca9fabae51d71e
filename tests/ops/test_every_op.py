"""One battery over every op: its value, its slopes, its dtype, its units, its shapes and its facts.

Each check is a function that takes an op, so that the last tests can show that it refuses a wrong one.
"""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from operator import attrgetter
from typing import NamedTuple

import mpmath
import numpy
import pytest

from chalkgrad.core.algebra import multiply, summation
from chalkgrad.core.evaluate import Evaluator, evaluate
from chalkgrad.core.gradient import gradient
from chalkgrad.core.node import Facts, Node, Op, variable
from chalkgrad.core.precise import precise
from chalkgrad.core.shape import Axis, shape_of
from chalkgrad.core.units import entries, unit_array
from chalkgrad.ops import OPS
from chalkgrad.ops.functions import pi, unary
from chalkgrad.ops.losses import softmax_cross_entropy_unit
from chalkgrad.ops.softmax import softmax_unit
from chalkgrad.ops.structure import _embed

ROWS, INPUTS = Axis("rows", 2), Axis("inputs", 3)
MATRIX, ROW, SCALAR = shape_of(ROWS, INPUTS), shape_of(1, INPUTS), shape_of()
ALL = [*OPS, pi, _embed, softmax_unit, softmax_cross_entropy_unit]
BINARY = ("add subtract multiply divide power maximum minimum xlogy sigmoid_cross_entropy "
          "greater greater_equal less_equal equal_to").split()  # fmt: skip
SHAPES = {
    **{name: [MATRIX, MATRIX] for name in BINARY},
    "choose": [MATRIX, MATRIX, MATRIX],
    "matmul": [MATRIX, shape_of(INPUTS, ROWS)],
    "expand": [ROW, MATRIX],
    "stack": [SCALAR] * 6,
    "embed": [ROW, MATRIX],
    "softmax_cross_entropy": [MATRIX, MATRIX],
    "count": [shape_of(Axis("samples", None), INPUTS)],
    "pi": [],
    "softmax_unit": [SCALAR] * 3,
    "softmax_cross_entropy_unit": [SCALAR] * 6,
}
ATTRIBUTES = {
    "stack": {"rows": ROWS, "columns": INPUTS},
    "part": {"row": 1},
    "embed": {"row": 1},
    "softmax_unit": {"index": 1},
    "max": {"axes": (1,)},
}
every_op = pytest.mark.parametrize("op", ALL, ids=attrgetter("name"))

mp = mpmath.MPContext()
mp.dps = 60
_ROOT_E, _TAIL = mp.sqrt(mp.e), mp.erfc(1 / mp.sqrt(2))
# Klambauer et al. (2017), equation 14: the numbers of SELU in closed form.
ALPHA = -mp.sqrt(2 / mp.pi) / (_TAIL * _ROOT_E - 1)
SCALE = (
    (1 - _TAIL * _ROOT_E)
    * mp.sqrt(2 * mp.pi)
    / mp.sqrt(
        2 * mp.erfc(mp.sqrt(2)) * mp.e**2 + mp.pi * _TAIL**2 * mp.e - 2 * (2 + mp.pi) * _TAIL * _ROOT_E + mp.pi + 2
    )
)


def _softmax(z, axis=1):
    raised = numpy.frompyfunc(mp.exp, 1, 1)(z)
    return raised / raised.sum(axis=axis, keepdims=True)


_logarithm = numpy.frompyfunc(mp.log, 1, 1)


# What each op is, said once more without the package: of single numbers, or of whole arrays where not elementwise.
REFERENCE = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "negate": lambda a: -a,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "power": mp.power,
    "exp": mp.exp,
    "log": mp.log,
    "sqrt": mp.sqrt,
    "greater": lambda a, b: a > b,
    "greater_equal": lambda a, b: a >= b,
    "less_equal": lambda a, b: a <= b,
    "equal_to": lambda a, b: a == b,
    "choose": lambda test, a, b: a if test else b,
    "sin": mp.sin,
    "cos": mp.cos,
    "sign": mp.sign,
    "abs": abs,
    "indicator": lambda z: z > 0,
    "erf": mp.erf,
    "maximum": max,
    "minimum": min,
    "xlogy": lambda y, p: y * mp.log(p),
    "linear": lambda z: z,
    "step": lambda z: z >= 0,
    "sigmoid": lambda z: 1 / (1 + mp.exp(-z)),
    "tanh": mp.tanh,
    "relu": lambda z: max(z, 0),
    "leaky_relu": lambda z: z if z > 0 else z / 100,
    "elu": lambda z: z if z > 0 else mp.expm1(z),
    "selu": lambda z: SCALE * (z if z > 0 else ALPHA * mp.expm1(z)),
    "gelu": lambda z: z * mp.ncdf(z),
    "silu": lambda z: z / (1 + mp.exp(-z)),
    "softplus": lambda z: mp.log1p(mp.exp(z)),
    "huber_unit": lambda d: d * d / 2 if abs(d) <= 1 else abs(d) - mp.mpf(1) / 2,
    "sigmoid_cross_entropy": lambda z, y: y * mp.log1p(mp.exp(-z)) + (1 - y) * mp.log1p(mp.exp(z)),
}
REFERENCE_OF_ARRAYS = {
    "matmul": lambda a, b: [[sum(a[i, k] * b[k, j] for k in range(3)) for j in range(2)] for i in range(2)],
    "transpose": lambda a: [[a[i, j] for i in range(2)] for j in range(3)],
    "sum": lambda a: sum(a.flat),
    "expand": lambda a, like: [list(a[0])] * 2,
    "stack": lambda *scalars: [scalars[:3], scalars[3:]],
    "part": lambda a: [a[1]],
    "embed": lambda a, like: [[0] * 3, list(a[0])],
    "count": lambda a: 6,
    "max": lambda a: [[max(row)] for row in a],
    "softmax": _softmax,
    "log_softmax": lambda z: _logarithm(_softmax(z)),
    "softmax_cross_entropy": lambda z, y: -(y * _logarithm(_softmax(z))).sum(axis=1, keepdims=True),
    "pi": lambda: mp.pi,
    "softmax_unit": lambda *z: _softmax(numpy.array(z), axis=0)[1],
    "softmax_cross_entropy_unit": lambda *v: (
        -(numpy.array(v[3:]) * _logarithm(_softmax(numpy.array(v[:3]), axis=0))).sum()
    ),
}
# Where a formula in float64 cannot have 13 digits of its own value, the error is measured against this size instead:
# 1 + erf(z/√2) is near 0 for negative z, and z − z y where y is near 1.
SIZES = {"gelu": lambda z, *_: max(1, abs(z)), "sigmoid_cross_entropy": lambda z, *_: max(1, abs(z))}


class Case(NamedTuple):
    """An op on variables, with exact values for them."""

    node: Node
    leaves: list[Node]
    values: list[object]


def case_of(op: Op, seed: int = 0) -> Case:
    chance = random.Random(f"{op.name} {seed}")
    low, high = op.facts.sample

    def number() -> Fraction:
        # Not within 0.01 of a kink at 0, where a difference would straddle it.
        drawn = Fraction(chance.randint(int(low * 1000), int(high * 1000)), 1000)
        return drawn if abs(drawn) > Fraction(1, 100) else drawn + Fraction(1, 10)

    leaves = [variable(f"v{k}", shape) for k, shape in enumerate(SHAPES.get(op.name, [MATRIX]))]
    values: list[object] = [
        [[number() for _ in range(shape[1].size or 2)] for _ in range(shape[0].size or 2)] if shape else number()
        for shape in map(attrgetter("shape"), leaves)
    ]
    if op.name == "choose":
        values[0] = [[1, 0, 1], [0, 1, 0]]
    if op.name == "softmax_cross_entropy":
        values[1] = [[Fraction(1, 5), Fraction(1, 2), Fraction(3, 10)], [0, 1, 0]]
    if op.name == "softmax_cross_entropy_unit":
        values[3:] = [Fraction(1, 5), Fraction(1, 2), Fraction(3, 10)]
    return Case(op(*leaves, **ATTRIBUTES.get(op.name, {})), leaves, values)


def sizes_of(node: Node) -> tuple[int, ...]:
    return tuple(axis.size or 2 for axis in node.shape)


def as_floats(values, dtype=numpy.float64):
    return [numpy.array(numpy.array(value, dtype=object).astype(float), dtype=dtype)[()] for value in values]


def points_of(op: Op, arity: int) -> list[tuple[float, ...]]:
    """Points of the sample interval, and 0, tiny and large ones where it allows them."""
    low, high = op.facts.sample
    chance = random.Random(op.name)
    if arity > 1:
        return [tuple(chance.uniform(low, high) for _ in range(arity)) for _ in range(60)]
    extremes = [1e-300, 1e-8, 1e-3, 30.0, 700.0]
    extremes += [0.0, *(-e for e in extremes)] if low < 0 else []
    return [(p,) for p in [*numpy.linspace(low, high, 61).tolist(), *extremes]]


# --- the checks -------------------------------------------------------------------------------------------------------


def check_value(op: Op, digits: float = 1e-13) -> None:
    """The forward against the reference in mpmath, relative to 1e-13: a few roundings of 1e-16 each."""
    if op.name in REFERENCE_OF_ARRAYS:
        case = case_of(op)
        floats = as_floats(case.values)
        (found,) = evaluate([case.node], dict(zip(case.leaves, floats, strict=True)))
        exact = [numpy.frompyfunc(mp.mpf, 1, 1)(numpy.asarray(value).astype(object)) for value in floats]
        expected = numpy.array(REFERENCE_OF_ARRAYS[op.name](*exact), dtype=object).astype(float)
        numpy.testing.assert_allclose(found, expected, rtol=digits, atol=0)
        return
    arity = len(SHAPES.get(op.name, [MATRIX]))
    points = points_of(op, arity)
    columns = [numpy.array([column]) for column in zip(*points, strict=True)]
    with numpy.errstate(all="ignore"):
        found = op.forward(numpy, *columns)[0]
    for value, point in zip(found, points, strict=True):
        expected = mp.mpf(REFERENCE[op.name](*map(mp.mpf, point)))
        size = SIZES.get(op.name, lambda *_, e=expected: abs(e))(*point)
        # 1e-300: below it float64 has fewer digits.
        assert abs(mp.mpf(float(value)) - expected) <= digits * size + 1e-300, (op.name, point, value, expected)


def check_definition(op: Op) -> None:
    """The longhand has the value of the op, to 40 digits."""
    case, xp = case_of(op), precise()
    longhand = op.define(case.node)
    given = {leaf: xp.array(value) for leaf, value in zip(case.leaves, case.values, strict=True)}
    for a, b in numpy.broadcast(*[numpy.asarray(v, dtype=object) for v in evaluate([case.node, longhand], given, xp)]):
        assert abs(a - b) < 1e-40, (op.name, a, b)


def weighted_sum(node: Node, letter: str) -> tuple[Node, Node]:
    weights = variable(letter, node.shape)
    return summation(multiply(weights, node)), weights


def check_differences(total: Node, leaves, values, nudge, tolerance: float, xp) -> None:
    """The gradient of a scalar against central differences, entry by entry."""
    slopes = Evaluator(gradient(total, leaves), leaves, xp)(*values)
    value_of = Evaluator([total], leaves, xp)
    for position, (slope, value) in enumerate(zip(slopes, values, strict=True)):
        for index in numpy.ndindex(numpy.shape(value)):
            ends = []
            for step in (nudge, -nudge):
                moved = numpy.array(value, dtype=object if xp is not numpy else float)
                moved[index] += step
                ends.append(value_of(*values[:position], moved[()], *values[position + 1 :])[0])
            difference = (ends[0] - ends[1]) / (2 * nudge)
            here = slope[index] if numpy.ndim(slope) else slope
            assert abs(here - difference) <= tolerance * max(1, abs(difference)), (position, index, here, difference)


def check_slope(op: Op, order: int = 1, engine: str = "precise") -> None:
    """First or second derivatives in every entry of every argument.

    With 50 digits and a nudge of 1e-13, a central difference errs by 1e-26 times the third derivative and by 1e-37 of
    rounding; in float64 with 1e-5, by 1e-10 and 1e-11.
    """
    case = case_of(op)
    total, weights = weighted_sum(case.node, "c")
    leaves, values = list(case.leaves), list(case.values)
    shape = sizes_of(weights)
    flat = [Fraction(k + 1, 7) * (-1) ** k for k in range(numpy.prod(shape, dtype=int))]
    settled = {weights: numpy.array(flat, dtype=object).reshape(shape).tolist() if shape else flat[0]}
    if order == 2:
        # Targets sum to 1 by convention, so the slope for a logit is not varied in them.
        leaves = leaves[:1] if op.name == "softmax_cross_entropy" else leaves
        leaves = leaves[:3] if op.name == "softmax_cross_entropy_unit" else leaves
        parts = [weighted_sum(slope, f"d{k}") for k, slope in enumerate(gradient(total, leaves))]
        total = sum((part for part, _ in parts[1:]), parts[0][0]) if parts else total
        for (_, extra), value in zip(parts, case.values, strict=False):
            settled[extra] = value
    settled |= {leaf: v for leaf, v in zip(case.leaves, case.values, strict=True) if leaf not in leaves}
    values = [dict(zip(case.leaves, case.values, strict=True))[leaf] for leaf in leaves]
    everything, given = [*leaves, *settled], [*values, *settled.values()]
    if engine == "precise":
        xp = precise()
        exact = [xp.array(value) for value in given]
        check_differences(total, everything, exact, xp.context.mpf(10) ** -13, 1e-20, xp)
    else:
        check_differences(total, everything, as_floats(given), 1e-5, 1e-7, numpy)


def check_dtype(op: Op, dtype=numpy.float32) -> None:
    """The value and the whole gradient graph keep the dtype that they were given."""
    case = case_of(op)
    total, weights = weighted_sum(case.node, "c")
    given = dict(zip(case.leaves, as_floats(case.values, dtype), strict=True))
    given[weights] = numpy.ones(sizes_of(weights), dtype)[()]
    # With the plain sum as well: there the gradient that arrives is a number of Python, and must not widen anything.
    wanted = [case.node, *gradient(total, case.leaves), *gradient(summation(case.node), case.leaves)]
    for node, value in zip(wanted, evaluate(wanted, given), strict=True):
        assert type(value) in (int, float) or value.dtype == dtype, (op.name, node, type(value))


def check_units(op: Op) -> None:
    """The op taken apart into single numbers has the same values, and so has its gradient."""
    case = case_of(op)
    total, weights = weighted_sum(case.node, "c")
    wanted = [case.node, *gradient(total, case.leaves)]
    leaves = [*case.leaves, weights]
    shape = sizes_of(weights)
    values = [*as_floats(case.values), numpy.arange(1.0, 1 + numpy.prod(shape, dtype=int)).reshape(shape)[()]]
    known, singles = {}, {}
    for leaf, value in zip(leaves, values, strict=True):
        rows = enumerate(numpy.atleast_2d(value))
        single = [[variable(f"{leaf.name} {i} {j}") for j in range(len(row))] for i, row in rows]
        known[leaf] = unit_array(single) if leaf.shape else leaf
        singles |= zip(known[leaf].flat, value.flat, strict=True) if leaf.shape else {leaf: value}
    whole = evaluate(wanted, dict(zip(leaves, values, strict=True)))
    for matrix, parts in zip(whole, entries(wanted, known), strict=True):
        flat = list(numpy.ravel(parts))
        assert all(isinstance(part, Node) and not part.shape for part in flat), (op.name, parts)
        # Sums of a few terms in another order: a few roundings.
        numpy.testing.assert_allclose(evaluate(flat, singles), numpy.ravel(matrix), rtol=1e-12, atol=1e-14)


def check_facts(op: Op) -> None:
    """The catalogue can tell what the op is, and the diagnosis when to take it."""
    assert op.facts.title, op.name
    assert op.facts.law or op.pull_back is None, op.name
    low, high = op.facts.sample
    assert low < high, op.name
    if op.facts.kink:
        assert op.facts.convention or op.role == "structure", op.name
    if op.role == "activation":
        assert all((op.facts.range, op.facts.use, op.facts.avoid, op.facts.source)), op.name
        assert op.facts.gain > 0, op.name


# --- the tests --------------------------------------------------------------------------------------------------------


@every_op
class TestEveryOp:
    def test_value_is_that_of_mpmath(self, op):
        check_value(op)

    def test_slope_in_fifty_digits(self, op):
        check_slope(op)

    def test_slope_in_float64(self, op):
        check_slope(op, engine="float64")

    def test_second_derivative_in_fifty_digits(self, op):
        check_slope(op, order=2)

    @pytest.mark.parametrize("dtype", [numpy.float32, numpy.float64])
    def test_keeps_the_dtype_it_was_given(self, op, dtype):
        check_dtype(op, dtype)

    def test_unit_by_unit_it_is_the_same(self, op):
        check_units(op)

    def test_facts_are_complete(self, op):
        check_facts(op)

    def test_gradients_have_the_shape_of_their_argument(self, op):
        case = case_of(op)
        for slope, leaf in zip(gradient(weighted_sum(case.node, "c")[0], case.leaves), case.leaves, strict=True):
            assert [axis.size for axis in slope.shape] == [axis.size for axis in leaf.shape]


@pytest.mark.parametrize("op", [op for op in ALL if op.definition], ids=attrgetter("name"))
def test_the_longhand_has_the_same_value(op):
    check_definition(op)


# --- each check refuses something -------------------------------------------------------------------------------------

TITLED = Facts("wrong", law="wrong")
WRONG_VALUE = unary("tanh", lambda xp, z: xp.tanh(z) * (1 + 2e-13), lambda z, a: 1 - a * a, facts=TITLED)
WRONG_SLOPE = unary("tanh", lambda xp, z: xp.tanh(z), lambda z, a: 1 - a, facts=TITLED)
ALMOST = unary("tanh", lambda xp, z: xp.tanh(z), lambda z, a: (1 - a * a) * (1 + Fraction(1, 10**18)), facts=TITLED)
WIDENS = unary("tanh", lambda xp, z: xp.tanh(z) * numpy.float64(1), lambda z, a: 1 - a * a, facts=TITLED)
OTHER_UNITS = replace(WRONG_SLOPE, entries=lambda z: z)
LONGHAND = replace(WRONG_SLOPE, definition=lambda z: z)


@pytest.mark.parametrize(
    ("check", "wrong"),
    [
        (check_value, WRONG_VALUE),
        (check_slope, WRONG_SLOPE),
        (check_slope, ALMOST),
        (lambda op: check_slope(op, engine="float64"), WRONG_SLOPE),
        (check_dtype, WIDENS),
        (check_units, OTHER_UNITS),
        (check_definition, LONGHAND),
        (check_facts, replace(WRONG_SLOPE, facts=Facts(""))),
        (check_facts, replace(WRONG_SLOPE, role="activation")),
    ],
)
def test_every_check_can_fail(check, wrong):
    with pytest.raises(AssertionError):
        check(wrong)


def test_a_wrong_second_derivative_is_found():
    outer = unary("tanh", lambda xp, z: xp.tanh(z), lambda z, a: 1 - WRONG_SLOPE(z) ** 2, facts=TITLED)
    check_slope(outer)
    with pytest.raises(AssertionError):
        check_slope(outer, order=2)
