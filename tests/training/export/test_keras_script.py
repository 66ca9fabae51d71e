"""Keras scripts print the losses of the solution."""

from __future__ import annotations

import numpy
import pytest

from chalkgrad.training.export import export

from .conftest import CASES, CHANGED, DROPOUT, losses_of, made, material, network, run, script_of

pytest.importorskip("keras")
pytest.importorskip("torch", reason="torch, an oracle, is not installed: pip install chalkgrad[oracles]")

# float32: a hundred roundings of 6e-8, and a few steps.
TOLERANCE = 1e-5
# With moments that are corrected, Keras works out 1 - 0.999^t in float32, which for t = 1 is wrong by 6e-5.
WITH_CORRECTION = 1e-4


def tolerance_of(problem) -> float:
    return WITH_CORRECTION if problem.keys.optimizer.bias_correction == "by_step" else TOLERANCE


# Samples in columns and an activation have nothing to do with each other here; PyTorch and NumPy try all of them.
SOME = [case for case in CASES if not (case.startswith("hidden") and "columns" in case)]
ALL = [*SOME, *DROPOUT, CHANGED]


@pytest.mark.parametrize("case", SOME)
def test_a_script_prints_the_losses_of_the_solution(case, scripts_of):
    problem = CASES[case]()
    # On PyTorch, which does not compile a program for each of so many small models.
    found = scripts_of("keras", ALL, {"KERAS_BACKEND": "torch"}).losses(case)
    numpy.testing.assert_allclose(found, losses_of(problem), rtol=tolerance_of(problem))


@pytest.mark.parametrize("case", ["optimizer adam, scheduled"])
def test_the_same_on_jax(case, tmp_path):
    pytest.importorskip("jax", reason="jax, an extra, is not installed: pip install chalkgrad[jax]")
    problem = CASES[case]()
    done = run(export(problem, to="keras", **material(problem)), tmp_path, "default", KERAS_BACKEND="jax")
    found = [float(line.rpartition(" ")[2]) for line in done.stdout.splitlines()]
    numpy.testing.assert_allclose(found, losses_of(problem), rtol=tolerance_of(problem), err_msg=done.stderr)


class TestWhatItIsMadeOf:
    def test_a_plain_network_is_a_row_of_layers(self):
        text = script_of(network(hidden="leaky_relu", output="softmax", loss="cross_entropy"), "keras")
        rows = ["keras.Input((3,)),", "layers.Dense(4),", "layers.LeakyReLU(negative_slope=0.01),"]
        rows += ["layers.Dense(2),  # its softmax is a part of the loss"]
        assert "\n".join(f"        {row}" for row in rows) in text
        assert "loss_function = keras.losses.CategoricalCrossentropy(from_logits=True)" in text
        assert "keras.optimizers.SGD(learning_rate=learning_rate)" in text

    def test_dropout_is_a_layer(self):
        layers = [{"units": 4, "activation": "tanh", "dropout": 0.2}, {"units": 2}]
        text = script_of(network(layers=layers), "keras")
        assert '        layers.Dense(4, activation="tanh"),\n        layers.Dropout(0.2),\n' in text
        assert "The printed losses are without dropout" in text

    def test_momentum_of_keras_is_ours_while_the_learning_rate_stays(self):
        assert "keras.optimizers.SGD(learning_rate=learning_rate, momentum=0.8)" in script_of(
            CASES["optimizer momentum"](), "keras"
        )
        text = script_of(CASES["optimizer momentum, scheduled"](), "keras")
        assert "class Momentum(keras.optimizers.Optimizer):" in text
        assert "Keras has the learning rate within the velocity" in text

    def test_why_an_optimizer_is_written_out(self):
        text = script_of(CASES["optimizer rmsprop"](), "keras")
        assert '    """RMSprop as in the solution.\n\n    Keras adds epsilon inside the root.\n    """' in text

    def test_clipping_is_that_of_keras(self):
        assert ", global_clipnorm=0.5)" in script_of(CASES["clipped norm"](), "keras")
        assert ", clipvalue=0.1)" in script_of(CASES["clipped values"](), "keras")


@pytest.mark.parametrize("case", DROPOUT)
def test_dropout_runs(case, scripts_of):
    assert len(scripts_of("keras", ALL, {"KERAS_BACKEND": "torch"}).losses(case)) == 5


def test_the_comparison_can_fail(scripts_of):
    found = scripts_of("keras", ALL, {"KERAS_BACKEND": "torch"}).losses(CHANGED)
    with pytest.raises(AssertionError):
        numpy.testing.assert_allclose(found, losses_of(made(CHANGED)), rtol=WITH_CORRECTION)
