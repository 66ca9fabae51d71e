"""A run taken elsewhere takes the same first steps, and its parts go by the names of the problem."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from chalkgrad.reading.changing import changed
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem
from chalkgrad.training.events import LambdaCallback
from chalkgrad.training.training import Training, train_problem

X = np.random.default_rng(0).normal(size=(30, 3)) * 4 + 1


@pytest.fixture(scope="module")
def run_and_losses():
    keys = {
        "network": {"input": 3, "layers": [{"units": 5, "activation": "tanh"}, {"units": 3, "activation": "softmax"}]},
        "loss": "cross_entropy",
        "data": Dataset(X, np.arange(30) % 3, class_names=("a", "b", "c")),
        "scale": "standard",
        "split": {"validation": 0.2},
        "optimizer": "adam",
        "schedule": "one_cycle",
        "batch": 7,
        "epochs": 2,
    }
    losses = []
    callback = LambdaCallback(on_batch_end=lambda batch, logs: losses.append(logs["loss"]))
    start = {"b1": np.full((1, 5), 0.25)}
    how = Training(engine="numpy", dtype="float64", callbacks=[callback], start=start)
    return train_problem(Problem.from_keys(keys), how), losses


def test_a_script_prints_the_first_losses_of_the_run(run_and_losses, tmp_path):
    run, losses = run_and_losses
    files = run.export("numpy", tmp_path / "new", steps=6, name="mine")
    assert sorted(file.name for file in files) == ["mine.npz", "mine_numpy.py"]
    done = subprocess.run(
        [sys.executable, "mine_numpy.py"], cwd=tmp_path / "new", capture_output=True, text=True, check=True
    )
    printed = [float(line.split()[-1]) for line in done.stdout.splitlines() if line.startswith("step")]
    # The script prints twelve digits.
    np.testing.assert_allclose(printed, losses[:6], rtol=1e-9)


@pytest.mark.parametrize("vectors", ["rows", "columns"])
def test_the_units_of_the_first_weights_are_called_as_a_solution_calls_them(run_and_losses, vectors):
    run, _ = run_and_losses
    problem = changed(run.problem, {"convention": {"vectors": vectors}})
    name, weights, units = train_problem(problem, Training(engine="numpy", fast_dev_run=True)).first_weights()
    assert (name, weights.shape, units) == ("W1", (3, 5), ("h1_1", "h1_2", "h1_3", "h1_4", "h1_5"))
    linear = Problem.from_layers(3, [{"units": 2}], loss="mse", data=Dataset(X, X[:, :2]), epochs=1)
    assert train_problem(linear).first_weights()[2] == ("y_hat_1", "y_hat_2")


def test_it_may_start_from_the_trained_weights(run_and_losses, tmp_path):
    run, losses = run_and_losses
    run.export("numpy", tmp_path, steps=1, trained=True)
    done = subprocess.run(
        [sys.executable, "network_numpy.py"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert float(done.stdout.splitlines()[0].split()[-1]) != pytest.approx(losses[0], rel=1e-9)


def test_a_model_has_the_trained_weights(run_and_losses, tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    pytest.importorskip("onnx")
    run, _ = run_and_losses
    (path,) = (file for file in run.export("onnx", tmp_path) if file.suffix == ".onnx")
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (given,) = session.get_inputs()
    kind = np.float64 if "double" in given.type else np.float32
    outputs = session.run(None, {given.name: X.astype(kind)})
    # Single precision, in another order.
    assert any(np.shape(out) == (30, 3) and np.allclose(out, run.predict(X), atol=1e-5) for out in outputs)
