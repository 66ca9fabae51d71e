"""A network taken elsewhere: as ONNX, or as a script for PyTorch, Keras or NumPy that starts where our training starts.

A script is text of ours alone: names and titles of a problem stand in it as identifiers that we make, or escaped
between quotes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from chalkgrad.errors import ChalkgradError, Fault, UsageError, nearest
from chalkgrad.reading.problem import Problem
from chalkgrad.training.export.keras_script import keras_script
from chalkgrad.training.export.numpy_script import numpy_script
from chalkgrad.training.export.onnx_file import onnx_file
from chalkgrad.training.export.recipe import Recipe, Scaling
from chalkgrad.training.export.source_text import safe_stem
from chalkgrad.training.export.torch_script import torch_script

__all__ = ["TARGETS", "Scaling", "export"]

_SCRIPTS: dict[str, Callable[[Recipe], dict[str, bytes]]] = {
    "torch": torch_script,
    "keras": keras_script,
    "numpy": numpy_script,
}
TARGETS = ("onnx", *_SCRIPTS)


def export(
    problem: Problem,
    parameters: Mapping[str, NDArray[Any]],
    to: str,
    *,
    x: NDArray[Any] | None = None,
    y: NDArray[Any] | None = None,
    batches: Sequence[Sequence[int] | NDArray[Any]] = (),
    scaler: Scaling | None = None,
    name: str = "network",
    class_names: Sequence[str] | None = None,
) -> dict[str, bytes]:
    """A problem with its parameters, for other programs.

    Args:
        problem: what is trained.
        parameters: for each parameter its values, in the shape of its node of `problem.graph(None)`: for a script those
            to start from, for ONNX the trained ones.
        to: `onnx`, `torch`, `keras` or `numpy`.
        x: for a script, the inputs as trained (scaled), a row for each sample.
        y: for a script, the targets as trained (one-hot), a row for each sample.
        batches: for a script, the row numbers of each of the first steps; where there are no data, an empty entry for
            each step.
        scaler: how the inputs were scaled: (x - shift) * factor. ONNX does it itself, so it takes raw inputs.
        name: what the files are called.
        class_names: the names of the classes, for ONNX; left out, those of the data.

    Returns:
        The content of each file by its name; nothing is written.

    Raises:
        UsageError: `unknown-target`; `parameters-differ` where a value is missing or has another shape;
            `nothing-to-train`, `no-samples`, `no-steps` for scripts; `nothing-to-predict` for ONNX; `unnamed-function`
            and `cannot-export` for what has no form elsewhere.

    >>> problem = Problem.from_formula("J = (w - 1)^2", given={"w": 3}, optimizer={"name": "sgd", "learning_rate": 0.5})
    >>> import numpy
    >>> files = export(problem, {"w": numpy.array(3.0)}, "numpy", batches=[()])
    >>> sorted(files)
    ['network.npz', 'network_numpy.py']
    >>> [line.strip() for line in files["network_numpy.py"].decode().splitlines() if " = " in line][-3:]
    ['J = (w - 1) ** 2', 'd_w = 2 * (w - 1)', 'w = w - learning_rate * d_w']
    """
    if to not in TARGETS:
        hint = nearest(to, TARGETS) or "one of " + ", ".join(TARGETS)
        raise UsageError(Fault("unknown-target", f'there is no export to "{to}"', hint=hint))
    recipe = Recipe(problem, parameters, safe_stem(name), x, y, batches, scaler)
    if to == "onnx":
        return onnx_file(recipe, _class_names(problem) if class_names is None else class_names)
    return _SCRIPTS[to](recipe)


def _class_names(problem: Problem) -> Sequence[str]:
    """The names of the classes; none where the data cannot be read any more, which a model does not need."""
    try:
        return problem.dataset.class_names if problem.keys.data is not None else ()
    except ChalkgradError:
        return ()
