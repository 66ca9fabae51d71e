"""PyTorch scripts print the losses of the solution: a second derivation, by another engine, of the same problem."""

from __future__ import annotations

import numpy
import pytest

from .conftest import CASES, losses_of

pytest.importorskip("torch", reason="torch, an oracle, is not installed: pip install chalkgrad[oracles]")

# The same float64 operations in another order, a few steps long.
TOLERANCE = 1e-9


@pytest.mark.parametrize("case", CASES)
def test_a_script_prints_the_losses_of_the_solution(case, scripts_of):
    numpy.testing.assert_allclose(scripts_of("torch").losses(case), losses_of(CASES[case]()), rtol=TOLERANCE)
