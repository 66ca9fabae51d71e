"""The figures of a problem as they are read."""

from __future__ import annotations

import numpy as np
import pytest

from chalkgrad.api import bundled_problems, read
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem
from chalkgrad.render import write
from chalkgrad.solving.description import describe_document, in_words


def text_of(problem):
    return " ".join(str(write(describe_document(problem), "text")).split())


def small(**keys):
    x, y = np.arange(30.0).reshape(10, 3), np.arange(10) % 2
    data = Dataset(x, y, ("a", "b", "c"), ("no", "yes"), "ten samples")
    layers = [{"units": 4, "activation": "relu", "dropout": 0.5}, {"units": 2, "activation": "softmax"}]
    return Problem.from_layers(3, layers, loss="cross_entropy", data=data, **keys)


def test_everything_is_said():
    text = text_of(small(split={"test": 0.2, "folds": 4}, scale="standard", batch=3, epochs=2, optimizer="adam"))
    for said in (
        "ten samples. Inputs are scaled to mean 0 and standard deviation 1, by the training part.",
        "train 8 test 2",
        "Of what is not for the test, 4 folds are cut.",
        "a 0 13.5 27 0",
        "class samples train test",
        "layer 1 3 4 relu, dropout 0.5 16 W₁ 3 × 4, b₁ 1 × 4",
        "26 parameters, all learned.",
        "parameters 104 104 bytes",
        "memory of the optimizer 208 208 bytes",
        "optimizer adam (learning_rate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-08)",
        "batch 3 samples, shuffled",
        "steps 3 an epoch, 6 in 2 epochs",
    ):
        assert said in text


def test_what_is_not_there_is_not_said():
    text = text_of(small())
    for left_out in ("folds", "part samples", "stop early", "regularizer"):
        assert left_out not in text


def test_names_from_outside_are_only_text():
    x = np.zeros((4, 1))
    data = Dataset(x, np.array([0, 1, 0, 1]), ("<b>x</b>",), ("<script>", "y"), "<i>four</i>")
    problem = Problem.from_layers(1, [{"units": 2, "activation": "softmax"}], loss="cross_entropy", data=data)
    page = str(write(describe_document(problem), "html"))
    for tag in ("<b>x", "<script>", "<i>four"):
        assert tag not in page


@pytest.mark.parametrize("name", [name for name, _ in bundled_problems()])
@pytest.mark.parametrize("format", ["text", "md", "tex", "html", "typ"])
def test_every_bundled_problem_in_every_format(name, format):
    if name == "digits":
        pytest.importorskip("sklearn")
    assert write(describe_document(read(name)), format)


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1 KB"),
        (999_499, "999 KB"),
        (999_500, "1 MB"),
        (3e12, "3 TB"),
    ],
)
def test_bytes_in_words(size, said):
    assert in_words(int(size)) == said
