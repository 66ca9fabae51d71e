"""What the targets of a data set say about classes."""

from __future__ import annotations

import numpy as np
import pytest

from chalkgrad.reading.dataset import Dataset, class_numbers

X = np.zeros((3, 1))


@pytest.mark.parametrize(
    ("y", "targets", "expected"),
    [
        (None, "", None),
        (np.array([2, 0, 1]), "", [2, 0, 1]),
        (np.array([[0, 0, 1], [1, 0, 0], [0, 1, 0]], float), "", [2, 0, 1]),  # one-hot: the place of the 1
        (np.array([[0, 0, 1], [1, 0, 0], [1, 1, 0]], float), "", [0, 1, 2]),  # several may be on
        (np.array([[0.0], [1.0], [1.0]]), "", [0, 1, 1]),
        (np.array([[-1.0], [1.0], [-1.0]]), "signs", [0, 1, 0]),
        (np.array([[1.0], [1.0], [1.0]]), "signs", [1, 1, 1]),
        (np.array([[0.0], [0.0], [0.0]]), "", [0, 0, 0]),
        (np.array([[-1.0, 1, -1], [-1, -1, 1], [1, -1, -1]]), "signs", [1, 2, 0]),
        (np.array([[3.0], [7.0], [3.0]]), "one_hot", [0, 1, 0]),
        (np.array([[3.0], [7.0], [3.0]]), "numbers", None),
        (np.array([[0.2], [1.0], [1.0]]), "probabilities", None),
    ],
)
def test_class_numbers(y, targets, expected):
    found = class_numbers(Dataset(X, y), targets)
    assert (found if found is None else found.tolist()) == expected
    assert found is None or found.dtype == np.int64
