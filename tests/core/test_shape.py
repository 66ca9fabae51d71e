"""Shapes: what fits what, and what is said when it does not."""

import pytest

from chalkgrad.core.shape import SAMPLES, Axis, broadcast, describe, matrix_product, same_sizes, shape_of, sizes
from chalkgrad.errors import ShapeError

INPUTS, UNITS, ONE = Axis("inputs", 2), Axis("units", 3), Axis("", 1)


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        ((), "a scalar"),
        ((SAMPLES, INPUTS), "(samples: N × inputs: 2)"),
        (shape_of(2, UNITS), "(2 × units: 3)"),
        ((Axis("", None), ONE), "(N × 1)"),
    ],
)
def test_shapes_in_words(shape, text):
    assert describe(shape) == text


def test_sizes_agree_whatever_the_axes_are_called():
    assert sizes((SAMPLES, UNITS)) == (None, 3)
    assert same_sizes((SAMPLES, UNITS), (Axis("", None), Axis("k", 3)))
    assert not same_sizes((), (ONE, ONE))


@pytest.mark.parametrize(
    ("shapes", "result"),
    [
        ([(), ()], ()),
        ([(), (INPUTS, UNITS)], (INPUTS, UNITS)),
        ([(ONE, UNITS), (SAMPLES, UNITS)], (SAMPLES, UNITS)),
        ([(INPUTS, ONE), (ONE, UNITS)], (INPUTS, UNITS)),
        ([(Axis("", 2), UNITS), (INPUTS, Axis("", 3))], (INPUTS, UNITS)),
        ([(), (), (SAMPLES, ONE)], (SAMPLES, ONE)),
    ],
)
def test_what_broadcasts(shapes, result):
    assert broadcast("a sum", shapes) == result


def test_what_does_not_broadcast_is_said_with_every_axis():
    with pytest.raises(ShapeError) as caught:
        broadcast("a sum", [(SAMPLES, INPUTS), (SAMPLES, UNITS), ()])
    assert str(caught.value) == (
        "a sum needs equal sizes, but inputs = 2 does not fit units = 3: (samples: N × inputs: 2) and "
        "(samples: N × units: 3) and a scalar [shapes-differ]\n"
        "    hint: check the order of the factors, or transpose one of them"
    )


def test_a_batch_of_unknown_size_fits_no_fixed_number():
    with pytest.raises(ShapeError, match="samples = N does not fit size 4"):
        broadcast("a sum", [(SAMPLES, UNITS), (Axis("", 4), UNITS)])


def test_products_of_matrices():
    assert matrix_product((SAMPLES, INPUTS), (INPUTS, UNITS)) == (SAMPLES, UNITS)
    assert matrix_product((INPUTS, SAMPLES), (SAMPLES, UNITS)) == (INPUTS, UNITS)


@pytest.mark.parametrize(
    ("left", "right", "message"),
    [
        (
            (SAMPLES, INPUTS),
            (UNITS, ONE),
            "the matrix product of (samples: N × inputs: 2) and (units: 3 × 1) needs as many columns on the left as "
            "rows on the right, but inputs = 2 does not fit units = 3 [inner-sizes-differ]\n"
            "    hint: transpose one factor (x') or change their order",
        ),
        (
            (SAMPLES, INPUTS),
            (),
            "a matrix product needs two vectors or matrices, but got (samples: N × inputs: 2) and a scalar "
            "[not-a-matrix]\n    hint: write a scaling by juxtaposition, as in 2 x",
        ),
    ],
)
def test_products_that_do_not_fit(left, right, message):
    with pytest.raises(ShapeError) as caught:
        matrix_product(left, right)
    assert str(caught.value) == message
