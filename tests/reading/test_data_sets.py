"""The sets of scikit-learn."""

from __future__ import annotations

import builtins

import numpy as np
import pytest

from chalkgrad.errors import UsageError
from chalkgrad.reading.data_sets import load_set


class TestSets:
    @pytest.mark.parametrize(
        ("name", "shape", "classes"),
        [
            ("digits", (1797, 64), 10),
            ("iris", (150, 4), 3),
            ("wine", (178, 13), 3),
            ("breast_cancer", (569, 30), 2),
            ("diabetes", (442, 10), 0),
        ],
    )
    def test_ship_with_scikit_learn(self, name, shape, classes):
        pytest.importorskip("sklearn")
        found = load_set(name)
        assert found.x.shape == shape
        assert len(found.class_names) == classes
        assert len(found.feature_names) == shape[1]
        assert found.y.dtype == (np.int64 if classes else np.float64)
        assert name in found.summary
        assert found.image_shape == ((8, 8) if name == "digits" else None)

    def test_without_scikit_learn_the_extra_is_named(self, monkeypatch):
        real = builtins.__import__

        def refuse(name, *rest):
            if name.startswith("sklearn"):
                raise ImportError(name)
            return real(name, *rest)

        monkeypatch.setattr(builtins, "__import__", refuse)
        with pytest.raises(UsageError) as caught:
            load_set("digits")
        fault = caught.value.faults[0]
        assert (fault.code, fault.hint) == ("missing-extra", "pip install 'chalkgrad[sklearn]'")
        assert fault.message == "the set `digits` comes with scikit-learn"
