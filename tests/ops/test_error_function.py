"""The error function against mpmath, over all three ranges of its approximation and their seams."""

import mpmath
import numpy
import pytest

from chalkgrad.ops.error_function import error_function

SEAMS = [0.46875, 4.0]
POINTS = numpy.concatenate(
    [numpy.linspace(-7, 7, 1401), numpy.logspace(-300, -1, 60), [0.0, -0.0, 27.0, 1e200, -1e200]]
    + [[s, -s, numpy.nextafter(s, 0), numpy.nextafter(s, 9)] for s in SEAMS]
)


def test_agrees_with_mpmath_to_the_last_digits():
    expected = numpy.array([float(mpmath.erf(point)) for point in POINTS.tolist()])
    found = error_function(numpy, POINTS)
    # Cody gives 6e-19 for the approximation; what is left are a few roundings of float64.
    numpy.testing.assert_allclose(found, expected, rtol=4e-16, atol=0)


def test_infinities_and_nan():
    found = error_function(numpy, numpy.array([numpy.inf, -numpy.inf, numpy.nan]))
    assert found[:2].tolist() == [1, -1]
    assert numpy.isnan(found[2])


def test_keeps_float32():
    found = error_function(numpy, POINTS[:1401].astype(numpy.float32))
    assert found.dtype == numpy.float32
    expected = [float(mpmath.erf(point)) for point in POINTS[:1401].astype(numpy.float32).tolist()]
    # A few roundings of 6e-8.
    numpy.testing.assert_allclose(found, expected, rtol=5e-7)


def test_a_namespace_with_its_own_is_asked_for_it():
    class Own:
        erf = staticmethod(lambda x: "its own")

    assert error_function(Own, 1.0) == "its own"


def test_the_comparison_can_fail():
    with pytest.raises(AssertionError):
        numpy.testing.assert_allclose(error_function(numpy, POINTS) * (1 + 1e-15), error_function(numpy, POINTS), 4e-16)
