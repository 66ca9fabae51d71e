"""The data sets that ship with scikit-learn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from chalkgrad.errors import Fault, UsageError
from chalkgrad.reading.dataset import Dataset

__all__ = ["load_set"]


def load_set(name: str) -> Dataset:
    """One of the data sets that ship with scikit-learn; nothing is downloaded.

    Raises:
        UsageError: `missing-extra`, when scikit-learn is not installed.
    """
    try:
        from sklearn import datasets
    except ImportError:
        hint = "pip install 'chalkgrad[sklearn]'"
        raise UsageError(Fault("missing-extra", f"the set `{name}` comes with scikit-learn", hint=hint)) from None
    bunch = getattr(datasets, f"load_{name}")()
    x = np.asarray(bunch.data, dtype=np.float64)
    features = tuple(str(feature) for feature in bunch.feature_names)
    shape = tuple(bunch.images.shape[1:]) if hasattr(bunch, "images") else None
    summary = f"{len(x):,} samples of {x.shape[1]} numbers: {name} of scikit-learn"
    made = Dataset(x, None, features, (), summary, image_shape=shape)
    if not hasattr(bunch, "target_names"):
        return replace(made, y=np.asarray(bunch.target, dtype=np.float64).reshape(-1, 1))
    classes = tuple(str(entry) for entry in bunch.target_names)
    numbers = np.asarray(bunch.target, dtype=np.int64)
    return replace(made, y=numbers, class_names=classes, summary=f"{summary}, {len(classes)} classes")
