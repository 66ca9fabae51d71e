"""NumPy scripts print the losses of the solution."""

from __future__ import annotations

import numpy
import pytest

from chalkgrad.training.export import export
from chalkgrad.training.training import Training, train_problem

from .conftest import CASES, CHANGED, DROPOUT, losses_of, made, material, run, script_of

# The same float64 operations in another order, a few steps long.
TOLERANCE = 1e-9


ALL = [*CASES, *DROPOUT, CHANGED]


@pytest.mark.parametrize("case", CASES)
def test_a_script_prints_the_losses_of_the_solution(case, scripts_of):
    numpy.testing.assert_allclose(scripts_of("numpy", ALL).losses(case), losses_of(CASES[case]()), rtol=TOLERANCE)


def test_it_runs_from_any_folder_and_warns_of_nothing(tmp_path):
    problem = CASES["optimizer adam"]()
    done = run(export(problem, to="numpy", name="my net.v2", **material(problem)), tmp_path)
    assert done.stderr == ""
    assert done.stdout.splitlines()[0] == f"step 1: loss {losses_of(problem)[0]:.12g}"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["my_net_v2.npz", "my_net_v2_numpy.py"]


@pytest.mark.parametrize("case", DROPOUT)
def test_units_that_dropout_leaves_out_are_those_of_the_training(case, scripts_of):
    trained = train_problem(made(case), Training(engine="numpy", dtype="float64"))
    numpy.testing.assert_allclose(scripts_of("numpy", ALL).losses(case), trained.history["loss"], rtol=TOLERANCE)


def test_samples_in_float32_are_worked_with_in_float64(tmp_path):
    problem = CASES["loss mse"]()
    given = material(problem)
    exact = {**given, "x": given["x"].astype(numpy.float32), "y": given["y"].astype(numpy.float32)}
    done = run(export(problem, to="numpy", **exact), tmp_path)
    found = [float(line.rpartition(" ")[2]) for line in done.stdout.splitlines()]
    numpy.testing.assert_allclose(found, losses_of(problem), rtol=1e-6)  # the samples themselves were rounded
    assert "X[rows].astype(float)" in script_of(problem, "numpy", x=exact["x"], y=exact["y"])


def test_the_comparison_can_fail(scripts_of):
    with pytest.raises(AssertionError):
        numpy.testing.assert_allclose(
            scripts_of("numpy", ALL).losses(CHANGED), losses_of(made(CHANGED)), rtol=TOLERANCE
        )
