"""Gradients that are cut before the optimizer gets them: checked against NumPy and PyTorch."""

from typing import Any

import numpy
import pytest

from chalkgrad.api import solve
from chalkgrad.errors import ProblemError

KEYS: dict[str, Any] = {
    "network": {"input": 2, "layers": [{"units": 2, "activation": "tanh"}, {"units": 1}]},
    "loss": "mse",
    "data": [{"x": [1, 2], "y": 5}, {"x": [2, -1], "y": -3}],
    "optimizer": {"name": "sgd", "learning_rate": 0.1},
}


def gradients(solution: Any, key: str = "gradients") -> numpy.ndarray:
    step = solution.data()["steps"][0]
    return numpy.concatenate([numpy.ravel(value) for value in step[key].values()])


def test_the_norm_of_all_gradients_is_at_most_what_is_asked_for() -> None:
    free, clipped = solve(KEYS), solve(KEYS | {"clip": {"norm": 0.5}})
    assert clipped.passed
    whole = gradients(free)
    numpy.testing.assert_allclose(gradients(clipped), whole * 0.5 / numpy.linalg.norm(whole), rtol=1e-12)
    numpy.testing.assert_allclose(gradients(clipped, "data_gradients"), whole, rtol=1e-12)


def test_a_gradient_that_is_short_enough_stays() -> None:
    numpy.testing.assert_allclose(gradients(solve(KEYS | {"clip": {"norm": 1e6}})), gradients(solve(KEYS)), rtol=1e-15)


def test_each_entry_is_cut_by_its_value() -> None:
    clipped = solve(KEYS | {"clip": {"value": 0.75}})
    assert clipped.passed
    numpy.testing.assert_allclose(gradients(clipped), numpy.clip(gradients(solve(KEYS)), -0.75, 0.75), rtol=1e-12)


def test_torch_clips_alike() -> None:
    torch = pytest.importorskip("torch")
    whole = torch.nn.Parameter(torch.zeros(9, dtype=torch.float64))
    whole.grad = torch.tensor(gradients(solve(KEYS)))
    torch.nn.utils.clip_grad_norm_([whole], 0.5)
    # PyTorch divides by the norm + 1e-6.
    numpy.testing.assert_allclose(gradients(solve(KEYS | {"clip": {"norm": 0.5}})), whole.grad.numpy(), rtol=1e-6)


def test_the_solution_says_what_was_cut() -> None:
    text = str(solve(KEYS | {"clip": {"norm": 1}}))
    assert "Clipped" in text
    assert "‖g‖ = √(" in text


@pytest.mark.parametrize("clip", [{}, {"norm": 1, "value": 1}, {"norm": 0}, {"norm": -1}, {"length": 1}])
def test_anything_else_is_refused(clip: dict[str, float]) -> None:
    with pytest.raises(ProblemError, match="clip"):
        solve(KEYS | {"clip": clip})
