"""Samples in arrays against the network that they are for: targets in the form of the loss, and every misfit."""

from __future__ import annotations

import numpy as np
import pytest

from chalkgrad.errors import ChalkgradError, ProblemError
from chalkgrad.ops import OPS
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.dataset_checks import fitted_dataset, memory_faults
from chalkgrad.reading.problem import Problem
from chalkgrad.reading.problem_file import parse_problem

X = np.zeros((4, 2))
INTS = np.array([0, 2, 1, 0])
TWO = np.array([0, 1, 1, 0])
COMPARED = "the loss compares the output with them"
A_CLASS = "expected a class from 0 to 1, read"


def fitted(y, outputs, loss, names=(), x=X):
    found = OPS.losses[loss] if loss else None
    return fitted_dataset(Dataset(x, y, class_names=names), 2, outputs, found)


def column(*numbers):
    return np.array(numbers, float)[:, None]


class TestTargets:
    @pytest.mark.parametrize(
        ("y", "outputs", "loss", "expected"),
        [
            (INTS, 3, "cross_entropy", INTS),
            (INTS, 5, "cross_entropy", INTS),  # a class that no sample has
            (column(0, 2, 1, 0), 3, "cross_entropy", INTS),
            (np.eye(3)[INTS], 3, "cross_entropy", np.eye(3)[INTS]),
            (np.array([[0.5, 0.5]] * 4), 2, "cross_entropy", np.array([[0.5, 0.5]] * 4)),
            (INTS, 3, "mse", np.eye(3)[INTS]),
            (INTS, 3, "binary_cross_entropy", np.eye(3)[INTS]),
            (INTS, 1, "mse", column(0, 2, 1, 0)),
            (TWO, 1, "binary_cross_entropy", column(0, 1, 1, 0)),
            (TWO, 1, "hinge", column(-1, 1, 1, -1)),
            (INTS, 3, "hinge", np.eye(3)[INTS] * 2 - 1),
            (column(-1, 1, 1, -1), 1, "hinge", column(-1, 1, 1, -1)),
            (column(0, 0.25, 1, 0), 1, "binary_cross_entropy", column(0, 0.25, 1, 0)),
            (column(5, -3, 0.5, 0), 1, "mse", column(5, -3, 0.5, 0)),
            (TWO, 1, None, column(0, 1, 1, 0)),
        ],
    )
    def test_are_as_the_loss_takes_them(self, y, outputs, loss, expected):
        found = fitted(y, outputs, loss).y
        assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
        assert found.tolist() == expected.tolist()

    def test_two_named_classes_are_0_and_1_for_one_output(self):
        assert fitted(TWO, 1, "mse", ("no", "yes")).y.tolist() == [[0], [1], [1], [0]]

    def test_are_left_alone_where_nothing_is_compared_with_them(self):
        assert fitted(INTS, None, None).y is INTS
        assert fitted(None, None, None).y is None


class TestMisfits:
    @pytest.mark.parametrize(
        ("y", "outputs", "loss", "names", "code", "message"),
        [
            (
                None,
                1,
                "mse",
                (),
                "target-missing",
                "the samples have no targets, and the loss compares the output with them",
            ),
            (INTS, 2, "cross_entropy", (), "not-a-class", "sample 2, y: expected a class from 0 to 1, read 2"),
            (
                column(0, -1, 1, 0),
                2,
                "cross_entropy",
                (),
                "not-a-class",
                "sample 2, y: expected a class from 0 to 1, read -1",
            ),
            (
                column(0, 1, 0.5, 0),
                2,
                "cross_entropy",
                (),
                "not-a-class",
                "sample 3, y: expected a class from 0 to 1, read 0.5",
            ),
            (
                INTS,
                2,
                "cross_entropy",
                ("ant", "bee", "cow"),
                "wrong-size",
                "the data have 3 classes (ant, bee, cow), and the network has 2 outputs",
            ),
            (
                TWO,
                3,
                "cross_entropy",
                ("ant", "bee"),
                "wrong-size",
                "the data have 2 classes (ant, bee), and the network has 3 outputs",
            ),
            (INTS, 2, "mse", (), "wrong-size", "the data have 3 classes, and the network has 2 outputs"),
            (
                INTS,
                1,
                "binary_cross_entropy",
                (),
                "not-a-class",
                "binary_cross_entropy with one output tells two classes apart, and the data have 3 classes",
            ),
            (
                INTS,
                1,
                "mse",
                ("ant", "bee", "cow"),
                "not-a-class",
                "mse with one output tells two classes apart, and the data have 3 classes (ant, bee, cow)",
            ),
            (np.ones((4, 3)), 2, "mse", (), "wrong-size", "y: expected 2 numbers, one for each output, read 3"),
            (column(0, 1, 1, 0), 2, "mse", (), "wrong-size", "y: expected 2 numbers, one for each output, read 1"),
            (column(0, 1, 0.5, 0), 1, "hinge", (), "not-a-class", "sample 1, y: hinge expects -1 or 1, read 0"),
            (
                column(0, 1, 1.5, 0),
                1,
                "binary_cross_entropy",
                (),
                "not-a-class",
                "sample 3, y: binary_cross_entropy expects 0 and 1 and what is between, read 1.5",
            ),
            (
                np.array([[1, 0], [1, 1.0], [0, 1], [0, 1]]),
                2,
                "cross_entropy",
                (),
                "not-a-class",
                "sample 2, y: cross_entropy expects targets that sum to 1, read a sum of 2",
            ),
        ],
    )
    def test_are_told_in_these_words(self, y, outputs, loss, names, code, message):
        with pytest.raises(ProblemError) as caught:
            fitted(y, outputs, loss, names)
        fault = caught.value.faults[0]
        assert (fault.code, fault.message) == (code, message)

    def test_of_inputs(self):
        with pytest.raises(ProblemError) as caught:
            fitted(TWO, 1, "mse", x=np.zeros((4, 3)))
        fault = caught.value.faults[0]
        assert fault.message == "expected 2 numbers for each sample, one for each input, read 3"
        assert fault.code == "wrong-size"

    def test_thirds_in_float32_sum_to_one(self):
        assert fitted(np.full((4, 3), 1 / 3, np.float32), 3, "cross_entropy").y.dtype == np.float32


