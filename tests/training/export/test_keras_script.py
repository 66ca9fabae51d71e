"""Keras scripts print the losses of the solution."""

from __future__ import annotations

import numpy
import pytest

from .conftest import CASES, losses_of

pytest.importorskip("keras")
pytest.importorskip("jax", reason="jax, an extra, is not installed: pip install chalkgrad[jax]")

# float32: a hundred roundings of 6e-8, and a few steps.
TOLERANCE = 1e-5


@pytest.mark.parametrize("case", CASES)
def test_a_script_prints_the_losses_of_the_solution(case, scripts_of):
    found = scripts_of("keras", {"KERAS_BACKEND": "torch"}).losses(case)
    numpy.testing.assert_allclose(found, losses_of(CASES[case]()), rtol=TOLERANCE)
