"""The names that a problem file may use beside those in `ops`, and other words for both."""

from __future__ import annotations

import re

__all__ = [
    "INITIALS",
    "OTHER_WORDS",
    "SCHEDULES",
    "SETS",
    "is_unnamed_function",
]

SCHEDULES = ("constant", "step", "exponential", "cosine", "one_cycle", "warmup")
SETS = ("digits", "iris", "wine", "breast_cancer", "diabetes")

# Each way of drawing initial parameters, and the names of the numbers it takes.
INITIALS: dict[str, tuple[str, ...]] = {
    "he_uniform": (),
    "he_normal": (),
    "xavier_uniform": (),
    "xavier_normal": (),
    "uniform": ("a", "b"),
    "normal": ("std",),
    "constant": ("c",),
    "zeros": (),
}

# What other books and libraries call the same thing.
OTHER_WORDS = {
    "identity": "linear",
    "none": "linear",
    "logistic": "sigmoid",
    "σ": "sigmoid",
    "heaviside": "step",
    "swish": "silu",
    "bce": "binary_cross_entropy",
    "log_loss": "binary_cross_entropy",
    "categorical_cross_entropy": "cross_entropy",
    "categorical_crossentropy": "cross_entropy",
    "sparse_categorical_crossentropy": "cross_entropy",
    "mean_squared_error": "mse",
    "mean_absolute_error": "mae",
    "gd": "sgd",
    "glorot_uniform": "xavier_uniform",
    "glorot_normal": "xavier_normal",
    "kaiming_uniform": "he_uniform",
    "kaiming_normal": "he_normal",
    "ridge": "l2",
    "weight_decay": "l2",
    "lasso": "l1",
}

_UNNAMED = re.compile(r"(?:[fghφϕψ]|phi|psi)(?:_?\d+|_\{\d+\})?", re.ASCII)


def is_unnamed_function(name: str) -> bool:
    """Whether a name stands for an activation that is left open, such as `f`, `g2` or `φ_1`.

    >>> is_unnamed_function("f1"), is_unnamed_function("fish")
    (True, False)
    """
    return _UNNAMED.fullmatch(name) is not None
