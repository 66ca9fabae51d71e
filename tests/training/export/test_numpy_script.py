"""NumPy scripts print the losses of the solution."""

from __future__ import annotations

import numpy
import pytest

from .conftest import CASES, losses_of

# The same float64 operations in another order, a few steps long.
TOLERANCE = 1e-9


@pytest.mark.parametrize("case", CASES)
def test_a_script_prints_the_losses_of_the_solution(case, scripts_of):
    numpy.testing.assert_allclose(scripts_of("numpy").losses(case), losses_of(CASES[case]()), rtol=TOLERANCE)
