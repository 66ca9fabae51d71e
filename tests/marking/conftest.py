"""What the tests of marking share: problems of different kinds, small enough to check by hand."""

from collections.abc import Callable

import pytest

from chalkgrad.api.solving import read, read_text
from chalkgrad.marking.course import Course, course_of
from chalkgrad.marking.page.read import read_page
from chalkgrad.marking.page.written import Chain

ONE_NEURON = """
title: One neuron
network:
  input: [x]
  layers:
    - {units: [o], activation: sigmoid, weights: [[w]], bias: b}
loss: half_sse
data:
  - {x: [2], y: [1]}
given: {w: 0.5, b: -0.2}
optimizer: {name: sgd, learning_rate: 0.1}
"""


@pytest.fixture(scope="session")
def two_layers() -> Course:
    """Two inputs, two sigmoid units, two sigmoid outputs, one step of gradient descent."""
    return course_of(read("sigmoid-2-2-2"))


@pytest.fixture(scope="session")
def skip() -> Course:
    """Matrices, a tanh layer, one ReLU unit and a linear path around them, two steps."""
    return course_of(read("skip-tanh-relu"))


@pytest.fixture(scope="session")
def adam() -> Course:
    """ReLU units, two samples, L2, Adam."""
    return course_of(read("relu-adam"))


@pytest.fixture(scope="session")
def one_neuron() -> Course:
    """z = 0.8, o = 0.69, one step."""
    return course_of(read_text(ONE_NEURON))


@pytest.fixture
def chain() -> Callable[[str], Chain]:
    """The one chain of a line of a page."""

    def read_one(text: str) -> Chain:
        page = read_page(text, "page", ("out", "loss", "t", "a", "W1", "b1", "w2", "b2", "w3", "b3"))
        (found,) = [chain for line in page.lines for chain in line.chains]
        return found

    return read_one
