"""What the algebra promises beyond the battery over every op.

Gradients fit what was repeated, and numbers of Python stay numbers.
"""

import numpy
import pytest

from chalkgrad.core.algebra import add, as_typed, expand, fit, is_plain, multiply, power, summation
from chalkgrad.core.evaluate import evaluate
from chalkgrad.core.gradient import gradient
from chalkgrad.core.node import variable
from chalkgrad.core.shape import SAMPLES, Axis, shape_of, sizes

scalar = variable("s")
SHAPES = {
    "scalar": (),
    "one": shape_of(1, 1),
    "row": shape_of(1, 3),
    "column": (SAMPLES, Axis("", 1)),
    "matrix": (SAMPLES, Axis("", 3)),
}
LEAVES = {name: variable(name, shape) for name, shape in SHAPES.items()}
VALUES = {
    LEAVES["scalar"]: 2.0,
    LEAVES["one"]: numpy.array([[3.0]]),
    LEAVES["row"]: numpy.array([[1.0, 2.0, 4.0]]),
    LEAVES["column"]: numpy.array([[1.0], [3.0]]),
    LEAVES["matrix"]: numpy.array([[1.0, 2.0, 5.0], [2.0, 1.0, 3.0]]),
}


@pytest.mark.parametrize("left", LEAVES)
@pytest.mark.parametrize("right", LEAVES)
@pytest.mark.parametrize(("op", "entry"), [(add, lambda a, b: (1, 1)), (multiply, lambda a, b: (b, a)),
                                           (power, lambda a, b: (b * a ** (b - 1), a**b * numpy.log(a)))])  # fmt: skip
def test_what_was_repeated_receives_the_sum_of_its_copies(left, right, op, entry):
    a, b = LEAVES[left], LEAVES[right]
    slopes = gradient(summation(op(a, b)), [a, b])
    one, other = VALUES[a], VALUES[b]
    here, there = (numpy.broadcast_to(part, numpy.broadcast(one, other).shape) for part in entry(one, other))
    if a is b:
        here = there = here + there
    for slope, leaf, part in zip(slopes, (a, b), (here, there), strict=True):
        assert sizes(slope.shape) == sizes(leaf.shape)
        value = numpy.asarray(VALUES[leaf])
        axes = tuple(k for k in range(part.ndim) if value.ndim == 0 or value.shape[k] == 1)
        expected = numpy.sum(part, axis=axes, keepdims=value.ndim > 0)
        numpy.testing.assert_allclose(evaluate([slope], VALUES)[0], expected, rtol=1e-14)


def test_fit_leaves_what_fits_and_repeats_what_is_single():
    matrix, row = LEAVES["matrix"], LEAVES["row"]
    assert fit(matrix, matrix) is matrix
    assert fit(matrix, scalar) is summation(matrix)
    assert fit(matrix, row) is summation(matrix, axes=(0,))
    assert fit(matrix, LEAVES["one"]) is summation(matrix, axes=(0, 1))
    assert fit(scalar, matrix) is expand(scalar, matrix)


def test_numbers_of_python_are_told_from_those_of_numpy():
    assert is_plain(1, 0.5, True)
    assert not is_plain(numpy.float64(0.5))
    assert not is_plain(1, numpy.ones(1))


def test_a_number_of_python_takes_the_dtype_of_its_company():
    assert as_typed(numpy, 0.5, numpy.ones(2, numpy.float32)).dtype == numpy.float32
    assert as_typed(numpy, 0.5, numpy.ones(2, int)).dtype == numpy.float64
    array = numpy.ones(2)
    assert as_typed(numpy, array, array) is array
