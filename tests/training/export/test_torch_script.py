"""PyTorch scripts print the losses of the solution: a second derivation, by another engine, of the same problem."""

from __future__ import annotations

import numpy
import pytest

from chalkgrad.training.export import export
from chalkgrad.training.training import Training, train_problem

from .conftest import CASES, CHANGED, DROPOUT, losses_of, made, material, network, run, script_of

pytest.importorskip("torch", reason="torch, an oracle, is not installed: pip install chalkgrad[oracles]")

# The same float64 operations in another order, a few steps long.
TOLERANCE = 1e-9


ALL = [*CASES, *DROPOUT, CHANGED]


@pytest.mark.parametrize("case", CASES)
def test_a_script_prints_the_losses_of_the_solution(case, scripts_of):
    numpy.testing.assert_allclose(scripts_of("torch", ALL).losses(case), losses_of(CASES[case]()), rtol=TOLERANCE)


class TestWhatItIsMadeOf:
    def test_a_plain_network_is_a_row_of_layers(self):
        text = script_of(network(hidden="relu", output="softmax", loss="cross_entropy", optimizer="adam"), "torch")
        assert (
            "    nn.Linear(3, 4),\n    nn.ReLU(),\n    nn.Linear(4, 2),  # its softmax is a part of the loss\n" in text
        )
        assert "loss = F.cross_entropy(logits, y)" in text
        settings = ["model.parameters()", "lr=learning_rate", "betas=(0.9, 0.999)", "eps=1e-08"]
        assert "torch.optim.Adam(\n" + "".join(f"    {setting},\n" for setting in settings) + ")" in text

    def test_dropout_is_a_layer(self):
        layers = [{"units": 4, "activation": "tanh", "dropout": 0.2}, {"units": 2}]
        text = script_of(network(layers=layers), "torch")
        assert "    nn.Tanh(),\n    nn.Dropout(0.2),\n" in text
        assert "torch.manual_seed(1)" in text
        assert "With dropout every run leaves out other units" in text

    def test_shared_parameters_are_tensors_by_name(self):
        text = script_of(CASES["shared"](), "torch")
        assert "nn." not in text
        assert 'W = torch.tensor(data["W"], dtype=DTYPE, requires_grad=True)  # 3 × 3' in text

    def test_an_optimizer_that_torch_has_not_is_written_out(self):
        text = script_of(CASES["optimizer adam, uncorrected"](), "torch")
        assert "torch.optim" not in text
        assert "    return parameter - learning_rate * m / (torch.sqrt(v) + epsilon)" in text

    def test_parameters_that_stay_are_said_to_stay(self):
        text = script_of(CASES["some learned"](), "torch")
        assert "linear[0].bias.requires_grad_(False)\nlinear[1].weight.requires_grad_(False)" in text
        assert "lr=learning_rate)" in text


def test_dropout_of_tensors_by_name_is_that_of_the_training(scripts_of):
    trained = train_problem(made("dropout, shared"), Training(engine="numpy", dtype="float64"))
    found = scripts_of("torch", ALL).losses("dropout, shared")
    numpy.testing.assert_allclose(found, trained.history["loss"], rtol=TOLERANCE)


def test_dropout_as_a_layer_runs(scripts_of):
    assert len(scripts_of("torch", ALL).losses("dropout")) == 5


def test_it_runs_from_any_folder_and_warns_of_nothing(tmp_path):
    problem = CASES["optimizer adam"]()
    done = run(export(problem, to="torch", **material(problem)), tmp_path)
    assert done.stderr == ""
    assert done.stdout.splitlines()[0] == f"step 1: loss {losses_of(problem)[0]:.12g}"


def test_the_comparison_can_fail(scripts_of):
    with pytest.raises(AssertionError):
        numpy.testing.assert_allclose(
            scripts_of("torch", ALL).losses(CHANGED), losses_of(made(CHANGED)), rtol=TOLERANCE
        )