class TestFromMemory:
    @pytest.mark.parametrize(
        ("x", "y", "code", "message"),
        [
            (np.zeros(4), None, "not-numbers", "x has 1 dimension of float64"),
            (np.zeros((4, 2), np.int64), None, "not-numbers", "x has 2 dimensions of int64"),
            (np.zeros((4, 2), object), None, "not-numbers", "x has 2 dimensions of object"),
            (np.zeros((0, 2)), None, "no-samples", "the data hold no samples"),
            (X, np.zeros((3, 1)), "wrong-size", "x holds 4 samples and y 3"),
            (X, np.zeros(4), "not-numbers", "y has 1 dimension of float64"),
            (X, np.array(list("abcd")), "not-numbers", "y has 1 dimension of <U1"),
            (X, np.array([[0], [1], [np.nan], [2]]), "not-numbers", "y of sample 3 has nan as number 1"),
            (np.array([[0, 1], [-np.inf, 3]]), None, "not-numbers", "x of sample 2 has -inf as number 1"),
        ],
    )
    def test_arrays_are_looked_at(self, x, y, code, message):
        (fault,) = memory_faults(Dataset(x, y))
        assert fault.code == code
        assert fault.message.startswith(message)

    def test_far_down_too(self, monkeypatch):
        monkeypatch.setattr("chalkgrad.reading.dataset_checks._BLOCK", 10)
        x = np.zeros((1000, 3), np.float32)
        x[777, 2] = np.nan
        (fault,) = memory_faults(Dataset(x, None))
        assert fault.message == "x of sample 778 has nan as number 3"

    def test_good_ones_have_no_faults(self):
        assert not list(memory_faults(Dataset(X.astype(np.uint8), TWO)))
        assert not list(memory_faults(Dataset(X, column(1, 2, 3, 4))))

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (Dataset(X, INTS), "sample 2, y: expected a class from 0 to 1, read 2"),
            (Dataset(X * np.nan, TWO), "x of sample 1 has nan"),
            (Dataset(np.zeros((4, 3)), TWO), "expected 2 numbers for each sample"),
        ],
    )
    def test_a_problem_refuses_them_at_once(self, data, message):
        layers = [{"units": 2, "activation": "softmax"}]
        with pytest.raises(ChalkgradError, match=message):
            Problem.from_layers(2, layers, loss="cross_entropy", data=data)
        problem = Problem.from_layers(2, layers, loss="cross_entropy")
        with pytest.raises(ChalkgradError, match=message):
            problem.with_dataset(data)

    def test_parts_that_cannot_be_drawn_are_told_at_once(self):
        problem = Problem.from_layers(
            2, [{"units": 1}], loss="mse", data=[{"x": [1, 2], "y": 1}] * 9, split={"test": 0.5}
        )
        with pytest.raises(ProblemError, match="1 sample leaves none for training"):
            problem.with_dataset(Dataset(X[:1], column(1)))


def test_the_place_is_that_of_the_data(tmp_path):
    (tmp_path / "a.csv").write_text("a,b,y\n1,2,cat\n3,4,dog\n5,6,owl\n", encoding="utf-8")
    text = (
        "network: {input: 2, layers: [{units: 2, activation: softmax}]}\nloss: cross_entropy\n"
        "data: {csv: a.csv, target: y}\n"
    )
    problem = Problem.from_file(parse_problem(text, "p.yaml", tmp_path))
    with pytest.raises(ProblemError) as caught:
        _ = problem.dataset
    assert str(caught.value) == (
        "p.yaml:3:7: the data have 3 classes (cat, dog, owl), and the network has 2 outputs [wrong-size]\n"
        "    data: {csv: a.csv, target: y}\n"
        "          ^^^^^^^^^^^^^^^^^^^^^^^\n"
        "    hint: give the last layer 3 units"
    )
