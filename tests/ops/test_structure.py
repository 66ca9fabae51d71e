"""Putting together, picking out, counting, comparing."""

import numpy
import pytest

from chalkgrad.core.algebra import expand, summation
from chalkgrad.core.evaluate import evaluate
from chalkgrad.core.gradient import gradient
from chalkgrad.core.node import ONE, constant, variable
from chalkgrad.core.shape import SAMPLES, Axis, shape_of, sizes
from chalkgrad.errors import ShapeError
from chalkgrad.ops.structure import choose, count, equal_to, greater, greater_equal, less_equal, mean, part, stack

ROWS, COLUMNS = Axis("rows", 2), Axis("columns", 2)
a, b = variable("a"), variable("b")
matrix = variable("m", shape_of(2, 3))
VALUE = numpy.arange(6.0).reshape(2, 3)


def test_a_name_in_two_places_gets_both_gradients():
    shared = stack(a, b, b, 1, rows=ROWS, columns=COLUMNS)
    weights = variable("w", shared.shape)
    found = evaluate(gradient(summation(shared * weights), [a, b]), {weights: numpy.array([[1.0, 20], [300, 4000]])})
    assert found == [1, 320]


@pytest.mark.parametrize("dtype", [numpy.float32, numpy.float64])
def test_numbers_among_the_entries_keep_the_dtype(dtype):
    (found,) = evaluate([stack(a, 0.5, b, 1, rows=ROWS, columns=COLUMNS)], {a: dtype(2), b: dtype(3)})
    assert found.tolist() == [[2, 0.5], [3, 1]]
    assert found.dtype == dtype


def test_an_entry_of_a_stack_is_what_was_put_there():
    made = stack(a, b, b, 1, rows=ROWS, columns=COLUMNS)
    assert part(made, row=0, column=1) is b
    assert part(made, row=1, column=1) is ONE
    assert part(expand(a, matrix), row=0, column=2) is a


@pytest.mark.parametrize(
    ("where", "shape", "value"),
    [
        ({"row": 1}, (1, 3), [[3, 4, 5]]),
        ({"column": 2}, (2, 1), [[2], [5]]),
        ({"row": 0, "column": 1}, (), 1),
        ({}, (2, 3), VALUE.tolist()),
    ],
)
def test_a_row_a_column_an_entry_or_all(where, shape, value):
    node = part(matrix, **where)
    assert sizes(node.shape) == shape
    assert numpy.array_equal(evaluate([node], {matrix: VALUE})[0], value)
    (slope,) = evaluate(gradient(summation(node), [matrix]), {matrix: VALUE})
    assert slope.sum() == numpy.size(value)
    assert (slope * VALUE).sum() == numpy.sum(value)


def test_a_part_of_an_infinite_gradient_leaves_the_rest_at_0():
    (slope,) = gradient(part(matrix, row=0, column=0) * a, [matrix])
    assert evaluate([slope], {matrix: VALUE, a: numpy.inf})[0].tolist() == [[numpy.inf, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize(
    ("make", "code", "message"),
    [
        (lambda: part(matrix, column=3), "no-such-column", "there is no column 4 in (2 × 3)"),
        (lambda: part(matrix, row=-1), "no-such-row", "there is no row 0 in (2 × 3)"),
        (lambda: part(stack(a, b, rows=Axis("", 1), columns=COLUMNS), row=0, column=2), "no-such-column",
         "there is no column 3 in (1 × columns: 2)"),
        (lambda: part(a, row=0), "not-a-matrix", "a scalar has no rows and columns"),
        (lambda: stack(a, matrix, rows=Axis("", 1), columns=COLUMNS), "not-a-scalar",
         "an entry of a matrix must be a scalar, but one is (2 × 3)"),
        (lambda: stack(a, rows=SAMPLES, columns=Axis("", 1)), "entries-missing",
         "a matrix (samples: N × 1) cannot be put together from 1 entries"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_refused(make, code, message):
    with pytest.raises(ShapeError) as caught:
        make()
    assert (caught.value.code, caught.value.faults[0].message) == (code, message)


def test_hints_say_which_parts_there_are():
    with pytest.raises(ShapeError, match="hint: columns count from 1 to 3"):
        part(matrix, column=3)
    with pytest.raises(ShapeError, match=r"hint: rows count from 1$"):
        part(variable("x", (SAMPLES, COLUMNS)), row=-1)


def test_a_known_count_is_a_number_and_an_unknown_one_waits_for_data():
    batch = variable("x", (SAMPLES, Axis("inputs", 3)))
    assert count(matrix).number == 6
    assert count(matrix, axes=(1,)).number == 3
    assert count(batch, axes=(1,)).number == 3
    assert count(a) is ONE
    assert evaluate([count(batch), count(batch, axes=(0,)), mean(batch)], {batch: numpy.ones((5, 3))}) == [15, 5, 1]
    assert mean(a) is a


@pytest.mark.parametrize(
    ("op", "holds"),
    [(greater, [0, 0, 1]), (greater_equal, [0, 1, 1]), (less_equal, [1, 1, 0]), (equal_to, [0, 1, 0])],
)
def test_comparisons_at_less_equal_and_more(op, holds):
    left, right = variable("l", shape_of(1, 3)), variable("r", shape_of(1, 3))
    given = {left: numpy.array([[1.0, 2.0, 3.0]]), right: numpy.array([[2.0, 2.0, 2.0]])}
    assert evaluate([op(left, right)], given)[0].tolist() == [holds]
    assert [evaluate([op(a, b)], {a: v, b: 2.0})[0] for v in (1.0, 2.0, 3.0)] == holds


@pytest.mark.parametrize("dtype", [numpy.float32, numpy.float64])
def test_a_choice_between_two_numbers_takes_the_dtype_of_what_was_compared(dtype):
    node = choose(greater(matrix, 2), 1, constant(0.01))
    (found,) = evaluate([node], {matrix: VALUE.astype(dtype)})
    assert found.dtype == dtype
    assert found.tolist() == [[dtype(0.01)] * 3, [1] * 3]


def test_a_choice_of_the_same_is_no_choice_but_keeps_its_shape():
    assert choose(greater(a, b), b, b) is b
    assert choose(greater(matrix, 0), matrix, matrix) is matrix
    assert choose(greater(matrix, 0), a, a) is expand(a, greater(matrix, 0))


def test_a_choice_by_a_number_of_python():
    assert evaluate([choose(greater(a, b), a, b)], {a: 2.0, b: 1.0}) == [2.0]
    assert evaluate([choose(greater(a, b), a, b)], {a: 2.0, b: 3.0}) == [3.0]
