"""A run brought back from its folder says what it said when it ended."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from chalkgrad.errors import ChalkgradError
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem
from chalkgrad.reading.problem_file import parse_problem
from chalkgrad.training.keeping.folder import RunFolder
from chalkgrad.training.keeping.kept_run import load_run
from chalkgrad.training.training import Training, train_problem

X = np.random.default_rng(0).normal(size=(40, 3)) * [1, 5, 0.1] + [0, 100, 7]
LABELS = (X[:, 0] > 0).astype(np.int64) + (X[:, 1] > 100)
TEXT = """
network: {input: 3, layers: [{units: 5, activation: tanh}, {units: 3, activation: softmax}]}
loss: cross_entropy
data: {csv: flowers.csv, target: kind}
scale: standard
split: {validation: 0.25, stratify: true}
stop_early: {patience: 2}
optimizer: {name: adam, learning_rate: 0.1}
epochs: 30
batch: 8
"""


def write_table(path: Path, columns=("a", "b", "c", "kind"), labels=LABELS) -> Path:
    values = dict(zip(("a", "b", "c"), X.T, strict=True)) | {"kind": [f"kind {k}" for k in labels]}
    rows = zip(*(values[name] for name in columns), strict=True)
    lines = [",".join(columns), *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module", params=["float32", "float64"])
def kept(request, tmp_path_factory):
    directory = tmp_path_factory.mktemp("kept")
    write_table(directory / "flowers.csv")
    problem = Problem.from_file(parse_problem(TEXT, "flowers.yaml", directory))
    how = Training(engine="numpy", dtype=request.param, folder=RunFolder(directory / "run"))
    return train_problem(problem, how), directory / "run"


def test_it_predicts_to_the_bits(kept):
    run, folder = kept
    again = load_run(folder)
    assert np.array_equal(again.predict(X), run.predictor.predict(X))
    assert again.data.class_names == ("kind 0", "kind 1", "kind 2")
    assert again.data.feature_names == ("a", "b", "c")
    assert again.data.target_name == "kind"
    assert again.history == run.history
    assert again.environment["engine"] == "numpy"
    assert again.source == {"csv": "flowers.csv", "target": "kind"}
    assert again.problem.starting_arrays()["W1"].tolist() == run.parameters["W1"].tolist()


def test_best_and_last(kept):
    run, folder = kept
    assert run.stopped == "early"
    assert np.array_equal(load_run(folder, best=False).parameters["W1"], run.last["W1"])
    assert np.array_equal(load_run(folder).parameters["W1"], run.best["W1"])


def test_it_evaluates_as_the_run_did(kept):
    run, folder = kept
    rows = run.data.parts.validation
    found = load_run(folder).evaluate(Dataset(X[rows], LABELS[rows]))
    # Inputs are scaled in float64 here, and in float32 in training where that is its type.
    assert found == pytest.approx(run.evaluate_rows(rows), rel=1e-5)


def test_the_folder_may_move(kept, tmp_path):
    _, folder = kept
    (moved := tmp_path / "elsewhere").mkdir()
    for file in folder.iterdir():
        (moved / file.name).write_bytes(file.read_bytes())
    assert load_run(moved).predict(X).shape == (40, 3)


def test_a_run_on_samples_from_memory(tmp_path):
    data = Dataset(X, X[:, :2] * 2)
    keys = {"network": {"input": 3, "layers": [{"units": 2}]}, "loss": "mse", "scale": "0..1", "data": data}
    run = train_problem(Problem.from_keys(keys), Training(engine="numpy", folder=RunFolder(tmp_path / "run")))
    assert np.array_equal(load_run(tmp_path / "run").predict(X), run.predictor.predict(X))


def test_a_run_of_a_formula_without_data(tmp_path):
    problem = Problem.from_formula("J = (w - 1)^2", given={"w": 3}, optimizer="sgd", epochs=3)
    run = train_problem(problem, Training(engine="numpy", folder=RunFolder(tmp_path / "run")))
    assert load_run(tmp_path / "run").parameters["w"] == run.parameters["w"]


def test_a_folder_that_is_none(tmp_path):
    with pytest.raises(ChalkgradError) as caught:
        load_run(tmp_path / "nothing")
    assert caught.value.code == "no-run"


@pytest.mark.parametrize(
    "damage",
    [
        {"inputs": -1},
        {"inputs": "three"},
        {"inputs": 10**12},
        {"dtype": "object"},
        {"shift": [1, 2]},
        {"factor": [1, 2, "x"]},
        {"factor": [1, 2, 1e999]},
        {"decision": "guess"},
        {"class_values": [None]},
    ],
)
def test_a_damaged_record(damage, kept, tmp_path):
    _, folder = kept
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    record = json.loads((tmp_path / "data.json").read_text())
    (tmp_path / "data.json").write_text(json.dumps(record | damage))
    with pytest.raises(ChalkgradError) as caught:
        load_run(tmp_path)
    assert caught.value.faults[0].message == "`data.json` is no record of data"


@pytest.mark.parametrize("text", ["[]", "{", "{}"])
def test_a_record_of_something_else(text, kept, tmp_path):
    _, folder = kept
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "data.json").write_text(text)
    with pytest.raises(ChalkgradError) as caught:
        load_run(tmp_path)
    assert caught.value.code == "file-not-readable"
